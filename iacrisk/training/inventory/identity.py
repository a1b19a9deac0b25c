"""Roles, users and keys, with every policy document that speaks about them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from iacrisk.training.inventory.cloud import Cloud
from iacrisk.training.inventory.things import Thing
from iacrisk.training.network import Network


class _Managed:
    """Managed policies, each read once."""

    def __init__(self, cloud: Cloud) -> None:
        self._iam = cloud.client("iam")
        self._read: dict[str, Any] = {}

    def document(self, arn: str) -> Any:
        if arn not in self._read:
            version = self._iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
            answer = self._iam.get_policy_version(PolicyArn=arn, VersionId=version)
            self._read[arn] = answer["PolicyVersion"]["Document"]
        return self._read[arn]

    def attached(self, answer: Any) -> list[Any]:
        return [self.document(item["PolicyArn"]) for item in answer["AttachedPolicies"]]


def read_principals(cloud: Cloud, _network: Network) -> Iterator[Thing]:
    """Roles and users; groups are folded into their members."""
    managed = _Managed(cloud)
    for item in cloud.list("iam", "list_roles", "Roles"):
        if not item["Path"].startswith("/aws-service-role/"):
            yield _role(cloud, managed, item)
    for item in cloud.list("iam", "list_users", "Users"):
        yield _user(cloud, managed, item)
    for item in cloud.list("iam", "list_instance_profiles", "InstanceProfiles"):
        yield Thing(
            kind="instance-profile",
            name=item["InstanceProfileName"],
            identity=item["InstanceProfileId"],
            handles=(item["Arn"], item["InstanceProfileName"]),
            mentions=tuple(role["Arn"] for role in item["Roles"]),
            facts={"roles": [role["RoleName"] for role in item["Roles"]]},
        )


def _role(cloud: Cloud, managed: _Managed, item: Any) -> Thing:
    iam, name = cloud.client("iam"), item["RoleName"]
    policies = [
        iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
        for policy in cloud.list("iam", "list_role_policies", "PolicyNames", RoleName=name)
    ]
    policies += managed.attached(iam.list_attached_role_policies(RoleName=name))
    full = iam.get_role(RoleName=name)["Role"]
    boundary = full.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    return Thing(
        kind="role",
        name=name,
        identity=item["RoleId"],
        handles=(item["Arn"], name),
        facts={
            "arn": item["Arn"],
            "trust": item["AssumeRolePolicyDocument"],
            "policies": policies,
            "boundary": managed.document(boundary) if boundary else None,
        },
    )


def _user(cloud: Cloud, managed: _Managed, item: Any) -> Thing:
    iam, name = cloud.client("iam"), item["UserName"]
    policies = managed.attached(iam.list_attached_user_policies(UserName=name))
    policies += [
        iam.get_user_policy(UserName=name, PolicyName=policy)["PolicyDocument"]
        for policy in cloud.list("iam", "list_user_policies", "PolicyNames", UserName=name)
    ]
    for group in cloud.list("iam", "list_groups_for_user", "Groups", UserName=name):
        called = group["GroupName"]
        policies += managed.attached(iam.list_attached_group_policies(GroupName=called))
        policies += [
            iam.get_group_policy(GroupName=called, PolicyName=policy)["PolicyDocument"]
            for policy in cloud.list("iam", "list_group_policies", "PolicyNames", GroupName=called)
        ]
    return Thing(
        kind="user",
        name=name,
        identity=item["UserId"],
        handles=(item["Arn"], name),
        facts={"arn": item["Arn"], "policies": policies, "boundary": None},
    )


def read_keys(cloud: Cloud, _network: Network) -> Iterator[Thing]:
    """Customer keys, each under every alias, or under its id when it has none."""
    aliases: dict[str, list[str]] = {}
    for item in cloud.list("kms", "list_aliases", "Aliases"):
        if item.get("TargetKeyId") and not item["AliasName"].startswith("alias/aws/"):
            aliases.setdefault(item["TargetKeyId"], []).append(item["AliasName"])
    for entry in cloud.list("kms", "list_keys", "Keys"):
        identity = entry["KeyId"]
        item = cloud.client("kms").describe_key(KeyId=identity)["KeyMetadata"]
        if item.get("KeyManager") == "AWS":
            continue
        policy = cloud.ask("kms", "get_key_policy", KeyId=identity, PolicyName="default")
        rotation = cloud.ask("kms", "get_key_rotation_status", KeyId=identity) or {}
        for name in aliases.get(identity) or [identity]:
            yield Thing(
                kind="key",
                name=name,
                identity=identity,
                handles=(entry["KeyArn"], identity, f"{entry['KeyArn'].rpartition(':')[0]}:{name}"),
                policy=policy and policy["Policy"],
                facts={
                    "enabled": item["KeyState"] == "Enabled",
                    "state": item["KeyState"],
                    "rotation": bool(rotation.get("KeyRotationEnabled")),
                },
            )


IDENTITY_READERS = {"iam": (read_principals,), "kms": (read_keys,)}

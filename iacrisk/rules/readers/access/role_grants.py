"""Grants that give a principal a role: read from every provider's shape into one.

What a role definition holds (rules of a Kubernetes role, permissions of a custom role, paths of
a Vault policy) is read as grants to the role's holders.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec

from iacrisk.catalog.permissions import (
    AZURE_DIRECTORY_ROLES,
    Power,
)
from iacrisk.patterns import regex
from iacrisk.plan.values import members
from iacrisk.rules.readers.access.cloud_grants import (
    GOOGLE_IAM,
    azure_assignment,
    azure_role_definition,
    bigquery_access,
    google_custom_role,
    google_grants,
    key_vault,
)
from iacrisk.rules.readers.access.role_grant import (
    HOLDERS,
    RoleGrant,
    Tree,
    all_texts,
    joined,
    text_of,
)
from iacrisk.rules.readers.kubernetes.grants import (
    aws_auth,
    binding,
    cluster_role,
    eks_association,
    eks_entry,
    manifest_grants,
)


def role_grants(type_name: str, tree: Tree) -> frozenset[RoleGrant]:
    """The grants that a resource of this type with these attributes makes."""
    read = _reader(type_name)
    return frozenset(read(type_name, tree)) if read and tree else frozenset()


def grants_roles(type_name: str) -> bool:
    """Whether resources of the type grant roles."""
    return _reader(type_name) is not None


_Reader = Callable[[str, Tree], Iterator[RoleGrant]]


def _reader(type_name: str) -> _Reader | None:
    if type_name in _READERS:
        return _READERS[type_name]
    if type_name in _SIMPLE:
        return _simple
    return google_grants if GOOGLE_IAM.match(type_name) else None


# One principal, one role, one scope, each an argument


class _Arguments(msgspec.Struct, frozen=True):
    """Which arguments hold the principal, the role and the scope."""

    principal: tuple[str, ...]
    role: str
    scope: tuple[str, ...] = ()
    powers: dict[str, Power] = {}


_REPOSITORY: Final = {"admin": Power.STRONG, "owner": Power.ADMIN, "maintainer": Power.BROAD}
_SIMPLE: Final[dict[str, _Arguments]] = {
    "aws_db_instance_role_association": _Arguments(
        ("role_arn",), "feature_name", ("db_instance_identifier",)
    ),
    "aws_eks_pod_identity_association": _Arguments(
        ("namespace", "service_account"), "role_arn", ("cluster_name",)
    ),
    "aws_iam_group_membership": _Arguments(("users",), "group"),
    "aws_iam_user_group_membership": _Arguments(("user",), "groups"),
    "aws_identitystore_group_membership": _Arguments(("member_id",), "group_id"),
    "aws_kms_grant": _Arguments(("grantee_principal",), "operations", ("key_id",)),
    "aws_lakeformation_permissions": _Arguments(("principal",), "permissions", ("database",)),
    "aws_rds_cluster_role_association": _Arguments(
        ("role_arn",), "feature_name", ("db_cluster_identifier",)
    ),
    "aws_ssoadmin_account_assignment": _Arguments(
        ("principal_id",), "permission_set_arn", ("target_id",)
    ),
    "aws_vpc_endpoint_service_allowed_principal": _Arguments(
        ("principal_arn",), "vpc_endpoint_service_id"
    ),
    "azuread_app_role_assignment": _Arguments(
        ("principal_object_id",), "app_role_id", ("resource_object_id",)
    ),
    "azuread_application_federated_identity_credential": _Arguments(
        ("subject",), "issuer", ("application_id", "application_object_id")
    ),
    "azuread_directory_role_assignment": _Arguments(
        ("principal_object_id",),
        "role_id",
        powers=dict.fromkeys(AZURE_DIRECTORY_ROLES, Power.ADMIN),
    ),
    "azuread_group_member": _Arguments(("member_object_id",), "group_object_id"),
    "azurerm_federated_identity_credential": _Arguments(
        ("subject",), "issuer", ("parent_id", "user_assigned_identity_id")
    ),
    "github_membership": _Arguments(("username",), "role", powers={"admin": Power.ADMIN}),
    "github_repository_collaborator": _Arguments(
        ("username",), "permission", ("repository",), _REPOSITORY
    ),
    "github_team_membership": _Arguments(("username",), "role", ("team_id",)),
    "github_team_repository": _Arguments(("team_id",), "permission", ("repository",), _REPOSITORY),
    "gitlab_group_membership": _Arguments(("user_id",), "access_level", ("group_id",), _REPOSITORY),
    "gitlab_project_membership": _Arguments(
        ("user_id",), "access_level", ("project", "project_id"), _REPOSITORY
    ),
    "okta_group_role": _Arguments(
        ("group_id",), "role_type", powers={"SUPER_ADMIN": Power.ADMIN, "ORG_ADMIN": Power.STRONG}
    ),
    "okta_user_admin_roles": _Arguments(
        ("user_id",), "admin_roles", powers={"SUPER_ADMIN": Power.ADMIN, "ORG_ADMIN": Power.STRONG}
    ),
    "postgresql_grant": _Arguments(("role",), "privileges", ("database", "schema", "objects")),
    "postgresql_grant_role": _Arguments(
        ("role",), "grant_role", powers={"rds_superuser": Power.ADMIN, "postgres": Power.ADMIN}
    ),
    "mysql_grant": _Arguments(("user", "host"), "privileges", ("database", "table")),
    "snowflake_grant_account_role": _Arguments(
        ("user_name", "parent_role_name"),
        "role_name",
        powers={
            "ACCOUNTADMIN": Power.ADMIN,
            '"ACCOUNTADMIN"': Power.ADMIN,
            "SECURITYADMIN": Power.ADMIN,
            '"SECURITYADMIN"': Power.ADMIN,
            "SYSADMIN": Power.STRONG,
            '"SYSADMIN"': Power.STRONG,
        },
    ),
    "vault_identity_group_policies": _Arguments(("group_id",), "policies"),
    "vault_identity_entity_policies": _Arguments(("entity_id",), "policies"),
    "vault_approle_auth_backend_role": _Arguments(
        ("backend", "role_name"), "token_policies", powers={"root": Power.ADMIN}
    ),
    "vault_jwt_auth_backend_role": _Arguments(
        ("backend", "role_name"), "token_policies", powers={"root": Power.ADMIN}
    ),
    "vault_kubernetes_auth_backend_role": _Arguments(
        ("backend", "role_name"), "token_policies", powers={"root": Power.ADMIN}
    ),
}


def _simple(type_name: str, tree: Tree) -> Iterator[RoleGrant]:
    where = _SIMPLE[type_name]
    scope = joined(tree, where.scope)
    first, *rest = where.principal
    for principal in all_texts(tree.get(first)) or ([""] if rest else []):
        for role in all_texts(tree.get(where.role)):
            yield RoleGrant(
                principal=" ".join(filter(None, (principal, joined(tree, tuple(rest))))),
                role=role,
                scope=scope,
                power=where.powers.get(role, Power.ORDINARY),
            )


# Vault, code hosts


_VAULT_PATH: Final = regex(r'path\s+"([^"]*)"\s*\{([^}]*)\}', re.DOTALL)


def _vault_policy(_: str, tree: Tree) -> Iterator[RoleGrant]:
    for path, capability in _vault_paths(tree):
        if capability != "deny":
            yield RoleGrant(
                principal=HOLDERS,
                role=f"{capability}:{path}",
                scope=f"policy {text_of(tree.get('name'))}",
                power=_vault_power(path, capability),
            )


def vault_denials(tree: Tree) -> frozenset[str]:
    """The paths that a policy of Vault denies."""
    return frozenset(path for path, capability in _vault_paths(tree) if capability == "deny")


def _vault_paths(tree: Tree) -> Iterator[tuple[str, str]]:
    """Each path of a policy with each of its capabilities."""
    for path, body in _VAULT_PATH.findall(_without_comments(tree.get("policy"))):
        inside = body.partition("capabilities")[2].partition("]")[0]
        for capability in re.findall(r'"(\w+)"', inside):
            yield path, capability


def _without_comments(value: Any) -> str:
    return re.sub(r"(?m)^\s*(#|//).*$", "", value if isinstance(value, str) else "")


def _vault_power(path: str, capability: str) -> Power:
    writes = capability in {"create", "update", "patch", "delete", "sudo"}
    if path in {"*", "+/*"}:
        return Power.ADMIN if writes else Power.STRONG
    if writes and re.match(r"(sys|auth|identity)/\*$|sys/(policy|policies|auth|mounts)\b", path):
        return Power.STRONG
    return Power.ORDINARY


def _kafka_acl(_: str, tree: Tree) -> Iterator[RoleGrant]:
    """An entry of Kafka's access list, of either provider."""
    allows = text_of(tree.get("permission") or tree.get("acl_permission_type")).upper()
    pattern = text_of(tree.get("pattern_type") or tree.get("resource_pattern_type_filter"))
    operation = text_of(tree.get("operation") or tree.get("acl_operation")).upper()
    name = text_of(tree.get("resource_name"))
    if allows == "ALLOW":
        yield RoleGrant(
            principal=text_of(tree.get("principal") or tree.get("acl_principal")),
            role=f"{'*' if operation == 'ALL' else operation}:{name}"
            + ("*" if pattern.upper() == "PREFIXED" else ""),
            scope=text_of(tree.get("resource_type")).upper(),
        )


def _collaborators(_: str, tree: Tree) -> Iterator[RoleGrant]:
    for block, name in (("user", "username"), ("team", "team_id")):
        for item in members(tree.get(block)):
            role = text_of(item.get("permission"))
            yield RoleGrant(
                principal=f"{block} {text_of(item.get(name))}",
                role=role,
                scope=text_of(tree.get("repository")),
                power=_REPOSITORY.get(role, Power.ORDINARY),
            )


def _team_members(_: str, tree: Tree) -> Iterator[RoleGrant]:
    for item in members(tree.get("members")):
        yield RoleGrant(
            principal=text_of(item.get("username")),
            role=text_of(item.get("role")),
            scope=f"team {text_of(tree.get('team_id'))}",
        )


def _postgresql_role(_: str, tree: Tree) -> Iterator[RoleGrant]:
    named = {"superuser": tree.get("superuser"), "create_role": tree.get("create_role")}
    for name, value in named.items():
        if value is True:
            power = Power.ADMIN if name == "superuser" else Power.STRONG
            yield RoleGrant(
                principal=text_of(tree.get("name")), role=name, scope="the server", power=power
            )
    for role in all_texts(tree.get("roles")):
        power = Power.ADMIN if role == "rds_superuser" else Power.ORDINARY
        yield RoleGrant(
            principal=text_of(tree.get("name")), role=role, scope="the server", power=power
        )


_READERS: Final[dict[str, _Reader]] = {
    "aws_eks_access_entry": eks_entry,
    "aws_eks_access_policy_association": eks_association,
    "azurerm_key_vault": key_vault,
    "azurerm_key_vault_access_policy": key_vault,
    "azurerm_pim_active_role_assignment": azure_assignment,
    "azurerm_pim_eligible_role_assignment": azure_assignment,
    "azurerm_role_assignment": azure_assignment,
    "azurerm_role_definition": azure_role_definition,
    "github_repository_collaborators": _collaborators,
    "github_team_members": _team_members,
    "confluent_kafka_acl": _kafka_acl,
    "google_bigquery_dataset": bigquery_access,
    "google_bigquery_dataset_access": bigquery_access,
    "google_organization_iam_custom_role": google_custom_role,
    "google_project_iam_custom_role": google_custom_role,
    "kafka_acl": _kafka_acl,
    "kubernetes_cluster_role": cluster_role,
    "kubernetes_cluster_role_binding": binding,
    "kubernetes_cluster_role_binding_v1": binding,
    "kubernetes_cluster_role_v1": cluster_role,
    "kubernetes_config_map": aws_auth,
    "kubernetes_config_map_v1": aws_auth,
    "kubernetes_config_map_v1_data": aws_auth,
    "kubernetes_manifest": manifest_grants,
    "kubernetes_role": cluster_role,
    "kubernetes_role_binding": binding,
    "kubernetes_role_binding_v1": binding,
    "kubernetes_role_v1": cluster_role,
    "postgresql_role": _postgresql_role,
    "vault_policy": _vault_policy,
}

ROLE_GRANT_TYPES: Final = frozenset({*_SIMPLE, *_READERS})
"""Types that grant roles, besides Google's `google_*_iam_*`."""

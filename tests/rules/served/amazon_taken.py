"""Pairs on AWS: what goes to another place, or away, from those who are placed there.

At first sight 3 of these dangers were not seen: the route, the mount target and the assignment.
"""

from __future__ import annotations

import json
from typing import Any, Final

from tests.plans import Json, create, delete, tweak
from tests.rules.served.worlds import Trap, pair, stay, trap

_ACCOUNT: Final = "111122223333"

# Routes

_TABLE: Final = stay("aws_ec2_transit_gateway_route_table.spokes", id="tgw-rtb-1")
_LIVE: Final = stay("aws_vpc.live", id="vpc-live", cidr_block="10.40.0.0/16")
_LIVE_SUBNET: Final = stay(
    "aws_subnet.live", id="subnet-live", vpc_id="vpc-live", cidr_block="10.40.64.0/20"
)
_LIVE_ATTACHED: Final = stay(
    "aws_ec2_transit_gateway_vpc_attachment.live", id="tgw-attach-live", vpc_id="vpc-live"
)
_LIVE_PROPAGATES: Final = stay(
    "aws_ec2_transit_gateway_route_table_propagation.live",
    id="tgw-rtb-1_tgw-attach-live",
    transit_gateway_attachment_id="tgw-attach-live",
    transit_gateway_route_table_id="tgw-rtb-1",
)
_GATEWAY: Final = (_TABLE, _LIVE, _LIVE_SUBNET, _LIVE_ATTACHED, _LIVE_PROPAGATES)


def _leads(cidr: str, target: str = "tgw-attach-new") -> Json:
    return create(
        "aws_ec2_transit_gateway_route.new",
        {
            "destination_cidr_block": cidr,
            "transit_gateway_route_table_id": "tgw-rtb-1",
            "transit_gateway_attachment_id": target,
        },
    )


def _attached(mode: str) -> Json:
    return stay(
        "aws_ec2_transit_gateway_vpc_attachment.new",
        id="tgw-attach-new",
        vpc_id="vpc-new",
        appliance_mode_support=mode,
    )


def _static(cidr: str) -> Json:
    return stay(
        "aws_ec2_transit_gateway_route.old",
        id="tgw-rtb-1_old",
        destination_cidr_block=cidr,
        transit_gateway_route_table_id="tgw-rtb-1",
        transit_gateway_attachment_id="tgw-attach-new",
    )


_VPN_WORLD: Final = (
    stay("aws_vpn_connection.office", id="vpn-1", vpn_gateway_id="vgw-1"),
    stay(
        "aws_vpn_gateway_route_propagation.main",
        id="vgw-1_rtb-1",
        vpn_gateway_id="vgw-1",
        route_table_id="rtb-1",
    ),
    stay("aws_route_table.main", id="rtb-1", vpc_id="vpc-here", route=[]),
    stay(
        "aws_route.peer",
        id="r-1",
        route_table_id="rtb-1",
        destination_cidr_block="10.40.0.0/16",
        vpc_peering_connection_id="pcx-1",
    ),
    stay(
        "aws_route.out",
        id="r-2",
        route_table_id="rtb-1",
        destination_cidr_block="0.0.0.0/0",
        nat_gateway_id="nat-1",
    ),
    _LIVE,
    _LIVE_SUBNET,
)


def _by_vpn(cidr: str) -> Json:
    return create(
        "aws_vpn_connection_route.new",
        {"destination_cidr_block": cidr, "vpn_connection_id": "vpn-1"},
    )


# File systems


def _subnet(zone: str) -> Json:
    name = f"eu-west-1{zone}"
    return stay(f"aws_subnet.{zone}", id=f"subnet-{zone}", availability_zone=name, vpc_id="vpc-1")


def _target(zone: str) -> Json:
    return {
        "id": f"fsmt-{zone}",
        "file_system_id": "fs-1",
        "subnet_id": f"subnet-{zone}",
        "availability_zone_name": f"eu-west-1{zone}",
    }


_TARGET_GOES: Final = delete("aws_efs_mount_target.c", _target("c"))
_TASK_ARN: Final = f"arn:aws:ecs:eu-west-1:{_ACCOUNT}:task-definition/cms:3"
_MOUNTS: Final = stay(
    "aws_ecs_task_definition.cms",
    id="cms",
    family="cms",
    arn=_TASK_ARN,
    container_definitions="[]",
    volume=[{"name": "media", "efs_volume_configuration": [{"file_system_id": "fs-1"}]}],
)
_POINT_ARN: Final = f"arn:aws:elasticfilesystem:eu-west-1:{_ACCOUNT}:access-point/fsap-1"
_POINT: Final = stay("aws_efs_access_point.f", id="fsap-1", arn=_POINT_ARN, file_system_id="fs-1")
_SYSTEM: Final = stay("aws_efs_file_system.media", id="fs-1")
_ZONES: Final = (_SYSTEM, _subnet("a"), _subnet("b"), _subnet("c"))


def _placed(*zones: str, task: str = _TASK_ARN) -> Json:
    subnets = [f"subnet-{zone}" for zone in zones]
    return stay(
        "aws_ecs_service.cms",
        id="cms-service",
        name="cms",
        task_definition=task,
        network_configuration=[{"subnets": subnets}],
    )


def _reads_files(*zones: str) -> Json:
    return stay(
        "aws_lambda_function.thumbs",
        id="thumbs",
        function_name="thumbs",
        file_system_config=[{"arn": _POINT_ARN, "local_mount_path": "/mnt/media"}],
        vpc_config=[{"subnet_ids": [f"subnet-{zone}" for zone in zones]}],
    )


# Administrators

_INSTANCE: Final = "arn:aws:sso:::instance/ssoins-1"
_ADMIN: Final = "arn:aws:sso:::permissionSet/ssoins-1/ps-admin"
_VIEW: Final = "arn:aws:sso:::permissionSet/ssoins-1/ps-view"
_INLINE: Final = "arn:aws:sso:::permissionSet/ssoins-1/ps-own"


def _set(name: str, arn: str, policy: str) -> tuple[Json, Json]:
    attached = stay(
        f"aws_ssoadmin_managed_policy_attachment.{name}",
        id=name,
        permission_set_arn=arn,
        managed_policy_arn=f"arn:aws:iam::aws:policy/{policy}",
    )
    return stay(f"aws_ssoadmin_permission_set.{name}", id=arn, arn=arn, name=name), attached


def _account(name: str, number: str) -> Json:
    return stay(f"aws_organizations_account.{name}", id=number, name=name)


_PEOPLE: Final = stay("aws_identitystore_group.helpers", id="d/g1", group_id="g1")
_SETS: Final = (
    *_set("admin", _ADMIN, "AdministratorAccess"),
    *_set("view", _VIEW, "job-function/ViewOnlyAccess"),
    _account("live", "444455556666"),
    _account("test", "777788889999"),
    _PEOPLE,
)


def _given(permission_set: str, account: str = "444455556666", principal: str = "g1") -> Json:
    return {
        "instance_arn": _INSTANCE,
        "permission_set_arn": permission_set,
        "principal_id": principal,
        "principal_type": "GROUP",
        "target_id": account,
        "target_type": "AWS_ACCOUNT",
    }


def _assign(permission_set: str, **more: str) -> Json:
    return create("aws_ssoadmin_account_assignment.new", _given(permission_set, **more))


def _has(permission_set: str, account: str) -> Json:
    return stay("aws_ssoadmin_account_assignment.old", id="old", **_given(permission_set, account))


_HAS_VIEW: Final = _has(_VIEW, "777788889999")
_EVERYTHING: Final = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
    }
)
_OWN_SET: Final = (
    stay("aws_ssoadmin_permission_set.own", id=_INLINE, arn=_INLINE, name="own"),
    stay(
        "aws_ssoadmin_permission_set_inline_policy.own",
        id="own",
        permission_set_arn=_INLINE,
        inline_policy=_EVERYTHING,
    ),
)

# Events

_RULE: Final = {"id": "orders/ledger", "name": "ledger", "event_bus_name": "orders"}
_QUEUE_ARN: Final = f"arn:aws:sqs:eu-west-1:{_ACCOUNT}:ledger"


def _hears(*kinds: str) -> Json:
    before = {**_RULE, "event_pattern": json.dumps({"detail-type": ["Paid", "Refunded"]})}
    return tweak(
        "aws_cloudwatch_event_rule.ledger",
        before,
        event_pattern=json.dumps({"detail-type": list(kinds)}),
    )


_HANDED: Final[dict[str, dict[str, list[str]]]] = {
    "aws_cloudwatch_event_target.ledger": {
        "rule": ["aws_cloudwatch_event_rule.ledger.name"],
        "arn": ["aws_sqs_queue.ledger.arn"],
    },
    "aws_lambda_event_source_mapping.ledger": {
        "event_source_arn": ["aws_sqs_queue.ledger.arn"],
        "function_name": ["aws_lambda_function.ledger.arn"],
    },
}
_HEARERS: Final = (
    stay("aws_cloudwatch_event_target.ledger", id="t", rule="ledger", arn=_QUEUE_ARN),
    stay("aws_sqs_queue.ledger", id="q", name="ledger", arn=_QUEUE_ARN),
    stay("aws_lambda_event_source_mapping.ledger", id="m", event_source_arn=_QUEUE_ARN),
    stay("aws_lambda_function.ledger", id="ledger-writer", function_name="ledger-writer"),
)


def _on_azure(role: str) -> Json:
    values = {
        "scope": "/providers/Microsoft.Management/managementGroups/live",
        "role_definition_name": role,
        "principal_id": "p-1",
    }
    return create("azurerm_role_assignment.helpers", values)


def _on_google(type_name: str, role: str, **where: Any) -> Json:
    return create(
        f"{type_name}.helpers", {"role": role, "member": "group:helpers@acme.io", **where}
    )


TAKEN: Final = [
    pair(
        "a route of a transit gateway leads to another network of the same range / of its own",
        [_leads("10.40.64.0/20")],
        [_leads("10.88.64.0/20")],
        *_GATEWAY,
        _attached("disable"),
    ),
    pair(
        "a route of a transit gateway leads to another network / to a firewall in between",
        [_leads("10.40.64.0/20"), _attached("disable")],
        [_leads("10.40.64.0/20"), _attached("enable")],
        *_GATEWAY,
    ),
    pair(
        "a route of a VPN takes subnets of a peer / a range that goes out today",
        [_by_vpn("10.40.64.0/20")],
        [_by_vpn("192.168.7.0/24")],
        *_VPN_WORLD,
    ),
    pair(
        "a mount target goes in a zone where a service mounts it / where another service runs",
        [_TARGET_GOES, _placed("a", "c")],
        [_TARGET_GOES, _placed("a", "b")],
        _MOUNTS,
        *_ZONES,
    ),
    pair(
        "a mount target goes in a zone of a function / of one that was moved out",
        [_TARGET_GOES, _reads_files("b", "c")],
        [_TARGET_GOES, _reads_files("a", "b")],
        _POINT,
        *_ZONES,
    ),
    pair(
        "people who could look elsewhere become administrators / may look here too",
        [_assign(_ADMIN)],
        [_assign(_VIEW)],
        _HAS_VIEW,
        *_SETS,
    ),
    pair(
        "people with less become administrators by an own policy / administrators of a new account",
        [_assign(_INLINE), _has(_VIEW, "444455556666")],
        [
            create(
                "aws_ssoadmin_account_assignment.new",
                {**_given(_INLINE), "target_id": None},
                after_unknown={"id": True, "target_id": True},
            ),
            _has(_VIEW, "444455556666"),
        ],
        *_OWN_SET,
        *_SETS[2:4],
        _PEOPLE,
        _account("live", "444455556666"),
    ),
    pair(
        "a group gets a management group of Azure / may look at it",
        [_on_azure("Owner")],
        [_on_azure("Reader")],
    ),
    pair(
        "a group gets a folder of Google / may look at it",
        [_on_google("google_folder_iam_member", "roles/owner", folder="folders/1")],
        [_on_google("google_folder_iam_member", "roles/viewer", folder="folders/1")],
    ),
    pair(
        "a group gets an organisation of Google / may look at it",
        [
            _on_google(
                "google_organization_iam_member",
                "roles/resourcemanager.organizationAdmin",
                org_id="1",
            )
        ],
        [_on_google("google_organization_iam_member", "roles/browser", org_id="1")],
    ),
    pair(
        "a rule on events hears fewer kinds / more of them",
        [_hears("Paid")],
        [_hears("Paid", "Refunded", "Cancelled")],
        *_HEARERS,
        uses=_HANDED,
    ),
]

PASSES: Final[list[Trap]] = [
    trap("a wider route than the network's own", _leads("10.0.0.0/8"), *_GATEWAY),
    trap(
        "the route leads to the network itself",
        _leads("10.40.64.0/20", "tgw-attach-live"),
        *_GATEWAY,
    ),
    trap(
        "another static route took the range before",
        _leads("10.40.64.0/24"),
        _static("10.40.64.0/20"),
        _attached("disable"),
        *_GATEWAY,
    ),
    trap(
        "a part of the network without subnets",
        _leads("10.40.128.0/20"),
        _attached("disable"),
        *_GATEWAY,
    ),
    trap(
        "the zone has another mount target afterwards",
        _TARGET_GOES,
        create(
            "aws_efs_mount_target.new",
            {"file_system_id": "fs-1", "subnet_id": "subnet-d", "security_groups": ["sg-1"]},
        ),
        stay("aws_subnet.d", id="subnet-d", availability_zone="eu-west-1c", vpc_id="vpc-1"),
        _placed("a", "c"),
        _MOUNTS,
        *_ZONES,
    ),
    trap(
        "a service of another task is placed in the zone",
        _TARGET_GOES,
        _placed("c", task=_TASK_ARN.replace("cms", "web")),
        _MOUNTS,
        *_ZONES,
    ),
    trap(
        "administrators elsewhere get a further account",
        _assign(_ADMIN),
        _has(_ADMIN, "777788889999"),
        *_SETS,
    ),
    trap("a first assignment", _assign(_ADMIN, principal="g2"), _HAS_VIEW, *_SETS),
]
"""Everyday changes that look like these dangers and pass."""

"""What the call log says: who was away for a while, destroyed first and made again later."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote_plus

import msgspec

from iacrisk.training.emulation.client import Call


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """How one kind of thing is destroyed and created. Patterns are of `OPERATION PATH`."""

    kind: str
    service: str
    destroy: str
    create: str
    name: str = ""
    """The field or path part that holds the name; empty where AWS chooses an id."""


def _query(kind: str, service: str, noun: str, name: str = "") -> Pair:
    """The common case: DeleteNoun and CreateNoun."""
    return Pair(
        kind=kind, service=service, destroy=f"Delete{noun} ", create=f"Create{noun} ", name=name
    )


PAIRS = (
    _query("alb", "elasticloadbalancing", "LoadBalancer"),
    _query("listener", "elasticloadbalancing", "Listener"),
    _query("listener-rule", "elasticloadbalancing", "Rule"),
    _query("asg", "autoscaling", "AutoScalingGroup", "AutoScalingGroupName"),
    _query("cache", "elasticache", "CacheCluster", "CacheClusterId"),
    _query("database", "rds", "DBInstance", "DBInstanceIdentifier"),
    _query("delivery-stream", "firehose", "DeliveryStream", "DeliveryStreamName"),
    _query("endpoint", "ec2", "VpcEndpoints?"),
    _query("glue-table", "glue", "Table"),
    _query("instance-profile", "iam", "InstanceProfile", "InstanceProfileName"),
    _query("nat", "ec2", "NatGateway"),
    _query("peering", "ec2", "VpcPeeringConnection"),
    _query("queue", "sqs", "Queue"),
    _query("role", "iam", "Role", "RoleName"),
    _query("route", "ec2", "Route", "RouteTableId"),
    _query("secret", "secretsmanager", "Secret"),
    _query("security-group", "ec2", "SecurityGroup"),
    _query("service", "ecs", "Service"),
    _query("stream", "kinesis", "Stream", "StreamName"),
    _query("subnet", "ec2", "Subnet"),
    _query("table", "dynamodb", "Table", "TableName"),
    _query("topic", "sns", "Topic"),
    _query("warehouse", "redshift", "Cluster", "ClusterIdentifier"),
    Pair(kind="instance", service="ec2", destroy="TerminateInstances ", create="RunInstances "),
    Pair(
        kind="ingress",
        service="ec2",
        destroy="RevokeSecurityGroupIngress ",
        create="AuthorizeSecurityGroupIngress ",
        name="GroupId",
    ),
    Pair(
        kind="egress",
        service="ec2",
        destroy="RevokeSecurityGroupEgress ",
        create="AuthorizeSecurityGroupEgress ",
        name="GroupId",
    ),
    Pair(
        kind="policy-attachment",
        service="iam",
        destroy="DetachRolePolicy ",
        create="AttachRolePolicy ",
        name="RoleName",
    ),
    Pair(kind="subscription", service="sns", destroy="Unsubscribe ", create="Subscribe "),
    Pair(
        kind="event-target",
        service="events",
        destroy="RemoveTargets ",
        create="PutTargets ",
        name="Rule",
    ),
    Pair(
        kind="function",
        service="lambda",
        destroy=r"DELETE /2015-03-31/functions/[^/]+/?$",
        create=r"POST /2015-03-31/functions/?$",
    ),
    Pair(kind="bucket", service="s3", destroy=r"DELETE /[^/]+/?$", create=r"PUT /[^/]+/?$"),
    Pair(kind="eks", service="eks", destroy=r"DELETE /clusters/[^/]+$", create=r"POST /clusters$"),
    Pair(
        kind="file-system",
        service="elasticfilesystem",
        destroy=r"DELETE /[^/]+/file-systems/",
        create=r"POST /[^/]+/file-systems$",
    ),
    Pair(
        kind="mount-target",
        service="elasticfilesystem",
        destroy=r"DELETE /[^/]+/mount-targets/",
        create=r"POST /[^/]+/mount-targets$",
    ),
)


class Absence(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was away between two calls."""

    kind: str
    name: str
    """Its name where the calls tell it, else the id or path in the destroying call."""


def absences(calls: Iterable[Call]) -> tuple[Absence, ...]:
    """Everything destroyed first and created later, in the order of creation, each once."""
    done = [call for call in calls if call.succeeded]
    found = [absence for pair in PAIRS for absence in _absences(pair, done)]
    return tuple(dict.fromkeys(found))


def _absences(pair: Pair, calls: Iterable[Call]) -> Iterator[Absence]:
    away: list[str] = []
    for call in calls:
        if call.service != pair.service or (pair.service == "s3" and call.query):
            continue
        spoken = f"{call.operation} {call.path}"
        if re.match(pair.destroy, spoken):
            away.append(_subject(pair, call))
        elif away and re.match(pair.create, spoken):
            subject = _field(call, pair.name) if pair.name else away[0]
            if subject in away:
                away.remove(subject)
                yield Absence(kind=pair.kind, name=subject)


def _subject(pair: Pair, call: Call) -> str:
    if pair.name:
        return _field(call, pair.name)
    if not call.operation.isupper():
        values = re.findall(r'(?:Arn|Id|Url|Name|\.1)"?[=:] ?"?([^&",}]+)', call.body)
        return unquote_plus(values[0]) if values else ""
    return call.path.rstrip("/").rpartition("/")[2]


def _field(call: Call, name: str) -> str:
    found = re.search(rf'\b{name}"?[=:] ?"?([^&",}}]+)', call.body)
    return unquote_plus(found[1]) if found else ""

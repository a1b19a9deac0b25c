"""What a base stack is for: `intents.toml`, which says which flows, accesses and names are in use.

A probe cannot tell from the cloud alone whether anybody uses an open port. The stack's author
says so here, once, before any edit is thought of. Everything is named as the cloud names it (a
bucket's name, the Name tag of an instance), never by a Terraform address, because the probes must
judge without the configuration.

**Objects** are written `kind:name`; `KINDS` lists the kinds and what their name is. **Values that
the application reads at run time** are written `${...}` inside any name: they are looked up in the
live cloud at probe time, so that an application whose setting points nowhere is broken even though
its target lives.

    ${env:FUNCTION/VARIABLE}             environment of a Lambda function
    ${task:CLUSTER/SERVICE/VARIABLE}     environment of an ECS service's first container
    ${parameter:NAME}                    value of an SSM parameter
    ${secret:NAME}                       value of a Secrets Manager secret
    ${secret:NAME#KEY}                   one key of a JSON secret
    ${record:NAME}                       first value of a DNS record, trailing dot removed

A URL, ARN or endpoint may be given where a name is expected: `queue:${env:worker/QUEUE_URL}` and
`host:${parameter:/shop/db_host}` both work.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec

ACCOUNT = "123456789012"
"""The emulated account, for the few places where an ARN has to be written out."""

REGION = "us-east-1"
"""The emulated region, which every stack's provider block names."""

KINDS: dict[str, str] = {
    "alarm": "CloudWatch metric alarm, by name",
    "alb": "load balancer of the elbv2 API (application or network), by name",
    "api": "API Gateway v2 API, by name",
    "asg": "auto scaling group, by name",
    "bucket": "S3 bucket; `bucket:NAME/KEY` for one object in an access",
    "cache": "ElastiCache cluster, by cluster id",
    "cluster": "ECS cluster, by name",
    "database": "RDS instance, by identifier",
    "delivery-stream": "Firehose delivery stream, by name",
    "distribution": "CloudFront distribution, by any of its own host names",
    "eks": "EKS cluster, by name",
    "file-system": "EFS file system, by creation token",
    "function": "Lambda function, by name",
    "host": "whatever answers to a host name or address; resolved through DNS and endpoints",
    "instance": "EC2 instance, by its Name tag",
    "key": "KMS key, by alias (`key:alias/NAME`)",
    "log-group": "CloudWatch log group, by name",
    "queue": "SQS queue, by name, URL or ARN",
    "parameter": "SSM parameter, by name",
    "record": "Route 53 record, by full name",
    "repository": "ECR repository, by name",
    "role": "IAM role, by name",
    "rule": "EventBridge rule on the default bus, by name",
    "search": "OpenSearch domain, by name",
    "secret": "Secrets Manager secret, by name or ARN",
    "service": "ECS service, `service:CLUSTER/SERVICE`",
    "stream": "Kinesis stream, by name or ARN",
    "table": "DynamoDB table by name or ARN; `table:NAME/index/INDEX` for an index in an access",
    "topic": "SNS topic, by name or ARN",
    "user": "IAM user, by name",
    "user-pool": "Cognito user pool, by name",
    "volume": "EBS volume, by its Name tag",
    "warehouse": "Redshift cluster, by identifier",
    "zone": "Route 53 hosted zone, by name without the trailing dot",
}

Object = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z-]*:.+$")]
"""`kind:name`, the kind being one of KINDS."""


class _Intent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Shared manners: values are immutable and a misspelt key is an error."""


class Flow(_Intent, frozen=True):
    """Network traffic that has to get through.

    `source` and `target` are `internet`, an IPv4 address, `aws:SERVICE` (a public AWS endpoint,
    only as target, for instance `aws:s3`), or an object with network interfaces: instance, asg,
    alb, database, service, function (in a VPC), cache, file-system, warehouse, search, eks, host.
    From a load balancer to its members, forwarding is checked as well as the packet's way; to a
    load balancer, a listener on the port must exist.
    """

    source: str
    target: str
    port: Annotated[int, msgspec.Meta(ge=1, le=65535)]
    protocol: Literal["tcp", "udp"] = "tcp"


class Route(_Intent, frozen=True):
    """What a load balancer's listener must forward a request to.

    The listener's rules are evaluated in order of priority on `host` and `path`. `target` is the
    asg, service, instance or function that must be registered in the chosen target group.
    """

    balancer: str
    """The load balancer's name."""
    port: int
    target: Object
    host: str = "example.com"
    path: str = "/"


class Access(_Intent, frozen=True):
    """A call to AWS that has to be allowed.

    `principal` is `role:NAME`, `user:NAME` or `service:NAME` (an AWS service acting by itself,
    allowed by the resource's own policy alone). `resource` is an object (bucket, table, queue,
    topic, secret, parameter, key, function, stream, delivery-stream, repository, log-group, role,
    search), `*`, or a literal ARN. `context` adds condition keys, such as `aws:SourceArn`.
    """

    principal: str
    action: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9-]+:[A-Za-z]+$")]
    resource: str
    context: dict[str, str] = {}


class Trust(_Intent, frozen=True):
    """Who has to be able to assume a role.

    `principal` is `service:ecs-tasks.amazonaws.com`, `arn:aws:iam::...` (a whole ARN) or
    `federated:token.actions.githubusercontent.com`, whose claims stand in `context`.
    """

    role: str
    principal: str
    context: dict[str, str] = {}


class Delivery(_Intent, frozen=True):
    """A message that has to arrive.

    Where source and target allow it is really sent and received: topic, queue, bucket or event to
    a queue. To a function, stream, delivery-stream, service, role-less target or log-group the
    wiring, its state and the target's permission are judged instead.

    `source` is `topic:NAME`, `queue:NAME`, `bucket:NAME` (an upload), `rule:NAME` (a schedule),
    `api:NAME` (with `route`), `log-group:NAME` (a subscription), `stream:NAME`, `table:NAME`
    (their event sources), or `event:SOURCE` (an event put on the default bus).
    """

    source: str
    target: Object
    route: str = ""
    """For an API: its route key, such as `POST /orders`."""
    key: str = "probe/object"
    """For a bucket: the key that is uploaded."""
    detail_type: str = "probe"
    """For an event."""
    detail: dict[str, str | int | bool] = {}
    """For an event; fields of its detail that rules may match."""
    attributes: dict[str, str] = {}
    """For a topic: message attributes, strings, that filters may match."""


class Name(_Intent, frozen=True):
    """A DNS name that has to lead somewhere alive.

    `target`, when given, must be what it leads to. `network` is the Name tag of the VPC from which
    a private name is asked; empty for a public name. Records that no intent names are probed too,
    but their loss is an outage only when something leads to them.
    """

    name: str
    type: Literal["A", "AAAA", "CNAME", "TXT", "MX"] = "A"
    target: str = ""
    network: str = ""


class Capacity(_Intent, frozen=True):
    """How many units an object needs: instances, tasks, shards, mount targets, nodes, records.

    Fewer is degraded, none is an outage. Without an intent only none counts.
    """

    target: Object
    needed: Annotated[int, msgspec.Meta(ge=1)]


class Data(_Intent, frozen=True):
    """How much the content of an object matters. Every store is seeded before the edit.

    `precious` (the default of every store but a cache): its loss is data loss. `scratch`: it can be
    built again, its loss counts for nothing. `empty`: it is not seeded.
    """

    target: Object
    worth: Literal["precious", "scratch", "empty"]


class Used(_Intent, frozen=True):
    """An object that somebody outside this stack addresses by its physical name.

    Its disappearance under that name is an outage even when all else goes on.
    """

    target: Object
    by: str = ""
    """Who, for the reader."""


class Intents(_Intent, frozen=True):
    """The whole of `intents.toml`. Every table is optional and repeated: `[[flows]]`, ..."""

    summary: str
    """What the stack is, in a sentence."""
    flows: tuple[Flow, ...] = ()
    routes: tuple[Route, ...] = ()
    accesses: tuple[Access, ...] = ()
    trusts: tuple[Trust, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    names: tuple[Name, ...] = ()
    capacities: tuple[Capacity, ...] = ()
    data: tuple[Data, ...] = ()
    used: tuple[Used, ...] = ()


def read_intents(path: Path) -> Intents:
    """The intents of a stack. Raises msgspec.ValidationError with the path of the fault."""
    intents = msgspec.toml.decode(path.read_bytes(), type=Intents)
    for named in _objects(intents):
        kind = named.partition(":")[0]
        if kind not in KINDS:
            raise msgspec.ValidationError(f"{path.name}: no kind of object is called {kind!r}")
    return intents


def _objects(intents: Intents) -> list[str]:
    """Every place where only an object may stand."""
    return [
        *(route.target for route in intents.routes),
        *(delivery.target for delivery in intents.deliveries),
        *(capacity.target for capacity in intents.capacities),
        *(data.target for data in intents.data),
        *(used.target for used in intents.used),
    ]

"""Pairs on AWS: what is idle, kept elsewhere or reached another way, and what only looks so."""

from __future__ import annotations

import json
from typing import Any, Final

from tests.plans import Json, delete, tweak
from tests.rules.served.worlds import pair, stay, trap

_ACCOUNT: Final = "111122223333"
_REGION: Final = f"eu-west-1:{_ACCOUNT}"


def _document(*statements: Json) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


# Dials

_LISTENER: Final = f"arn:aws:globalaccelerator::{_ACCOUNT}:accelerator/a/listener/l"


def _group(name: str, *weights: int | None, dial: int = 100) -> Json:
    endpoints = [{"endpoint_id": f"arn:{name}", "weight": weight} for weight in weights]
    return {
        "id": f"{_LISTENER}/endpoint-group/{name}",
        "listener_arn": _LISTENER,
        "endpoint_group_region": name,
        "traffic_dial_percentage": dial,
        "endpoint_configuration": endpoints,
    }


def _dialled(*weights: int | None) -> Json:
    group = _group("south", *weights)
    return tweak("aws_globalaccelerator_endpoint_group.south", group, traffic_dial_percentage=0)


def _carries(*weights: int | None, dial: int = 100) -> Json:
    group = _group("north", *weights, dial=dial)
    return stay("aws_globalaccelerator_endpoint_group.north", **group)


# Roles

_QUEUE_ARN: Final = f"arn:aws:sqs:{_REGION}:parcels"
_QUEUE_URL: Final = f"https://sqs.eu-west-1.amazonaws.com/{_ACCOUNT}/parcels"
_QUEUE: Final = stay("aws_sqs_queue.parcels", id=_QUEUE_URL, arn=_QUEUE_ARN, name="parcels")


def _admits(*roles: str) -> str:
    return _document(
        {
            "Effect": "Allow",
            "Principal": {"AWS": [f"arn:aws:iam::{_ACCOUNT}:role/{role}" for role in roles]},
            "Action": "sqs:SendMessage",
            "Resource": _QUEUE_ARN,
        }
    )


_LOSES: Final = tweak(
    "aws_sqs_queue_policy.parcels",
    {"id": _QUEUE_URL, "queue_url": _QUEUE_URL, "policy": _admits("shipper", "importer")},
    policy=_admits("shipper"),
)


def _key(*roles: str) -> str:
    arns = [f"arn:aws:iam::{_ACCOUNT}:role/{role}" for role in roles]
    return _document(
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{_ACCOUNT}:role/keeper"},
            "Action": "kms:*",
            "Resource": "*",
        },
        {"Effect": "Allow", "Principal": {"AWS": arns}, "Action": "kms:Decrypt", "Resource": "*"},
    )


_KEY_LOSES: Final = tweak(
    "aws_kms_key.parcels",
    {"id": "k-1", "arn": f"arn:aws:kms:{_REGION}:key/k-1", "policy": _key("shipper", "importer")},
    policy=_key("shipper"),
)


def _role(name: str, trusted: Json | None = None) -> Json:
    trust = {
        "Effect": "Allow",
        "Principal": trusted or {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    return stay(
        f"aws_iam_role.{name}",
        id=name,
        name=name,
        arn=f"arn:aws:iam::{_ACCOUNT}:role/{name}",
        assume_role_policy=_document(trust),
    )


def _runs_as(role: str) -> Json:
    return stay(
        "aws_lambda_function.program",
        id="program",
        function_name="program",
        arn=f"arn:aws:lambda:{_REGION}:function:program",
        role=f"arn:aws:iam::{_ACCOUNT}:role/{role}",
    )


# Schedules

_FUNCTION: Final = f"arn:aws:lambda:{_REGION}:function:dunning"
_DUNNING: Final = stay(
    "aws_lambda_function.dunning", id="dunning", function_name="dunning", arn=_FUNCTION
)
_RULE: Final = {
    "id": "dunning",
    "name": "dunning",
    "state": "ENABLED",
    "schedule_expression": "rate(1 day)",
}
_OFF: Final = tweak("aws_cloudwatch_event_rule.dunning", _RULE, state="DISABLED")


def _starts(**told: Any) -> Json:
    return stay(
        "aws_cloudwatch_event_target.dunning", id="t", rule="dunning", arn=_FUNCTION, **told
    )


def _schedule(expression: str, state: str = "ENABLED", **told: Any) -> Json:
    role = f"arn:aws:iam::{_ACCOUNT}:role/clock"
    return stay(
        "aws_scheduler_schedule.dunning",
        id="default/dunning",
        name="dunning",
        state=state,
        schedule_expression=expression,
        target=[{"arn": _FUNCTION, "role_arn": role, **told}],
    )


def _clock_may(resource: str) -> Json:
    return stay(
        "aws_iam_role_policy.clock",
        id="clock:run",
        role="clock",
        policy=_document(
            {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": resource}
        ),
    )


_CLOCK: Final = (_role("clock", {"Service": "scheduler.amazonaws.com"}), _clock_may(_FUNCTION))
_FED: Final = {
    "aws_cloudwatch_event_target.dunning": {
        "rule": ["aws_cloudwatch_event_rule.dunning.name"],
        "arn": ["aws_lambda_function.dunning.arn"],
    },
}
_JOB: Final[Json] = {
    "id": "jobs/close",
    "name": "close",
    "schedule": "0 2 * * *",
    "paused": False,
    "http_target": [{"uri": "https://books.example/close", "http_method": "POST"}],
}
_PAUSED: Final = tweak("google_cloud_scheduler_job.close", _JOB, paused=True)


def _other_job(uri: str) -> Json:
    job = {**_JOB, "id": "jobs/close-2", "name": "close-2"}
    job["http_target"] = [{"uri": uri, "http_method": "POST"}]
    return stay("google_cloud_scheduler_job.close_2", **job)


# Methods

_METHOD: Final = {
    "id": "agm-api-r-GET",
    "rest_api_id": "api",
    "resource_id": "r",
    "http_method": "GET",
    "authorization": "AWS_IAM",
}
_OPENED: Final = tweak("aws_api_gateway_method.m", _METHOD, authorization="NONE")
_BEHIND: Final = {
    "id": "agi-api-r-GET",
    "rest_api_id": "api",
    "resource_id": "r",
    "http_method": "GET",
}


def _answered(kind: str) -> Json:
    return stay("aws_api_gateway_integration.m", **_BEHIND, type=kind)


def _at(path: str) -> Json:
    return stay("aws_api_gateway_resource.m", id="r", rest_api_id="api", path=path)


# Certificates

_AT: Final = f"arn:aws:elasticloadbalancing:{_REGION}"
_LB: Final = stay(
    "aws_lb.front", id=f"{_AT}:loadbalancer/f", arn=f"{_AT}:loadbalancer/f", dns_name="f.elb.aws"
)
_HTTPS: Final = {
    "id": f"{_AT}:listener/f/1",
    "arn": f"{_AT}:listener/f/1",
    "load_balancer_arn": f"{_AT}:loadbalancer/f",
    "certificate_arn": "arn:old",
}
_EXCHANGED: Final = tweak("aws_lb_listener.https", _HTTPS, certificate_arn="arn:new")


def _certificate(name: str, *names: str) -> Json:
    return stay(
        f"aws_acm_certificate.{name}",
        id=f"arn:{name}",
        arn=f"arn:{name}",
        status="ISSUED",
        domain_name=names[0],
        subject_alternative_names=list(names),
    )


def _record(host: str) -> Json:
    label = host.partition(".")[0]
    alias = [{"name": "f.elb.aws", "zone_id": "Z"}]
    return stay(f"aws_route53_record.{label}", id=host, name=host, fqdn=host, type="A", alias=alias)


_OLD: Final = _certificate("old", "*.parcels.example", "parcels.example")
_SITE: Final[Json] = {
    "id": "E1",
    "enabled": True,
    "aliases": ["www.parcels.example", "parcels.example"],
    "viewer_certificate": [{"acm_certificate_arn": "arn:old"}],
}
_SITE_EXCHANGED: Final = tweak(
    "aws_cloudfront_distribution.site",
    _SITE,
    viewer_certificate=[{"acm_certificate_arn": "arn:new"}],
)

# Endpoints

_ENDPOINT: Final = {
    "id": "vpce-0a",
    "vpc_id": "vpc-1",
    "service_name": "com.amazonaws.eu-west-1.ssm",
    "vpc_endpoint_type": "Interface",
    "private_dns_enabled": True,
    "subnet_ids": ["subnet-0a"],
    "security_group_ids": ["sg-0e"],
    "policy": _document({"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}),
}
_GOES: Final = delete("aws_vpc_endpoint.ssm", _ENDPOINT)
_SUBNET: Final = stay("aws_subnet.a", id="subnet-0a", vpc_id="vpc-1", cidr_block="10.0.0.0/24")
_ASSOCIATION: Final = stay(
    "aws_route_table_association.a", id="as-1", subnet_id="subnet-0a", route_table_id="rtb-0a"
)


def _table(**hop: str) -> Json:
    routes = [{"cidr_block": "0.0.0.0/0", **hop}] if hop else []
    return stay("aws_route_table.a", id="rtb-0a", vpc_id="vpc-1", route=routes)


_NAT: Final = _table(nat_gateway_id="nat-0a")


def _filter(*ranges: str) -> Json:
    out = [{"protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_blocks": list(ranges)}]
    return stay("aws_security_group.app", id="sg-0a", vpc_id="vpc-1", name="app", egress=out)


_LIVES: Final = stay(
    "aws_ecs_service.app",
    id="app",
    name="app",
    network_configuration=[{"subnets": ["subnet-0a"], "security_groups": ["sg-0a"]}],
)
_EVERYWHERE: Final = _filter("0.0.0.0/0")

# Blocks

_SWITCHES: Final = (
    "block_public_acls",
    "block_public_policy",
    "ignore_public_acls",
    "restrict_public_buckets",
)
_ON: Final = dict.fromkeys(_SWITCHES, True)
_UNBLOCKED: Final = delete(
    "aws_s3_bucket_public_access_block.parcels", {"id": "parcels", "bucket": "parcels", **_ON}
)


def _account_block(**off: bool) -> Json:
    return stay(
        "aws_s3_account_public_access_block.all", id=_ACCOUNT, account_id=_ACCOUNT, **{**_ON, **off}
    )


_INHERITS: Final = tweak(
    "google_storage_bucket.parcels",
    {"id": "parcels", "name": "parcels", "project": "p", "public_access_prevention": "enforced"},
    public_access_prevention="inherited",
)


def _prevents(project: str) -> Json:
    return stay(
        "google_org_policy_policy.public",
        id="o",
        name=f"projects/{project}/policies/storage.publicAccessPrevention",
        spec=[{"rules": [{"enforce": "TRUE"}]}],
    )


# Caches

_PARAMETERS: Final[Json] = {
    "id": "r7",
    "name": "r7",
    "family": "redis7",
    "parameter": [{"name": "maxmemory-policy", "value": "noeviction"}],
}
_EVICTS: Final = tweak(
    "aws_elasticache_parameter_group.r7",
    _PARAMETERS,
    parameter=[{"name": "maxmemory-policy", "value": "allkeys-lru"}],
)
_REDIS: Final = stay(
    "aws_elasticache_replication_group.r",
    id="edge",
    replication_group_id="edge",
    parameter_group_name="r7",
    primary_endpoint_address="edge.ab12.ng.0001.euw1.cache.amazonaws.com",
)
_REDIS_USES: Final = {
    "aws_elasticache_replication_group.r": {
        "parameter_group_name": ["aws_elasticache_parameter_group.r7.name"]
    }
}


def _told(**variables: str) -> Json:
    host = "redis://edge.ab12.ng.0001.euw1.cache.amazonaws.com:6379"
    listed = [{"name": name, "value": host + end} for name, end in variables.items()]
    return stay(
        "aws_ecs_task_definition.web",
        id="web",
        family="web",
        container_definitions=json.dumps([{"name": "web", "image": "x:1", "environment": listed}]),
    )


# Streams

_STREAM: Final = {
    "id": f"arn:aws:kinesis:{_REGION}:stream/moves",
    "arn": f"arn:aws:kinesis:{_REGION}:stream/moves",
    "name": "moves",
    "retention_period": 96,
}
_SHORTER: Final = tweak("aws_kinesis_stream.moves", _STREAM, retention_period=24)
_ARCHIVE: Final = stay(
    "aws_kinesis_firehose_delivery_stream.moves",
    id="f",
    name="archive",
    kinesis_source_configuration=[{"kinesis_stream_arn": _STREAM["arn"]}],
    extended_s3_configuration=[{"bucket_arn": "arn:aws:s3:::archive"}],
)


def _mapping(**more: Any) -> Json:
    values = {"enabled": True, "starting_position": "LATEST", **more}
    return stay(
        "aws_lambda_event_source_mapping.moves",
        id="m",
        event_source_arn=_STREAM["arn"],
        function_name=_FUNCTION,
        **values,
    )


_FOLLOWS: Final = {
    "aws_lambda_event_source_mapping.moves": {"event_source_arn": ["aws_kinesis_stream.moves.arn"]}
}

IDLE: Final = [
    pair(
        "the dial of a group with an endpoint falls / of one without",
        [_dialled(None), _carries(128)],
        [_dialled(), _carries(128)],
    ),
    pair(
        "a queue no longer admits the role of a function / an idle role",
        [_LOSES, _runs_as("importer")],
        [_LOSES, _runs_as("shipper")],
        _QUEUE,
        _role("importer"),
        _role("shipper"),
    ),
    pair(
        "a key no longer admits the role of a function / an idle role",
        [_KEY_LOSES, _runs_as("importer")],
        [_KEY_LOSES, _runs_as("shipper")],
        _role("importer"),
        _role("shipper"),
    ),
    pair(
        "a rule is switched off and a schedule runs weekly / daily",
        [_OFF, _starts(), _schedule("rate(7 days)"), *_CLOCK],
        [_OFF, _starts(), _schedule("cron(0 4 * * ? *)"), *_CLOCK],
        _DUNNING,
        uses=_FED,
    ),
    pair(
        "a job is paused and another calls elsewhere / the same",
        [_PAUSED, _other_job("https://books.example/open")],
        [_PAUSED, _other_job("https://books.example/close")],
    ),
    pair(
        "a method with a function behind it is opened / one that the gateway answers",
        [_OPENED, _answered("AWS_PROXY")],
        [_OPENED, _answered("MOCK")],
        _at("/parcels"),
    ),
    pair(
        "a method of parcels is opened / that of the health check",
        [_OPENED, _at("/parcels/{id}")],
        [_OPENED, _at("/healthz")],
        _answered("AWS_PROXY"),
    ),
    pair(
        "a certificate lacks the name of a record / has all of them",
        [_EXCHANGED, _certificate("new", "api.parcels.example")],
        [_EXCHANGED, _certificate("new", "api.parcels.example", "app.parcels.example")],
        _OLD,
        _LB,
        _record("api.parcels.example"),
        _record("app.parcels.example"),
    ),
    pair(
        "a distribution's certificate lacks an alias / has all of them",
        [_SITE_EXCHANGED, _certificate("new", "www.parcels.example")],
        [_SITE_EXCHANGED, _certificate("new", "www.parcels.example", "parcels.example")],
        _OLD,
    ),
    pair(
        "an endpoint goes from subnets without another way out / with a NAT gateway",
        [_GOES, _table()],
        [_GOES, _NAT],
        _SUBNET,
        _ASSOCIATION,
        _LIVES,
        _EVERYWHERE,
    ),
    pair(
        "a bucket's block goes and the account's lets policies be public / blocks all",
        [_UNBLOCKED, _account_block(restrict_public_buckets=False)],
        [_UNBLOCKED, _account_block()],
    ),
    pair(
        "a bucket inherits what another project prevents / what its own does",
        [_INHERITS, _prevents("q")],
        [_INHERITS, _prevents("p")],
    ),
    pair(
        "a store of jobs comes to evict / what all know as a cache",
        [_EVICTS, _told(PAGE_CACHE_URL="/0", JOBS_URL="/1")],
        [_EVICTS, _told(PAGE_CACHE_URL="/0", FRAGMENT_CACHE_URL="/1")],
        _REDIS,
        uses=_REDIS_USES,
    ),
    pair(
        "a stream is kept for a day and a mapping is off / both readers follow it",
        [_SHORTER, _mapping(enabled=False)],
        [_SHORTER, _mapping()],
        _ARCHIVE,
        uses=_FOLLOWS,
    ),
]
IDLE_TRAPS: Final = [
    trap(
        "the other group is dialled down already",
        _dialled(),
        _carries(128, dial=0),
    ),
    trap(
        "the other group's only endpoint has no weight left, and this one has a little",
        _dialled(1),
        _carries(0),
    ),
    trap(
        "the role is idle, and a second principal loses the right",
        tweak(
            "aws_sqs_queue_policy.parcels",
            {"id": _QUEUE_URL, "queue_url": _QUEUE_URL, "policy": _admits("shipper", "importer")},
            policy=_admits(),
        ),
        _QUEUE,
        _role("importer"),
        _role("shipper"),
        _runs_as("shipper"),
    ),
    trap(
        "a role with a policy of its own",
        _LOSES,
        _QUEUE,
        _role("importer"),
        _role("shipper"),
        stay(
            "aws_iam_role_policy.importer",
            id="importer:x",
            role="importer",
            policy=_document({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}),
        ),
    ),
    trap(
        "the schedule's role may start something else only",
        _OFF,
        _starts(),
        _schedule("rate(1 day)"),
        _CLOCK[0],
        _clock_may(f"{_FUNCTION}-reports"),
        _DUNNING,
        uses=_FED,
    ),
    trap(
        "the schedule tells the function something else",
        _OFF,
        _starts(input='{"mode":"full"}'),
        _schedule("rate(1 day)", input='{"mode":"dry"}'),
        *_CLOCK,
        _DUNNING,
        uses=_FED,
    ),
    trap(
        "the schedule is off itself",
        _OFF,
        _starts(),
        _schedule("rate(1 day)", state="DISABLED"),
        *_CLOCK,
        _DUNNING,
        uses=_FED,
    ),
    trap(
        "the integration becomes a real one",
        _OPENED,
        tweak("aws_api_gateway_integration.m", {**_BEHIND, "type": "MOCK"}, type="HTTP_PROXY"),
        _at("/parcels"),
    ),
    trap(
        "a rule asks for a host that has no record here",
        _EXCHANGED,
        _certificate("new", "api.parcels.example"),
        _OLD,
        _LB,
        _record("api.parcels.example"),
        stay(
            "aws_lb_listener_rule.hooks",
            id="r",
            listener_arn=f"{_AT}:listener/f/1",
            condition=[{"host_header": [{"values": ["hooks.parcels.example"]}]}],
        ),
    ),
    trap(
        "the certificate is not issued yet",
        _EXCHANGED,
        stay(
            "aws_acm_certificate.new",
            id="arn:new",
            arn="arn:new",
            status="PENDING_VALIDATION",
            domain_name="api.parcels.example",
        ),
        _OLD,
        _LB,
        _record("api.parcels.example"),
    ),
    trap(
        "the old one names a host in full that the plan does not lead here",
        _EXCHANGED,
        _certificate("new", "api.parcels.example"),
        _certificate("old", "api.parcels.example", "shop.partner.example"),
        _LB,
        _record("api.parcels.example"),
    ),
    trap(
        "a bucket lets in only by the endpoint",
        _GOES,
        _NAT,
        _SUBNET,
        _ASSOCIATION,
        _LIVES,
        _EVERYWHERE,
        stay(
            "aws_s3_bucket_policy.b",
            id="b",
            bucket="b",
            policy=_document(
                {
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "s3:*",
                    "Resource": "*",
                    "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-0b"}},
                }
            ),
        ),
    ),
    trap(
        "the filter of what runs there lets it out within the network only",
        _GOES,
        _NAT,
        _SUBNET,
        _ASSOCIATION,
        _LIVES,
        _filter("10.0.0.0/16"),
    ),
    trap(
        "a second subnet with something in it has no way out",
        _GOES,
        _NAT,
        _SUBNET,
        _ASSOCIATION,
        _EVERYWHERE,
        stay("aws_subnet.b", id="subnet-0b", vpc_id="vpc-1", cidr_block="10.0.1.0/24"),
        stay(
            "aws_lambda_function.inner",
            id="inner",
            function_name="inner",
            vpc_config=[{"subnet_ids": ["subnet-0b"], "security_group_ids": ["sg-0a"]}],
        ),
    ),
    trap(
        "the block is that of another account",
        _UNBLOCKED,
        _account_block(),
        stay("aws_iam_role.other", id="o", name="o", arn="arn:aws:iam::999900001111:role/o"),
        stay("aws_iam_role.own", id="p", name="p", arn=f"arn:aws:iam::{_ACCOUNT}:role/p"),
    ),
    trap(
        "the block of the account goes too",
        _UNBLOCKED,
        delete("aws_s3_account_public_access_block.all", {"id": _ACCOUNT, **_ON}),
    ),
    trap(
        "a program that reads the stream from its checkpoint now and then",
        _SHORTER,
        _mapping(),
        _ARCHIVE,
        stay(
            "aws_ecs_task_definition.rater",
            id="rater",
            family="rater",
            container_definitions='[{"name":"r","image":"x:1","environment":'
            '[{"name":"STREAM","value":"moves"}]}]',
        ),
        uses=_FOLLOWS,
    ),
]

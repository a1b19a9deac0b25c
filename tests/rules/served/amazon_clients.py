"""Pairs on AWS: how clients call, and what is asked of them from now on.

At first sight 6 of the 11 dangers were held, and 6 of their harmless twins.
"""

from __future__ import annotations

import base64
import json
from typing import Any, Final

from tests.plans import Json, create, tweak
from tests.rules.served.worlds import pair, stay, trap

_ACCOUNT: Final = "111122223333"
_REGION: Final = f"eu-west-1:{_ACCOUNT}"


def _document(*statements: Json) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _task(name: str, **variables: str) -> Json:
    listed = [{"name": key, "value": value} for key, value in variables.items()]
    return stay(
        f"aws_ecs_task_definition.{name}",
        id=name,
        family=name,
        arn=f"arn:aws:ecs:{_REGION}:task-definition/{name}:3",
        container_definitions=json.dumps([{"name": name, "image": "x:1", "environment": listed}]),
    )


def _function(name: str, **variables: str) -> Json:
    return stay(
        f"aws_lambda_function.{name}",
        id=name,
        function_name=name,
        arn=f"arn:aws:lambda:{_REGION}:function:{name}",
        environment=[{"variables": variables}],
    )


# Databases and caches

_PG: Final = "orders.c1ab2.eu-west-1.rds.amazonaws.com"
_DATABASE: Final = stay(
    "aws_db_instance.orders",
    id="db-1",
    identifier="orders",
    endpoint=f"{_PG}:5432",
    parameter_group_name="orders16",
)
_GROUP: Final = {
    "id": "orders16",
    "name": "orders16",
    "family": "postgres16",
    "parameter": [{"name": "rds.force_ssl", "value": "0"}],
}
_FORCED: Final = tweak(
    "aws_db_parameter_group.orders",
    _GROUP,
    parameter=[{"name": "rds.force_ssl", "value": "1"}],
)
_GROUP_USES: Final = {
    "aws_db_instance.orders": {"parameter_group_name": ["aws_db_parameter_group.orders.name"]}
}
_REDIS: Final = {
    "id": "carts",
    "replication_group_id": "carts",
    "primary_endpoint_address": "carts.ab12.ng.0001.euw1.cache.amazonaws.com",
    "transit_encryption_enabled": True,
    "transit_encryption_mode": "preferred",
}
_REQUIRES: Final = tweak(
    "aws_elasticache_replication_group.carts", _REDIS, transit_encryption_mode="required"
)
_BROKERS: Final = "b-1.bus.x1.c2.kafka.eu-west-1.amazonaws.com"
_KAFKA: Final[Json] = {
    "id": "arn:aws:kafka:eu-west-1:1:cluster/bus",
    "arn": "arn:aws:kafka:eu-west-1:1:cluster/bus",
    "cluster_name": "bus",
    "bootstrap_brokers": f"{_BROKERS}:9092",
    "bootstrap_brokers_tls": f"{_BROKERS}:9094",
    "encryption_info": [{"encryption_in_transit": [{"client_broker": "TLS_PLAINTEXT"}]}],
}
_KAFKA_TLS: Final = tweak(
    "aws_msk_cluster.bus",
    _KAFKA,
    encryption_info=[{"encryption_in_transit": [{"client_broker": "TLS"}]}],
)
_SEARCH: Final[Json] = {
    "id": "arn:aws:es:eu-west-1:1:domain/logs",
    "arn": "arn:aws:es:eu-west-1:1:domain/logs",
    "domain_name": "logs",
    "endpoint": "search-logs-abc.eu-west-1.es.amazonaws.com",
    "domain_endpoint_options": [{"enforce_https": False}],
}
_SEARCH_TLS: Final = tweak(
    "aws_opensearch_domain.logs", _SEARCH, domain_endpoint_options=[{"enforce_https": True}]
)

# Entries

_API: Final = {
    "id": "k4t2m9",
    "name": "rates",
    "disable_execute_api_endpoint": False,
    "endpoint_configuration": [{"types": ["REGIONAL"]}],
}
_NO_DEFAULT: Final = tweak(
    "aws_api_gateway_rest_api.rates", _API, disable_execute_api_endpoint=True
)
_EDGE: Final[Json] = {
    "id": "E1",
    "domain_name": "d1abc.cloudfront.net",
    "aliases": ["img.example.com"],
    "default_cache_behavior": [{"target_origin_id": "o", "viewer_protocol_policy": "allow-all"}],
    "origin": [{"origin_id": "o", "domain_name": "imgs.s3.eu-west-1.amazonaws.com"}],
}
_ONLY_TLS: Final = tweak(
    "aws_cloudfront_distribution.img",
    _EDGE,
    default_cache_behavior=[{"target_origin_id": "o", "viewer_protocol_policy": "https-only"}],
)

# Machines

_CURL: Final = "#!/bin/sh\nID=$(curl -s http://169.254.169.254/latest/meta-data/instance-id)\n"
_ASKING: Final = (
    "#!/bin/sh\nT=$(curl -sX PUT http://169.254.169.254/latest/api/token "
    '-H "X-aws-ec2-metadata-token-ttl-seconds: 60")\n'
    'ID=$(curl -sH "X-aws-ec2-metadata-token: $T" http://169.254.169.254/latest/meta-data/)\n'
)


def _asks_token(script: str) -> Json:
    before = {
        "id": "i-1",
        "user_data": script,
        "metadata_options": [{"http_tokens": "optional", "http_endpoint": "enabled"}],
    }
    return tweak(
        "aws_instance.agent",
        before,
        metadata_options=[{"http_tokens": "required", "http_endpoint": "enabled"}],
    )


# Buckets

_LOGS_ARN: Final = "arn:aws:s3:::edge-logs"
_LOGS: Final = stay("aws_s3_bucket.logs", id="edge-logs", bucket="edge-logs", arn=_LOGS_ARN)
_OWNED: Final = tweak(
    "aws_s3_bucket_ownership_controls.logs",
    {
        "id": "edge-logs",
        "bucket": "edge-logs",
        "rule": [{"object_ownership": "BucketOwnerPreferred"}],
    },
    rule=[{"object_ownership": "BucketOwnerEnforced"}],
)


def _logs_to(bucket: str) -> Json:
    return stay(
        "aws_cloudfront_distribution.web",
        id="E2",
        aliases=["www.example.com"],
        logging_config=[{"bucket": f"{bucket}.s3.amazonaws.com", "prefix": "web/"}],
    )


def _needs_kms() -> Json:
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:PutObject",
        "Resource": f"{_LOGS_ARN}/*",
        "Condition": {"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}},
    }
    allow = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"{_LOGS_ARN}/*",
    }
    made = {"bucket": "edge-logs", "policy": _document(allow, deny)}
    return create("aws_s3_bucket_policy.logs", made)


def _trail(**more: str) -> Json:
    return stay("aws_cloudtrail.all", id="all", name="all", s3_bucket_name="edge-logs", **more)


_TRAIL_USES: Final = {"aws_cloudtrail.all": {"s3_bucket_name": ["aws_s3_bucket.logs.id"]}}

# Streams and filters

_TABLE: Final[Json] = {
    "id": "orders",
    "name": "orders",
    "arn": f"arn:aws:dynamodb:{_REGION}:table/orders",
    "stream_enabled": True,
    "stream_view_type": "NEW_AND_OLD_IMAGES",
    "stream_arn": f"arn:aws:dynamodb:{_REGION}:table/orders/stream/2024",
}
_KEYS_ONLY: Final = tweak("aws_dynamodb_table.orders", _TABLE, stream_enabled=False)


def _reads_stream(arn: str) -> Json:
    return stay(
        "aws_lambda_event_source_mapping.orders",
        id="m",
        enabled=True,
        event_source_arn=arn,
        function_name="ship",
    )


# Spot


def _moves_to_spot(name: str, **more: Any) -> Json:
    before = {
        "id": name,
        "name": name,
        "cluster": "c",
        "desired_count": 3,
        "capacity_provider_strategy": [{"capacity_provider": "FARGATE", "weight": 1, "base": 0}],
        **more,
    }
    spot = [{"capacity_provider": "FARGATE_SPOT", "weight": 1, "base": 0}]
    return tweak(f"aws_ecs_service.{name}", before, capacity_provider_strategy=spot)


CLIENTS: Final = [
    pair(
        "a database asks for TLS of clients that do without / that use it",
        [_FORCED, _task("shop", DATABASE_URL=f"postgres://u@{_PG}/o?sslmode=disable")],
        [_FORCED, _task("shop", DATABASE_URL=f"postgres://u@{_PG}/o?sslmode=require")],
        _DATABASE,
        uses=_GROUP_USES,
    ),
    pair(
        "a cache asks for TLS of clients that do without / that use it",
        [_REQUIRES, _task("shop", CARTS=f"redis://{_REDIS['primary_endpoint_address']}:6379")],
        [_REQUIRES, _task("shop", CARTS=f"rediss://{_REDIS['primary_endpoint_address']}:6379")],
    ),
    pair(
        "brokers ask for TLS of clients on the plain port / on the other one",
        [_KAFKA_TLS, _task("shop", BROKERS=f"{_BROKERS}:9092")],
        [_KAFKA_TLS, _task("shop", BROKERS=f"{_BROKERS}:9094")],
    ),
    pair(
        "a search domain asks for TLS of clients that do without / that use it",
        [_SEARCH_TLS, _function("ship", ES=f"http://{_SEARCH['endpoint']}:80")],
        [_SEARCH_TLS, _function("ship", ES=f"https://{_SEARCH['endpoint']}")],
    ),
    pair(
        "an API loses its own address that a program calls / whose programs call its name",
        [_NO_DEFAULT, _task("web", API="https://k4t2m9.execute-api.eu-west-1.amazonaws.com/live")],
        [_NO_DEFAULT, _task("web", API="https://rates.example.com/live")],
        stay("aws_api_gateway_domain_name.rates", id="rates", domain_name="rates.example.com"),
        stay(
            "aws_api_gateway_base_path_mapping.rates",
            id="rates/",
            api_id="k4t2m9",
            domain_name="rates.example.com",
        ),
    ),
    pair(
        "images are no longer served without TLS to a program that does without / that uses it",
        [_ONLY_TLS, _function("mails", IMAGES="http://img.example.com/logo.png")],
        [_ONLY_TLS, _function("mails", IMAGES="https://img.example.com/logo.png")],
    ),
    pair(
        "metadata ask for a token that the script does not get / that it gets",
        [_asks_token(_CURL)],
        [_asks_token(_ASKING)],
    ),
    pair(
        "a bucket's ACLs count no more and a distribution logs there / elsewhere",
        [_OWNED, _logs_to("edge-logs")],
        [_OWNED, _logs_to("other-logs")],
        _LOGS,
    ),
    pair(
        "objects have to be encrypted with a key that a trail has not / has",
        [_needs_kms(), _trail()],
        [_needs_kms(), _trail(kms_key_id=f"arn:aws:kms:{_REGION}:key/k")],
        _LOGS,
        uses=_TRAIL_USES,
    ),
    pair(
        "a table's stream goes off that a function follows / that nobody does",
        [_KEYS_ONLY, _reads_stream(str(_TABLE["stream_arn"]))],
        [_KEYS_ONLY, _reads_stream(f"arn:aws:sqs:{_REGION}:ship")],
        _function("ship", QUEUE="ship"),
        danger_uses={
            "aws_lambda_event_source_mapping.orders": {
                "event_source_arn": ["aws_dynamodb_table.orders.stream_arn"]
            }
        },
    ),
    pair(
        "a service behind a balancer runs on spot only / a worker does",
        [
            _moves_to_spot(
                "web",
                load_balancer=[{"target_group_arn": "arn:tg", "container_port": 80}],
            )
        ],
        [_moves_to_spot("thumbs", load_balancer=[])],
        stay("aws_lb_target_group.web", id="arn:tg", arn="arn:tg"),
        stay("aws_lb.web", id="arn:lb", arn="arn:lb", internal=False, dns_name="w.elb"),
        stay("aws_lb_listener.web", id="arn:l", load_balancer_arn="arn:lb"),
        uses={
            "aws_ecs_service.web": {"load_balancer": ["aws_lb_target_group.web.arn"]},
            "aws_lb_listener.web": {
                "load_balancer_arn": ["aws_lb.web.arn"],
                "default_action": ["aws_lb_target_group.web.arn"],
            },
        },
    ),
]

_CACHE_HOST: Final = _REDIS["primary_endpoint_address"]
_TEMPLATE: Final[Json] = {
    "id": "lt-1",
    "name": "agents",
    "user_data": base64.b64encode(_CURL.encode()).decode(),
    "metadata_options": [{"http_tokens": "optional", "http_put_response_hop_limit": 2}],
}
_NODES: Final = "#!/bin/bash\necho ECS_CLUSTER=main >> /etc/ecs/ecs.config\n"
CLIENT_TRAPS: Final = [
    trap(
        "a client that prefers TLS and does without where it can",
        _FORCED,
        _DATABASE,
        _task("shop", DATABASE_URL=f"postgres://u@{_PG}/o?sslmode=prefer"),
        uses=_GROUP_USES,
    ),
    trap(
        "a client that knows the bare host",
        _FORCED,
        _DATABASE,
        _task("shop", DB_HOST=_PG, DATABASE_URL=f"postgres://u@{_PG}/o?sslmode=require"),
        uses=_GROUP_USES,
    ),
    trap(
        "one of two clients does without",
        _REQUIRES,
        _task("shop", CARTS=f"rediss://{_CACHE_HOST}:6379"),
        _task("batch", CARTS=f"redis://{_CACHE_HOST}:6379"),
    ),
    trap(
        "brokers ask one another for TLS too, and the clients use it",
        tweak(
            "aws_msk_cluster.bus",
            _KAFKA,
            encryption_info=[
                {"encryption_in_transit": [{"client_broker": "TLS", "in_cluster": False}]}
            ],
        ),
        _task("shop", BROKERS=f"{_BROKERS}:9094"),
    ),
    trap(
        "a distribution fetches from the default host",
        _NO_DEFAULT,
        stay(
            "aws_api_gateway_base_path_mapping.rates",
            id="rates/",
            api_id="k4t2m9",
            domain_name="rates.example.com",
        ),
        stay(
            "aws_cloudfront_distribution.rates",
            id="E3",
            origin=[{"domain_name": "k4t2m9.execute-api.eu-west-1.amazonaws.com"}],
        ),
    ),
    trap("a program writes to the bucket", _OWNED, _LOGS, _function("tidy", BUCKET="edge-logs")),
    trap(
        "the script of a template, in base64",
        tweak(
            "aws_launch_template.agents",
            _TEMPLATE,
            metadata_options=[{"http_tokens": "required", "http_put_response_hop_limit": 2}],
        ),
    ),
    trap(
        "containers are a hop away",
        tweak(
            "aws_launch_template.nodes",
            {**_TEMPLATE, "user_data": base64.b64encode(_NODES.encode()).decode()},
            metadata_options=[{"http_tokens": "optional", "http_put_response_hop_limit": 1}],
        ),
    ),
    trap(
        "a storage account takes HTTPS only and a program calls it without",
        tweak(
            "azurerm_storage_account.files",
            {
                "id": "/subscriptions/s/sa",
                "name": "acmefiles",
                "https_traffic_only_enabled": False,
                "primary_blob_host": "acmefiles.blob.core.windows.net",
            },
            https_traffic_only_enabled=True,
        ),
        stay(
            "azurerm_linux_web_app.web",
            id="/subscriptions/s/web",
            name="web",
            app_settings={"FILES": "http://acmefiles.blob.core.windows.net/pub"},
        ),
    ),
]

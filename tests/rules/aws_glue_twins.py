"""Pairs of AWS plans about glue: attachments, grants to services, what shadows, what combines.

Each pair was written before the tool was asked about it. The two plans of a pair make the same kind
of change; one hurts somebody of the plan, the other nobody.
"""

from __future__ import annotations

import json
from typing import Any, Final

from iacrisk.plan import Plan
from tests.pairs import Pair
from tests.plans import References, create, delete, noop, plan, replace, tweak

Json = dict[str, Any]
ACCOUNT: Final = "123456789012"
PAIRS: Final[list[Pair]] = []


def arn(service: str, rest: str, region: str = "eu-west-1") -> str:
    return f"arn:aws:{service}:{region}:{ACCOUNT}:{rest}"


def document(*statements: Json) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(principal: Any, action: Any, resource: Any = "*", **more: Any) -> Json:
    who = {"Principal": principal} if principal else {}
    return {"Effect": "Allow", "Action": action, "Resource": resource, **who, **more}


def deny(action: Any, resource: Any = "*", **more: Any) -> Json:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def service(name: str) -> Json:
    return {"Service": f"{name}.amazonaws.com"}


def pair(name: str, danger: Plan, twin: Plan) -> None:
    PAIRS.append(Pair(name, danger, twin))


def function(name: str, **more: Any) -> Json:
    values = {
        "id": name,
        "arn": arn("lambda", f"function:{name}"),
        "function_name": name,
        "role": f"arn:aws:iam::{ACCOUNT}:role/{name}",
        "environment": [],
        "vpc_config": [],
    }
    return noop(f"aws_lambda_function.{name}", values | more)


def role(name: str, **more: Any) -> Json:
    values = {"id": name, "name": name, "arn": f"arn:aws:iam::{ACCOUNT}:role/{name}"}
    return noop(f"aws_iam_role.{name}", values | more)


def refs(*pairs: tuple[str, str, str]) -> References:
    found: dict[str, dict[str, list[str]]] = {}
    for block, argument, target in pairs:
        found.setdefault(block, {}).setdefault(argument, []).append(target)
    return found


# Policies of resources that name services


def _queue_policy(kept: str) -> Plan:
    orders, returns = arn("sns", "orders"), arn("sns", "returns")

    def statement(topic: str) -> Json:
        return allow(
            service("sns"),
            "sqs:SendMessage",
            arn("sqs", "billing"),
            Sid=topic.rpartition(":")[2],
            Condition={"ArnEquals": {"aws:SourceArn": topic}},
        )

    before = {
        "id": "q",
        "queue_url": "https://sqs/billing",
        "policy": document(statement(orders), statement(returns)),
    }
    return plan(
        tweak("aws_sqs_queue_policy.billing", before, policy=document(statement(kept))),
        noop(
            "aws_sqs_queue.billing",
            {"id": "https://sqs/billing", "arn": arn("sqs", "billing"), "name": "billing"},
        ),
        noop("aws_sns_topic.orders", {"id": orders, "arn": orders, "name": "orders"}),
        noop(
            "aws_sns_topic_subscription.orders",
            {"id": "s", "topic_arn": orders, "protocol": "sqs", "endpoint": arn("sqs", "billing")},
        ),
        function("billing"),
        noop(
            "aws_lambda_event_source_mapping.billing",
            {
                "id": "m",
                "event_source_arn": arn("sqs", "billing"),
                "function_name": "billing",
                "function_arn": arn("lambda", "function:billing"),
            },
        ),
        references=refs(
            ("aws_sqs_queue_policy.billing", "queue_url", "aws_sqs_queue.billing.url"),
            ("aws_sns_topic_subscription.orders", "endpoint", "aws_sqs_queue.billing.arn"),
            ("aws_sns_topic_subscription.orders", "topic_arn", "aws_sns_topic.orders.arn"),
            (
                "aws_lambda_event_source_mapping.billing",
                "event_source_arn",
                "aws_sqs_queue.billing.arn",
            ),
            (
                "aws_lambda_event_source_mapping.billing",
                "function_name",
                "aws_lambda_function.billing.function_name",
            ),
        ),
    )


pair(
    "a queue's policy loses the topic that fills it / one that nothing subscribes to",
    _queue_policy(arn("sns", "returns")),
    _queue_policy(arn("sns", "orders")),
)


def _topic_policy(kept: str) -> Plan:
    topic = arn("sns", "alerts")
    both = [
        allow(service(name), "sns:Publish", topic, Sid=name) for name in ("cloudwatch", "budgets")
    ]
    before = {"id": topic, "arn": topic, "policy": document(*both)}
    after = document(*(one for one in both if one["Sid"] == kept))
    return plan(
        tweak("aws_sns_topic_policy.alerts", before, policy=after),
        noop("aws_sns_topic.alerts", {"id": topic, "arn": topic, "name": "alerts"}),
        noop(
            "aws_cloudwatch_metric_alarm.errors",
            {
                "id": "errors",
                "alarm_name": "errors",
                "alarm_actions": [topic],
                "actions_enabled": True,
            },
        ),
        noop(
            "aws_sns_topic_subscription.pager",
            {
                "id": "s",
                "topic_arn": topic,
                "protocol": "https",
                "endpoint": "https://events.pagerduty.example/x",
            },
        ),
        references=refs(
            ("aws_sns_topic_policy.alerts", "arn", "aws_sns_topic.alerts.arn"),
            ("aws_cloudwatch_metric_alarm.errors", "alarm_actions", "aws_sns_topic.alerts.arn"),
            ("aws_sns_topic_subscription.pager", "topic_arn", "aws_sns_topic.alerts.arn"),
        ),
    )


pair(
    "a topic's policy loses the alarms that publish to it / budgets, of which there are none",
    _topic_policy("budgets"),
    _topic_policy("cloudwatch"),
)


def _key_policy(kept: str) -> Plan:
    key = arn("kms", "key/k1")
    root = allow({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "kms:*", Sid="root")
    uses = [
        allow(
            {"Service": f"{name}.amazonaws.com"},
            ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey*"],
            Sid=name,
        )
        for name in ("logs.eu-west-1", "sns")
    ]
    before = {"id": "k1", "key_id": "k1", "arn": key, "policy": document(root, *uses)}
    after = document(root, *(one for one in uses if one["Sid"] == kept))
    return plan(
        tweak("aws_kms_key.logs", before, policy=after),
        noop(
            "aws_cloudwatch_log_group.app",
            {"id": "/app", "name": "/app", "arn": arn("logs", "log-group:/app"), "kms_key_id": key},
        ),
        function("app"),
        references=refs(("aws_cloudwatch_log_group.app", "kms_key_id", "aws_kms_key.logs.arn")),
    )


pair(
    "a key's policy loses the log service that encrypts with it / a service that does not",
    _key_policy("sns"),
    _key_policy("logs.eu-west-1"),
)


def _bucket_policy(kept: str) -> Plan:
    new, old = (f"arn:aws:cloudfront::{ACCOUNT}:distribution/{name}" for name in ("ENEW", "EOLD"))

    def statement(sid: str, distribution: str) -> Json:
        return allow(
            service("cloudfront"),
            "s3:GetObject",
            "arn:aws:s3:::shop-assets/*",
            Sid=sid,
            Condition={"StringEquals": {"AWS:SourceArn": distribution}},
        )

    both = [statement("new", new), statement("old", old)]
    before = {"id": "shop-assets", "bucket": "shop-assets", "policy": document(*both)}
    after = document(*(one for one in both if one["Sid"] == kept))
    return plan(
        tweak("aws_s3_bucket_policy.assets", before, policy=after),
        noop(
            "aws_s3_bucket.assets",
            {"id": "shop-assets", "bucket": "shop-assets", "arn": "arn:aws:s3:::shop-assets"},
        ),
        noop(
            "aws_cloudfront_distribution.shop",
            {
                "id": "ENEW",
                "arn": new,
                "aliases": ["shop.example"],
                "enabled": True,
                "origin": [{"domain_name": "shop-assets.s3.amazonaws.com", "origin_id": "s3"}],
            },
        ),
        references=refs(
            ("aws_s3_bucket_policy.assets", "bucket", "aws_s3_bucket.assets.id"),
            (
                "aws_cloudfront_distribution.shop",
                "origin",
                "aws_s3_bucket.assets.bucket_regional_domain_name",
            ),
        ),
    )


pair(
    "a bucket's policy loses the distribution that serves it / one that is gone",
    _bucket_policy("old"),
    _bucket_policy("new"),
)


# Rights of roles beside what runs as them


def detached(policy: str, **function_values: Any) -> Plan:
    runs = function("export", **function_values)
    attachment = {
        "id": "a",
        "role": "export",
        "policy_arn": f"arn:aws:iam::aws:policy/service-role/{policy}",
    }
    basic = attachment | {
        "id": "b",
        "policy_arn": "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
    }
    return plan(
        delete("aws_iam_role_policy_attachment.vpc", attachment),
        noop("aws_iam_role_policy_attachment.basic", basic),
        role("export"),
        runs,
        references=refs(
            ("aws_iam_role_policy_attachment.basic", "role", "aws_iam_role.export.name"),
            ("aws_lambda_function.export", "role", "aws_iam_role.export.arn"),
        ),
    )


pair(
    "a function in a network loses the right to its interfaces / one that is in none",
    detached(
        "AWSLambdaVPCAccessExecutionRole",
        vpc_config=[{"subnet_ids": ["subnet-1"], "security_group_ids": ["sg-1"]}],
    ),
    detached("AWSLambdaVPCAccessExecutionRole"),
)


def _queue_right(*, mapped: bool) -> Plan:
    values = {
        "id": "worker:sqs",
        "role": "worker",
        "name": "sqs",
        "policy": document(
            allow(
                None,
                ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
                arn("sqs", "jobs"),
            )
        ),
    }
    mapping = {
        "id": "m",
        "event_source_arn": arn("sqs", "jobs"),
        "function_name": "worker",
        "function_arn": arn("lambda", "function:worker"),
        "enabled": True,
    }
    changed = noop if mapped else delete
    return plan(
        delete("aws_iam_role_policy.sqs", values),
        changed(
            "aws_lambda_event_source_mapping.jobs",
            mapping | ({} if mapped else {"enabled": False, "state": "Disabled"}),
        ),
        role("worker"),
        function("worker"),
        noop(
            "aws_sqs_queue.jobs",
            {"id": "https://sqs/jobs", "arn": arn("sqs", "jobs"), "name": "jobs"},
        ),
        references=refs(
            ("aws_lambda_event_source_mapping.jobs", "event_source_arn", "aws_sqs_queue.jobs.arn"),
            (
                "aws_lambda_event_source_mapping.jobs",
                "function_name",
                "aws_lambda_function.worker.arn",
            ),
            ("aws_lambda_function.worker", "role", "aws_iam_role.worker.arn"),
        ),
    )


pair(
    "a worker loses its right on the queue that it reads / with the mapping, which was off",
    _queue_right(mapped=True),
    _queue_right(mapped=False),
)


def _attached(policy: str) -> Plan:
    values = {"role": "api", "policy_arn": f"arn:aws:iam::aws:policy/{policy}"}
    return plan(
        create("aws_iam_role_policy_attachment.new", values),
        role("api"),
        function("api"),
        references=refs(
            ("aws_iam_role_policy_attachment.new", "role", "aws_iam_role.api.name"),
            ("aws_lambda_function.api", "role", "aws_iam_role.api.arn"),
        ),
    )


pair(
    "a role in use gets the managed policy that denies all / the one for tracing",
    _attached("AWSDenyAll"),
    _attached("AWSXRayDaemonWriteAccess"),
)


def new_denial(statement: Json) -> Plan:
    holds = allow(None, ["s3:PutObject", "s3:GetObject"], "arn:aws:s3:::exports/*")
    return plan(
        create(
            "aws_iam_role_policy.guard",
            {"role": "export", "name": "guard", "policy": document(statement)},
        ),
        noop(
            "aws_iam_role_policy.data",
            {"id": "export:data", "role": "export", "name": "data", "policy": document(holds)},
        ),
        role("export"),
        function("export", environment=[{"variables": {"BUCKET": "exports"}}]),
        noop(
            "aws_s3_bucket.exports",
            {"id": "exports", "bucket": "exports", "arn": "arn:aws:s3:::exports"},
        ),
        references=refs(
            ("aws_iam_role_policy.guard", "role", "aws_iam_role.export.name"),
            ("aws_iam_role_policy.data", "role", "aws_iam_role.export.name"),
            ("aws_lambda_function.export", "role", "aws_iam_role.export.arn"),
        ),
    )


pair(
    "a new policy denies what the role's other policy gives / what it never had",
    new_denial(deny("s3:PutObject")),
    new_denial(deny("iam:CreateUser")),
)


def _bounded(*actions: str) -> Plan:
    boundary = f"arn:aws:iam::{ACCOUNT}:policy/boundary"
    return plan(
        tweak(
            "aws_iam_role.export",
            {
                "id": "export",
                "name": "export",
                "arn": f"arn:aws:iam::{ACCOUNT}:role/export",
                "permissions_boundary": "",
            },
            permissions_boundary=boundary,
        ),
        noop(
            "aws_iam_policy.boundary",
            {
                "id": boundary,
                "arn": boundary,
                "name": "boundary",
                "policy": document(allow(None, list(actions))),
            },
        ),
        noop(
            "aws_iam_role_policy.data",
            {
                "id": "export:data",
                "role": "export",
                "name": "data",
                "policy": document(allow(None, ["s3:PutObject"], "arn:aws:s3:::exports/*")),
            },
        ),
        function("export"),
        references=refs(
            ("aws_iam_role.export", "permissions_boundary", "aws_iam_policy.boundary.arn"),
            ("aws_iam_role_policy.data", "role", "aws_iam_role.export.name"),
            ("aws_lambda_function.export", "role", "aws_iam_role.export.arn"),
        ),
    )


pair(
    "a boundary is set that leaves out what the role uses / that holds it",
    _bounded("sqs:*", "logs:*"),
    _bounded("s3:*", "sqs:*", "logs:*"),
)


# What shadows


def _route(cidr: str) -> Plan:
    table = {"id": "rtb-1", "vpc_id": "vpc-1"}
    through = {"route_table_id": "rtb-1", "transit_gateway_id": "tgw-1"}
    return plan(
        create(
            "aws_route.partner",
            {
                "route_table_id": "rtb-1",
                "destination_cidr_block": cidr,
                "vpc_peering_connection_id": "pcx-1",
            },
        ),
        noop(
            "aws_route.corporate", through | {"id": "r-1", "destination_cidr_block": "10.0.0.0/8"}
        ),
        noop("aws_route_table.private", table),
        noop("aws_subnet.app", {"id": "subnet-1", "vpc_id": "vpc-1", "cidr_block": "10.4.1.0/24"}),
        noop(
            "aws_route_table_association.app",
            {"id": "a", "subnet_id": "subnet-1", "route_table_id": "rtb-1"},
        ),
        noop("aws_instance.app", {"id": "i-1", "subnet_id": "subnet-1"}),
        references=refs(
            ("aws_route.partner", "route_table_id", "aws_route_table.private.id"),
            ("aws_route.corporate", "route_table_id", "aws_route_table.private.id"),
            ("aws_route_table_association.app", "subnet_id", "aws_subnet.app.id"),
            ("aws_route_table_association.app", "route_table_id", "aws_route_table.private.id"),
            ("aws_instance.app", "subnet_id", "aws_subnet.app.id"),
        ),
    )


pair(
    "a new route takes a part of a range that another one serves / a range of its own",
    _route("10.20.0.0/16"),
    _route("172.31.0.0/16"),
)


def _network_acl_entry(cidr: str) -> Plan:
    entry = {
        "network_acl_id": "acl-1",
        "egress": False,
        "protocol": "tcp",
        "from_port": 443,
        "to_port": 443,
    }
    return plan(
        create(
            "aws_network_acl_rule.stop",
            entry | {"rule_number": 90, "rule_action": "deny", "cidr_block": cidr},
        ),
        noop(
            "aws_network_acl_rule.web",
            entry
            | {"id": "e", "rule_number": 100, "rule_action": "allow", "cidr_block": "0.0.0.0/0"},
        ),
        noop(
            "aws_network_acl.public", {"id": "acl-1", "vpc_id": "vpc-1", "subnet_ids": ["subnet-1"]}
        ),
        noop(
            "aws_subnet.public", {"id": "subnet-1", "vpc_id": "vpc-1", "cidr_block": "10.4.0.0/24"}
        ),
        noop("aws_lb.front", {"id": "lb", "subnets": ["subnet-1"], "internal": False}),
        references=refs(
            ("aws_network_acl_rule.stop", "network_acl_id", "aws_network_acl.public.id"),
            ("aws_network_acl_rule.web", "network_acl_id", "aws_network_acl.public.id"),
            ("aws_network_acl.public", "subnet_ids", "aws_subnet.public.id"),
            ("aws_lb.front", "subnets", "aws_subnet.public.id"),
        ),
    )


pair(
    "a denial comes before what lets clients in, for a quarter of all / for one address",
    _network_acl_entry("0.0.0.0/2"),
    _network_acl_entry("203.0.113.7/32"),
)


def _new_record(name: str) -> Plan:
    wild = {
        "id": "w",
        "zone_id": "Z1",
        "name": "*.apps.shop.example",
        "fqdn": "*.apps.shop.example",
        "type": "A",
        "alias": [{"name": "lb.example", "zone_id": "Z2"}],
    }
    served = {
        "id": "r",
        "listener_arn": "l",
        "priority": 10,
        "action": [{"type": "forward", "target_group_arn": "tg"}],
        "condition": [{"host_header": [{"values": ["pay.apps.shop.example"]}]}],
    }
    return plan(
        create(
            "aws_route53_record.new",
            {
                "zone_id": "Z1",
                "name": name,
                "type": "CNAME",
                "ttl": 300,
                "records": ["status.vendor.example"],
            },
        ),
        noop("aws_route53_record.wild", wild),
        noop("aws_lb_listener_rule.pay", served),
        noop("aws_route53_zone.main", {"id": "Z1", "zone_id": "Z1", "name": "shop.example"}),
        references=refs(
            ("aws_route53_record.new", "zone_id", "aws_route53_zone.main.zone_id"),
            ("aws_route53_record.wild", "zone_id", "aws_route53_zone.main.zone_id"),
        ),
    )


pair(
    "a new record hides a name that a wildcard leads to its balancer / a name that nobody serves",
    _new_record("pay.apps.shop.example"),
    _new_record("status.apps.shop.example"),
)


def _behaviour(pattern: str) -> Plan:
    def one(path: str, origin: str) -> Json:
        return {
            "path_pattern": path,
            "target_origin_id": origin,
            "allowed_methods": ["GET", "HEAD"],
            "viewer_protocol_policy": "redirect-to-https",
        }

    old = [one("/api/*", "api"), one("/static/*", "s3")]
    before = {
        "id": "E1",
        "aliases": ["shop.example"],
        "enabled": True,
        "origin": [
            {"origin_id": "api", "domain_name": "api.example"},
            {"origin_id": "s3", "domain_name": "s3.example"},
        ],
        "ordered_cache_behavior": old,
        "default_cache_behavior": [{"target_origin_id": "api"}],
    }
    return plan(
        tweak(
            "aws_cloudfront_distribution.shop",
            before,
            ordered_cache_behavior=[one(pattern, "s3"), *old],
        ),
        noop(
            "aws_route53_record.shop",
            {"id": "r", "name": "shop.example", "type": "A", "zone_id": "Z1"},
        ),
    )


pair(
    "a first behaviour takes the paths of the API to the bucket / those of fonts",
    _behaviour("/api/v*"),
    _behaviour("/fonts/*"),
)


# Small things that go


def _scaling_policy(*, other: bool) -> Plan:
    values = {
        "id": "p",
        "name": "cpu",
        "service_namespace": "ecs",
        "resource_id": "service/main/api",
        "scalable_dimension": "ecs:service:DesiredCount",
        "policy_type": "TargetTrackingScaling",
    }
    rest = (
        [noop("aws_appautoscaling_policy.requests", values | {"id": "q", "name": "requests"})]
        if other
        else []
    )
    return plan(
        delete("aws_appautoscaling_policy.cpu", values),
        *rest,
        noop(
            "aws_appautoscaling_target.api",
            {
                "id": "service/main/api",
                "resource_id": "service/main/api",
                "service_namespace": "ecs",
                "scalable_dimension": "ecs:service:DesiredCount",
                "min_capacity": 2,
                "max_capacity": 20,
            },
        ),
        noop("aws_ecs_service.api", {"id": "s", "name": "api", "desired_count": 2}),
        references=refs(
            (
                "aws_appautoscaling_policy.requests",
                "resource_id",
                "aws_appautoscaling_target.api.resource_id",
            ),
            ("aws_appautoscaling_target.api", "resource_id", "aws_ecs_service.api.name"),
        ),
    )


pair(
    "the only policy by which a service grows goes / one of two",
    _scaling_policy(other=False),
    _scaling_policy(other=True),
)


def _schedule_goes(gone: int) -> Plan:
    both = [
        {
            "id": name,
            "scheduled_action_name": name,
            "autoscaling_group_name": "web",
            "min_size": size,
            "max_size": 20,
            "desired_capacity": size,
            "recurrence": when,
        }
        for name, size, when in (("morning", 8, "0 6 * * *"), ("evening", 2, "0 20 * * *"))
    ]
    return plan(
        *(
            (delete if number == gone else noop)(f"aws_autoscaling_schedule.{one['id']}", one)
            for number, one in enumerate(both)
        ),
        noop(
            "aws_autoscaling_group.web", {"id": "web", "name": "web", "min_size": 2, "max_size": 20}
        ),
        references=refs(
            *(
                (
                    f"aws_autoscaling_schedule.{one['id']}",
                    "autoscaling_group_name",
                    "aws_autoscaling_group.web.name",
                )
                for one in both
            )
        ),
    )


pair(
    "the schedule that scales up in the morning goes / the one that scales down at night",
    _schedule_goes(0),
    _schedule_goes(1),
)


def _alarm_goes(*, heard: bool) -> Plan:
    actions = [arn("sns", "pager")] if heard else []
    return plan(
        delete(
            "aws_cloudwatch_metric_alarm.storage",
            {
                "id": "storage",
                "alarm_name": "storage",
                "metric_name": "FreeStorageSpace",
                "namespace": "AWS/RDS",
                "actions_enabled": heard,
                "alarm_actions": actions,
                "dimensions": {"DBInstanceIdentifier": "orders"},
            },
        ),
        noop("aws_db_instance.orders", {"id": "orders", "identifier": "orders"}),
        noop(
            "aws_sns_topic.pager",
            {"id": arn("sns", "pager"), "arn": arn("sns", "pager"), "name": "pager"},
        ),
    )


pair(
    "an alarm of a database that calls somebody goes / one that calls nobody",
    _alarm_goes(heard=True),
    _alarm_goes(heard=False),
)


def _certificate_off(name: str) -> Plan:
    rule = {
        "id": "r",
        "listener_arn": "l",
        "priority": 10,
        "action": [{"type": "forward", "target_group_arn": "tg"}],
        "condition": [{"host_header": [{"values": ["pay.shop.example"]}]}],
    }
    certificate = arn("acm", "certificate/1")
    return plan(
        delete(
            "aws_lb_listener_certificate.extra",
            {"id": "lc", "listener_arn": "l", "certificate_arn": certificate},
        ),
        noop(
            "aws_acm_certificate.extra",
            {
                "id": certificate,
                "arn": certificate,
                "domain_name": name,
                "subject_alternative_names": [name],
            },
        ),
        noop(
            "aws_lb_listener.https",
            {
                "id": "l",
                "arn": "l",
                "port": 443,
                "protocol": "HTTPS",
                "certificate_arn": arn("acm", "certificate/0"),
            },
        ),
        noop("aws_lb_listener_rule.pay", rule),
        noop(
            "aws_route53_record.pay",
            {
                "id": "p",
                "name": "pay.shop.example",
                "fqdn": "pay.shop.example",
                "type": "A",
                "zone_id": "Z1",
            },
        ),
        references=refs(("aws_lb_listener_rule.pay", "listener_arn", "aws_lb_listener.https.arn")),
    )


pair(
    "a listener loses the certificate of a name that it serves / of one that it does not",
    _certificate_off("pay.shop.example"),
    _certificate_off("promo-2021.shop.example"),
)


def validation(name: str) -> Plan:
    certificate = arn("acm", "certificate/1")
    proof = "_abc.api.shop.example."
    option = {
        "domain_name": "api.shop.example",
        "resource_record_name": proof,
        "resource_record_type": "CNAME",
        "resource_record_value": "_x.acm-validations.aws.",
    }
    return plan(
        delete(
            "aws_route53_record.proof",
            {
                "id": "r",
                "zone_id": "Z1",
                "name": name,
                "fqdn": name.rstrip("."),
                "type": "CNAME",
                "ttl": 60,
                "records": ["_x.acm-validations.aws."],
            },
        ),
        noop(
            "aws_acm_certificate.api",
            {
                "id": certificate,
                "arn": certificate,
                "domain_name": "api.shop.example",
                "validation_method": "DNS",
                "domain_validation_options": [option],
            },
        ),
        noop(
            "aws_lb_listener.https",
            {
                "id": "l",
                "arn": "l",
                "port": 443,
                "protocol": "HTTPS",
                "certificate_arn": certificate,
            },
        ),
        references=refs(
            ("aws_lb_listener.https", "certificate_arn", "aws_acm_certificate.api.arn")
        ),
    )


pair(
    "the record by which a certificate in use renews itself goes / one of no certificate",
    validation("_abc.api.shop.example"),
    validation("_def.legacy.shop.example"),
)


def _health_check(*, used: bool) -> Plan:
    check = {
        "id": "hc-1",
        "fqdn": "a.shop.example",
        "type": "HTTPS",
        "resource_path": "/health",
        "failure_threshold": 3,
        "disabled": False,
    }
    record = {
        "id": "r",
        "name": "shop.example",
        "type": "A",
        "zone_id": "Z1",
        "set_identifier": "primary",
        "failover_routing_policy": [{"type": "PRIMARY"}],
        "health_check_id": "hc-1" if used else "",
    }
    return plan(
        tweak("aws_route53_health_check.primary", check, disabled=True),
        noop("aws_route53_record.primary", record),
        references=refs(
            *(
                [
                    (
                        "aws_route53_record.primary",
                        "health_check_id",
                        "aws_route53_health_check.primary.id",
                    )
                ]
                if used
                else []
            )
        ),
    )


pair(
    "a health check by which a name fails over is switched off / one that no record asks",
    _health_check(used=True),
    _health_check(used=False),
)


def public_block(*, website: bool) -> Plan:
    policy = document(allow("*", "s3:GetObject", "arn:aws:s3:::www.shop.example/*"))
    private = document(
        deny(
            "s3:*",
            "arn:aws:s3:::www.shop.example/*",
            Principal="*",
            Condition={"Bool": {"aws:SecureTransport": "false"}},
        )
    )
    site = (
        [
            noop(
                "aws_s3_bucket_website_configuration.www",
                {
                    "id": "www.shop.example",
                    "bucket": "www.shop.example",
                    "index_document": [{"suffix": "index.html"}],
                },
            )
        ]
        if website
        else []
    )
    return plan(
        create(
            "aws_s3_bucket_public_access_block.www",
            {
                "bucket": "www.shop.example",
                "block_public_acls": True,
                "block_public_policy": True,
                "ignore_public_acls": True,
                "restrict_public_buckets": True,
            },
        ),
        noop(
            "aws_s3_bucket.www",
            {
                "id": "www.shop.example",
                "bucket": "www.shop.example",
                "arn": "arn:aws:s3:::www.shop.example",
            },
        ),
        noop(
            "aws_s3_bucket_policy.www",
            {
                "id": "www.shop.example",
                "bucket": "www.shop.example",
                "policy": policy if website else private,
            },
        ),
        *site,
        references=refs(
            ("aws_s3_bucket_public_access_block.www", "bucket", "aws_s3_bucket.www.id"),
            ("aws_s3_bucket_policy.www", "bucket", "aws_s3_bucket.www.id"),
            *(
                [("aws_s3_bucket_website_configuration.www", "bucket", "aws_s3_bucket.www.id")]
                if website
                else []
            ),
        ),
    )


pair(
    "a block on public access for a bucket that serves a website / for a private one",
    public_block(website=True),
    public_block(website=False),
)


def _stream_off(*, read: bool) -> Plan:
    stream = arn("dynamodb", "table/orders/stream/2026")
    mapping = (
        [
            noop(
                "aws_lambda_event_source_mapping.orders",
                {
                    "id": "m",
                    "event_source_arn": stream,
                    "function_name": "index",
                    "function_arn": arn("lambda", "function:index"),
                },
            )
        ]
        if read
        else []
    )
    return plan(
        tweak(
            "aws_dynamodb_table.orders",
            {
                "id": "orders",
                "name": "orders",
                "stream_enabled": True,
                "stream_arn": stream,
                "stream_view_type": "NEW_IMAGE",
            },
            stream_enabled=False,
        ),
        *mapping,
        function("index"),
        references=refs(
            *(
                [
                    (
                        "aws_lambda_event_source_mapping.orders",
                        "event_source_arn",
                        "aws_dynamodb_table.orders.stream_arn",
                    ),
                    (
                        "aws_lambda_event_source_mapping.orders",
                        "function_name",
                        "aws_lambda_function.index.arn",
                    ),
                ]
                if read
                else []
            ),
        ),
    )


pair(
    "the stream of a table is switched off that a function reads / that nothing reads",
    _stream_off(read=True),
    _stream_off(read=False),
)


def _approval(*, gone: bool) -> Plan:
    def stage(name: str, category: str) -> Json:
        return {
            "name": name,
            "action": [
                {
                    "name": name,
                    "category": category,
                    "provider": "Manual" if category == "Approval" else "X",
                }
            ],
        }

    stages = [stage("Source", "Source"), stage("Approve", "Approval"), stage("Deploy", "Deploy")]
    after = [stages[0], stages[2]] if gone else [stages[0], stage("Test", "Test"), *stages[1:]]
    return plan(
        tweak(
            "aws_codepipeline.shop",
            {"id": "shop", "name": "shop-production", "stage": stages},
            stage=after,
        )
    )


pair(
    "a pipeline loses the stage in which a person approves / gets one more for tests",
    _approval(gone=True),
    _approval(gone=False),
)


def _job_input(before: Json, after: Json) -> Plan:
    target = {
        "id": "t",
        "rule": "cleanup",
        "arn": arn("lambda", "function:cleanup"),
        "input": json.dumps(before),
    }
    return plan(
        tweak("aws_cloudwatch_event_target.cleanup", target, input=json.dumps(after)),
        noop(
            "aws_cloudwatch_event_rule.cleanup",
            {
                "id": "cleanup",
                "name": "cleanup",
                "schedule_expression": "rate(1 day)",
                "state": "ENABLED",
            },
        ),
        function("cleanup"),
        references=refs(
            (
                "aws_cloudwatch_event_target.cleanup",
                "rule",
                "aws_cloudwatch_event_rule.cleanup.name",
            ),
            ("aws_cloudwatch_event_target.cleanup", "arn", "aws_lambda_function.cleanup.arn"),
        ),
    )


pair(
    "a clean-up no longer runs dry / becomes wordier",
    _job_input({"dryRun": True, "verbose": False}, {"dryRun": False, "verbose": False}),
    _job_input({"dryRun": True, "verbose": False}, {"dryRun": True, "verbose": True}),
)


def findings_filter(criteria: Json) -> Plan:
    return plan(
        create(
            "aws_guardduty_filter.noise",
            {
                "name": "noise",
                "action": "ARCHIVE",
                "detector_id": "d",
                "rank": 1,
                "finding_criteria": [{"criterion": [criteria]}],
            },
        ),
        noop("aws_guardduty_detector.main", {"id": "d", "enable": True}),
        references=refs(
            ("aws_guardduty_filter.noise", "detector_id", "aws_guardduty_detector.main.id")
        ),
    )


pair(
    "findings of high severity are archived unseen / those of one scanner",
    findings_filter({"field": "severity", "greater_than_or_equal": "4"}),
    findings_filter(
        {
            "field": "service.action.networkConnectionAction.remoteIpDetails.ipAddressV4",
            "equals": ["10.0.5.20"],
        }
    ),
)


def _providers(after: list[str]) -> Plan:
    before = {
        "id": "main",
        "cluster_name": "main",
        "capacity_providers": ["FARGATE", "FARGATE_SPOT"],
    }
    return plan(
        tweak("aws_ecs_cluster_capacity_providers.main", before, capacity_providers=after),
        noop("aws_ecs_cluster.main", {"id": "main", "name": "main"}),
        noop(
            "aws_ecs_service.api",
            {
                "id": "s",
                "name": "api",
                "cluster": "main",
                "capacity_provider_strategy": [{"capacity_provider": "FARGATE_SPOT", "weight": 1}],
            },
        ),
        references=refs(
            (
                "aws_ecs_cluster_capacity_providers.main",
                "cluster_name",
                "aws_ecs_cluster.main.name",
            ),
            ("aws_ecs_service.api", "cluster", "aws_ecs_cluster.main.id"),
        ),
    )


pair(
    "a cluster loses the capacity that a service asks for / gets one more",
    _providers(["FARGATE"]),
    _providers(["FARGATE", "FARGATE_SPOT", "gpu"]),
)


def _remediation(*, automatic: bool) -> Plan:
    before = {
        "id": "sg",
        "config_rule_name": "restricted-ssh",
        "target_type": "SSM_DOCUMENT",
        "target_id": "AWS-DisablePublicAccessForSecurityGroup",
        "automatic": not automatic,
    }
    return plan(tweak("aws_config_remediation_configuration.ssh", before, automatic=automatic))


pair(
    "a remediation runs by itself from now on / only on demand",
    _remediation(automatic=True),
    _remediation(automatic=False),
)


def _group_users(after: list[str]) -> Plan:
    before = {"id": "g", "user_group_id": "shop", "engine": "redis", "user_ids": ["default", "api"]}
    return plan(
        tweak("aws_elasticache_user_group.shop", before, user_ids=after),
        noop("aws_elasticache_user.api", {"id": "api", "user_id": "api", "user_name": "api"}),
        noop("aws_elasticache_replication_group.shop", {"id": "shop", "user_group_ids": ["g"]}),
        references=refs(
            ("aws_elasticache_user_group.shop", "user_ids", "aws_elasticache_user.api.user_id"),
            (
                "aws_elasticache_replication_group.shop",
                "user_group_ids",
                "aws_elasticache_user_group.shop.id",
            ),
        ),
    )


pair(
    "a cache no longer knows the user of its clients / knows one more",
    _group_users(["default"]),
    _group_users(["default", "api", "reports"]),
)


def _custom_endpoint(*, named: bool) -> Plan:
    host = "reports.cluster-custom-x.eu-west-1.rds.amazonaws.com"
    return plan(
        delete(
            "aws_rds_cluster_endpoint.reports",
            {
                "id": "reports",
                "cluster_identifier": "shop",
                "cluster_endpoint_identifier": "reports",
                "endpoint": host,
                "custom_endpoint_type": "READER",
            },
        ),
        noop("aws_rds_cluster.shop", {"id": "shop", "cluster_identifier": "shop"}),
        function(
            "report",
            environment=[
                {
                    "variables": {
                        "DB_HOST": host
                        if named
                        else "shop.cluster-ro-x.eu-west-1.rds.amazonaws.com"
                    }
                }
            ],
        ),
    )


pair(
    "an endpoint of a database goes that a program names / that none names",
    _custom_endpoint(named=True),
    _custom_endpoint(named=False),
)


def _event_bus(kept: str) -> Plan:
    both = [
        allow(
            {"AWS": f"arn:aws:iam::{name}:root"},
            "events:PutEvents",
            arn("events", "event-bus/orders"),
            Sid=name,
        )
        for name in ("222222222222", "333333333333")
    ]
    before = {"id": "orders", "event_bus_name": "orders", "policy": document(*both)}
    after = (
        document(*(one for one in both if one["Sid"] == kept))
        if kept
        else document(*reversed(both))
    )
    return plan(
        tweak("aws_cloudwatch_event_bus_policy.orders", before, policy=after),
        noop(
            "aws_cloudwatch_event_bus.orders",
            {"id": "orders", "name": "orders", "arn": arn("events", "event-bus/orders")},
        ),
        noop(
            "aws_cloudwatch_event_rule.placed",
            {
                "id": "placed",
                "name": "placed",
                "event_bus_name": "orders",
                "event_pattern": '{"source":["shop"]}',
                "state": "ENABLED",
            },
        ),
        references=refs(
            (
                "aws_cloudwatch_event_bus_policy.orders",
                "event_bus_name",
                "aws_cloudwatch_event_bus.orders.name",
            ),
            (
                "aws_cloudwatch_event_rule.placed",
                "event_bus_name",
                "aws_cloudwatch_event_bus.orders.name",
            ),
        ),
    )


pair(
    "an account that sends events may no longer do so / the policy is only written anew",
    _event_bus("333333333333"),
    _event_bus(""),
)


def _authoriser(*, removed: bool) -> Plan:
    guard = {
        "event_type": "viewer-request",
        "function_arn": "arn:aws:cloudfront::1:function/basic-auth",
    }
    headers = {
        "event_type": "viewer-response",
        "function_arn": "arn:aws:cloudfront::1:function/security-headers",
    }
    behaviour = {
        "target_origin_id": "s3",
        "viewer_protocol_policy": "redirect-to-https",
        "function_association": [guard],
    }
    after = behaviour | {"function_association": [] if removed else [guard, headers]}
    return plan(
        tweak(
            "aws_cloudfront_distribution.staff",
            {
                "id": "E1",
                "aliases": ["staff.shop.example"],
                "enabled": True,
                "default_cache_behavior": [behaviour],
            },
            default_cache_behavior=[after],
        ),
        noop(
            "aws_cloudfront_function.auth",
            {"id": "basic-auth", "name": "basic-auth", "arn": guard["function_arn"]},
        ),
    )


pair(
    "the function that asks viewers for a password is taken off / one for headers is put on",
    _authoriser(removed=True),
    _authoriser(removed=False),
)


def firewall(new: str) -> Plan:
    attached = create(
        "aws_wafv2_web_acl_association.front",
        {
            "resource_arn": arn("elasticloadbalancing", "loadbalancer/app/front/1"),
            "web_acl_arn": arn("wafv2", "regional/webacl/w/1"),
        },
    )
    verbs: Json = {verb: [{}] if verb == new else [] for verb in ("allow", "block")}
    return plan(
        attached,
        noop(
            "aws_wafv2_web_acl.w",
            {
                "id": "w",
                "arn": arn("wafv2", "regional/webacl/w/1"),
                "default_action": [verbs],
                "rule": [],
            },
        ),
        noop(
            "aws_lb.front",
            {
                "id": "lb",
                "arn": arn("elasticloadbalancing", "loadbalancer/app/front/1"),
                "internal": False,
            },
        ),
        references=refs(
            ("aws_wafv2_web_acl_association.front", "resource_arn", "aws_lb.front.arn"),
            ("aws_wafv2_web_acl_association.front", "web_acl_arn", "aws_wafv2_web_acl.w.arn"),
        ),
    )


pair(
    "a balancer gets a web ACL that blocks by default / that lets in by default",
    firewall("block"),
    firewall("allow"),
)


def resolver(domain: str) -> Plan:
    zone = {
        "id": "Z9",
        "zone_id": "Z9",
        "name": "internal.shop.example",
        "vpc": [{"vpc_id": "vpc-1"}],
    }
    return plan(
        create(
            "aws_route53_resolver_rule.forward",
            {
                "domain_name": domain,
                "rule_type": "FORWARD",
                "resolver_endpoint_id": "rslvr-1",
                "target_ip": [{"ip": "10.9.0.2", "port": 53}],
            },
        ),
        create("aws_route53_resolver_rule_association.forward", {"vpc_id": "vpc-1"}),
        noop("aws_route53_zone.internal", zone),
        noop(
            "aws_route53_record.db",
            {
                "id": "r",
                "zone_id": "Z9",
                "name": "db.internal.shop.example",
                "fqdn": "db.internal.shop.example",
                "type": "CNAME",
                "records": ["x.rds.example"],
            },
        ),
        noop("aws_vpc.main", {"id": "vpc-1", "cidr_block": "10.4.0.0/16"}),
        function("api", environment=[{"variables": {"DB_HOST": "db.internal.shop.example"}}]),
        references=refs(
            ("aws_route53_resolver_rule_association.forward", "vpc_id", "aws_vpc.main.id"),
            (
                "aws_route53_resolver_rule_association.forward",
                "resolver_rule_id",
                "aws_route53_resolver_rule.forward.id",
            ),
            ("aws_route53_record.db", "zone_id", "aws_route53_zone.internal.zone_id"),
        ),
    )


pair(
    "names of an own zone are asked elsewhere from now on / names of a partner",
    resolver("internal.shop.example"),
    resolver("corp.partner.example"),
)


def _propagation(*, attachment_goes: bool) -> Plan:
    attachment = {"id": "tgw-attach-1", "vpc_id": "vpc-2", "transit_gateway_id": "tgw-1"}
    gone = delete if attachment_goes else noop
    return plan(
        delete(
            "aws_ec2_transit_gateway_route_table_propagation.spoke",
            {
                "id": "p",
                "transit_gateway_attachment_id": "tgw-attach-1",
                "transit_gateway_route_table_id": "tgw-rtb-1",
            },
        ),
        gone("aws_ec2_transit_gateway_vpc_attachment.spoke", attachment),
        gone("aws_vpc.spoke", {"id": "vpc-2", "cidr_block": "10.8.0.0/16"}),
        noop("aws_ec2_transit_gateway_route_table.main", {"id": "tgw-rtb-1"}),
    )


pair(
    "the routes to a network are no longer spread / the network goes as well",
    _propagation(attachment_goes=False),
    plan(
        delete(
            "aws_ec2_transit_gateway_route_table_propagation.spoke",
            {
                "id": "p",
                "transit_gateway_attachment_id": "tgw-attach-1",
                "transit_gateway_route_table_id": "tgw-rtb-1",
            },
        ),
        noop(
            "aws_ec2_transit_gateway_route_table_propagation.again",
            {
                "id": "q",
                "transit_gateway_attachment_id": "tgw-attach-1",
                "transit_gateway_route_table_id": "tgw-rtb-1",
            },
        ),
        noop(
            "aws_ec2_transit_gateway_vpc_attachment.spoke",
            {"id": "tgw-attach-1", "vpc_id": "vpc-2", "transit_gateway_id": "tgw-1"},
        ),
    ),
)


def _lambda_alias(version: str, weights: Json | None = None) -> Plan:
    before = {
        "id": "live",
        "name": "live",
        "function_name": "checkout",
        "function_version": "41",
        "routing_config": [],
    }
    more: Json = {"routing_config": [{"additional_version_weights": weights}]} if weights else {}
    return plan(
        tweak("aws_lambda_alias.live", before, function_version=version, **more),
        function("checkout", version="42"),
        noop(
            "aws_apigatewayv2_integration.checkout",
            {"id": "i", "integration_uri": arn("lambda", "function:checkout:live")},
        ),
        references=refs(
            (
                "aws_lambda_alias.live",
                "function_name",
                "aws_lambda_function.checkout.function_name",
            ),
            (
                "aws_apigatewayv2_integration.checkout",
                "integration_uri",
                "aws_lambda_alias.live.invoke_arn",
            ),
        ),
    )


pair(
    "an alias in use leads to whatever is newest / to the next version",
    _lambda_alias("$LATEST"),
    _lambda_alias("42"),
)


def _kept_grant(*, used: bool) -> Plan:
    grantee = f"arn:aws:iam::{ACCOUNT}:role/export"
    gone = [noop, noop] if used else [delete, delete]
    values = {"id": "export", "name": "export", "arn": grantee}
    runs = {
        "id": "export",
        "function_name": "export",
        "arn": arn("lambda", "function:export"),
        "role": grantee,
    }
    return plan(
        delete(
            "aws_kms_grant.export",
            {
                "id": "g",
                "key_id": "k1",
                "grantee_principal": grantee,
                "operations": ["Decrypt", "GenerateDataKey"],
            },
        ),
        noop("aws_kms_key.data", {"id": "k1", "key_id": "k1", "arn": arn("kms", "key/k1")}),
        gone[0]("aws_iam_role.export", values),
        gone[1]("aws_lambda_function.export", runs),
        references=refs(
            *([("aws_lambda_function.export", "role", "aws_iam_role.export.arn")] if used else [])
        ),
    )


pair(
    "a grant on a key goes that a function lives on / on a key where nobody held it",
    _kept_grant(used=True),
    plan(
        delete(
            "aws_kms_grant.export",
            {
                "id": "g",
                "key_id": "k1",
                "grantee_principal": f"arn:aws:iam::{ACCOUNT}:role/export",
                "operations": ["DescribeKey"],
            },
        ),
        noop(
            "aws_kms_grant.again",
            {
                "id": "h",
                "key_id": "k1",
                "grantee_principal": f"arn:aws:iam::{ACCOUNT}:role/export",
                "operations": ["DescribeKey", "Decrypt", "GenerateDataKey"],
            },
        ),
        noop("aws_kms_key.data", {"id": "k1", "key_id": "k1", "arn": arn("kms", "key/k1")}),
    ),
)


def service_control(*statements: Json) -> Plan:
    old = deny(["cloudtrail:StopLogging"])
    before = {
        "id": "p-1",
        "name": "guard",
        "type": "SERVICE_CONTROL_POLICY",
        "content": document(old),
    }
    return plan(
        tweak("aws_organizations_policy.guard", before, content=document(old, *statements)),
        noop(
            "aws_organizations_policy_attachment.guard",
            {"id": "a", "policy_id": "p-1", "target_id": "ou-1"},
        ),
        noop(
            "aws_organizations_organizational_unit.workloads", {"id": "ou-1", "name": "workloads"}
        ),
        references=refs(
            (
                "aws_organizations_policy_attachment.guard",
                "policy_id",
                "aws_organizations_policy.guard.id",
            ),
            (
                "aws_organizations_policy_attachment.guard",
                "target_id",
                "aws_organizations_organizational_unit.workloads.id",
            ),
        ),
    )


pair(
    "accounts may no longer start machines / no longer stop the detectors, nor act as root",
    service_control(deny("ec2:RunInstances")),
    service_control(
        deny(
            [
                "guardduty:DeleteDetector",
                "config:StopConfigurationRecorder",
                "organizations:LeaveOrganization",
            ]
        ),
        deny("*", Condition={"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}}),
    ),
)


def image_lifecycle(*rules: Json) -> Plan:
    untagged = {
        "rulePriority": 1,
        "selection": {
            "tagStatus": "untagged",
            "countType": "sinceImagePushed",
            "countUnit": "days",
            "countNumber": 30,
        },
        "action": {"type": "expire"},
    }
    before = {"id": "shop", "repository": "shop", "policy": json.dumps({"rules": [untagged]})}
    return plan(
        tweak(
            "aws_ecr_lifecycle_policy.shop",
            before,
            policy=json.dumps({"rules": [untagged, *rules]}),
        ),
        noop(
            "aws_ecr_repository.shop",
            {
                "id": "shop",
                "name": "shop",
                "repository_url": f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/shop",
            },
        ),
        noop(
            "aws_ecs_task_definition.shop",
            {
                "id": "shop",
                "container_definitions": json.dumps(
                    [
                        {
                            "name": "a",
                            "image": f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/shop:v4.2.0",
                        }
                    ]
                ),
            },
        ),
        references=refs(
            ("aws_ecr_lifecycle_policy.shop", "repository", "aws_ecr_repository.shop.name")
        ),
    )


def expiring(number: int, **selection: Any) -> Json:
    return {
        "rulePriority": 2,
        "selection": {
            "tagStatus": "tagged",
            "countType": "sinceImagePushed",
            "countUnit": "days",
            "countNumber": number,
            **selection,
        },
        "action": {"type": "expire"},
    }


pair(
    "images of releases expire after a week / those of branches",
    image_lifecycle(expiring(7, tagPrefixList=["v"])),
    image_lifecycle(expiring(7, tagPrefixList=["branch-", "pr-"])),
)


def stream_keeps(reader: str) -> Plan:
    stream = arn("kinesis", "stream/clicks")
    readers = {
        "function": [
            noop(
                "aws_lambda_event_source_mapping.clicks",
                {
                    "id": "m",
                    "event_source_arn": stream,
                    "function_name": "sessions",
                    "function_arn": arn("lambda", "function:sessions"),
                },
            ),
            function("sessions"),
        ],
        "archive": [
            noop(
                "aws_kinesis_firehose_delivery_stream.clicks",
                {
                    "id": "f",
                    "name": "clicks",
                    "kinesis_source_configuration": [{"kinesis_stream_arn": stream}],
                    "destination": "extended_s3",
                    "extended_s3_configuration": [
                        {"bucket_arn": "arn:aws:s3:::archive", "buffering_interval": 300}
                    ],
                },
            ),
            noop(
                "aws_s3_bucket.archive",
                {"id": "archive", "bucket": "archive", "arn": "arn:aws:s3:::archive"},
            ),
        ],
    }
    return plan(
        tweak(
            "aws_kinesis_stream.clicks",
            {"id": stream, "arn": stream, "name": "clicks", "retention_period": 168},
            retention_period=48,
        ),
        *readers[reader],
        references=refs(
            (
                "aws_lambda_event_source_mapping.clicks",
                "event_source_arn",
                "aws_kinesis_stream.clicks.arn",
            ),
            (
                "aws_lambda_event_source_mapping.clicks",
                "function_name",
                "aws_lambda_function.sessions.arn",
            ),
        )
        if reader == "function"
        else refs(
            (
                "aws_kinesis_firehose_delivery_stream.clicks",
                "kinesis_source_configuration",
                "aws_kinesis_stream.clicks.arn",
            ),
            (
                "aws_kinesis_firehose_delivery_stream.clicks",
                "extended_s3_configuration",
                "aws_s3_bucket.archive.arn",
            ),
        ),
    )


pair(
    "a stream keeps less, and a function reads it / and all of it is archived within minutes",
    stream_keeps("function"),
    stream_keeps("archive"),
)


def _parameter(value: str) -> Plan:
    name = arn("ssm", "parameter/shop/flag")
    values = {
        "id": "/shop/flag",
        "name": "/shop/flag",
        "arn": name,
        "type": "String",
        "value": "on",
    }
    container = {"name": "a", "image": "shop:1", "secrets": [{"name": "FLAG", "valueFrom": value}]}
    return plan(
        delete("aws_ssm_parameter.flag", values),
        noop(
            "aws_ecs_task_definition.shop",
            {"id": "shop", "container_definitions": json.dumps([container])},
        ),
        noop(
            "aws_ecs_service.shop",
            {"id": "s", "name": "shop", "task_definition": "shop:1", "desired_count": 2},
        ),
    )


pair(
    "a parameter goes that a task reads at its start / that none reads",
    _parameter(arn("ssm", "parameter/shop/flag")),
    _parameter(arn("ssm", "parameter/shop/db")),
)


def callbacks(gone: str) -> Plan:
    hosts = ["app.shop.example", "old.shop.example"]
    before = {
        "id": "c",
        "name": "web",
        "user_pool_id": "p",
        "callback_urls": [f"https://{host}/cb" for host in hosts],
    }
    after = [f"https://{host}/cb" for host in hosts if host != gone]
    return plan(
        tweak("aws_cognito_user_pool_client.web", before, callback_urls=after),
        noop("aws_route53_zone.main", {"id": "Z1", "zone_id": "Z1", "name": "shop.example"}),
        noop(
            "aws_route53_record.app",
            {
                "id": "r",
                "zone_id": "Z1",
                "name": "app.shop.example",
                "fqdn": "app.shop.example",
                "type": "A",
            },
        ),
        references=refs(("aws_route53_record.app", "zone_id", "aws_route53_zone.main.zone_id")),
    )


pair(
    "the address of a live host goes from a login / that of a host without a record",
    callbacks("app.shop.example"),
    callbacks("old.shop.example"),
)


def opened(key: str) -> Plan:
    before = {
        "id": "r",
        "api_id": "a",
        "route_key": key,
        "authorization_type": "JWT",
        "authorizer_id": "z",
        "target": "integrations/i",
    }
    return plan(
        tweak("aws_apigatewayv2_route.it", before, authorization_type="NONE", authorizer_id=""),
        noop("aws_apigatewayv2_route.orders", before | {"id": "o", "route_key": "GET /orders"}),
        noop("aws_apigatewayv2_api.shop", {"id": "a", "name": "shop", "protocol_type": "HTTP"}),
        references=refs(
            ("aws_apigatewayv2_route.it", "api_id", "aws_apigatewayv2_api.shop.id"),
            ("aws_apigatewayv2_route.orders", "api_id", "aws_apigatewayv2_api.shop.id"),
        ),
    )


pair(
    "a route with data is opened to everybody / the one for health checks",
    opened("GET /customers/{id}"),
    opened("GET /healthz"),
)


def _home(target: str) -> Plan:
    def user(name: str, path: str) -> Json:
        return {
            "id": f"s/{name}",
            "user_name": name,
            "server_id": "s",
            "home_directory_type": "LOGICAL",
            "home_directory_mappings": [{"entry": "/", "target": path}],
        }

    return plan(
        tweak(
            "aws_transfer_user.north",
            user("north", "/exchange/partners/north/in"),
            home_directory_mappings=[{"entry": "/", "target": target}],
        ),
        noop("aws_transfer_user.south", user("south", "/exchange/partners/south")),
        noop("aws_transfer_server.s", {"id": "s"}),
    )


pair(
    "a partner sees the folders of all / its own folder instead of a part of it",
    _home("/exchange/partners"),
    _home("/exchange/partners/north"),
)


def file_system(path: str) -> Plan:
    old = {
        "id": "fs-1",
        "arn": arn("elasticfilesystem", "file-system/fs-1"),
        "encrypted": False,
        "tags": {"Name": "share"},
    }
    task = {
        "id": "runner",
        "family": "runner",
        "container_definitions": json.dumps(
            [
                {
                    "name": "r",
                    "image": "r:1",
                    "mountPoints": [{"containerPath": path, "sourceVolume": "share"}],
                }
            ]
        ),
        "volume": [{"name": "share", "efs_volume_configuration": [{"file_system_id": "fs-1"}]}],
    }

    return plan(
        replace("aws_efs_file_system.share", old, old | {"encrypted": True}, "encrypted"),
        noop("aws_ecs_task_definition.runner", task),
        references=refs(
            ("aws_ecs_task_definition.runner", "volume", "aws_efs_file_system.share.id")
        ),
    )


pair(
    "a file system with uploads is replaced / one that holds the cache of packages",
    file_system("/var/www/uploads"),
    file_system("/root/.npm"),
)

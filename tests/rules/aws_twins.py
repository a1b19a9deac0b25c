"""Pairs of small AWS plans that look alike: one breaks who uses it, the other does not.

Written before the rules that tell them apart.
"""

from __future__ import annotations

import json
from typing import Any, Final

from iacrisk.plan import Plan
from tests.plans import create, delete, noop, plan, replace, tweak

Json = dict[str, Any]
ACCOUNT: Final = "123456789012"
LISTENER: Final = f"arn:aws:elasticloadbalancing:eu-west-1:{ACCOUNT}:listener/app/front/1/2"


# Listener rules


def _condition(kind: str, *values: str) -> Json:
    return {kind: [{"values": list(values)}]}


def _rule(name: str, priority: int, target: str, *conditions: Json) -> Json:
    return {
        "listener_arn": LISTENER,
        "priority": priority,
        "action": [{"type": "forward", "target_group_arn": f"arn:tg/{target}"}],
        "condition": list(conditions),
        "tags": {"Name": name, "Environment": "production"},
    }


def _front(*rules: Json) -> Plan:
    listener = {
        "id": LISTENER,
        "arn": LISTENER,
        "port": 443,
        "default_action": [{"type": "forward", "target_group_arn": "arn:tg/site"}],
    }
    record = {"name": "book.meadow.test", "type": "A", "zone_id": "Z1"}
    return plan(
        noop("aws_lb_listener.front", listener),
        noop("aws_route53_record.book", record),
        noop(
            "aws_lb_listener_rule.rooms",
            _rule("rooms", 20, "rooms", _condition("path_pattern", "/rooms/*")),
        ),
        noop(
            "aws_lb_listener_rule.pay",
            _rule("pay", 30, "pay", _condition("path_pattern", "/pay/*")),
        ),
        *rules,
    )


def rule_takes_a_host(*, served: bool) -> Plan:
    """A first rule for every path of a name: one that is served, or one that is new."""
    host = "book.meadow.test" if served else "partners.meadow.test"
    after = _rule("new", 5, "partners", _condition("host_header", host))
    return _front(create("aws_lb_listener_rule.new", after))


def rule_comes_first(*, overlaps: bool) -> Plan:
    """A rule for a name's pages moves ahead of the others."""
    path = "/pay*" if overlaps else "/terms*"
    before = _rule(
        "new",
        90,
        "partners",
        _condition("host_header", "book.meadow.test"),
        _condition("path_pattern", path),
    )
    return _front(tweak("aws_lb_listener_rule.new", before, priority=5))


# Endpoints


def endpoint_for_queues(*, admits: bool) -> Plan:
    """A new endpoint takes the name of a service, with a group of its own."""
    tasks = {"id": "sg-tasks", "arn": "arn:sg-tasks", "name": "tasks", "vpc_id": "vpc-1"}
    service = {
        "id": "arn:svc",
        "name": "orders",
        "network_configuration": [{"security_groups": ["sg-tasks"], "subnets": ["subnet-1"]}],
        "desired_count": 3,
    }
    entry = {"from_port": 443, "to_port": 443, "ip_protocol": "tcp"}
    peer = "sg-tasks" if admits else "sg-jump"
    return plan(
        noop("aws_subnet.a", {"id": "subnet-1", "cidr_block": "10.9.0.0/24", "vpc_id": "vpc-1"}),
        noop("aws_security_group.tasks", tasks),
        noop("aws_security_group.jump", {"id": "sg-jump", "name": "jump", "vpc_id": "vpc-1"}),
        noop("aws_ecs_service.orders", service),
        create("aws_security_group.sqs", {"name": "sqs", "vpc_id": "vpc-1"}),
        create(
            "aws_vpc_security_group_ingress_rule.sqs",
            {**entry, "referenced_security_group_id": peer},
            after_unknown={"id": True, "arn": True, "security_group_id": True},
        ),
        create(
            "aws_vpc_endpoint.sqs",
            {
                "private_dns_enabled": True,
                "service_name": "com.amazonaws.eu-west-1.sqs",
                "vpc_endpoint_type": "Interface",
                "vpc_id": "vpc-1",
            },
            after_unknown={"id": True, "arn": True, "security_group_ids": True},
        ),
        references={
            "aws_vpc_security_group_ingress_rule.sqs": {
                "security_group_id": ["aws_security_group.sqs.id"]
            },
            "aws_vpc_endpoint.sqs": {"security_group_ids": ["aws_security_group.sqs.id"]},
        },
    )


# Backup selections


def selection_by_tag(*, matches: bool) -> Plan:
    """A selection moves to another tag, which its objects have or do not have."""
    tags = {"tier": "gold", "plan": "nightly", "Environment": "production"}
    value = "nightly" if matches else "weekly"
    before = {
        "name": "gold",
        "plan_id": "p-1",
        "iam_role_arn": f"arn:aws:iam::{ACCOUNT}:role/backup",
        "selection_tag": [{"type": "STRINGEQUALS", "key": "tier", "value": "gold"}],
    }
    after = {**before, "selection_tag": [{"type": "STRINGEQUALS", "key": "plan", "value": value}]}
    return plan(
        noop("aws_backup_plan.main", {"id": "p-1", "name": "main"}),
        noop("aws_db_instance.ledger", {"id": "db-1", "identifier": "ledger", "tags": tags}),
        replace("aws_backup_selection.gold", before, after, "selection_tag"),
    )


def snapshots_by_tag(*, matches: bool) -> Plan:
    """A snapshot policy targets another tag."""
    tags = {"Snapshot": "yes", "Role": "data", "Environment": "production"}
    new = {"Role": "data"} if matches else {"Role": "database"}
    before = {
        "id": "policy-1",
        "state": "ENABLED",
        "policy_details": [{"resource_types": ["VOLUME"], "target_tags": {"Snapshot": "yes"}}],
    }
    details = [{"resource_types": ["VOLUME"], "target_tags": new}]
    return plan(
        noop("aws_ebs_volume.data", {"id": "vol-1", "size": 900, "tags": tags}),
        tweak("aws_dlm_lifecycle_policy.daily", before, policy_details=details),
    )


# Permissions to invoke


def permission_goes(*, covered: bool) -> Plan:
    """One of two permissions of a function goes; the other one covers all routes, or one."""
    api = f"arn:aws:execute-api:eu-west-1:{ACCOUNT}:abc123"
    invoke = {
        "action": "lambda:InvokeFunction",
        "function_name": "notes",
        "principal": "apigateway.amazonaws.com",
    }
    gone = f"{api}/*/DELETE/notes/*" if covered else f"{api}/*/*/notes/*"
    stays = f"{api}/*/*" if covered else f"{api}/*/GET/notes/*"
    function = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:notes"
    uri = f"arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/{function}/invocations"
    return plan(
        noop(
            "aws_lambda_function.notes",
            {"id": "notes", "arn": function, "function_name": "notes", "runtime": "python3.12"},
        ),
        noop(
            "aws_apigatewayv2_api.main",
            {"id": "abc123", "execution_arn": api, "protocol_type": "HTTP"},
        ),
        noop(
            "aws_apigatewayv2_integration.notes",
            {"id": "int1", "api_id": "abc123", "integration_uri": uri},
        ),
        noop(
            "aws_apigatewayv2_route.read",
            {"api_id": "abc123", "route_key": "GET /notes/{id}", "target": "integrations/int1"},
        ),
        noop(
            "aws_apigatewayv2_route.remove",
            {"api_id": "abc123", "route_key": "DELETE /notes/{id}", "target": "integrations/int1"},
        ),
        delete("aws_lambda_permission.old", {**invoke, "source_arn": gone, "statement_id": "a"}),
        noop("aws_lambda_permission.new", {**invoke, "source_arn": stays, "statement_id": "b"}),
    )


# Caches


def _policy(**ttl: int) -> Json:
    none = [
        {
            "cookies_config": [{"cookie_behavior": "none", "cookies": []}],
            "headers_config": [{"header_behavior": "none", "headers": []}],
            "query_strings_config": [{"query_string_behavior": "all", "query_strings": []}],
        }
    ]
    return {
        "id": "pol-1",
        "name": "orders",
        **ttl,
        "parameters_in_cache_key_and_forwarded_to_origin": none,
    }


def cache_policy_keeps(*, personal: bool) -> Plan:
    """A cache policy comes to keep answers, of a path that gets cookies or of one that does not."""
    behaviour = {
        "path_pattern": "/orders/*",
        "cache_policy_id": "pol-1",
        "target_origin_id": "app",
        "allowed_methods": ["GET", "HEAD"],
    }
    requests: list[Json] = []
    if personal:
        behaviour["origin_request_policy_id"] = "req-1"
        forwarded = [{"cookie_behavior": "whitelist", "cookies": [{"items": ["session"]}]}]
        requests.append(
            noop(
                "aws_cloudfront_origin_request_policy.app",
                {"id": "req-1", "name": "app", "cookies_config": forwarded},
            )
        )
    site = {"id": "E1", "enabled": True, "ordered_cache_behavior": [behaviour]}
    return plan(
        noop("aws_cloudfront_distribution.shop", site),
        *requests,
        tweak(
            "aws_cloudfront_cache_policy.orders",
            _policy(min_ttl=0, default_ttl=0, max_ttl=0),
            min_ttl=60,
            default_ttl=600,
            max_ttl=3600,
        ),
    )


# Where secrets come from


def task_secret_moves(*, readable: bool) -> Plan:
    """A task takes a password from another secret, which its role may read or not."""
    secret = f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:shop/"
    allowed = f"{secret}*" if readable else f"{secret}old-AbCdEf"
    document = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": allowed}
        ],
    }

    def task(name: str) -> str:
        container = {
            "name": "app",
            "image": "shop:1",
            "secrets": [{"name": "PASSWORD", "valueFrom": f"{secret}{name}"}],
        }
        return json.dumps([container])

    role = f"arn:aws:iam::{ACCOUNT}:role/shop-execution"
    managed = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
    before = {
        "id": "shop",
        "family": "shop",
        "execution_role_arn": role,
        "container_definitions": task("old-AbCdEf"),
    }
    after = {**before, "container_definitions": task("new-GhIjKl:password::")}
    service = {"id": "arn:svc", "name": "shop", "desired_count": 4, "task_definition": "shop:7"}
    return plan(
        noop(
            "aws_iam_role.execution",
            {"id": "shop-execution", "name": "shop-execution", "arn": role},
        ),
        noop(
            "aws_iam_role_policy.secrets",
            {"role": "shop-execution", "name": "secrets", "policy": json.dumps(document)},
        ),
        noop(
            "aws_iam_role_policy_attachment.base",
            {"role": "shop-execution", "policy_arn": managed},
        ),
        replace("aws_ecs_task_definition.shop", before, after, "container_definitions"),
        tweak("aws_ecs_service.shop", service, tags={"release": "8"}),
        references={
            "aws_ecs_service.shop": {"task_definition": ["aws_ecs_task_definition.shop.arn"]}
        },
    )


# Harmless changes


def range_narrowed(*more: Json, cuts: bool) -> Plan:
    """The range that may reach a cache shrinks to the network, or to the half without users."""
    service = {
        "id": "arn:svc",
        "name": "chat",
        "network_configuration": [{"security_groups": ["sg-app"], "subnets": ["subnet-1"]}],
        "desired_count": 2,
    }
    entry = {
        "security_group_id": "sg-redis",
        "from_port": 6379,
        "to_port": 6379,
        "ip_protocol": "tcp",
        "cidr_ipv4": "172.16.0.0/12",
        "description": "chat",
    }
    group = {"id": "grp", "security_group_ids": ["sg-redis"], "subnet_group_name": "x"}
    return plan(
        *more,
        noop("aws_vpc.main", {"id": "vpc-1", "cidr_block": "172.20.0.0/16"}),
        noop("aws_subnet.a", {"id": "subnet-1", "cidr_block": "172.20.0.0/20", "vpc_id": "vpc-1"}),
        noop("aws_security_group.redis", {"id": "sg-redis", "vpc_id": "vpc-1", "name": "redis"}),
        noop("aws_security_group.app", {"id": "sg-app", "vpc_id": "vpc-1", "name": "app"}),
        noop("aws_elasticache_replication_group.chat", group),
        noop("aws_ecs_service.chat", service),
        tweak(
            "aws_vpc_security_group_ingress_rule.redis",
            entry,
            cidr_ipv4="172.21.0.0/16" if cuts else "172.20.0.0/16",
        ),
    )


def alias_goes(*more: Json, used: bool) -> Plan:
    """One of two names of a key goes; a program uses it, or the other one."""
    target = {"target_key_id": "k-1", "target_key_arn": f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/k-1"}
    name = "alias/files-old" if used else "alias/files"
    function = {
        "id": "files",
        "arn": f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:files",
        "function_name": "files",
        "environment": [{"variables": {"KEY": name}}],
    }
    return plan(
        *more,
        noop("aws_kms_key.files", {"id": "k-1", "key_id": "k-1", "arn": target["target_key_arn"]}),
        noop("aws_kms_alias.files", {"id": "alias/files", "name": "alias/files", **target}),
        noop("aws_lambda_function.files", function),
        delete("aws_kms_alias.old", {"id": "alias/files-old", "name": "alias/files-old", **target}),
    )


def logs_kept_shorter(*, audit: bool) -> Plan:
    """Logs are kept for a month instead of three: an audit trail's, or one function's."""
    name = "/audit/admin-actions" if audit else "/aws/lambda/resize"
    before = {"id": name, "name": name, "retention_in_days": 90}
    return plan(tweak("aws_cloudwatch_log_group.one", before, retention_in_days=30))


DANGERS: Final = {
    "rule takes a served host": rule_takes_a_host(served=True),
    "rule comes first and overlaps": rule_comes_first(overlaps=True),
    "endpoint shuts out": endpoint_for_queues(admits=False),
    "selection by a tag nobody has": selection_by_tag(matches=False),
    "snapshots by a tag nobody has": snapshots_by_tag(matches=False),
    "permission for all routes goes": permission_goes(covered=False),
    "cache keeps personal answers": cache_policy_keeps(personal=True),
    "task may not read its secret": task_secret_moves(readable=False),
    "range cuts the user off": range_narrowed(cuts=True),
    "alias in use goes": alias_goes(used=True),
    "audit logs kept shorter": logs_kept_shorter(audit=True),
}
HARMLESS: Final = {
    "rule takes a new host": rule_takes_a_host(served=False),
    "rule comes first and overlaps nothing": rule_comes_first(overlaps=False),
    "endpoint admits": endpoint_for_queues(admits=True),
    "selection by another tag they have": selection_by_tag(matches=True),
    "snapshots by another tag they have": snapshots_by_tag(matches=True),
    "covered permission goes": permission_goes(covered=True),
    "cache keeps public answers": cache_policy_keeps(personal=False),
    "task may read its secret": task_secret_moves(readable=True),
    "range keeps the user": range_narrowed(cuts=False),
    "alias that nobody uses goes": alias_goes(used=False),
    "function logs kept shorter": logs_kept_shorter(audit=False),
}

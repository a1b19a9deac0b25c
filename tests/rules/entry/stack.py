"""A load balancer with two groups that serve, for small plans about its parts."""

from __future__ import annotations

from typing import Any

from iacrisk.graph import build_graph
from iacrisk.plan import Plan
from iacrisk.rules import Context, Review, review
from iacrisk.rules.entry import RULES
from tests.plans import Json, noop, plan

LISTENER = "aws_lb_listener.https"
RULE = "aws_lb_listener_rule.api"
GROUP = "aws_lb_target_group.web"
BALANCER = "aws_lb.front"


def forward(name: str) -> list[Json]:
    """The actions of a listener that sends everything to one target group."""
    return [{"type": "forward", "target_group_arn": f"arn:tg/{name}", "order": 1, "forward": []}]


def weighted(**weights: int) -> list[Json]:
    """The actions of a listener that divides requests between target groups."""
    groups = [{"arn": f"arn:tg/{name}", "weight": weight} for name, weight in weights.items()]
    return [{"type": "forward", "target_group_arn": "", "forward": [{"target_group": groups}]}]


def answer(code: str) -> list[Json]:
    """The actions of a listener that answers by itself."""
    return [{"type": "fixed-response", "fixed_response": [{"status_code": code}]}]


def when(**fields: list[str]) -> list[Json]:
    """The conditions of a listener rule, as the provider nests them."""
    return [{name: [{"values": values}] for name, values in fields.items()}]


BALANCER_VALUES: Json = {
    "arn": "arn:lb/front",
    "id": "arn:lb/front",
    "internal": False,
    "ip_address_type": "ipv4",
    "name": "front",
    "security_groups": ["sg-front"],
    "subnets": ["subnet-a", "subnet-b"],
}
GROUP_VALUES: Json = {
    "arn": "arn:tg/web",
    "deregistration_delay": "300",
    "health_check": [
        {
            "interval": 30,
            "matcher": "200",
            "path": "/health",
            "port": "traffic-port",
            "protocol": "HTTP",
            "timeout": 5,
        }
    ],
    "id": "arn:tg/web",
    "load_balancer_arns": ["arn:lb/front"],
    "name": "web",
    "port": 8080,
    "protocol": "HTTP",
}
OTHER_VALUES: Json = {**GROUP_VALUES, "arn": "arn:tg/next", "id": "arn:tg/next", "name": "next"}
LISTENER_VALUES: Json = {
    "arn": "arn:li/443",
    "certificate_arn": "arn:acm/1",
    "default_action": forward("web"),
    "id": "arn:li/443",
    "load_balancer_arn": "arn:lb/front",
    "mutual_authentication": [{"mode": "off"}],
    "port": 443,
    "protocol": "HTTPS",
    "ssl_policy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
}
RULE_VALUES: Json = {
    "action": forward("next"),
    "arn": "arn:ru/1",
    "condition": when(path_pattern=["/api/*"]),
    "id": "arn:ru/1",
    "listener_arn": "arn:li/443",
    "priority": 100,
}
SERVICE_VALUES: Json = {
    "desired_count": 3,
    "id": "arn:ecs/web",
    "load_balancer": [{"container_name": "web", "target_group_arn": "arn:tg/web"}],
}
_STANDING = {
    BALANCER: BALANCER_VALUES,
    GROUP: GROUP_VALUES,
    "aws_lb_target_group.next": OTHER_VALUES,
    LISTENER: LISTENER_VALUES,
    RULE: RULE_VALUES,
    "aws_ecs_service.web": SERVICE_VALUES,
}
_REFERENCES = {
    LISTENER: {
        "load_balancer_arn": ["aws_lb.front.arn"],
        "default_action": ["aws_lb_target_group.web.arn"],
    },
    RULE: {
        "listener_arn": ["aws_lb_listener.https.arn"],
        "action": ["aws_lb_target_group.next.arn"],
    },
    "aws_ecs_service.web": {"load_balancer": ["aws_lb_target_group.web.arn"]},
}


def stack(*changes: Json, references: dict[str, dict[str, list[str]]] | None = None) -> Plan:
    """The plan of `changes` with the rest of the stack staying as it is."""
    changed = {change["address"] for change in changes}
    rest = [noop(name, values) for name, values in _STANDING.items() if name not in changed]
    return plan(*changes, *rest, references={**_REFERENCES, **(references or {})})


def lone(*changes: Json, **fields: Any) -> Plan:
    """The plan of `changes` alone, with a configuration that refers to nothing."""
    return plan(*changes, references=fields.get("references", {}))


def said(judged: Plan) -> Review:
    """What the rules of the family say."""
    review_ = review(Context(judged, build_graph(judged)), rules=RULES, suppressors=())
    assert review_.failures == ()
    return review_


def found(judged: Plan) -> list[tuple[str, str]]:
    """The findings as rule and address."""
    return [(finding.rule, finding.address) for finding in said(judged).findings]


def undecided(judged: Plan) -> list[str]:
    """The rules that could not decide; there must be no finding beside."""
    assert found(judged) == []
    return [item.rule for item in said(judged).undecided]

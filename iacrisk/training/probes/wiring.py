"""Deliveries that the emulator cannot run: whether all is connected, switched on and permitted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from iacrisk.training import iam
from iacrisk.training.intents import ACCOUNT, REGION, Delivery
from iacrisk.training.inventory import Thing
from iacrisk.training.probes.patterns import matches_event
from iacrisk.training.probes.scene import Scene


def wiring_fault(
    scene: Scene, delivery: Delivery, source: Thing | None, target: Thing
) -> str | None:
    """What is missing; empty when nothing is, None when that cannot be judged."""
    if "delivery-stream" in (target.kind, source.kind if source else ""):
        return _named_fault(source, target)
    match delivery.source.partition(":")[0]:
        case "event":
            return _event_fault(scene, delivery, target)
        case "rule" if source is not None:
            return _rule_fault(scene, source, target)
        case "topic" if source is not None:
            return _topic_fault(source, target)
        case "queue" | "stream" | "table" if source is not None:
            return _source_fault(scene, source, target)
        case "api" if source is not None:
            return _api_fault(delivery, source, target)
        case "bucket" if source is not None:
            return _bucket_fault(scene, source, target)
        case "log-group" if source is not None:
            wired = set(source.facts["subscriptions"]) & set(target.handles)
            return "" if wired else "no subscription filter leads there"
        case _:
            return None


def _named_fault(source: Thing | None, target: Thing) -> str:
    """Firehose keeps both ends in its own configuration."""
    if source is None:
        return "no rule is known to lead there"
    one = any(handle in source.mentions for handle in target.handles)
    other = any(handle in target.mentions for handle in source.handles)
    subscribed = set(source.facts.get("subscriptions", ())) & set(target.handles)
    return "" if one or other or subscribed else "neither end names the other"


def _event_fault(scene: Scene, delivery: Delivery, target: Thing) -> str | None:
    event = {
        "source": delivery.source.partition(":")[2],
        "detail-type": delivery.detail_type,
        "detail": dict(delivery.detail),
        "account": ACCOUNT,
        "region": REGION,
    }
    doubt, fault = False, "no rule takes the event there"
    for rule in scene.now.of("rule"):
        if not rule.facts["pattern"] or not _targets(rule, target):
            continue
        taken = matches_event(json.loads(rule.facts["pattern"]), event)
        doubt |= taken is None
        if taken:
            found = _rule_fault(scene, rule, target)
            if found == "":
                return ""
            fault = found or fault
    return None if doubt else fault


def _targets(rule: Thing, target: Thing) -> list[Any]:
    """The targets of a rule that lead to the thing; a service is started through its cluster."""
    cluster = target.name.partition("/")[0] if target.kind == "service" else ""
    return [
        entry
        for entry in rule.facts["targets"]
        if entry["Arn"] in target.handles
        or entry["Arn"].removesuffix(":*") in target.handles
        or (cluster and entry["Arn"].endswith(f":cluster/{cluster}"))
    ]


def _rule_fault(scene: Scene, rule: Thing, target: Thing) -> str:
    if not rule.facts["enabled"]:
        return "the rule is disabled"
    entries = _targets(rule, target)
    if not entries:
        return "the rule does not lead there"
    if target.kind == "function":
        return _function_fault(target, "events.amazonaws.com", rule.identity)
    return "" if any(_role_lives(scene, entry) for entry in entries) else "the rule's role is gone"


def _role_lives(scene: Scene, entry: Mapping[str, Any]) -> bool:
    role = entry.get("RoleArn")
    return not role or scene.now.get("role", role) is not None


def _topic_fault(topic: Thing, target: Thing) -> str:
    subscribed = {item["Endpoint"] for item in topic.facts["subscriptions"]}
    if not subscribed & set(target.handles):
        return "no subscription"
    if target.kind == "function":
        return _function_fault(target, "sns.amazonaws.com", topic.identity)
    return ""


def _source_fault(scene: Scene, source: Thing, function: Thing) -> str:
    arns = {*source.handles, source.facts.get("stream_arn", "")}
    mappings = [
        each
        for each in scene.now.of("event-source")
        if each.facts["source"] in arns and each.facts["function"] == function.name
    ]
    if not mappings:
        return "no event source mapping"
    if not any(each.facts["enabled"] for each in mappings):
        return "the event source mapping is disabled"
    return _poll_fault(scene, source, function)


_POLLS = {
    "queue": "sqs:ReceiveMessage",
    "stream": "kinesis:GetRecords",
    "table": "dynamodb:GetRecords",
}


def _poll_fault(scene: Scene, source: Thing, function: Thing) -> str:
    """Lambda reads the source in the name of the function's role."""
    role = scene.now.get("role", function.facts.get("role", ""))
    if role is None:
        return "the function's role is gone"
    arn = source.facts.get("stream_arn") or source.handles[0]
    request = iam.Request(
        principal=iam.Principal(arn=role.facts["arn"]), action=_POLLS[source.kind], resource=arn
    )
    decision = iam.decide(
        request, role.facts["policies"], source.policy, boundary=role.facts["boundary"]
    )
    return "the function's role may not read it" if decision.state == "broken" else ""


def _api_fault(delivery: Delivery, api: Thing, target: Thing) -> str:
    routes = api.facts["routes"]
    if delivery.route not in routes and "$default" not in routes:
        return f"no route {delivery.route}"
    uri = routes.get(delivery.route, routes.get("$default")) or ""
    if target.kind != "function":
        return "" if any(handle in uri for handle in target.handles) else "integrated elsewhere"
    if target.identity not in uri:
        return "the route leads elsewhere"
    if not api.units:
        return "no stage is deployed"
    method, _, path = delivery.route.partition(" ")
    origin = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{api.identity}/$default/{method}{path}"
    return _function_fault(target, "apigateway.amazonaws.com", origin)


def _bucket_fault(scene: Scene, bucket: Thing, target: Thing) -> str:
    answer = scene.cloud.ask("s3", "get_bucket_notification_configuration", Bucket=bucket.name)
    text = json.dumps(answer or {}, default=str)
    if not any(handle.startswith("arn:") and handle in text for handle in target.handles):
        return "no notification leads there"
    if target.kind == "function":
        return _function_fault(target, "s3.amazonaws.com", bucket.handles[0])
    return ""


def _function_fault(function: Thing, service: str, origin: str) -> str:
    """The function's own policy must let the service call it."""
    request = iam.Request(
        principal=iam.Principal(service=service),
        action="lambda:InvokeFunction",
        resource=function.identity,
        context={"aws:SourceArn": origin},
    )
    decision = iam.decide(request, resource=function.policy)
    return "" if decision.state == "works" else f"{service} may not call the function"

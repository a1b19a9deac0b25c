"""Load balancers: the listener's rules have to lead a request to the right members."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Mapping
from typing import Any

from iacrisk.training.intents import Route
from iacrisk.training.inventory import Thing
from iacrisk.training.outcome import Probe
from iacrisk.training.probes.scene import Answers, Scene, answer


def probe_routing(scene: Scene) -> Answers:
    """One answer for each route."""
    for route in scene.intents.routes:
        yield f"route {route.balancer}:{route.port} {route.host}{route.path}", _route(scene, route)


def _route(scene: Scene, route: Route) -> Probe:
    balancer = scene.find(f"alb:{route.balancer}")
    target = scene.find(route.target)

    def said(works: bool | None, detail: str = "") -> Probe:
        return answer(works, "outage", "routing", target, route.target, detail, balancer)

    if balancer is None or target is None:
        return said(False, "no balancer" if balancer is None else "no target")
    listener = balancer.facts["listeners"].get(route.port)
    if listener is None:
        return said(False, f"no listener on {route.port}")
    actions = chosen_actions(listener, route.host, route.path)
    if actions is None:
        return said(None, "a rule's condition cannot be judged")
    groups = set(target_groups(actions))
    if not groups & set(_groups_of(scene, target)):
        return said(False, "the request is led elsewhere")
    return said(True)


def forwards(scene: Scene, balancer: Thing, target: Thing, port: int) -> str:
    """Why the balancer sends nothing to `port` of the target; empty when it does."""
    reached = {
        group
        for listener in balancer.facts["listeners"].values()
        for rule in (*listener["Rules"], {"Actions": listener["DefaultActions"]})
        for group in target_groups(rule["Actions"])
    }
    shared = reached & set(_groups_of(scene, target))
    if not shared:
        return "no listener forwards to it"
    if port in target.facts.get("ports", ()):
        return ""
    ports = {_port_of(scene, group) for group in shared}
    return "" if port in ports or target.kind == "function" else f"traffic is sent to {ports}"


def _port_of(scene: Scene, arn: str) -> int | None:
    group = scene.now.get("target-group", arn)
    port: int | None = group.facts["port"] if group else None
    return port


def _groups_of(scene: Scene, target: Thing) -> Iterator[str]:
    """ARNs of the target groups in which the target is registered."""
    yield from target.facts.get("targets", ())
    for entry in target.facts.get("balancers", ()):
        yield entry.get("targetGroupArn", "")
    for group in scene.now.of("target-group"):
        registered = {each["Id"] for each in group.facts["targets"]}
        if registered & {target.identity, *target.handles, *target.addresses}:
            yield group.identity


def chosen_actions(listener: Mapping[str, Any], host: str, path: str) -> list[Any] | None:
    """The actions of the first rule that matches; None when a condition cannot be judged."""
    rules = [rule for rule in listener["Rules"] if rule["Priority"] != "default"]
    for rule in sorted(rules, key=lambda rule: int(rule["Priority"])):
        met = [_met(condition, host, path) for condition in rule["Conditions"]]
        if None in met:
            return None
        if all(met):
            return list(rule["Actions"])
    return list(listener["DefaultActions"])


def _met(condition: Mapping[str, Any], host: str, path: str) -> bool | None:
    field = condition.get("Field")
    if field not in ("host-header", "path-pattern"):
        return None
    config = condition.get("HostHeaderConfig") or condition.get("PathPatternConfig") or {}
    patterns = condition.get("Values") or config.get("Values") or ()
    value = host.lower() if field == "host-header" else path
    return any(fnmatch.fnmatchcase(value, pattern) for pattern in patterns)


def target_groups(actions: list[Any]) -> Iterator[str]:
    """The groups that actions forward to, with a weight above nothing."""
    for action in actions:
        if arn := action.get("TargetGroupArn"):
            yield arn
        for entry in (action.get("ForwardConfig") or {}).get("TargetGroups", ()):
            if entry.get("Weight", 1) > 0:
                yield entry["TargetGroupArn"]

"""Network flows: every packet that the stack needs has to get through."""

from __future__ import annotations

from iacrisk.training.intents import Flow
from iacrisk.training.inventory import Thing
from iacrisk.training.network import reach
from iacrisk.training.outcome import Probe
from iacrisk.training.probes.routing import forwards
from iacrisk.training.probes.scene import Answers, Scene, answer


def probe_reachability(scene: Scene) -> Answers:
    """One answer for each flow."""
    for flow in scene.intents.flows:
        name = f"flow {flow.source}>{flow.target}:{flow.port}"
        yield name, _flow(scene, flow)


def _flow(scene: Scene, flow: Flow) -> Probe:
    sources, source = scene.nodes(flow.source)
    targets, target = scene.nodes(flow.target)
    client = source is not None and source.kind != "alb"  # a balancer suffers nothing itself
    victim, other = (source, target) if client else (target, source)
    label = flow.source if client else flow.target

    def said(works: bool | None, detail: str = "") -> Probe:
        return answer(works, "outage", "network", victim, label, detail, other)

    if not sources or not targets:
        return said(False, f"nothing answers to {flow.target if sources else flow.source}")
    if flow.target.startswith("host:") and target is not None and not _listens(target, flow.port):
        return said(False, f"{target.label} does not listen on {flow.port}")
    doubt = ""
    for one in sources:
        verdicts = [
            reach(scene.now.network, one, each, flow.port, flow.protocol) for each in targets
        ]
        if any(verdict.state == "works" for verdict in verdicts):
            continue
        fault = next((each for each in verdicts if each.state == "broken"), verdicts[0])
        if all(verdict.state == "broken" for verdict in verdicts):
            return said(False, fault.why)
        doubt = fault.why
    if source is not None and source.kind == "alb" and target is not None:
        fault_text = forwards(scene, source, target, flow.port)
        if fault_text:
            return said(False, fault_text)
    if target is not None and target.kind == "alb" and flow.port not in target.facts["listeners"]:
        return said(False, f"no listener on {flow.port}")
    return said(None if doubt else True, doubt)


def _listens(target: Thing, port: int) -> bool:
    return target.kind != "database" or target.facts.get("port") in (None, port)

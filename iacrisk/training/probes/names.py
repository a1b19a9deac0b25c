"""DNS: a name has to exist where it is asked, and lead to something alive."""

from __future__ import annotations

import re

from iacrisk.training.intents import Name
from iacrisk.training.inventory import Thing
from iacrisk.training.outcome import Probe
from iacrisk.training.probes.scene import Answers, Scene, answer

_AWS = re.compile(r"\.(amazonaws\.com|cloudfront\.net|on\.aws)$")


def probe_names(scene: Scene) -> Answers:
    """One answer for each name, and one for each zone that names are delegated to."""
    for name in scene.intents.names:
        yield f"name {name.name} {name.type} {name.network}".rstrip(), _name(scene, name)
    for zone in scene.before.of("zone"):
        if not zone.facts["private"]:
            works = scene.now.same(zone) is not None
            detail = "gone, or made anew with other name servers"
            yield f"zone {zone.name}", answer(works, "outage", "names", zone, "", detail)


def _name(scene: Scene, name: Name) -> Probe:
    label = f"record:{name.name}/{name.type}"
    found = [item for item in scene.records(name.name) if item.facts["type"] == name.type]
    visible = [item for item in found if _visible(scene, item, name.network)]
    target = scene.find(name.target) if name.target else None
    victim = visible[0] if visible else (found[0] if found else scene.before.find(label))

    def said(works: bool | None, detail: str = "") -> Probe:
        return answer(works, "outage", "names", victim, label, detail, target)

    if not visible:
        return said(False, "not visible from the network" if found else "no such record")
    if name.target and target is None:
        return said(False, f"{name.target} is gone")
    states = {
        _leads(scene, value, name.type, target)
        for item in visible
        for value in item.facts["values"]
    }
    if False in states or not states:
        values = ", ".join(value for item in visible for value in item.facts["values"])
        return said(False, f"leads to {values}, which does not answer")
    return said(None if None in states else True, "leads out of the stack")


def _visible(scene: Scene, record: Thing, network: str) -> bool:
    if not network:
        return not record.facts["private"]
    vpc = scene.now.get("vpc", network)
    if not record.facts["private"]:
        return True
    return vpc is not None and vpc.identity in record.facts["vpcs"]


def _leads(scene: Scene, value: str, kind: str, target: Thing | None) -> bool | None:
    """Whether one value of a record leads to the target, or to anything alive."""
    if kind in ("TXT", "MX"):
        return True
    there = scene.answering(value)
    if target is not None:
        return there is not None and there.label == target.label
    if there is not None:
        return True
    ours = _AWS.search(value) or any(value.endswith(zone.name) for zone in scene.before.of("zone"))
    if ours or re.fullmatch(r"[\d.]+", value):
        return False
    before = {each for item in scene.before.of("record") for each in item.facts["values"]}
    return True if value in before else None

"""Capacity: as many units as the stack needs; none at all is an outage."""

from __future__ import annotations

from iacrisk.training.probes.scene import Answers, Scene, answer


def probe_capacity(scene: Scene) -> Answers:
    """One answer for each thing that has units: there are some, and there are enough."""
    needed = {item.target: item.needed for item in scene.intents.capacities}
    for thing in scene.before:
        if not thing.units and thing.label not in needed:
            continue
        now = scene.find(thing.label) or scene.now.same(thing)
        if now is None:
            continue  # its absence is judged by those who need it
        units = now.units if now.units is not None else 1
        yield (
            f"running {thing.label}",
            answer(units > 0, "outage", "capacity", thing, "", "nothing is left of it"),
        )
        if wanted := needed.get(thing.label):
            detail = f"{units} of {wanted}"
            yield (
                f"capacity {thing.label}",
                answer(units >= wanted, "degraded", "capacity", thing, "", detail),
            )

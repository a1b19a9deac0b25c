"""Guards, backups, alarms: nothing is lost yet, but what would have helped is gone."""

from __future__ import annotations

from collections.abc import Iterator

from iacrisk.training.inventory import Inventory, Thing
from iacrisk.training.probes.scene import Answers, Scene, answer

_FLAGS = (
    "encrypted",
    "enabled",
    "immutable",
    "logging",
    "everywhere",
    "validated",
    "protected",
    "recovery",
    "rotation",
    "standby",
    "versioning",
    "dead_letters",
)
"""Facts that are good when true."""

_NO_GUARDS = {("key", "enabled"), ("rule", "enabled"), ("event-source", "enabled")}
"""Switched off, these are out of service, which others judge."""

_AMOUNTS = ("backup", "retention", "actions")
"""Facts of which less is worse."""


def probe_guards(scene: Scene) -> Answers:
    """One answer for each guard that stood before the edit."""
    for thing in scene.before:
        now = scene.find(thing.label) or scene.now.same(thing)
        for guard, fault in _faults(scene, thing, now):
            works = now is None or not fault  # a guard of something gone guards nothing
            yield (
                f"guard {guard} {thing.label}",
                answer(works, "latent", "guards", thing, "", fault),
            )


def _faults(scene: Scene, thing: Thing, now: Thing | None) -> Iterator[tuple[str, str]]:
    """Each guard of a thing, with what is wrong with it now."""
    facts = now.facts if now else thing.facts
    for flag in _FLAGS:
        if thing.facts.get(flag) and (thing.kind, flag) not in _NO_GUARDS:
            yield flag, "" if facts.get(flag) else "switched off"
    for amount in _AMOUNTS:
        if (had := thing.facts.get(amount)) is not None:
            has = facts.get(amount)
            worse = has is not None and has < had
            yield amount, f"{had} before, {has} now" if worse else ""
    if thing.kind == "bucket":
        yield from _bucket_faults(thing, facts)
    for group, rules in _wide_open(scene, thing, now):
        yield f"group {group}", rules


def _bucket_faults(thing: Thing, facts: dict[str, object]) -> Iterator[tuple[str, str]]:
    had, has = thing.facts["blocked"], facts["blocked"]
    if any(had.values()) and isinstance(has, dict):
        weaker = [key for key, value in had.items() if value and not has.get(key)]
        yield "public-access-block", ", ".join(weaker)
    new = bool(facts["expires"]) and not thing.facts["expires"]
    yield "expiry", "current objects now expire" if new else ""


def _wide_open(scene: Scene, thing: Thing, now: Thing | None) -> Iterator[tuple[str, str]]:
    """Security groups that let the whole internet in, though nobody gets there yet."""
    had = _open_ranges(scene.before, thing)
    if thing.nodes:
        has = _open_ranges(scene.now, now) if now else set()
        yield "closed", ", ".join(sorted(has - had))


def _open_ranges(inventory: Inventory, thing: Thing) -> set[str]:
    return {
        f"{rule.protocol} {rule.first}-{rule.last}"
        for node in thing.nodes
        for group in node.groups or ()
        if group in inventory.network.groups
        for rule in inventory.network.groups[group].ingress
        if "0.0.0.0/0" in rule.cidrs
    }

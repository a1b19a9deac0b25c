"""How these pairs are written: what changes, what stays beside it, and who refers to what."""

from __future__ import annotations

from typing import Any, NamedTuple

from iacrisk.plan import Plan, parse_address
from tests.pairs import Pair
from tests.plans import Json, References, noop, plan


def pair(
    name: str,
    danger: Json | list[Json],
    twin: Json | list[Json],
    *beside: Json,
    uses: References | None = None,
    danger_uses: References | None = None,
    twin_uses: References | None = None,
) -> Pair:
    """Two plans with configuration and prior state; `beside` stays as it is in both."""
    return Pair(
        name,
        _world(danger, beside, {**(uses or {}), **(danger_uses or {})}),
        _world(twin, beside, {**(uses or {}), **(twin_uses or {})}),
    )


class Trap(NamedTuple):
    """A plan with a name: one that must be held, unless its list says that it must pass."""

    name: str
    plan: Plan


def trap(name: str, *items: Json, uses: References | None = None) -> Trap:
    """A plan with configuration and prior state."""
    return Trap(name, _world(list(items), (), dict(uses or {})))


def stay(address: str, **attributes: Any) -> Json:
    """A resource that stays as it is."""
    return noop(address, attributes)


def _world(items: Json | list[Json], beside: tuple[Json, ...], uses: References) -> Plan:
    changed = items if isinstance(items, list) else [items]
    taken = {item["address"] for item in changed}
    changes = [*changed, *(item for item in beside if item["address"] not in taken)]
    there = {item["address"] for item in changes}
    gone = {item["address"] for item in changes if item["change"]["actions"] == ["delete"]}
    known = {block: arguments for block, arguments in uses.items() if block in there - gone}
    state = [_stored(item, uses, there) for item in changes if item["change"]["before"] is not None]
    return plan(
        *changes,
        references=known,
        prior_state={"format_version": "1.0", "values": {"root_module": {"resources": state}}},
    )


def _stored(item: Json, uses: References, there: set[str]) -> Json:
    where = parse_address(item["address"])
    texts = [text for refs in uses.get(item["address"], {}).values() for text in refs]
    deps = sorted({".".join(text.split(".")[:2]) for text in texts} & there)
    return {
        "address": item["address"],
        "mode": where.mode,
        "type": where.type,
        "name": where.name,
        "provider_name": item["provider_name"],
        "schema_version": 0,
        "values": item["change"]["before"],
        "depends_on": deps,
    }

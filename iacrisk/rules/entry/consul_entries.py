"""E53: configuration entries of Consul: who may call a service, and where calls go."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.plan.values import members
from iacrisk.rules.context import Context
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

_PATHS: Final = (("config_json",),)
_WORDS: Final = frozenset({"CreateIndex", "Hash", "Meta", "ModifyIndex"})
"""What describes an entry and what Consul adds."""


@rule(
    id="E53",
    name="service-calls-led-otherwise",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.UPDATE},
    types={"consul_config_entry"},
    since="0.2",
)
def service_calls_led_otherwise(change: ResourceChange, context: Context) -> Iterator[Outcome]:  # noqa: ARG001
    """A configuration entry of Consul turns callers away or leads their calls elsewhere.

    What it flags
        Intentions that no longer let a caller in; of entries of other kinds (resolvers, routers,
        splitters, defaults) any change but of their `Meta`.

    Why it matters
        The proxies follow within seconds, everywhere.

    When it is fine
        The new way was tried. Not flagged: a further caller who is let in, and another order of
        the keys.

    What to do instead
        Split a small part of the calls off first.

    References
        https://developer.hashicorp.com/consul/docs/reference/config-entry
    """
    if "config_json" not in change.changed:
        return
    if change.after.get("config_json") is UNKNOWN:
        yield Undecided(why="The new entry is not known.", paths=_PATHS)
        return
    old, new = (_entry(side.get("config_json")) for side in (change.before, change.after))
    if old is None or new is None or old == new:
        return
    if change.before.get("kind") != "service-intentions":
        yield Flag(what="Calls between services are routed otherwise.", paths=_PATHS)
        return
    left_out = _turned_away(old, new)
    if left_out:
        yield Flag(
            what=f"It no longer lets in {some_of(left_out)}.", paths=_PATHS, severity=Severity.HIGH
        )


def _entry(text: Any) -> dict[str, Any] | None:
    try:
        found = json.loads(text) if isinstance(text, str) else None
    except ValueError:
        return None
    if not isinstance(found, dict):
        return None
    return {name: value for name, value in found.items() if name not in _WORDS}


def _turned_away(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    before, after = _sources(old), _sources(new)
    rest = after.get("*")
    return sorted(
        name for name, way in before.items() if _lets_in(way) and way != after.get(name, rest)
    )


def _sources(entry: dict[str, Any]) -> dict[str, Any]:
    """What the entry says of each caller: `allow`, `deny`, or single permissions."""
    return {
        str(one.get("Name")): one.get("Permissions") or one.get("Action")
        for one in members(entry.get("Sources"))
    }


def _lets_in(way: Any) -> bool:
    return isinstance(way, list) or way == "allow"

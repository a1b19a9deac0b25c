"""Who may call a service by the intentions of Consul, and what shows that a service is there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.plan.values import members
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once

ENTRY: Final = "consul_config_entry"
INTENTIONS: Final = "consul_config_entry_service_intentions"
_ABOUT_SERVICES: Final = (
    ENTRY,
    "consul_config_entry_service_defaults",
    "consul_config_entry_service_resolver",
    "consul_config_entry_service_router",
    "consul_config_entry_service_splitter",
    "consul_service",
)
_WORDS: Final = frozenset({"CreateIndex", "Hash", "Meta", "ModifyIndex"})
"""What describes an entry and what Consul adds."""


def entry_of(text: Any) -> dict[str, Any] | None:
    """The entry that the text holds, without what only describes it."""
    try:
        found = json.loads(text) if isinstance(text, str) else None
    except ValueError:
        return None
    if not isinstance(found, dict):
        return None
    return {name: value for name, value in found.items() if name not in _WORDS}


def callers(type_name: str, values: Mapping[str, Any]) -> dict[str, Any] | None:
    """What intentions say of each caller: `allow`, `deny`, or single permissions."""
    if type_name == INTENTIONS:
        listed, names = values.get("sources"), ("name", "permissions", "action")
    else:
        entry = entry_of(values.get("config_json"))
        if entry is None:
            return None
        listed, names = entry.get("Sources"), ("Name", "Permissions", "Action")
    return {
        str(one.get(names[0])): one.get(names[1]) or one.get(names[2]) for one in members(listed)
    }


def turned_away(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """The callers who were let in and are no longer, or not in the same way."""
    rest = new.get("*")
    return sorted(name for name, way in old.items() if _lets_in(way) and way != new.get(name, rest))


def let_in(ways: Mapping[str, Any]) -> frozenset[str]:
    """The callers whom intentions let in by name."""
    return frozenset(name for name, way in ways.items() if name != "*" and _lets_in(way))


def _lets_in(way: Any) -> bool:
    return isinstance(way, list) or way == "allow"


def services_named(name: str, context: Context) -> tuple[str, ...]:
    """What the plan holds of the service of that name and keeps."""

    def build() -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for one in context.changes_of(*_ABOUT_SERVICES):
            if one.kind is not ActionKind.DELETE:
                for side in _names(one):
                    found.setdefault(side, []).append(one.label)
        return found

    return tuple(once(context.plan, "services of a mesh", build).get(name, ()))


def _names(change: ResourceChange) -> Iterator[str]:
    kind, name = change.after.get("kind"), change.after.get("name")
    if isinstance(name, str) and kind not in ("proxy-defaults", "service-intentions"):
        yield name

"""Rules that run at the edge, before a request reaches its origin."""

from __future__ import annotations

from typing import Any, Final

GUARDING: Final = frozenset(
    {"block", "challenge", "execute", "js_challenge", "managed_challenge", "rewrite_block"}
)


def rules_of(values: dict[str, Any], *, guarding: bool) -> list[dict[str, Any]]:
    """The rules of a ruleset that are on; with `guarding` only those that hold something off."""
    rules = values.get("rules")
    return [
        item
        for item in (rules if isinstance(rules, list) else ())
        if isinstance(item, dict)
        and item.get("enabled") is not False
        and (not guarding or item.get("action") in GUARDING)
    ]

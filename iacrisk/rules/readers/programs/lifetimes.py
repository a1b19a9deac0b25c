"""After how many days the rules of a bucket delete what it holds, by prefix."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from iacrisk.patterns import regex
from iacrisk.plan import lookup

SCRATCH: Final = regex(
    r"(^|.*/)_?(ad-?hoc|cache|dry-?run|multi-?part|partial|scratch|staging|temp|temporary|tmp)(/|$|-)",
    re.IGNORECASE,
)
"""Prefixes that tell of scratch data."""

_LEADING_NUMBER: Final = regex(r"\d+")


def days_to_live(rules: Any, block: str) -> dict[str, int]:
    """The days after which current objects are deleted, by prefix."""
    found: dict[str, int] = {}
    listed = rules if isinstance(rules, list) else []
    for item in _as_expirations(listed) if block == _AZURE_BLOCK else listed:
        if not isinstance(item, dict) or item.get("status") == "Disabled":
            continue
        if item.get("enabled") is False:
            continue
        expirations = item.get("expiration" if block == _AZURE_BLOCK else block)
        for expiration in expirations if isinstance(expirations, list) else ():
            days = _days(item, expiration) if isinstance(expiration, dict) else None
            for scope in _prefixes(item) if days else ():
                found[scope] = min(days or 0, found.get(scope, days or 0))
    return found


def _days(item: dict[str, Any], expiration: dict[str, Any]) -> int | None:
    """After how many days a rule deletes current objects, if it does."""
    if "action" not in item:
        return number_of(expiration.get("days"))
    old_ones = expiration.get("with_state") == "ARCHIVED" or expiration.get("num_newer_versions")
    deletes = lookup(item, ("action", 0, "type")) == "Delete"
    return number_of(expiration.get("age")) if deletes and not old_ones else None


_AZURE_BLOCK: Final = "actions"


def _as_expirations(rules: list[Any]) -> Iterator[dict[str, Any]]:
    """The rules of a storage account's management policy, one for each prefix, as S3 has them."""
    for item in rules:
        if not isinstance(item, dict):
            continue
        found = lookup(item, ("actions", 0, "base_blob", 0))
        days = [
            value
            for name, value in (found.items() if isinstance(found, dict) else ())
            if name.startswith("delete_after_days_since") and isinstance(value, int) and value > 0
        ]
        prefixes = lookup(item, ("filters", 0, "prefix_match"))
        for prefix in prefixes if isinstance(prefixes, list) and prefixes else [""]:
            yield {
                "enabled": item.get("enabled"),
                "prefix": prefix,
                "expiration": [{"days": min(days)}] if days else [],
            }


def _prefixes(item: dict[str, Any]) -> list[str]:
    google = lookup(item, ("condition", 0, "matches_prefix"))
    if isinstance(google, list) and google:
        return list(map(str, google))
    filters = item.get("filter")
    first = filters[0] if isinstance(filters, list) and filters else {}
    prefix = first.get("prefix") if isinstance(first, dict) else None
    return [str(prefix or item.get("prefix") or "")]


def number_of(value: Any) -> int | None:
    """A whole number, also of a text such as "604800s"."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return int(value)
    match = _LEADING_NUMBER.match(value) if isinstance(value, str) else None
    return int(match.group()) if match else None

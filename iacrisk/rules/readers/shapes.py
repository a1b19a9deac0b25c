"""The odd shapes in which plans write one thing or several: a block or a list of them, a text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from iacrisk.plan import UNKNOWN

Values = Mapping[str, Any]


def blocks(value: Any) -> list[Values]:
    """The nested blocks of a list, a set or a single object; what is not known is left out."""
    if isinstance(value, Mapping):
        return [value]
    if not isinstance(value, list):
        return []
    return [item for item in value if isinstance(item, Mapping)]


def first_block(value: Any) -> dict[str, Any]:
    """The block of a list that holds one at most, or of a single object; {} where there is none."""
    if isinstance(value, list):
        value = next(iter(value), None)
    return value if isinstance(value, dict) else {}


def texts(*values: Any) -> list[str]:
    """All texts of lists and single values, empty and unknown ones left out."""
    found: list[str] = []
    for value in values:
        items = value if isinstance(value, list) else [value]
        found += [item for item in items if isinstance(item, str) and item]
    return found


def has_gap(*values: Any) -> bool:
    """Whether one of the values, or an item of it, is not known yet."""
    return any(
        value is UNKNOWN or (isinstance(value, list) and UNKNOWN in value) for value in values
    )


def json_in(text: object) -> Any:
    """What a JSON text holds; None for what is no text, or no JSON."""
    try:
        return msgspec.json.decode(text) if isinstance(text, str) else None
    except (msgspec.DecodeError, RecursionError):
        return None


def last_part(value: object) -> str:
    """What follows the last slash: the name at the end of an id, an address or a link."""
    return str(value).rpartition("/")[2]

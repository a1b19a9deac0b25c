"""Whether something of a value is known only after the apply."""

from __future__ import annotations

from typing import Any

from iacrisk.plan import UNKNOWN


def holds_unknown(value: Any) -> bool:
    """Whether the value, or anything inside it, is not known yet."""
    if isinstance(value, dict):
        return any(map(holds_unknown, value.values()))
    if isinstance(value, list):
        return any(map(holds_unknown, value))
    return value is UNKNOWN

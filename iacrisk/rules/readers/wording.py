"""Lists and grants in the words of a finding."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from iacrisk.plan.policy_document import Effect, Grant, name_grants

_SHOWN: Final = 3


def texts(value: Any) -> list[str]:
    """The texts of a list, or of a scalar where a provider takes either; nothing else."""
    if isinstance(value, str):
        return [value]
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def some_of(items: Iterable[str]) -> str:
    """The first few items and how many more there are."""
    listed = list(dict.fromkeys(items))
    more = f" and {len(listed) - _SHOWN} more" if len(listed) > _SHOWN else ""
    return ", ".join(listed[:_SHOWN]) + more


def grants_text(grants: Iterable[Grant]) -> str:
    """The first few grants without the word that says allow or deny."""
    return name_grants(grants).replace(f"{Effect.DENY} ", "")

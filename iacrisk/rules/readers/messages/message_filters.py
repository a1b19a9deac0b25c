"""Which messages the filter of a subscription lets through, where it compares with plain values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any, Final

import msgspec

from iacrisk.patterns import regex
from iacrisk.plan import ResourceChange
from iacrisk.rules.readers.alternatives import alternatives

Chosen = Mapping[str, frozenset[str]]
"""By property, the values of which a message has one."""

_MOST: Final = 256
_EQUALS: Final = regex(r"^(?:sys\.|user\.)?([\w.\-\[\]]+)\s*=\s*'([^']*)'$", re.IGNORECASE)
_IN: Final = regex(
    r"^(?:sys\.|user\.)?([\w.\-\[\]]+)\s+in\s*\(\s*('[^']*'(?:\s*,\s*'[^']*')*)\s*\)$",
    re.IGNORECASE,
)
_QUOTED: Final = regex(r"'([^']*)'")

RULE: Final = "azurerm_servicebus_subscription_rule"
SNS: Final = "aws_sns_topic_subscription"
EVENT_RULE: Final = "aws_cloudwatch_event_rule"
EVENT_GRID: Final = frozenset(
    {
        "azurerm_eventgrid_event_subscription",
        "azurerm_eventgrid_system_topic_event_subscription",
    }
)


def chosen_by(change: ResourceChange, values: Mapping[str, Any]) -> list[Chosen] | None:
    """The alternatives of the filter; None where it says more than which values there are."""
    if change.type == RULE:
        text = values.get("sql_filter")
        sql = values.get("filter_type") == "SqlFilter" and isinstance(text, str)
        return _sql(str(text)) if sql else None
    if change.type == SNS:
        return _policy(values.get("filter_policy"))
    if change.type == EVENT_RULE:
        return _policy(values.get("event_pattern"))
    types = values.get("included_event_types")
    narrowed = values.get("advanced_filter") or values.get("subject_filter")
    if narrowed or not isinstance(types, list) or not all(isinstance(one, str) for one in types):
        return None
    return [{"type": frozenset(types)}] if types else None


def _sql(text: str) -> list[Chosen] | None:
    found: list[Chosen] = []
    for parts in alternatives(text):
        chosen: dict[str, frozenset[str]] = {}
        for part in parts:
            match = _EQUALS.match(part) or _IN.match(part)
            if match is None:
                return None
            name = match[1].lower()
            values = frozenset(
                _QUOTED.findall(f"'{match[2]}'" if "'" not in match[2] else match[2])
            )
            chosen[name] = chosen.get(name, values) & values
        found.append(chosen)
    return found


def _policy(text: object) -> list[Chosen] | None:
    try:
        policy = msgspec.json.decode(text) if isinstance(text, str) else None
    except msgspec.DecodeError:
        return None
    if not isinstance(policy, dict) or not policy:
        return None
    flat = dict(_flat(policy, ""))
    if not all(isinstance(one, str) for values in flat.values() for one in values):
        return None
    return [{name: frozenset(values) for name, values in flat.items()}]


def _flat(policy: Mapping[str, Any], above: str) -> Iterator[tuple[str, list[Any]]]:
    """Each property with its values, those inside others by their path."""
    for name, values in policy.items():
        if isinstance(values, dict):
            yield from _flat(values, f"{above}{name}.")
        else:
            yield f"{above}{name}", values if isinstance(values, list) else [None]


def no_longer_chosen(before: list[Chosen], after: list[Chosen]) -> list[Chosen] | None:
    """Each message, by single values, that was let through and is no more; None for too many."""
    lost: list[Chosen] = []
    for chosen in before:
        names = sorted(chosen)
        combinations = list(product(*(sorted(chosen[name]) for name in names)))[: _MOST + 1]
        if len(combinations) > _MOST:
            return None
        for values in combinations:
            message = {name: frozenset({value}) for name, value in zip(names, values, strict=True)}
            if not any(covers(one, message) for one in after):
                lost.append(message)
    return lost


def covers(wider: Chosen, chosen: Chosen) -> bool:
    """Whether all that the second chooses is chosen by the first as well."""
    return all(name in chosen and chosen[name] <= values for name, values in wider.items())


def meet(one: Chosen, other: Chosen) -> bool:
    """Whether a message may be chosen by both."""
    return all(one[name] & other[name] for name in one.keys() & other.keys())

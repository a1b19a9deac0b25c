"""For how many days a backup policy keeps the copy that it keeps longest."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from iacrisk.patterns import regex
from iacrisk.plan import UNKNOWN
from iacrisk.rules.readers.programs.lifetimes import number_of
from iacrisk.rules.readers.shapes import blocks

Values = Mapping[str, Any]
AMAZON_PLAN: Final = "aws_backup_plan"
FOR_EVER: Final = 365_000
_COUNTED: Final = {
    "retention_daily": 1,
    "retention_weekly": 7,
    "retention_monthly": 30,
    "retention_yearly": 365,
}
_DAYS: Final = frozenset({"backup_retention_days"})
_SPANS: Final = regex(r"^duration$|retention_duration$")
_SPAN: Final = regex(r"^P(\d+)([DWMY])$", re.IGNORECASE)
_DECIDES: Final = regex(r"^(rule|count|lifecycle|delete_after|duration)$|^(?!instant).*retention")
_UNITS: Final = {"D": 1, "W": 7, "M": 30, "Y": 365}


def longest_kept(type_name: str, policy: Values) -> int | None:
    """Days of the longest retention of a policy; None where it cannot be read."""
    if _is_hidden(policy):
        return None
    if type_name == AMAZON_PLAN:
        return max(map(_amazon, blocks(policy.get("rule"))), default=None)
    return max(_found(policy), default=None)


def _is_hidden(tree: Values) -> bool:
    """Whether something that says how long is known only after the apply."""
    return any(
        bool(_DECIDES.search(name)) if value is UNKNOWN else any(map(_is_hidden, blocks(value)))
        for name, value in tree.items()
    )


def _amazon(rule: Values) -> int:
    """A rule of AWS Backup without an end keeps for ever."""
    ends = [number_of(one.get("delete_after")) for one in blocks(rule.get("lifecycle"))]
    return next((int(end) for end in ends if end), FOR_EVER)


def _found(tree: Values) -> Iterator[int]:
    for name, value in tree.items():
        if value is UNKNOWN:
            continue
        factor = _COUNTED.get(name)
        for block in blocks(value):
            count = number_of(block.get("count")) if factor else None
            if factor and count:
                yield int(count * factor)
            elif not factor:
                yield from _found(block)
        if name in _DAYS and (days := number_of(value)):
            yield int(days)
        span = _SPAN.match(value) if isinstance(value, str) and _SPANS.search(name) else None
        if span is not None:
            yield int(span[1]) * _UNITS[span[2].upper()]

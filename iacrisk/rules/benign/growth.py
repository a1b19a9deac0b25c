"""Whether numbers only grow."""

from __future__ import annotations

from typing import Any, Final

from iacrisk.catalog import harmless
from iacrisk.patterns import regex
from iacrisk.plan import ResourceChange

_MOST: Final = 3
_COUNTS: Final = frozenset(
    {
        "desired_size",
        "max_node_count",
        "max_replicas",
        "max_size",
        "min_node_count",
        "min_replicas",
        "min_size",
        "replicas",
        "total_max_node_count",
        "total_min_node_count",
    }
)
_BLOCKS: Final = frozenset({"autoscaling", "scaling_config", "spec"})
_CLASS: Final = regex(r"db\.([a-z]+)\d+[a-z]*\.(\w+)")


def is_number(value: Any) -> bool:
    """Whether the value is a number and no boolean."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def grows(before: Any, after: Any) -> bool:
    """Whether a count grows, to three times at most."""
    old, new = _number(before), _number(after)
    return old is not None and new is not None and 0 < old < new <= old * _MOST


def all_grow(change: ResourceChange) -> bool:
    """Whether all that differs are counts in a scaling block, and they grow."""
    if not change.changed or not change.changed <= _BLOCKS:
        return False
    return all(
        str(difference.path[-1]) in _COUNTS
        and len(difference.path) <= 3
        and grows(difference.before, difference.after)
        for difference in change.differences()
    )


def larger_class(before: Any, after: Any) -> bool:
    """Whether an RDS class has a larger size and is not of a weaker family."""
    old, new = _CLASS.fullmatch(str(before)), _CLASS.fullmatch(str(after))
    if old is None or new is None or (new[1] == "t" and old[1] != "t"):
        return False
    sizes = harmless.INSTANCE_SIZES
    if old[2] not in sizes or new[2] not in sizes:
        return False
    same_kind = old[1] == new[1] or old[1] == "t"
    return same_kind and sizes.index(new[2]) >= sizes.index(old[2])


def _number(value: Any) -> float | None:
    if is_number(value):
        return float(value)
    return float(value) if isinstance(value, str) and value.isdigit() else None

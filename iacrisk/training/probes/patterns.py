"""Whether an EventBridge pattern takes an event. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def matches_event(pattern: Mapping[str, Any], event: Mapping[str, Any]) -> bool | None:
    """Every field of the pattern must match; None when an operator is not known here."""
    results = [_field(wanted, event.get(key)) for key, wanted in pattern.items()]
    if False in results:
        return False
    return None if None in results else True


def _field(wanted: Any, value: Any) -> bool | None:
    if isinstance(wanted, Mapping):
        return matches_event(wanted, value if isinstance(value, Mapping) else {})
    results = [_test(each, value) for each in wanted]
    if True in results:
        return True
    return None if None in results else False


def _test(test: Any, value: Any) -> bool | None:
    values = value if isinstance(value, list) else [value]
    if not isinstance(test, Mapping):
        return test in values
    operator, operand = next(iter(test.items()))
    match operator:
        case "prefix" if isinstance(operand, str):
            return any(isinstance(each, str) and each.startswith(operand) for each in values)
        case "suffix" if isinstance(operand, str):
            return any(isinstance(each, str) and each.endswith(operand) for each in values)
        case "exists":
            return bool((value is not None) == operand)
        case "anything-but" if not isinstance(operand, Mapping):
            refused = operand if isinstance(operand, list) else [operand]
            return value is not None and not any(each in refused for each in values)
        case _:
            return None

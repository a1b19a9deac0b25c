"""Three answers: true, false, and UNKNOWN where a value that decides is known only after apply."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from iacrisk.plan import UNKNOWN
from iacrisk.plan.values import Unknown

Answer = bool | Unknown
Spend = Callable[[int], None]
"""Takes steps from the budget; raises where it is used up."""

_PER_STEP: Final = 256
"""Characters of text that are looked at in one step."""


class Partial(list[Any]):
    """A list of which more may exist than is known."""


def both(left: Answer, right: Answer) -> Answer:
    """`and`."""
    if left is False or right is False:
        return False
    return right if left is True else UNKNOWN


def either(left: Answer, right: Answer) -> Answer:
    """`or`."""
    return negated(both(negated(left), negated(right)))


def negated(answer: Answer) -> Answer:
    """`not`."""
    return UNKNOWN if answer is UNKNOWN else answer is False


def unknown(*values: Any) -> bool:
    """Whether one of the values is unknown as a whole."""
    return any(value is UNKNOWN for value in values)


def same(left: Any, right: Any, spend: Spend) -> Answer:
    """Whether two values are equal: false where a known part differs, whatever is unknown."""
    spend(1)
    if unknown(left, right):
        return UNKNOWN
    if isinstance(left, dict) and isinstance(right, dict):
        pairs: Iterable[tuple[Any, Any]] = (
            (left.get(name), right.get(name)) for name in left.keys() | right.keys()
        )
    elif isinstance(left, list) and isinstance(right, list):
        if len(left) != len(right):
            return False
        pairs = zip(left, right, strict=True)
    else:
        if isinstance(left, str) and isinstance(right, str):
            spend(len(left) // _PER_STEP)
        return bool(kind_of(left) == kind_of(right) and left == right)
    answer: Answer = True
    for one, other in pairs:
        answer = both(answer, same(one, other, spend))
        if answer is False:
            return False
    return answer


def kind_of(value: Any) -> str:
    """What a person calls the value's type; true is no number."""
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case list():
            return "a list"
        case dict():
            return "a map"
        case _:
            return "something else"

"""How a number, a switch or a word is changed: the choices that operators share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from iacrisk.training.operators.literals import Choose
from iacrisk.training.operators.syntax import Expression


def doubled(limit: int = 2**40) -> Choose:
    """Twice the number, at most the limit."""

    def choose(value: Expression) -> Iterator[str]:
        number = _whole(value)
        if 0 < number < limit:
            yield _as_written(value, min(limit, number * 2))

    return choose


def halved(least: int = 1) -> Choose:
    """Half the number, at least so much."""

    def choose(value: Expression) -> Iterator[str]:
        if _whole(value) > least:
            yield _as_written(value, max(least, _whole(value) // 2))

    return choose


def lowered_to(*numbers: int) -> Choose:
    """Each of the numbers that is smaller."""

    def choose(value: Expression) -> Iterator[str]:
        yield from (str(number) for number in numbers if number < _whole(value))

    return choose


def stepped(ladder: Sequence[int], *, up: bool) -> Choose:
    """The next rung of a ladder, and the last one."""

    def choose(value: Expression) -> Iterator[str]:
        number = _whole(value)
        rungs = [rung for rung in ladder if (rung > number if up else 0 <= rung < number)]
        if number and rungs:
            yield from map(str, (rungs[0], rungs[-1]))

    return choose


def turned(to: bool) -> Choose:
    """The switch in this position."""

    def choose(value: Expression) -> Iterator[str]:
        if value.kind == "truth":
            yield str(to).lower()

    return choose


def fixed(*texts: str) -> Choose:
    """These texts, whatever stands there."""

    def choose(_value: Expression) -> Iterator[str]:
        yield from texts

    return choose


def mapped(table: Mapping[str, Iterable[str]]) -> Choose:
    """What a table offers for the text between the quotes."""

    def choose(value: Expression) -> Iterator[str]:
        for text in table.get(value.literal, ()):
            yield f'"{text}"' if value.kind == "text" else text

    return choose


def _as_written(value: Expression, number: int) -> str:
    return f'"{number}"' if value.kind == "text" else str(number)


def _whole(value: Expression) -> int:
    try:
        return int(value.literal)
    except ValueError:
        return 0

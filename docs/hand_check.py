"""The generated part about the outcomes that were checked by hand."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final, get_args

from docs.pages import table
from fixtures.lab.hand_check import Checked, Verdict, read_checked

_CONFIDENCE: Final = 0.95


def hand_check_tables() -> str:
    """How many outcomes were right, with exact intervals, and what was wrong with the others."""
    checked = read_checked()
    return "\n\n".join(
        [
            "\n".join(table(["fault", "of", "share", "95% interval"], _rates(checked))),
            "\n".join(table(["verdict", "harmful", "not harmful"], _verdicts(checked))),
            "\n".join(table(["kind of fault", "verdict", "rows"], _kinds(checked))),
            "\n".join(table(["case", "recorded", "verdict", "why"], _faults(checked))),
        ]
    )


def exact_interval(hits: int, number: int) -> tuple[float, float]:
    """Clopper and Pearson: the shares under which so many and so few hits are not too rare."""
    tail = (1 - _CONFIDENCE) / 2

    def at_most(most: int, share: float) -> float:
        return sum(
            math.comb(number, k) * share**k * (1 - share) ** (number - k) for k in range(most + 1)
        )

    low = 0.0 if hits == 0 else _falls_to(lambda share: at_most(hits - 1, share), 1 - tail)
    high = 1.0 if hits == number else _falls_to(lambda share: at_most(hits, share), tail)
    return low, high


def _falls_to(function: Callable[[float], float], value: float) -> float:
    """Where a function that falls from 1 to 0 has a value."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if function(middle) > value else (low, middle)
    return high


def _rates(checked: Sequence[Checked]) -> list[list[str]]:
    harmful = [item for item in checked if item.harmful == "yes"]
    others = [item for item in checked if item.harmful == "no"]
    wrong: tuple[Verdict, ...] = ("wrong label", "wrong class", "wrong victims")
    return [
        _rate("harmful or not is wrong", checked, ("wrong label",)),
        _rate("called harmful and is not", harmful, ("wrong label",)),
        _rate("not called harmful and is", others, ("wrong label",)),
        _rate("the victims are wrong, the label is not", harmful, ("wrong victims",)),
        _rate("anything is wrong", checked, wrong),
        _rate("anything is wrong or doubtful", checked, (*wrong, "doubtful")),
    ]


def _rate(fault: str, checked: Sequence[Checked], verdicts: Sequence[Verdict]) -> list[str]:
    hits = sum(item.verdict in verdicts for item in checked)
    low, high = exact_interval(hits, len(checked))
    return [
        fault,
        f"{hits} of {len(checked)}",
        f"{hits / len(checked):.0%}",
        f"{low:.1%} to {high:.1%}",
    ]


def _verdicts(checked: Sequence[Checked]) -> list[list[str]]:
    counts = Counter((item.verdict, item.harmful) for item in checked)
    return [[name, *(str(counts[name, said]) for said in ("yes", "no"))] for name in _ORDER]


_ORDER: Final[tuple[Verdict, ...]] = get_args(Verdict)


def _kinds(checked: Sequence[Checked]) -> list[list[str]]:
    counts = Counter((item.verdict, item.kind) for item in checked if item.kind)
    ordered = sorted(counts.items(), key=lambda pair: (_ORDER.index(pair[0][0]), -pair[1], pair[0]))
    return [[kind, verdict, str(count)] for (verdict, kind), count in ordered]


def _faults(checked: Sequence[Checked]) -> list[list[str]]:
    found = [item for item in checked if item.verdict != "right"]
    return [
        [
            f"`{item.case}`".replace("|", "/"),
            item.worst,
            item.verdict,
            f"{item.aws}. {item.reason} ([source]({item.source})).",
        ]
        for item in sorted(found, key=lambda item: (_ORDER.index(item.verdict), item.case))
    ]

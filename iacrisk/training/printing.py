"""Evaluations as text for a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from iacrisk.classifier.artifact import Criterion, OwnEvaluation
from iacrisk.training.tables import BUDGETS, FINAL, Evaluation, SetReport

_MEANING: Final = (
    "In brackets: 95% intervals over stacks. AUC: how often a harmful plan ranks\n"
    "above a harmless one. AP: average precision. Top n%: share of harmful plans\n"
    "among the riskiest n% of all.\n"
)
_CASE: Final = 54


def render_criteria(evaluation: OwnEvaluation) -> str:
    """An own model beside the one that it would replace."""
    title = (
        f"{evaluation.plans} own plans of {evaluation.groups} root modules, {evaluation.harmful} "
        f"harmful; each judged unseen.\n"
    )
    if evaluation.between:
        title += f"{evaluation.between} more are neither harmful nor harmless and count nowhere.\n"
    rows = [
        [item.name, f"{item.parent:.3f}", f"{item.own:.3f}", _needed(item), _verdict(item)]
        for item in evaluation.criteria
    ]
    head = ["", "in use", "new", "needed", ""]
    lines = [title, *_columns([head, *rows]), ""]
    if not any(item.name.endswith(FINAL) for item in evaluation.criteria):
        lines += [f"Not judged on the {FINAL}: the model in use holds no examples of them.", ""]
    return "\n".join([*lines, ""])


def _needed(item: Criterion) -> str:
    return f"{'at most' if item.most else 'at least'} {item.bound:.3f}"


def _verdict(item: Criterion) -> str:
    return "passed" if item.passed else "FAILED"


def render_evaluation(evaluation: Evaluation) -> str:
    """The tables of the model card."""
    lines = [f"Model {evaluation.model[:12]}: {evaluation.kind}", "", _MEANING]
    for item in evaluation.sets:
        lines += [*_set(item), ""]
    if evaluation.between:
        held = f"{evaluation.between_held_by_rules:.0%}"
        lines += [
            f"{evaluation.between} further plans are neither harmful nor harmless; "
            f"rules hold {held} of them.",
            "",
        ]
    return "\n".join(lines)


def _set(item: SetReport) -> Iterator[str]:
    yield f"{item.name.capitalize()} stacks: {item.plans} plans of {item.stacks} stacks, "
    yield f"{item.harmful} harmful. Calibration error {item.calibration_error}."
    yield ""
    yield from _columns(
        [
            ["", "AUC", "AP"],
            *([each.judge, each.auc, each.average_precision] for each in item.judges),
        ]
    )
    yield ""
    tops = [f"top {budget:.0%}" for budget in BUDGETS]
    yield from _columns(
        [["", *tops], *([each.judge, *map(_value, each.recall)] for each in item.judges)]
    )
    yield ""
    deciding = [each for each in item.judges if each.harmful_passed]
    yield from _columns(
        [
            ["", "harmful passed", "harmless held"],
            *([each.judge, each.harmful_passed, each.harmless_held] for each in deciding),
        ]
    )
    yield ""
    yield from _columns(
        [
            ["victims named", "precision", "recall"],
            *([each.judge, f"{each.precision:.2f}", f"{each.recall:.2f}"] for each in item.named),
        ]
    )
    yield from _misses(item)


def _misses(item: SetReport) -> Iterator[str]:
    if item.worst_misses:
        yield ""
        rows = [[_short(each.case), each.worst, f"{each.chance:.2f}"] for each in item.worst_misses]
        yield from _columns([["worst misses of rules and model", "harm", "chance"], *rows])


def _short(case: str) -> str:
    return case if len(case) <= _CASE else case[: _CASE - 3] + "..."


def _value(figure: str) -> str:
    """The figure without its interval."""
    return figure.partition(" ")[0]


def _columns(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """The first column to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for first, *rest in rows:
        cells = (cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True))
        yield "  ".join([first.ljust(widths[0]), *cells]).rstrip()

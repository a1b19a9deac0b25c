"""The kinds of model we try, each fitted by scikit-learn and exported as tables of amounts.

From the simplest on: a logistic regression on steps, the same with products of two steps,
boosted stumps (one column each: additive), boosted trees of depth two (two columns each).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, Final, Protocol

import msgspec
import numpy as np

from iacrisk.classifier import PairTerm, Term
from iacrisk.features import COLUMNS
from iacrisk.training.encoding import GROWS, Matrix, Step, Vector, encode, steps_of

_SUPPORT: Final = 12
_PAIR_SUPPORT: Final = 15
_SEED: Final = 20260101

CONTEXT: Final = (
    "users",
    "hit.stay",
    "hit.near",
    "type.carrier",
    "type.attachment",
    "parent.stays",
    "link.cut",
    "mentions.old_name",
    "twin.created",
    "siblings",
)
"""Columns that say where a change stands; what it does is multiplied with these."""

DOES: Final = (
    "takes",
    "gives",
    "swaps",
    "unknown",
    "action.create",
    "action.delete",
    "action.replace",
    "policy.taken",
    "policy.given",
    "renamed",
)


class Tables(msgspec.Struct, frozen=True, kw_only=True):
    """A fitted model as plain data."""

    intercept: float
    terms: tuple[Term, ...]
    pairs: tuple[PairTerm, ...] = ()


class Fitted(Protocol):
    """A model that scikit-learn has fitted."""

    def log_odds(self, matrix: Matrix) -> Vector:
        """scikit-learn's own answer."""
        ...

    def tables(self) -> Tables:
        """The same as tables of amounts."""
        ...


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of model with its settings; a smaller `rank` is simpler."""

    name: str
    rank: int
    settings: dict[str, float]

    def fit(self, matrix: Matrix, harmful: Vector, weights: Vector) -> Fitted:
        """Fit to changes with labels 0 and 1 and weights."""
        fit = _fit_logistic if self.name.startswith("logistic") else _fit_boosted
        return fit(matrix, harmful, weights, self.settings)


KINDS: Final = (
    Kind(name="logistic, C=0.1", rank=0, settings={"C": 0.1, "pairs": 0}),
    Kind(name="logistic, C=0.03", rank=0, settings={"C": 0.03, "pairs": 0}),
    Kind(name="logistic, C=0.3", rank=0, settings={"C": 0.3, "pairs": 0}),
    Kind(name="logistic with products, C=0.1", rank=1, settings={"C": 0.1, "pairs": 1}),
    Kind(name="boosted stumps", rank=2, settings={"leaves": 2, "rounds": 80, "rate": 0.1, "l2": 2}),
    Kind(name="boosted pairs", rank=3, settings={"leaves": 3, "rounds": 60, "rate": 0.1, "l2": 2}),
)


class _Logistic:
    def __init__(self, fitted: Any, steps: list[Step], pairs: list[tuple[Step, Step]]) -> None:
        self._fitted = fitted
        self._steps = steps
        self._pairs = pairs

    def log_odds(self, matrix: Matrix) -> Vector:
        answers: Vector = self._fitted.decision_function(encode(matrix, self._steps, self._pairs))
        return answers

    def tables(self) -> Tables:
        weights = self._fitted.coef_[0]
        amounts: dict[int, dict[float, float]] = defaultdict(dict)
        for (column, cut), weight in zip(self._steps, weights, strict=False):
            amounts[column][cut] = float(weight)
        terms = tuple(_staircase(column, amounts[column]) for column in sorted(amounts))
        pairs = tuple(
            PairTerm(
                columns=(COLUMNS[one[0]].name, COLUMNS[two[0]].name),
                cuts=((one[1],), (two[1],)),
                amounts=((0.0, 0.0), (0.0, float(weight))),
            )
            for (one, two), weight in zip(self._pairs, weights[len(self._steps) :], strict=True)
            if weight
        )
        return Tables(intercept=float(self._fitted.intercept_[0]), terms=terms, pairs=pairs)


def _staircase(column: int, rises: dict[float, float]) -> Term:
    cuts = tuple(sorted(rises))
    heights = np.concatenate([[0.0], np.cumsum([rises[cut] for cut in cuts])])
    return Term(column=COLUMNS[column].name, cuts=cuts, amounts=tuple(map(float, heights)))


def _fit_logistic(
    matrix: Matrix, harmful: Vector, weights: Vector, settings: dict[str, float]
) -> _Logistic:
    """Where more is never less dangerous, what would lower the answer is left out."""
    steps = steps_of(matrix, _SUPPORT) or steps_of(matrix, 1)
    pairs = list(_products(matrix, steps)) if settings["pairs"] else []
    while True:
        fitted = _regression(settings["C"]).fit(encode(matrix, steps, pairs), harmful, weights)
        products: list[tuple[Step, ...]] = [*((step,) for step in steps), *pairs]
        falling = {
            parts
            for parts, weight in zip(products, fitted.coef_[0], strict=True)
            if weight < 0 and any(GROWS[column] for column, _ in parts)
        }
        if not falling:
            return _Logistic(fitted, steps, pairs)
        steps = [step for step in steps if (step,) not in falling]
        pairs = [pair for pair in pairs if pair not in falling]


def _regression(strength: float) -> Any:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - loads slowly

    return LogisticRegression(C=strength, max_iter=1000, tol=1e-4)


def _products(matrix: Matrix, steps: Sequence[Step]) -> Iterator[tuple[Step, Step]]:
    names = {step: COLUMNS[step[0]].name for step in steps}
    doing = [step for step in steps if names[step] in DOES and step[1] == 0.5]
    standing = [step for step in steps if names[step] in CONTEXT and step[1] == 0.5]
    for one in doing:
        for two in standing:
            both = (matrix[:, one[0]] > one[1]) & (matrix[:, two[0]] > two[1])
            alone = (matrix[:, one[0]] > one[1]) & ~both
            if both.sum() >= _PAIR_SUPPORT and alone.sum() >= _PAIR_SUPPORT:
                yield one, two


class _Boosted:
    def __init__(self, fitted: Any, used: Sequence[int]) -> None:
        self._fitted = fitted
        self._used = used

    def log_odds(self, matrix: Matrix) -> Vector:
        answers: Vector = self._fitted.decision_function(matrix[:, self._used])
        return answers

    def tables(self) -> Tables:
        grids: dict[tuple[int, ...], list[_Box]] = defaultdict(list)
        intercept = float(np.ravel(self._fitted._baseline_prediction)[0])  # noqa: SLF001
        for (predictor,) in self._fitted._predictors:  # noqa: SLF001
            for ranges, value in _leaves(predictor.nodes):
                box = {self._used[column]: ends for column, ends in ranges.items()}
                grids[tuple(sorted(box))].append((box, value))
        return _purified(intercept, grids)


_Ranges = dict[int, tuple[float, float]]
"""Column to the half-open range (low, high] that a leaf covers."""

_Box = tuple[_Ranges, float]


def _leaves(nodes: Any, number: int = 0, ranges: _Ranges | None = None) -> Iterator[_Box]:
    ranges = ranges or {}
    node = nodes[number]
    if node["is_leaf"]:
        yield ranges, float(node["value"])
        return
    column, cut = int(node["feature_idx"]), float(node["num_threshold"])
    low, high = ranges.get(column, (-np.inf, np.inf))
    yield from _leaves(nodes, int(node["left"]), {**ranges, column: (low, min(high, cut))})
    yield from _leaves(nodes, int(node["right"]), {**ranges, column: (max(low, cut), high)})


def _purified(intercept: float, grids: dict[tuple[int, ...], list[_Box]]) -> Tables:
    """Tables that are zero at zero: a pair's share of one column alone goes to that column."""
    singles: dict[int, list[tuple[tuple[float, float], float]]] = defaultdict(list)
    pairs: list[PairTerm] = []
    for columns, boxes in grids.items():
        if len(columns) == 0:
            intercept += sum(value for _, value in boxes)
        elif len(columns) == 1:
            singles[columns[0]] += [(ranges[columns[0]], value) for ranges, value in boxes]
        else:
            pairs.append(_pair(columns, boxes, singles))
            intercept += _at(boxes, dict.fromkeys(columns, 0.0))
    terms = []
    for column in sorted(singles):
        term, at_zero = _single(column, singles[column])
        intercept += at_zero
        terms.append(term)
    return Tables(intercept=intercept, terms=tuple(terms), pairs=tuple(pairs))


def _at(boxes: Sequence[_Box], point: dict[int, float]) -> float:
    return sum(
        value
        for ranges, value in boxes
        if all(low < point[column] <= high for column, (low, high) in ranges.items())
    )


def _cuts(boxes: Sequence[_Box], column: int) -> list[float]:
    ends = {end for ranges, _ in boxes for end in ranges[column]}
    return sorted(end for end in ends if np.isfinite(end))


def _middles(cuts: Sequence[float]) -> list[float]:
    """A point in each interval between the cuts."""
    if not cuts:
        return [0.0]
    inner = [(one + two) / 2 for one, two in pairwise(cuts)]
    return [cuts[0] - 1, *inner, cuts[-1] + 1]


def _pair(
    columns: tuple[int, ...],
    boxes: Sequence[_Box],
    singles: dict[int, list[tuple[tuple[float, float], float]]],
) -> PairTerm:
    one, two = columns
    cuts = _cuts(boxes, one), _cuts(boxes, two)
    at_zero = _at(boxes, {one: 0.0, two: 0.0})
    for column, other in ((one, two), (two, one)):
        own = _cuts(boxes, column)
        bounds = [-np.inf, *own, np.inf]
        for (low, high), middle in zip(pairwise(bounds), _middles(own), strict=True):
            alone = _at(boxes, {column: middle, other: 0.0}) - at_zero
            singles[column].append(((low, high), alone))
    amounts = tuple(
        tuple(
            _at(boxes, {one: x, two: y})
            - _at(boxes, {one: x, two: 0.0})
            - _at(boxes, {one: 0.0, two: y})
            + at_zero
            for y in _middles(cuts[1])
        )
        for x in _middles(cuts[0])
    )
    return PairTerm(
        columns=(COLUMNS[one].name, COLUMNS[two].name),
        cuts=(tuple(cuts[0]), tuple(cuts[1])),
        amounts=amounts,
    )


def _single(column: int, pieces: Sequence[tuple[tuple[float, float], float]]) -> tuple[Term, float]:
    cuts = sorted({end for ends, _ in pieces for end in ends if np.isfinite(end)})
    heights = [
        sum(value for (low, high), value in pieces if low < middle <= high)
        for middle in _middles(cuts)
    ]
    at_zero = sum(value for (low, high), value in pieces if low < 0 <= high)
    amounts = tuple(height - at_zero for height in heights)
    return Term(column=COLUMNS[column].name, cuts=tuple(cuts), amounts=amounts), at_zero


def _fit_boosted(
    matrix: Matrix, harmful: Vector, weights: Vector, settings: dict[str, float]
) -> _Boosted:
    from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415 - loads slowly

    used = sorted({column for column, _ in steps_of(matrix, _SUPPORT)})
    booster = HistGradientBoostingClassifier(
        learning_rate=settings["rate"],
        max_iter=int(settings["rounds"]),
        max_leaf_nodes=int(settings["leaves"]),
        max_depth=2 if settings["leaves"] > 2 else 1,
        min_samples_leaf=_SUPPORT,
        l2_regularization=settings["l2"],
        monotonic_cst=GROWS[used].astype(int),
        early_stopping=False,
        random_state=_SEED,
    )
    return _Boosted(booster.fit(matrix[:, used], harmful, weights), used)

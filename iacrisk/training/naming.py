"""The model that says whom a change hurts: fitted on plans of which the victims are known.

An additive logistic model of single columns and of products of two: what the change does with who
may suffer, and how that one is reached with who it is. Both sources of labels are learnt from
together; each has habits of its own, which get columns of their own and are not shipped, so the
shipped model stands halfway between both.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np

from iacrisk.classifier import HitArtifact, HitManifest, PairTerm, Term
from iacrisk.classifier.artifact import FORMAT
from iacrisk.features import HIT_SCHEMA
from iacrisk.features.columns import COUNT, FLAG
from iacrisk.features.hit_columns import DIFFERS, DOES, FROM, HIT_COLUMNS, ITSELF, PATH, TO
from iacrisk.training.attribution import chances
from iacrisk.training.encoding import Matrix, Vector
from iacrisk.training.examples import Example
from iacrisk.training.splits import folds, is_final
from iacrisk.training.told import Told

HITS_FILE: Final = "hits.json"
STRENGTH: Final = 0.05
KIND: Final = f"logistic with products, C={STRENGTH}"
_SUPPORT: Final = 10
_CUTS: Final = {FLAG: (0.5,), COUNT: (0.5, 1.5, 3.5, 7.5, 15.5)}
_HALF: Final = {"lab": 0.5, "pairs": -0.5}
_GRID: Final = tuple(number / 100 for number in range(1, 100))

Step = tuple[str, float]
Product = tuple[Step, ...]
"""One step or two: one where all values lie above their cuts."""

_CHANGE: Final = frozenset(column.name for column in (*DOES, *FROM, *DIFFERS))
_WHO: Final = frozenset({column.name for column in TO} | {"itself"})
_HOW: Final = frozenset(column.name for column in PATH if column.unit == FLAG) | {"via.hit"}
_HABITS: Final = frozenset(
    {column.name for column in (*DOES, *FROM, *ITSELF)} | {column.name for column in TO}
)
"""What the sources see differently."""


class Products:
    """The columns and products of two that enough rows have."""

    def __init__(self, rows: Iterable[Mapping[str, float]]) -> None:
        """Look at all rows, and at no label."""
        counts = Counter(product for values in rows for product in _products(values))
        self.products = tuple(sorted(item for item, n in counts.items() if n >= _SUPPORT))
        self._places = {product: place for place, product in enumerate(self.products)}
        self.habits = [
            place
            for place, product in enumerate(self.products)
            if len(product) == 1 and product[0][0] in _HABITS
        ]

    def encode(self, rows: Sequence[Mapping[str, float]]) -> Matrix:
        """A matrix of zeros and ones."""
        matrix = np.zeros((len(rows), len(self.products)))
        for number, values in enumerate(rows):
            places = [self._places[p] for p in _products(values) if p in self._places]
            matrix[number, places] = 1
        return matrix


def _products(values: Mapping[str, float]) -> Iterator[Product]:
    steps = [
        (name, cut) for name, value in values.items() for cut in _CUTS[_UNITS[name]] if value > cut
    ]
    yield from ((step,) for step in steps)
    first = [step for step in steps if step[1] == 0.5]
    who = [step for step in first if step[0] in _WHO]
    for one in first:
        if one[0] in _CHANGE or one[0] in _HOW:
            yield from ((one, two) for two in who)


_UNITS: Final = {column.name: column.unit for column in HIT_COLUMNS}


class Naming:
    """Plans of which the victims are known, as arrays."""

    def __init__(self, plans: Sequence[Told]) -> None:
        """Encode every party of every plan."""
        self.plans = tuple(plans)
        parties = [party for plan in plans for party in plan.parties]
        self.starts = np.concatenate([[0], np.cumsum([len(plan.parties) for plan in plans])])
        self.products = Products(party.values for party in parties)
        self._matrix = self.products.encode([party.values for party in parties])
        self.suffers = np.array(
            [party.address in plan.sufferers for plan in plans for party in plan.parties],
            dtype=np.bool_,
        )
        halves = [_HALF[plan.source] for plan in plans for _ in plan.parties]
        self._halves = np.array(halves)

    def lines(self, plans: Iterable[int]) -> Any:
        """The rows of some plans."""
        ranges = [np.arange(self.starts[plan], self.starts[plan + 1]) for plan in plans]
        return np.concatenate(ranges) if ranges else np.zeros(0, dtype=np.int64)

    def matrix(self, lines: Any, *, with_habits: bool) -> Matrix:
        """What the fit sees; without the habits of a source, as the shipped model sees it."""
        plain = self._matrix[lines]
        halves = self._halves[lines] if with_habits else np.zeros(len(lines))
        habits = plain[:, self.products.habits] * halves[:, None]
        return np.column_stack([plain, habits, halves])


class Fitted:
    """scikit-learn's own model."""

    def __init__(self, naming: Naming, plans: Sequence[int]) -> None:
        """Fit to some of the plans."""
        from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - loads slowly

        lines = naming.lines(plans)
        regression = LogisticRegression(C=STRENGTH, max_iter=1000, solver="liblinear")
        self._regression: Any = regression.fit(
            naming.matrix(lines, with_habits=True), naming.suffers[lines]
        )
        self._naming = naming

    def log_odds(self, plans: Sequence[int]) -> Vector:
        """scikit-learn's answers for the parties of some plans, without a source's habits."""
        matrix = self._naming.matrix(self._naming.lines(plans), with_habits=False)
        answers: Vector = self._regression.decision_function(matrix)
        return answers

    def tables(self) -> tuple[float, tuple[Term, ...], tuple[PairTerm, ...]]:
        """Intercept, terms and pairs of the shipped part."""
        rises: dict[str, dict[float, float]] = defaultdict(dict)
        pairs = []
        weights = self._regression.coef_[0]
        for product, weight in zip(self._naming.products.products, weights, strict=False):
            if len(product) == 1:
                rises[product[0][0]][product[0][1]] = float(weight)
            else:
                pairs.append(_pair(product, float(weight)))
        terms = tuple(_staircase(name, rises[name]) for name in sorted(rises))
        return float(self._regression.intercept_[0]), terms, tuple(pairs)


def _pair(product: Product, weight: float) -> PairTerm:
    (one, cut), (two, other) = product
    return PairTerm(
        columns=(one, two), cuts=((cut,), (other,)), amounts=((0.0, 0.0), (0.0, weight))
    )


def _staircase(column: str, rises: dict[float, float]) -> Term:
    cuts = tuple(sorted(rises))
    heights = np.concatenate([[0.0], np.cumsum([rises[cut] for cut in cuts])])
    return Term(column=column, cuts=cuts, amounts=tuple(map(float, heights)))


def unseen_log_odds(naming: Naming) -> Vector:
    """Each party's log odds by a model that saw neither its stack nor its families, nor its set.

    Not a number where no such model could be fitted.
    """
    answers = np.full(len(naming.suffers), np.nan)
    lab = [number for number, plan in enumerate(naming.plans) if plan.source == "lab"]
    pairs = [number for number, plan in enumerate(naming.plans) if plan.source == "pairs"]
    for fold in folds([naming.plans[number].origin for number in lab]):
        tested = [lab[number] for number in fold.tested]
        _answer(naming, [*(lab[number] for number in fold.trained), *pairs], tested, answers)
    for group in sorted({naming.plans[number].group for number in pairs}):
        tested = [number for number in pairs if naming.plans[number].group == group]
        others = [number for number in pairs if naming.plans[number].group != group]
        _answer(naming, [*lab, *others], tested, answers)
    return answers


def _answer(naming: Naming, trained: Sequence[int], tested: Sequence[int], into: Vector) -> None:
    lines = naming.lines(tested)
    labels = naming.suffers[naming.lines(trained)]
    if len(lines) and labels.any() and not labels.all():
        into[lines] = Fitted(naming, trained).log_odds(tested)


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """Of one plan: how many are named, how many of them suffer, how many victims are found."""

    named: int
    right: int
    victims: int
    found: int


def tally(told: Told, named: frozenset[str]) -> Tally:
    """A victim is found where it is named, or a program that acts as it."""
    return Tally(
        named=len(named),
        right=len(named & told.sufferers),
        victims=len(told.victims),
        found=sum(
            victim in named or not named.isdisjoint(told.programs.get(victim, frozenset()))
            for victim in told.victims
        ),
    )


def named_at(told: Told, own: Vector, bar: float) -> frozenset[str]:
    """Whom the report names: the likely ones and those that a rule names."""
    return frozenset(
        party.address
        for party, chance in zip(told.parties, own, strict=True)
        if (chance >= bar or party.by_rule) and (told.source == "lab" or party.waits)
    )


def balance(tallies: Sequence[Tally]) -> float:
    """The harmonic mean of precision and recall, recall weighing twice (F2).

    A victim who is not named is met in production; one named in vain costs a glance.
    """
    precision = sum(item.right for item in tallies) / max(1, sum(item.named for item in tallies))
    recall = sum(item.found for item in tallies) / max(1, sum(item.victims for item in tallies))
    return 5 * precision * recall / max(1e-9, 4 * precision + recall)


def choose_bar(naming: Naming, log_odds: Vector) -> float:
    """The bar with the best mean balance of both sources."""
    return max(_GRID, key=lambda bar: (round(_worth(naming, log_odds, bar), 6), -bar))


def _worth(naming: Naming, log_odds: Vector, bar: float) -> float:
    by_source: dict[str, list[Tally]] = defaultdict(list)
    for told, own in judged(naming, log_odds):
        by_source[told.source].append(tally(told, named_at(told, own, bar)))
    return float(np.mean([balance(tallies) for tallies in by_source.values()]))


def judged(naming: Naming, log_odds: Vector) -> Iterator[tuple[Told, Vector]]:
    """The plans that an unseeing model has judged, each with its chances."""
    for number, told in enumerate(naming.plans):
        own = log_odds[naming.starts[number] : naming.starts[number + 1]]
        if not np.isnan(own).any():
            yield told, chances(own)


def told_of(examples: Sequence[Example]) -> list[Told]:
    """The plans with known victims of the stacks that are not in the final test."""
    return [
        example.told
        for example in examples
        if example.told is not None and not is_final(example.origin.stack)
    ]


def train_hits(plans: Sequence[Told], folder: Path) -> HitManifest | None:
    """Write the model of who is hit into `folder`; None where there is nothing to learn from."""
    naming = Naming(plans)
    if not naming.suffers.any() or naming.suffers.all():
        return None
    bar = choose_bar(naming, unseen_log_odds(naming))
    intercept, terms, pairs = Fitted(naming, range(len(naming.plans))).tables()
    artifact = HitArtifact(format=FORMAT, intercept=intercept, terms=terms, pairs=pairs, bar=bar)
    encoded = _one_line_each(artifact)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / HITS_FILE).write_bytes(encoded)
    return HitManifest(
        model=HITS_FILE,
        sha256=sha256(encoded).hexdigest(),
        feature_schema=HIT_SCHEMA,
        kind=KIND,
        data={
            "plans of the lab": sum(plan.source == "lab" for plan in naming.plans),
            "pairs": sum(plan.source == "pairs" for plan in naming.plans),
            "rows": len(naming.suffers),
            "sufferers": int(naming.suffers.sum()),
        },
    )


def _one_line_each(artifact: HitArtifact) -> bytes:
    """JSON with a line for each table: there are many small ones."""
    fields: dict[str, Any] = msgspec.to_builtins(artifact)
    parts = []
    for name, value in fields.items():
        if isinstance(value, list | tuple):
            items = b",\n  ".join(map(msgspec.json.encode, value))
            parts.append(b' "%s": [\n  %s\n ]' % (name.encode(), items))
        else:
            parts.append(b' "%s": %s' % (name.encode(), msgspec.json.encode(value)))
    return b"{\n" + b",\n".join(parts) + b"\n}\n"

"""Which cases are run: singles and combinations, in an order that the seed fixes.

Each stack has an order of its own, so that a new stack changes nothing for the others. In it every
family has its turns, a large family more (by the square root of its operators' shares), and inside
a family every operator has its share. Turns alternate
between the operators that their author expects to do no harm mostly and the others, and what is
added in a combination is of the former: else nearly every combination would hurt something, and
the harmless would be too few to learn from.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import cycle
from math import sqrt
from random import Random

from iacrisk.errors import SettingsError
from iacrisk.training.case import Case, Edit
from iacrisk.training.operators.registry import OPERATORS
from iacrisk.training.operators.soundness import faults
from iacrisk.training.operators.stack import Operator, Site, Splice, Stack, collide

_SIZES = (1, 1, 2, 1, 1, 1, 3, 1, 1, 2, 1, 1, 4, 1, 1, 2, 1, 1, 3, 1)
"""How many edits the cases have, over and over: seven in ten are single."""
_CALM = (False, False, True, False)
"""Whose turn it is, over and over: even of the others less than half hurt anything."""
_TRIES = 5
_CONTROLS = 3
"""Cases per stack whose plan changes no resource: no edit at all, and edits of text only."""


def draw(stack: Stack, seed: int, operators: Sequence[Operator] = OPERATORS) -> Iterator[Case]:
    """The cases of a stack, the controls first, until no site is left."""
    pool = _Pool(stack, seed, operators)
    yield Case(stack=stack.name, seed=seed)
    for _ in range(_CONTROLS - 1):
        if taken := pool.take(pool.silent):
            yield pool.case([taken])
    for size, calm in zip(cycle(_SIZES), cycle(_CALM), strict=False):
        edits = pool.combine(size, calm=calm)
        if not edits:
            return
        yield pool.case(edits)


_Taken = tuple[Operator, Site]


class _Pool:
    """The sites that are left, and how often each family and operator had its turn."""

    def __init__(self, stack: Stack, seed: int, operators: Sequence[Operator]) -> None:
        self.stack = stack
        self.seed = seed
        self.random = Random(f"{seed}/{stack.name}")  # noqa: S311 - for variety, not for secrecy
        self.sites = {operator.name: self._shuffled(operator) for operator in operators}
        self.turns: Counter[str] = Counter()
        self.made: set[frozenset[Splice]] = set()
        self.lots = {operator.name: self.random.random() for operator in operators}
        shares: dict[str, float] = {}
        for operator in operators:
            family = self._family(operator)
            shares[family] = shares.get(family, 0.0) + operator.share
        self.weights = {family: sqrt(share) for family, share in shares.items()}
        serious = [operator for operator in operators if not operator.silent]
        self.silent = [operator for operator in operators if operator.silent]
        self.calm = [operator for operator in serious if operator.calm]
        self.wild = [operator for operator in serious if not operator.calm]

    def _shuffled(self, operator: Operator) -> list[Site]:
        found = {(site.where, site.parameter): site for site in operator.find(self.stack)}
        sites = [found[key] for key in sorted(found)]
        Random(f"{self.seed}/{self.stack.name}/{operator.name}").shuffle(sites)  # noqa: S311
        return sites

    def combine(self, size: int, *, calm: bool) -> list[_Taken]:
        """So many edits that can be made together; fewer where no more fit, none at the end."""
        first = self.calm if calm else self.wild
        taken = self.take(first) or self.take((*self.calm, *self.wild))
        edits = [taken] if taken else []
        while edits and len(edits) < size:
            more = self._beside(edits)
            if more is None:
                break
            edits.append(more)
        return edits

    def take(self, operators: Sequence[Operator]) -> _Taken | None:
        """The next sound site of the operator whose turn it is; it will not come again.

        What another operator has made already, to the letter, is passed over.
        """
        for operator in sorted(operators, key=self._turn):
            sites = self.sites[operator.name]
            while sites:
                site = sites.pop()
                made = frozenset(site.splices)
                if made not in self.made and self._sound(site.splices):
                    self.made.add(made)
                    self.turns.update((operator.name, self._family(operator)))
                    return operator, site
        return None

    def _turn(self, operator: Operator) -> tuple[float, float, float]:
        family = self._family(operator)
        turns = self.turns[operator.name] / operator.share
        return self.turns[family] / self.weights[family], turns, self.lots[operator.name]

    def _family(self, operator: Operator) -> str:
        """The operators of a family that take turns: the calm ones and the others apart."""
        return f"{operator.family}/{operator.calm}"

    def _beside(self, edits: list[_Taken]) -> _Taken | None:
        """An edit that goes with the others, drawn by lot from what is mostly harmless."""
        used = {operator.name for operator, _ in edits}
        made = tuple(splice for _, site in edits for splice in site.splices)
        operators = [
            operator
            for operator in (*self.calm, *self.silent)
            if operator.name not in used and self.sites[operator.name]
        ]
        self.random.shuffle(operators)
        for operator in operators:
            sites = self.sites[operator.name]
            for site in self.random.sample(sites, min(_TRIES, len(sites))):
                apart = not any(collide(one, other) for one in made for other in site.splices)
                if apart and self._sound((*made, *site.splices)):
                    return operator, site
        return None

    def _sound(self, splices: tuple[Splice, ...]) -> bool:
        try:
            texts = self.stack.edited(splices)
            return texts != self.stack.texts and not faults(Stack(self.stack.name, texts))
        except SettingsError:
            return False

    def case(self, edits: list[_Taken]) -> Case:
        """The edits as the rows of the data set name them."""
        return Case(
            stack=self.stack.name,
            seed=self.seed,
            edits=tuple(
                Edit(
                    operator=operator.name,
                    family=operator.family,
                    site=site.where,
                    parameter=site.parameter,
                )
                for operator, site in edits
            ),
        )

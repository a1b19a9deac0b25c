"""What the answers about a type mean, as a row of the catalog's table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Final

import msgspec

from iacrisk.training.replacing.asking import Asked, Outcome, Step

BLOCK_MARK: Final = "{}"
_PLAIN: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:/-@*")


class Fact(StrEnum):
    """What a change of an argument does. The values are the table's columns."""

    ALWAYS = "always"
    """It replaces, whether the argument is changed, given or taken away."""
    KEPT = "kept"
    """Another value replaces; where the argument is absent, the object keeps what it has."""
    SWITCHED = "switched"
    """Giving it or taking it away replaces, another value does not."""
    SOMETIMES = "sometimes"
    """It depends on the values or on other arguments."""
    UNTOLD = "untold"
    """The provider did not answer."""
    HELD = "held"
    """It is changed in place; where it is taken away, the object keeps what it has."""
    IN_PLACE = "in place"
    """Not listed."""


SEEN: Final[Mapping[str, Mapping[str, Fact]]] = {
    "aws_instance": {"instance_type": Fact.SOMETIMES},
}
"""What plans of the lab show and no question could: the provider asks the cloud about it."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A type's row: paths by fact, and what the provider puts where an argument is absent."""

    type: str
    facts: Mapping[str, Fact]
    defaults: Mapping[str, Any]

    def cells(self) -> list[str]:
        """The cells in the order of the table's head."""
        listed = [
            " ".join(path for path, fact in sorted(self.facts.items()) if fact is column)
            for column in _LISTED
        ]
        defaults = {name: _as_text(value) for name, value in sorted(self.defaults.items())}
        plain = [f"{name}={text}" for name, text in defaults.items() if _PLAIN.issuperset(text)]
        return [self.type, *listed, " ".join(plain)]


_LISTED: Final = (
    Fact.ALWAYS,
    Fact.KEPT,
    Fact.SWITCHED,
    Fact.SOMETIMES,
    Fact.UNTOLD,
    Fact.HELD,
)
HEAD: Final = ("type", *_LISTED, "defaults")


def row_of(
    type_name: str, asked: Iterable[Asked], beyond: Iterable[str], defaults: Mapping[str, Any]
) -> Row:
    """The row of a type; `beyond` are blocks that were not asked about."""
    facts = {
        answer.target.path + (BLOCK_MARK if answer.target.is_block else ""): fact_of(answer)
        for answer in asked
        if answer.outcomes
    }
    facts |= {f"{path}.*": Fact.UNTOLD for path in beyond}
    facts |= SEEN.get(type_name, {})
    return Row(type=type_name, facts=_folded(facts), defaults=defaults)


def fact_of(asked: Asked) -> Fact:
    """What the outcomes of one argument say together."""
    told = {step: _told(outcomes) for step, outcomes in asked.outcomes.items()}
    given, removed = told.get(Step.GIVEN), told.get(Step.REMOVED)
    if asked.target.is_block:
        change = told.get(Step.MORE) or given
    else:
        change = _agreed([told.get(Step.CHANGED), told.get(Step.BACK)])
    match change:
        case Outcome.REPLACES:
            return _where_it_replaces(asked, given, removed)
        case Outcome.IN_PLACE:
            return _where_it_does_not(asked, given, removed)
        case None:
            return Fact.SOMETIMES if Outcome.REPLACES in (given, removed) else Fact.UNTOLD
        case _:
            return Fact.SOMETIMES


def _where_it_replaces(asked: Asked, given: Outcome | None, removed: Outcome | None) -> Fact:
    if asked.target.required or given == removed == Outcome.REPLACES:
        return Fact.ALWAYS
    return Fact.KEPT if removed in (None, Outcome.IN_PLACE) else Fact.SOMETIMES


def _where_it_does_not(asked: Asked, given: Outcome | None, removed: Outcome | None) -> Fact:
    if given == removed == Outcome.REPLACES:
        return Fact.SWITCHED
    if {given, removed} <= {None, Outcome.IN_PLACE}:
        is_held = set(asked.outcomes.get(Step.REMOVED, ())) == {Outcome.NOTHING}
        return Fact.HELD if is_held and asked.target.computed else Fact.IN_PLACE
    return Fact.SOMETIMES


def _told(outcomes: tuple[Outcome, ...]) -> Outcome | None:
    """What the ways to fill the rest agree on: OTHER where they do not, None where none told.

    No difference is like an update: nothing is replaced. Another reason to replace counts only
    where no way went without: it is mostly an argument that a state would not lack.
    """
    found = {Outcome.IN_PLACE if o is Outcome.NOTHING else o for o in outcomes}
    found.discard(Outcome.REFUSED)
    if Outcome.OTHER in found and len(found) > 1:
        found.discard(Outcome.OTHER)
    if Outcome.NOTHING in outcomes and Outcome.REPLACES in found:
        found.discard(Outcome.IN_PLACE)  # the values of one way were the same to the provider
    return _agreed(found)


def _agreed(outcomes: Iterable[Outcome | None]) -> Outcome | None:
    found = {outcome for outcome in outcomes if outcome is not None}
    return found.pop() if len(found) == 1 else Outcome.OTHER if found else None


def _folded(facts: Mapping[str, Fact]) -> dict[str, Fact]:
    """Blocks of which everything inside and the block itself have one fact, as `block.*`."""
    kept = dict(facts)
    folds = {path.rpartition(".")[0] for path in facts if "." in path}
    for block in sorted(folds, key=lambda path: -path.count(".")):
        inside = {path for path in kept if path.startswith(f"{block}.")}
        inside |= {block + BLOCK_MARK} & kept.keys()
        found = {kept[path] for path in inside}
        if len(inside) > 1 and len(found) == 1 and found <= {Fact.ALWAYS, Fact.UNTOLD}:
            for path in inside:
                del kept[path]
            kept[f"{block}.*"] = found.pop()
    return {path: fact for path, fact in kept.items() if fact is not Fact.IN_PLACE}


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value}"

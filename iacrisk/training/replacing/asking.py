"""Asks the provider what becomes of each argument's change."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import Any, Final

import msgspec

from iacrisk.training.replacing.schema import Block
from iacrisk.training.replacing.values import (
    KINDS,
    KNOWN,
    Filling,
    Role,
    Target,
    Texts,
    candidates,
    fill,
    kind_of,
    texts_of,
)
from iacrisk.training.replacing.wire import Answer, plan_answer, plan_request

Ask = Callable[[str, bytes], bytes]
"""A method of the provider's service and a request, to the response."""


class Step(StrEnum):
    """A way in which an argument changes."""

    CHANGED = "changed"
    BACK = "back"
    GIVEN = "given"
    REMOVED = "removed"
    MORE = "more"


class Outcome(StrEnum):
    """What the provider makes of it."""

    REPLACES = "replaces"
    IN_PLACE = "in place"
    NOTHING = "nothing"
    """It sees no difference."""
    OTHER = "other"
    """It replaces, and names another argument as the reason."""
    REFUSED = "refused"


_LESSONS: Final = 12
_PATH_TOLD: Final = re.compile(r"Path: (\S+)")
_VALID_TOLD: Final = re.compile(r"Valid Values: \[(.+?)\]")
_KEYS: Final = re.compile(r"\[.*?\](?=\.|$)")
_UNTOLD: Final = frozenset({Outcome.NOTHING, Outcome.REFUSED})


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """The outcomes of one argument, by step, one for each way to fill the rest."""

    target: Target
    outcomes: dict[Step, tuple[Outcome, ...]]
    refusals: tuple[str, ...] = ()


class Questions:
    """The questions about one resource type."""

    def __init__(self, ask: Ask, type_name: str, block: Block) -> None:
        self._ask, self._type, self._block = ask, type_name, block
        self._refusals: dict[str, None] = {}
        self._learned: dict[str, Texts] = dict(KNOWN.get(type_name, {}))
        self.defaults = self._defaults()
        """What the provider puts where an argument is absent, of plain top-level ones."""

    def about(self, target: Target) -> Asked:
        """What becomes of each step, with only the required arguments and with all.

        With all of them it is asked for the first step, and where the first answer was no update.
        """
        self._refusals.clear()
        outcomes: dict[Step, tuple[Outcome, ...]] = {}
        for step, old, new in _steps(target, self._pair(target), self.defaults):
            found = [self._outcome(target, False, old, new)]
            if not outcomes or found != [Outcome.IN_PLACE]:
                found.append(self._outcome(target, True, old, new))
            outcomes[step] = tuple(found)
        return Asked(target=target, outcomes=outcomes, refusals=tuple(self._refusals))

    def _defaults(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for _ in range(_LESSONS):
            config = fill(self._block, Filling(role=Role.CONFIG, learned=self._learned))
            answer = self._plan(None, config, config)
            if not self._learn(answer.errors):
                break
        planned = answer.planned if isinstance(answer.planned, dict) else {}
        for argument in self._block.arguments:
            value = planned.get(argument.name)
            is_left_out = argument.optional and config[argument.name] is None
            if is_left_out and isinstance(value, str | int | float) and value not in (0, ""):
                found[argument.name] = value
        return found

    def _pair(self, target: Target) -> tuple[Any, Any]:
        """Two values that the provider accepts and tells apart, or else those the name asks for."""
        if target.is_block:
            return 0, 1
        own = kind_of(target.path.rpartition(".")[2])
        first = candidates(target, texts_of(own))
        if '"string"' not in msgspec.json.encode(target.type).decode():
            return first
        for kind in (own, *(kind for kind in KINDS if kind != own)):
            pair = candidates(target, self._learned.get(target.path, texts_of(kind)))
            for full in (False, True):
                if self._outcome(target, full, *pair) not in _UNTOLD:
                    return pair
            if texts := self._learned.get(target.path):
                return candidates(target, texts)
        return first

    def _outcome(self, target: Target, full: bool, old: Any, new: Any) -> Outcome:
        answer = self._step(target, full, old, new)
        for _ in range(_LESSONS):
            if not self._learn(answer.errors):
                break
            answer = self._step(target, full, old, new)
        if answer.errors:
            self._refusals |= dict.fromkeys(answer.errors)
            return Outcome.REFUSED
        if answer.replaces:
            anyway = self._step(target, full, old, old)
            replaces = set(answer.replaces) - set(anyway.replaces)
            if any(_covers(path, target.path) for path in replaces):
                return Outcome.REPLACES
            if any(_covers(path, target.path) for path in anyway.replaces):
                return Outcome.REFUSED
            if replaces:
                return Outcome.OTHER
        before = self._filled(Role.PRIOR, target, full, old)
        return Outcome.NOTHING if answer.planned == before else Outcome.IN_PLACE

    def _learn(self, errors: tuple[str, ...]) -> bool:
        """Take the texts that a refusal asks for; False where it taught nothing new."""
        known = len(self._learned)
        for error in errors:
            path = _PATH_TOLD.search(error)
            valid = _VALID_TOLD.search(error)
            name = _KEYS.sub("", path[1]) if path else ""
            if name and valid:
                words = valid[1].split()
                self._learned.setdefault(name, (words[0], words[-1]))
            elif name and "ARN" in error:
                self._learned.setdefault(name, texts_of("arn"))
        return len(self._learned) > known

    def _step(self, target: Target, full: bool, old: Any, new: Any) -> Answer:
        stays = new is None and target.computed
        return self._plan(
            self._filled(Role.PRIOR, target, full, old),
            self._filled(Role.PROPOSED, target, full, old if stays else new),
            self._filled(Role.CONFIG, target, full, new),
        )

    def _filled(self, role: Role, target: Target, full: bool, put: Any) -> dict[str, Any]:
        filling = Filling(
            role=role,
            target=target.path,
            put=put,
            full=full,
            defaults=self.defaults,
            learned=self._learned,
        )
        return fill(self._block, filling)

    def _plan(self, prior: Any, proposed: Any, config: Any) -> Answer:
        request = plan_request(self._type, prior, proposed, config)
        return plan_answer(self._ask("PlanResourceChange", request))


def _covers(path: str, target: str) -> bool:
    """A path that leads to the target, or into it: sets are named as a whole."""
    return f"{target}.".startswith(f"{path}.") or path.startswith(f"{target}.")


_BLOCK_STEPS: Final = ((Step.GIVEN, 0, 1), (Step.REMOVED, 1, 0), (Step.MORE, 1, 2))


def _steps(
    target: Target, pair: tuple[Any, Any], defaults: Mapping[str, Any]
) -> Iterator[tuple[Step, Any, Any]]:
    if target.is_block:
        for step, old, new in _BLOCK_STEPS:
            if target.repeats if step is Step.MORE else not target.required:
                yield step, old, new
        return
    first, second = pair
    yield Step.CHANGED, first, second
    yield Step.BACK, second, first
    if not target.required:
        other = second if first == defaults.get(target.path) else first
        yield Step.GIVEN, None, other
        yield Step.REMOVED, other, None

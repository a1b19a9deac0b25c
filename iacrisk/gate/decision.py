"""The verdict on a plan, with the reasons that led to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Final

import msgspec

from iacrisk.gate.policy import (
    Consequence,
    EnvironmentSettings,
    Policy,
    Scrutiny,
    Thresholds,
)
from iacrisk.plan import Doubt, DoubtFound, matches
from iacrisk.score import ChangeScore, plan_score


class Verdict(StrEnum):
    """What happens to the plan, mildest first."""

    ALLOWED = "allowed"
    APPROVAL_REQUIRED = "approval-required"
    BLOCKED = "blocked"
    COULD_NOT_REVIEW = "could-not-review"

    @property
    def exit_code(self) -> int:
        """The process exit code that says so."""
        return _EXIT_CODES[self]


_EXIT_CODES: Final = {
    Verdict.ALLOWED: 0,
    Verdict.COULD_NOT_REVIEW: 2,
    Verdict.APPROVAL_REQUIRED: 3,
    Verdict.BLOCKED: 4,
}
_VERDICTS: Final = {
    Consequence.NOTE: Verdict.ALLOWED,
    Consequence.APPROVAL_REQUIRED: Verdict.APPROVAL_REQUIRED,
    Consequence.BLOCKED: Verdict.BLOCKED,
    Consequence.COULD_NOT_REVIEW: Verdict.COULD_NOT_REVIEW,
}


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """Why the verdict is at least `verdict`. `address` is "" for the plan as a whole."""

    verdict: Verdict
    what: str
    address: str = ""


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict and every reason for anything but "allowed", gravest first.

    `asked`: those of the reasons that the policy adds to the score by who wrote the change.
    """

    verdict: Verdict
    reasons: tuple[Reason, ...]
    thresholds: Thresholds
    asked: tuple[Reason, ...] = ()


def gravest(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst of several verdicts, which decides; allowed where there are none."""
    order = list(Verdict)
    return max(verdicts, key=order.index, default=Verdict.ALLOWED)


def decide(
    scores: Sequence[ChangeScore],
    types: Mapping[str, str],
    doubts: Sequence[DoubtFound],
    policy: Policy,
    environment: EnvironmentSettings,
    scrutiny: Scrutiny = Scrutiny(),  # noqa: B008 - frozen
    asked: Iterable[Reason] = (),
) -> Decision:
    """The verdict; `types` maps each change's address to its resource type.

    `scrutiny` and `asked`: what the policy wants beyond the score.
    """
    thresholds = _thresholds(policy, environment, scrutiny)
    further = tuple(asked)
    reasons = [
        *_doubt_reasons(doubts, policy),
        *_score_reasons(scores, types, thresholds, policy),
        *_sum_reasons(scores, types, thresholds, policy),
        *_always_held(scores, types, policy),
        *further,
    ]
    order = list(Verdict)
    reasons.sort(key=lambda reason: (-order.index(reason.verdict), reason.address, reason.what))
    verdict = reasons[0].verdict if reasons else Verdict.ALLOWED
    return Decision(verdict=verdict, reasons=tuple(reasons), thresholds=thresholds, asked=further)


def _thresholds(policy: Policy, environment: EnvironmentSettings, scrutiny: Scrutiny) -> Thresholds:
    default = policy.thresholds
    hold = default.hold if environment.hold is None else environment.hold
    block = default.block if environment.block is None else environment.block
    return Thresholds(
        hold=hold if scrutiny.hold is None else min(hold, scrutiny.hold),
        block=block if scrutiny.block is None else min(block, scrutiny.block),
    )


def _doubt_reasons(doubts: Sequence[DoubtFound], policy: Policy) -> Iterator[Reason]:
    for found in doubts:
        verdict = _VERDICTS[_consequence(found.doubt, policy)]
        if verdict is not Verdict.ALLOWED:
            yield Reason(verdict=verdict, what=found.problem)


def _consequence(doubt: Doubt, policy: Policy) -> Consequence:
    match doubt:
        case Doubt.ERRORED:
            return policy.doubts.errored
        case Doubt.INCOMPLETE:
            return policy.doubts.incomplete
        case Doubt.DEFERRED:
            return policy.doubts.deferred
        case Doubt.UNKNOWN_ACTION:
            return policy.doubts.unknown_action
        case Doubt.UNKNOWN_FORMAT:
            return policy.doubts.unknown_format
        case Doubt.CHANGES_MISSING:
            return policy.doubts.changes_missing
        case Doubt.ACTION_INVOCATION:
            return policy.doubts.action_invocation
        case Doubt.RULE_FAILED:
            return policy.doubts.rule_failed
        case Doubt.MODEL_UNUSABLE:
            return policy.doubts.model_unusable
        case Doubt.CONFIGURATION_UNREAD:
            return policy.doubts.configuration_unread


def _score_reasons(
    scores: Sequence[ChangeScore],
    types: Mapping[str, str],
    thresholds: Thresholds,
    policy: Policy,
) -> Iterator[Reason]:
    for item in scores:
        verdict = _by_score(item.score, thresholds)
        if verdict is not Verdict.ALLOWED and not _listed(policy.never_hold, item.address, types):
            yield Reason(
                verdict=verdict, what=f"it scores {item.score} of 100", address=item.address
            )


def _sum_reasons(
    scores: Sequence[ChangeScore],
    types: Mapping[str, str],
    thresholds: Thresholds,
    policy: Policy,
) -> Iterator[Reason]:
    """Changes below the bar may add up to more than it; blocking takes one grave change."""
    counted = [item for item in scores if not _listed(policy.never_hold, item.address, types)]
    score = plan_score(counted)
    if score >= thresholds.hold:
        what = f"together the changes score {score} of 100"
        yield Reason(verdict=Verdict.APPROVAL_REQUIRED, what=what)


def _always_held(
    scores: Sequence[ChangeScore], types: Mapping[str, str], policy: Policy
) -> Iterator[Reason]:
    for item in scores:
        if _listed(policy.always_hold, item.address, types):
            yield Reason(
                verdict=Verdict.APPROVAL_REQUIRED,
                what="the policy always holds it",
                address=item.address,
            )


def _by_score(score: int, thresholds: Thresholds) -> Verdict:
    if score >= thresholds.block:
        return Verdict.BLOCKED
    return Verdict.APPROVAL_REQUIRED if score >= thresholds.hold else Verdict.ALLOWED


def never_held(policy: Policy, address: str, types: Mapping[str, str]) -> bool:
    """Whether the policy says that this change holds no plan."""
    return _listed(policy.never_hold, address, types)


def _listed(globs: Sequence[str], address: str, types: Mapping[str, str]) -> bool:
    return any(matches(glob, address) or matches(glob, types.get(address, "")) for glob in globs)

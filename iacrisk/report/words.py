"""What happens, in plain words, for every format that a person reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from iacrisk.assess import AssessedChange, Assessment
from iacrisk.features import COLUMNS
from iacrisk.gate import Verdict
from iacrisk.plan import ActionKind, Redactor, ResourceChange, Shown
from iacrisk.provenance import Author
from iacrisk.report.plain import count
from iacrisk.rules import SUPPRESSORS

_REASONS = {
    "replace_because_tainted": "because it is tainted",
    "replace_by_request": "because -replace asks for it",
    "replace_by_triggers": "because replace_triggered_by says so",
    "delete_because_no_resource_config": "because its block is gone",
    "delete_because_no_module": "because its module is gone",
    "delete_because_wrong_repetition": "because count or for_each came or went",
    "delete_because_count_index": "because count no longer reaches its index",
    "delete_because_each_key": "because for_each lost its key",
    "delete_because_no_move_target": "because a moved block leads nowhere",
    "delete_because_enabled_false": "because it is disabled",
}
_VERDICTS = {
    Verdict.ALLOWED: "ALLOWED",
    Verdict.APPROVAL_REQUIRED: "APPROVAL REQUIRED",
    Verdict.BLOCKED: "BLOCKED",
    Verdict.COULD_NOT_REVIEW: "COULD NOT REVIEW",
}
SOFT: Final = "Soft run (--soft): the exit code is 0 whatever the verdict."
ITSELF: Final = "the changed resource itself"
_NAMED_ATTRIBUTES = 4
_REASONS_NAMED = 3
_LIKELY_NAMED = 2
_PROBLEMS_NAMED = 5
_UNDECIDED_NAMED = 15
_REFUSALS_NAMED = 10
_SIGNS_NAMED = 3
_LONGEST_NAME = 40


def verdict_title(assessment: Assessment) -> str:
    """`APPROVAL REQUIRED`, and what made it so: approvals, or that there was no plan."""
    verdict = _VERDICTS[assessment.decision.verdict]
    if is_approved(assessment):
        verdict += " BY APPROVAL"
    if assessment.provisional is not None:
        is_allowed = assessment.decision.verdict is Verdict.ALLOWED
        verdict = f"PROVISIONAL, {'NOTHING FOUND' if is_allowed else verdict}"
    return verdict


def verdict_words(verdict: Verdict) -> str:
    """`approval required`, for the middle of a sentence."""
    return _VERDICTS[verdict].lower()


def counts_line(assessment: Assessment) -> str:
    """How many changes there are, and what of them stays undecided or was taken back."""
    changes = assessment.changes
    numbers = {
        "undecided": sum(len(item.undecided) for item in changes),
        "suppressed": sum(len(item.suppressed) for item in changes),
        "waived": len(assessment.waived),
        "disabled": len(assessment.disabled),
    }
    told = [f"{number:,} {name}" for name, number in numbers.items() if number]
    held = len(waiting_addresses(assessment))
    provisional = ["provisional"] if assessment.provisional is not None else []
    return ", ".join([count(len(changes), "change"), f"{held:,} held", *told, *provisional])


def headline(assessment: Assessment) -> str:
    """The verdict and the score."""
    thresholds = assessment.decision.thresholds
    bars = f"holds from {thresholds.hold}"
    if thresholds.block <= 100:
        bars += f", blocks from {thresholds.block}"
    return f"{verdict_title(assessment)}: risk {assessment.score} of 100 ({bars})"


def tally(assessment: Assessment) -> str:
    """How many changes wait and how many do not."""
    waiting = len(waiting_addresses(assessment))
    total = len(assessment.changes)
    if not total:
        return "The plan changes nothing."
    verb = "waited" if is_approved(assessment) else "waits" if waiting == 1 else "wait"
    return f"{waiting:,} of {count(total, 'change')} {verb}."


def footnotes(assessment: Assessment) -> Iterator[str]:
    """What was counted and not told, and what could not be seen."""
    suppressed = sum(len(item.suppressed) for item in assessment.changes)
    undecided = sum(len(item.undecided) for item in assessment.changes)
    if suppressed:
        yield f"{count(suppressed, 'finding')} suppressed as harmless look-alikes."
    if undecided:
        yield f"{count(undecided, 'question')} undecided, because a value is not known yet."
    if assessment.waived:
        yield f"{count(len(assessment.waived), 'finding')} waived by the policy."
    if assessment.disabled:
        yield f"{count(len(assessment.disabled), 'finding')} of disabled rules left out."
    if not assessment.graph.has_configuration:
        yield (
            "The plan carries no configuration, so the graph comes from the prior state and "
            "matching ids alone: who is hit may be incomplete."
        )
    unresolved = len(assessment.graph.unresolved)
    if unresolved:
        yield f"{count(unresolved, 'reference')} could not be followed (see `iacrisk graph`)."
    yield from model_notes(assessment)
    yield from source_notes(assessment)


def is_approved(assessment: Assessment) -> bool:
    """Whether approvals let the plan go."""
    return assessment.approval is not None and assessment.approval.is_enough


def approval_lines(assessment: Assessment) -> Iterator[str]:
    """Who approved until when, what was refused and why, and what is missing."""
    outcome = assessment.approval
    if outcome is None:
        return
    redactor = assessment.plan.redactor
    for grant in outcome.granted:
        until = grant.expires.strftime("%Y-%m-%d %H:%M UTC")
        yield f"Approved by {grant.signer} until {until}: {redactor.text(grant.reason)}"
    for line in outcome.missing:
        yield f"Not approved yet: {line}"
    for refusal in outcome.refused[:_REFUSALS_NAMED]:
        yield f"Approval {_short(refusal.source)} does not count: {refusal.why}"
    rest = len(outcome.refused) - _REFUSALS_NAMED
    if rest > 0:
        yield f"Nor {'do' if rest > 1 else 'does'} {count(rest, 'more approval')}."
    yield from outcome.notes


def _short(source: str) -> str:
    """A file's name, shortened where it is a digest."""
    return f"{source[:12]}…" if len(source) > _LONGEST_NAME else source


def environment_line(assessment: Assessment) -> str:
    """The environment and what says so."""
    found = assessment.environment
    if not found.known:
        return "Environment unknown, so it counts as production."
    return f"Environment {found.environment} ({'; '.join(found.evidence)})."


def provenance_line(assessment: Assessment) -> str:
    """Who wrote the change; empty where nobody said anything and nothing was looked at."""
    found = assessment.told.provenance
    if found.stated is None and not found.looked:
        return ""
    match found.answer:
        case Author.AI if found.contradicted:
            return (
                "A person is said to have written this, and a sign of an AI in it is beyond doubt, "
                "so it counts as written by an AI."
            )
        case Author.AI if found.stated is Author.AI:
            return "Written by an AI, as stated."
        case Author.AI:
            return f"Written by an AI, at least in part (confidence {found.confidence:.1f})."
        case Author.HUMAN:
            return "Written by a person, as stated."
        case Author.UNKNOWN:
            return "Who wrote the change is unknown: that no AI signed it proves nothing."


def claim_lines(assessment: Assessment) -> Iterator[str]:
    """What the plan was held against."""
    for claim in assessment.told.claims:
        if claim.understood:
            yield f"Claimed ({claim.source}): {'; '.join(claim.understood)}."
        else:
            yield f"The claim ({claim.source}) was not understood, so nothing is held against it."


def asked_lines(assessment: Assessment) -> Iterator[str]:
    """What the policy asks for because of who wrote the change, each once."""
    whats = list(dict.fromkeys(reason.what for reason in assessment.decision.asked))
    for what in whats[:_REASONS_NAMED]:
        yield f"It waits by the policy: {what}."
    rest = len(whats) - _REASONS_NAMED
    if rest > 0:
        yield f"And for {count(rest, 'more such reason')}."


def provenance_signs(assessment: Assessment) -> Iterator[tuple[str, Shown]]:
    """The surest signs, each with what it quotes from the change."""
    signs = assessment.told.provenance.markers
    redactor = assessment.plan.redactor
    for sign in signs[:_SIGNS_NAMED]:
        where = f"Sign of {sign.tool} (confidence {sign.confidence:.1f}), {sign.where}"
        yield where, redactor.text(sign.quote)


def waiting_addresses(assessment: Assessment) -> frozenset[str]:
    """The addresses that a reason of the verdict names."""
    return frozenset(r.address for r in assessment.decision.reasons if r.address)


def describe(change: ResourceChange, redactor: Redactor) -> str:
    """What the plan does to one resource."""
    moved = (
        f" (moved from {redactor.address(change.previous_address)})"
        if (change.is_moved and change.previous_address)
        else ""
    )
    imported = " (imported)" if change.imports else ""
    return _deed(change, redactor) + moved + imported


def provisional_line(assessment: Assessment) -> str:
    """That no plan was judged; empty where one was."""
    undecided = assessment.provisional
    if undecided is None:
        return ""
    return (
        "No plan was read: this comes from the configuration alone, and a plan may say otherwise. "
        f"{count(len(undecided), 'thing is', 'things are')} undecided."
    )


def undecided_by_text(assessment: Assessment) -> Iterator[str]:
    """What only a plan decides."""
    undecided = assessment.provisional or ()
    yield from undecided[:_UNDECIDED_NAMED]
    rest = len(undecided) - _UNDECIDED_NAMED
    if rest > 0:
        yield f"and {rest:,} more."


def source_notes(assessment: Assessment) -> Iterator[str]:
    """What of the configuration could not be read or found."""
    problems = assessment.source_problems
    yield from problems[:_PROBLEMS_NAMED]
    rest = len(problems) - _PROBLEMS_NAMED
    if rest > 0:
        yield f"and {count(rest, 'more problem')} with the configuration."


def meaning_of(column: str) -> str:
    """What a column of the model stands for."""
    return next((item.meaning for item in COLUMNS if item.name == column), column)


def model_line(assessment: Assessment, item: AssessedChange) -> str:
    """Why the model finds a change likely to break something; empty where it does not."""
    asked, opinion = assessment.model, item.opinion
    if asked is None or opinion is None:
        return ""
    chance = opinion.prediction.chance
    if chance < asked.bar:
        return ""
    why = [
        " and ".join(map(meaning_of, influence.columns))
        for influence in opinion.influences
        if influence.amount > 0
    ][:_REASONS_NAMED]
    said = f"The trained model gives it a chance of {chance:.2f} to break something"
    if not opinion.counts:
        return f"{said}."
    return f"{said}: {'; '.join(why) or 'it is a change'}"


def model_notes(assessment: Assessment) -> Iterator[str]:
    """What the model says of changes that go through, and why it could not be asked."""
    asked, redactor = assessment.model, assessment.plan.redactor
    waiting = {reason.address for reason in assessment.decision.reasons}
    likely = [
        (item.opinion.prediction.chance, redactor.address(item.address))
        for item in assessment.changes
        if asked is not None
        and item.opinion is not None
        and item.opinion.prediction.chance >= asked.bar
        and item.address not in waiting
    ]
    if likely:
        likely.sort(key=lambda pair: (-pair[0], pair[1]))
        named = [f"{address} ({chance:.2f})" for chance, address in likely[:_LIKELY_NAMED]]
        rest = len(likely) - len(named)
        named += [f"{rest:,} more"] if rest else []
        yield (
            "The trained model, which holds nothing here, finds likely to break something: "
            f"{', '.join(named)} (see `iacrisk explain`)."
        )
    yield from assessment.model_problems


def _deed(change: ResourceChange, redactor: Redactor) -> str:
    why = _REASONS.get(change.action_reason or "", "")
    match change.kind:
        case ActionKind.CREATE:
            return "created"
        case ActionKind.READ:
            return "read during apply"
        case ActionKind.NO_OP:
            return "unchanged"
        case ActionKind.FORGET:
            return "dropped from the state; the object itself stays"
        case ActionKind.UPDATE:
            return f"changed in place: {_listing(sorted(change.changed), redactor)}"
        case ActionKind.DELETE:
            return f"destroyed {why}".rstrip()
        case ActionKind.REPLACE:
            return f"{_replacement(change)} {why or _forced_by(change, redactor)}".rstrip()
        case ActionKind.UNKNOWN:
            return f"unknown actions: {redactor.text('/'.join(change.actions) or 'none')}"


def _replacement(change: ResourceChange) -> str:
    if "forget" in change.actions:
        return "created anew, the old object is left running"
    return (
        "created anew, then the old one destroyed"
        if change.creates_first
        else ("destroyed, then created again")
    )


def _forced_by(change: ResourceChange, redactor: Redactor) -> str:
    paths = sorted(map(redactor.path, change.replace_paths))
    return f"because {', '.join(paths)} cannot change in place" if paths else ""


def _listing(names: list[str], redactor: Redactor) -> Shown:
    named = ", ".join(names[:_NAMED_ATTRIBUTES])
    rest = len(names) - _NAMED_ATTRIBUTES
    return redactor.text(f"{named} and {rest} more" if rest > 0 else named)


def folded(changes: tuple[AssessedChange, ...]) -> list[str]:
    """One line per kind for changes that nobody has to read: "312 updates: only tags change"."""
    names = {item.id: item.name for item in SUPPRESSORS}
    kinds = Counter((names.get(item.benign, ""), _plural(item.change.kind)) for item in changes)
    lines = sorted(kinds.items(), key=lambda item: (-item[1], item[0]))
    return [
        f"{number:,} {kind if number > 1 else kind.rstrip('s')}" + (f": {name}" if name else "")
        for (name, kind), number in lines
    ]


def _plural(kind: ActionKind) -> str:
    match kind:
        case ActionKind.NO_OP:
            return "moves and imports"
        case ActionKind.FORGET:
            return "forgotten resources"
        case ActionKind.UNKNOWN:
            return "unknown actions"
        case _:
            return f"{kind}s"


def may_notice(number: int, named: int) -> str:
    """How many are hit and not named."""
    return f"and {number:,} more may notice" if named else f"{number:,} may notice"


def likely(chance: float) -> str:
    """How likely somebody suffers where the change does harm."""
    return f"suffers with a chance of {chance:.2f}, if anything does"

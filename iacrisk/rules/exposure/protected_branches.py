"""X15: a protection looks at other branches than before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.branch_names import (
    PROTECTIONS,
    USUAL,
    Protected,
    branch_samples,
    default_branches,
    names_of_repository,
    parts_of_repository,
    protected,
)
from iacrisk.rules.readers.settings.unknowns import holds_unknown
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

_ARGUMENTS: Final = ("branch", "conditions", "content", "pattern")


@rule(
    id="X15",
    name="protection-moved",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.DETECTION,
    kinds={ActionKind.UPDATE, ActionKind.REPLACE},
    types=PROTECTIONS,
)
def protection_moved(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """The protection of a branch, or rules on merges, no longer concern a branch that they did.

    What it flags
        A pattern, a list of references or a ruleset's condition that no longer fits the default
        branch or another one that it fitted, where no other protection of the plan fits it.
        GitHub, GitLab, Bitbucket and CodeCommit are read alike.

    Why it matters
        Anybody who may push changes the branch, without a review or a check, and what deploys
        from protected branches alone deploys no more. The object itself looks as strict as ever.

    When it is fine
        The default branch moves with it, another protection fits the branch, or the branch is
        gone.

    What to do instead
        Add a second protection for the other branches.

    References
        https://docs.github.com/repositories/configuring-branches-and-merges-in-your-repository
        https://docs.gitlab.com/user/project/repository/branches/protected/
    """
    before = protected(change.type, change.before)
    after = protected(change.type, change.after)
    if before is None or after is None:
        hidden = [name for name in _ARGUMENTS if holds_unknown(change.after.get(name))]
        if before is not None and hidden:
            why = "Which branches it will protect is not known."
            yield Undecided(why=why, paths=((hidden[0],),))
        return
    names = names_of_repository(before.repository, change, context)
    was, becomes = default_branches(names, context)
    asked = {*branch_samples(before.include), *((was,) if was else USUAL)}
    lost = [
        branch
        for branch in sorted(asked)
        if before.holds(branch, was)
        and not after.holds(branch, becomes)
        and not _is_held_elsewhere(branch, becomes, names, change, context)
    ]
    if not lost or _follows_default(lost, after, was, becomes):
        return
    is_default = was in lost if was else bool(set(USUAL) & set(lost))
    yield Flag(
        what=f"It no longer protects {some_of(lost)}.",
        paths=tuple((name,) for name in _ARGUMENTS if name in change.changed),
        severity=Severity.HIGH if is_default else Severity.MEDIUM,
        confidence=Confidence.HIGH if was else Confidence.MEDIUM,
        hurts=tuple(parts_of_repository(names, context)) if is_default else (),
    )


def _follows_default(
    lost: list[str], after: Protected, was: str | None, becomes: str | None
) -> bool:
    """Whether the default branch moves, or has moved, and the protection goes with it."""
    if was == becomes is not None or len(lost) > 1:
        return False
    if was is None:
        return lost == ["master"] and after.holds("main", None)
    return lost == [was] and becomes is not None and after.holds(becomes, becomes)


def _is_held_elsewhere(
    branch: str,
    default: str | None,
    names: frozenset[str],
    change: ResourceChange,
    context: Context,
) -> bool:
    for other in context.changes_of(*sorted(PROTECTIONS)):
        if other is change or other.kind is ActionKind.DELETE:
            continue
        found = protected(other.type, other.after)
        if found is None or not found.holds(branch, default):
            continue
        near = {found.repository} | names_of_repository(found.repository, other, context)
        if near & names or (not names and other.type == change.type):
            return True
    return False

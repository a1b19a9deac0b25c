"""BL-branchheld: a branch's protection goes, and what stays demands as much of every change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.branch_demands import (
    GITHUB,
    GITLAB,
    RULESETS,
    Demands,
    are_administrators,
    demands,
    let_pass,
    meets,
    strictest,
)
from iacrisk.rules.readers.branch_names import (
    Protected,
    default_branches,
    names_of_repository,
    protected,
)
from iacrisk.rules.readers.shapes import blocks, first_block, texts
from iacrisk.rules.readers.siblings import stays

HELD: Final = GITHUB | {GITLAB, "github_repository_ruleset"}
_ALL: Final = "~ALL"
_STARS: Final = frozenset("*?[")


def why_branch_held(change: ResourceChange, context: Context) -> str | None:
    """Why no change gets in more easily: what stays fits the branches and demands as much."""
    own = protected(change.type, change.before)
    wanted = demands(change.type, change.before)
    if own is None or wanted is None or own.exclude:
        return None
    names = names_of_repository(own.repository, change, context)
    if not names or _deploys_by_protection(change, names, context):
        return None
    default = default_branches(names, context)[1]
    for pattern in own.include:
        found = list(_others(pattern, default, names, change, context))
        if not found or any(one is None for one in found):
            return None
        known = [one for one in found if one is not None]
        if change.type == GITLAB:
            if not all(meets(one, wanted) for one in known):
                return None
        elif not meets(strictest(known), wanted):
            return None
    return "what stays fits the branch and demands as much of every change to it"


def _others(
    pattern: str,
    default: str | None,
    names: frozenset[str],
    change: ResourceChange,
    context: Context,
) -> Iterator[Demands | None]:
    """What the others that fit demand; None for one of which the plan cannot tell."""
    types = {GITLAB} if change.type == GITLAB else GITHUB | RULESETS
    classic = 0
    for other in context.changes_of(*sorted(types)):
        if other is change or other.kind is ActionKind.DELETE:
            continue
        found = protected(other.type, other.after)
        if found is None or not _is_near(found, other, names, context):
            continue
        if not _fits(found, pattern, default):
            continue
        classic += other.type in GITHUB
        if classic > 1:
            yield None
        elif other.type not in RULESETS or _counts(other, change):
            yield demands(other.type, other.after)


def _counts(ruleset: ResourceChange, change: ResourceChange) -> bool:
    """Whether nobody passes the ruleset by who could not pass what goes."""
    actors = let_pass(ruleset.after)
    own = let_pass(change.before)
    if change.type in GITHUB and not change.before.get("enforce_admins"):
        return are_administrators(actors)
    return all(actor in own for actor in actors)


def _fits(found: Protected, pattern: str, default: str | None) -> bool:
    if pattern in found.include or (_ALL in found.include and not found.exclude):
        return not found.exclude
    if pattern == "~DEFAULT_BRANCH":
        return default is not None and found.holds(default, default)
    plain = not _STARS & set(pattern) and pattern[:1] != "~"
    return plain and found.holds(pattern, default or "")


def _is_near(
    found: Protected, other: ResourceChange, names: frozenset[str], context: Context
) -> bool:
    if other.type == "github_organization_ruleset":
        chosen = first_block(first_block(other.after.get("conditions")).get("repository_name"))
        listed = texts(chosen.get("include"))
        return not chosen.get("exclude") and (_ALL in listed or bool(names.intersection(listed)))
    near = {found.repository} | names_of_repository(found.repository, other, context)
    return bool(found.repository) and bool(near & names)


def _deploys_by_protection(change: ResourceChange, names: frozenset[str], context: Context) -> bool:
    """Whether a deployment asks for a protected branch, which a ruleset does not make of it."""
    if change.type not in GITHUB:
        return False
    return any(
        stays(one)
        and str(one.before.get("repository")) in names
        and any(
            policy.get("protected_branches")
            for policy in blocks(one.after.get("deployment_branch_policy"))
        )
        for one in context.changes_of("github_repository_environment")
    )

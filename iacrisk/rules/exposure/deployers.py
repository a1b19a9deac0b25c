"""X17: branches that nobody protects come to deploy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.branch_names import (
    PROTECTIONS,
    branch_samples,
    default_branches,
    names_of_repository,
    protected,
)
from iacrisk.rules.readers.shapes import blocks
from iacrisk.rules.readers.siblings import stays
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

_DEPLOYER: Final = "github_repository_environment_deployment_policy"
_ENVIRONMENT: Final = "github_repository_environment"
_SECRET: Final = "github_actions_environment_secret"  # noqa: S105 - a type, no secret


@rule(
    id="X17",
    name="unprotected-branches-deploy",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.EXPOSURE,
    kinds={ActionKind.CREATE, ActionKind.UPDATE, ActionKind.REPLACE},
    types={_DEPLOYER},
    since="0.2",
)
def unprotected_branches_deploy(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A branch that anybody with write access may push gets to deploy to an environment.

    What it flags
        A deployment policy of a GitHub environment whose pattern fits branches that no
        protection or ruleset of the plan fits, where the plan shows protections of the
        repository, and nobody has to review deployments to the environment.

    Why it matters
        Whoever pushes a branch with such a name runs a job with the environment's secrets,
        without a review: the protection of the main branch no longer protects production.

    When it is fine
        The environment asks for a reviewer, or an organisation's ruleset that is not in the plan
        protects the branches. Not flagged: previews, and repositories without any protection.

    What to do instead
        Protect the pattern first, or let deployments wait for a reviewer.

    References
        https://docs.github.com/actions/deployment/targeting-different-environments
    """
    pattern = change.after.get("branch_pattern")
    if pattern is UNKNOWN:
        yield Undecided(
            why="Which branches it lets deploy is not known.", paths=(("branch_pattern",),)
        )
    if not isinstance(pattern, str) or pattern == change.before.get("branch_pattern"):
        return
    names = names_of_repository(str(change.after.get("repository")), change, context)
    environment = _environment(change, names, context)
    known = list(_protections(names, context))
    if not known or (environment is not None and _asks_somebody(environment)):
        return
    default = default_branches(names, context)[1]
    samples = list(branch_samples(frozenset({pattern})))
    free = [one for one in samples if not any(found.holds(one, default) for found in known)]
    if free:
        yield Flag(
            what=f"Branches like {pattern} may deploy, and nothing protects them.",
            paths=(("branch_pattern",),),
            hurts=tuple(_behind(environment, names, change, context)),
        )


def _protections(names: frozenset[str], context: Context) -> Iterator[Any]:
    for one in context.changes_of(*sorted(PROTECTIONS)):
        found = protected(one.type, one.after) if one.kind is not ActionKind.DELETE else None
        if found is None:
            continue
        near = {found.repository} | names_of_repository(found.repository, one, context)
        if not found.repository or near & names:
            yield found


def _environment(
    change: ResourceChange, names: frozenset[str], context: Context
) -> ResourceChange | None:
    for one in context.changes_of(_ENVIRONMENT):
        same = one.after.get("environment") == change.after.get("environment")
        if same and str(one.after.get("repository")) in names:
            return one
    return None


def _asks_somebody(environment: ResourceChange) -> bool:
    return any(
        one.get("users") or one.get("teams") for one in blocks(environment.after.get("reviewers"))
    )


def _behind(
    environment: ResourceChange | None,
    names: frozenset[str],
    change: ResourceChange,
    context: Context,
) -> Iterator[str]:
    """The environment and its secrets."""
    if environment is not None and environment.kind is not ActionKind.CREATE:
        yield environment.label
    for one in filter(stays, context.changes_of(_SECRET)):
        same = one.before.get("environment") == change.after.get("environment")
        if same and str(one.before.get("repository")) in names:
            yield one.label

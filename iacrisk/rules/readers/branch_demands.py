"""What a branch's protection demands of a change to it, in every code host's words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from iacrisk.rules.readers.settings.unknowns import holds_unknown
from iacrisk.rules.readers.shapes import blocks, first_block, texts

Values = Mapping[str, Any]
Demands = dict[str, int]
"""Each demand with how much of it: reviews by their number, access levels by their rank."""

GITHUB: Final = frozenset({"github_branch_protection", "github_branch_protection_v3"})
RULESETS: Final = frozenset({"github_organization_ruleset", "github_repository_ruleset"})
GITLAB: Final = "gitlab_branch_protection"
_LEVELS: Final = {"developer": 1, "maintainer": 2, "admin": 3, "no one": 4}
_BY_NAME: Final = ("push_restrictions", "restrict_pushes", "restrictions")
"""Lists of those who alone may push."""

_SOMEBODY: Final = ("allowed_to_merge", "allowed_to_push", "allowed_to_unprotect")
_ADMIN_ROLE: Final = 5


def demands(type_name: str, values: Values) -> Demands | None:
    """What it demands; None where the plan cannot tell, or it names who may do something."""
    if any(holds_unknown(value) for value in values.values()):
        known = {name: value for name, value in values.items() if not holds_unknown(value)}
        if {"rules", *_BY_NAME, *_SOMEBODY} & (values.keys() - known.keys()):
            return None
    if type_name in RULESETS:
        return dict(_of_ruleset(first_block(values.get("rules"))))
    if any(values.get(name) for name in (*_BY_NAME, *_SOMEBODY)):
        return None
    if type_name == GITLAB:
        return dict(_of_gitlab(values))
    return dict(_of_github(values)) if type_name in GITHUB else None


def let_pass(values: Values) -> list[Values]:
    """Who may pass a ruleset by."""
    return blocks(values.get("bypass_actors"))


def are_administrators(actors: Iterable[Values]) -> bool:
    """Whether they are nobody but administrators."""
    return all(
        one.get("actor_type") == "OrganizationAdmin"
        or (one.get("actor_type") == "RepositoryRole" and one.get("actor_id") == _ADMIN_ROLE)
        for one in actors
    )


def meets(held: Demands, wanted: Demands) -> bool:
    """Whether all that is wanted is demanded, and as much of it."""
    return all(held.get(name, -1) >= much for name, much in wanted.items())


def strictest(found: Iterable[Demands]) -> Demands:
    """What several that count together demand."""
    together: Demands = {}
    for one in found:
        for name, much in one.items():
            together[name] = max(much, together.get(name, much))
    return together


def _of_github(values: Values) -> Iterator[tuple[str, int]]:
    for review in blocks(values.get("required_pull_request_reviews")):
        yield "reviews", int(review.get("required_approving_review_count") or 0)
        yield from _switches(
            review,
            require_code_owner_reviews="owners",
            dismiss_stale_reviews="stale",
            require_last_push_approval="last push",
            restrict_dismissals="dismissals",
        )
    for checks in blocks(values.get("required_status_checks")):
        yield from _switches(checks, strict="up to date")
        for context in texts(checks.get("contexts")):
            yield from _check(context, "")
        for check in texts(checks.get("checks")):
            name, _, app = check.rpartition(":")
            numbered = bool(name) and app.lstrip("-").isdigit()
            yield from _check(name if numbered else check, app if numbered else "")
    yield from _switches(
        values,
        required_linear_history="linear",
        require_signed_commits="signed",
        require_conversation_resolution="threads",
        lock_branch="locked",
    )
    if not values.get("allows_deletions"):
        yield "no deletion", 1
    if not values.get("allows_force_pushes"):
        yield "no force", 1


def _of_ruleset(rules: Values) -> Iterator[tuple[str, int]]:
    for review in blocks(rules.get("pull_request")):
        yield "reviews", int(review.get("required_approving_review_count") or 0)
        yield from _switches(
            review,
            require_code_owner_review="owners",
            dismiss_stale_reviews_on_push="stale",
            require_last_push_approval="last push",
            required_review_thread_resolution="threads",
        )
    for checks in blocks(rules.get("required_status_checks")):
        yield from _switches(checks, strict_required_status_checks_policy="up to date")
        for check in blocks(checks.get("required_check")):
            yield from _check(str(check.get("context")), str(check.get("integration_id") or ""))
    for name in ("required_code_scanning", "required_deployments", "required_workflows"):
        if blocks(rules.get(name)):
            yield f"{name} {sorted(map(repr, blocks(rules.get(name))))}", 1
    yield from _switches(
        rules,
        required_linear_history="linear",
        required_signatures="signed",
        update="locked",
        creation="no creation",
        deletion="no deletion",
        non_fast_forward="no force",
    )


def _of_gitlab(values: Values) -> Iterator[tuple[str, int]]:
    for name in ("push_access_level", "merge_access_level"):
        yield name, _LEVELS.get(str(values.get(name) or "maintainer"), 2)
    yield from _switches(values, code_owner_approval_required="owners")
    if not values.get("allow_force_push"):
        yield "no force", 1


def _check(context: str, app: str) -> Iterator[tuple[str, int]]:
    yield f"check {context}", 1
    if app not in {"", "-1", "0"}:
        yield f"check {context} of {app}", 1


def _switches(values: Values, **names: str) -> Iterator[tuple[str, int]]:
    for argument, demand in names.items():
        if values.get(argument):
            yield demand, 1

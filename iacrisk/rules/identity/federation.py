"""I19: a federated login that shuts out those who use it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from iacrisk.patterns import regex
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.access.cloud_grants import GOOGLE_IAM
from iacrisk.rules.readers.access.role_grants import role_grants
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

_LITERAL: Final = regex(r"""['"]([^'"]+)['"]""")
_USED: Final = regex(r"workloadIdentityPools/([^/]+)/(?:subject|attribute\.[\w]+|group)/(.+)$")
_CONDITION: Final = "attribute_condition"


@rule(
    id="I19",
    name="federated-login-narrowed",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.ACCESS,
    kinds={ActionKind.UPDATE},
    types={"google_iam_workload_identity_pool_provider"},
)
def federated_login_narrowed(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A condition on federated logins no longer lets those in who have grants.

    What it flags
        An `attribute_condition` that is changed or added, while a grant of the plan names a
        repository, subject or group of the pool that no value of the condition fits.

    Why it matters
        Pipelines and workloads of others log in through the pool. They are refused at their next
        run, and the grants look untouched.

    When it is fine
        The condition names all who use the pool, or an owner above them.

    What to do instead
        Compare the condition with the principals that hold grants, and with the audit log of the
        token service.

    References
        https://cloud.google.com/iam/docs/workload-identity-federation#conditions
    """
    if _CONDITION not in change.changed:
        return
    condition = change.after.get(_CONDITION)
    if condition is UNKNOWN:
        yield Undecided(why="Who may log in is not known.", paths=((_CONDITION,),))
    elif isinstance(condition, str) and condition:
        named = _LITERAL.findall(condition)
        pool = str(change.before.get("workload_identity_pool_id") or "")
        out = [one for one in _users(context).get(pool, ()) if not _fits(one, named)]
        if named and out:
            yield Flag(what=f"{some_of(sorted(out))} can no longer log in.", paths=((_CONDITION,),))


def _fits(user: str, named: list[str]) -> bool:
    """Whether a value is the user, an owner or ref of it, or part of its subject."""
    words = set(re.split(r"[:/]", user))
    return any(user in value or value in user or value in words for value in named)


def _users(context: Context) -> dict[str, set[str]]:
    """Who holds grants through each pool, in the end."""
    return once(context.plan, "federated users", lambda: _find_users(context))


def _find_users(context: Context) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for change in context.plan.changes:
        if not GOOGLE_IAM.match(change.type) or change.kind is ActionKind.DELETE:
            continue
        for grant in role_grants(change.type, _tree(change)):
            matched = _USED.search(grant.principal)
            if matched:
                found.setdefault(matched[1], set()).add(matched[2])
    return found


def _tree(change: ResourceChange) -> dict[str, Any]:
    return change.before or change.after

"""BL-orgwide: a policy names the whole organisation in place of single accounts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from iacrisk.catalog.permissions import RESOURCE_POLICIES
from iacrisk.patterns import regex
from iacrisk.plan import ResourceChange
from iacrisk.plan.policy_document import (
    Clause,
    Effect,
    Grant,
    account_of,
    every_grant,
    grants_removed,
    parse_policy,
)
from iacrisk.rules.benign.harmless_attributes import explain
from iacrisk.rules.context import Context
from iacrisk.rules.readers.access.org_accounts import ACCOUNT
from iacrisk.rules.readers.siblings import stays

_KEY: Final = "aws:principalorgid"
_ORGANISATION: Final = "aws_organizations_organization"
_ID: Final = regex(r"^o-[a-z0-9]{10,32}$")
_OF_ACCOUNT: Final = regex(r":account/(o-[a-z0-9]{10,32})/(\d{12})$")
_ASKED_ONCE: Final = frozenset({"sns:subscribe"})
"""Rights that are asked for when something is set up; what was set up goes on without them."""

POLICIES: Final = frozenset(RESOURCE_POLICIES)


def why_whole_organisation(change: ResourceChange, context: Context) -> str | None:
    """Why the accounts are still let in: all of their organisation is, to the same, as it was."""
    name = RESOURCE_POLICIES[change.type]
    rest = change.changed - {name}
    if name not in change.changed or (rest and explain(change, context, *rest) is None):
        return None
    before, after = (parse_policy(tree.get(name)) for tree in (change.before, change.after))
    if before is None or after is None:
        return None
    lost = grants_removed(before, after)
    given = list(every_grant(after))
    house = {_organisation_for(grant, given) for grant in lost}
    if not lost or len(house) != 1 or None in house:
        return None
    organisation = next(iter(house)) or ""
    known = dict(_members(context))
    if any(other != organisation for other in {*known.values(), *_own(context)}):
        return None
    asked_once = all(set(map(str.lower, grant.action.patterns)) <= _ASKED_ONCE for grant in lost)
    if asked_once or all(account_of(grant.principal.text) in known for grant in lost):
        return "all of the organisation is let in to the same, and these accounts were part of it"
    return None


def _organisation_for(lost: Grant, given: list[Grant]) -> str | None:
    """The one organisation that is given all that the account loses, with the same conditions."""
    if lost.effect is not Effect.ALLOW or account_of(lost.principal.text) is None:
        return None
    for grant in given:
        bare = msgspec.structs.replace(
            grant,
            principal=lost.principal,
            condition=frozenset(one for one in grant.condition if one.key != _KEY),
        )
        tests = [one for one in grant.condition if one.key == _KEY]
        if grant.principal.is_any and bare == lost and len(tests) == 1:
            return _single(tests[0])
    return None


def _single(test: Clause) -> str | None:
    values = sorted(test.values)
    same = test.operator in {"stringequals", "stringlike"} and len(values) == 1
    return values[0] if same and _ID.match(values[0]) else None


def _members(context: Context) -> Iterator[tuple[str, str]]:
    """The accounts of the plan with the organisation that each is in."""
    for one in filter(stays, context.changes_of(ACCOUNT)):
        found = _OF_ACCOUNT.search(str(one.before.get("arn")))
        if found is not None:
            yield found[2], found[1]


def _own(context: Context) -> Iterator[str]:
    for one in context.changes_of(_ORGANISATION):
        yield str(one.before.get("id") or one.after.get("id"))

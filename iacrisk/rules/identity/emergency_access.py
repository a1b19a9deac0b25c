"""I70: a policy for sign-ins does not spare the accounts for emergencies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.access.conditional_access import (
    blocks_sign_in,
    is_for_all,
    spared,
    users_of,
)
from iacrisk.rules.readers.settings.unknowns import holds_unknown
from iacrisk.rules.readers.shapes import last_part, texts
from iacrisk.rules.readers.siblings import stays
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

Values = Mapping[str, Any]
_POLICY: Final = "azuread_conditional_access_policy"
_ARGUMENTS: Final = ("conditions", "grant_controls", "state")
_MOST: Final = 12


@rule(
    id="I70",
    name="emergency-access-not-spared",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.ACCESS,
    kinds={ActionKind.CREATE, ActionKind.UPDATE},
    types={_POLICY},
    since="0.2",
)
def emergency_access_not_spared(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A policy for all sign-ins spares nobody, not even the accounts for emergencies.

    What it flags
        A conditional access policy that is enforced for all users and all applications and spares
        nobody, where it blocks, or where the other policies of the plan all spare somebody. New,
        switched on, or come to be so.

    Why it matters
        When the policy turns out wrong, nobody is left who could sign in and take it back. Places
        that are spared help those who are there, and nobody else.

    When it is fine
        It only reports. Not flagged: policies for some users, applications, platforms, ways to
        sign in or risks; policies that demand something where no other one spares anybody.

    What to do instead
        Leave out the accounts for emergencies, report first, then enforce.

    References
        https://learn.microsoft.com/entra/identity/role-based-access-control/security-emergency-access
    """
    told = tuple((name,) for name in _ARGUMENTS if name in change.changed)
    if not told or not is_for_all(change.after):
        return
    if holds_unknown(users_of(change.after)):
        yield Undecided(why="Whom the policy spares is not known yet.", paths=told[:1])
        return
    if spared(change.after) or _was_so(change):
        return
    usual = _spared_by_others(change, context)
    if not usual and not blocks_sign_in(change.after):
        return
    yield Flag(
        what="It holds for everybody, also for those whom all other policies spare."
        if usual
        else "It blocks everybody, and spares no account for emergencies.",
        paths=told,
        severity=None if blocks_sign_in(change.after) else Severity.MEDIUM,
        hurts=tuple(_hurt(change, usual, context)),
    )


def _was_so(change: ResourceChange) -> bool:
    before = change.before
    held = change.kind is ActionKind.UPDATE and is_for_all(before) and not spared(before)
    return held and blocks_sign_in(before) == blocks_sign_in(change.after)


def _spared_by_others(change: ResourceChange, context: Context) -> frozenset[str]:
    """Whom every other enforced policy of the plan spares; empty where there is none."""
    others = [
        spared(one.before)
        for one in context.changes_of(_POLICY)
        if one is not change and stays(one) and one.before.get("state") == "enabled"
    ]
    return frozenset.intersection(*others) if others else frozenset()


def _hurt(change: ResourceChange, usual: frozenset[str], context: Context) -> Iterator[str]:
    """Those whom others spare, with their members; where it blocks, the groups of everybody."""
    groups = [one for one in context.changes_of("azuread_group") if stays(one)]
    named = [one for one in groups if _ids(one) & usual]
    people = set(usual)
    for one in named:
        yield one.label
        people |= {*texts(one.before.get("members"))}
        people |= _members_of(one, context)
    near = {use.node.label for one in named for use in context.graph.dependencies(one.label)}
    for one in context.changes_of("azuread_user"):
        if stays(one) and (_ids(one) & people or one.label in near):
            yield one.label
    if blocks_sign_in(change.after) and len(groups) <= _MOST:
        yield from (one.label for one in groups if one not in named)


def _members_of(group: ResourceChange, context: Context) -> set[str]:
    return {
        str(one.before.get("member_object_id"))
        for one in context.changes_of("azuread_group_member")
        if stays(one) and one.before.get("group_object_id") in _ids(group)
    }


def _ids(change: ResourceChange) -> frozenset[str]:
    found = texts(change.before.get("object_id"), change.before.get("id"))
    return frozenset({last_part(text) for text in found} | set(found))

"""I70: a policy for sign-ins does not spare the accounts for emergencies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from iacrisk.plan import ActionKind, ResourceChange, lookup
from iacrisk.rules.context import Context
from iacrisk.rules.identity.azure_refusals import is_every_client
from iacrisk.rules.readers.settings.unknowns import holds_unknown
from iacrisk.rules.readers.shapes import blocks, last_part, texts
from iacrisk.rules.readers.siblings import stays
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

Values = Mapping[str, Any]
_POLICY: Final = "azuread_conditional_access_policy"
_SPARED: Final = ("excluded_users", "excluded_groups", "excluded_roles")
_NARROWING: Final = ("devices", "platforms", "sign_in_risk_levels", "user_risk_levels")
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
    if not told or not _is_for_all(change.after):
        return
    if holds_unknown(lookup(change.after, _USERS)):
        yield Undecided(why="Whom the policy spares is not known yet.", paths=told[:1])
        return
    if _spared(change.after) or _was_so(change):
        return
    usual = _spared_by_others(change, context)
    if not usual and not _blocks(change.after):
        return
    yield Flag(
        what="It holds for everybody, also for those whom all other policies spare."
        if usual
        else "It blocks everybody, and spares no account for emergencies.",
        paths=told,
        severity=None if _blocks(change.after) else Severity.MEDIUM,
        hurts=tuple(_hurt(change, usual, context)),
    )


def _was_so(change: ResourceChange) -> bool:
    before = change.before
    held = change.kind is ActionKind.UPDATE and _is_for_all(before) and not _spared(before)
    return held and _blocks(before) == _blocks(change.after)


_USERS: Final = ("conditions", 0, "users", 0)


def _is_for_all(values: Values) -> bool:
    """Whether it is enforced for every user and application, however one signs in."""
    condition = lookup(values, ("conditions", 0))
    controls = lookup(values, ("grant_controls", 0))
    if values.get("state") != "enabled" or not isinstance(condition, dict) or not controls:
        return False
    clients = texts(condition.get("client_app_types"))
    if any(condition.get(name) for name in _NARROWING) or not is_every_client(clients):
        return False
    places = texts(
        *(block.get("included_locations") for block in blocks(condition.get("locations")))
    )
    applications = lookup(condition, ("applications", 0))
    users = lookup(condition, ("users", 0))
    if places not in ([], ["All"]) or not isinstance(applications, dict):
        return False
    if applications.get("excluded_applications") or not isinstance(users, dict):
        return False
    return "All" in texts(applications.get("included_applications")) and "All" in texts(
        users.get("included_users")
    )


def _blocks(values: Values) -> bool:
    return "block" in texts(lookup(values, ("grant_controls", 0, "built_in_controls")))


def _spared(values: Values) -> frozenset[str]:
    users = lookup(values, _USERS)
    found = [users.get(name) for name in _SPARED] if isinstance(users, dict) else []
    guests = isinstance(users, dict) and users.get("excluded_guests_or_external_users")
    return frozenset(texts(*found)) | (frozenset({"guests"}) if guests else frozenset())


def _spared_by_others(change: ResourceChange, context: Context) -> frozenset[str]:
    """Whom every other enforced policy of the plan spares; empty where there is none."""
    others = [
        _spared(one.before)
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
    if _blocks(change.after) and len(groups) <= _MOST:
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

"""Which outside workloads may act as an identity on Azure, by their subject."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.catalog.permissions import Power
from iacrisk.patterns import regex
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.access.role_grants import grants_roles, role_grants
from iacrisk.rules.rule import Confidence, Flag, Outcome, Severity, Undecided

_SUBJECTS: Final = {
    "azuread_application_federated_identity_credential": "subject",
    "azuread_application_flexible_federated_identity_credential": "claims_matching_expression",
    "azurerm_federated_identity_credential": "subject",
}
_PRINCIPALS: Final = frozenset(
    {
        "azuread_application",
        "azuread_application_registration",
        "azuread_service_principal",
        "azurerm_user_assigned_identity",
    }
)
_REPOSITORY: Final = regex(r"(?:repo|project_path):([^:]+):")
_PROTECTED: Final = regex(r":environment:[^:*]+$")
_ANYBODY: Final = regex(r":pull_request\b|\*")


def strangers_trusted(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A trust that takes pull requests, or whatever a wildcard matches."""
    name = _SUBJECTS.get(change.type)
    if name is None or name not in change.changed:
        return
    before, after = change.was(name), change.becomes(name)
    if after is UNKNOWN:
        yield Undecided(why="Who is trusted is not known yet.", paths=((name,),))
        return
    if not _lets_anybody_in(after) or (
        _lets_anybody_in(before) and not _loses_owner(before, after)
    ):
        return
    power = _power_of(change, context)
    if power is Power.ORDINARY:
        severity, confidence = Severity.LOW, Confidence.MEDIUM
    elif power is None:
        severity, confidence = Severity.HIGH, Confidence.MEDIUM
    else:
        severity, confidence = Severity.CRITICAL, Confidence.HIGH
    yield Flag(
        what="Whoever can open a pull request, or matches the wildcard, may act as the identity.",
        paths=((name,),),
        severity=severity,
        confidence=confidence,
    )


def is_tightened(change: ResourceChange) -> bool:
    """Whether the same repository stays trusted, from a protected environment only."""
    name = _SUBJECTS.get(change.type)
    if name is None or change.kind is not ActionKind.UPDATE:
        return False
    others = change.changed - {name, "name", "display_name", "description"}
    before, after = change.was(name), change.becomes(name)
    if others or not isinstance(before, str) or not isinstance(after, str):
        return False
    old, new = _REPOSITORY.search(before), _REPOSITORY.search(after)
    same = old is not None and new is not None and old[1] == new[1]
    return same and bool(_PROTECTED.search(after))


def _lets_anybody_in(subject: object) -> bool:
    return isinstance(subject, str) and bool(_ANYBODY.search(subject))


_OWNER: Final = regex(r"(?:repo|project_path):([^:/*]+)/")


def _loses_owner(before: object, after: object) -> bool:
    """Whether the subject named an owner, with a wildcard behind it, and no longer does."""
    return bool(_OWNER.search(str(before))) and not _OWNER.search(str(after))


def _power_of(change: ResourceChange, context: Context) -> Power | None:
    """The most that the identity may do by the grants of this plan; None where none is seen."""
    waiting = [use.node.label for use in context.graph.dependencies(change.label)]
    seen: set[str] = set()
    powers: list[Power] = []
    while waiting:
        label = waiting.pop()
        found = context.change_at(label)
        if found is None or label in seen or found.type not in _PRINCIPALS:
            continue
        seen.add(label)
        for use in context.graph.consumers(label):
            other = use.node.change
            if other is None:
                continue
            if grants_roles(other.type) and other.type not in _SUBJECTS:
                powers += [grant.power for grant in role_grants(other.type, other.after)]
            waiting.append(other.label)
    return max(powers, default=None)

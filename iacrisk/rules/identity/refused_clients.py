"""I51: a new rule that refuses a client of Kafka what another rule lets it do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.siblings import stays
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, rule

_EVERYBODY: Final = "User:*"
"""Of whom I17 tells."""

_ACLS: Final = frozenset({"confluent_kafka_acl", "kafka_acl"})


@rule(
    id="I51",
    name="client-denied",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.ACCESS,
    kinds={ActionKind.CREATE, ActionKind.UPDATE},
    types=_ACLS,
    since="0.2",
)
def client_denied(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A client of Kafka is denied something.

    What it flags
        An access rule that denies, new or turned from `Allow`. It weighs less where no rule of the
        plan lets the client do it.

    Why it matters
        A denial wins over every rule that allows, and clients are refused at once.

    When it is fine
        The client is to be shut out.

    What to do instead
        Delete the rule that allows: what nothing allows is refused already.

    References
        https://docs.confluent.io/platform/current/security/authorization/acls/overview.html
    """
    who = _first(change.after, "acl_principal", "principal")
    if not _denies(change.after) or _denies(change.before) or who == _EVERYBODY:
        return
    allowed = [
        one.label
        for one in context.changes_of(*_ACLS)
        if one is not change and stays(one) and not _denies(one.before) and _meet(change, one)
    ]
    yield Flag(
        what=f"{who or 'A client'} is refused, whatever else lets it in.",
        paths=(("acl_permission_type" if change.type == "kafka_acl" else "permission",),),
        severity=Severity.HIGH if allowed else Severity.MEDIUM,
        hurts=tuple(allowed),
    )


def _denies(values: dict[str, Any]) -> bool:
    return _first(values, "acl_permission_type", "permission").lower() == "deny"


def _meet(deny: ResourceChange, allow: ResourceChange) -> bool:
    pairs = (
        ("acl_principal", "principal"),
        ("resource_name",),
        ("acl_operation", "operation"),
    )
    for names in pairs:
        denied, allowed = _first(deny.after, *names), _first(allow.before, *names)
        if denied.lower() not in {allowed.lower(), "*", "all", "user:*"}:
            return False
    return True


def _first(values: dict[str, Any], *names: str) -> str:
    return next((value for name in names if isinstance(value := values.get(name), str)), "")

"""I51: a new rule that refuses a client of Kafka what another rule lets it do."""

from __future__ import annotations

from collections.abc import Iterator

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.access.kafka_acls import ACLS, EVERYBODY, acl_of, hurt_by, may_deny
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule


@rule(
    id="I51",
    name="client-denied",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.ACCESS,
    kinds={ActionKind.CREATE, ActionKind.UPDATE},
    types=ACLS,
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
    deny = acl_of(change.after)
    if deny is None and not may_deny(change.after):
        return
    if deny is None:
        why = "Whom the rule concerns, and whether it denies, is not known yet."
        yield Undecided(why=why)
        return
    was = acl_of(change.before)
    if not deny.denies or (was is not None and was.denies) or deny.principal == EVERYBODY:
        return
    allowed = tuple(hurt_by(deny, context))
    yield Flag(
        what=f"{deny.principal or 'A client'} is refused, whatever else lets it in.",
        paths=(("acl_permission_type" if change.type == "kafka_acl" else "permission",),),
        severity=Severity.HIGH if allowed else Severity.MEDIUM,
        hurts=allowed,
    )

"""E60: CAA records that leave out who issues a certificate in use."""

from __future__ import annotations

from collections.abc import Iterator

from iacrisk.catalog import facts
from iacrisk.catalog.authorities import RENEWED, Renewed
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.networks.caa import (
    ISSUING,
    all_allowances,
    allowances,
    asked_at,
    is_hidden,
    may_issue,
)
from iacrisk.rules.readers.networks.dns import plain_name
from iacrisk.rules.readers.shapes import texts
from iacrisk.rules.readers.siblings import stays
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import (
    CHANGES,
    DESTROYS,
    Confidence,
    Flag,
    Harm,
    Outcome,
    Severity,
    Undecided,
    rule,
)


@rule(
    id="E60",
    name="issuer-left-out",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    types=facts.RECORD_TYPES,
    kinds=CHANGES | DESTROYS,
    since="0.2",
)
def issuer_left_out(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """CAA records of a domain leave out the authority that issues a certificate of it.

    What it flags
        The first CAA records of a name, narrower ones, or nearer ones below a domain's, that
        allow none of the authorities from which a certificate of the plan is renewed: those of
        ACM, Google, App Service, Front Door, DigitalOcean, Hetzner and Scaleway.

    Why it matters
        Nothing happens for weeks. Then the renewal is refused, and on the day the certificate
        expires every client is turned away.

    When it is fine
        The certificate goes, or one of another authority has taken its place.

    What to do instead
        List every authority in use; look at the certificates that clients are shown.

    References
        https://docs.aws.amazon.com/acm/latest/userguide/setup-caa.html
        https://datatracker.ietf.org/doc/html/rfc8659
    """
    was = set(allowances(change, context, planned=False))
    becomes = set(allowances(change, context, planned=True))
    if is_hidden(change) and change.kind is not ActionKind.DELETE:
        yield Undecided(why="Who may issue certificates is not known yet.")
        return
    turned = [one for one in was ^ becomes if one.tag in ISSUING]
    owners = {one.owner for one in turned}
    if not owners:
        return
    for certificate in context.changes_of(*sorted(RENEWED)):
        names = sorted(_refused(certificate, RENEWED[certificate.type], owners, context))
        if names:
            used = tuple(dict.fromkeys(_users(certificate, context)))
            yield Flag(
                what=f"{certificate.label} is no longer renewed: its issuer may not issue for "
                f"{some_of(names)}.",
                severity=None if used else Severity.MEDIUM,
                hurts=(certificate.label, *used),
            )


def _users(certificate: ResourceChange, context: Context) -> Iterator[str]:
    """Who shows it to clients, also by way of the object that waits until it is issued."""
    for use in context.consumers(certificate):
        one = use.node.change
        if one is not None and stays(one):
            waits = one.type.endswith("_certificate_validation")
            yield from _users(one, context) if waits else (one.label,)


def _refused(
    certificate: ResourceChange, renewed: Renewed, owners: set[str], context: Context
) -> Iterator[str]:
    """Names of a certificate that stays for which its issuer could issue, and can no more."""
    if certificate.destroys or not _renews_itself(certificate, renewed):
        return
    before, after = (all_allowances(context, planned=planned) for planned in (False, True))
    names = texts(*(certificate.becomes(path) for path in renewed.names))
    for name in set(map(plain_name, names)):
        could, can = (may_issue(name, renewed.authorities, side) for side in (before, after))
        if could and not can and asked_at(name, after) in owners:
            yield name


def _renews_itself(certificate: ResourceChange, renewed: Renewed) -> bool:
    if any(certificate.becomes(path) for path in renewed.never):
        return False
    return all(certificate.becomes(path) == value for path, value in renewed.only)

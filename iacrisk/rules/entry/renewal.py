"""E32: the record by which a certificate renews itself goes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.networks.dns import plain_name
from iacrisk.rules.readers.shapes import blocks
from iacrisk.rules.readers.siblings import stays
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, rule

_CERTIFICATES: Final = "aws_acm_certificate"


@rule(
    id="E32",
    name="renewal-proof-gone",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.DELETE, ActionKind.UPDATE},
    types={"aws_route53_record", "cloudflare_dns_record", "cloudflare_record"},
    since="0.2",
)
def renewal_proof_gone(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """The record that proves a domain to the authority goes, and the certificate stays in use.

    What it flags
        The delete, or another value, of a record that a certificate of the plan names among its
        `domain_validation_options`.

    Why it matters
        Nothing happens for months. Then the certificate cannot renew itself, and on the day it
        expires every client is turned away.

    When it is fine
        The certificate goes too, or another record with the same name takes its place.

    What to do instead
        Keep the record as long as the certificate.

    References
        https://docs.aws.amazon.com/acm/latest/userguide/dns-renewal-validation.html
    """
    name = plain_name(change.before.get("name")), plain_name(change.before.get("fqdn"))
    if change.kind is ActionKind.UPDATE and not {"content", "name", "records"} & change.changed:
        return
    for certificate in context.changes_of(_CERTIFICATES):
        if not stays(certificate):
            continue
        proofs = {plain_name(proof) for proof in _proofs(certificate.before)} - {""}
        if proofs.isdisjoint(name) or _is_made_again(change, proofs, context):
            continue
        users = [use.node.change for use in context.consumers(certificate)]
        used = [one.label for one in users if one is not None and stays(one)]
        yield Flag(
            what=f"{certificate.label} can no longer renew itself.",
            paths=(("name",),),
            severity=None if used else Severity.MEDIUM,
            hurts=(certificate.label, *used),
        )


def _proofs(values: dict[str, Any]) -> Iterator[Any]:
    for option in blocks(values.get("domain_validation_options")):
        yield option.get("resource_record_name")


def _is_made_again(change: ResourceChange, proofs: set[str], context: Context) -> bool:
    return any(
        other is not change
        and other.kind is not ActionKind.DELETE
        and plain_name(other.after.get("name")) in proofs
        for other in context.changes_of(change.type)
    )

"""N30: names of an own zone are asked elsewhere from now on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.networks.dns import plain_name
from iacrisk.rules.readers.shapes import blocks
from iacrisk.rules.readers.siblings import stays
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, rule

_ZONE: Final = "aws_route53_zone"


@rule(
    id="N30",
    name="own-names-forwarded",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.CREATE, ActionKind.UPDATE},
    types={"aws_route53_resolver_rule"},
    since="0.2",
)
def own_names_forwarded(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A resolver rule forwards names that a private zone of the plan answers today.

    What it flags
        A new rule of type `FORWARD`, or one that gets another domain, for the name of a private
        zone that stays or for a name below it that has a record.

    Why it matters
        In the networks of the rule it wins over the zone with the same name. Databases and
        services are asked for at a server that does not know them.

    When it is fine
        The other server answers the same names. Not flagged: a domain above the zone's, for the
        more specific one wins.

    What to do instead
        Forward a name of its own, or copy the records to the other server first.

    References
        https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html
    """
    domain = plain_name(change.after.get("domain_name"))
    if change.after.get("rule_type") != "FORWARD" or not domain:
        return
    if domain == plain_name(change.before.get("domain_name")):
        return
    for zone in context.changes_of(_ZONE):
        name = plain_name(zone.before.get("name"))
        if not stays(zone) or not blocks(zone.before.get("vpc")) or not name:
            continue
        if domain != name and not domain.endswith(f".{name}"):
            continue
        asked = [one.label for one in _records(zone, domain, context)]
        if asked:
            yield Flag(
                what=f"Names below {domain} are no longer answered by {zone.label}.",
                paths=(("domain_name",),),
                hurts=(zone.label, *asked),
            )


def _records(zone: ResourceChange, domain: str, context: Context) -> Iterator[ResourceChange]:
    for one in context.changes_of("aws_route53_record"):
        name = plain_name(one.before.get("fqdn") or one.before.get("name"))
        own = one.before.get("zone_id") == (zone.before.get("zone_id") or zone.before.get("id"))
        if own and stays(one) and (name == domain or name.endswith(f".{domain}")):
            yield one

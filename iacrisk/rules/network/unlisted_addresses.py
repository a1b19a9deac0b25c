"""N43: a NAT speaks with a further address that the lists of the plan do not know."""

from __future__ import annotations

from collections.abc import Iterator

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.networks.listed_addresses import admits, admits_in_full, is_completed
from iacrisk.rules.readers.networks.nat_addresses import (
    AZURE,
    GOOGLE,
    addresses_gained,
    addresses_had,
    lists_with,
    text_of,
)
from iacrisk.rules.readers.programs.running import programs_naming
from iacrisk.rules.readers.siblings import stays
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, rule

_ARGUMENTS = {AZURE: "public_ip_address_id", GOOGLE: "nat_ips"}


@rule(
    id="N43",
    name="nat-address-not-listed",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.CREATE, ActionKind.UPDATE},
    types={AZURE, GOOGLE},
    since="0.2",
)
def nat_address_not_listed(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A NAT speaks with a further address that a list of those let in does not know.

    What it flags
        A NAT of Google or Azure that gets an address beside those that it has, where a list of a
        database or a filter in the plan lets in each of those and not the new one.

    Why it matters
        Machines behind the NAT are given one address or the other. Those that get the new one are
        refused, so that some connections fail and others do not.

    When it is fine
        Those behind the NAT do not call what the list guards. Not flagged: a list that changes in
        the same plan or gets a further entry beside it, one that lets in a range with the new
        address or everybody.

    What to do instead
        Reserve the address first, add it to the lists, and give it to the NAT then.

    References
        https://cloud.google.com/nat/docs/ports-and-addresses
        https://cloud.google.com/sql/docs/postgres/authorize-networks
    """
    had = [text_of(one) for one in addresses_had(change, context)]
    gained = addresses_gained(change, context)
    if not gained or not had or not all(had):
        return
    lists = [
        one
        for one in lists_with(had[0], context)
        if one is not change
        and stays(one)
        and all(admits(one, text) for text in had)
        and not all(_is_known_to(one, new, context) for new in gained)
    ]
    if not lists:
        return
    callers = {one.label for item in lists for one in _callers(item, context)}
    yield Flag(
        what=f"{lists[0].label} lets in the addresses that the NAT has, and not the new one.",
        paths=((_ARGUMENTS[change.type],),),
        confidence=None if callers or len(lists) > 1 else Confidence.MEDIUM,
        hurts=(*(one.label for one in lists), *sorted(callers)),
    )


def _is_known_to(one: ResourceChange, new: ResourceChange, context: Context) -> bool:
    return is_completed(one, context) or admits_in_full(one, text_of(new), context)


def _callers(listing: ResourceChange, context: Context) -> Iterator[ResourceChange]:
    """Who has the public address of what the list guards among its settings."""
    for name in ("public_ip_address", "first_ip_address", "fqdn"):
        address = listing.before.get(name)
        if isinstance(address, str) and address:
            yield from programs_naming(address, context)

"""N: packets no longer get there, or get in where they should not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.catalog import ResourceClass, attachment, resource_type
from iacrisk.graph import Effect, Use, blast_radius
from iacrisk.plan import UNKNOWN, ActionKind, Path, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.network.links import spans_of
from iacrisk.rules.readers.access.admin_only import is_admin_only
from iacrisk.rules.readers.networks.network_users import users_of
from iacrisk.rules.readers.settings.left_alone import why_left_alone
from iacrisk.rules.readers.shapes import texts
from iacrisk.rules.rule import (
    DESTROYS,
    Confidence,
    Flag,
    Harm,
    Outcome,
    Severity,
    Undecided,
    rule,
)

_FILTERS: Final = (
    "alicloud_security_group",
    "aws_network_acl",
    "aws_networkfirewall_firewall",
    "aws_security_group",
    "azurerm_application_security_group",
    "azurerm_firewall",
    "azurerm_firewall_policy",
    "azurerm_network_security_group",
    "digitalocean_firewall",
    "google_compute_firewall_policy",
    "google_compute_network_firewall_policy",
    "google_compute_region_network_firewall_policy",
    "hcloud_firewall",
    "linode_firewall",
    "oci_core_network_security_group",
    "openstack_compute_secgroup_v2",
    "openstack_networking_secgroup_v2",
)
_WITHOUT_IT_ALL_IS_OPEN: Final = frozenset(
    {"digitalocean_firewall", "hcloud_firewall", "linode_firewall"}
)

_CONTAINERS: Final = (
    "alicloud_vpc",
    "alicloud_vswitch",
    "aws_default_subnet",
    "aws_default_vpc",
    "aws_egress_only_internet_gateway",
    "aws_internet_gateway",
    "aws_internet_gateway_attachment",
    "aws_subnet",
    "aws_vpc",
    "aws_vpc_dhcp_options",
    "aws_vpc_dhcp_options_association",
    "aws_vpc_ipv4_cidr_block_association",
    "aws_vpc_ipv6_cidr_block_association",
    "azurerm_subnet",
    "azurerm_virtual_network",
    "digitalocean_vpc",
    "google_compute_network",
    "google_compute_router",
    "google_compute_subnetwork",
    "hcloud_network",
    "hcloud_network_subnet",
    "oci_core_internet_gateway",
    "oci_core_subnet",
    "oci_core_vcn",
    "openstack_networking_network_v2",
    "openstack_networking_router_v2",
    "openstack_networking_subnet_v2",
)
_WHOLE_NETWORKS: Final = frozenset(
    {
        "alicloud_vpc",
        "aws_vpc",
        "azurerm_virtual_network",
        "digitalocean_vpc",
        "google_compute_network",
        "hcloud_network",
        "oci_core_vcn",
        "openstack_networking_network_v2",
    }
)
"""Worth a word even where nothing is seen inside."""

_COSMETIC: Final = frozenset({"comment", "description", "display_name", "name", "name_prefix"})
_COSMETIC_CLASSES: Final = (
    ResourceClass.NETWORK_PATH,
    ResourceClass.ENTRY_POINT,
    ResourceClass.IDENTITY,
)
_NAMED_BY_NAME: Final = frozenset(
    {
        "aws_iam_group",
        "aws_iam_role",
        "aws_iam_user",
        "aws_route53_record",
        "aws_route53_zone",
        "azurerm_dns_zone",
        "azurerm_private_dns_zone",
        "cloudflare_dns_record",
        "cloudflare_record",
        "cloudflare_zone",
        "digitalocean_domain",
        "digitalocean_record",
        "google_dns_managed_zone",
        "google_dns_record_set",
    }
)
"""Types whose name is what others ask for; other rules judge their renaming."""


@rule(
    id="N01",
    name="filter-object-destroyed",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
    kinds=DESTROYS,
    types=_FILTERS,
)
def filter_object_destroyed(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A security group or firewall goes while something still uses it.

    What it flags
        The delete, or the replacement with the delete first, of a security group, network
        security group, network ACL or firewall that somebody who stays still holds.

    Why it matters
        The provider refuses to delete a group in use, after fifteen minutes and in the middle
        of the apply. Where it does not refuse, traffic is cut or everything is open.

    When it is fine
        Nobody uses it, or all users are moved to another group in the same plan.

    What to do instead
        Move the users first; delete the group in the next change.

    References
        Incidents R030, R031, R163.
    """
    if change.creates_first or why_left_alone(change):
        return
    too_late = change.kind is ActionKind.REPLACE
    holders = [
        use for use in _uses(change, context) if (_exists(use) if too_late else _holds_on(use))
    ]
    is_open = change.type in _WITHOUT_IT_ALL_IS_OPEN
    hosts = is_open and not users_of(change, context).nobody
    if not holders and not hosts:
        return
    what = "The filter goes while something that stays uses it."
    if hosts:
        what = "The firewall goes from machines that stay, which are open from then on."
    yield Flag(what=what, confidence=Confidence.HIGH if len(holders) > 1 else None)


@rule(
    id="N02",
    name="replaced-for-words",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.REPLACE},
    classes=_COSMETIC_CLASSES,
)
def replaced_for_words(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A new name or description replaces something that is in use.

    What it flags
        A replacement forced by nothing but `name`, `name_prefix` or `description`, of a security
        group, target group, load balancer, policy or the like, while something uses it.

    Why it matters
        The edit looks like wording. The object is deleted and made anew: the delete is refused
        as long as it is in use, or its users are cut off in between.

    When it is fine
        Nobody but a bastion uses it; or the new object is created first under a name of its
        own and all users move over in the same plan.

    What to do instead
        Leave the words. If they must change: `create_before_destroy` with `name_prefix`.

    References
        Incidents R030, R031, R032, R211, R223.
    """
    roots = change.replace_roots
    if not roots or not roots <= _COSMETIC or change.type in _NAMED_BY_NAME:
        return
    users = [use for use in _uses(change, context) if _exists(use)]
    if not users or not change.destroys or all(map(_is_bastion, users)):
        return
    paths = tuple((name,) for name in sorted(roots))
    words = " and ".join(sorted(roots))
    if not change.creates_first:
        yield Flag(what=f"A new {words} replaces it while it is in use.", paths=paths)
    elif _keeps_name(change):
        what = f"A new {words} replaces it, but the new one cannot be created: its name is taken."
        yield Flag(what=what, paths=paths, severity=Severity.MEDIUM)
    elif any(_holds_on(use) for use in users):
        what = f"A new {words} replaces it, and not everything that uses it moves over."
        yield Flag(what=what, paths=paths)


@rule(
    id="N06",
    name="network-changed-under-its-inhabitants",
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds=DESTROYS | {ActionKind.UPDATE},
    types=_CONTAINERS,
)
def network_changed(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A network, subnet or its gateway goes, or loses what its inhabitants need.

    What it flags
        The delete or replacement of a VPC, virtual network, subnet, router or internet gateway;
        name resolution switched off; address ranges taken out; other DNS servers.

    Why it matters
        Everything inside has to be rebuilt with it. Name resolution switched off is a plain
        update, and every private name stops working.

    When it is fine
        Nothing lives inside.

    What to do instead
        Build the new network beside the old one and move over. Change DHCP options and DNS
        servers in a quiet hour, instances keep the old ones until their lease ends.

    References
        Incidents R164, R232, R233.
        https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html
    """
    if change.kind is ActionKind.UPDATE:
        yield from _network_settings(change, context)
    elif change.destroys and not why_left_alone(change):
        if _is_inhabited(change, context):
            yield Flag(what="Everything inside this network loses it.", paths=_forced(change))
        elif change.type in _WHOLE_NETWORKS:
            yield Flag(
                what="The network goes; nothing inside is seen in the plan.",
                paths=_forced(change),
                severity=Severity.MEDIUM,
                confidence=Confidence.LOW,
            )


# Uses


def _is_bastion(use: Use) -> bool:
    return use.node.change is not None and is_admin_only(use.node.change)


def _uses(change: ResourceChange, context: Context) -> list[Use]:
    """Who refers to the object, its own entries and attachments of it left out."""
    return [
        use
        for use in context.consumers(change)
        if use.node.is_resource
        and use.node.change is not None
        and use.node.change.mode == "managed"
        and use.argument.partition(".")[0] not in attachment(use.node.type)[:1]
    ]


def _exists(use: Use) -> bool:
    change = use.node.change
    gone = {ActionKind.CREATE, ActionKind.DELETE, ActionKind.READ}
    return change is not None and change.kind not in gone


def _holds_on(use: Use) -> bool:
    """Whether the user stays and its argument, as far as is known, does not change."""
    change = use.node.change
    if change is None or not _exists(use) or (change.destroys and not change.creates_first):
        return change is not None and _exists(use) and not change.destroys
    root = use.argument.partition(".")[0]
    return change.kind is ActionKind.NO_OP or root not in change.changed


def _keeps_name(change: ResourceChange) -> bool:
    before, after = change.was("name"), change.becomes("name")
    return isinstance(before, str) and bool(before) and before == after


# Networks


def _is_inhabited(change: ResourceChange, context: Context) -> bool:
    """Whether anything lives inside today, even if it goes in the same plan."""
    waiting, seen = [change], {change.label}
    while waiting and len(seen) < _FARTHEST:
        for use in context.consumers(waiting.pop()):
            other = use.node.change
            if use.node.label in seen or not use.node.is_resource:
                continue
            seen.add(use.node.label)
            if other is None:
                return True
            if other.mode != "managed" or other.kind is ActionKind.CREATE:
                continue
            if not resource_type(other.type).carrier and not attachment(other.type):
                return True
            waiting.append(other)
    return False


_FARTHEST: Final = 500


def _network_settings(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    for name in ("enable_dns_support", "enable_dns_hostnames"):
        if change.was(name) is True and change.becomes(name) is False:
            what = "Name resolution inside the network is switched off."
            yield _if_inhabited(change, context, what, ((name,),), Severity.CRITICAL)
    for name in ("address_space", "address_prefixes", "dns_servers", "secondary_ip_range"):
        yield from _shrunk(change, context, name)
    if change.type == "aws_vpc_dhcp_options_association" and "dhcp_options_id" in change.changed:
        what = "The network gets other DHCP options, so other name servers."
        yield _if_inhabited(change, context, what, (("dhcp_options_id",),), Severity.HIGH)
    name = "private_ip_google_access"
    if change.was(name) is True and change.becomes(name) is False:
        what = "Machines without a public address no longer reach Google's APIs."
        yield _if_inhabited(change, context, what, ((name,),), Severity.HIGH)


def _shrunk(change: ResourceChange, context: Context, name: str) -> Iterator[Outcome]:
    before, after = change.was(name), change.becomes(name)
    if not isinstance(before, list) or not before or name not in change.changed:
        return
    if after is UNKNOWN or (isinstance(after, list) and UNKNOWN in after):
        yield Undecided(why=f"What becomes of {name} is not known yet.", paths=((name,),))
        return
    left = [_canonical(item) for item in after or ()]
    dropped = [item for item in before if _canonical(item) not in left]
    if not dropped or (name == "address_prefixes" and _covers(after or [], before)):
        return
    shown = ", ".join(texts(dropped)[:3]) or "an entry"
    what = f"{name} no longer holds {shown}."
    yield _if_inhabited(change, context, what, ((name,),), Severity.HIGH)


def _canonical(item: Any) -> str:
    return str(sorted(item.items())) if isinstance(item, dict) else str(item)


def _covers(after: list[Any], before: list[Any]) -> bool:
    spans = spans_of(after)
    return all(
        any(low <= first and last <= high for low, high in spans)
        for first, last in spans_of(before)
    )


def _if_inhabited(
    change: ResourceChange,
    context: Context,
    what: str,
    paths: tuple[Path, ...],
    severity: Severity,
) -> Flag:
    radius = blast_radius(context.graph, change.label, Effect.IMPAIRED, limit=1)
    if radius.reached:
        return Flag(what=what, paths=paths, severity=severity)
    return Flag(what=what, paths=paths, severity=Severity.MEDIUM)


def _forced(change: ResourceChange) -> tuple[Path, ...]:
    return tuple(path for path in change.replace_paths if path)

"""N19: a new private endpoint answers for a service and does not let its users in."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any, Final

from iacrisk.catalog.interfaces import CALLERS, GROUP_LISTS
from iacrisk.plan import UNKNOWN, ActionKind, Path, ResourceChange, lookup, parse_path
from iacrisk.rules.context import Context
from iacrisk.rules.readers.networks.ip_permissions import Permission
from iacrisk.rules.readers.networks.packet_filters import security_group
from iacrisk.rules.readers.siblings import stays
from iacrisk.rules.readers.wording import some_of, texts
from iacrisk.rules.rule import CHANGES, Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

_PORT: Final = 443
_GROUPS: Final = ("security_group_ids",)
_SUBNETS: Final = ("subnets", "subnet_ids", "subnet_id")


@rule(
    id="N19",
    name="endpoint-shuts-out",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds=CHANGES,
    types={"aws_vpc_endpoint"},
)
def endpoint_shuts_out(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """An endpoint takes over a service's name in the network and does not admit who lives there.

    What it flags
        An interface endpoint that gets private DNS, or comes with it, in a network that exists,
        whose security groups let something that runs there not in on port 443.

    Why it matters
        With private DNS every call to the service goes to the endpoint at once. Who is not let in
        does not fall back to the public address: secrets, images and queues are out of reach.

    When it is fine
        Those who are shut out never call that service.

    What to do instead
        Admit the network's ranges on 443 first, then switch private DNS on.

    References
        https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
    """
    if change.after.get("private_dns_enabled") is not True:
        return
    if change.before.get("private_dns_enabled") is True:
        return
    names = _groups(change, context)
    if not names:
        if change.planned(_GROUPS) is UNKNOWN:
            yield Undecided(why="Which security groups it gets is not known.", paths=(_GROUPS,))
        return
    found = [security_group(context, group) for group in names]
    if None in found:
        return
    admitted = [item for group in found if group for item in group.after if _is_way_in(item)]
    if any(item.vague for item in admitted):
        yield Undecided(why="Whom its groups let in is not known.", paths=(_GROUPS,))
        return
    shut_out = [
        user.label
        for user in _users(context)
        if _lives_in(change.after.get("vpc_id"), user, context)
        and not _is_admitted(user, admitted, context)
    ]
    if shut_out:
        yield Flag(
            what=f"It answers for the service in the network and does not let {some_of(shut_out)} "
            "in on port 443.",
            paths=(("private_dns_enabled",), _GROUPS),
            hurts=tuple(shut_out),
        )


def _groups(change: ResourceChange, context: Context) -> list[str]:
    """Its groups by id, or by address where this plan makes them; empty where one is not known."""
    planned = change.planned(_GROUPS)
    if planned is not UNKNOWN and not (isinstance(planned, list) and UNKNOWN in planned):
        return texts(planned)
    known = texts(planned)
    uses = context.graph.dependencies(change.label)
    named = [use.node for use in uses if use.argument.partition(".")[0] == _GROUPS[0]]
    if not all(node.type == "aws_security_group" for node in named):
        return []
    return sorted({node.label for node in named}.union(known)) if named else []


def _lives_in(network: object, user: ResourceChange, context: Context) -> bool:
    """Whether it runs in the network; True where the plan does not tell."""
    subnets = _subnets(user)
    networks = {
        one.before.get("vpc_id")
        for one in context.changes_of("aws_subnet")
        if one.before.get("id") in subnets
    } - {None}
    return not networks or not isinstance(network, str) or network in networks


def _is_way_in(item: Permission) -> bool:
    return item.ingress and item.allow and item.ports[0] <= _PORT <= item.ports[1]


def _users(context: Context) -> Iterator[ResourceChange]:
    """What runs in a network and opens connections."""
    for type_name in sorted(CALLERS):
        for change in context.changes_of(type_name):
            if stays(change) and change.kind is not ActionKind.CREATE:
                yield change


def _is_admitted(user: ResourceChange, admitted: list[Permission], context: Context) -> bool:
    paths = [parse_path(text) for text in GROUP_LISTS[user.type]]
    own = {name for path in paths for name in texts(lookup(user.before, path))}
    subnets = _subnets(user)
    named = {item.peer.text.partition(" ")[2] for item in admitted if item.peer.is_name}
    ranges = [
        change.before.get("cidr_block")
        for change in context.changes_of("aws_subnet")
        if change.before.get("id") in subnets
    ]
    if own & named or not own or not ranges:
        return True
    return all(_is_covered(text, admitted) for text in ranges)


def _subnets(user: ResourceChange) -> frozenset[str]:
    places = [place for text in GROUP_LISTS[user.type] for place in _beside(parse_path(text))]
    return frozenset(name for place in places for name in texts(lookup(user.before, place)))


def _beside(path: Path) -> Iterator[Path]:
    for name in _SUBNETS:
        yield (*path[:-1], name)


def _is_covered(text: Any, admitted: list[Permission]) -> bool:
    try:
        wanted = ip_network(text, strict=False)
    except ValueError:
        return True
    for item in admitted:
        try:
            held = ip_network(item.peer.text, strict=False)
        except ValueError:
            continue
        if held.version == wanted.version and held.supernet_of(wanted):  # type: ignore[arg-type] # same version
            return True
    return False

"""N20: a NAT has too few ports for the machines behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange, lookup
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.shapes import last_part
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

_NAT: Final = "google_compute_router_nat"
_PORTS_OF_AN_ADDRESS: Final = 64_512
_DEFAULT_PORTS: Final = 64
_DYNAMIC_PORTS: Final = 32
_GROUPS: Final = (
    "google_compute_instance_group_manager",
    "google_compute_region_instance_group_manager",
)
_SCALERS: Final = ("google_compute_autoscaler", "google_compute_region_autoscaler")
_TEMPLATES: Final = (
    "google_compute_instance_template",
    "google_compute_region_instance_template",
)


@rule(
    id="N20",
    name="nat-ports-run-out",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.CREATE, ActionKind.UPDATE},
    types={_NAT},
)
def nat_ports_run_out(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """The addresses of a NAT have fewer ports than its machines are given.

    What it flags
        A Cloud NAT with addresses of its own that gives each machine more ports, or loses
        addresses, so that all ports (64,512 for an address) are fewer than the machines of the
        plan's groups without public addresses need; with less certainty, where only the largest
        number of an autoscaler needs more.

    Why it matters
        Machines that get no ports have no way out. The apply succeeds; the machines that come
        last are cut off, or all that start after it.

    When it is fine
        The machines are in a subnetwork that another NAT serves.

    What to do instead
        Add addresses first, or let the ports be allocated dynamically from a small number.

    References
        https://cloud.google.com/nat/docs/ports-and-addresses
    """
    room = _room(change.after)
    if room is None:
        if UNKNOWN in (change.after.get("nat_ips"), change.after.get("min_ports_per_vm")):
            yield Undecided(why="How many ports there are is not known yet.", paths=(("nat_ips",),))
        return
    before = _room(change.before) if change.kind is ActionKind.UPDATE else None
    if before is not None and room >= before:
        return
    groups = [(one, *_sizes(one, context)) for one in _groups_behind(change, context)]
    now, most = sum(size for _, size, _ in groups), sum(most for _, _, most in groups)
    if room >= most or not groups:
        return
    certain = room < now
    number = now if certain else most
    yield Flag(
        what=f"Its addresses have ports for {room} machines, and {number} need some.",
        paths=tuple((name,) for name in ("min_ports_per_vm", "nat_ips") if name in change.changed),
        severity=None if certain else Severity.MEDIUM,
        confidence=None if certain else Confidence.MEDIUM,
        hurts=tuple(one.label for one, _, _ in groups),
    )


def _room(values: dict[str, Any]) -> int | None:
    """For how many machines there are ports; None where Google adds addresses by itself."""
    addresses, ports = values.get("nat_ips"), values.get("min_ports_per_vm")
    if values.get("nat_ip_allocate_option") != "MANUAL_ONLY" or not isinstance(addresses, list):
        return None
    if UNKNOWN in addresses or ports is UNKNOWN:
        return None
    usual = _DYNAMIC_PORTS if values.get("enable_dynamic_port_allocation") else _DEFAULT_PORTS
    each = int(ports) if isinstance(ports, int | float) and ports > 0 else usual
    return len(addresses) * _PORTS_OF_AN_ADDRESS // each


def _groups_behind(nat: ResourceChange, context: Context) -> list[ResourceChange]:
    """Groups in the region of the NAT whose machines have no public address."""
    region = nat.after.get("region")
    return [
        one
        for one in context.changes_of(*_GROUPS)
        if one.kind is not ActionKind.DELETE
        and _region_of(one) == region
        and _has_no_address(one, context)
    ]


def _region_of(group: ResourceChange) -> str | None:
    region, zone = group.after.get("region"), group.after.get("zone")
    if isinstance(region, str):
        return last_part(region)
    return re.sub("-[a-z]$", "", last_part(zone)) if isinstance(zone, str) else None


def _has_no_address(group: ResourceChange, context: Context) -> bool:
    """Whether its template, which has to be in the plan, gives no public address."""
    for use in context.graph.dependencies(group.label):
        found = use.node.change
        if found is not None and found.type in _TEMPLATES:
            return not lookup(found.after, ("network_interface", 0, "access_config"))
    named = lookup(group.after, ("version", 0, "instance_template"))
    name = named.partition("?")[0].rpartition("/")[2] if isinstance(named, str) else ""
    return any(
        one.after.get("name") == name
        and not lookup(one.after, ("network_interface", 0, "access_config"))
        for one in context.changes_of(*_TEMPLATES)
    )


def _sizes(group: ResourceChange, context: Context) -> tuple[int, int]:
    """How many machines run at least, and at most."""

    def build() -> dict[str, dict[str, Any]]:
        scalers = {}
        for one in context.changes_of(*_SCALERS):
            policy = lookup(one.after, ("autoscaling_policy", 0))
            if one.kind is not ActionKind.DELETE and isinstance(policy, dict):
                scalers[last_part(one.after.get("target"))] = policy
        return scalers

    policy = once(context.plan, "autoscalers of groups", build).get(
        str(group.after.get("name")), {}
    )
    size = _whole(group.after.get("target_size"))
    least = _whole(policy.get("min_replicas")) or size
    return least, max(size, least, _whole(policy.get("max_replicas")))


def _whole(value: Any) -> int:
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0

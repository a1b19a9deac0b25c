"""Proof that ports which a front no longer takes were shut behind it anyway."""

from __future__ import annotations

from typing import Any, Final

from iacrisk.plan import ResourceChange
from iacrisk.plan.values import members
from iacrisk.rules.benign.harmless_attributes import explain
from iacrisk.rules.context import Context
from iacrisk.rules.readers.networks.ip_permissions import ALL_PROTOCOLS, Permission
from iacrisk.rules.readers.networks.packet_filters import security_group
from iacrisk.rules.readers.networks.spans import Span
from iacrisk.rules.readers.programs.running import object_named
from iacrisk.rules.readers.shapes import texts
from iacrisk.rules.readers.siblings import stays

_PORTS: Final = "port_range"
_GROUP: Final = "aws_globalaccelerator_endpoint_group"


def why_ports_shut(change: ResourceChange, context: Context) -> str | None:
    """Why no connection is lost: no machine behind the listener lets the ports that go in."""
    rest = change.changed - {_PORTS}
    if _PORTS not in change.changed or (rest and explain(change, context, *rest) is None):
        return None
    gone = _less(_ranges(change.before), _ranges(change.after))
    machines = _machines(change, context)
    if not gone or not machines:
        return None
    protocol = str(change.after.get("protocol")).lower()
    if any(_may_let_in(one, protocol, gone, context) for one in machines):
        return None
    return "no machine behind it lets the ports in that go"


def _ranges(values: dict[str, Any]) -> list[Span]:
    pairs = [(one.get("from_port"), one.get("to_port")) for one in members(values.get(_PORTS))]
    return [(low, high) for low, high in pairs if isinstance(low, int) and isinstance(high, int)]


def _less(before: list[Span], after: list[Span]) -> list[Span]:
    """The parts of the ranges of before that none of afterwards holds."""
    left = before
    for low, high in after:
        pieces = [
            piece
            for first, last in left
            for piece in ((first, min(last, low - 1)), (max(first, high + 1), last))
        ]
        left = sorted({(first, last) for first, last in pieces if first <= last})
    return left


def _machines(change: ResourceChange, context: Context) -> list[ResourceChange]:
    """The machines behind the listener; empty where the plan does not show all of them."""
    found: list[ResourceChange] = []
    for use in context.consumers(change):
        group = use.node.change
        if group is None or group.type != _GROUP:
            continue
        for values in (group.before, group.after):
            if not stays(group) or values.get("port_override"):
                return []
            for block in members(values.get("endpoint_configuration")):
                one = object_named(("aws_instance",), block.get("endpoint_id"), context)
                if one is None:
                    return []
                found.append(one)
    return found


def _may_let_in(machine: ResourceChange, protocol: str, gone: list[Span], context: Context) -> bool:
    names = texts(machine.before.get("vpc_security_group_ids"))
    if "vpc_security_group_ids" in machine.changed or not names:
        return True
    for name in names:
        group = security_group(context, name)
        if group is None or any(
            _covers(entry, protocol, gone) for entry in (*group.before, *group.after)
        ):
            return True
    return False


def _covers(entry: Permission, protocol: str, gone: list[Span]) -> bool:
    if not entry.ingress or not entry.allow:
        return False
    if entry.vague:
        return True
    low, high = entry.ports
    same = entry.protocol in {ALL_PROTOCOLS, protocol}
    return same and any(low <= last and first <= high for first, last in gone)

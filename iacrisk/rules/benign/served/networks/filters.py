"""BL-noeffect and BL-idleports: filters that decide nothing, and denials of what nobody uses."""

from __future__ import annotations

from typing import Any, Final

from iacrisk.catalog.ports import ADMIN_PORTS
from iacrisk.patterns import regex
from iacrisk.plan import ResourceChange
from iacrisk.rules.benign.harmless_attributes import explain
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.networks.ip_permissions import Difference
from iacrisk.rules.readers.networks.packet_filters import (
    FILTER_OWNERS,
    PacketFilter,
    server_of,
    touched_member,
)
from iacrisk.rules.readers.networks.permissions import filter_types
from iacrisk.rules.readers.programs.running import programs, words_of

_PUBLIC: Final = "public_network_access_enabled"
_OWN_LISTS: Final = frozenset(
    {"ip_range_filter", "network_acls", "network_rule_set", "network_rules", "network_rulesets"}
    | {"virtual_network_rule"}
)
_SQL: Final = "google_sql_database_instance"
_OPEN: Final = "settings.0.ip_configuration.0.ipv4_enabled"


def why_without_effect(change: ResourceChange, context: Context) -> str | None:
    """Why the list lets nobody in, before as after; None where it may."""
    if change.type in FILTER_OWNERS:
        server = server_of(change, context)
        closed = server is not None and _is_closed(server)
    elif change.type == _SQL:
        closed = change.was(_OPEN) is False and change.becomes(_OPEN) is False
        closed = closed and all(_is_in_list(item.path) for item in change.differences())
    else:
        rest = change.changed - _OWN_LISTS
        closed = _is_closed(change) and (not rest or explain(change, context, *rest) is not None)
    return "its public side is off anyway, so the list lets nobody in" if closed else None


def _is_closed(server: ResourceChange) -> bool:
    return server.before.get(_PUBLIC) is False and server.after.get(_PUBLIC) is False


def _is_in_list(path: tuple[Any, ...]) -> bool:
    return "authorized_networks" in path or path[-1] in {"version", "etag"}


# Denials

_MAIL: Final = 25
_IDLE: Final = ADMIN_PORTS | {_MAIL, 137, 138}
_SHELLS: Final = frozenset({22, 3389})
_SHARES: Final = frozenset({135, 137, 138, 139, 445})
_SHARED: Final = regex(r"_share$|netapp|file_system|filestore|storage_sync|_fsx_")
_MAILS: Final = frozenset({"smtp", "smtp_host", "mail_host", "smtp_server", "sendmail"})
_PORT: Final = regex(rb'"[a-z_]*port[a-z_]*"\s*:\s*"?(\d{1,5})"?\s*[,}]')
_LAST: Final = 1_000_000
_FEW_PORTS: Final = 16


def why_ports_idle(change: ResourceChange, context: Context) -> str | None:
    """Why nobody misses the ports that are newly denied; None where somebody may."""
    found, member = touched_member(change, context)
    if found is None or member is None or any(item.allow for item in member.after):
        return None
    lost = found.lost(member)
    if lost and all(_is_idle(item, found, context) for item in lost):
        return "nothing in the plan opens, listens on or speaks to the ports it denies"
    return None


def _is_idle(item: Difference, found: PacketFilter, context: Context) -> bool:
    first, last = item.ports
    ports = range(first, last + 1)
    if len(ports) > _FEW_PORTS or not _IDLE.issuperset(ports):
        return False
    opened = any(
        entry.allow
        and entry.order != _LAST
        and entry.order > item.permission.order
        and entry.ingress == item.permission.ingress
        and entry.ports[0] <= last
        and first <= entry.ports[1]
        for entry in found.after
    )
    return not opened and not any(_is_used(port, context) for port in ports)


def _is_used(port: int, context: Context) -> bool:
    if port in _SHELLS and context.changes_of("azurerm_bastion_host"):
        return True
    if port in _SHARES and _shares_files(context):
        return True
    if port == _MAIL and any(
        word in _MAILS or word.startswith("smtp")
        for one in programs(context)
        for word in words_of(one, context)
    ):
        return True
    return port in _listened(context)


def _shares_files(context: Context) -> bool:
    return once(
        context.plan,
        "shares files",
        lambda: any(_SHARED.search(one.type) for one in context.plan.changes),
    )


def _listened(context: Context) -> frozenset[int]:
    """Ports that stand in the values of anything but filters."""

    def build() -> frozenset[int]:
        filters = filter_types()
        return frozenset(
            int(text)
            for one in context.plan.changes
            if one.mode == "managed" and one.type not in filters
            for text in _PORT.findall(bytes(one.raw.change.after))
        )

    return once(context.plan, "ports listened on", build)

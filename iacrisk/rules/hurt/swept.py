"""Ties of external-dns: the records that it deletes, for which nothing asks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.catalog import facts
from iacrisk.plan import ResourceChange
from iacrisk.plan.values import members
from iacrisk.rules.context import Context
from iacrisk.rules.readers.kubernetes.objects import objects_of
from iacrisk.rules.readers.kubernetes.record_keepers import (
    deletes,
    domains_of,
    keeper_values,
    keeps_notes,
)
from iacrisk.rules.readers.networks.dns import plain_name, record_before
from iacrisk.rules.readers.siblings import stays

_MANAGED: Final = frozenset({"A", "AAAA", "CNAME"})


def records_swept(change: ResourceChange, context: Context) -> Iterator[str]:
    """Records of the plan below its domains that no ingress asks for, where it notes nothing."""
    values = keeper_values(change.after) if change.type == "helm_release" else None
    if values is None or not deletes(values) or keeps_notes(values):
        return
    domains = [plain_name(name) for name in domains_of(values)]
    asked = {
        plain_name(rule.get("host"))
        for item in objects_of(context, "Ingress")
        if item.after is not None
        for rule in members(item.after.spec.get("rules"))
    }
    for one in context.changes_of(*sorted(facts.RECORD_TYPES)):
        record = record_before(one) if stays(one) else None
        if record is None or record.type not in _MANAGED:
            continue
        name = plain_name(one.before.get("hostname")) or record.full_name
        below = any(name == domain or name.endswith(f".{domain}") for domain in domains)
        if name not in asked and (below or not domains):
            yield one.label

"""BL-ownrecords: external-dns comes to delete records, but only such as it made itself."""

from __future__ import annotations

from typing import Final

from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.rules.benign.harmless_attributes import explain
from iacrisk.rules.context import Context
from iacrisk.rules.readers.kubernetes.record_keepers import (
    deletes,
    keeper_values,
    keeps_notes,
    owner_of,
)
from iacrisk.rules.readers.networks.dns import records_after

_TOLD: Final = ("manifest", "metadata", "status")
"""What Helm itself tells of a release."""


def why_only_own(change: ResourceChange, context: Context) -> str | None:
    """Why no record of others goes: it deletes what it has noted as its own."""
    told = {name for name in _TOLD if change.after.get(name) is UNKNOWN}
    rest = change.changed - {"set", "values", *told}
    if rest and explain(change, context, *rest) is None:
        return None
    before, after = keeper_values(change.before), keeper_values(change.after)
    if before is None or after is None or not deletes(after):
        return None
    if {**before, "policy": ""} != {**after, "policy": ""} or after.get("extraArgs"):
        return None
    owner = owner_of(after)
    if not keeps_notes(after) or not owner or _is_shared(owner, change, context):
        return None
    if any(
        "heritage=external-dns" in text for one in records_after(context) for text in one.values
    ):
        return None
    return "it deletes only records that it has noted as its own"


def _is_shared(owner: str, change: ResourceChange, context: Context) -> bool:
    """Whether another release takes the same records for its own, or may."""
    for one in context.changes_of("helm_release"):
        if one is change or one.kind is ActionKind.DELETE:
            continue
        values = keeper_values(one.after)
        if values is not None and owner_of(values) in {"", owner}:
            return True
    return False

"""BL-namesissued: a role of Vault still issues for every name that has a certificate of it."""

from __future__ import annotations

import re
from typing import Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.benign.harmless_attributes import explain
from iacrisk.rules.benign.served.data.leftovers import is_named
from iacrisk.rules.context import Context
from iacrisk.rules.readers.access.vault_issuing import (
    NAMING,
    certificates_of,
    is_readable,
    refused_by,
)
from iacrisk.rules.readers.networks.dns import plain_name
from iacrisk.rules.readers.shapes import texts

_BY_THEMSELVES: Final = (
    "vault_pki_secret_backend_config_acme",
    "vault_pki_secret_backend_config_cmpv2",
    "vault_pki_secret_backend_config_est",
    "vault_pki_secret_backend_config_scep",
)
"""Ways by which clients get certificates that the plan does not list."""


def why_names_issued(change: ResourceChange, context: Context) -> str | None:
    """Why nobody misses the names: all that have a certificate of the role may still have one."""
    rest = change.changed - NAMING
    if rest and explain(change, context, *rest) is None:
        return None
    if not is_readable(change.before) or not is_readable(change.after):
        return None
    certificates = list(certificates_of(change, context))
    if not certificates or any(refused_by(change.after, one) for one in certificates):
        return None
    if _others_ask(change, context):
        return None
    stay = texts(change.after.get("allowed_domains"))
    gone = [name for name in texts(change.before.get("allowed_domains")) if name not in stay]
    if any(is_named(plain_name(name), change, context) for name in gone):
        return None
    return "every certificate of the plan that it issued is for a name that stays allowed"


def _others_ask(change: ResourceChange, context: Context) -> bool:
    """Whether somebody of whose names the plan does not tell may ask for certificates."""
    home = str(change.before.get("backend"))
    for one in context.changes_of(*_BY_THEMSELVES):
        if one.after.get("backend") == home and one.after.get("enabled") is not False:
            return True
    asks = re.compile(rb"(?<![\w-])" + re.escape(home).encode() + rb"/(issue|sign|\*|\+)")
    return any(
        asks.search(bytes(one.raw.change.after))
        for one in context.plan.changes
        if one is not change and one.kind is not ActionKind.DELETE
    )

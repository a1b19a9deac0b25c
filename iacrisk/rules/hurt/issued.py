"""Ties of a certificate authority: who has a certificate that it will no longer issue."""

from __future__ import annotations

from collections.abc import Iterator

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.access.vault_issuing import ROLE, certificates_of, refused_by
from iacrisk.rules.readers.siblings import stays


def certificates_refused(change: ResourceChange, context: Context) -> Iterator[str]:
    """The certificates that a role of Vault renews no more, and what is made of them."""
    if change.type != ROLE or change.kind is not ActionKind.UPDATE:
        return
    for certificate in certificates_of(change, context):
        if refused_by(change.after, certificate) and not refused_by(change.before, certificate):
            yield certificate.label
            for use in context.consumers(certificate):
                if use.node.change is not None and stays(use.node.change):
                    yield use.node.label

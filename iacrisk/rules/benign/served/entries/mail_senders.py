"""BL-senderunused: a domain no longer lists a sender of mass mail that does not sign for it."""

from __future__ import annotations

import re
from typing import Final

from iacrisk.catalog import facts
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.benign.harmless_attributes import explain
from iacrisk.rules.context import Context
from iacrisk.rules.readers.networks.dns import (
    Record,
    domain_wide_terms,
    record_after,
    record_before,
    records_after,
)

_SENDERS: Final = {
    "include:amazonses.com": "amazonses",
    "include:sendgrid.net": "sendgrid",
}
"""Senders whose mail comes back to names of their own, or to one below the domain that is made
for it; so what the text says at the domain itself is not asked of their mail. With the word by
which records and programs name them."""

_VALUES: Final = frozenset({"content", "record", "records", "rrdatas", "ttl", "value"})
_KEYS: Final = "._domainkey"


def why_sender_unused(change: ResourceChange, context: Context) -> str | None:
    """Why no mail is refused: nothing of the domain signs for the sender, and no one names it."""
    rest = change.changed - _VALUES
    if rest and explain(change, context, *rest) is None:
        return None
    before, after = record_before(change), record_after(change)
    if before is None or after is None or before.type != "TXT":
        return None
    gone = domain_wide_terms(before) - domain_wide_terms(after)
    if not gone or not gone <= _SENDERS.keys() or not _stays_spf(after):
        return None
    beside = [one for one in records_after(context) if one.zone == before.zone]
    signed = any(_KEYS in f".{one.name}." or _KEYS in f".{one.written}" for one in beside)
    comes = any(one.type == "MX" and one.name == before.name for one in beside)
    if not signed or not comes:
        return None
    words = [_SENDERS[term].encode() for term in sorted(gone)]
    if any(_is_named(word, change, context) for word in words):
        return None
    return "no key of the domain is the sender's, and nothing in the plan names it"


def _stays_spf(record: Record) -> bool:
    """Whether one text on senders is left, which lists another one."""
    texts = [text.strip('"') for text in record.values if "v=spf1" in text.lower()]
    return len(texts) == 1 and " include:" in f" {texts[0]}"


def _is_named(word: bytes, change: ResourceChange, context: Context) -> bool:
    pattern = re.compile(word, re.IGNORECASE)
    return any(
        pattern.search(bytes(one.raw.change.after)) or pattern.search(bytes(one.raw.change.before))
        for one in context.plan.changes
        if one is not change and one.kind is not ActionKind.DELETE
    )


RECORDS: Final = facts.RECORD_TYPES

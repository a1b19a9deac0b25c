"""Names of a domain that the plan manages, and to which nothing of it leads."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from iacrisk.catalog import facts
from iacrisk.catalog.entrances import CERTIFICATE_TYPES
from iacrisk.plan import ActionKind
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.networks.dns import (
    is_validation,
    leads_somewhere,
    record_after,
    record_before,
)
from iacrisk.rules.readers.shapes import texts
from iacrisk.rules.readers.siblings import stays

_ZONE_NAMES: Final = ("name", "dns_name", "zone", "domain")
_PROVE: Final = frozenset({*CERTIFICATE_TYPES, "aws_acm_certificate_validation"})
"""Types that hold names only to have them certified."""


def is_unserved(name: str, kept: Iterable[str], context: Context) -> bool:
    """Whether the plan makes the domain's zone, leads names that are kept here, and not this one.

    Nothing else that stays names it, nor a wildcard above it.
    """
    host = name.lower().rstrip(".")
    zone = max((it for it in _zones(context) if host.endswith(f".{it}")), key=len, default="")
    if not zone or "*" in host:
        return False
    served = once(context.plan, "names that records lead from", lambda: _served(context))
    if not any(f".{other.lower()}".endswith(f".{zone}") and other in served for other in kept):
        return False
    forms = {host, host.removesuffix(f".{zone}"), f"*.{host.partition('.')[2]}", "*"}
    return not forms & served and not _is_spoken_of(host, context)


def _zones(context: Context) -> frozenset[str]:
    def build() -> frozenset[str]:
        return frozenset(
            text.lower().rstrip(".")
            for one in context.changes_of(*sorted(facts.ZONE_TYPES))
            if one.mode == "managed" and stays(one) and one.before.get("vpc") in (None, [])
            for text in texts(*(one.before.get(argument) for argument in _ZONE_NAMES))
            if "." in text
        )

    return once(context.plan, "zones that are managed", build)


def _served(context: Context) -> frozenset[str]:
    """The names of all records that lead somewhere, as they are written and in full."""
    found: set[str] = set()
    for one in context.changes_of(*sorted(facts.RECORD_TYPES)):
        sides = (record_before(one), record_after(one))
        for record in sides:
            if record is not None and leads_somewhere(record) and not is_validation(record):
                found |= {record.name.lower().rstrip("."), record.written.lower().rstrip(".")}
        if sides == (None, None) or (sides[1] is None and one.kind is not ActionKind.DELETE):
            found |= {text.lower().rstrip(".") for text in texts(one.after.get("name"))}
    return frozenset(text.replace("\\052", "*") for text in found)


def _is_spoken_of(host: str, context: Context) -> bool:
    """Whether anything that stays holds the name, or the wildcard above it."""
    above = re.escape(f"*.{host.partition('.')[2]}".encode())
    pattern = re.compile(
        rb"(?<![\w.-])(?:" + re.escape(host.encode()) + rb"(?![\w-])|" + above + rb")"
    )

    def build() -> tuple[bytes, ...]:
        return tuple(
            bytes(one.raw.change.after).lower()
            for one in context.plan.changes
            if one.kind is not ActionKind.DELETE and one.type not in _PROVE
        )

    return any(map(pattern.search, once(context.plan, "values but proofs", build)))

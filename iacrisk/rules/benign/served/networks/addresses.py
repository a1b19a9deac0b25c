"""BL-local, BL-nobodysaddress: addresses that go and that nobody in the plan has or needs."""

from __future__ import annotations

import re
from typing import Any, Final

from iacrisk.patterns import regex
from iacrisk.plan import ResourceChange
from iacrisk.rules.benign.harmless_attributes import explain
from iacrisk.rules.benign.served.entries.led_on import only_leads_on
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.programs.running import programs_naming
from iacrisk.rules.readers.siblings import stays

_LISTS: Final = regex(
    r"redirect|callback|logout|origin|cors|authorized_domain|initiate_login|^uris?$|^rules?$|^hosts?$"
    r"|^tls$|hostname"
)
_WITHIN: Final = ("host", "hosts", "allowed_origins", "origin", "origins")
"""Where a block of such a list keeps its one address."""

_HOST: Final = regex(r"^(?:[a-z][\w+.-]*://)?(\[[\da-f:]+\]|[^/:]+)", re.IGNORECASE)
_LOOPBACK: Final = regex(r"^(localhost|127\.\d+\.\d+\.\d+|\[::1\]|.*\.localhost)$")
_PREVIEW: Final = regex(r"(^|[.-])(preview|pr-?\d+|mr-?\d+|review)(?=$|[.-])")


def why_only_local(change: ResourceChange, context: Context) -> str | None:
    """Why nobody misses the addresses that go, None where somebody may."""
    gone: list[str] = []
    for name in change.changed:
        lost = _lost(change.before.get(name), change.after.get(name), name)
        if lost is not None:
            gone += lost
        elif explain(change, context, name) is None:
            return None
    if gone and all(_is_spare(text, change, context) for text in gone):
        return "only addresses of developers' machines, of previews or that lead on go"
    return None


def _lost(before: Any, after: Any, name: str) -> list[str] | None:
    """What lists of addresses lose inside the value; None where anything else changes."""
    if before == after:
        return []
    if isinstance(before, list) and isinstance(after, list):
        if _LISTS.search(name) and after and all(item in before for item in after):
            gone = [item for item in before if item not in after]
            hosts = [_address(item) for item in gone]
            return [host for host in hosts if host] if all(hosts) else None
        if len(before) != len(after):
            return None
        pairs = [_lost(one, other, name) for one, other in zip(before, after, strict=True)]
    elif isinstance(before, dict) and isinstance(after, dict):
        keys = sorted(before.keys() | after.keys())
        pairs = [_lost(before.get(key), after.get(key), str(key)) for key in keys]
    else:
        return None
    if any(pair is None for pair in pairs):
        return None
    return [text for pair in pairs for text in pair or ()]


def _address(item: Any) -> str | None:
    if isinstance(item, dict):
        item = next((item[name] for name in _WITHIN if item.get(name)), None)
    if isinstance(item, list):
        item = item[0] if len(item) == 1 else None
    return item if isinstance(item, str) and item else None


def _is_spare(text: str, change: ResourceChange, context: Context) -> bool:
    matched = _HOST.match(text)
    host = matched[1].lower() if matched else ""
    if _LOOPBACK.match(host):
        return True
    if only_leads_on(text, change, context):
        return True
    if not is_preview(host):
        return False
    others = [one for one in programs_naming(host, context) if one is not change]
    return not others and not _has_record(host, context)


def is_preview(host: str) -> bool:
    """Whether the host is one of a preview, by a label of its name."""
    return bool(_PREVIEW.search(host.lower()))


def _has_record(host: str, context: Context) -> bool:
    """Whether the preview has a name of its own in this plan."""

    def build() -> frozenset[str]:
        kinds = [one for one in context.plan.changes if "dns" in one.type or "record" in one.type]
        names = (one.after.get("name") for one in kinds)
        return frozenset(name.rstrip(".").lower() for name in names if isinstance(name, str))

    records = once(context.plan, "names of records", build)
    return host in records or host.partition(".")[0] in records


# Lists of those who come in by their address

ADDRESS_LISTS: Final = frozenset({"mongodbatlas_project_ip_access_list"})
_V4: Final = regex(rb"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])")


def why_nobodys_address(change: ResourceChange, context: Context) -> str | None:
    """Why nobody comes from the address that goes: others that stay are those of the plan."""
    own = _single(change.before)
    known = _addresses_in_use(context)
    if own is None or own in known:
        return None
    others = [one for one in context.changes_of(change.type) if stays(one)]
    if any(_single(one.before) in known for one in others):
        return "no object of the plan has the address; those that have one stay on the list"
    return None


def _single(values: dict[str, Any]) -> str | None:
    for name in ("ip_address", "cidr_block"):
        text = values.get(name)
        if isinstance(text, str) and text and ("/" not in text or text.endswith("/32")):
            return text.partition("/")[0]
    return None


def _addresses_in_use(context: Context) -> frozenset[str]:
    """All single addresses in the values of objects that stay or are made, lists left out."""

    def build() -> frozenset[str]:
        return frozenset(
            text.decode()
            for one in context.plan.changes
            if one.type not in ADDRESS_LISTS
            for text in _V4.findall(bytes(one.raw.change.after))
        )

    return once(context.plan, "addresses in use", build)

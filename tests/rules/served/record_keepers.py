"""External-dns comes to delete records: with notes on which are its own, or without."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from tests.plans import Json, update
from tests.rules.served.worlds import pair, stay, trap


def _values(**values: Any) -> list[str]:
    return [msgspec.json.encode({"domainFilters": ["books.example"], **values}).decode()]


def _release(before: dict[str, Any], **after: Any) -> Json:
    known = {"name": "dns", "chart": "external-dns", "version": "1.15.2"}
    told = {**known, "values": _values(policy="upsert-only", **before)}
    new = {**known, "values": _values(policy="sync", **{**before, **after})}
    old = {**told, "metadata": [{"revision": 6}]}
    return update("helm_release.dns", old, new, after_unknown={"metadata": True})


_NOTES: Final = {"registry": "txt", "txtOwnerId": "one"}
_RECORD: Final = stay(
    "cloudflare_record.vpn",
    name="vpn",
    type="A",
    content="198.51.100.7",
    hostname="vpn.books.example",
)
KEEPERS: Final = [
    pair(
        "all records that no ingress asks for may be deleted / those that it made itself",
        _release({"registry": "noop"}),
        _release(_NOTES),
        _RECORD,
    ),
]
KEEPER_TRAPS: Final = [
    trap("the notes begin with this plan", _release({"registry": "noop"}, **_NOTES)),
    trap("no owner's name", _release({"registry": "txt"})),
    trap("another release has the same name", _release(_NOTES),
         stay("helm_release.more", name="more", chart="external-dns", values=_values(**_NOTES))),
    trap("other sources along with it", _release(_NOTES, sources=["service"])),
    trap("further arguments", _release({**_NOTES, "extraArgs": ["--registry=noop"]})),
]  # fmt: skip

"""The lowest TLS version that an argument or the name of a policy lets in."""

from __future__ import annotations

from typing import Any, Final

from iacrisk.patterns import regex

_VERSION: Final = regex(r"1[._-]([0-3])(?!\d)")


def lowest_tls(value: Any) -> int | None:
    """The second digit of the lowest TLS version; -1 for anything before TLS."""
    if not isinstance(value, str):
        return None
    found = _VERSION.search(value)
    if found:
        return int(found[1])
    if value.startswith("ELBSecurityPolicy") or value in {"TLSv1", "TLSv1_2016"}:
        return 0
    return -1 if value in {"SSLv3", "TLSEnforcementDisabled"} else None

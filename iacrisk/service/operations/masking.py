"""Takes secrets out of a text that is on its way to a log.

Two nets: the secrets of the settings, wherever they turn up, and what looks like a credential.
The second is for what the service is handed at run time and never means to log: HCP's access
tokens, links that let anybody download a plan, addresses with a password.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from iacrisk.service.secret import Secret

HIDDEN: Final = "***"
_SHORTEST: Final = 6
"""Shorter ones would blot out ordinary words; secrets that short are refused elsewhere."""

_CREDENTIALS: Final = (
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]+"), rf"\1 {HIDDEN}"),
    (re.compile(r"\b[\w-]+\.atlasv1\.[\w-]+"), HIDDEN),
    (re.compile(r"\bwhsec_[\w+/=-]+"), HIDDEN),
    (re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://)[^\s/@:]*:[^\s/@]*@"), rf"\1{HIDDEN}@"),
    (re.compile(r"(?i)\b(https?://[^\s?#\"'<>]+)\?[^\s\"'<>]+"), rf"\1?{HIDDEN}"),
)
_URL: Final = re.compile(r"(?i)\bhttps?://[^\s\"'<>]+")
_LONG_SEGMENT: Final = re.compile(r"/[\w.~%=+-]{32,}")


class Mask:
    """Knows the secrets of one service."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        """Hide these texts, the longest first, and whatever looks like a credential."""
        known = sorted({text for text in secrets if len(text) >= _SHORTEST}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def __call__(self, text: str) -> str:
        """The text without them."""
        if self._known is not None:
            text = self._known.sub(HIDDEN, text)
        for pattern, shown in _CREDENTIALS:
            text = pattern.sub(shown, text)
        return _URL.sub(lambda url: _LONG_SEGMENT.sub(f"/{HIDDEN}", url[0]), text)


def secrets_in(settings: msgspec.Struct) -> Iterator[str]:
    """Every secret of the settings, however deep."""
    for field in msgspec.structs.fields(settings):
        value = getattr(settings, field.name)
        if isinstance(value, Secret) and value:
            yield value.reveal()
        elif isinstance(value, msgspec.Struct):
            yield from secrets_in(value)

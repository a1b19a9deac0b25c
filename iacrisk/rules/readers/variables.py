"""The names of the variables by which programs are told of a host."""

from __future__ import annotations

import re
from typing import Final

from iacrisk.rules.context import Context
from iacrisk.rules.readers.programs import programs

_PAIR: Final = r'"name":\s*"([^"]+)",\s*"value":\s*"[^"]*{host}'
_TURNED: Final = r'"value":\s*"[^"]*{host}[^"]*",\s*"name":\s*"([^"]+)"'
_MAP: Final = r'"([^"]+)":\s*"[^"]*{host}'
_NO_NAMES: Final = frozenset({"value", "id"})


def variables_holding(host: str, context: Context) -> list[str] | None:
    """The variables whose values hold the host; None where it stands elsewhere in a program."""
    found: list[str] = []
    word = rf"(?<![\w-]){re.escape(host)}(?![\w-])"
    for one in programs(context):
        raw = bytes(one.raw.change.after)
        if host.encode() not in raw:
            continue
        text = raw.decode("utf-8", "replace").replace("\\", "")
        names = [
            name
            for pattern in (_PAIR, _TURNED, _MAP)
            for name in re.findall(pattern.format(host=word), text)
            if name not in _NO_NAMES
        ]
        if len(names) < len(re.findall(word, text)):
            return None
        found += names
    return found

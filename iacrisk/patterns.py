"""Regular expressions that are compiled when they are first asked.

Rules hold hundreds of them and a plan asks few: compiling all took a sixth of a small run.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, Final, Generic, cast

_ASKED: Final = (
    "findall",
    "finditer",
    "flags",
    "fullmatch",
    "match",
    "pattern",
    "search",
    "split",
    "sub",
    "subn",
)


def regex(text: AnyStr, flags: int | re.RegexFlag = 0) -> re.Pattern[AnyStr]:
    """What `re.compile` returns, in use the same; a wrong expression raises at its first use."""
    return cast("re.Pattern[AnyStr]", _Lazy(text, flags))


class _Lazy(Generic[AnyStr]):
    """Becomes the compiled pattern's methods with the first one that is asked for."""

    def __init__(self, text: AnyStr, flags: int | re.RegexFlag) -> None:
        self._text: AnyStr = text
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        if name not in _ASKED:
            raise AttributeError(name)
        compiled = re.compile(self._text, self._flags)
        for asked in _ASKED:
            setattr(self, asked, getattr(compiled, asked))
        return self.__dict__[name]

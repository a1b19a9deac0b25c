"""Which part of a database's version is the major one."""

from __future__ import annotations

import re
from typing import Any

Version = tuple[int, ...]


def major_change(engine: str, before: Any, after: Any) -> tuple[Version, Version] | None:
    """The major versions before and after, or None where they are equal or cannot be read."""
    old, new = _numbers(before), _numbers(after)
    if not old or not new:
        return None
    parts = min(_major_parts(engine, old, new), len(old), len(new))
    return (old[:parts], new[:parts]) if old[:parts] != new[:parts] else None


def _numbers(version: Any) -> Version:
    """The numbers a version begins with, after a name such as POSTGRES_ or OpenSearch_."""
    if isinstance(version, int | float) and not isinstance(version, bool):
        version = str(version)
    if not isinstance(version, str):
        return ()
    match = re.match(r"(?:v|[A-Za-z]+[A-Za-z_-]*[_-])?(\d+(?:[._]\d+)*)", version)
    return tuple(int(part) for part in re.split(r"[._]", match.group(1))) if match else ()


def _major_parts(engine: str, old: Version, new: Version) -> int:
    """How many numbers make the major version: 5.7 and 8.0 are two majors of MySQL."""
    name = engine.lower()
    if any(word in name for word in ("mysql", "mariadb", "neptune")):
        return 2
    if "postgres" in name and min(old[0], new[0]) < 10:
        return 2 if old[0] == new[0] else 1
    return 1

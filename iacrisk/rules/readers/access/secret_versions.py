"""Who names a version of a secret by its number, its id or its label."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from iacrisk.patterns import regex
from iacrisk.plan import ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.programs.running import programs_naming

_LAST: Final = regex(r"[/:]")
_AWS_ASKED: Final = r":[^:\"\s]*:([\w.+=-]*):([\w-]*)"
"""`json-key:version-stage:version-id` behind the secret, as in a task's `valueFrom`."""


def short_name(secret: str) -> str:
    """The last part of a secret's path or ARN."""
    return _LAST.split(secret)[-1]


def readers_of_number(secret: str, version: str, context: Context) -> list[ResourceChange]:
    """The programs that name the version of the secret by its number, after the plan."""
    name = short_name(secret)
    path = re.compile(rf"secrets/{re.escape(name)}/versions/{re.escape(version)}(?!\w)")
    return [
        one
        for one in programs_naming(name, context)
        if path.search(_text(one)) or _asks(_values(one), name, version)
    ]


def readers_of_label(
    secret: str, labels: Iterable[str], version_id: str, context: Context
) -> list[ResourceChange]:
    """The programs that read the AWS secret by one of the labels, or by the version's id."""
    asked = re.compile(re.escape(secret) + _AWS_ASKED)
    wanted = frozenset(labels)
    return [
        one
        for one in programs_naming(short_name(secret), context)
        if any(
            stage in wanted or (version_id and found_id == version_id)
            for stage, found_id in asked.findall(_text(one))
        )
    ]


def _text(change: ResourceChange) -> str:
    return bytes(change.raw.change.after).decode("utf-8", "replace")


def _values(change: ResourceChange) -> Any:
    return msgspec.json.decode(bytes(change.raw.change.after) or b"null")


def _asks(value: Any, name: str, version: str) -> bool:
    """Whether a block names the secret and, in itself or one block below, the version."""
    for block in _blocks(value):
        named = any(isinstance(one, str) and short_name(one) == name for one in block.values())
        if named and any(str(part.get("version")) == version for part in _near(block)):
            return True
    return False


def _near(block: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield block
    for value in block.values():
        for item in value if isinstance(value, list) else ():
            if isinstance(item, dict):
                yield item


def _blocks(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for item in value.values():
            yield from _blocks(item)
    elif isinstance(value, list):
        for item in value:
            yield from _blocks(item)

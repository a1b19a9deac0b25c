"""Which environment the tags of an object name, read without decoding the rest of the object."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from iacrisk.catalog.environments import NAMING_KEYS, environment_named


class _Tags(msgspec.Struct, frozen=True, gc=False):
    tags: msgspec.Raw = msgspec.Raw(b"null")
    labels: msgspec.Raw = msgspec.Raw(b"null")
    tags_all: msgspec.Raw = msgspec.Raw(b"null")


_decoder: Final = msgspec.json.Decoder(_Tags)


def environment_in(values: msgspec.Raw) -> str | None:
    """The environment that the tags among an object's attributes name, None where they do not."""
    for value in _naming_values(values):
        named = environment_named(value)
        if named:
            return named
    return None


def is_environment_hidden(unknown: msgspec.Raw) -> bool:
    """Whether, by `after_unknown`, a tag that names the environment is not known yet."""
    return any(value is True for value in _naming_values(unknown))


def _naming_values(attributes: msgspec.Raw) -> Iterator[Any]:
    try:
        found = _decoder.decode(attributes)
        maps = [msgspec.json.decode(raw) for raw in (found.tags, found.labels, found.tags_all)]
    except msgspec.DecodeError:
        return
    for tags in maps:
        for key, value in sorted(tags.items()) if isinstance(tags, dict) else ():
            if key.lower() in NAMING_KEYS:
                yield value

"""What a resource type accepts, from the provider's own schema."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from iacrisk.training.protobuf import fields

_RESOURCES: Final = 2
_SETTINGS: Final = 1


class Argument(msgspec.Struct, frozen=True, kw_only=True):
    """One attribute; `type` is Terraform's, `"string"` or `["set", "string"]`."""

    name: str
    type: Any
    required: bool = False
    optional: bool = False
    computed: bool = False

    @property
    def is_given(self) -> bool:
        """Whether a configuration can hold it."""
        return self.required or self.optional


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """The inside of a resource or of a nested block."""

    arguments: tuple[Argument, ...] = ()
    blocks: tuple[Nested, ...] = ()


class Nested(msgspec.Struct, frozen=True, kw_only=True):
    """A nested block: `single` where it stands as an object and not in a list or set."""

    name: str
    block: Block
    single: bool
    required: bool
    repeats: bool


def read_schemas(message: bytes) -> tuple[Block, dict[str, Block]]:
    """The provider's own block and those of its resource types, of a GetProviderSchema.Response."""
    provider, found = Block(), {}
    for number, content in fields(message):
        if not isinstance(content, bytes):
            continue
        if number == _SETTINGS:
            provider = _schema(content)
        elif number == _RESOURCES:
            entry = dict(fields(content))
            found[_text(entry[1])] = _schema(_bytes(entry[2]))
    return provider, dict(sorted(found.items()))


def _schema(message: bytes) -> Block:
    return _block(_bytes(dict(fields(message)).get(2, b"")))


def _block(message: bytes) -> Block:
    return Block(
        arguments=tuple(_argument(content) for content in _repeated(message, 2)),
        blocks=tuple(_nested(content) for content in _repeated(message, 3)),
    )


def _argument(message: bytes) -> Argument:
    found = dict(fields(message))
    return Argument(
        name=_text(found[1]),
        type=json.loads(_text(found[2])),
        required=found.get(4) == 1,
        optional=found.get(5) == 1,
        computed=found.get(6) == 1,
    )


def _nested(message: bytes) -> Nested:
    found = dict(fields(message))
    nesting, least, most = (found.get(number, 0) for number in (3, 4, 5))
    is_single = nesting in (1, 5)
    return Nested(
        name=_text(found[1]),
        block=_block(_bytes(found.get(2, b""))),
        single=is_single,
        required=least != 0,
        repeats=not is_single and most != 1,
    )


def _repeated(message: bytes, number: int) -> Iterator[bytes]:
    for field, content in fields(message):
        if field == number and isinstance(content, bytes):
            yield content


def _bytes(content: int | bytes) -> bytes:
    return content if isinstance(content, bytes) else b""


def _text(content: int | bytes) -> str:
    return _bytes(content).decode()

"""The few messages of the plugin protocol that planning needs, as bytes.

Protobuf's wire format is a list of (field number, value); the field numbers are those of
Terraform's published protocol, version 5.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

UNKNOWN: Final = msgspec.msgpack.Ext(0, b"\0")
"""A value that is known after apply."""
_VARINT: Final = 0
_TEXT: Final = 2


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What came back of a plan: the state it leads to, and why it would replace."""

    planned: Any = None
    replaces: tuple[str, ...] = ()
    """Paths without keys of elements, `root_block_device.encrypted`."""
    errors: tuple[str, ...] = ()


def fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The fields of a message in order; raises ValueError for a wire type nobody uses here."""
    position = 0
    while position < len(message):
        tag, position = _read_varint(message, position)
        if tag & 7 == _VARINT:
            number, position = _read_varint(message, position)
            yield tag >> 3, number
        elif tag & 7 == _TEXT:
            length, position = _read_varint(message, position)
            yield tag >> 3, message[position : position + length]
            position += length
        else:
            raise ValueError(f"unexpected wire type {tag & 7}")


def part(number: int, content: bytes) -> bytes:
    """One field that holds bytes."""
    return _varint(number << 3 | _TEXT) + _varint(len(content)) + content


def configure_request(config: Any) -> bytes:
    """A Configure.Request."""
    return part(1, b"1.11.0") + part(2, _dynamic(config))


def plan_request(type_name: str, prior: Any, proposed: Any, config: Any) -> bytes:
    """A PlanResourceChange.Request."""
    states = (_dynamic(state) for state in (prior, proposed, config))
    return part(1, type_name.encode()) + b"".join(
        part(number, state) for number, state in enumerate(states, start=2)
    )


def plan_answer(message: bytes) -> Answer:
    """A PlanResourceChange.Response."""
    planned: Any = None
    replaces: list[str] = []
    for number, content in fields(message):
        if number == 1 and isinstance(content, bytes):
            planned = _static(content)
        elif number == 2 and isinstance(content, bytes):
            replaces.append(_path(content))
    return Answer(planned=planned, replaces=tuple(replaces), errors=errors_in(message, 4))


def error_answer(summary: str) -> bytes:
    """A PlanResourceChange.Response that holds nothing but an error."""
    return part(4, _varint(1 << 3 | _VARINT) + _varint(1) + part(2, summary.encode()))


def errors_in(message: bytes, number: int) -> tuple[str, ...]:
    """The errors among a response's diagnostics, which stand in the field `number`."""
    found = []
    for field, content in fields(message):
        if field == number and isinstance(content, bytes):
            diagnostic = dict(fields(content))
            if diagnostic.get(1) == 1:
                texts = (diagnostic.get(2, b""), diagnostic.get(3, b""))
                found.append(": ".join(t.decode() for t in texts if isinstance(t, bytes) and t))
    return tuple(found)


def _path(message: bytes) -> str:
    return ".".join(
        name.decode()
        for _, step in fields(message)
        if isinstance(step, bytes)
        for number, name in fields(step)
        if number == 1 and isinstance(name, bytes)
    )


def _dynamic(value: Any) -> bytes:
    return part(1, msgspec.msgpack.encode(value))


def _static(message: bytes) -> Any:
    for number, content in fields(message):
        if number == 1 and isinstance(content, bytes):
            try:
                return msgspec.msgpack.decode(content)
            except UnicodeDecodeError:  # a text that is no text, of a type that nobody gave one
                return None
    return None


def _read_varint(message: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[position]
        position += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, position


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    return bytes((*found, value))

"""Protobuf's wire format, as far as Terraform's plugin protocol uses it.

A message is a list of (field number, value): https://protobuf.dev/programming-guides/encoding/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

_VARINT: Final = 0
_TEXT: Final = 2


def fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The fields of a message in order; raises ValueError for a wire type nobody uses here."""
    position = 0
    while position < len(message):
        tag, position = read_varint(message, position)
        if tag & 7 == _VARINT:
            number, position = read_varint(message, position)
            yield tag >> 3, number
        elif tag & 7 == _TEXT:
            length, position = read_varint(message, position)
            yield tag >> 3, message[position : position + length]
            position += length
        else:
            raise ValueError(f"unexpected wire type {tag & 7}")


def part(number: int, content: bytes) -> bytes:
    """One field that holds bytes."""
    return _varint(number << 3 | _TEXT) + _varint(len(content)) + content


def number_part(number: int, value: int) -> bytes:
    """One field that holds a number."""
    return _varint(number << 3 | _VARINT) + _varint(value)


def read_varint(message: bytes, position: int) -> tuple[int, int]:
    """The number at a position, and the position behind it."""
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

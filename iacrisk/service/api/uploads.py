"""Takes a plan from the body of a request into a file, unpacked and never larger than allowed."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator
from typing import BinaryIO, Final

from litestar.exceptions import ClientException
from litestar.status_codes import HTTP_413_REQUEST_ENTITY_TOO_LARGE

_MB: Final = 1024 * 1024
_GZIP: Final = 16 + zlib.MAX_WBITS


class TooLarge(ClientException):
    """The body is larger than a plan may be."""

    status_code = HTTP_413_REQUEST_ENTITY_TOO_LARGE


async def take_upload(
    chunks: AsyncIterator[bytes], encoding: str, into: BinaryIO, largest_mb: int
) -> None:
    """Write the body; raises ClientException where it is too large or damaged."""
    room = _Room(into, largest_mb)
    match encoding.strip().lower():
        case "" | "identity":
            async for chunk in chunks:
                room.write(chunk)
        case "gzip" | "x-gzip":
            await _unpack(chunks, room)
        case _:
            raise ClientException("The content encoding is gzip or none.")


async def _unpack(chunks: AsyncIterator[bytes], room: _Room) -> None:
    packed = zlib.decompressobj(_GZIP)
    try:
        async for chunk in chunks:
            rest = chunk
            while rest:  # a little at a time: what is packed may be a bomb
                room.write(packed.decompress(rest, _MB))
                rest = packed.unconsumed_tail
    except zlib.error:
        raise ClientException("The gzip data is damaged.") from None
    if not packed.eof:
        raise ClientException("The gzip data is cut off.")


class _Room:
    """A file with an end."""

    def __init__(self, file: BinaryIO, largest_mb: int) -> None:
        self._file = file
        self._largest = largest_mb
        self._left = largest_mb * _MB

    def write(self, data: bytes) -> None:
        self._left -= len(data)
        if self._left < 0:
            raise TooLarge(f"The plan is larger than {self._largest} MB (scoring.plan_mb).")
        self._file.write(data)

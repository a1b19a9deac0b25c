"""The file of an approval: the signed bytes as they are, and the signature over them.

The bytes are kept in base64, so what is verified is what is parsed.
"""

from __future__ import annotations

import base64
import binascii
from typing import Final

import msgspec

from iacrisk.approval.statement import Part
from iacrisk.errors import ApprovalRefused

PAYLOAD_TYPE: Final = "application/vnd.in-toto+json"
LARGEST: Final = 1024 * 1024


class Envelope(Part, frozen=True, kw_only=True):
    """The members of the file."""

    payload: str
    payload_type: str
    signature: str


class Signed(msgspec.Struct, frozen=True, kw_only=True):
    """Bytes that somebody signed, and the signature in SSH's armor."""

    payload: bytes
    signature: str


def pack(signed: Signed) -> bytes:
    """The text of the file."""
    envelope = Envelope(
        payload=base64.b64encode(signed.payload).decode("ascii"),
        payload_type=PAYLOAD_TYPE,
        signature=signed.signature,
    )
    return _written(envelope)


def unpack(data: bytes) -> Signed:
    """What a file holds, not yet verified; raises ApprovalRefused."""
    if len(data) > LARGEST:
        raise ApprovalRefused(f"The file is larger than {LARGEST:,} bytes.")
    try:
        envelope = msgspec.json.decode(data, type=Envelope)
        payload = base64.b64decode(envelope.payload, validate=True)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, binascii.Error, ValueError):
        raise ApprovalRefused("The file is no approval, or a damaged one.") from None
    if envelope.payload_type != PAYLOAD_TYPE:
        raise ApprovalRefused("The file holds something else than an in-toto statement.")
    if _written(envelope).rstrip() != data.rstrip():
        raise ApprovalRefused("The file is not spelled as iacrisk spells it.")
    return Signed(payload=payload, signature=envelope.signature)


def _written(envelope: Envelope) -> bytes:
    return msgspec.json.encode(envelope, order="sorted") + b"\n"

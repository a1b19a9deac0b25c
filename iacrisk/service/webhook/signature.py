"""Whether a webhook comes from whoever knows the key: HMAC-SHA512 over the bytes as they came."""

from __future__ import annotations

import hmac
from hashlib import sha512
from typing import Final

from iacrisk.service.secret import Secret

HEADER: Final = "X-TFC-Task-Signature"


def is_signed(body: bytes, signature: str, *keys: Secret) -> bool:
    """Whether one of the keys made the signature; every key that is set is tried."""
    stated = signature.encode("utf-8", "surrogateescape")
    return any(hmac.compare_digest(_made(body, key), stated) for key in keys if key)


def _made(body: bytes, key: Secret) -> bytes:
    return hmac.new(key.reveal().encode(), body, sha512).hexdigest().encode()

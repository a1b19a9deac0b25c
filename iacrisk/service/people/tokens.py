"""Secrets that a browser or a person holds, of which only a digest is kept here."""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256
from typing import Final

_BYTES: Final = 32


def new_secret() -> str:
    """256 random bits, safe in a URL and a cookie."""
    return secrets.token_urlsafe(_BYTES)


def digest_of(secret: str) -> str:
    """What is stored of a secret. It has 256 random bits, so that a plain hash is enough."""
    return sha256(secret.encode()).hexdigest()


def form_token(secret: str) -> str:
    """The token against forged requests: the forms of whoever holds this cookie carry it.

    It follows from the cookie, so that a new session has a new one and nothing is stored.
    """
    return hmac.new(secret.encode(), b"iacrisk form", sha256).hexdigest()


def is_form_token(given: str, secret: str) -> bool:
    """Whether a form carries the token of this cookie."""
    return hmac.compare_digest(given.encode(), form_token(secret).encode())

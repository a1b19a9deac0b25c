"""Signs what is sent, as https://www.standardwebhooks.com describes, so that libraries verify it.

The signature covers id, time and body: a receiver refuses what is forged, what is old, and what
it has had already.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import urllib.parse
from hashlib import sha256
from typing import Final

from iacrisk.errors import SettingsError
from iacrisk.service.secret import Secret
from iacrisk.service.settings import Settings

_PREFIX: Final = "whsec_"
_FEWEST: Final = 24
"""Bytes of a key; the specification asks for 24 to 64."""
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


def signed_headers(key: Secret, notification: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers that prove who sent this body, and when."""
    content = f"{notification}.{timestamp}.".encode() + body
    digest = hmac.new(_key_bytes(key), content, sha256).digest()
    return {
        "webhook-id": notification,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def refuse_bad_settings(settings: Settings) -> None:
    """Raise SettingsError when what is configured could not be sent, or not safely."""
    notifying = settings.notifying
    if notifying.webhook_url:
        _refuse_bad_url("notifying.webhook_url", notifying.webhook_url)
        _key_bytes(notifying.webhook_key)
    if notifying.slack_url:
        _refuse_bad_url("notifying.slack_url", notifying.slack_url)


def _refuse_bad_url(name: str, secret: Secret) -> None:
    url = urllib.parse.urlsplit(secret.reveal())
    if url.scheme == "https" and url.hostname:
        return
    if url.scheme != "http" or url.hostname not in _LOOPBACK:
        raise SettingsError(f"{name} has to be an https:// URL (http:// for this machine only).")


def _key_bytes(key: Secret) -> bytes:
    text = key.reveal().removeprefix(_PREFIX)
    try:
        found = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        found = b""
    if len(found) < _FEWEST:
        raise SettingsError(
            f"notifying.webhook_key has to be {_PREFIX} and {_FEWEST} bytes or more in base64, as "
            f"by: echo {_PREFIX}$(openssl rand -base64 32)"
        )
    return found

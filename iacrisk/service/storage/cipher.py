"""Encrypts what the store may not hold in clear: the access tokens of HCP."""

from __future__ import annotations

import base64
import os
from hashlib import sha256
from pathlib import Path
from typing import Final

from cryptography.fernet import Fernet, InvalidToken

from iacrisk.errors import SettingsError
from iacrisk.service.secret import Secret
from iacrisk.service.settings import Settings

KEY_FILE: Final = "secret.key"
_SHORTEST: Final = 16


class Cipher:
    """Encrypts with one key."""

    def __init__(self, key: Secret) -> None:
        """Use a key made of the text, however long it is."""
        self._fernet = Fernet(base64.urlsafe_b64encode(sha256(key.reveal().encode()).digest()))

    def seal(self, secret: Secret) -> bytes:
        """The secret, encrypted."""
        return self._fernet.encrypt(secret.reveal().encode())

    def open(self, sealed: bytes) -> Secret:
        """The secret again; raises SettingsError where the key is another one now."""
        try:
            return Secret(self._fernet.decrypt(sealed).decode())
        except InvalidToken:
            raise SettingsError(
                "A stored token cannot be decrypted: secret_key is not what it was."
            ) from None


def make_cipher(settings: Settings) -> Cipher:
    """By the key in the settings, or by the key file, which is made where it is missing.

    Raises SettingsError.
    """
    key = settings.secret_key
    if not key:
        if settings.database_url:
            raise SettingsError(
                "With database_url a secret_key is needed, the same on each replica."
            )
        key = _key_in(Path(settings.data_folder) / KEY_FILE)
    if len(key.reveal()) < _SHORTEST:
        raise SettingsError(f"secret_key has to have {_SHORTEST} characters or more.")
    return Cipher(key)


def _key_in(path: Path) -> Secret:
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return Secret(path.read_text("ascii").strip())
    with os.fdopen(file, "w", encoding="ascii") as made:
        made.write(Fernet.generate_key().decode())
    return Secret(path.read_text("ascii").strip())

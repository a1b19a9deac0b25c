"""Claims as they are given: a sentence, or a file in TOML or JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from iacrisk.errors import SettingsError
from iacrisk.provenance.claim import Claim, ClaimFile, claim_of_file


def read_claim_file(path: Path) -> Claim:
    """The claim in the file at `path`; raises SettingsError."""
    try:
        content = msgspec.convert(_content(path), ClaimFile)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{path}: {error}.") from error
    claim = claim_of_file(path.name, content)
    if not claim.is_understood:
        raise SettingsError(f"{path} claims nothing: give types, addresses, actions or counts.")
    return claim


def _content(path: Path) -> Any:
    try:
        text = path.read_text("utf-8-sig")
        if path.suffix == ".json":
            return msgspec.json.decode(text)
        import tomllib  # noqa: PLC0415 - most runs have no claim file

        return tomllib.loads(text)
    except OSError as error:
        raise SettingsError(f"Cannot read {path}: {error.strerror}.") from error
    except ValueError as error:
        raise SettingsError(f"{path} is neither valid TOML nor JSON: {error}.") from error

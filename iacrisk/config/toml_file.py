"""Reading a TOML file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from iacrisk.errors import SettingsError


def read_toml(path: Path) -> dict[str, Any]:
    """What the file at `path` holds; raises SettingsError."""
    import tomllib  # noqa: PLC0415 - most runs read no such file

    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise SettingsError(f"Cannot read {path}: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not valid TOML: {error}.") from error

"""Which files of a folder are configuration."""

from __future__ import annotations

from pathlib import Path
from typing import Final

SUFFIXES: Final = (".tf", ".tofu", ".tf.json", ".tofu.json")


def configuration_files(folder: Path) -> list[Path]:
    """The configuration files of one folder, overrides last; none where it cannot be listed."""
    try:
        paths = [path for path in folder.iterdir() if is_configuration(path.name)]
        files = [path for path in paths if path.is_file()]
    except OSError:
        return []
    return sorted(files, key=lambda path: (is_override(path.name), path.name))


def holds_configuration(folder: Path) -> bool:
    """Whether `folder` is one with configuration in it."""
    return bool(configuration_files(folder))


def is_configuration(name: str) -> bool:
    """Whether Terraform reads a file of this name."""
    return name.endswith(SUFFIXES) and not name.startswith(".")


def holds_values(name: str) -> bool:
    """Whether a file of this name gives variables their values."""
    return name.endswith((".tfvars", ".tfvars.json"))


def is_override(name: str) -> bool:
    """Whether the file changes blocks of others rather than declaring its own."""
    stem = name.partition(".")[0]
    return stem == "override" or stem.endswith("_override")

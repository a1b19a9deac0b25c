"""Where a run stands in the repository: hosts name files as seen from its top."""

from __future__ import annotations

import os
from pathlib import Path


def repository() -> Path:
    """The nearest folder upward that Git knows, or the working directory."""
    here = Path.cwd()
    return next((each for each in (here, *here.parents) if (each / ".git").exists()), here)


def seen_from(root: Path, path: Path) -> str:
    """`path` as seen from `root`; "" for the root itself and for what lies outside of it."""
    inside = Path(os.path.relpath(path, root)).as_posix()
    return "" if inside == "." or inside.split("/")[0] == ".." else inside


def main_file(configuration: Path) -> str:
    """Where what has no place is shown: main.tf of the configuration, or its first file."""
    here = Path.cwd() / configuration
    files = sorted(path.name for path in here.glob("*.tf")) if here.is_dir() else []
    name = "main.tf" if "main.tf" in files or not files else files[0]
    return seen_from(repository(), here / name) or "main.tf"

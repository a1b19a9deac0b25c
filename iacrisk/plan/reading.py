"""From a path or standard input to the bytes of one UTF-8 JSON document."""

from __future__ import annotations

import codecs
import gzip
import io
import shutil
import subprocess
import sys
import zlib
from pathlib import Path

from iacrisk.errors import BinaryPlan, BrokenPlan, UnreadableInput

STDIN = "-"
LARGEST = 4 * 1024**3
_SHOW_TIMEOUT_SECONDS = 300
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read_plan(source: str) -> bytes:
    """The JSON text of the plan at `source`, a path or "-".

    A binary plan file is shown as JSON by the terraform or tofu on PATH where its directory is
    initialised. Raises InputError.
    """
    data = _unpacked(_read(source))
    if data.startswith(b"PK\x03\x04"):
        return _shown(source)
    if data.startswith(b"tfplan"):
        raise BinaryPlan(
            "This is a binary plan file from before Terraform 0.12.",
            "Plan again with Terraform 0.12 or later; older plans have no JSON form.",
        )
    return _utf8(data)


def _read(source: str) -> bytes:
    try:
        if source == STDIN:
            return sys.stdin.buffer.read(LARGEST + 1)
        path = Path(source)
        if path.stat().st_size > LARGEST:
            raise UnreadableInput(f"{source} is larger than {LARGEST >> 30} GiB.")
        return path.read_bytes()
    except OSError as error:
        raise UnreadableInput(f"Cannot read {source}: {error.strerror}.") from error


def _unpacked(data: bytes) -> bytes:
    if not data.startswith(b"\x1f\x8b"):
        return data
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            unpacked = stream.read(LARGEST + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise BrokenPlan("The gzip data is truncated or damaged.", "Store it again.") from error
    if len(unpacked) > LARGEST:
        raise UnreadableInput(f"The unpacked plan is larger than {LARGEST >> 30} GiB.")
    return unpacked


def _utf8(data: bytes) -> bytes:
    encoding = next((name for bom, name in _BOMS if data.startswith(bom)), None)
    if encoding is None and b"\x00" in data[:4]:
        encoding = "utf-16-be" if data[:1] == b"\x00" else "utf-16-le"
    if encoding is None:
        return data
    try:
        return data.decode(encoding).encode()
    except UnicodeDecodeError as error:
        raise BrokenPlan(f"The text is not valid {encoding}.", "Save the plan as UTF-8.") from error


def _shown(source: str) -> bytes:
    """A binary plan file as JSON, from the first tool that can show it."""
    if source == STDIN:
        raise BinaryPlan(
            "Standard input holds a binary plan file.",
            "Run `terraform show -json PLANFILE | iacrisk score -` instead.",
        )
    path = Path(source).resolve()
    remedy = f"In the directory it was planned in, run: terraform show -json {source} > plan.json"
    tools = [tool for name in ("terraform", "tofu") if (tool := shutil.which(name))]
    directory = next(filter(_is_initialised, (Path.cwd(), path.parent)), None)
    if not tools or directory is None:
        missing = "no terraform or tofu on PATH" if not tools else "no initialised directory"
        raise BinaryPlan(f"{source} is a binary plan file, and there is {missing}.", remedy)
    for tool in tools:
        shown = _show(tool, path, directory)
        if shown is not None:
            return shown
    raise BinaryPlan(f"`{Path(tools[0]).name} show -json` failed on {source}.", remedy)


def _is_initialised(directory: Path) -> bool:
    """Whether `init` ran here, or nothing needed it: a configuration without providers."""
    return (directory / ".terraform").is_dir() or any(directory.glob("*.tf"))


def _show(tool: str, path: Path, directory: Path) -> bytes | None:
    try:
        shown = subprocess.run(  # noqa: S603 - the tool that made the plan, no shell
            [tool, "show", "-json", "-no-color", str(path)],
            cwd=directory,
            capture_output=True,
            check=False,
            stdin=subprocess.DEVNULL,
            timeout=_SHOW_TIMEOUT_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return shown.stdout if shown.returncode == 0 else None

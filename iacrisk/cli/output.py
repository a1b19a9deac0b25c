"""Where reports go."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from iacrisk.errors import SettingsError
from iacrisk.report import Format, batch_renderer

if TYPE_CHECKING:
    from iacrisk.report.batch import Batch

STDOUT: Final = "-"


class Outputs(msgspec.Struct, frozen=True):
    """Formats with their destinations: a path, or "-" for standard output."""

    pairs: tuple[tuple[Format, str], ...]

    @classmethod
    def pair(cls, formats: list[Format], files: list[str]) -> Outputs:
        """The n-th format goes to the n-th file; formats without one go to standard output.

        Raises SettingsError where files outnumber formats or two share a destination.
        """
        formats = formats or [Format.CONSOLE]
        if len(files) > len(formats):
            raise SettingsError("There are more --output than --format; give one --format each.")
        destinations = [*files, *[STDOUT] * (len(formats) - len(files))]
        if len(set(destinations)) < len(destinations):
            raise SettingsError("Two formats have the same destination; give each an --output.")
        return cls(tuple(zip(formats, destinations, strict=True)))

    def write(self, batch: Batch) -> None:
        """Render each format and write it; raises SettingsError where a file cannot be.

        A single plan that could not be judged has nothing to show on the console, and no JSON
        report: standard error tells why.
        """
        is_told_elsewhere = not batch.several and batch.plans[0].assessment is None
        for format_, destination in self.pairs:
            if is_told_elsewhere and format_ in {Format.CONSOLE, Format.JSON}:
                continue
            text = batch_renderer(format_)(batch)
            if destination == STDOUT:
                emit(text)
            else:
                write(Path(destination), text)

    @property
    def for_atlantis(self) -> bool:
        """Whether Atlantis reads what is printed."""
        return (Format.ATLANTIS, STDOUT) in self.pairs


def emit(text: str, *, to_stderr: bool = False) -> None:
    """Print UTF-8, whatever the locale says."""
    stream = sys.stderr if to_stderr else sys.stdout
    stream.flush()
    buffer = getattr(stream, "buffer", None)
    if buffer is None:
        stream.write(text)
    else:
        buffer.write(text.encode("utf-8", "backslashreplace"))
        buffer.flush()


def emit_bytes(data: bytes) -> None:
    """Print what is no text."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def write(path: Path, text: str) -> None:
    """Write beside the target and rename, so that nobody reads half a file.

    Raises SettingsError where that cannot be.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_text(text, "utf-8")
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise SettingsError(f"Cannot write {path}: {error.strerror}.") from error

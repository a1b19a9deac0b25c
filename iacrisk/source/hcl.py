"""Terraform files as plain data, whichever release of python-hcl2 reads them.

python-hcl2 8 keeps the quotes of labels and texts and adds keys of its own; 7 does neither.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from iacrisk.errors import SettingsError
from iacrisk.source.files import configuration_files

_OWN_KEYS: Final = frozenset({"__is_block__", "__comments__", "__inline_comments__"})


def read_folder(folder: Path) -> list[dict[str, Any]]:
    """The configuration files of one folder, overrides last.

    Raises SettingsError where one cannot be read or parsed.
    """
    return [_read(path) for path in configuration_files(folder)]


def parse_document(name: str, text: str) -> dict[str, Any]:
    """One file's text as data; raises SettingsError with `name` and the line of the fault."""
    document = _from_json(name, text) if name.endswith(".json") else _from_hcl(name, text)
    return document if isinstance(document, dict) else {}


class Parsing:
    """`parse_document` that parses the same text once."""

    def __init__(self) -> None:
        self._known: dict[tuple[bool, str], dict[str, Any] | SettingsError] = {}

    def __call__(self, name: str, text: str) -> dict[str, Any]:
        """One file's text as data; nobody may change it. Raises SettingsError as it does."""
        key = (name.endswith(".json"), text)
        if key not in self._known:
            try:
                self._known[key] = parse_document(name, text)
            except SettingsError as error:
                self._known[key] = error
        found = self._known[key]
        if isinstance(found, SettingsError):
            raise found
        return found


def blocks(document: Any, kind: str) -> Iterator[Any]:
    """The bodies under `kind`, whether it stands once or several times."""
    found = document.get(kind) if isinstance(document, dict) else None
    yield from found if isinstance(found, list) else () if found is None else (found,)


def labelled(document: Any, kind: str) -> Iterator[tuple[str, Any]]:
    """The blocks of `kind` with one label, as (label, body)."""
    for group in blocks(document, kind):
        if isinstance(group, dict):
            yield from group.items()


def _read(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"{path} cannot be read as text.") from None
    return parse_document(str(path), text)


def _from_json(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        raise SettingsError(f"{name}, line {line}: this is not valid JSON.") from None


def _from_hcl(name: str, text: str) -> Any:
    import hcl2  # noqa: PLC0415 - building its grammar takes a while
    from lark.exceptions import LarkError  # noqa: PLC0415

    try:
        return _plain(hcl2.loads(text if text.endswith("\n") else f"{text}\n"))
    except (LarkError, RecursionError, ValueError, KeyError, TypeError, IndexError) as error:
        line = getattr(error, "line", None)
        where = f"{name}, line {line}" if isinstance(line, int) and line > 0 else name
        raise SettingsError(f"{where}: this is not valid Terraform configuration.") from None


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            _unquoted(str(name)): _plain(item)
            for name, item in value.items()
            if name not in _OWN_KEYS
        }
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return _unquoted(value) if isinstance(value, str) else value


def _unquoted(text: str) -> str:
    is_quoted = len(text) >= 2 and text[0] == '"' == text[-1]
    return text[1:-1] if is_quoted else text

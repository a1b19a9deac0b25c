"""Versions of providers and modules, and whether a step between two is more than a patch."""

from __future__ import annotations

import re
from typing import Final

from iacrisk.patterns import regex
from iacrisk.source.facts import VersionJump
from iacrisk.source.hcl import labelled, parse_document
from iacrisk.source.lifecycle import CallFacts

_NUMBER: Final = regex(r"\d+(?:\.\d+)*")
_REF: Final = regex(r"[?&]ref=([^&]+)")


def locked_versions(name: str, text: str) -> dict[str, str]:
    """Provider address and version of each entry of a lock file; raises SettingsError."""
    document = parse_document(name, text) if text else {}
    return {
        provider: str(body.get("version") or "")
        for provider, body in labelled(document, "provider")
        if isinstance(body, dict)
    }


def jump(before: str, after: str) -> VersionJump | None:
    """The step from one version, constraint or Git reference to another, unless it is a patch."""
    if before == after or not before or not after:
        return None
    old, new = _number(before), _number(after)
    if old and new and old[:2] == new[:2]:
        return None
    return VersionJump(before, after)


def module_jump(before: CallFacts, after: CallFacts) -> VersionJump | None:
    """The step of a module's version, by its `version` or by the `ref` of a Git source."""
    if _without_ref(before.source) != _without_ref(after.source):
        return None
    return jump(_version(before), _version(after))


def _version(call: CallFacts) -> str:
    ref = _REF.search(call.source)
    return ref[1] if ref else call.version


def _without_ref(source: str) -> str:
    return _REF.sub("", source)


def _number(text: str) -> tuple[int, ...]:
    match = _NUMBER.search(text)
    if match is None or re.fullmatch(r"[0-9a-f]{7,40}", text):
        return ()
    parts = tuple(int(part) for part in match[0].split("."))
    return (*parts, 0)[:2] if len(parts) < 2 else parts

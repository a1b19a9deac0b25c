"""Finding and reading iacrisk.toml."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import msgspec

from iacrisk.errors import SettingsError
from iacrisk.gate import MODEL, Policy
from iacrisk.rules import RULES, SUPPRESSORS

POLICY_FILE: Final = "iacrisk.toml"


def load_policy(stated: Path | None, directory: Path) -> Policy:
    """The policy at `stated`, else in `directory` or above it, else the default one.

    Raises SettingsError.
    """
    path = stated or find_policy(directory)
    return Policy() if path is None else parse_policy_file(path)


def find_policy(directory: Path) -> Path | None:
    """The nearest iacrisk.toml from `directory` upward."""
    for place in (directory, *directory.parents):
        candidate = place / POLICY_FILE
        if candidate.is_file():
            return candidate
    return None


def parse_policy_file(path: Path) -> Policy:
    """The policy in the file at `path`; raises SettingsError with the place of the fault."""
    import tomllib  # noqa: PLC0415 - most runs have no policy file

    try:
        settings = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise SettingsError(f"Cannot read {path}: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not valid TOML: {error}.") from error
    try:
        policy = msgspec.convert(settings, Policy)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{path}: {error}.{_suggestion(settings)}") from error
    _refuse_unknown_rules(path, policy)
    return policy


def _refuse_unknown_rules(path: Path, policy: Policy) -> None:
    known = {rule.id for rule in RULES}
    for rule_id in (*policy.rules, *(waiver.rule for waiver in policy.waivers)):
        if rule_id not in known and rule_id not in ("*", MODEL):
            ids = [*known, *(item.id for item in SUPPRESSORS)]
            raise SettingsError(f"{path}: there is no rule {rule_id!r}.{_closest(rule_id, ids)}")


def _suggestion(settings: dict[str, Any]) -> str:
    unknown, known = _first_unknown(settings, Policy)
    return _closest(unknown, known) if unknown else ""


def _first_unknown(
    settings: dict[str, Any], model: type[msgspec.Struct]
) -> tuple[str, tuple[str, ...]]:
    fields = {field.name: field for field in msgspec.structs.fields(model)}
    for name, value in settings.items():
        if name not in fields:
            return name, tuple(fields)
        inner = _struct_of(fields[name].type)
        nested = value if isinstance(value, list) else [value]
        for item in nested:
            if inner is not None and isinstance(item, dict):
                found = _first_unknown(item, inner)
                if found[0]:
                    return found
    return "", ()


def _struct_of(kind: Any) -> type[msgspec.Struct] | None:
    """The Struct in an annotation such as `tuple[Waiver, ...]`, if there is one."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return kind
    for argument in getattr(kind, "__args__", ()):
        found = _struct_of(argument)
        if found is not None:
            return found
    return None


def _closest(word: str, known: Any) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - only on a fault

    matches = get_close_matches(word, sorted(known), n=1, cutoff=0.5)
    return f" Did you mean {matches[0]!r}?" if matches else f" Known: {', '.join(sorted(known))}."

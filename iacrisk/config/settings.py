"""Finding and reading iacrisk.toml."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from iacrisk.errors import SettingsError
from iacrisk.gate import MODEL, Policy
from iacrisk.rules import RULES, SUPPRESSORS, OwnRules, Plugin, Rule, Suppressor

if TYPE_CHECKING:
    from iacrisk.config.toml_lines import TomlLines

POLICY_FILE: Final = "iacrisk.toml"
_FAULT: Final = re.compile(r"(?P<what>.*) - at `\$(?P<path>.*)`", re.DOTALL)
_FIELD: Final = re.compile("unknown field `(.*?)`")
_STEP: Final = re.compile(r"\.(?P<key>[^.\[\]]+)|\[(?P<index>\d+)\]")


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The policy, and the rules that it brings along."""

    policy: Policy = Policy()
    own: OwnRules = OwnRules()


def load_settings(stated: Path | None, directory: Path) -> Settings:
    """The settings at `stated`, else in `directory` or above it, else the default ones.

    Raises SettingsError.
    """
    path = stated or find_policy(directory)
    return Settings() if path is None else read_settings(path)


def find_policy(directory: Path) -> Path | None:
    """The nearest iacrisk.toml from `directory` upward."""
    for place in (directory, *directory.parents):
        candidate = place / POLICY_FILE
        if candidate.is_file():
            return candidate
    return None


def parse_policy_file(path: Path) -> Policy:
    """The policy in the file at `path`; raises SettingsError with the place of the fault."""
    return read_settings(path).policy


def read_settings(path: Path) -> Settings:
    """All that the file at `path` says; raises SettingsError with the place of the fault."""
    import tomllib  # noqa: PLC0415 - most runs have no policy file

    from iacrisk.config.toml_lines import TomlLines  # noqa: PLC0415 - the same

    try:
        text = path.read_text("utf-8")
        settings = tomllib.loads(text)
    except OSError as error:
        raise SettingsError(f"Cannot read {path}: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not valid TOML: {error}.") from error
    lines = TomlLines(text)
    try:
        policy = msgspec.convert(settings, Policy)
    except msgspec.ValidationError as error:
        place = f"{path}{_line(str(error), lines)}"
        hint = _suggestion(settings) or _choice(str(error))
        raise SettingsError(f"{place}: {error}.{hint}") from error
    own = OwnRules(rules=tuple(_own_rules(path, policy, lines)))
    own = _with_plugins(path, policy, own, lines)
    _refuse_twins(path, policy, own, lines)
    _refuse_unknown_rules(path, policy, own)
    _refuse_unknown_groups(path, policy)
    _refuse_double_people(path, policy)
    return Settings(policy=policy, own=own)


def _own_rules(path: Path, policy: Policy, lines: TomlLines) -> Iterable[Rule]:
    if not policy.own_rules:
        return ()
    from iacrisk.config.own_rules import declared_rules  # noqa: PLC0415 - few policies have any

    return declared_rules(path, policy.own_rules, lines)


def _with_plugins(path: Path, policy: Policy, own: OwnRules, lines: TomlLines) -> OwnRules:
    if not policy.plugins.rules:
        return own
    from iacrisk.config.plugins import load_plugin  # noqa: PLC0415 - few policies have any

    plugins: list[Plugin] = []
    rules = [*own.rules]
    for name in policy.plugins.rules:
        try:
            plugin, found = load_plugin(name)
        except SettingsError as error:
            line = lines.line_of(("plugins", "rules"))
            raise SettingsError(f"{path}:{line}: plugin {name!r}: {error}") from error
        plugins.append(plugin)
        rules += found
    return OwnRules(rules=tuple(rules), plugins=tuple(plugins))


def _refuse_twins(path: Path, policy: Policy, own: OwnRules, lines: TomlLines) -> None:
    """No two rules share an id or a name, the built-in ones among them."""
    built_in: tuple[Rule | Suppressor, ...] = (*RULES, *SUPPRESSORS)
    taken = {word: "a built-in rule" for item in built_in for word in (item.id, item.name)}
    for number, rule in enumerate(own.rules):
        is_declared = number < len(policy.own_rules)
        line = lines.line_of(("own_rules", number) if is_declared else ("plugins", "rules"))
        for word in (rule.id, rule.name):
            if word in taken:
                raise SettingsError(
                    f"{path}:{line}: own rule {rule.id}: {taken[word]} has {word!r} already."
                )
        taken |= {rule.id: rule.origin, rule.name: rule.origin}


def _refuse_double_people(path: Path, policy: Policy) -> None:
    people: dict[str, str] = {}
    for person, signers in policy.approvals.people.items():
        for signer in {person.casefold(), *(signer.casefold() for signer in signers)}:
            other = people.setdefault(signer, person)
            if other != person:
                raise SettingsError(
                    f"{path}: [approvals.people] has {signer} as {other} and as {person}."
                )


def _refuse_unknown_groups(path: Path, policy: Policy) -> None:
    known = policy.approvals.groups
    for name in (group for rule in policy.approvals.rules for group in rule.by):
        if name not in known:
            raise SettingsError(
                f"{path}: [approvals.groups] has no group {name!r}.{_closest(name, known)}"
            )


def _refuse_unknown_rules(path: Path, policy: Policy, own: OwnRules) -> None:
    known = {rule.id for rule in (*RULES, *own.rules)}
    for rule_id in (*policy.rules, *(waiver.rule for waiver in policy.waivers)):
        if rule_id not in known and rule_id not in ("*", MODEL):
            ids = [*known, *(item.id for item in SUPPRESSORS)]
            raise SettingsError(f"{path}: there is no rule {rule_id!r}.{_closest(rule_id, ids)}")


def _line(fault: str, lines: TomlLines) -> str:
    """`:12` for a fault that msgspec places, as far as the file tells."""
    found = _FAULT.fullmatch(fault)
    field = _FIELD.search(fault)
    path = [*_steps(found["path"] if found else ""), *([field[1]] if field else [])]
    line = lines.line_of(tuple(path))
    return f":{line}" if line else ""


def _steps(path: str) -> Iterator[str | int]:
    for step in _STEP.finditer(path):
        yield int(step["index"]) if step["index"] else step["key"]


def _suggestion(settings: dict[str, Any]) -> str:
    unknown, known = _first_unknown(settings, Policy)
    return _closest(unknown, known) if unknown else ""


def _choice(fault: str) -> str:
    """The nearest of the values that a key takes, where the fault is that it has another."""
    word = re.match(r"Invalid enum value '(.*?)'", fault)
    found = _FAULT.fullmatch(fault)
    if word is None or found is None:
        return ""
    kind: Any = Policy
    for step in _steps(found["path"]):
        struct = _struct_of(kind)
        if isinstance(step, str) and struct is not None:
            kind = next(f.type for f in msgspec.structs.fields(struct) if f.name == step)
    choices = _enum_of(kind)
    return _closest(word[1], [str(item.value) for item in choices]) if choices else ""


def _enum_of(kind: Any) -> type[Enum] | None:
    """The enumeration in an annotation such as `tuple[ActionKind, ...]`, if there is one."""
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    inner = (*getattr(kind, "__args__", ()), getattr(kind, "__origin__", None))
    return next((found for each in inner if each and (found := _enum_of(each))), None)


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

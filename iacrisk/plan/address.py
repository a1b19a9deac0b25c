r"""Resource addresses, the only place that takes them apart.

Terraform writes string keys as HCL quoted strings, so a key may hold dots, brackets and
quotes: `module.a["x.y"].aws_db_instance.main["a\"]b"]`. Grammar:
https://developer.hashicorp.com/terraform/cli/state/resource-addressing
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

import msgspec

from iacrisk.patterns import regex

Key = str | int | None

_STEP = regex(r"([^.\[\]\"]+)(?:\[(?:(-?\d+)|\"((?:[^\"\\]|\\.)*)\")\])?(?:\.|$)", re.DOTALL)
_ESCAPE = regex(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))|\$\$\{|%%\{", re.DOTALL)
_NAMED_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
_TO_ESCAPE = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}


class ModuleStep(msgspec.Struct, frozen=True):
    """One `module.name[key]` of a module path."""

    name: str
    key: Key = None

    def __str__(self) -> str:
        """The step as Terraform writes it."""
        return f"module.{self.name}{format_key(self.key)}"


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """An absolute resource instance address."""

    module: tuple[ModuleStep, ...] = ()
    mode: str = "managed"
    type: str
    name: str
    key: Key = None

    @property
    def block(self) -> str:
        """The address inside its module and without instance key: `data.aws_ami.base`."""
        return (
            f"data.{self.type}.{self.name}" if self.mode == "data" else f"{self.type}.{self.name}"
        )

    def __str__(self) -> str:
        """The address as Terraform writes it."""
        steps = "".join(f"{step}." for step in self.module)
        return f"{steps}{self.block}{format_key(self.key)}"


def matches(glob: str, address: str) -> bool:
    """Whether an address fits a glob; brackets of instance keys stand for themselves."""
    return fnmatchcase(address, glob.replace("[", "[[]"))


def parse_address(text: str) -> Address:
    """Read an absolute resource instance address.

    Raises ValueError where `text` is none.
    """
    steps = _steps(text)
    position = 0
    module: list[ModuleStep] = []
    while position < len(steps) and steps[position] == ("module", None):
        if position + 1 == len(steps):
            raise ValueError(f"not a resource address: {text!r}")
        module.append(ModuleStep(*steps[position + 1]))
        position += 2
    mode = "managed"
    if len(steps) - position == 3 and steps[position] in (("data", None), ("ephemeral", None)):
        mode = steps[position][0]
        position += 1
    if len(steps) - position != 2 or steps[position][1] is not None:
        raise ValueError(f"not a resource address: {text!r}")
    type_name, (name, key) = steps[position][0], steps[position + 1]
    return Address(module=tuple(module), mode=mode, type=type_name, name=name, key=key)


def parse_module(text: str) -> tuple[ModuleStep, ...]:
    """Read a module address such as `module.a["k"].module.b`; the empty text is the root."""
    if not text:
        return ()
    steps = _steps(text)
    if len(steps) % 2 or any(step != ("module", None) for step in steps[::2]):
        raise ValueError(f"not a module address: {text!r}")
    return tuple(ModuleStep(name, key) for name, key in steps[1::2])


def format_key(key: Key) -> str:
    """`[0]`, `["a"]` or nothing, as Terraform writes an instance key."""
    if key is None:
        return ""
    if isinstance(key, int):
        return f"[{key}]"
    return f'["{_escape(key)}"]'


def unescape_key(quoted: str) -> str:
    """The key between the quotes of an address; raises ValueError for an impossible escape."""

    def replace(match: re.Match[str]) -> str:
        short, long, named = match.groups()
        if short or long:
            return chr(int(short or long, 16))
        if named:
            return _NAMED_ESCAPES.get(named, named)
        return match.group()[1:]

    return _ESCAPE.sub(replace, quoted)


def _steps(text: str) -> list[tuple[str, Key]]:
    steps: list[tuple[str, Key]] = []
    position = 0
    while position < len(text):
        match = _STEP.match(text, position)
        if match is None:
            raise ValueError(f"not an address: {text!r}")
        name, number, quoted = match.groups()
        key: Key = None if quoted is None else unescape_key(quoted)
        if number is not None:
            key = int(number)
        steps.append((name, key))
        position = match.end()
    if not steps or text.endswith("."):
        raise ValueError(f"not an address: {text!r}")
    return steps


def _escape(key: str) -> str:
    escaped = "".join(
        _TO_ESCAPE.get(char) or (char if char.isprintable() else _code_point(char)) for char in key
    )
    return escaped.replace("${", "$${").replace("%{", "%%{")


def _code_point(char: str) -> str:
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"

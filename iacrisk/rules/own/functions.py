"""The functions of expressions, save the loops. Null in, null or false out; unknown stays so."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any, Final

from iacrisk.patterns import regex
from iacrisk.plan import UNKNOWN
from iacrisk.rules.own.logic import Partial, kind_of, unknown

_VERSION: Final = regex(r"v?([0-9]{1,9}(?:\.[0-9]{1,9}){0,9})")
_NUMBER: Final = regex(r"[+-]?[0-9]{1,18}(?:\.[0-9]{1,18})?")
_LONGEST_NAME: Final = 4096


class Unfit(Exception):
    """A value that a function cannot use; the text says of what kind, never which."""


class Version(tuple[int, ...]):
    """The numbers of a version, `16.3` before `16.10`."""


def have_order(left: Any, right: Any) -> bool:
    """Whether one can be smaller than the other: numbers, or versions. Texts have none."""
    if isinstance(left, Version) and isinstance(right, Version):
        return True
    return kind_of(left) == kind_of(right) == "a number"


def call(name: str, values: list[Any]) -> Any:
    """The result; raises Unfit."""
    if unknown(*values):
        return UNKNOWN
    match name, values:
        case "len", [value]:
            return _length(value)
        case "number", [value]:
            return None if value is None else _number(value)
        case "lower", [value]:
            return None if value is None else _text(value).lower()
        case "version", [value]:
            return None if value is None else _version(_text(value))
        case "within", [None, _]:
            return False
        case "within", [inner, outer]:
            return _within(_text(inner), _text(outer))
        case _, [None, _]:
            return False
        case "starts_with", [text, part]:
            return _text(text).startswith(_text(part))
        case "ends_with", [text, part]:
            return _text(text).endswith(_text(part))
        case "matches", [text, glob]:
            return _matches(_text(text), _text(glob))
    raise Unfit("there is no such function")


def _length(value: Any) -> Any:
    if isinstance(value, Partial):
        return UNKNOWN
    if value is None:
        return 0
    if not isinstance(value, str | list | dict):
        raise Unfit(f"{kind_of(value)} has no length")
    return len(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise Unfit(f"a text is wanted, not {kind_of(value)}")
    return value


def _number(value: Any) -> float | int:
    if kind_of(value) == "a number":
        return value  # type: ignore[no-any-return] # as kind_of says
    text = _text(value)
    if _NUMBER.fullmatch(text) is None:
        raise Unfit("the text is no number")
    return float(text) if "." in text else int(text)


def _version(text: str) -> Version:
    found = _VERSION.match(text)
    if found is None:
        raise Unfit("the text does not begin with a version")
    return Version(map(int, found[1].split(".")))


def _matches(text: str, glob: str) -> bool:
    if len(text) > _LONGEST_NAME:
        raise Unfit(f"a text longer than {_LONGEST_NAME:,} characters is not matched")
    return fnmatchcase(text, glob.replace("[", "[[]"))


def _within(inner: str, outer: str) -> bool:
    import ipaddress  # noqa: PLC0415 - few rules ask

    try:
        one = ipaddress.ip_network(inner, strict=False)
        other = ipaddress.ip_network(outer, strict=False)
    except ValueError:
        raise Unfit("the text is no address range") from None
    if isinstance(one, ipaddress.IPv4Network) and isinstance(other, ipaddress.IPv4Network):
        return one.subnet_of(other)
    if isinstance(one, ipaddress.IPv6Network) and isinstance(other, ipaddress.IPv6Network):
        return one.subnet_of(other)
    return False

"""Whether programs call a host with TLS: by the address itself, or by a variable beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from iacrisk.patterns import regex
from iacrisk.plan import ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.networks.client_addresses import is_encrypted, is_plain
from iacrisk.rules.readers.shapes import json_in

Variables = dict[str, str]

_LIBPQ: Final = "pgsslmode"
"""What clients of PostgreSQL go by for every connection that does not say otherwise."""

_POSTGRES: Final = regex("postgres", re.IGNORECASE)

_PLACE: Final = regex(
    r"_?(addr(ess)?|brokers?|bootstrap_servers?|endpoint|fqdn|host(name|s)?|nodes?|server|ur[il])$"
)
_SAYS: Final = regex(
    r"^_?(use_?|require_?|enable_?)?(encrypt(ion)?|security_protocol|(ssl|tls)(_?(enabled|mode))?)$"
)
_YES: Final = regex(
    r"^(1|enabled?|on|require[ds]?|(sasl_)?ssl|strict|true|verify[-_](ca|full|identity)|yes)$"
)
_NO: Final = regex(r"^(0|disabled?|false|no|none|off|(sasl_)?plaintext)$")


class Caller(msgspec.Struct, frozen=True):
    """A program that calls a store by this address."""

    program: ResourceChange
    address: str
    store: ResourceChange

    def is_encrypted(self, context: Context) -> bool:
        """Whether each variable in which the program has the address goes with TLS."""
        if is_encrypted(self.address):
            return True
        said = [] if is_plain(self.address) else self._said(context)
        return bool(said) and all(_YES.match(one.lower()) for one in said)

    def is_plain(self, context: Context) -> bool:
        """Whether the program says that it calls without TLS."""
        if is_plain(self.address):
            return True
        said = [] if is_encrypted(self.address) else self._said(context)
        return any(_NO.match(one.lower()) for one in said)

    def _said(self, context: Context) -> list[str]:
        """What stands beside the address of how it is called; "" where nothing does."""
        everywhere = {_LIBPQ} if _POSTGRES.search(_kind_of(self.store)) else set[str]()
        return [
            said
            for variables in _variables_of(self.program, context)
            for name, held in variables.items()
            if held == self.address
            for said in [*_said_of(name, variables, everywhere)] or [""]
        ]


def _said_of(name: str, variables: Variables, everywhere: set[str]) -> Iterator[str]:
    stem = _PLACE.sub("", name.lower())
    for other, said in variables.items():
        lower = other.lower()
        own = lower.startswith(stem) and _SAYS.match(lower.removeprefix(stem))
        if own or lower in everywhere:
            yield said


def _kind_of(store: ResourceChange) -> str:
    names = ("database_version", "engine", "family")
    return " ".join([store.type, *(str(store.before.get(name)) for name in names)])


def _variables_of(program: ResourceChange, context: Context) -> list[Variables]:
    """The variables of each container, or of whatever else holds some."""
    return once(context.plan, ("variables", program.label), lambda: list(_scopes(program.after)))


def _scopes(value: Any) -> Iterator[Variables]:
    if isinstance(value, dict):
        if not {"name", "value"} <= value.keys():
            yield {name: one for name, one in value.items() if isinstance(one, str)}
        inside = list(value.values())
    elif isinstance(value, list):
        pairs = [(one.get("name"), one.get("value")) for one in value if isinstance(one, dict)]
        yield {str(name): said for name, said in pairs if name and isinstance(said, str)}
        inside = value
    else:
        inside = [json_in(value)] if isinstance(value, str) and value[:1] in {"[", "{"} else []
    for one in inside:
        yield from _scopes(one)

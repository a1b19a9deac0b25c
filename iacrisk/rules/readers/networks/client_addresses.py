"""By which addresses the programs of a plan call a host: whole values, with scheme and options."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from iacrisk.catalog.databases import PARAMETER_GROUPS, SERVER_PARAMETERS
from iacrisk.patterns import regex
from iacrisk.plan import ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.programs.running import programs
from iacrisk.rules.readers.shapes import json_in
from iacrisk.rules.readers.siblings import stays

_SHORTEST: Final = 6
_HOSTS: Final = (
    "address",
    "bootstrap_brokers",
    "bootstrap_brokers_tls",
    "configuration_endpoint_address",
    "endpoint",
    "fqdn",
    "hostname",
    "primary_endpoint_address",
    "private_ip_address",
    "reader_endpoint",
    "reader_endpoint_address",
)
_ENCRYPTED: Final = regex(
    r"sslmode=(require|verify[-_]ca|verify[-_](full|identity))|rediss://|https://|amqps://|"
    r"mongodb\+srv://|(?<![a-z])(encrypt|ssl|tls|usessl|requiressl)=(true|1|strict|yes)|"
    r":(6380|9094|9096|9098|9194|9196|9198)(?!\d)",
    re.IGNORECASE,
)
_PLAIN: Final = regex(
    r"sslmode=(allow|disable|disabled|prefer|preferred)|(?<![a-z])(http|redis|amqp)://|"
    r"(?<![a-z])(encrypt|ssl|tls|usessl|requiressl)=(false|0|no)|:(9092|9192)(?!\d)",
    re.IGNORECASE,
)


def stores_of(change: ResourceChange, context: Context) -> list[ResourceChange]:
    """The change, and the databases that use the parameters it holds."""
    if change.type in PARAMETER_GROUPS:
        near = [use.node.change for use in context.consumers(change)]
    elif change.type in SERVER_PARAMETERS:
        near = [use.node.change for use in context.graph.dependencies(change.label)]
    else:
        near = []
    return [change, *(one for one in near if one is not None and stays(one))]


def hosts_of(store: ResourceChange) -> list[str]:
    """The names by which programs call the store, without ports."""
    found = [store.before.get(name) for name in _HOSTS]
    listed = [part for text in found if isinstance(text, str) for part in text.split(",")]
    return [text.partition("://")[2] or text for text in map(_without_port, listed)]


def _without_port(text: str) -> str:
    host, colon, port = text.rpartition(":")
    return host if colon and port.isdigit() else text


def calls_to(hosts: Iterable[str], context: Context) -> list[tuple[ResourceChange, str]]:
    """The programs that name one of the hosts, each with the value in which it stands."""
    wanted = [host.lower() for host in sorted(hosts) if len(host) >= _SHORTEST]
    found: list[tuple[ResourceChange, str]] = []
    for one in programs(context) if wanted else ():
        raw = _text(one, context)
        near = [host for host in wanted if host in raw]
        values = values_of(one, context) if near else []
        found += [
            (one, value) for value in values if any(_names(host, value.lower()) for host in near)
        ]
    return found


def _names(host: str, value: str) -> bool:
    """Whether the host stands in the value as a whole, and not as the tail of a longer one."""
    return re.search(rf"(?<![\w.-]){re.escape(host)}(?![\w-])", value) is not None


def is_encrypted(value: str) -> bool:
    """Whether the address itself says that the connection is encrypted."""
    return bool(_ENCRYPTED.search(value)) and not _PLAIN.search(value)


def is_plain(value: str) -> bool:
    """Whether the address itself says that it is not."""
    return bool(_PLAIN.search(value))


def _text(one: ResourceChange, context: Context) -> str:
    def build() -> str:
        return bytes(one.raw.change.after).decode("utf-8", "replace").lower()

    return once(context.plan, ("text in lower case", one.label), build)


def values_of(one: ResourceChange, context: Context) -> list[str]:
    """The single values of a program, those in JSON as well."""
    return once(context.plan, ("values", one.label), lambda: list(_leaves(one.after)))


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item)
    elif isinstance(value, str):
        decoded = json_in(value) if value[:1] in {"[", "{"} else None
        if decoded is None:
            yield value
        else:
            yield from _leaves(decoded)

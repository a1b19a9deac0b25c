"""The names of the variables by which programs are told of a host, and what they say of it."""

from __future__ import annotations

import re
from typing import Final

from iacrisk.patterns import regex
from iacrisk.plan import ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.programs.running import programs

CACHE: Final = regex(r"cache(?!-?aside)|fragment|(?<![a-z])cdn|memo", re.IGNORECASE)
STORE: Final = regex(
    r"queue|sidekiq|celery|resque|bull|job|session|lock|stream|store|cart|broker|(?<![a-z])rq",
    re.IGNORECASE,
)
_PASSING: Final = regex(r"idempoten|dedup|throttl|rate_?limit|nonce", re.IGNORECASE)
_HOSTS: Final = (
    "address",
    "configuration_endpoint_address",
    "endpoint",
    "host",
    "primary_endpoint_address",
)
_LONG: Final = 8
_PAIR: Final = r'"name":\s*"([^"]+)",\s*"value":\s*"[^"]*{host}'
_TURNED: Final = r'"value":\s*"[^"]*{host}[^"]*",\s*"name":\s*"([^"]+)"'
_MAP: Final = r'"([^"]+)":\s*"[^"]*{host}'
_NO_NAMES: Final = frozenset({"value", "id"})


def variables_holding(host: str, context: Context) -> list[str] | None:
    """The variables whose values hold the host; None where it stands elsewhere in a program."""
    found: list[str] = []
    word = rf"(?<![\w-]){re.escape(host)}(?![\w-])"
    for one in programs(context):
        raw = bytes(one.raw.change.after)
        if host.encode() not in raw:
            continue
        text = raw.decode("utf-8", "replace").replace("\\", "")
        names = [
            name
            for pattern in (_PAIR, _TURNED, _MAP)
            for name in re.findall(pattern.format(host=word), text)
            if name not in _NO_NAMES
        ]
        if len(names) < len(re.findall(word, text)):
            return None
        found += names
    return found


def known_as_cache(stores: list[ResourceChange], context: Context) -> bool:
    """Whether programs know the stores by variables that all speak of a cache."""
    hosts = [
        host
        for one in stores
        for host in map(one.before.get, _HOSTS)
        if isinstance(host, str) and len(host) > _LONG
    ]
    return _all_say(hosts, CACHE, context)


def known_as_passing(name: str, context: Context) -> bool:
    """Whether programs know the table by variables that speak of a cache or of single requests."""
    return _all_say(
        [name], re.compile(f"{CACHE.pattern}|{_PASSING.pattern}", re.IGNORECASE), context
    )


def _all_say(hosts: list[str], what: re.Pattern[str], context: Context) -> bool:
    told = [variables_holding(host, context) for host in dict.fromkeys(hosts)]
    names = [name for group in told if group is not None for name in group]
    if not names or None in told or [] in told:
        return False
    return all(what.search(name) and not STORE.search(name) for name in names)

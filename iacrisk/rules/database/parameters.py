"""B12: parameters of databases and caches that hurt by their value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from iacrisk.catalog.parameters import (
    PARAMETER_BLOCKS,
    PARAMETER_MAPS,
    SINGLE_PARAMETERS,
    parameters_named,
)
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange, lookup
from iacrisk.rules.context import Context
from iacrisk.rules.readers.programs.running import programs
from iacrisk.rules.readers.programs.variables import CACHE, STORE, known_as_cache
from iacrisk.rules.readers.settings.settings import outcomes
from iacrisk.rules.readers.shapes import blocks
from iacrisk.rules.readers.siblings import stays
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

_NOTHING_LESS: Final = (0, "0", "")


@rule(
    id="B12",
    name="parameter-hurts",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.UPDATE},
    types={*PARAMETER_BLOCKS, *PARAMETER_MAPS, *SINGLE_PARAMETERS},
    since="0.2",
)
def parameter_hurts(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A parameter of a database or cache gets a value that hurts who uses it.

    What it flags
        Evictions from a store of jobs, fewer connections, shorter timeouts, logs for replicas
        and readers of changes switched off, other encodings and time zones, commits that are not
        written down. `parameters.csv` of the catalog is the list; it holds for parameter groups,
        flags and configurations of every provider.

    Why it matters
        One word in a list of dozens. Most take effect at once, on all that use the group.

    When it is fine
        The clients were looked at. Evictions pass from what is called a cache, or what all programs
        know by variables that say so, and so does more room where it falls or rises the safe way.

    What to do instead
        Change it on a copy or a replica first, and read what its clients do.

    References
        https://redis.io/docs/latest/develop/reference/eviction/
        https://www.postgresql.org/docs/current/runtime-config.html
    """
    before, after = _parameters(change.type, change.before), _parameters(change.type, change.after)
    if UNKNOWN in after.values():
        names = [
            name for name, value in after.items() if value is UNKNOWN and parameters_named(name)
        ]
        if names:
            yield Undecided(why=f"The new value of {names[0]} is not known.")
        return
    for name in sorted(before.keys() | after.keys()):
        yield from _judged(change, context, name, before.get(name), after.get(name))


def _judged(
    change: ResourceChange, context: Context, name: str, before: Any, after: Any
) -> Iterator[Outcome]:
    for parameter in parameters_named(name):
        old = None if before in _NOTHING_LESS and _is_set(parameter.setting.direction) else before
        new = None if after in _NOTHING_LESS and _is_set(parameter.setting.direction) else after
        found = next(
            iter(outcomes(parameter.setting, {"value": old}, {"value": new}, ("value",))), None
        )
        if not isinstance(found, Flag) or not _concerns(parameter.matters_for, change, context):
            continue
        yield Flag(
            what=f"{name}: {found.what}",
            paths=((_argument(change.type, name),),),
            severity=found.severity,
            confidence=found.confidence,
            hurts=_programs(change, context),
        )
        return


def _programs(change: ResourceChange, context: Context) -> tuple[str, ...]:
    """The programs that use the stores with these parameters."""
    stores = [use.node.change for use in context.consumers(change)]
    used = [one for one in (change, *stores) if one is not None and stays(one)]
    hosts = [
        host.encode()
        for one in used
        for host in map(one.before.get, _ADDRESSES)
        if isinstance(host, str) and len(host) > _SHORT
    ]
    users = [
        one.label
        for one in programs(context)
        if stays(one) and any(host in bytes(one.raw.change.before) for host in hosts)
    ]
    if len(users) > _MOST:
        return ()
    runners = [use.node for label in users for use in context.graph.consumers(label)]
    running = [node.label for node in runners if node.type in _RUNNERS]
    return tuple(dict.fromkeys([*users, *running]))


_MOST: Final = 20
_SHORT: Final = 8
_ADDRESSES: Final = (
    "address",
    "configuration_endpoint_address",
    "endpoint",
    "fqdn",
    "host",
    "primary_endpoint_address",
    "private_ip_address",
)
_RUNNERS: Final = frozenset({"aws_ecs_service"})


def _is_set(direction: str) -> bool:
    """For these directions 0 means that there is no limit, or nothing at all."""
    return direction in {"halves", "removed", "set"}


def _argument(type_name: str, name: str) -> str:
    if type_name in SINGLE_PARAMETERS:
        return "value"
    place = PARAMETER_BLOCKS.get(type_name) or PARAMETER_MAPS.get(type_name) or (name,)
    return str(place[0])


def _parameters(type_name: str, values: dict[str, Any]) -> dict[str, Any]:
    if type_name in SINGLE_PARAMETERS:
        return {str(values.get("name")).lower(): values.get("value")}
    if type_name in PARAMETER_MAPS:
        found: Any = values
        for step in PARAMETER_MAPS[type_name]:
            found = lookup(found, (step,))
        items = found.items() if isinstance(found, dict) else ()
        return {str(name).lower(): value for name, value in items}
    places: list[Any] = [values]
    for step in PARAMETER_BLOCKS[type_name]:
        places = [item for place in places for item in blocks(place.get(step))]
    return {str(item.get("name")).lower(): item.get("value") for item in places}


def _concerns(matters_for: int, change: ResourceChange, context: Context) -> bool:
    """Whether what uses the parameters is the kind of store that the row is about."""
    if matters_for == 0:
        return True
    users = [use.node.change for use in context.consumers(change)]
    named = [change, *(one for one in users if one is not None)]
    texts = [
        f"{one.address} {one.before.get('name')} {one.before.get('replication_group_id')} "
        f"{one.before.get('description')}"
        for one in named
    ]
    plain = " ".join(re.sub(r"elasti_?cache", "", text) for text in texts)
    is_cache = bool(CACHE.search(plain)) and not STORE.search(plain)
    if not CACHE.search(plain) and not STORE.search(plain):
        is_cache = known_as_cache(named, context)
    return is_cache if matters_for < 0 else not is_cache

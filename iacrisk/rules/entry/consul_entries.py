"""E53: configuration entries of Consul: who may call a service, and where calls go."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.networks.mesh_callers import (
    ENTRY,
    INTENTIONS,
    callers,
    entry_of,
    services_named,
    turned_away,
)
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

_ARGUMENTS: Final = {ENTRY: "config_json", INTENTIONS: "sources"}


@rule(
    id="E53",
    name="service-calls-led-otherwise",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.UPDATE},
    types=_ARGUMENTS,
    since="0.2",
)
def service_calls_led_otherwise(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A configuration entry of Consul turns callers away or leads their calls elsewhere.

    What it flags
        Intentions that no longer let a caller in; of entries of other kinds (resolvers, routers,
        splitters, defaults) any change but of their `Meta`.

    Why it matters
        The proxies follow within seconds, everywhere.

    When it is fine
        The new way was tried. Not flagged: a further caller who is let in, and another order of
        the keys.

    What to do instead
        Split a small part of the calls off first.

    References
        https://developer.hashicorp.com/consul/docs/reference/config-entry
    """
    argument = _ARGUMENTS[change.type]
    if argument not in change.changed:
        return
    if change.after.get(argument) is UNKNOWN:
        yield Undecided(why="The new entry is not known.", paths=((argument,),))
        return
    if change.type == ENTRY and change.before.get("kind") != "service-intentions":
        old, new = (entry_of(side.get(argument)) for side in (change.before, change.after))
        if old is not None and new is not None and old != new:
            yield Flag(what="Calls between services are routed otherwise.", paths=((argument,),))
        return
    before, after = (callers(change.type, side) for side in (change.before, change.after))
    left_out = turned_away(before, after) if before is not None and after is not None else []
    if left_out:
        yield Flag(
            what=f"It no longer lets in {some_of(left_out)}.",
            paths=((argument,),),
            severity=Severity.HIGH,
            hurts=tuple(label for name in left_out for label in services_named(name, context)),
        )

"""E07: requests go elsewhere, or to hardly anybody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from iacrisk.catalog.requests import MEMBERSHIPS, OUT_OF_USE, TARGET_LISTS
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.entry.listener_rules import RULE_TYPES, hosts_of, judge_matching
from iacrisk.rules.readers.entries.entry_users import answering, records_named
from iacrisk.rules.readers.entries.forwarding import (
    REST,
    Way,
    forwarding_types,
    ways_after,
    ways_before,
)
from iacrisk.rules.readers.entries.serving import is_idle
from iacrisk.rules.readers.followed import moves_to_new
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import (
    Confidence,
    Flag,
    Harm,
    Outcome,
    Severity,
    Undecided,
    rule,
)

_AT_ONCE: Final = 0.5
"""From this share on it is no canary."""


@rule(
    id="E07",
    name="requests-led-elsewhere",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.CREATE, ActionKind.UPDATE},
    types={*forwarding_types(), *TARGET_LISTS, *MEMBERSHIPS},
)
def requests_led_elsewhere(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """An entry point that stays leads its requests to somebody else, or stops to lead them.

    What it flags
        In place: a listener, listener rule, cache behaviour, API route, URL map, ingress or
        service that sends half or more of some requests to another target; a path, host or port
        that is no longer served; a listener rule, new or
        moved up, that takes all requests of another one, or all for a name in use; most
        targets taken out at once, or the last behind which something runs; a group of
        machines taken out of its load balancer.

    Why it matters
        It acts within seconds and on all clients, nothing is destroyed, and the plan shows one
        changed line. The new target may be empty, cold, or answer another protocol.

    When it is fine
        The new target has served the same requests before. Not flagged: up to half of the
        requests, another version of the same function, a redirect to the same place with TLS,
        a new path or host, a target that is made anew and followed.

    What to do instead
        Shift by weights, a small share first, and keep the old target until it is idle.

    References
        Incident R120.
    """
    if change.kind is ActionKind.UPDATE:
        yield from _judge_ways(change, context)
        yield from _judge_targets(change, context)
        yield from _judge_memberships(change, context)
    if change.type in RULE_TYPES:
        yield from judge_matching(change, context)


def _judge_ways(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    if change.type not in forwarding_types():
        return
    after = {way.requests: way for way in ways_after(change)}
    gone: list[Way] = []
    moved: list[tuple[Way, Way]] = []
    for way in ways_before(change):
        if way.is_refusal:
            continue
        other = after.get(way.requests) or after.get(way.fallback) or after.get(REST)
        if other is None:
            gone.append(way)
        elif way.moved_to(other) >= _AT_ONCE and not other.is_upgrade:
            moved.append((way, other))
    if gone and not _hides_all(change, gone):
        shown = some_of(way.requests for way in gone)
        yield Flag(what=f"No longer served: {shown}.", paths=_roots(change, gone))
    elif gone:
        yield Undecided(why="Where requests go is not known yet.", paths=_roots(change, gone))
    yield from _judge_moved(moved, change, context)


def _hides_all(change: ResourceChange, ways: Iterable[Way]) -> bool:
    return any(change.after.get(way.root) is UNKNOWN for way in ways)


def _judge_moved(
    moved: list[tuple[Way, Way]], change: ResourceChange, context: Context
) -> Iterator[Outcome]:
    known = [pair for pair in moved if not pair[1].is_hidden]
    hidden = [way for way, other in moved if other.is_hidden]
    if known:
        way, other = max(known, key=lambda pair: pair[0].moved_to(pair[1]))
        share = round(100 * way.moved_to(other))
        much = "All" if share == 100 else f"{share} % of"
        there, here = some_of(other.shares) or "nobody", some_of(way.shares)
        yield Flag(
            what=f"{much} {way.requests} go to {there} instead of {here}.",
            paths=_roots(change, (way for way, _ in known)),
            hurts=(*answering(other.shares, context), *records_named(hosts_of(change), context)),
        )
    elif hidden:
        new = moves_to_new(change, {way.root for way in hidden}, context)
        if new is None:
            yield Undecided(why="Where requests go is not known yet.", paths=_roots(change, hidden))
        elif new:
            what = f"{hidden[0].requests} go to something that this plan only makes."
            yield Flag(what=what[:1].upper() + what[1:], paths=_roots(change, hidden))


def _roots(change: ResourceChange, ways: Iterable[Way]) -> tuple[tuple[str, ...], ...]:
    """The arguments that lead there, or what they name: a behaviour names an origin."""
    roots = dict.fromkeys(way.root for way in ways)
    named = [root for root in roots if root in change.changed]
    return tuple((root,) for root in named or sorted(change.changed & {"origin", "origin_group"}))


# Lists of targets


def _judge_targets(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    path, key = TARGET_LISTS.get(change.type, ("", ""))
    if path not in change.changed:
        return
    before, planned = _answering(change.was(path), key), change.becomes(path)
    if not before:
        return
    after = _answering(planned, key)
    if planned is UNKNOWN or UNKNOWN in after:
        yield Undecided(why="Who answers is not known yet.", paths=((path,),))
        return
    before, after = (
        [name for name in names if not is_idle(name, context)] for names in (before, after)
    )
    lost = [name for name in before if name not in after]
    if lost and len(lost) * 2 > len(before):
        yield Flag(
            what=f"Taken out of what answers: {some_of(map(str, lost))}.",
            paths=((path,),),
            severity=Severity.HIGH if not after else Severity.MEDIUM,
            confidence=Confidence.HIGH if not after else None,
        )


def _answering(value: Any, key: str) -> list[Any]:
    """What names the items of the list that get requests."""
    found = []
    for item in value if isinstance(value, list) else ():
        if not isinstance(item, dict):
            found.append(item)
        elif not any(item.get(name) in off for name, off in OUT_OF_USE.items() if name in item):
            found.append(item.get(key))
    return found


def _judge_memberships(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    for path, key in MEMBERSHIPS.get(change.type, {}).items():
        if path not in change.changed:
            continue
        before, planned = _answering(change.was(path), key), change.becomes(path)
        after = _answering(planned, key)
        lost = [name for name in before if name not in after and not _goes(name, context)]
        if lost and (planned is UNKNOWN or UNKNOWN in after):
            why = "Which load balancers it answers for is not known yet."
            yield Undecided(why=why, paths=((path,),))
        elif lost:
            what = f"It no longer answers for {some_of(map(str, lost))}."
            yield Flag(what=what, paths=((path,),))


def _goes(name: object, context: Context) -> bool:
    """Whether the plan destroys the target group, which is judged there."""
    groups = context.changes_of("aws_alb_target_group", "aws_lb_target_group")
    return any(group.destroys and group.was("arn") == name for group in groups)

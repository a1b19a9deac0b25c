"""E05: what clients connect to goes, or turns them away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.catalog.entrances import (
    ENTRANCE_TYPES,
    MAIN_SWITCHES,
    PART_TYPES,
    TARGET_TYPES,
    USED_BY_OTHERS,
)
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange, parse_path
from iacrisk.rules.context import Context
from iacrisk.rules.readers.entries.forwarding import ways_before
from iacrisk.rules.readers.entries.serving import takes_requests
from iacrisk.rules.readers.in_use import is_in_use
from iacrisk.rules.rule import (
    DESTROYS,
    Confidence,
    Flag,
    Harm,
    Outcome,
    Severity,
    Undecided,
    rule,
)


@rule(
    id="E05",
    name="entry-point-gone",
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds={*DESTROYS, ActionKind.UPDATE},
    types={*ENTRANCE_TYPES, *PART_TYPES, *MAIN_SWITCHES},
)
def entry_point_gone(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A load balancer, listener, CDN distribution or API that clients call goes or moves.

    What it flags
        The delete or replacement of what clients connect to, of a listener, route or stage of
        something that stays, and in place: an entry point switched off, its listener moved to
        another port or protocol, names taken off a distribution, a public service made
        internal.

    Why it matters
        The host name or address changes for every client, or nobody answers behind it. DNS,
        allow-lists and partners outside the plan still know the old one.

    When it is fine
        No client is left. Not flagged: a part that is created before the old one goes, one that
        nothing uses or that gets no share of the requests, and up to half of the targets of a
        group that can take requests.

    What to do instead
        Build the new entry point beside the old one, move DNS with a low TTL, and remove the
        old one when its traffic has stopped.

    References
        Incidents R120, R171, R212, R216, R232.
    """
    if change.kind is ActionKind.UPDATE:
        yield from _moved_in_place(change)
    elif change.type in PART_TYPES:
        yield from _part_gone(change, context)
    elif change.type in ENTRANCE_TYPES:
        again = "; the new one has another address" if change.kind is ActionKind.REPLACE else ""
        yield Flag(what=f"What clients connect to is destroyed{again}.", paths=change.replace_paths)


def _part_gone(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    if change.creates_first:
        return
    owners = [
        use.node.change
        for use in context.graph.dependencies(change.label)
        if use.argument.partition(".")[0] in PART_TYPES[change.type]
    ]
    if owners and all(owner is not None and owner.kind is ActionKind.DELETE for owner in owners):
        return
    by_itself = PART_TYPES[change.type] and change.type not in USED_BY_OTHERS
    if not by_itself and not is_in_use(change, context):
        return
    if change.type in TARGET_TYPES and _enough_stay(change, context):
        return
    if change.type in _TARGET_GROUPS and _gets_no_request(change, context):
        return
    what = "What it serves is not answered any more."
    if change.kind is ActionKind.REPLACE:
        what = "What it serves is not answered until it is created again."
    yield Flag(what=what, paths=change.replace_paths, severity=Severity.HIGH)


_TARGET_GROUPS: Final = frozenset({"aws_alb_target_group", "aws_lb_target_group"})
_FORWARDERS: Final = (
    "aws_alb_listener",
    "aws_alb_listener_rule",
    "aws_lb_listener",
    "aws_lb_listener_rule",
)


def _gets_no_request(change: ResourceChange, context: Context) -> bool:
    """Whether listeners and rules name the group today and none gives it a share."""
    arn = str(change.before.get("arn") or "")
    naming = [
        other
        for other in context.changes_of(*_FORWARDERS)
        if arn and arn.encode() in bytes(other.raw.change.before)
    ]
    return bool(naming) and not any(
        arn in way.shares for other in naming for way in ways_before(other)
    )


def _enough_stay(change: ResourceChange, context: Context) -> bool:
    """Whether at least half of the targets of the same group stay; only those count that serve."""
    if not takes_requests(change.before):
        return True
    argument = TARGET_TYPES[change.type]
    group = change.was(argument)
    types = [name for name, other in TARGET_TYPES.items() if other == argument]
    targets = [
        other
        for other in context.changes_of(*types)
        if other.was(argument) == group and takes_requests(other.before)
    ]
    lost = [other for other in targets if _stops_serving(other)]
    return 2 * len(lost) <= len(targets)


def _stops_serving(target: ResourceChange) -> bool:
    if target.destroys:
        return not target.creates_first
    return not takes_requests(target.after)


def _moved_in_place(change: ResourceChange) -> Iterator[Outcome]:
    for path, (safe, says) in MAIN_SWITCHES.get(change.type, {}).items():
        steps = parse_path(path)
        if steps[0] not in change.changed:
            continue
        before, after = change.was(path), change.planned(steps)
        if before is None or before == after:
            continue
        if after is UNKNOWN:
            yield Undecided(why="The new value is not known yet.", paths=(steps,))
        elif (safe is None and _shrinks(before, after)) or (
            safe is not None and before in safe and after not in safe
        ):
            yield Flag(what=says, paths=(steps,), severity=Severity.HIGH)


def _shrinks(before: Any, after: Any) -> bool:
    """Whether something that was there before is not there any more."""
    if isinstance(before, list):
        return any(item not in (after if isinstance(after, list) else ()) for item in before)
    return bool(before != after)

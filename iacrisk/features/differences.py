"""What differs in one change, summed up: topics, directions, links, grants."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from iacrisk.features.directions import (
    GIVES,
    TAKES,
    Direction,
    covers,
    directions_of,
    network_of,
    policy_of,
)
from iacrisk.features.links import Links
from iacrisk.features.topics import IDLE, Topic, topic_of
from iacrisk.patterns import regex
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange, unset
from iacrisk.plan.policy_document import (
    NOWHERE,
    Effect,
    Grant,
    Policy,
    every_grant,
    grants_added,
    grants_removed,
    matchers_cover,
)

_WORLD: Final = frozenset({"0.0.0.0/0", "::/0"})
_WAYS: Final = frozenset({Topic.NETWORK, Topic.TARGET, Topic.PATTERN, Topic.STATE})
"""What is taken of these stops something from getting through."""

_MOST_GRANTS: Final = 200
_MOST_COMPARED: Final = 40
_AUTHORIZATION: Final = frozenset({"authorization_type", "authorization", "auth_type"})
_ACCOUNT: Final = regex(r"(?<!\d)\d{12}(?!\d)")
_SIDE: Final = regex(
    r"describe|list(?!bucket$)|tag|attribut|polic|acl|location|url$|versioning|configuration|metric"
)
"""Actions that tell about a thing rather than use it."""


class Differences(msgspec.Struct, kw_only=True):
    """The sums; filled leaf by leaf."""

    kinds: set[tuple[Topic, Direction]] = msgspec.field(default_factory=set)
    takes: int = 0
    gives: int = 0
    swaps: int = 0
    unknown: int = 0
    policies_taking: int = 0
    policies_giving: int = 0
    grants_to_anybody: int = 0
    grants_outside: int = 0
    denies: int = 0
    uses_taken: int = 0
    conditioned: int = 0
    opens_world: int = 0
    living_in_taken: set[str] = msgspec.field(default_factory=set)
    cut: set[str] = msgspec.field(default_factory=set)
    cut_topics: set[Topic] = msgspec.field(default_factory=set)
    made: set[str] = msgspec.field(default_factory=set)
    shadows_inline_route: bool = False

    @property
    def is_idle(self) -> bool:
        """Whether nothing differs but words and computed values."""
        return not self.kinds

    @property
    def lets_in(self) -> int:
        """Ways by which strangers get in."""
        opened = (Topic.EXPOSURE, Direction.WIDENED) in self.kinds
        return self.grants_to_anybody + self.grants_outside + self.opens_world + opened

    @property
    def cuts(self) -> int:
        """Ways by which something in use may be cut off."""
        off = sum(direction in TAKES and topic in _WAYS for topic, direction in self.kinds)
        lost = len(self.cut) if not self.made else 0
        return off + lost + max(0, self.uses_taken - self.conditioned)

    @property
    def directions(self) -> frozenset[Direction]:
        """The directions of all leaves."""
        return frozenset(direction for _, direction in self.kinds)


def read_differences(change: ResourceChange, links: Links) -> Differences:
    """What the change does to the attributes of its resource."""
    found = Differences()
    match change.kind:
        case ActionKind.UPDATE | ActionKind.REPLACE:
            _read_leaves(change, links, found)
        case ActionKind.CREATE:
            for name, after in change.after.items():
                _read_new(change, (name,), after, found)
        case ActionKind.DELETE:
            for value in change.before.values():
                _read_policies(change, value, None, links, found)
        case _:
            pass
    return found


def _read_leaves(change: ResourceChange, links: Links, found: Differences) -> None:
    leaves: list[tuple[Topic, Any, Any]] = []
    for difference in change.differences():
        names = tuple(step for step in difference.path if isinstance(step, str))
        if not names:
            continue
        topic = topic_of(names)
        if topic in IDLE or _is_made_anew(change, names, difference.after):
            continue
        if policy_of(difference.before) is None:
            leaves.append((topic, difference.before, difference.after))
        _count(found, topic, directions_of(names, topic, difference.before, difference.after))
        _read_policies(change, difference.before, difference.after, links, found)
        _read_world(change, names, difference.before, difference.after, found)
        if _lets_anybody(names, difference.after):
            found.kinds.add((Topic.EXPOSURE, Direction.WIDENED))
        if names[0] == "route":
            found.shadows_inline_route |= _shadows(difference.before, difference.after)
    _read_links(change, leaves, links, found)


def _is_made_anew(change: ResourceChange, names: tuple[str, ...], after: Any) -> bool:
    """A replacement computes ids, addresses and defaults anew; nobody asked for that."""
    if change.kind is not ActionKind.REPLACE or names[0] in change.replace_roots:
        return False
    return after is UNKNOWN or unset(after)


def _count(found: Differences, topic: Topic, directions: frozenset[Direction]) -> None:
    for direction in directions:
        found.kinds.add((topic, direction))
        if direction in TAKES:
            found.takes += 1
        elif direction in GIVES:
            found.gives += 1
        elif direction is Direction.SWAPPED:
            found.swaps += 1
        else:
            found.unknown += 1


def _read_new(
    change: ResourceChange, names: tuple[str, ...], after: Any, found: Differences
) -> None:
    """Of a new object only what is dangerous to have: strangers let in, denies."""
    if after is UNKNOWN or unset(after):
        return
    _read_world(change, names, None, after, found)
    policy = policy_of(after)
    if policy is not None:
        grants = list(_first(every_grant(policy)))
        found.denies += sum(grant.effect is Effect.DENY for grant in grants)
        found.grants_to_anybody += sum(map(_is_for_anybody, grants))
        found.policies_giving += any(grant.effect is Effect.ALLOW for grant in grants)
    elif _lets_anybody(names, after):
        found.kinds.add((Topic.EXPOSURE, Direction.WIDENED))
    elif topic_of(names) is Topic.EXPOSURE:
        directions = directions_of(names, Topic.EXPOSURE, None, after)
        if Direction.WIDENED in directions and after is not False:
            found.kinds.add((Topic.EXPOSURE, Direction.WIDENED))


def _lets_anybody(names: tuple[str, ...], after: Any) -> bool:
    """Whether callers need not say who they are."""
    return names[-1] in _AUTHORIZATION and after == "NONE"


def _read_policies(
    change: ResourceChange, before: Any, after: Any, links: Links, found: Differences
) -> None:
    old, new = policy_of(before), policy_of(after)
    if (old is None and new is None) or after is UNKNOWN:
        return
    taken, given = grants_removed(old, new)[:_MOST_GRANTS], grants_added(old, new)[:_MOST_GRANTS]
    found.policies_taking += bool(taken)
    found.policies_giving += bool(given)
    found.grants_to_anybody += sum(map(_is_for_anybody, given))
    found.grants_outside += _outside(change, old, given)
    found.denies += sum(grant.effect is Effect.DENY for grant in taken)
    found.uses_taken += sum(map(_is_use, taken))
    if new is not None and taken:
        kept = list(_first(every_grant(new)))[:_MOST_COMPARED]
        found.conditioned += sum(
            any(matchers_cover(other, grant) for other in kept if other.effect is Effect.ALLOW)
            for grant in taken[:_MOST_COMPARED]
            if grant.effect is Effect.ALLOW
        )
    resources = {pattern for grant in taken for pattern in grant.resource.patterns}
    found.living_in_taken |= links.living(sorted(resources), change.label)


def _outside(change: ResourceChange, old: Policy | None, given: Iterable[Grant]) -> int:
    """Grants to an account that is neither the object's own nor had any before."""
    own = {_account(str(change.before.get("arn", "")))}
    had = (
        {account for grant in _first(every_grant(old)) for account in _accounts(grant)}
        if old
        else set()
    )
    allowed = (grant for grant in given if grant.effect is Effect.ALLOW)
    return sum(bool(_accounts(grant) - had - own) for grant in allowed)


def _accounts(grant: Grant) -> set[str]:
    return {account for item in grant.principal.patterns if (account := _account(item))}


def _account(text: str) -> str:
    found = _ACCOUNT.search(text)
    return found.group() if found else ""


def _is_use(grant: Grant) -> bool:
    """Whether using a thing is taken, and not only asking about it."""
    verbs = [pattern.rpartition(":")[2].lower() for pattern in grant.action.patterns]
    return any(_SIDE.search(verb) is None for verb in verbs)


def _is_for_anybody(grant: Grant) -> bool:
    return (
        grant.effect is Effect.ALLOW
        and grant.principal != NOWHERE
        and grant.principal.is_any
        and not grant.condition
    )


def _first(grants: Iterator[Grant]) -> Iterator[Grant]:
    for number, grant in enumerate(grants):
        if number == _MOST_GRANTS:
            return
        yield grant


def _read_world(
    change: ResourceChange, names: tuple[str, ...], before: Any, after: Any, found: Differences
) -> None:
    """Inbound only: outbound to the world and a default route are everyday."""
    if "egress" in names or "egress" in change.type or "route" in change.type:
        return
    if "route" in names or change.after.get("type") == "egress":
        return
    old, new = set(_texts(before)), set(_texts(after))
    found.opens_world += len((new - old) & _WORLD)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, item in value.items():
            if name != "egress":
                yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _shadows(before: Any, after: Any) -> bool:
    """Whether an inline route is new and more specific than one that was there."""
    old = {net for net in map(network_of, _texts(before)) if net is not None}
    new = {net for net in map(network_of, _texts(after)) if net is not None} - old
    return any(wide[2] < net[2] and covers(wide, net) for net in new for wide in old)


def _read_links(
    change: ResourceChange,
    leaves: list[tuple[Topic, Any, Any]],
    links: Links,
    found: Differences,
) -> None:
    held = links.living((after for _, _, after in leaves), change.label)
    had: set[str] = set()
    for topic, before, after in leaves:
        linked = links.living((before,), change.label)
        had |= linked
        if after is not UNKNOWN and linked - held:
            found.cut |= linked - held
            found.cut_topics.add(topic)
    found.made |= held - had

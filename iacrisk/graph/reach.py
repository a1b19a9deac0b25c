"""Who is hit by a change: the walk from a resource to those who live on it.

A walk goes from a resource to its consumers. Two things make it more than reachability:

- An attachment (a security group rule, a route, a policy attachment) is no victim itself: it
  passes the effect on to the object it acts on, and so to those who use that object.
- A carrier (a security group, a subnet, a role, a launch template) passes the effect on to
  those who use it; an endpoint (an instance, a function, a database) is hit and ends the walk.

- Whoever only watches (an alarm by its dimensions, a dashboard) is hit where the watched object
  gets another name or goes, and else does its work when harm comes.
- A subscription hits its receiver, and not the topic with all others that it serves.

All that harm reaches counts in the score. Named as hit are those whom somebody has to warn: a
carrier of traffic (a subnet, a route table, a target group) stays as it is and only leads to those
behind it, so it is named where it is the last that the plan knows, or where the change is a part
of it (a rule of a group).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from heapq import heappop, heappush
from itertools import count
from typing import Final

import msgspec

from iacrisk.catalog import ResourceClass, attachment, resource_type, stands_alone
from iacrisk.graph.graph import Graph
from iacrisk.graph.model import Node, NodeKind, Origin, Precision, Reference, Use
from iacrisk.plan import ActionKind, unset

ROOT_OUTPUT_TYPE: Final = "output"


class Effect(StrEnum):
    """What a change does to those who use the changed resource."""

    NONE = "none"
    CHANGED = "attributes they read change"
    REPLACED = "its identity is replaced"
    GONE = "it is gone"
    IMPAIRED = "what they need of it is taken away or opened"


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One hop of a path: the resource reached, and the reference that leads there.

    `argument` of the one that refers, and the `attribute` that it reads; "" where not known.
    """

    address: str
    reference: str
    origin: Origin
    precision: Precision
    argument: str = ""
    attribute: str = ""


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """A resource hit by a change. `strength` in (0, 1] says how sure the path is.

    `on_the_way`: a carrier of traffic with somebody behind it, who is named in its place.
    `chance`: how likely it suffers where the change does harm, None where nobody was asked.
    `folded`: less likely than the bar, so reports only count it.
    """

    address: str
    type: str
    kind: NodeKind
    hops: int
    strength: float
    path: tuple[Step, ...]
    on_the_way: bool = False
    chance: float | None = None
    folded: bool = False


class BlastRadius(msgspec.Struct, frozen=True, kw_only=True):
    """What the change at `address` reaches; complete unless `more` says that the walk stopped.

    `itself`: how likely the changed resource itself suffers, None where nobody was asked;
    `names_itself`: likely enough to be named.
    """

    address: str
    effect: Effect
    reached: tuple[Hit, ...] = ()
    more: bool = False
    itself: float | None = None
    names_itself: bool = False

    @property
    def hits(self) -> tuple[Hit, ...]:
        """Who is hit: all that is reached without the carriers on the way to them."""
        return tuple(hit for hit in self.reached if not hit.on_the_way)

    @property
    def named(self) -> tuple[Hit, ...]:
        """Those of the hits that reports name."""
        return tuple(hit for hit in self.hits if not hit.folded)


_PRECISION_STRENGTH = {
    Precision.EXACT: 1.0,
    Precision.BY_KEY: 1.0,
    Precision.ALL_INSTANCES: 0.9,
    Precision.INFERRED: 0.8,
    Precision.WEAK: 0.6,
}
_ORDER_ONLY_STRENGTH = 0.3
_WEAK_COST = 3
_FARTHEST = 24
"""Hops after which a walk goes no further: no real network is as deep, and paths are kept."""
_IDENTITY = frozenset({"id", "arn", "self_link"})
_ORDER_ONLY = frozenset({Origin.DEPENDS_ON, Origin.PROVIDER})
_WATCHES = frozenset({"dashboard_body", "dimensions", "metric_query"})
_SOURCES = frozenset({"topic_arn"})
_OF_TRAFFIC = frozenset({ResourceClass.NETWORK_PATH, ResourceClass.ENTRY_POINT})
_IDENTITY_GOES = frozenset({Effect.GONE, Effect.REPLACED})


def blast_radius(
    graph: Graph,
    label: str,
    effect: Effect,
    changed: frozenset[str] = frozenset(),
    limit: int | None = None,
) -> BlastRadius:
    """The resources that the change at `label` can hurt, nearest first, at most 24 hops away.

    `changed`: the attributes that change or become unknown, for Effect.CHANGED. `limit`: stop
    after so many hits.
    """
    start = graph.node(label)
    if start is None or effect is Effect.NONE:
        return BlastRadius(address=label, effect=effect)
    hits: list[Hit] = []
    for hit in _walk(graph, start, effect, changed):
        if limit is not None and len(hits) == limit:
            return BlastRadius(address=label, effect=effect, reached=tuple(hits), more=True)
        hits.append(hit)
    return BlastRadius(address=label, effect=effect, reached=tuple(hits))


def with_named(graph: Graph, radius: BlastRadius, named: Iterable[tuple[str, str]]) -> BlastRadius:
    """The radius, and before it those named as (rule, address) whom the walk did not meet."""
    met = {hit.address for hit in radius.hits} | {radius.address}
    added: list[Hit] = []
    for rule, address in named:
        node = graph.node(address)
        if node is not None and address not in met:
            met.add(address)
            added.append(_named_hit(node, rule))
    if not added:
        return radius
    again = {hit.address for hit in added}
    others = (hit for hit in radius.reached if hit.address not in again)
    return msgspec.structs.replace(radius, reached=(*added, *others))


def _named_hit(node: Node, rule: str) -> Hit:
    step = Step(
        address=node.label,
        reference=f"what {rule} found",
        origin=Origin.RULE,
        precision=Precision.EXACT,
    )
    return Hit(
        address=node.label,
        type=node.type or ROOT_OUTPUT_TYPE,
        kind=node.kind,
        hops=1,
        strength=_PRECISION_STRENGTH[Precision.EXACT],
        path=(step,),
    )


def live_users(graph: Graph, label: str) -> tuple[str, ...]:
    """Endpoints that exist, stay, and live on the resource at `label`, at any hop."""
    return tuple(node.label for node in impaired(graph, label) if is_endpoint(node))


def is_endpoint(node: Node) -> bool:
    """Whether harm ends at the node: it is a resource and no carrier."""
    return node.kind is NodeKind.RESOURCE and not resource_type(node.type).carrier


def impaired(graph: Graph, label: str) -> Iterator[Node]:
    """All that `blast_radius` hits with Effect.IMPAIRED, in no special order and without paths."""
    start = graph.node(label)
    seen = {label}
    waiting = [start] if start is not None else []
    while waiting:
        for use in _passed_on(graph, waiting.pop()):
            node = use.node
            if node.label not in seen:
                seen.add(node.label)
                if _is_victim(node):
                    yield node
                if _passes_on(node):
                    waiting.append(node)


def _passed_on(graph: Graph, node: Node) -> tuple[Use, ...]:
    """Where harm goes from a node that it has reached, whatever the effect was at the start."""
    found = graph.passed_on.get(node.label)
    if found is None:
        uses = _next(graph, node, Effect.IMPAIRED, frozenset(), is_start=False)
        found = graph.passed_on[node.label] = tuple(uses)
    return found


class _Position(msgspec.Struct, frozen=True):
    node: Node
    strength: float
    path: tuple[Step, ...]
    is_dangling: bool = False
    is_way: bool = False


def _walk(graph: Graph, start: Node, effect: Effect, changed: frozenset[str]) -> Iterator[Hit]:
    """Nearest first; a weak edge costs as much as some hops, so that a sure path is preferred."""
    seen: set[str] = set()
    order = count()
    waiting = [(0, next(order), _Position(start, 1.0, ()))]
    while waiting:
        cost, _, position = heappop(waiting)
        node = position.node
        if node.label in seen:
            continue
        seen.add(node.label)
        if position.path and _is_victim(node, is_dangling=position.is_dangling):
            yield _hit(graph, position)
        if position.path and (len(position.path) == _FARTHEST or not _passes_on(node)):
            continue
        uses = (
            _passed_on(graph, node)
            if position.path
            else _next(graph, node, effect, changed, is_start=True)
        )
        for use in uses:
            if use.node.label not in seen:
                weak = use.reference.precision is Precision.WEAK
                step = (cost + 1 + weak * _WEAK_COST, next(order), _step(position, use, effect))
                heappush(waiting, step)


def _next(
    graph: Graph, node: Node, effect: Effect, changed: frozenset[str], *, is_start: bool
) -> Iterator[Use]:
    goes = is_start and effect in _IDENTITY_GOES
    if _is_attachment(node):
        yield from _acted_on(graph, node)
    for use in graph.consumers(node.label):
        acts_on_this = use.argument.partition(".")[0] in attachment(use.node.type)
        if acts_on_this and not goes:
            continue
        if is_start and effect is Effect.CHANGED and not _reads(use, changed):
            continue
        if use.reference.origin in _ORDER_ONLY and not goes:
            continue
        if use.argument.partition(".")[0] in _WATCHES and not goes:
            continue
        yield use


def _acted_on(graph: Graph, node: Node) -> Iterator[Use]:
    arguments = attachment(node.type)
    uses = graph.dependencies(node.label)
    named = [use for use in uses if use.argument.partition(".")[0] in arguments]
    named = named or [use for use in uses if _holds_name(node, arguments, use.node)]
    receiving = [use for use in named if use.argument not in _SOURCES]
    yield from receiving or named or (use for use in uses if not use.argument)


def _holds_name(node: Node, arguments: tuple[str, ...], other: Node) -> bool:
    """Whether one of the arguments is the other's id, which `each.value` does not show."""
    if node.change is None or other.change is None:
        return False
    sides = (node.change.before, node.change.after)
    texts = [side.get(name) for side in sides for name in arguments]
    held = [other.change.before.get(name) for name in ("id", "arn", "name", "url")]
    return any(isinstance(text, str) and text and text in held for text in texts)


def _reads(use: Use, changed: frozenset[str]) -> bool:
    """Whether the user holds an attribute that changes; one whose values hold the id holds that."""
    if use.reference.precision is Precision.WEAK:
        return bool(changed & _IDENTITY)
    return not use.reference.attribute or use.reference.attribute in changed


def _step(position: _Position, use: Use, effect: Effect) -> _Position:
    step = Step(
        address=use.node.label,
        reference=_reference_text(use),
        origin=use.reference.origin,
        precision=use.reference.precision,
        argument=use.argument,
        attribute=use.reference.attribute,
    )
    strength = position.strength * _strength(use.reference)
    is_dangling = not position.path and effect in _IDENTITY_GOES
    is_part = not position.path and _is_attachment(position.node)
    is_way = not is_part and _is_way(use.node)
    return _Position(use.node, strength, (*position.path, step), is_dangling, is_way)


def _strength(reference: Reference) -> float:
    if reference.origin is Origin.DEPENDS_ON:
        return _ORDER_ONLY_STRENGTH
    return _PRECISION_STRENGTH[reference.precision]


def _reference_text(use: Use) -> str:
    text = use.reference.text or use.reference.origin.value
    return f"{use.argument} = {text}" if use.argument else text


def _hit(graph: Graph, position: _Position) -> Hit:
    return Hit(
        address=position.node.label,
        type=position.node.type or ROOT_OUTPUT_TYPE,
        kind=position.node.kind,
        hops=len(position.path),
        strength=position.strength,
        path=position.path,
        on_the_way=position.is_way and bool(_passed_on(graph, position.node)),
    )


def _is_victim(node: Node, *, is_dangling: bool = False) -> bool:
    """Whether the node itself can be hurt: it exists today and does not go in this plan.

    An attachment is hurt only where what it joins is gone and leaves it dangling.
    """
    if node.kind is NodeKind.DATA or (_is_attachment(node) and not is_dangling):
        return False
    if node.change is None:
        return True
    return node.change.kind not in {ActionKind.CREATE, ActionKind.DELETE, ActionKind.READ}


def _is_way(node: Node) -> bool:
    known = resource_type(node.type)
    return known.carrier and known.resource_class in _OF_TRAFFIC


def _is_attachment(node: Node) -> bool:
    arguments = attachment(node.type)
    if arguments and node.change is not None and stands_alone(node.type):
        change = node.change
        return any(
            not unset(side.get(n)) for side in (change.before, change.after) for n in arguments
        )
    return bool(arguments)


def _passes_on(node: Node) -> bool:
    return node.kind is NodeKind.DATA or _is_attachment(node) or resource_type(node.type).carrier

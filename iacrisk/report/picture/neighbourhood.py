"""Who is drawn around a change: those it hits first, then who stands beside it untouched."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from iacrisk.assess import AssessedChange
from iacrisk.graph import Graph, Hit, Node, NodeKind, Origin, Precision, Step, Use
from iacrisk.plan import ActionKind
from iacrisk.report.picture.scene import State, Sure

FARTHEST: Final = 4
"""The last ring holds all that is as far or farther."""
DEPENDENCIES: Final = -1
_DEPENDENCIES_DRAWN: Final = 6
_NEIGHBOURS_DRAWN: Final = 3
_NEIGHBOURS_DRAWN_ALONE: Final = 8


class Neighbour(msgspec.Struct, frozen=True, kw_only=True):
    """Who is drawn, in which ring."""

    node: Node
    ring: int
    state: State
    hit: Hit | None = None


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """A reference between two that are drawn, in the direction in which harm goes."""

    source: str
    target: str
    reference: str
    argument: str
    origin: Origin
    precision: Precision
    harms: bool

    @property
    def sure(self) -> Sure:
        """How sure it is that harm goes this way."""
        if self.precision is Precision.WEAK or self.origin is Origin.DEPENDS_ON:
            return Sure.WEAK
        exact = self.precision in {Precision.EXACT, Precision.BY_KEY}
        return Sure.SURE if exact else Sure.LIKELY


class Neighbourhood(msgspec.Struct, frozen=True, kw_only=True):
    """All who are drawn, by label; who found no room is counted by ring and state."""

    centre: str
    neighbours: dict[str, Neighbour]
    links: tuple[Link, ...]
    hidden: dict[int, Counter[State]]


def neighbourhood(item: AssessedChange, graph: Graph, rows: int) -> Neighbourhood:
    """Who stands around the change, at most `rows` in a ring."""
    chooser = _Chooser(item, graph, rows)
    chooser.add_hits()
    chooser.add_users()
    chooser.add_dependencies()
    return Neighbourhood(
        centre=item.address,
        neighbours=chooser.chosen,
        links=tuple(chooser.links.values()),
        hidden=chooser.hidden,
    )


class _Chooser:
    def __init__(self, item: AssessedChange, graph: Graph, rows: int) -> None:
        self._graph = graph
        self._rows = rows
        self._centre = item.address
        self._hits = {hit.address: hit for hit in item.radius.reached}
        node = graph.node(item.address) or _lone(item)
        self.chosen = {
            item.address: Neighbour(node=node, ring=0, state=State.CHANGED),
        }
        self.links: dict[tuple[str, str], Link] = {}
        self.hidden: dict[int, Counter[State]] = defaultdict(Counter)
        self._taken: Counter[int] = Counter()

    def add_hits(self) -> None:
        """The likeliest first, each with the way that leads to it."""
        victims = [hit for hit in self._hits.values() if not hit.on_the_way]
        for hit in sorted(victims, key=lambda hit: hit.folded):  # else as the radius sorts them
            if hit.address not in self.chosen:
                self._add_path(hit)
        for hit in victims:
            if hit.address not in self.chosen:
                self.hidden[_ring(hit.hops)][self._state(hit.address)] += 1

    def add_users(self) -> None:
        """Who uses the changed resource and is not hit."""
        uses = self._others(self._graph.consumers(self._centre))
        shown = self._taken[1]
        most = max(_NEIGHBOURS_DRAWN, _NEIGHBOURS_DRAWN_ALONE - shown)
        self._add_related(uses, 1, min(most, self._rows - shown))

    def add_dependencies(self) -> None:
        """What the changed resource uses."""
        uses = self._others(self._graph.dependencies(self._centre))
        self._add_related(uses, DEPENDENCIES, _DEPENDENCIES_DRAWN)

    def _add_path(self, hit: Hit) -> None:
        new = [
            (self._ring_of(step, number), step)
            for number, step in enumerate(hit.path, start=1)
            if step.address not in self.chosen
        ]
        wanted = Counter(ring for ring, _ in new)
        if any(self._taken[ring] + number > self._rows for ring, number in wanted.items()):
            return
        self._taken += wanted
        for ring, step in new:
            self._choose(step.address, ring, self._state(step.address))
        for source, step in zip((self._centre, *_addresses(hit)), hit.path, strict=False):
            self._link(_link_of_step(source, step))

    def _ring_of(self, step: Step, number: int) -> int:
        hit = self._hits.get(step.address)
        return _ring(hit.hops if hit else number)

    def _state(self, address: str) -> State:
        hit = self._hits.get(address)
        if hit is None or hit.on_the_way:
            return State.PASSES_ON
        return State.MAY_NOTICE if hit.folded else State.HIT

    def _choose(self, label: str, ring: int, state: State) -> None:
        node = self._graph.node(label)
        if node is not None:
            hit = self._hits.get(label)
            self.chosen[label] = Neighbour(node=node, ring=ring, state=state, hit=hit)

    def _others(self, uses: Iterable[Use]) -> list[Use]:
        """Those that are neither drawn nor hit, each once."""
        found: dict[str, Use] = {}
        for use in uses:
            label = use.node.label
            if label not in self.chosen and label not in self._hits:
                found.setdefault(label, use)
        return [found[label] for label in sorted(found)]

    def _add_related(self, uses: list[Use], ring: int, most: int) -> None:
        uses.sort(key=lambda use: _state_of(use.node) is State.UNTOUCHED)
        for number, use in enumerate(uses):
            state = _state_of(use.node)
            if number >= most:
                self.hidden[ring][state] += 1
                continue
            self._taken[ring] += 1
            self._choose(use.node.label, ring, state)
            ends = (self._centre, use.node.label)
            self._link(_link_of_use(use, *(ends if ring > 0 else reversed(ends))))

    def _link(self, link: Link) -> None:
        if link.source in self.chosen and link.target in self.chosen:
            self.links.setdefault((link.source, link.target), link)


def _ring(hops: int) -> int:
    return min(hops, FARTHEST)


def _addresses(hit: Hit) -> Iterator[str]:
    return (step.address for step in hit.path)


def _state_of(node: Node) -> State:
    idle = node.change is None or node.change.kind in {ActionKind.NO_OP, ActionKind.READ}
    return State.UNTOUCHED if idle else State.CHANGES_TOO


def _link_of_step(source: str, step: Step) -> Link:
    return Link(
        source=source,
        target=step.address,
        reference=step.reference,
        argument=step.argument or _named(step.reference, step.origin),
        origin=step.origin,
        precision=step.precision,
        harms=True,
    )


def _link_of_use(use: Use, source: str, target: str) -> Link:
    reference = use.reference
    text = reference.text or reference.origin.value
    return Link(
        source=source,
        target=target,
        reference=f"{use.argument} = {text}" if use.argument else text,
        argument=use.argument or _named(text, reference.origin),
        origin=reference.origin,
        precision=reference.precision,
        harms=False,
    )


def _named(text: str, origin: Origin) -> str:
    """The reference, or where it comes from if that is only a value of the plan."""
    return text if origin in {Origin.REFERENCE, Origin.RULE} else origin.value


def _lone(item: AssessedChange) -> Node:
    """A change that the graph does not know, such as one of two with one address."""
    return Node(
        label=item.address,
        kind=NodeKind.RESOURCE,
        type=item.change.type,
        module=item.change.module_address,
        change=item.change,
    )

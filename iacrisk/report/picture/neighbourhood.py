"""Who is drawn around a change: those it hits first, then who stands beside it untouched.

Where a ring has no room for all, those that are alike stand on one card: instances of one block,
else blocks of one name in several modules, else all of one type that are reached alike. Who
finds no room even so is counted.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from enum import Enum, auto
from typing import Final

import msgspec

from iacrisk.graph import BlastRadius, Graph, Hit, Node, Origin, Precision, Step, Use
from iacrisk.plan import ActionKind
from iacrisk.report.picture.scene import State, Sure

FARTHEST: Final = 4
"""The last ring holds all that is as far or farther."""
DEPENDENCIES: Final = -1
_DEPENDENCIES_DRAWN: Final = 6
_NEIGHBOURS_DRAWN: Final = 3
_NEIGHBOURS_DRAWN_ALONE: Final = 8
_DEEP: Final = 3
"""From so many rings on what the change depends on is left out: it tells the least."""
_VICTIMS: Final = frozenset({State.HIT, State.MAY_NOTICE})


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


class Neighbour(msgspec.Struct, frozen=True, kw_only=True):
    """One card: a resource, or several that are alike, named by the first of them.

    `link` is the reference by which it is reached; None for the centre.
    """

    ring: int
    state: State
    members: tuple[Node, ...]
    hit: Hit | None = None
    link: Link | None = None

    @property
    def label(self) -> str:
        """What links name it by."""
        return self.members[0].label


class Neighbourhood(msgspec.Struct, frozen=True, kw_only=True):
    """All who are drawn; who found no room is counted by ring and state."""

    centre: str
    neighbours: tuple[Neighbour, ...]
    hidden: dict[int, Counter[State]]

    @property
    def links(self) -> tuple[Link, ...]:
        """The references between those that are drawn."""
        return tuple(item.link for item in self.neighbours if item.link is not None)


def neighbourhood(
    centre: Node, state: State, radius: BlastRadius, graph: Graph, rows: int
) -> Neighbourhood:
    """Who stands around `centre`, whose change has this radius, at most `rows` in a ring."""
    found = [_Candidate(node=centre, ring=0, state=state), *_candidates(centre, radius, graph)]
    for alike in _Alike:
        chosen = _choose(centre.label, _grouped(centre.label, found, alike), rows)
        if not any(chosen.hidden[ring][state] for ring in chosen.hidden for state in _VICTIMS):
            break
    return chosen


class _Alike(Enum):
    """What members of one card have in common, beside how they are reached."""

    ADDRESS = auto()
    BLOCK = auto()
    NAME = auto()
    TYPE = auto()

    def of(self, node: Node) -> str:
        match self:
            case _Alike.ADDRESS:
                return node.label
            case _Alike.BLOCK:
                return node.block or node.label
            case _Alike.NAME:
                return f"{node.type} {node.block.rpartition('.')[2]}" if node.type else node.label
            case _Alike.TYPE:
                return node.type or node.label


class _Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One who could be drawn, before it is known whether there is room."""

    node: Node
    ring: int
    state: State
    hit: Hit | None = None
    link: Link | None = None

    @property
    def parent(self) -> str:
        """The label of the one before it on the way from the centre."""
        if self.link is None:
            return ""
        return self.link.target if self.ring == DEPENDENCIES else self.link.source


def _candidates(centre: Node, radius: BlastRadius, graph: Graph) -> Iterator[_Candidate]:
    """Those hit, likeliest first, each behind its way; then who is not hit."""
    label = centre.label
    met = {label}
    hits = {hit.address: hit for hit in radius.reached}
    victims = [hit for hit in hits.values() if not hit.on_the_way]
    for hit in sorted(victims, key=lambda hit: hit.folded):  # else as the radius sorts them
        yield from _way(hit, hits, graph, label, met)
    deepest = max((min(hit.hops, FARTHEST) for hit in victims), default=0)
    met |= hits.keys()
    yield from _related(graph.consumers(label), 1, label, met)
    if deepest < _DEEP:
        yield from _related(graph.dependencies(label), DEPENDENCIES, label, met)


def _way(
    hit: Hit, hits: dict[str, Hit], graph: Graph, centre: str, met: set[str]
) -> Iterator[_Candidate]:
    source = centre
    for number, step in enumerate(hit.path, start=1):
        label, node = step.address, graph.node(step.address)
        if label not in met and node is not None:
            met.add(label)
            reached = hits.get(label)
            yield _Candidate(
                node=node,
                ring=min(reached.hops if reached else number, FARTHEST),
                state=_state_of_hit(reached),
                hit=reached,
                link=_link_of_step(source, step),
            )
        source = label if node is not None else source


def _related(uses: Iterable[Use], ring: int, centre: str, met: set[str]) -> Iterator[_Candidate]:
    """Neighbours that are not hit, those that change first."""
    found: dict[str, Use] = {}
    for use in uses:
        if use.node.label not in met:
            found.setdefault(use.node.label, use)
    met |= found.keys()
    for label in sorted(found, key=lambda label: (_is_idle(found[label].node), label)):
        use = found[label]
        source, target = (label, centre) if ring == DEPENDENCIES else (centre, label)
        yield _Candidate(
            node=use.node,
            ring=ring,
            state=State.UNTOUCHED if _is_idle(use.node) else State.CHANGES_TOO,
            link=_link_of_use(use, source, target),
        )


def _grouped(
    centre: str, candidates: Iterable[_Candidate], alike: _Alike
) -> list[list[_Candidate]]:
    """Those that are alike and reached from the same card by the same argument."""
    groups: dict[tuple[object, ...], list[_Candidate]] = {}
    numbers: dict[tuple[object, ...], int] = {}
    number_of: dict[str, int] = {}
    for item in candidates:
        common = centre if item.ring == 0 else alike.of(item.node)
        argument = item.link.argument if item.link else ""
        key = (item.ring, item.state, common, argument, number_of.get(item.parent))
        number_of[item.node.label] = numbers.setdefault(key, len(numbers))
        groups.setdefault(key, []).append(item)
    return list(groups.values())


def _choose(centre: str, groups: list[list[_Candidate]], rows: int) -> Neighbourhood:
    card_of = {item.node.label: members[0] for members in groups for item in members}
    members_of = {members[0].node.label: members for members in groups}
    room = _Room(rows)
    chosen: dict[str, _Candidate] = {centre: card_of[centre]}
    for first in (members[0] for members in groups):
        if first.state is State.PASSES_ON or first.node.label in chosen:
            continue
        way = list(_way_to(first, card_of, chosen))
        if room.takes(way):
            chosen |= {item.node.label: item for item in reversed(way)}
    hidden: dict[int, Counter[State]] = defaultdict(Counter)
    for label, members in members_of.items():
        if label not in chosen and members[0].state is not State.PASSES_ON:
            hidden[members[0].ring][members[0].state] += len(members)
    neighbours = [_card(item, members_of[label], card_of) for label, item in chosen.items()]
    return Neighbourhood(centre=centre, neighbours=tuple(neighbours), hidden=hidden)


def _way_to(
    item: _Candidate, card_of: dict[str, _Candidate], chosen: dict[str, _Candidate]
) -> Iterator[_Candidate]:
    """The cards that have to be drawn for `item`, itself first."""
    while item.node.label not in chosen:
        yield item
        item = card_of[item.parent]


class _Room:
    """How many cards the rings still take."""

    def __init__(self, rows: int) -> None:
        self._rows = rows
        self._taken: Counter[int] = Counter()
        self._beside: Counter[int] = Counter()

    def takes(self, way: list[_Candidate]) -> bool:
        """Whether there is room for all of `way`, which is then taken."""
        wanted = Counter(item.ring for item in way)
        if any(self._taken[ring] + number > self._most(ring) for ring, number in wanted.items()):
            return False
        is_beside = way[0].state in {State.UNTOUCHED, State.CHANGES_TOO}
        ring = way[0].ring
        if is_beside and ring > 0 and self._beside[ring] >= self._most_beside(ring):
            return False
        self._taken += wanted
        self._beside[ring] += is_beside
        return True

    def _most(self, ring: int) -> int:
        return _DEPENDENCIES_DRAWN if ring == DEPENDENCIES else self._rows

    def _most_beside(self, ring: int) -> int:
        hit = self._taken[ring] - self._beside[ring]
        return max(_NEIGHBOURS_DRAWN, _NEIGHBOURS_DRAWN_ALONE - hit)


def _card(item: _Candidate, members: list[_Candidate], card_of: dict[str, _Candidate]) -> Neighbour:
    link = item.link
    if link is not None:
        source, target = (card_of[label].node.label for label in (link.source, link.target))
        link = msgspec.structs.replace(link, source=source, target=target)
    return Neighbour(
        ring=item.ring,
        state=item.state,
        members=tuple(member.node for member in members),
        hit=item.hit,
        link=link,
    )


def _state_of_hit(hit: Hit | None) -> State:
    if hit is None or hit.on_the_way:
        return State.PASSES_ON
    return State.MAY_NOTICE if hit.folded else State.HIT


def _is_idle(node: Node) -> bool:
    return node.change is None or node.change.kind in {ActionKind.NO_OP, ActionKind.READ}


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

"""The sketch of one change and who is around it: every word, masked and plain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

import msgspec

from iacrisk.assess import AssessedChange, Assessment
from iacrisk.graph import BlastRadius, Effect, Node, NodeKind
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.report.picture.labels import NameParts, name_parts
from iacrisk.report.picture.neighbourhood import (
    DEPENDENCIES,
    FARTHEST,
    Link,
    Neighbour,
    neighbourhood,
)
from iacrisk.report.picture.scene import State
from iacrisk.report.picture.shapes import class_of, shape_of
from iacrisk.report.picture.sketch import Card, Column, Line, Sketch
from iacrisk.report.plain import count, plain
from iacrisk.report.words import describe

_MEMBERS_TOLD: Final = 50
_MEMBERS_SPOKEN: Final = 3
_SIGNS: Final = {
    ActionKind.CREATE: "+",
    ActionKind.READ: "<=",
    ActionKind.UPDATE: "~",
    ActionKind.DELETE: "-",
    ActionKind.FORGET: ".",
    ActionKind.UNKNOWN: "?",
}
_STATE_WORDS: Final = {
    State.CHANGED: "the change",
    State.HIT: "hit",
    State.MAY_NOTICE: "may notice",
    State.PASSES_ON: "passes the harm on",
    State.CHANGES_TOO: "changes too",
    State.UNTOUCHED: "nothing happens to it",
    State.WAITS: "something in it waits",
}
_VICTIMS: Final = frozenset({State.HIT, State.MAY_NOTICE})


def sketch_of_change(
    assessment: Assessment, item: AssessedChange, rows: int, numbers: Mapping[str, int]
) -> Sketch:
    """What is drawn around the change, at most `rows` cards in a column."""
    node = assessment.graph.node(item.address) or _lone(item)
    told = f"risk {item.score.score} of 100"
    return _Sketching(assessment, node, State.CHANGED, item.radius, rows, numbers).sketch(told)


def sketch_of_unchanged(
    assessment: Assessment, node: Node, rows: int, numbers: Mapping[str, int]
) -> Sketch:
    """What is drawn around a resource that stays as it is."""
    radius = BlastRadius(address=node.label, effect=Effect.NONE)
    return _Sketching(assessment, node, State.UNTOUCHED, radius, rows, numbers).sketch()


class _Sketching:
    def __init__(
        self,
        assessment: Assessment,
        centre: Node,
        state: State,
        radius: BlastRadius,
        rows: int,
        numbers: Mapping[str, int],
    ) -> None:
        self._centre = centre
        self._state = state
        self._radius = radius
        self._numbers = numbers
        self._redactor = assessment.plan.redactor
        self._around = neighbourhood(centre, state, radius, assessment.graph, rows)
        self._parts = {
            neighbour.label: self._parts_of(neighbour) for neighbour in self._around.neighbours
        }

    def sketch(self, *told: str) -> Sketch:
        label = self._centre.label
        cards = tuple(map(self._card, self._around.neighbours))
        address = self._parts[label].address
        deed = " · ".join([self._deed(self._centre.change), *told])
        return Sketch(
            address=address,
            change=self._numbers.get(label),
            heading=(address, deed),
            description=self._description(f"{address}: {deed}.", cards),
            columns=self._columns(),
            cards=cards,
            lines=tuple(map(self._line, self._around.links)),
        )

    def _columns(self) -> dict[int, Column]:
        """Of all rings that hold somebody, and always of the first."""
        states: dict[int, Counter[State]] = {1: Counter()}
        for card in self._around.neighbours:
            states.setdefault(card.ring, Counter())[card.state] += len(card.members)
        columns = {}
        for ring in states.keys() | self._around.hidden.keys():
            hidden = self._around.hidden.get(ring, Counter())
            told = _told(hidden + states.get(ring, Counter()))
            columns[ring] = Column(title=_title(ring), told=told, hidden=hidden)
        if not self._radius.hits:
            columns[1] = msgspec.structs.replace(columns[1], told="nobody else is hit")
        if self._state is State.UNTOUCHED:
            columns[0] = Column(title="the resource")
            columns[1] = Column(title="refer to it", hidden=columns[1].hidden)
        return columns

    def _card(self, item: Neighbour) -> Card:
        parts, first = self._parts[item.label], item.members[0]
        alone = len(item.members) == 1
        return Card(
            key=item.label,
            ring=item.ring,
            state=item.state,
            address=parts.address,
            kind=parts.kind,
            name=parts.name,
            via=self._via(item),
            words=self._words(item),
            shape=shape_of(first),
            resource_class=class_of(first).value,
            hops=item.hit.hops if item.hit else item.ring,
            action=_sign_of(item),
            change=self._numbers.get(item.label) if alone else None,
            count=len(item.members),
            members=() if alone else self._members(item),
            before=item.link.source if item.link else "",
            frame=_frame(item, parts),
            module=parts.module,
            frame_label=parts.short_module,
        )

    def _members(self, item: Neighbour) -> tuple[str, ...]:
        """The addresses of the first on a card of several."""
        return tuple(
            plain(self._redactor.address(node.label)) for node in item.members[:_MEMBERS_TOLD]
        )

    def _via(self, item: Neighbour) -> str:
        """What happens to the centre; by which argument the others are reached."""
        if item.ring == 0:
            return self._deed(self._centre.change)
        return f"by {plain(self._redactor.text(item.link.argument))}" if item.link else ""

    def _words(self, item: Neighbour) -> str:
        """A card in one sentence."""
        said = [_STATE_WORDS[item.state]]
        if item.hit is not None and item.hit.hops:
            said.append(count(item.hit.hops, "hop"))
        if len(item.members) > 1:
            named = ", ".join(self._members(item)[:_MEMBERS_SPOKEN])
            rest = len(item.members) - _MEMBERS_SPOKEN
            more = f" and {rest:,} more" if rest > 0 else ""
            return f"{len(item.members):,} alike: {'; '.join(said)}: {named}{more}"
        if item.hit is not None and item.hit.chance is not None:
            said.append(f"suffers with a chance of {item.hit.chance:.2f}, if anything does")
        change = item.members[0].change
        if change is not None and change.kind is not ActionKind.NO_OP:
            said.append(self._deed(change))
        return f"{self._parts[item.label].address}: {'; '.join(said)}"

    def _line(self, link: Link) -> Line:
        """Which reference it is, and how sure; the first of several."""
        source, target = (self._parts[label].address for label in (link.source, link.target))
        reference = plain(self._redactor.text(link.reference))
        return Line(
            source=link.source,
            target=link.target,
            words=f"{source} to {target}: {reference} ({link.origin}, {link.precision})",
            sure=link.sure,
            harms=link.harms,
        )

    def _description(self, heading: str, cards: tuple[Card, ...]) -> str:
        """The picture in words."""
        if self._state is State.UNTOUCHED:
            return " ".join([heading, *(f"{card.words}." for card in cards if card.ring)])
        radius = self._radius
        named = len(radius.named)
        rest = len(radius.hits) - named
        numbers = f"It hits {count(named, 'other') if named else 'nobody else'}"
        numbers += f", {rest:,} more may notice." if rest else "."
        drawn = [f"{card.words}." for card in cards if card.state in _VICTIMS]
        return " ".join([heading, numbers, *drawn])

    def _deed(self, change: ResourceChange | None) -> str:
        return "unchanged" if change is None else plain(describe(change, self._redactor))

    def _parts_of(self, item: Neighbour) -> NameParts:
        parts = name_parts(item.members[0], self._redactor)
        if len(item.members) == 1:
            return parts
        others = [name_parts(node, self._redactor) for node in item.members[:_MEMBERS_TOLD]]
        return parts.in_common(others, len({node.module for node in item.members}))


def _lone(item: AssessedChange) -> Node:
    """A change that the graph does not know, such as one of two with one address."""
    return Node(
        label=item.address,
        kind=NodeKind.RESOURCE,
        type=item.change.type,
        module=item.change.module_address,
        change=item.change,
    )


def _frame(item: Neighbour, parts: NameParts) -> tuple[str, ...]:
    """The module of a card, or all the modules of a card of several."""
    modules = {node.module for node in item.members}
    if len(modules) > 1:
        return tuple(sorted(modules))
    return (parts.module,) if parts.module else ()


def _sign_of(item: Neighbour) -> str:
    """Terraform's sign for what the plan does to all on the card; empty where they differ."""
    signs = {_sign(node) for node in item.members}
    return signs.pop() if len(signs) == 1 else ""


def _sign(node: Node) -> str:
    if node.change is None:
        return ""
    if node.change.kind is ActionKind.REPLACE:
        return "+/-" if node.change.creates_first else "-/+"
    return _SIGNS.get(node.change.kind, "")


def _title(ring: int) -> str:
    """How far away a ring is."""
    if ring == DEPENDENCIES:
        return "it depends on"
    if ring == 0:
        return "the change"
    far = " or more" if ring == FARTHEST else ""
    return f"{count(ring, 'hop')} away{far}"


def _told(states: Counter[State]) -> str:
    """Who of a ring is hit."""
    hits, notices, ways = (
        states[state] for state in (State.HIT, State.MAY_NOTICE, State.PASSES_ON)
    )
    told = [f"{hits:,} hit"] if hits else []
    told += [f"{notices:,} may notice"] if notices else []
    return " · ".join(told) or ("only passes it on" if ways else "")

"""From a change to its scene: a column for each hop, from left to right.

Cards of one module stand together, near those that they are reached through. The same
assessment gives the same scene, and no card or label lies over another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

import msgspec

from iacrisk.assess import AssessedChange, Assessment
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.report.picture.labels import NameParts, cut_end, cut_middle, name_parts, natural
from iacrisk.report.picture.legend import lay_legend
from iacrisk.report.picture.neighbourhood import (
    DEPENDENCIES,
    FARTHEST,
    Link,
    Neighbour,
    Neighbourhood,
    neighbourhood,
)
from iacrisk.report.picture.scene import (
    Scene,
    SceneBox,
    SceneEdge,
    SceneNode,
    SceneRing,
    State,
)
from iacrisk.report.picture.shapes import class_of, shape_of
from iacrisk.report.plain import count, plain
from iacrisk.report.words import describe

CARD_WIDTH: Final = 208
CARD_HEIGHT: Final = 50
KIND_SIZE: Final = 10
NAME_SIZE: Final = 12.5
TITLE_SIZE: Final = 11
HEADING_SIZE: Final = 13
_TEXT_X: Final = 32
_SIGN_ROOM: Final = 30
_MARGIN: Final = 16
_FRAME: Final = 6
_FRAME_HEAD: Final = 17
_GAP: Final = 10
_PITCH: Final = CARD_WIDTH + 2 * _FRAME + 50
_HEADING_HEIGHT: Final = 46
_TITLE_HEIGHT: Final = 24
_NOTE_HEIGHT: Final = 30
_ROWS: Final = 10
_SIGNS: Final = {
    ActionKind.CREATE: "+",
    ActionKind.READ: "<=",
    ActionKind.UPDATE: "~",
    ActionKind.DELETE: "-",
    ActionKind.FORGET: ".",
    ActionKind.UNKNOWN: "?",
}
_ORDER: Final = {state: number for number, state in enumerate(State)}
_STATE_WORDS: Final = {
    State.CHANGED: "the change",
    State.HIT: "hit",
    State.MAY_NOTICE: "may notice",
    State.PASSES_ON: "passes the harm on",
    State.CHANGES_TOO: "changes too",
    State.UNTOUCHED: "nothing happens to it",
}


def scene_of(assessment: Assessment, item: AssessedChange, rows: int = _ROWS) -> Scene:
    """The picture of one change and who is around it, at most `rows` cards in a column."""
    return _Drawing(assessment, item, rows).scene()


def nothing_scene() -> Scene:
    """The picture of a plan without changes."""
    return Scene(
        width=CARD_WIDTH + 2 * _MARGIN,
        height=_HEADING_HEIGHT,
        address="",
        heading=("The plan changes nothing.", ""),
        description="The plan changes nothing.",
        rings=(),
        boxes=(),
        nodes=(),
        edges=(),
        legend=(),
    )


class _Box(msgspec.Struct, kw_only=True):
    """Cards of one module in one column; without a frame for the root module."""

    module: str
    members: list[Neighbour]

    @property
    def height(self) -> float:
        cards = len(self.members) * (CARD_HEIGHT + _GAP) - _GAP
        return cards + (_FRAME_HEAD + _FRAME if self.module else 0)


class _Drawing:
    """Collects what a scene is made of, column by column."""

    def __init__(self, assessment: Assessment, item: AssessedChange, rows: int) -> None:
        self._assessment = assessment
        self._item = item
        self._around: Neighbourhood = neighbourhood(item, assessment.graph, rows)
        self._redactor = assessment.plan.redactor
        self._parts: dict[str, NameParts] = {
            label: name_parts(neighbour.node, self._redactor)
            for label, neighbour in self._around.neighbours.items()
        }
        self._changes = {change.address: number for number, change in enumerate(assessment.changes)}
        self._into = _first_links(self._around)
        self._numbers: dict[str, int] = {}
        self._nodes: list[SceneNode] = []
        self._boxes: list[SceneBox] = []
        self._rings: list[SceneRing] = []

    def scene(self) -> Scene:
        columns = self._columns()
        tallest = max(self._height(ring, boxes) for ring, boxes in columns)
        for number, (ring, boxes) in enumerate(columns):
            x = _MARGIN + _FRAME + number * _PITCH
            self._place_column(ring, boxes, x, tallest)
        width = 2 * _MARGIN + len(columns) * _PITCH - (_PITCH - CARD_WIDTH - 2 * _FRAME)
        bottom = _HEADING_HEIGHT + _TITLE_HEIGHT + tallest + _MARGIN
        edges = tuple(map(self._edge, self._around.links))
        legend, height = lay_legend(self._nodes, edges, _MARGIN, bottom, width - _MARGIN)
        return Scene(
            width=width,
            height=height + _MARGIN,
            address=self._parts[self._item.address].address,
            heading=self._heading(width - 2 * _MARGIN),
            description=self._description(),
            rings=tuple(self._rings),
            boxes=tuple(self._boxes),
            nodes=tuple(self._nodes),
            edges=edges,
            legend=legend,
        )

    # Order

    def _columns(self) -> list[tuple[int, list[_Box]]]:
        """The rings that hold somebody, the order of each made by the one before it."""
        neighbours = self._around.neighbours.values()
        rings = sorted({item.ring for item in neighbours} | set(self._around.hidden) | {1})
        places: dict[str, int] = {}
        columns = []
        for ring in rings:
            boxes = self._boxes_of([item for item in neighbours if item.ring == ring], places)
            columns.append((ring, boxes))
            members = [item for box in boxes for item in box.members]
            places |= {item.node.label: number for number, item in enumerate(members)}
        return columns

    def _boxes_of(self, members: list[Neighbour], places: dict[str, int]) -> list[_Box]:
        def order(item: Neighbour) -> tuple[int, int, list[tuple[bool, int, str]]]:
            label = item.node.label
            link = self._into.get(label)
            parent = places.get(link.source, 0) if link else 0
            return parent, _ORDER[item.state], natural(self._parts[label].address)

        ordered = sorted(members, key=order)
        first: dict[str, int] = {}
        for number, item in enumerate(ordered):
            first.setdefault(self._module(item), number)
        ordered.sort(key=lambda item: first[self._module(item)])
        return [
            _Box(module=module, members=list(group))
            for module, group in groupby(ordered, self._module)
        ]

    def _module(self, item: Neighbour) -> str:
        return self._parts[item.node.label].module

    # Places

    def _height(self, ring: int, boxes: Sequence[_Box]) -> float:
        gaps = max(0, len(boxes) - 1) * _GAP
        note = _NOTE_HEIGHT if self._note(ring) else 0
        return max(CARD_HEIGHT, sum(box.height for box in boxes) + gaps) + note

    def _place_column(self, ring: int, boxes: list[_Box], x: float, tallest: float) -> None:
        top = _HEADING_HEIGHT + _TITLE_HEIGHT
        y: float = top + round((tallest - self._height(ring, boxes)) / 2)
        for box in boxes:
            self._place_box(box, x, y)
            y += box.height + _GAP
        hidden = sum(self._around.hidden.get(ring, Counter()).values())
        self._rings.append(
            SceneRing(
                hops=ring,
                x=x - _FRAME,
                width=CARD_WIDTH + 2 * _FRAME,
                title=cut_end(self._title(ring, boxes), CARD_WIDTH, TITLE_SIZE),
                note=self._note(ring),
                note_y=y if boxes else y + CARD_HEIGHT / 2,
                hidden=hidden,
            )
        )

    def _place_box(self, box: _Box, x: float, y: float) -> None:
        number = None
        if box.module:
            number = len(self._boxes)
            short = self._parts[box.members[0].node.label].short_module
            label = cut_middle(short, CARD_WIDTH - 16, KIND_SIZE)
            self._boxes.append(
                SceneBox(
                    x=x - _FRAME,
                    y=y,
                    width=CARD_WIDTH + 2 * _FRAME,
                    height=box.height,
                    module=box.module,
                    label=label,
                    hops=box.members[0].ring,
                )
            )
            y += _FRAME_HEAD
        for item in box.members:
            self._numbers[item.node.label] = len(self._nodes)
            self._nodes.append(self._card(item, x, y, number))
            y += CARD_HEIGHT + _GAP

    # Words

    def _card(self, item: Neighbour, x: float, y: float, box: int | None) -> SceneNode:
        parts = self._parts[item.node.label]
        change = item.node.change
        number = self._changes.get(item.node.label)
        room = CARD_WIDTH - _TEXT_X - 6
        sign = sign_of(change)
        return SceneNode(
            x=x,
            y=y,
            width=CARD_WIDTH,
            height=CARD_HEIGHT,
            address=parts.address,
            words=self._words(item),
            kind=cut_middle(parts.kind, room - (_SIGN_ROOM if sign else 0), KIND_SIZE),
            name=cut_middle(parts.name, room, NAME_SIZE),
            via=cut_end(self._via(item), room, KIND_SIZE),
            shape=shape_of(item.node),
            resource_class=class_of(item.node).value,
            hops=item.hit.hops if item.hit else item.ring,
            state=item.state,
            module=parts.module,
            action=sign,
            change=number,
            score=None if number is None else self._assessment.changes[number].score.score,
            box=box,
        )

    def _via(self, item: Neighbour) -> str:
        if item.state is State.CHANGED:
            return plain(describe(self._item.change, self._redactor))
        link = self._into.get(item.node.label)
        return f"by {plain(self._redactor.text(link.argument))}" if link else ""

    def _words(self, item: Neighbour) -> str:
        parts = self._parts[item.node.label]
        said = [_STATE_WORDS[item.state]]
        if item.hit is not None and item.hit.hops:
            said.append(count(item.hit.hops, "hop"))
        if item.hit is not None and item.hit.chance is not None:
            said.append(f"suffers with a chance of {item.hit.chance:.2f}, if anything does")
        change = item.node.change
        if change is not None and change.kind is not ActionKind.NO_OP:
            said.append(plain(describe(change, self._redactor)))
        return f"{parts.address}: {'; '.join(said)}"

    def _edge(self, link: Link) -> SceneEdge:
        source, target = (self._parts[label].address for label in (link.source, link.target))
        reference = plain(self._redactor.text(link.reference))
        return SceneEdge(
            source=self._numbers[link.source],
            target=self._numbers[link.target],
            words=f"{source} to {target}: {reference} ({link.origin}, {link.precision})",
            sure=link.sure,
            harms=link.harms,
        )

    def _heading(self, room: float) -> tuple[str, str]:
        address = self._parts[self._item.address].address
        deed = plain(describe(self._item.change, self._redactor))
        second = f"{deed} · risk {self._item.score.score} of 100"
        return cut_middle(address, room, HEADING_SIZE), cut_end(second, room, TITLE_SIZE)

    def _title(self, ring: int, boxes: Sequence[_Box]) -> str:
        if ring == DEPENDENCIES:
            return "it depends on"
        if ring == 0:
            return "the change"
        states = Counter(item.state for box in boxes for item in box.members)
        states += self._around.hidden.get(ring, Counter())
        hits, notices = states[State.HIT], states[State.MAY_NOTICE]
        told = [f"{hits:,} hit"] if hits else []
        told += [f"{notices:,} may notice"] if notices else []
        if not told and ring == 1:
            return "nobody else is hit"
        far = " or more" if ring == FARTHEST else ""
        return " · ".join([f"{count(ring, 'hop')}{far}", *told])

    def _note(self, ring: int) -> tuple[str, ...]:
        hidden = self._around.hidden.get(ring)
        if not hidden:
            return ()
        return f"{hidden.total():,} more", cut_end(_told(hidden), CARD_WIDTH, KIND_SIZE)

    def _description(self) -> str:
        item = self._item
        radius = item.radius
        address = self._parts[item.address].address
        deed = plain(describe(item.change, self._redactor))
        named = len(radius.named)
        rest = len(radius.hits) - named
        said = [f"{address}: {deed}.", f"It hits {named:,} others, and {rest:,} more may notice."]
        drawn = [node.words for node in self._nodes if node.state in {State.HIT, State.MAY_NOTICE}]
        return " ".join([*said, *(f"{words}." for words in drawn)])


def sign_of(change: ResourceChange | None) -> str:
    """Terraform's sign for what the plan does to a resource; empty for nothing."""
    if change is None:
        return ""
    if change.kind is ActionKind.REPLACE:
        return "+/-" if change.creates_first else "-/+"
    return _SIGNS.get(change.kind, "")


def _first_links(around: Neighbourhood) -> dict[str, Link]:
    """By label the link through which a node is reached; from the far side for dependencies."""
    found: dict[str, Link] = {}
    for link in around.links:
        is_dependency = link.target == around.centre
        found.setdefault(link.source if is_dependency else link.target, link)
    return found


def _told(hidden: Counter[State]) -> str:
    kinds: Iterable[State] = sorted(hidden, key=_ORDER.__getitem__)
    return ", ".join(f"{hidden[state]:,} {state}" for state in kinds if hidden[state])

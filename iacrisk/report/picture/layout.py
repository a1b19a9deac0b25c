"""From a change to its scene: a column for each hop, from left to right.

Cards of one module stand together, near those that they are reached through. The same
assessment gives the same scene, and no card or label lies over another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Final

import msgspec

from iacrisk.assess import AssessedChange, Assessment
from iacrisk.report.picture.labels import count_tag, cut_end, cut_middle, natural, text_width
from iacrisk.report.picture.legend import lay_legend
from iacrisk.report.picture.neighbourhood import Link, Neighbour, neighbourhood
from iacrisk.report.picture.scene import Scene, SceneBox, SceneEdge, SceneNode, SceneRing, State
from iacrisk.report.picture.shapes import class_of, shape_of
from iacrisk.report.picture.wording import ORDER, Wording, hidden_note, ring_title, ring_told

CARD_WIDTH: Final = 200
CARD_HEIGHT: Final = 50
KIND_SIZE: Final = 10
NAME_SIZE: Final = 12.5
TITLE_SIZE: Final = 11
HEADING_SIZE: Final = 13
_TEXT_X: Final = 32
_SIGN_ROOM: Final = 28
_MARGIN: Final = 16
_FRAME: Final = 5
_FRAME_HEAD: Final = 17
_GAP: Final = 10
_PITCH: Final = CARD_WIDTH + 2 * _FRAME + 42
_HEADING_HEIGHT: Final = 50
_TITLE_HEIGHT: Final = 40
_NOTE_HEIGHT: Final = 30
_ROWS: Final = 10


def scene_of(
    assessment: Assessment,
    item: AssessedChange,
    *,
    rows: int = _ROWS,
    numbers: Mapping[str, int] | None = None,
) -> Scene:
    """The picture of one change and who is around it, at most `rows` cards in a column.

    `numbers`: what the reader calls the changes, by address; their place in the assessment where
    it is not given.
    """
    if numbers is None:
        numbers = {change.address: number for number, change in enumerate(assessment.changes)}
    return _Drawing(assessment, item, rows, numbers).scene()


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
    """Cards of one module, or of the same modules, in one column; the root has no frame."""

    is_framed: bool
    members: list[Neighbour]

    @property
    def height(self) -> float:
        cards = len(self.members) * (CARD_HEIGHT + _GAP) - _GAP
        return cards + (_FRAME_HEAD + _FRAME if self.is_framed else 0)


class _Drawing:
    """Collects what a scene is made of, column by column."""

    def __init__(
        self, assessment: Assessment, item: AssessedChange, rows: int, numbers: Mapping[str, int]
    ) -> None:
        self._around = neighbourhood(item, assessment.graph, rows)
        self._words = Wording(assessment, item, self._around)
        self._change = numbers.get(item.address)
        self._change_numbers = numbers
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
        address, deed = self._words.heading()
        room = width - 2 * _MARGIN
        return Scene(
            width=width,
            height=height + _MARGIN,
            address=address,
            change=self._change,
            heading=(cut_middle(address, room, HEADING_SIZE), cut_end(deed, room, TITLE_SIZE)),
            description=self._words.description(),
            rings=tuple(self._rings),
            boxes=tuple(self._boxes),
            nodes=tuple(self._nodes),
            edges=edges,
            legend=legend,
        )

    # Order

    def _columns(self) -> list[tuple[int, list[_Box]]]:
        """The rings that hold somebody, the order of each made by the one before it."""
        neighbours = self._around.neighbours
        rings = sorted({item.ring for item in neighbours} | set(self._around.hidden) | {1})
        places: dict[str, int] = {}
        columns = []
        for ring in rings:
            boxes = self._boxes_of([item for item in neighbours if item.ring == ring], places)
            columns.append((ring, boxes))
            members = [item for box in boxes for item in box.members]
            places |= {item.label: number for number, item in enumerate(members)}
        return columns

    def _boxes_of(self, members: list[Neighbour], places: dict[str, int]) -> list[_Box]:
        def order(item: Neighbour) -> tuple[int, int, list[tuple[bool, int, str]]]:
            parent = places.get(item.link.source, 0) if item.link else 0
            return parent, ORDER[item.state], natural(self._words.parts(item).address)

        ordered = sorted(members, key=order)
        frame = self._words.frame
        first: dict[tuple[str, ...], int] = {}
        for number, item in enumerate(ordered):
            first.setdefault(frame(item), number)
        ordered.sort(key=lambda item: first[frame(item)])
        return [
            _Box(is_framed=bool(modules), members=list(group))
            for modules, group in groupby(ordered, frame)
        ]

    # Places

    def _height(self, ring: int, boxes: Sequence[_Box]) -> float:
        gaps = max(0, len(boxes) - 1) * _GAP
        note = _NOTE_HEIGHT if self._hidden(ring) else 0
        return max(CARD_HEIGHT, sum(box.height for box in boxes) + gaps) + note

    def _hidden(self, ring: int) -> Counter[State]:
        return self._around.hidden.get(ring, Counter())

    def _place_column(self, ring: int, boxes: list[_Box], x: float, tallest: float) -> None:
        top = _HEADING_HEIGHT + _TITLE_HEIGHT
        y: float = top + round((tallest - self._height(ring, boxes)) / 2)
        for box in boxes:
            self._place_box(box, x, y)
            y += box.height + _GAP
        hidden = self._hidden(ring)
        states = _states_of(boxes)
        self._rings.append(
            SceneRing(
                hops=ring,
                x=x - _FRAME,
                width=CARD_WIDTH + 2 * _FRAME,
                title=ring_title(ring),
                told=cut_end(ring_told(ring, hidden + states), CARD_WIDTH, KIND_SIZE),
                note=tuple(cut_end(line, CARD_WIDTH, TITLE_SIZE) for line in hidden_note(hidden)),
                note_y=y if boxes else y + CARD_HEIGHT / 2,
                hidden=hidden.total(),
            )
        )

    def _place_box(self, box: _Box, x: float, y: float) -> None:
        number = None
        if box.is_framed:
            number = len(self._boxes)
            parts = self._words.parts(box.members[0])
            self._boxes.append(
                SceneBox(
                    x=x - _FRAME,
                    y=y,
                    width=CARD_WIDTH + 2 * _FRAME,
                    height=box.height,
                    module=parts.module,
                    label=cut_middle(parts.short_module, CARD_WIDTH - 16, KIND_SIZE),
                    ring=box.members[0].ring,
                )
            )
            y += _FRAME_HEAD
        for item in box.members:
            self._numbers[item.label] = len(self._nodes)
            self._nodes.append(self._card(item, x, y, number))
            y += CARD_HEIGHT + _GAP

    def _card(self, item: Neighbour, x: float, y: float, box: int | None) -> SceneNode:
        words = self._words
        sign = words.sign(item)
        room = CARD_WIDTH - _TEXT_X - 6
        tag = count_tag(len(item.members))
        name_room = room - text_width(tag, NAME_SIZE) - (6 if tag else 0)
        alone = len(item.members) == 1
        parts = words.parts(item)
        return SceneNode(
            x=x,
            y=y,
            width=CARD_WIDTH,
            height=CARD_HEIGHT,
            address=parts.address,
            words=words.of(item),
            kind=cut_middle(parts.kind, room - (_SIGN_ROOM if sign else 0), KIND_SIZE),
            name=cut_middle(parts.name, name_room, NAME_SIZE),
            via=cut_end(words.via(item), room, KIND_SIZE),
            shape=shape_of(item.members[0]),
            resource_class=class_of(item.members[0]).value,
            hops=item.hit.hops if item.hit else item.ring,
            ring=item.ring,
            state=item.state,
            module=parts.module,
            action=sign,
            change=self._change_numbers.get(item.label) if alone else None,
            count=len(item.members),
            members=words.members(item),
            box=box,
        )

    def _edge(self, link: Link) -> SceneEdge:
        return SceneEdge(
            source=self._numbers[link.source],
            target=self._numbers[link.target],
            words=self._words.of_link(link),
            sure=link.sure,
            harms=link.harms,
        )


def _states_of(boxes: Sequence[_Box]) -> Counter[State]:
    """How many resources are in which state, those on a card of several among them."""
    states: Counter[State] = Counter()
    for box in boxes:
        for item in box.members:
            states[item.state] += len(item.members)
    return states

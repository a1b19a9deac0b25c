"""From a sketch to a scene: a column for each ring, from left to right.

Cards of one module stand together, near those that they are reached through. The same
sketch gives the same scene, and no card or label lies over another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from typing import Final

import msgspec

from iacrisk.report.picture.labels import count_tag, cut_end, cut_middle, natural, text_width
from iacrisk.report.picture.legend import lay_legend
from iacrisk.report.picture.scene import Scene, SceneBox, SceneEdge, SceneNode, SceneRing, State
from iacrisk.report.picture.sketch import Card, Line, Sketch

CARD_WIDTH: Final = 200
CARD_HEIGHT: Final = 50
KIND_SIZE: Final = 10
NAME_SIZE: Final = 12.5
TITLE_SIZE: Final = 11
HEADING_SIZE: Final = 13
ORDER: Final = {state: number for number, state in enumerate(State)}
_TEXT_X: Final = 32
_SIGN_ROOM: Final = 28
_MARGIN: Final = 16
_FRAME: Final = 5
_FRAME_HEAD: Final = 17
_GAP: Final = 10
_COLUMN: Final = CARD_WIDTH + 2 * _FRAME
_PITCH: Final = _COLUMN + 42
_HEADING_HEIGHT: Final = 50
_TITLE_HEIGHT: Final = 40
_NOTE_HEIGHT: Final = 30
_DO: Final = {
    State.WAITS: "wait",
    State.HIT: "hit",
    State.MAY_NOTICE: "may notice",
    State.CHANGES_TOO: "change too",
    State.UNTOUCHED: "untouched",
}
_NARROWEST: Final = 3
"""Columns that there is always room for, as headings need some."""


def lay_out(sketch: Sketch) -> Scene:
    """The sketch with everything in its place."""
    return _Drawing(sketch).scene()


class _Box(msgspec.Struct, kw_only=True):
    """Cards of one module, or of the same modules, in one column; the root has no frame."""

    is_framed: bool
    cards: list[Card]

    @property
    def height(self) -> float:
        cards = len(self.cards) * (CARD_HEIGHT + _GAP) - _GAP
        return cards + (_FRAME_HEAD + _FRAME if self.is_framed else 0)


class _Drawing:
    """Collects what a scene is made of, column by column."""

    def __init__(self, sketch: Sketch) -> None:
        self._sketch = sketch
        self._numbers: dict[str, int] = {}
        self._nodes: list[SceneNode] = []
        self._boxes: list[SceneBox] = []
        self._rings: list[SceneRing] = []

    def scene(self) -> Scene:
        sketch = self._sketch
        columns = self._columns()
        tallest = max((self._height(ring, boxes) for ring, boxes in columns), default=0)
        for number, (ring, boxes) in enumerate(columns):
            self._place_column(ring, boxes, _MARGIN + _FRAME + number * _PITCH, tallest)
        width = 2 * _MARGIN + (max(_NARROWEST, len(columns)) - 1) * _PITCH + _COLUMN
        bottom = _HEADING_HEIGHT + (_TITLE_HEIGHT + tallest + _MARGIN if columns else 0)
        edges = tuple(map(self._edge, sketch.lines))
        legend, height = lay_legend(self._nodes, edges, _MARGIN, bottom, width - _MARGIN)
        first, second = sketch.heading
        room = width - 2 * _MARGIN
        return Scene(
            width=width,
            height=height + _MARGIN if columns else bottom,
            address=sketch.address,
            change=sketch.change,
            title=": ".join(filter(None, sketch.heading)),
            heading=(cut_middle(first, room, HEADING_SIZE), cut_end(second, room, TITLE_SIZE)),
            description=sketch.description,
            rings=tuple(self._rings),
            boxes=tuple(self._boxes),
            nodes=tuple(self._nodes),
            edges=edges,
            legend=legend,
        )

    # Order

    def _columns(self) -> list[tuple[int, list[_Box]]]:
        """The cards of each ring in frames, ordered by the ring before."""
        places: dict[str, int] = {}
        columns = []
        for ring in sorted(self._sketch.columns):
            cards = [card for card in self._sketch.cards if card.ring == ring]
            boxes = _boxes_of(cards, places)
            columns.append((ring, boxes))
            ordered = [card.key for box in boxes for card in box.cards]
            places |= {key: number for number, key in enumerate(ordered)}
        return columns

    # Places

    def _height(self, ring: int, boxes: Sequence[_Box]) -> float:
        gaps = max(0, len(boxes) - 1) * _GAP
        note = _NOTE_HEIGHT if self._sketch.columns[ring].hidden else 0
        return max(CARD_HEIGHT, sum(box.height for box in boxes) + gaps) + note

    def _place_column(self, ring: int, boxes: list[_Box], x: float, tallest: float) -> None:
        top = _HEADING_HEIGHT + _TITLE_HEIGHT
        y: float = top + round((tallest - self._height(ring, boxes)) / 2)
        for box in boxes:
            self._place_box(box, x, y)
            y += box.height + _GAP
        column = self._sketch.columns[ring]
        self._rings.append(
            SceneRing(
                hops=ring,
                x=x - _FRAME,
                width=_COLUMN,
                title=cut_end(column.title, CARD_WIDTH, TITLE_SIZE),
                told=cut_end(column.told, CARD_WIDTH, KIND_SIZE),
                note=tuple(cut_end(line, CARD_WIDTH, TITLE_SIZE) for line in _note(column.hidden)),
                note_y=y if boxes else y + CARD_HEIGHT / 2,
                hidden=column.hidden.total(),
            )
        )

    def _place_box(self, box: _Box, x: float, y: float) -> None:
        number = None
        if box.is_framed:
            number = len(self._boxes)
            first = box.cards[0]
            self._boxes.append(
                SceneBox(
                    x=x - _FRAME,
                    y=y,
                    width=_COLUMN,
                    height=box.height,
                    module=first.module,
                    label=cut_middle(first.frame_label, CARD_WIDTH - 16, KIND_SIZE),
                    ring=first.ring,
                )
            )
            y += _FRAME_HEAD
        for card in box.cards:
            self._numbers[card.key] = len(self._nodes)
            self._nodes.append(_node(card, x, y, number))
            y += CARD_HEIGHT + _GAP

    def _edge(self, line: Line) -> SceneEdge:
        return SceneEdge(
            source=self._numbers[line.source],
            target=self._numbers[line.target],
            words=line.words,
            sure=line.sure,
            harms=line.harms,
        )


def _boxes_of(cards: list[Card], places: dict[str, int]) -> list[_Box]:
    def order(card: Card) -> tuple[int, int, list[tuple[bool, int, str]]]:
        return places.get(card.before, 0), ORDER[card.state], natural(card.address)

    ordered = sorted(cards, key=order)
    first: dict[tuple[str, ...], int] = {}
    for number, card in enumerate(ordered):
        first.setdefault(card.frame, number)
    ordered.sort(key=lambda card: first[card.frame])
    return [
        _Box(is_framed=bool(frame), cards=list(group))
        for frame, group in groupby(ordered, lambda card: card.frame)
    ]


def _node(card: Card, x: float, y: float, box: int | None) -> SceneNode:
    room = CARD_WIDTH - _TEXT_X - 6
    tag = count_tag(card.count)
    name_room = room - text_width(tag, NAME_SIZE) - (6 if tag else 0)
    return SceneNode(
        x=x,
        y=y,
        width=CARD_WIDTH,
        height=CARD_HEIGHT,
        address=card.address,
        words=card.words,
        kind=cut_middle(card.kind, room - (_SIGN_ROOM if card.action else 0), KIND_SIZE),
        name=cut_middle(card.name, name_room, NAME_SIZE),
        via=cut_end(card.via, room, KIND_SIZE),
        shape=card.shape,
        resource_class=card.resource_class,
        hops=card.hops,
        ring=card.ring,
        state=card.state,
        module=card.module,
        action=card.action,
        change=card.change,
        count=card.count,
        members=card.members,
        box=box,
    )


def _note(hidden: Counter[State]) -> tuple[str, ...]:
    """How many found no room, and what happens to them."""
    if not hidden:
        return ()
    told = ", ".join(f"{hidden[state]:,} {do}" for state, do in _DO.items() if hidden[state])
    return f"{hidden.total():,} more", told

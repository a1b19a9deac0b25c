"""The legend: the signs that a scene uses, and what they mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from iacrisk.report.picture.labels import text_width
from iacrisk.report.picture.scene import LegendItem, SceneEdge, SceneNode, State, Sure
from iacrisk.report.picture.shapes import SHAPES

LEGEND_SIZE: Final = 10
SIGN_WIDTH: Final = 26
_ROW: Final = 20
_BETWEEN: Final = 14
_STATES: Final = {
    State.CHANGED: "the change",
    State.HIT: "hit",
    State.MAY_NOTICE: "may notice",
    State.PASSES_ON: "passes it on",
    State.CHANGES_TOO: "changes too",
    State.UNTOUCHED: "untouched",
    State.WAITS: "something waits",
}
_SURE: Final = {
    Sure.SURE: "harm by a sure reference",
    Sure.LIKELY: "by a likely one",
    Sure.WEAK: "by a weak one",
}
_RELATED: Final = "refers only"
_ACTIONS: Final = {
    "+": "created",
    "<=": "read",
    "~": "changed in place",
    "-/+": "destroyed, then created",
    "+/-": "created, then destroyed",
    "-": "destroyed",
    ".": "forgotten",
    "?": "unknown actions",
}


def lay_legend(
    nodes: Sequence[SceneNode],
    edges: Sequence[SceneEdge],
    left: float,
    top: float,
    right: float,
) -> tuple[tuple[LegendItem, ...], float]:
    """The items in rows between `left` and `right`, and where the last row ends."""
    placed: list[LegendItem] = []
    y = top
    for group in _groups(nodes, edges):
        x = left
        for sort, sign, words in group:
            width = SIGN_WIDTH + text_width(words, LEGEND_SIZE)
            if x > left and x + width > right:
                x, y = left, y + _ROW
            placed.append(LegendItem(x=x, y=y, sort=sort, sign=sign, words=words))
            x += width + _BETWEEN
        y += _ROW if group else 0
    return tuple(placed), y


def _groups(
    nodes: Sequence[SceneNode], edges: Sequence[SceneEdge]
) -> Iterator[list[tuple[str, str, str]]]:
    shapes = {node.shape for node in nodes}
    yield [("shape", name, form.words) for name, form in SHAPES.items() if name in shapes]
    states = {node.state for node in nodes}
    meant = dict(_STATES)
    if State.CHANGED not in states:
        meant[State.CHANGES_TOO] = "changes"
    sures = {edge.sure for edge in edges if edge.harms}
    related = [("related", "related", _RELATED)] if any(not edge.harms for edge in edges) else []
    yield [
        *(("state", state.value, words) for state, words in meant.items() if state in states),
        *(("sure", sure.value, words) for sure, words in _SURE.items() if sure in sures),
        *related,
    ]
    actions = {node.action for node in nodes}
    yield [("action", sign, words) for sign, words in _ACTIONS.items() if sign in actions]

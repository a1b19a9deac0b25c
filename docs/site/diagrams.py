"""Mermaid flowcharts as SVG, drawn when the site is built.

GitHub draws Mermaid itself. A page of the site would need three megabytes of script for it, from
another host or committed here; our charts are boxes under each other with labelled arrows. What is
beyond that stays text.
"""

from __future__ import annotations

import re
from html import escape
from typing import Final

import msgspec

_FENCE: Final = re.compile(r"^```mermaid\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_BOX: Final = r"(\w+)(?:\[(/?)([^\]]+?)/?\])?"
_ARROW: Final = re.compile(rf"^{_BOX} *-->(?:\|([^|]+)\|)? *{_BOX}$")
_WIDE: Final = 8.4
"""Pixels for a character."""
_HIGH, _GAP, _APART = 34, 46, 90


class Box(msgspec.Struct):
    """A box of the chart, with where its middle stands."""

    text: str
    is_file: bool
    layer: int = 0
    x: float = 0

    @property
    def width(self) -> float:
        """How wide it has to be."""
        return len(self.text) * _WIDE + 28

    @property
    def top(self) -> float:
        """Its upper edge."""
        return self.layer * (_HIGH + _GAP) + 2


class Arrow(msgspec.Struct, frozen=True):
    """An arrow from one box to another."""

    start: Box
    end: Box
    label: str


def draw_diagrams(text: str) -> str:
    """The page with its flowcharts as SVG; a chart that is not understood stays as it is."""
    return _FENCE.sub(lambda found: draw_flowchart(found[1]) or found[0], text)


def draw_flowchart(source: str) -> str | None:
    """The SVG of a flowchart from top to bottom; None for any other chart."""
    kind, *lines = [line.strip() for line in source.strip().splitlines()]
    if kind not in {"flowchart TD", "flowchart TB", "graph TD", "graph TB"}:
        return None
    boxes: dict[str, Box] = {}
    arrows: list[Arrow] = []
    for line in filter(None, lines):
        found = _ARROW.match(line)
        if found is None:
            return None
        start = _box(boxes, found[1], found[2], found[3])
        end = _box(boxes, found[5], found[6], found[7])
        arrows.append(Arrow(start, end, found[4] or ""))
    _place(list(boxes.values()), arrows)
    return _svg(list(boxes.values()), arrows)


def _box(boxes: dict[str, Box], name: str, slash: str | None, text: str | None) -> Box:
    box = boxes.setdefault(name, Box(name, is_file=False))
    if text:
        box.text, box.is_file = text.strip('"'), bool(slash)
    return box


def _place(boxes: list[Box], arrows: list[Arrow]) -> None:
    """Each box under all that lead to it; what leads in from the side one layer above."""
    for _ in boxes:
        for arrow in arrows:
            arrow.end.layer = min(len(boxes), max(arrow.end.layer, arrow.start.layer + 1))
    targets = {id(arrow.end) for arrow in arrows}
    for box in boxes:
        if id(box) not in targets:
            box.layer = min(a.end.layer for a in arrows if a.start is box) - 1
    for layer in {box.layer for box in boxes}:
        row = [box for box in boxes if box.layer == layer]
        row.sort(key=lambda box: id(box) not in targets and layer > 0)
        left = -row[0].width / 2 if len(row) > 1 and layer else -_total(row) / 2
        for box in row:
            box.x = left + box.width / 2
            left += box.width + _APART


def _total(row: list[Box]) -> float:
    return sum(box.width for box in row) + _APART * (len(row) - 1)


def _svg(boxes: list[Box], arrows: list[Arrow]) -> str:
    left = min(box.x - box.width / 2 for box in boxes) - 2
    right = max(box.x + box.width / 2 for box in boxes) + 2
    high = max(box.top for box in boxes) + _HIGH + 2
    said = "; ".join(
        f"{arrow.start.text} to {arrow.end.text}" + (f": {arrow.label}" if arrow.label else "")
        for arrow in arrows
    )
    parts = [*map(_drawn_arrow, arrows), *map(_drawn_box, boxes)]
    return (
        f'<svg class="flowchart" viewBox="{left:g} 0 {right - left:g} {high:g}" '
        f'width="{right - left:g}" role="img" aria-label="{escape(said)}">'
        '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" '
        'markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>'
        f"{''.join(parts)}</svg>"
    )


def _drawn_box(box: Box) -> str:
    shape = "file" if box.is_file else "step"
    return (
        f'<rect class="{shape}" x="{box.x - box.width / 2:g}" y="{box.top:g}" '
        f'width="{box.width:g}" height="{_HIGH}" rx="4"/>'
        f'<text x="{box.x:g}" y="{box.top + _HIGH / 2:g}">{escape(box.text)}</text>'
    )


def _drawn_arrow(arrow: Arrow) -> str:
    start, end = arrow.start, arrow.end
    from_y, to_y = start.top + _HIGH, end.top - 1
    line = (
        f'<path class="arrow" marker-end="url(#head)" d="M{start.x:g} {from_y:g}'
        f"C{start.x:g} {from_y + _GAP * 0.6:g} {end.x:g} {to_y - _GAP * 0.6:g} "
        f'{end.x:g} {to_y:g}"/>'
    )
    x, y = (
        start.x + (end.x - start.x) / 4,
        from_y + (to_y - from_y) / (2 if start.x == end.x else 3),
    )
    label = f'<text class="label" x="{x + 8:g}" y="{y:g}">{escape(arrow.label)}</text>'
    return line + (label if arrow.label else "")

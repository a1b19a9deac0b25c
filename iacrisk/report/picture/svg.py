"""A scene as SVG text: self-contained, light and dark, every text from the plan escaped."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from iacrisk.report.picture.labels import count_tag
from iacrisk.report.picture.scene import (
    LegendItem,
    Scene,
    SceneBox,
    SceneEdge,
    SceneNode,
    SceneRing,
)
from iacrisk.report.picture.shapes import SHAPES


def render_svg(scene: Scene, *, with_style: bool = True) -> str:
    """The drawing; without its style where a page holds `picture_style` already."""
    style = f"<style>{picture_style()}</style>" if with_style else ""
    width, height = _n(scene.width), _n(scene.height)
    change = "" if scene.change is None else f' data-change="{scene.change}"'
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="ir-picture" role="img" '
        f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"{change} '
        f'data-address="{_escaped(scene.address)}">'
    )
    title = f"<title>{_escaped(scene.title)}</title>"
    words = f"<desc>{_escaped(scene.description)}</desc>"
    return "\n".join([opening + title + words + style, *_parts(scene), "</svg>"]) + "\n"


@cache
def picture_script() -> str:
    """The script that gives life to the pictures of a page."""
    return files(__package__).joinpath("assets", "picture.js").read_text("utf-8")


@cache
def picture_style() -> str:
    """The style sheet of all pictures."""
    return files(__package__).joinpath("assets", "picture.css").read_text("utf-8").strip()


def edge_path(source: SceneNode, target: SceneNode) -> str:
    """The line from the right side of one card to the left side of the other."""
    x1, y1 = source.x + source.width, source.y + source.height / 2
    x2, y2 = target.x, target.y + target.height / 2
    if x2 > x1:
        middle = (x1 + x2) / 2
        return f"M{_n(x1)} {_n(y1)}C{_n(middle)} {_n(y1)} {_n(middle)} {_n(y2)} {_n(x2)} {_n(y2)}"
    x2 = target.x + target.width
    out = max(x1, x2) + 22
    return f"M{_n(x1)} {_n(y1)}C{_n(out)} {_n(y1)} {_n(out)} {_n(y2)} {_n(x2)} {_n(y2)}"


def _parts(scene: Scene) -> Iterator[str]:
    yield f'<rect class="ir-ground" width="{_n(scene.width)}" height="{_n(scene.height)}" rx="8"/>'
    first, second = scene.heading
    yield _text(16, 24, "ir-heading", first) + _text(16, 42, "ir-deed", second)
    yield from map(_ring, scene.rings)
    for number, box in enumerate(scene.boxes):
        yield _box(box, number)
    for edge in scene.edges:
        yield _edge(edge, scene)
    for number, node in enumerate(scene.nodes):
        yield _node(node, number)
    yield from map(_legend, scene.legend)


def _ring(ring: SceneRing) -> str:
    middle = ring.x + ring.width / 2
    title = _text(middle, 66, "ir-ring", ring.title) + _text(middle, 80, "ir-told", ring.told)
    notes = [
        _text(middle, ring.note_y + 10 + 14 * number, f"ir-note{number}", text)
        for number, text in enumerate(ring.note)
    ]
    if notes:
        title += f'<g class="ir-notes" data-ring="{ring.hops}">{"".join(notes)}</g>'
    return title


def _box(box: SceneBox, number: int) -> str:
    frame = (
        f'<rect class="ir-box" x="{_n(box.x)}" y="{_n(box.y)}" width="{_n(box.width)}" '
        f'height="{_n(box.height)}" rx="7"/>'
    )
    label = _text(box.x + 8, box.y + 12.5, "ir-frame", box.label)
    return (
        f'<g class="ir-module" data-box="{number}" data-ring="{box.ring}">'
        f"<title>{_escaped(box.module)}</title>{frame}{label}</g>"
    )


def _edge(edge: SceneEdge, scene: Scene) -> str:
    source, target = scene.nodes[edge.source], scene.nodes[edge.target]
    harm = "" if edge.harms else " ir-related"
    line = f'<path class="ir-line" d="{edge_path(source, target)}"/>'
    return (
        f'<g class="ir-edge ir-{edge.sure.value}{harm}" data-source="{edge.source}" '
        f'data-target="{edge.target}"><title>{_escaped(edge.words)}</title>'
        f"{line}{_head(source, target)}</g>"
    )


def _head(source: SceneNode, target: SceneNode) -> str:
    y = target.y + target.height / 2
    if target.x > source.x + source.width:
        tip, back = target.x, target.x - 7
    else:
        tip, back = target.x + target.width, target.x + target.width + 7
    return f'<path class="ir-head" d="M{_n(tip)} {_n(y)}L{_n(back)} {_n(y - 4)}V{_n(y + 4)}z"/>'


def _node(node: SceneNode, number: int) -> str:
    x, y = node.x, node.y
    behind = ""
    if node.count > 1:
        behind = (
            f'<path class="ir-behind" d="M{_n(x + node.width + 1)} {_n(y + 5)}h2.5v'
            f'{_n(node.height - 1)}H{_n(x + 5)}v-2.5"/>'
        )
    parts = [
        f"<title>{_escaped(node.words)}</title>{behind}",
        f'<rect class="ir-card" x="{_n(x)}" y="{_n(y)}" width="{_n(node.width)}" '
        f'height="{_n(node.height)}" rx="6"/>',
        _shape(node.shape, x + 7, y + 15),
        _text(x + 32, y + 14, "ir-kind", node.kind),
        _text(x + 32, y + 29.5, "ir-name", node.name),
        _text(x + 32, y + 43, "ir-via", node.via),
    ]
    if node.action:
        parts.append(_text(x + node.width - 7, y + 14, "ir-action", node.action))
    if node.count > 1:
        parts.append(_text(x + node.width - 7, y + 29.5, "ir-count", count_tag(node.count)))
    data = f'data-node="{number}" data-ring="{node.ring}" data-address="{_escaped(node.address)}"'
    if node.box is not None:
        data += f' data-box="{node.box}"'
    if node.change is not None:
        data += f' data-change="{node.change}"'
    return f'<g class="ir-node ir-{_name(node.state.value)}" {data}>{"".join(parts)}</g>'


def _shape(name: str, x: float, y: float) -> str:
    return (
        f'<path class="ir-shape ir-{name}" transform="translate({_n(x)} {_n(y)})" '
        f'd="{SHAPES[name].outline}"/>'
    )


def _legend(item: LegendItem) -> str:
    x, y = item.x, item.y
    match item.sort:
        case "shape":
            sign = (
                f'<path class="ir-shape ir-{item.sign}" d="{SHAPES[item.sign].outline}" '
                f'transform="translate({_n(x + 3)} {_n(y)}) scale(.75)"/>'
            )
        case "state":
            sign = (
                f'<g class="ir-node ir-{_name(item.sign)}"><rect class="ir-card" x="{_n(x)}" '
                f'y="{_n(y + 2)}" width="20" height="12" rx="3"/></g>'
            )
        case "sure" | "related":
            sign = (
                f'<g class="ir-edge ir-{item.sign}"><path class="ir-line" '
                f'd="M{_n(x)} {_n(y + 8)}h20"/></g>'
            )
        case _:
            sign = _text(x + 20, y + 11.5, "ir-action", item.sign)
    return f'<g class="ir-legend">{sign}{_text(x + 25, y + 11.5, "ir-words", item.words)}</g>'


def _text(x: float, y: float, name: str, text: str) -> str:
    return f'<text class="{name}" x="{_n(x)}" y="{_n(y)}">{_escaped(text)}</text>' if text else ""


def _name(value: str) -> str:
    return value.replace(" ", "-")


def _n(number: float) -> str:
    """A length with at most one decimal, `12` rather than `12.0`."""
    return f"{number:.1f}".removesuffix(".0")


def _escaped(text: str) -> str:
    """Text for an element; XML 1.0 knows no control characters and no noncharacters."""
    shown = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
    shown = shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return shown.replace('"', "&quot;").replace("'", "&#39;")

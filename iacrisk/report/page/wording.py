"""The few words that the templates put around values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, Final

from markupsafe import Markup, escape

from iacrisk.patterns import regex
from iacrisk.report.page.values import ChangeView
from iacrisk.report.picture import Scene, render_svg
from iacrisk.report.picture.shapes import SHAPES
from iacrisk.report.plain import count

_PARTS: Final = {
    "stake": "What is at stake",
    "reach": "How far it reaches",
    "likelihood": "How likely it hurts",
    "model": "The model's floor",
}
_FITS: Final = 32
"""Characters that have room on any line."""
_DANGER: Final = ("delete", "replace", "forget", "update", "create", "read", "no-op")
_MODULE = regex(r'module\.[^.\[]+(?:\["(?:[^"\\]|\\.)*"\]|\[\d+\])?')
_BREAKS = regex(r"(?<=[.:/,=])(?=[^\s.:/,=])|(?=\[)")


def class_words(name: str) -> str:
    """A resource class for people, as the picture's legend has it: `network path`."""
    return SHAPES[name.lower()].words


def part_words(name: str) -> str:
    """A part of the score for people."""
    return _PARTS.get(name, name)


def breakable(text: str) -> Markup:
    """`text`, escaped, that may be broken between the parts of an address where it is long."""
    if len(text) < _FITS:
        return escape(text)
    return Markup("<wbr>").join(map(escape, _BREAKS.split(text)))


def sentence(text: str) -> str:
    """`text` with a capital at its head and a full stop, the rest as it is."""
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")


def risk_band(score: int, hold: int, block: int) -> str:
    """Where a score stands between the bars: `low`, `hold` or `block`."""
    if score >= block:
        return "block"
    return "hold" if score >= hold else "low"


def distinct(values: Iterable[Any]) -> list[Any]:
    """Each value once, sorted."""
    return sorted(set(values))


def rule_names(changes: Iterable[ChangeView]) -> list[str]:
    """The rules that fired."""
    return distinct(finding.rule for change in changes for finding in change.findings)


def module_names(changes: Iterable[ChangeView]) -> list[str]:
    """The modules of the changes, and those that stand in the root module around them."""
    names = {change.subject.module for change in changes} - {""}
    outermost = (_MODULE.match(name) for name in names)
    return sorted(names | {match.group() for match in outermost if match})


def action_counts(changes: Iterable[ChangeView]) -> list[tuple[str, int]]:
    """How many changes there are of each action, what destroys first."""
    counted = Counter(change.action for change in changes)
    order = list(counted)
    order.sort(key=lambda name: (_DANGER.index(name) if name in _DANGER else -1, name))
    return [(name, counted[name]) for name in order]


def drawn(scene: Scene) -> Markup:
    """The scene as SVG; the page's style sheet holds the picture's."""
    return Markup(render_svg(scene, with_style=False))  # noqa: S704 - escaped by render_svg


FILTERS: Final[dict[str, Callable[..., Any]]] = {
    "count": count,
    "class_words": class_words,
    "part_words": part_words,
    "breakable": breakable,
    "sentence": sentence,
    "rule_names": rule_names,
    "module_names": module_names,
    "action_counts": action_counts,
    "drawn": drawn,
    "risk_band": risk_band,
    "distinct": distinct,
}
GLOBALS: Final[dict[str, Any]] = {"shapes": SHAPES}

"""What differs in a change, as lines that a person reads: before, after, not known yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any, Final

from iacrisk.plan import SENSITIVE, UNKNOWN, ActionKind, Path, Redactor, ResourceChange, unset
from iacrisk.report.page.values import AttributesView, AttributeView, LineView
from iacrisk.report.plain import count, visible

IN_FULL: Final = 40
"""Attributes shown of a change that somebody reads."""
IN_BRIEF: Final = 5
"""Attributes shown of a change that nobody has to read."""
_LINES: Final = 40
_COMPARED: Final = 400
"""Lines of both sides up to which they are compared; more are shown one after the other."""
_AROUND: Final = 2
_LONGEST: Final = 240
_UNKNOWN_NAMED: Final = 40


def attributes_of(change: ResourceChange, redactor: Redactor, most: int) -> AttributesView:
    """The attributes that differ, at most `most` of them; the rest is counted."""
    is_new = change.kind is ActionKind.REPLACE  # of which most is known after apply
    unknown: dict[str, None] = {}
    shown: dict[Path, AttributeView | None] = {}
    for difference in change.differences():
        path = change.shown_path(difference.path)
        before, after = difference.before, difference.after
        if after is UNKNOWN and not change.is_forcing(path) and (is_new or unset(before)):
            unknown[redactor.path(path)] = None
        elif path not in shown and not (unset(before) and unset(after)):
            is_wanted = len(shown) < most
            shown[path] = _attribute(change, path, before, after, redactor) if is_wanted else None
    attributes = [item for item in shown.values() if item is not None]
    return AttributesView(
        shown=attributes,
        unknown=[visible(name) for name in list(unknown)[:_UNKNOWN_NAMED]],
        more=len(shown) - len(attributes),
    )


def _attribute(
    change: ResourceChange, path: Path, before: Any, after: Any, redactor: Redactor
) -> AttributeView:
    sensitive = change.is_sensitive(path)
    old, new = (
        [] if value is None else [*map(_line, redactor.lines(value, sensitive=sensitive))]
        for value in (before, after)
    )
    return AttributeView(
        path=visible(redactor.path(path)),
        lines=list(_bounded(_lines(old, new))),
        forces=change.is_forcing(path),
        masked=any(SENSITIVE in line for line in (*old, *new)),
    )


def _line(text: str) -> str:
    text = visible(text)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _lines(old: Sequence[str], new: Sequence[str]) -> Iterator[LineView]:
    """Both sides, what is the same told once and what is far from a difference left out."""
    if len(old) == len(new) == 1 or len(old) + len(new) > _COMPARED or old == new:
        yield from _signed("-", old)
        yield from _signed("+", new)
        return
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    at = 0
    for block in matcher.get_grouped_opcodes(_AROUND):
        yield from _left_out(block[0][1] - at)
        for tag, old_from, old_to, new_from, new_to in block:
            if tag == "equal":
                yield from _signed(" ", old[old_from:old_to])
            else:
                yield from _signed("-", old[old_from:old_to])
                yield from _signed("+", new[new_from:new_to])
        at = block[-1][2]
    yield from _left_out(len(old) - at)


def _signed(sign: str, texts: Sequence[str]) -> Iterator[LineView]:
    for text in texts:
        yield LineView(sign=sign, text=text)


def _left_out(number: int) -> Iterator[LineView]:
    if number > 0:
        yield LineView(sign="@", text=count(number, "line") + " the same")


def _bounded(lines: Iterator[LineView]) -> Iterator[LineView]:
    for number, line in enumerate(lines):
        if number >= _LINES:
            rest = 1 + sum(1 for _ in lines)
            yield LineView(sign="@", text=count(rest, "more line") + " not shown")
            return
        yield line

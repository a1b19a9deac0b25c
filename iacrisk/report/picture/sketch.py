"""What is to be drawn, before anything has its place: cards by column, and lines between them."""

from __future__ import annotations

from collections import Counter

import msgspec

from iacrisk.report.picture.scene import State, Sure


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """One card with its words, masked and plain, not yet cut. `key` is what lines name it by.

    `before`: the key of the card it stands near, in the column before. `frame`: what cards in one
    frame have in common, and `frame_label`; no frame where it is empty.
    """

    key: str
    ring: int
    state: State
    address: str
    kind: str
    name: str
    via: str = ""
    words: str
    shape: str
    resource_class: str = ""
    hops: int = 0
    action: str = ""
    change: int | None = None
    count: int = 1
    members: tuple[str, ...] = ()
    before: str = ""
    frame: tuple[str, ...] = ()
    module: str = ""
    frame_label: str = ""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line between two cards."""

    source: str
    target: str
    words: str
    sure: Sure = Sure.SURE
    harms: bool


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """The words over a column and under it."""

    title: str
    told: str = ""
    hidden: Counter[State] = msgspec.field(default_factory=Counter)
    """Who of it found no room."""


class Sketch(msgspec.Struct, frozen=True, kw_only=True):
    """A whole drawing without places; `columns` by ring."""

    address: str
    change: int | None = None
    heading: tuple[str, str]
    description: str
    columns: dict[int, Column]
    cards: tuple[Card, ...] = ()
    lines: tuple[Line, ...] = ()

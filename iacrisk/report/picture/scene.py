"""A drawing as a value: everything has its place, its words and nothing that must stay secret.

All text has passed the redactor and is plain; it is not escaped. Lengths are CSS pixels. The
value survives JSON, so that a store can keep it and a script can draw it.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec


class State(StrEnum):
    """What the plan does to what is drawn."""

    CHANGED = "changed"
    """The change that stands in the middle."""
    WAITS = "waits"
    """Of a module: the gate holds a change in it."""
    HIT = "hit"
    MAY_NOTICE = "may notice"
    """Hit, but less likely than the bar for being named."""
    PASSES_ON = "passes on"
    """No victim itself; the harm goes through it."""
    CHANGES_TOO = "changes too"
    """Changed by the same plan, and not hurt by the one in the middle."""
    UNTOUCHED = "untouched"


class Sure(StrEnum):
    """How sure it is that the reference leads to just this instance."""

    SURE = "sure"
    LIKELY = "likely"
    WEAK = "weak"


class Value(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of what a scene holds."""


class SceneNode(Value, frozen=True, kw_only=True):
    """A card. `kind`, `name` and `via` are its three lines, cut to fit.

    `shape` names the form of its class; `words` is all of it for a tooltip or a screen reader.
    """

    x: float
    y: float
    width: float
    height: float
    address: str
    words: str
    kind: str
    name: str
    via: str = ""
    shape: str
    resource_class: str = ""
    hops: int
    ring: int
    """0 in the middle, -1 for what the change depends on; the last is for all that is farther."""
    state: State
    module: str = ""
    action: str = ""
    """Terraform's sign for what the plan does to it: `~`, `-/+`; "" where nothing."""
    change: int | None = None
    """The number of the change that it is, so that it can become the middle."""
    count: int = 1
    """How many resources it stands for, `members` the first of them where they are several."""
    members: tuple[str, ...] = ()
    box: int | None = None
    """Which of the scene's boxes it stands in."""


class SceneEdge(Value, frozen=True, kw_only=True):
    """A reference along which harm goes, or could go; `source` and `target` number the nodes."""

    source: int
    target: int
    words: str
    sure: Sure
    harms: bool
    """False where it only shows how the two are related."""


class SceneRing(Value, frozen=True, kw_only=True):
    """The column of all that is as many hops away. `hidden` is who found no room in it."""

    hops: int
    x: float
    width: float
    title: str
    told: str = ""
    """Who in it is hit."""
    note: tuple[str, ...] = ()
    """What stands below its cards: `312 more`, and who they are."""
    note_y: float = 0
    hidden: int = 0


class SceneBox(Value, frozen=True, kw_only=True):
    """A module's frame inside one ring."""

    x: float
    y: float
    width: float
    height: float
    module: str
    label: str
    """The module, cut to fit."""
    ring: int


class LegendItem(Value, frozen=True, kw_only=True):
    """One sign and what it means. `sign` is a shape, a state, a sureness or an action."""

    x: float
    y: float
    sort: str
    sign: str
    words: str


class Scene(Value, frozen=True, kw_only=True):
    """One drawing; its heading tells what the middle is and what happens to it."""

    width: float
    height: float
    address: str
    change: int | None = None
    """The number of the change in the middle, as in its node."""
    title: str
    """The heading as a whole."""
    heading: tuple[str, str]
    """Its two lines, cut to fit."""
    description: str
    """The picture in words."""
    rings: tuple[SceneRing, ...]
    boxes: tuple[SceneBox, ...]
    nodes: tuple[SceneNode, ...]
    edges: tuple[SceneEdge, ...]
    legend: tuple[LegendItem, ...]

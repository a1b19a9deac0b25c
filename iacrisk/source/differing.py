"""Two versions of a block's arguments: what differs for sure, what may, and what it leads to."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from iacrisk.catalog.replacing import Arguments, Effect, Turn
from iacrisk.patterns import regex
from iacrisk.source.expansion import is_expression

Path = tuple[str | int, ...]
_IDENTITY: Final = regex(
    r"\$\{\s*((?!(?:module|var|local|each|data)\.)[a-z]\w*\.[\w-]+)\.(id|arn)\s*\}"
)
"""A reference to what no two objects share."""
_EMPTY: Final[tuple[Any, ...]] = (None, False, "", 0, [], {})


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a block's arguments; `after` holds only what is sure."""

    after: dict[str, Any]
    changed: tuple[Path, ...] = ()
    replaces: tuple[Path, ...] = ()
    """Those of `changed` that force a replacement."""
    unsettled: bool = False
    """Something changed of which nobody knows whether it forces one."""
    opaque: tuple[str, ...] = ()
    """Paths that changed as an expression."""
    forcing: tuple[str, ...] = ()
    """Those of `opaque` of which another value would force a replacement."""
    reordered: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    """Arguments that get the identity of another object, whatever that is."""


class Around(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the other blocks of the same module."""

    fresh: frozenset[str] = frozenset()
    """Those that come new."""
    moved: Mapping[str, str] = msgspec.field(default_factory=dict)


def compare_values(
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    arguments: Arguments | None,
    ignored: tuple[str, ...] = (),
    around: Around | None = None,
) -> Compared:
    """The arguments of one block in two versions; `ignored` are the paths of ignore_changes."""
    walk = _Walk(arguments, ignored, around or Around())
    after = walk.merged(dict(old), dict(new), ())
    return Compared(
        after=after if isinstance(after, dict) else {},
        changed=tuple(walk.changed),
        replaces=tuple(walk.replaces),
        unsettled=walk.unsettled,
        opaque=tuple(dict.fromkeys(walk.opaque)),
        forcing=tuple(dict.fromkeys(walk.forcing)),
        reordered=tuple(walk.reordered),
        unknown=tuple(walk.unknown),
    )


def dotted(path: Path) -> str:
    """A path without the places of items, `root_block_device.encrypted`."""
    return ".".join(step for step in path if isinstance(step, str))


def without(value: Any, path: Path) -> Any:
    """The value without what stands at a path."""
    if not path:
        return None
    step, *rest = path
    if isinstance(value, dict) and step in value:
        inner = without(value[step], tuple(rest))
        kept = {name: item for name, item in value.items() if name != step or rest}
        return {**kept, step: inner} if rest else kept
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return [without(item, tuple(rest)) if i == step else item for i, item in enumerate(value)]
    return value


def marked(paths: Sequence[Path]) -> dict[str, Any]:
    """What a plan's `after_unknown` holds for these paths."""
    found: dict[str, Any] = {}
    for path in paths:
        inner: Any = found
        for step, following in zip(path, (*path[1:], None), strict=True):
            fresh: Any = True if following is None else [] if isinstance(following, int) else {}
            if isinstance(inner, list):
                place = step if isinstance(step, int) else 0
                inner += [{} for _ in range(place + 1 - len(inner))]
                inner[place] = inner[place] or fresh
            else:
                inner.setdefault(step, fresh)
            inner = inner[step]
            if inner is True:
                break
    return found


class _Walk:
    """Goes through both values and notes where they part."""

    def __init__(
        self, arguments: Arguments | None, ignored: tuple[str, ...], around: Around
    ) -> None:
        self._arguments, self._ignored, self._around = arguments, ignored, around
        self.changed: list[Path] = []
        self.replaces: list[Path] = []
        self.unsettled = False
        self.opaque: list[str] = []
        self.forcing: list[str] = []
        self.reordered: list[str] = []
        self.unknown: list[str] = []

    def merged(self, old: Any, new: Any, path: Path) -> Any:
        """The value that holds after the change, as far as it is sure."""
        stands = self._default(path)
        if same(old if old is not None else stands, new if new is not None else stands):
            return new
        if path and self._is_ignored(dotted(path)):
            return old
        if isinstance(old, dict) and isinstance(new, dict):
            names = dict.fromkeys((*new, *old))
            both = {name: (old.get(name), new.get(name)) for name in names}
            merged = {name: self.merged(*pair, (*path, name)) for name, pair in both.items()}
            return {name: value for name, value in merged.items() if value is not None}
        if is_block_list(old) and is_block_list(new):
            return self._merged_items(old, new, path)
        return self._parted(old, new, path)

    def _merged_items(self, old: list[Any], new: list[Any], path: Path) -> Any:
        """Item by item, those that stand in both versions put aside."""
        rest = list(old)
        fresh = []
        for place, item in enumerate(new):
            twin = next((other for other in rest if same(other, item)), None)
            if twin is None:
                fresh.append(place)
            else:
                rest.remove(twin)
        if not rest and not fresh:
            self.reordered.append(dotted(path))
            return old
        if len(rest) != len(fresh):
            return self._parted(old, new, path)
        merged = list(new)
        for was, place in zip(rest, fresh, strict=True):
            merged[place] = self.merged(was, new[place], (*path, place))
        return merged

    def _parted(self, old: Any, new: Any, path: Path) -> Any:
        name = dotted(path)
        is_block = is_block_list(old) or is_block_list(new)
        is_another = len(path) == 1 and self._is_another(old, new)
        if not is_another and (is_expression(old) or is_expression(new)):
            self.opaque.append(name)
            if self._effect(name, Turn.CHANGED, is_block) is Effect.REPLACED:
                self.forcing.append(name)
            return old
        effect = self._effect(name, self._turn(old, new, path), is_block)
        if effect is Effect.NONE:
            return old
        self.changed.append(path)
        self.unknown += [name] if is_another else []
        if effect is Effect.REPLACED:
            self.replaces.append(path)
        self.unsettled |= effect is Effect.UNDECIDED
        return new

    def _is_another(self, old: Any, new: Any) -> bool:
        """Whether `new` is the identity of a new object, or of another one than `old` is."""
        was, becomes = _IDENTITY.fullmatch(str(old)), _IDENTITY.fullmatch(str(new))
        if becomes is None:
            return False
        if becomes[1] in self._around.fresh:
            return True
        now = self._around.moved.get(was[1], was[1]) if was else ""
        return was is not None and was[2] == becomes[2] and now != becomes[1]

    def _effect(self, name: str, turn: Turn, is_block: bool) -> Effect:
        if self._arguments is None:
            return Effect.UNDECIDED
        return self._arguments.effect(name, turn, is_block=is_block)

    def _turn(self, old: Any, new: Any, path: Path) -> Turn:
        if self._default(path) is not None:
            return Turn.CHANGED
        if old is None or old == []:
            return Turn.GIVEN
        return Turn.REMOVED if new is None or new == [] else Turn.CHANGED

    def _default(self, path: Path) -> str | None:
        if self._arguments is None or len(path) != 1:
            return None
        return self._arguments.defaults.get(str(path[0]))

    def _is_ignored(self, name: str) -> bool:
        if "all" in self._ignored:
            return True
        return any(f"{name}.".startswith(f"{_plain_path(path)}.") for path in self._ignored)


def same(old: Any, new: Any) -> bool:
    """An argument given as nothing and one that is not given are mostly the same to a provider.

    Terraform turns `"80"` and `80` into each other as the argument's type wants it.
    """
    if old in _EMPTY and new in _EMPTY:
        return True
    if isinstance(old, dict | list) or isinstance(new, dict | list):
        return bool(old == new)
    return _as_text(old) == _as_text(new)


def is_block_list(value: Any) -> bool:
    """Whether a value is what nested blocks are read as."""
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _plain_path(path: str) -> str:
    """`tags["a"]` and `block[0].size` as they stand in a dotted path."""
    steps = path.replace("]", "").replace("[", ".").split(".")
    return ".".join(step.strip("\"'") for step in steps if not step.isdigit())

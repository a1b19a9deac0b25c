"""One resource change as the rest of iacrisk sees it.

Attribute trees are decoded from the plan's bytes when somebody asks for them and kept for a
while, so that a plan of 50,000 changes never stands in memory as Python objects all at once.
"""

from __future__ import annotations

from collections import deque
from enum import StrEnum
from functools import cache
from typing import Any, Final

import msgspec

from iacrisk.errors import BrokenPlan
from iacrisk.plan import wire
from iacrisk.plan.address import Key, parse_address
from iacrisk.plan.lazy import lazy
from iacrisk.plan.values import (
    UNKNOWN,
    Difference,
    Path,
    any_mark,
    differences,
    fill_unknown,
    lookup,
    marked,
    parse_path,
)


class ActionKind(StrEnum):
    """What an action list amounts to."""

    NO_OP = "no-op"
    READ = "read"
    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    FORGET = "forget"
    UNKNOWN = "unknown"


KNOWN_ACTIONS: Final = frozenset({"no-op", "create", "read", "update", "delete", "forget"})
_KEPT_BYTES: Final = 24_000_000


class AttributeCache:
    """Bounds how many decoded trees a plan's changes keep.

    Who was decoded first is dropped first; the last one always stays.
    """

    def __init__(self) -> None:
        """Start empty."""
        self._kept: deque[tuple[ResourceChange, str, int]] = deque()
        self._bytes = 0

    def keep(self, change: ResourceChange, name: str, size: int) -> None:
        """Note that `change` keeps the tree `name`, decoded from `size` bytes."""
        self._kept.append((change, name, size))
        self._bytes += size
        while self._bytes > _KEPT_BYTES and len(self._kept) > 1:
            oldest, dropped, freed = self._kept.popleft()
            self._bytes -= freed
            oldest.drop(dropped)


class Identity(msgspec.Struct, frozen=True, gc=False):
    """The attributes by which other resources usually name this one, as JSON."""

    id: msgspec.Raw = wire.NULL
    arn: msgspec.Raw = wire.NULL
    self_link: msgspec.Raw = wire.NULL


_identity: Final = msgspec.json.Decoder(Identity)
_NOBODY: Final = Identity()


class ResourceChange:
    """What the plan does to one resource instance, or to one of its deposed objects."""

    def __init__(self, raw: wire.ResourceChange, cache: AttributeCache) -> None:
        """Wrap one entry of `resource_changes`; `cache` is shared by the changes of a plan."""
        self.raw = raw
        self._cache = cache
        self.address = raw.address
        self.type = raw.type
        self.mode = raw.mode
        self.actions = raw.change.actions
        self.action_reason = raw.action_reason
        self.kind = _kind(raw.change.actions)
        """What the action list amounts to."""
        self.deposed = str(raw.deposed) if raw.deposed else None
        self.label = f"{raw.address} (deposed {self.deposed})" if self.deposed else raw.address
        """The address, with the deposed key where there is one: unique in a plan."""

    def __repr__(self) -> str:
        """The address and the actions, never a value."""
        return f"<{self.label}: {'/'.join(self.actions)}>"

    @property
    def name(self) -> str:
        """The block's name."""
        return self.raw.name

    @property
    def block_address(self) -> str:
        """The address of the block: with the module path, without any instance key."""
        try:
            where = parse_address(self.address)
        except ValueError:
            return self.address
        return "".join(f"module.{step.name}." for step in where.module) + where.block

    @property
    def key(self) -> Key:
        """The instance key."""
        index = self.raw.index
        return int(index) if isinstance(index, float) else index

    @property
    def module_address(self) -> str:
        """The module instance, "" for the root."""
        return self.raw.module_address or ""

    @property
    def previous_address(self) -> str | None:
        """The address before a move, where the plan records one."""
        return self.raw.previous_address

    @property
    def provider(self) -> str:
        """The provider's short name: `aws` of `registry.terraform.io/hashicorp/aws`."""
        return (self.raw.provider_name or "").rpartition("/")[2] or self.type.partition("_")[0]

    @property
    def imports(self) -> bool:
        """Whether the change brings an existing object under management."""
        return self.raw.change.importing is not None

    @property
    def destroys(self) -> bool:
        """The object that exists today is destroyed, whatever comes after."""
        return "delete" in self.actions

    @property
    def creates_first(self) -> bool:
        """The replacement exists before the old object goes."""
        return self.kind is ActionKind.REPLACE and self.actions[0] == "create"

    @property
    def is_moved(self) -> bool:
        """The plan records another address for the same object."""
        return self.previous_address is not None and self.previous_address != self.address

    @property
    def unknown_actions(self) -> tuple[str, ...]:
        """Action verbs that this release does not know; ("",) where there is no verb at all."""
        if not self.actions:
            return ("",)
        return tuple(verb for verb in self.actions if verb not in KNOWN_ACTIONS)

    @lazy
    def before(self) -> dict[str, Any]:
        """The attributes today; empty for a create."""
        raw = self.raw.change.before
        self._cache.keep(self, "before", len(raw))
        return _attributes(_tree(raw))

    @lazy
    def after(self) -> dict[str, Any]:
        """The planned attributes, UNKNOWN where they are not known; empty for a delete."""
        change = self.raw.change
        is_known = _marks_nothing(change.after_unknown)
        if is_known and change.after == change.before:
            return self.before
        self._cache.keep(self, "after", len(change.after))
        after = _tree(change.after)
        return _attributes(after if is_known else fill_unknown(after, _tree(change.after_unknown)))

    def drop(self, name: str) -> None:
        """Forget a decoded tree; the next one who asks decodes it again."""
        vars(self).pop(name, None)

    @lazy
    def identity(self) -> Identity:
        """By what others name the object today, read without decoding the rest."""
        try:
            return _identity.decode(self.raw.change.before)
        except msgspec.DecodeError:
            return _NOBODY

    def was(self, path: str) -> Any:
        """The value today at a dotted path, None where it is absent."""
        return lookup(self.before, parse_path(path))

    def becomes(self, path: str) -> Any:
        """The planned value at a dotted path: known, UNKNOWN, or None where it is absent."""
        return self.planned(parse_path(path))

    def planned(self, path: Path) -> Any:
        """The planned value at a path: known, UNKNOWN, or None where it is absent."""
        tree: Any = self.after
        for step in path:
            if tree is UNKNOWN:
                return UNKNOWN
            tree = lookup(tree, (step,))
        return tree

    @lazy
    def changed(self) -> frozenset[str]:
        """Names of the top-level attributes that differ or become unknown."""
        before, after = self.before, self.after
        if before is after:
            return frozenset()
        differing = [name for name, value in before.items() if value != after.get(name)]
        differing += [
            name for name, value in after.items() if value is not None and name not in before
        ]
        return frozenset(differing)

    @property
    def replace_paths(self) -> tuple[Path, ...]:
        """The attributes that force the replacement; may be empty on one."""
        return self.raw.change.replace_paths or ()

    @property
    def replace_roots(self) -> frozenset[str]:
        """Top-level names of `replace_paths`."""
        return frozenset(str(path[0]) for path in self.replace_paths if path)

    def is_forcing(self, path: Path) -> bool:
        """Whether the attribute at `path` forces the replacement."""
        return any(path[: len(forced)] == forced for forced in self.replace_paths if forced)

    def differences(self) -> tuple[Difference, ...]:
        """Every leaf that differs, in the order of the attribute names."""
        return self._differences

    @lazy
    def _differences(self) -> tuple[Difference, ...]:
        before, after = self.before, self.after
        return tuple(
            difference
            for name in sorted(self.changed)
            for difference in differences(before.get(name), after.get(name), (name,))
        )

    def shown_path(self, path: Path) -> Path:
        """`path`, cut where a sensitive value begins: keys below it are not shown either."""
        for length in range(len(path)):
            if any(lookup(mark, path[:length]) is True for mark in self._sensitive):
                return path[:length]
        return path

    def is_sensitive(self, path: Path) -> bool:
        """Whether Terraform marks the value at `path`, before or after."""
        return any(
            marked(marks, path) or any_mark(lookup(marks, path)) for marks in self._sensitive
        )

    @property
    def _sensitive(self) -> tuple[Any, ...]:
        """The mirror trees that mark something, before and after."""
        change = self.raw.change
        return tuple(
            _tree(marks)
            for marks in (change.before_sensitive, change.after_sensitive)
            if not _marks_nothing(marks)
        )


@cache
def _kind(actions: tuple[str, ...]) -> ActionKind:
    verbs = frozenset(actions)
    if not verbs or verbs - KNOWN_ACTIONS:
        return ActionKind.UNKNOWN
    if len(actions) == 1:
        return ActionKind(actions[0])
    if len(actions) == 2 and verbs in ({"create", "delete"}, {"create", "forget"}):
        return ActionKind.REPLACE
    return ActionKind.UNKNOWN


def _marks_nothing(marks: msgspec.Raw) -> bool:
    """Whether a mirror tree such as `after_unknown` is empty, seen without decoding it."""
    return b"true" not in bytes(marks)


def _attributes(tree: Any) -> dict[str, Any]:
    return tree if isinstance(tree, dict) else {}


def _tree(raw: msgspec.Raw) -> Any:
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BrokenPlan(
            "The attribute values of a resource cannot be decoded.",
            "Use the untouched output of `terraform show -json`.",
        ) from None

"""One resource change as the rest of iacrisk sees it.

Attribute trees are decoded from the plan's bytes when somebody asks for them and kept for a
while, so that a plan of 50,000 changes never stands in memory as Python objects all at once.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache, cached_property
from typing import Any, Final

import msgspec

from iacrisk.errors import BrokenPlan
from iacrisk.plan import wire
from iacrisk.plan.address import Key
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
_KEPT = 2048


class Attributes(msgspec.Struct, frozen=True, kw_only=True):
    """The attribute trees of one change; `after` holds UNKNOWN where Terraform does not know."""

    before: Any
    after: Any
    after_unknown: Any
    before_sensitive: Any
    after_sensitive: Any


class AttributeCache:
    """Decoded attributes of the changes that were looked at last; emptied when full."""

    def __init__(self) -> None:
        """Start empty."""
        self._decoded: dict[int, Attributes] = {}

    def attributes(self, change: wire.Change) -> Attributes:
        """The attributes of `change`, decoded at most once while they stay in the cache."""
        found = self._decoded.get(id(change))
        if found is None:
            if len(self._decoded) >= _KEPT:
                self._decoded.clear()
            found = self._decoded[id(change)] = _decode(change)
        return found


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
        self.deposed = str(raw.deposed) if raw.deposed else None

    def __repr__(self) -> str:
        """The address and the actions, never a value."""
        return f"<{self.label}: {'/'.join(self.actions)}>"

    @property
    def label(self) -> str:
        """The address, with the deposed key where there is one: unique in a plan."""
        return f"{self.address} (deposed {self.deposed})" if self.deposed else self.address

    @property
    def name(self) -> str:
        """The block's name."""
        return self.raw.name

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

    @cached_property
    def kind(self) -> ActionKind:
        """What the action list amounts to."""
        return _kind(self.actions)

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

    @property
    def attributes(self) -> Attributes:
        """The attribute trees."""
        return self._cache.attributes(self.raw.change)

    @property
    def before(self) -> dict[str, Any]:
        """The attributes today; empty for a create."""
        before = self.attributes.before
        return before if isinstance(before, dict) else {}

    @property
    def after(self) -> dict[str, Any]:
        """The planned attributes, UNKNOWN where they are not known; empty for a delete."""
        after = self.attributes.after
        return after if isinstance(after, dict) else {}

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

    @cached_property
    def changed(self) -> frozenset[str]:
        """Names of the top-level attributes that differ or become unknown."""
        before, after = self.before, self.after
        return frozenset(
            name for name in before.keys() | after.keys() if before.get(name) != after.get(name)
        )

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

    def differences(self) -> list[Difference]:
        """Every leaf that differs, in the order of the attribute names."""
        return list(differences(self.before, self.after))

    def shown_path(self, path: Path) -> Path:
        """`path`, cut where a sensitive value begins: keys below it are not shown either."""
        marks = self.attributes.before_sensitive, self.attributes.after_sensitive
        for length in range(len(path)):
            if any(lookup(mark, path[:length]) is True for mark in marks):
                return path[:length]
        return path

    def is_sensitive(self, path: Path) -> bool:
        """Whether Terraform marks the value at `path`, before or after."""
        attributes = self.attributes
        return any(
            marked(marks, path) or any_mark(lookup(marks, path))
            for marks in (attributes.before_sensitive, attributes.after_sensitive)
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


def _decode(change: wire.Change) -> Attributes:
    after, unknown = _tree(change.after), _tree(change.after_unknown)
    return Attributes(
        before=_tree(change.before),
        after=fill_unknown(after, unknown) if unknown else after,
        after_unknown=unknown,
        before_sensitive=_tree(change.before_sensitive),
        after_sensitive=_tree(change.after_sensitive),
    )


def _tree(raw: msgspec.Raw) -> Any:
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BrokenPlan(
            "The attribute values of a resource cannot be decoded.",
            "Use the untouched output of `terraform show -json`.",
        ) from None

"""A thing in the cloud, and all of them together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from iacrisk.training.network import Network, Node


class Thing(msgspec.Struct, frozen=True, kw_only=True):
    """One object of a kind in `intents.KINDS`, or a smaller one that only probes know."""

    kind: str
    name: str
    identity: str
    """Stays while the thing lives, and differs after it was made anew."""
    handles: tuple[str, ...] = ()
    """Everything by which the state or another thing may name it: ARN, id, URL; best first."""
    addresses: tuple[str, ...] = ()
    """Host names and IP addresses it answers to, lower case, no trailing dot."""
    nodes: tuple[Node, ...] = ()
    """Its network interfaces."""
    mentions: tuple[str, ...] = ()
    """Texts of its live configuration that may name other things: environment, targets."""
    units: int | None = None
    """How many of it run or serve, where that can be counted."""
    policy: str | None = None
    """Its resource policy."""
    facts: dict[str, Any] = {}
    """What single probes look at."""

    @property
    def label(self) -> str:
        """`kind:name`, as intents write it."""
        return f"{self.kind}:{self.name}"


class Inventory:
    """All things, by kind and name, with the network between them."""

    def __init__(self, things: Iterable[Thing], network: Network) -> None:
        """Index the things."""
        self.network = network
        self._things = {(thing.kind, thing.name): thing for thing in things}

    def __iter__(self) -> Iterator[Thing]:
        """All things, in the order they were read."""
        return iter(self._things.values())

    def get(self, kind: str, name: str) -> Thing | None:
        """A thing by name, or by any of its handles."""
        if found := self._things.get((kind, name)):
            return found
        return next((thing for thing in self.of(kind) if name in thing.handles), None)

    def find(self, label: str) -> Thing | None:
        """A thing by its label `kind:name`."""
        kind, _, name = label.partition(":")
        return self.get(kind, name)

    def of(self, *kinds: str) -> Iterator[Thing]:
        """All things of some kinds."""
        return (thing for thing in self if thing.kind in kinds)

    def same(self, earlier: Thing) -> Thing | None:
        """What became of a thing: the one with its identity, whatever it is called now."""
        now = self._things.get((earlier.kind, earlier.name))
        if now is not None and now.identity == earlier.identity:
            return now
        return next(
            (thing for thing in self.of(earlier.kind) if thing.identity == earlier.identity), None
        )

"""What the configuration's text tells beside the plan, as one value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from iacrisk.plan import ResourceChange


class Place(msgspec.Struct, frozen=True):
    """Where a block is declared: `modules/db/main.tf`, line 12.

    `in_base`: it stood there in the base configuration and is gone.
    """

    file: str
    line: int
    in_base: bool = False

    def __str__(self) -> str:
        """`modules/db/main.tf:12`, which editors open."""
        return f"{self.file}:{self.line}"


class VersionJump(msgspec.Struct, frozen=True):
    """Two versions between which lies more than a patch."""

    before: str
    after: str

    def __str__(self) -> str:
        """`5.1.0 -> 6.0.0`."""
        return f"{self.before} -> {self.after}"


class Edits(msgspec.Struct, frozen=True, kw_only=True):
    """What changed since the base configuration, by block address, and no plan shows."""

    unguarded: frozenset[str] = frozenset()
    """prevent_destroy is gone, alone or with its block."""
    no_longer_ignored: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    """Paths that left ignore_changes; "all" where all were ignored."""
    no_longer_creates_first: frozenset[str] = frozenset()
    new_triggers: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    """What replace_triggered_by names anew."""
    acts_on_destroy: frozenset[str] = frozenset()
    """Blocks with a provisioner `when = destroy`, changed or not."""
    lost_destroy_action: frozenset[str] = frozenset()
    """Blocks whose such provisioner is gone, alone or with the block."""
    provider_jumps: Mapping[str, VersionJump] = msgspec.field(default_factory=dict)
    """By the provider's full address, from the lock file."""
    module_jumps: Mapping[str, VersionJump] = msgspec.field(default_factory=dict)
    """By module path without keys."""
    places: Mapping[str, Place] = msgspec.field(default_factory=dict)
    """Where blocks stood that are gone."""
    backend_change: str = ""
    problems: tuple[str, ...] = ()
    """Files that should have been compared and could not be read."""


class SourceFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Told by .tf files. Block addresses have their module path and no instance keys.

    `places` by block address. `problems`: what could not be read or found, for the reader of the
    report. `edits`: what changed since the base configuration, where one was given.
    """

    places: Mapping[str, Place] = msgspec.field(default_factory=dict)
    problems: tuple[str, ...] = ()
    edits: Edits = msgspec.field(default_factory=Edits)
    provisional: tuple[str, ...] | None = None
    """Of a plan that was made from the text alone: what the text does not decide."""

    def place_of(self, change: ResourceChange) -> Place | None:
        """Where the change's block is declared, or stood in the base configuration."""
        if not self.places and not self.edits.places:
            return None
        block = change.block_address
        return self.places.get(block) or self.edits.places.get(block)


NO_SOURCE: Final = SourceFacts()

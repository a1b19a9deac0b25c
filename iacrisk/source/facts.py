"""What the configuration's text tells beside the plan, as one value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from iacrisk.plan import ResourceChange


class Place(msgspec.Struct, frozen=True):
    """Where a block is declared: `modules/db/main.tf`, line 12."""

    file: str
    line: int

    def __str__(self) -> str:
        """`modules/db/main.tf:12`, which editors open."""
        return f"{self.file}:{self.line}"


class SourceFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Told by .tf files. Block addresses have their module path and no instance keys.

    `places` by block address. `problems`: what could not be read or found, for the reader of the
    report. `unguarded`: blocks whose prevent_destroy stood in the base configuration and is gone.
    """

    places: Mapping[str, Place] = msgspec.field(default_factory=dict)
    problems: tuple[str, ...] = ()
    unguarded: frozenset[str] = frozenset()

    def place_of(self, change: ResourceChange) -> Place | None:
        """Where the change's block is declared."""
        return self.places.get(change.block_address) if self.places else None


NO_SOURCE: Final = SourceFacts()

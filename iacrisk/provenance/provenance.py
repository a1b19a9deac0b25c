"""Who wrote a change, as far as that can be told: an AI, or unknown.

No text proves that a person wrote something, so "human" is only ever stated. Nothing here is an
input to the score.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

from iacrisk.provenance.markers import CONFIDENCE, Marker


class Author(StrEnum):
    """The answers."""

    AI = "ai"
    HUMAN = "human"
    UNKNOWN = "unknown"


class Provenance(msgspec.Struct, frozen=True, kw_only=True):
    """The answer with all that speaks for it.

    `stated`: what the one who runs iacrisk says, or None. `looked`: whether anything was read
    that could hold a sign. `sure_from`: from which confidence on signs make the answer.
    """

    stated: Author | None = None
    looked: bool = False
    markers: tuple[Marker, ...] = ()
    problems: tuple[str, ...] = ()
    sure_from: float = 0.5

    @property
    def confidence(self) -> float:
        """Of the surest sign; several do not add up."""
        return max((marker.confidence for marker in self.markers), default=0.0)

    @property
    def contradicted(self) -> bool:
        """Whether a person is stated and a vendor's own sign says otherwise."""
        return self.stated is Author.HUMAN and self.confidence >= CONFIDENCE["H"]

    @property
    def answer(self) -> Author:
        """`ai` on a statement or a sign, `human` on a statement that no sure sign contradicts."""
        if self.stated is Author.AI or self.contradicted:
            return Author.AI
        if self.stated is Author.HUMAN:
            return Author.HUMAN
        return Author.AI if self.markers and self.confidence >= self.sure_from else Author.UNKNOWN


NOBODY_SAID: Final = Provenance()

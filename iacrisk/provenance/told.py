"""What is told of a change beside its plan."""

from __future__ import annotations

from typing import Final

import msgspec

from iacrisk.provenance.claim import Claim
from iacrisk.provenance.provenance import NOBODY_SAID, Provenance
from iacrisk.provenance.record import Text


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """Who wrote it, the texts that come with it, and what was claimed of it.

    `authors`: the identities of all who wrote a part of it, for whoever keeps them from approving.
    """

    provenance: Provenance = NOBODY_SAID
    texts: tuple[Text, ...] = ()
    authors: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = ()


NOTHING_TOLD: Final = Told()

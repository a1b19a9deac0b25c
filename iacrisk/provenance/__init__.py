"""What is told of a change beside its plan: who wrote it, and what its author says it does.

Every text here is somebody else's. It may ask for more care, and never for less.
"""

from iacrisk.provenance.claim import Claim
from iacrisk.provenance.provenance import NOBODY_SAID, Author, Provenance
from iacrisk.provenance.record import Text
from iacrisk.provenance.told import NOTHING_TOLD, Told

__all__ = ["NOBODY_SAID", "NOTHING_TOLD", "Author", "Claim", "Provenance", "Text", "Told"]

"""Reads what a plan does not hold: the configuration's own text. The only door to HCL."""

from iacrisk.source.facts import NO_SOURCE, Edits, Place, SourceFacts, VersionJump
from iacrisk.source.files import holds_configuration
from iacrisk.source.places import Located, locate

__all__ = [
    "NO_SOURCE",
    "Edits",
    "Located",
    "Place",
    "SourceFacts",
    "VersionJump",
    "holds_configuration",
    "locate",
]

"""Reads what a plan does not hold: the configuration's own text. The only door to HCL."""

from iacrisk.source.facts import NO_SOURCE, Place, SourceFacts
from iacrisk.source.files import holds_configuration
from iacrisk.source.guards import vanished_guards
from iacrisk.source.places import Located, locate

__all__ = [
    "NO_SOURCE",
    "Located",
    "Place",
    "SourceFacts",
    "holds_configuration",
    "locate",
    "vanished_guards",
]

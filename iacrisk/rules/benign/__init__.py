"""BL: look-alikes of danger that are harmless."""

from typing import Final

from iacrisk.rules.benign import look_alikes, served
from iacrisk.rules.rule import Suppressor

SUPPRESSORS: Final[tuple[Suppressor, ...]] = (*look_alikes.SUPPRESSORS, *served.SUPPRESSORS)

__all__ = ["SUPPRESSORS"]

"""BL: look-alikes of danger that are harmless."""

from iacrisk.rules.benign.look_alikes import SUPPRESSORS

__all__ = ["SUPPRESSORS"]

"""Reads what a plan does not hold: the configuration's own text. The only door to HCL."""

from iacrisk.source.guards import vanished_guards

__all__ = ["vanished_guards"]

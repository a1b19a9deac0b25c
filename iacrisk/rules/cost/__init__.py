"""Q: what costs more than somebody thought."""

from __future__ import annotations

from typing import Final

from iacrisk.rules.cost.brakes import cost_brake_removed
from iacrisk.rules.cost.purchases import binding_purchase, expensive_machine, many_at_once
from iacrisk.rules.rule import Rule

RULES: Final[tuple[Rule, ...]] = (
    expensive_machine,
    many_at_once,
    cost_brake_removed,
    binding_purchase,
)

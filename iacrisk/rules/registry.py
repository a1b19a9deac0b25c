"""Every rule and suppressor, in report order. Importing a module changes nothing."""

from __future__ import annotations

from typing import Final

from iacrisk.errors import UnknownRule
from iacrisk.rules import (
    author,
    benign,
    compute,
    cost,
    data,
    database,
    entry,
    exposure,
    identity,
    network,
    state,
    topology,
)
from iacrisk.rules.rule import Rule, Suppressor

RULES: Final[tuple[Rule, ...]] = (
    *data.RULES,
    *state.RULES,
    *identity.RULES,
    *network.RULES,
    *entry.RULES,
    *compute.RULES,
    *database.RULES,
    *exposure.RULES,
    *cost.RULES,
    *topology.RULES,
    *author.RULES,
)
SUPPRESSORS: Final[tuple[Suppressor, ...]] = benign.SUPPRESSORS


def find_rule(rule_id: str, own: tuple[Rule, ...] = ()) -> Rule | Suppressor:
    """The rule or suppressor with this id, in any letter case; raises UnknownRule."""
    items: tuple[Rule | Suppressor, ...] = (*RULES, *SUPPRESSORS, *own)
    for item in items:
        if item.id.lower() == rule_id.lower():
            return item
    raise UnknownRule(f"There is no rule {rule_id!r}; `iacrisk rules` lists them.")

"""A: the change against what was said of it, and text that speaks to its reviewer."""

from __future__ import annotations

from typing import Final

from iacrisk.rules.author.addressed import speaks_to_the_reviewer
from iacrisk.rules.author.claims import numbers_differ, outside_the_claim
from iacrisk.rules.rule import Rule

RULES: Final[tuple[Rule, ...]] = (
    outside_the_claim,
    numbers_differ,
    speaks_to_the_reviewer,
)

"""What holds for all rules together."""

from __future__ import annotations

from collections import Counter

from iacrisk.rules import Rule, Suppressor
from iacrisk.rules.registry import RULES, SUPPRESSORS


def test_no_two_rules_share_an_id_or_a_name() -> None:
    items: tuple[Rule | Suppressor, ...] = (*RULES, *SUPPRESSORS)
    ids = Counter(item.id for item in items)
    names = Counter(item.name for item in items)
    assert [item for item, times in (*ids.items(), *names.items()) if times > 1] == []

"""What holds for all rules together."""

from __future__ import annotations

from collections import Counter

from iacrisk.rules.registry import RULES, SUPPRESSORS


def test_no_two_rules_share_an_id_or_a_name() -> None:
    ids = Counter(item.id for item in (*RULES, *SUPPRESSORS))
    names = Counter(item.name for item in (*RULES, *SUPPRESSORS))
    assert [item for item, times in (*ids.items(), *names.items()) if times > 1] == []

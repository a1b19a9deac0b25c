"""EventBridge patterns take what AWS documents, and say when they do not know."""

from typing import Any

import pytest

from iacrisk.training.probes.patterns import matches_event

EVENT = {"source": "shop.orders", "detail-type": "placed", "detail": {"total": 5, "kind": ["a"]}}


@pytest.mark.parametrize(
    ("pattern", "taken"),
    [
        ({"source": ["shop.orders"]}, True),
        ({"source": ["shop.refunds", "shop.orders"]}, True),
        ({"source": ["shop.refunds"]}, False),
        ({"source": [{"prefix": "shop."}]}, True),
        ({"source": [{"suffix": ".refunds"}]}, False),
        ({"detail": {"total": [5]}}, True),
        ({"detail": {"kind": ["a", "b"]}}, True),
        ({"detail": {"total": [{"numeric": [">", 3]}]}}, None),
        ({"detail": {"total": [{"numeric": [">", 3]}, 5]}}, True),
        ({"detail": {"coupon": [{"exists": False}]}}, True),
        ({"detail": {"coupon": [{"exists": True}]}}, False),
        ({"detail-type": [{"anything-but": ["placed"]}]}, False),
        ({"account": ["1"], "detail": {"total": [{"numeric": [">", 3]}]}}, False),
    ],
)
def test_patterns(pattern: dict[str, Any], taken: bool | None) -> None:
    assert matches_event(pattern, EVENT) is taken

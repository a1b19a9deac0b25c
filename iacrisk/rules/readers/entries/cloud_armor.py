"""Rules of Google Cloud Armor: read alike, inside a policy or standing alone."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from iacrisk.plan import lookup

POLICIES: Final = frozenset(
    {"google_compute_region_security_policy", "google_compute_security_policy"}
)
RULES: Final = frozenset(
    {"google_compute_region_security_policy_rule", "google_compute_security_policy_rule"}
)
LAST: Final = 2_147_483_647
"""The priority of the rule that decides on what no other one names."""

Values = dict[str, Any]


class EdgeRule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule: `matches` tells which requests, as text that can be compared."""

    priority: int
    action: str
    matches: str
    is_for_all: bool
    is_preview: bool

    @property
    def holds_off(self) -> bool:
        """Whether it refuses, slows or redirects; in preview it only watches."""
        return not self.is_preview and self.action != "allow"

    @property
    def refuses(self) -> bool:
        """Whether it refuses outright."""
        return not self.is_preview and self.action.startswith("deny")


def edge_rules(type_name: str, values: Values) -> tuple[EdgeRule, ...]:
    """The rules of a policy, or the one that stands alone."""
    blocks = [values] if type_name in RULES else values.get("rule", values.get("rules"))
    listed = blocks if isinstance(blocks, list) else []
    found = (_read(block) for block in listed if isinstance(block, dict))
    return tuple(sorted((item for item in found if item is not None), key=_order))


def _order(item: EdgeRule) -> tuple[int, str]:
    return item.priority, item.matches


def _read(block: Values) -> EdgeRule | None:
    priority, action = block.get("priority"), block.get("action")
    if not isinstance(priority, int) or not isinstance(action, str):
        return None
    ranges = lookup(block, ("match", 0, "config", 0, "src_ip_ranges"))
    expression = lookup(block, ("match", 0, "expr", 0, "expression"))
    listed = sorted(map(str, ranges)) if isinstance(ranges, list) else []
    return EdgeRule(
        priority=priority,
        action=action,
        matches=str(expression) if expression else " ".join(listed),
        is_for_all=bool({"*", "0.0.0.0/0"}.intersection(listed)) or expression == "true",
        is_preview=block.get("preview") is True,
    )

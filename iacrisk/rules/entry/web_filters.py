"""What a web application firewall blocks, before and after."""

from __future__ import annotations

from typing import Any

from iacrisk.plan import ResourceChange
from iacrisk.rules.readers.shapes import blocks


def blocking_before(change: ResourceChange) -> frozenset[str]:
    """Names of the rules that turn requests away today."""
    return _blocking(change.before)


def blocking_after(change: ResourceChange) -> frozenset[str]:
    """Names of the rules that will turn requests away."""
    return _blocking(change.after)


def default_action(values: dict[str, Any]) -> str:
    """`allow` or `block`, "" where it does not say."""
    for block in blocks(values.get("default_action")):
        for verb in ("block", "allow"):
            if blocks(block.get(verb)):
                return verb
    return ""


def _blocking(values: dict[str, Any]) -> frozenset[str]:
    return frozenset(
        str(rule.get("name")) for rule in blocks(values.get("rule")) if _turns_away(rule)
    )


def _turns_away(rule: Any) -> bool:
    for action in blocks(rule.get("action")):
        if any(blocks(action.get(verb)) for verb in ("block", "captcha", "challenge")):
            return True
    return any(blocks(action.get("none")) for action in blocks(rule.get("override_action")))

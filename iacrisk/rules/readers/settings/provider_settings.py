"""Settings of a provider block, as far as they are constants."""

from __future__ import annotations

from typing import Any

from iacrisk.plan import Path, Plan


def provider_setting(plan: Plan, provider: str, *path: str | int) -> Any:
    """The constant at `path` in any block of the provider; None where none says so."""
    configuration = plan.document.configuration
    blocks = (configuration and configuration.provider_config) or {}
    for block in blocks.values():
        if block.name == provider:
            value = _constant(block.expressions, path)
            if value is not None:
                return value
    return None


def _constant(tree: Any, path: Path) -> Any:
    for step in path:
        if isinstance(tree, list):
            tree = tree[0] if tree else None
        tree = tree.get(step) if isinstance(tree, dict) else None
    return tree.get("constant_value") if isinstance(tree, dict) else None

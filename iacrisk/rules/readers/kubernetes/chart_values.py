"""The values of a Helm release as one tree: its YAML texts, then its `set` blocks on top."""

from __future__ import annotations

from typing import Any

from iacrisk.plan import UNKNOWN
from iacrisk.plan.yaml_text import read_yaml

Tree = dict[str, Any]


def values_of(attributes: dict[str, Any]) -> Tree | None:
    """The tree, None where a part of it is not known yet."""
    merged: Tree = {}
    texts = attributes.get("values")
    if texts is UNKNOWN:
        return None
    for text in texts if isinstance(texts, list) else ():
        if text is UNKNOWN:
            return None
        tree = read_yaml(text) if isinstance(text, str) else None
        if isinstance(tree, dict):
            merged = _merged(merged, tree)
    for name in ("set", "set_list", "set_sensitive"):
        blocks = attributes.get(name)
        for block in blocks if isinstance(blocks, list) else ():
            if isinstance(block, dict) and isinstance(block.get("name"), str):
                _put(merged, block["name"], _scalar(block.get("value")))
    return merged


def _merged(below: Tree, above: Tree) -> Tree:
    merged = dict(below)
    for name, value in above.items():
        known = merged.get(name)
        if isinstance(known, dict) and isinstance(value, dict):
            merged[name] = _merged(known, value)
        else:
            merged[name] = value
    return merged


def _put(tree: Tree, path: str, value: Any) -> None:
    """Set a value at a dotted path, in which a backslash makes a dot part of the key."""
    *steps, last = [step.replace("\0", ".") for step in path.replace("\\.", "\0").split(".")]
    for step in steps:
        inner = tree.get(step)
        if not isinstance(inner, dict):
            inner = tree[step] = {}
        else:
            inner = tree[step] = dict(inner)
        tree = inner
    tree[last] = value


def _scalar(value: Any) -> Any:
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value

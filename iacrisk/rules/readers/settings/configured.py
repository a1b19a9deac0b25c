"""Whether a resource block sets an argument, and where its value comes from."""

from __future__ import annotations

from enum import Enum, auto
from typing import Any

from iacrisk.plan import Path, Plan, ResourceChange, lookup, parse_module, wire
from iacrisk.rules.indexes import once


class Setting(Enum):
    """What the configuration says of an argument."""

    WRITTEN = auto()
    ABSENT = auto()
    MODULE_DEFAULT = auto()
    """A variable of the module which the module call does not set."""
    UNSEEN = auto()
    """No configuration in the plan, or the block may be built by `dynamic`."""


class _Module:
    def __init__(self, module: wire.ConfigModule, call: wire.ModuleCall | None) -> None:
        self.call = call
        self.calls = module.module_calls or {}
        self.blocks = {(item.type, item.name): item for item in module.resources or ()}
        self.variables = module.variables or {}
        self.inner: dict[str, _Module] = {}

    def step(self, name: str) -> _Module | None:
        if name not in self.inner:
            call = self.calls.get(name)
            if call is None:
                return None
            self.inner[name] = _Module(call.module, call)
        return self.inner[name]


def setting_of(plan: Plan, change: ResourceChange, path: Path) -> Setting:
    """What the configuration of `change` says of the argument at `path`."""
    module, block = _module(plan, change), block_of(plan, change)
    if module is None or block is None or block.expressions is None:
        return Setting.UNSEEN
    expression = _find(block.expressions, path)
    if isinstance(expression, Setting):
        return expression
    return Setting.MODULE_DEFAULT if _is_unset_variable(expression, module) else Setting.WRITTEN


def block_of(plan: Plan, change: ResourceChange) -> wire.ConfigResource | None:
    """The block that `change` comes from, None where the plan does not show it."""
    module = _module(plan, change)
    return module.blocks.get((change.type, change.name)) if module else None


def _module(plan: Plan, change: ResourceChange) -> _Module | None:
    if plan.document.configuration is None:
        return None
    root = plan.document.configuration.root_module
    module: _Module | None = once(plan, "configured", lambda: _Module(root, None))
    for step in parse_module(change.module_address):
        module = module and module.step(step.name)
    return module


def _find(tree: Any, path: Path) -> Any:
    """The expression at `path`, or why there is none."""
    for depth, step in enumerate(path):
        if isinstance(tree, dict) and ("references" in tree or "constant_value" in tree):
            return tree
        inner = lookup(tree, (step,))
        if inner is None:
            is_leaf = depth == len(path) - 1
            return Setting.ABSENT if is_leaf and isinstance(tree, dict) else Setting.UNSEEN
        tree = inner
    return tree


def _is_unset_variable(expression: Any, module: _Module) -> bool:
    """Whether the value is one variable of the module, left to its default by the caller."""
    if module.call is None or not isinstance(expression, dict):
        return False
    references = expression.get("references")
    if not isinstance(references, list) or len(references) != 1:
        return False
    head, _, name = str(references[0]).partition(".")
    given = module.call.expressions or {}
    return head == "var" and name in module.variables and name not in given

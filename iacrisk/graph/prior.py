"""What the prior state remembers of dependencies.

`depends_on` there is the transitive closure, by block and without instance keys, so it serves
for reachability only. A dependency counts as direct where no other dependency explains it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from iacrisk.plan import parse_module, wire


class PriorDependencies:
    """The dependencies recorded in a plan's prior state, by block address."""

    def __init__(self, document: wire.Plan) -> None:
        """Index the prior state of `document`; a plan without one has none."""
        self._resources = list(_walk(document))
        self._depends: dict[str, frozenset[str]] = {}
        self._direct: dict[str, frozenset[str]] = {}
        self._instances: dict[str, list[tuple[str, str]]] = {}
        for module, resource in self._resources:
            name = block_name(resource.mode, resource.type, resource.name)
            block = absolute_block(module, name)
            self._instances.setdefault(block, []).append((module, resource.address))
            if resource.depends_on and block not in self._depends:
                self._depends[block] = frozenset(resource.depends_on)

    def resources(self) -> Iterator[tuple[str, wire.StateResource]]:
        """Every instance with the address of its module."""
        return iter(self._resources)

    def direct(self, block: str) -> frozenset[str]:
        """The blocks that `block` depends on and nothing in between explains."""
        found = self._direct.get(block)
        if found is None:
            all_of_them = self._depends.get(block, frozenset())
            explained = [self._depends.get(other, frozenset()) for other in all_of_them]
            found = self._direct[block] = all_of_them.difference(*explained)
        return found

    def instances_near(self, block: str, module: str) -> tuple[str, ...]:
        """The instances of `block`, those in the same module instance where there are any."""
        instances = self._instances.get(block, [])
        near = [label for where, label in instances if where == module]
        return tuple(near or [label for _, label in instances])


def block_name(mode: str, type_name: str, name: str) -> str:
    """The block's address inside its module: `data.aws_ami.base`."""
    return f"{type_name}.{name}" if mode == "managed" else f"{mode}.{type_name}.{name}"


def absolute_block(module: str, name: str) -> str:
    """A block's address from the root, without any instance key."""
    return f"{without_keys(module)}.{name}" if module else name


@lru_cache(maxsize=4096)
def without_keys(module_address: str) -> str:
    """A module address without instance keys; as it is where it cannot be read."""
    try:
        return ".".join(f"module.{step.name}" for step in parse_module(module_address))
    except ValueError:
        return module_address


def _walk(document: wire.Plan) -> Iterator[tuple[str, wire.StateResource]]:
    values = document.prior_state.values if document.prior_state else None
    waiting = [values.root_module] if values and values.root_module else []
    while waiting:
        module = waiting.pop()
        waiting += module.child_modules or ()
        for resource in module.resources or ():
            yield module.address, resource

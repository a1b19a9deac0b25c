"""What the prior state remembers of dependencies.

`depends_on` there is the transitive closure, by block and without instance keys, so it serves
for reachability only. A dependency counts as direct where no other dependency explains it.
"""

from __future__ import annotations

from collections.abc import Iterator

from iacrisk.plan import Plan, parse_address, wire


class PriorDependencies:
    """The dependencies recorded in a plan's prior state."""

    def __init__(self, document: wire.Plan) -> None:
        """Index the prior state of `document`; a plan without one has none."""
        self._resources = list(_walk(document))
        self._blocks: dict[str, str] = {}
        self._depends: dict[str, frozenset[str]] = {}
        self._instances: dict[str, list[tuple[str, str]]] = {}
        for module, resource in self._resources:
            block = self.block_of(resource.address)
            self._instances.setdefault(block, []).append((module, resource.address))
            if resource.depends_on and block not in self._depends:
                self._depends[block] = frozenset(resource.depends_on)

    def resources(self) -> Iterator[tuple[str, wire.StateResource]]:
        """Every instance with the address of its module."""
        return iter(self._resources)

    def block_of(self, address: str) -> str:
        """The address without any instance key."""
        known = self._blocks.get(address)
        if known is None:
            known = self._blocks[address] = _block(address)
        return known

    def direct(self, address: str) -> frozenset[str]:
        """The blocks that the instance at `address` depends on and nothing between explains."""
        all_of_them = self._depends.get(self.block_of(address), frozenset())
        explained = [self._depends.get(block, frozenset()) for block in all_of_them]
        return all_of_them.difference(*explained)

    def instances_near(self, block: str, module: str) -> tuple[str, ...]:
        """The instances of `block`, those in the same module instance where there are any."""
        instances = self._instances.get(block, [])
        near = [label for where, label in instances if where == module]
        return tuple(near or [label for _, label in instances])

    def blocks_without_configuration(
        self, plan: Plan, configured: frozenset[str]
    ) -> frozenset[str]:
        """Blocks that have instances in the state and stand in the configuration no more."""
        blocks = {self.block_of(change.address) for change in plan.changes if change.destroys}
        return frozenset(blocks - configured)


def _walk(document: wire.Plan) -> Iterator[tuple[str, wire.StateResource]]:
    values = document.prior_state and document.prior_state.values
    waiting = [values.root_module] if values and values.root_module else []
    while waiting:
        module = waiting.pop()
        waiting += module.child_modules or ()
        for resource in module.resources or ():
            yield module.address, resource


def _block(address: str) -> str:
    if "[" not in address:
        return address
    try:
        where = parse_address(address)
    except ValueError:
        return address
    return "".join(f"module.{step.name}." for step in where.module) + where.block

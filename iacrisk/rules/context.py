"""What a rule may look at beside the change itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from iacrisk.catalog import ResourceType, resource_type
from iacrisk.graph import Graph, Use, live_users
from iacrisk.plan import ActionKind, Plan, ResourceChange
from iacrisk.provenance import NOTHING_TOLD, Told
from iacrisk.source import NO_SOURCE, SourceFacts


class Context:
    """The plan, its graph and the look-ups that several rules share."""

    def __init__(
        self,
        plan: Plan,
        graph: Graph,
        source: SourceFacts = NO_SOURCE,
        environment_at: Callable[[str], str] = lambda _: "production",
        told: Told = NOTHING_TOLD,
    ) -> None:
        """`source`: what the configuration's text tells beside the plan.

        `environment_at`: the environment of the change at a label; unknown counts as production.
        `told`: what is said of the change beside its plan.
        """
        self.plan = plan
        self.graph = graph
        self.source = source
        self.environment_at = environment_at
        self.told = told
        self._of_types: dict[tuple[str, ...], tuple[ResourceChange, ...]] = {}

    def type_of(self, change: ResourceChange) -> ResourceType:
        """What the catalog knows of the change's type."""
        return resource_type(change.type)

    def change_at(self, label: str) -> ResourceChange | None:
        """The change of the resource instance at `label`."""
        return self.plan.by_label.get(label)

    def changes_of(self, *types: str) -> tuple[ResourceChange, ...]:
        """All changes of these types, no-ops included, by address."""
        found = self._of_types.get(types)
        if found is None:
            found = tuple(change for name in types for change in self._by_type.get(name, ()))
            self._of_types[types] = found
        return found

    def siblings(self, change: ResourceChange) -> tuple[ResourceChange, ...]:
        """The other instances of the same block in the same module instance."""
        block = self._by_block.get((change.module_address, change.type, change.name), ())
        return tuple(other for other in block if other is not change)

    def consumers(self, change: ResourceChange) -> tuple[Use, ...]:
        """The resource instances that refer to this one, directly or through module values."""
        return self.graph.consumers(change.label)

    def live_users(self, change: ResourceChange) -> tuple[str, ...]:
        """Addresses of existing resources that stay and live on this one, at any hop."""
        return live_users(self.graph, change.label)

    @cached_property
    def _by_type(self) -> dict[str, list[ResourceChange]]:
        grouped: dict[str, list[ResourceChange]] = {}
        for change in self.plan.changes:
            grouped.setdefault(change.type, []).append(change)
        return grouped

    @cached_property
    def _by_block(self) -> dict[tuple[str, str, str], list[ResourceChange]]:
        grouped: dict[tuple[str, str, str], list[ResourceChange]] = {}
        for change in self.plan.changes:
            block = (change.module_address, change.type, change.name)
            grouped.setdefault(block, []).append(change)
        return grouped

    @cached_property
    def created_labels(self) -> frozenset[str]:
        """Addresses of objects that exist only after this plan."""
        return frozenset(
            change.label for change in self.plan.changes if change.kind is ActionKind.CREATE
        )

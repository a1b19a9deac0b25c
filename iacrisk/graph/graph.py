"""The resource graph and the questions one asks it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from iacrisk.graph.model import Node, Precision, Reference, Unresolved, Use

if TYPE_CHECKING:
    import networkx

Edge = tuple[int, Reference]
"""Target (or, reversed, source) node and why."""
_IDENTITIES = frozenset({"", "id", "arn", "self_link"})
_LONG_ENOUGH = 8
_FEW = 64
"""More instances than these are not looked for in the values of each user."""


class Graph:
    """Resources and who refers to whom. Labels are addresses (plus the deposed key)."""

    def __init__(
        self,
        nodes: Sequence[Node],
        edges: Sequence[Sequence[Edge]],
        unresolved: tuple[Unresolved, ...] = (),
        *,
        has_configuration: bool = True,
    ) -> None:
        """`edges[i]` lead from `nodes[i]` to what it depends on."""
        self.nodes = nodes
        self.unresolved = unresolved
        self.has_configuration = has_configuration
        self._dependencies = edges
        self._ids = {node.label: node_id for node_id, node in enumerate(nodes)}
        self._named: dict[tuple[str, str], frozenset[str]] = {}
        self._consumers: dict[str, tuple[Use, ...]] = {}
        self.passed_on: dict[str, tuple[Use, ...]] = {}
        """Where harm travels from a label, as far as somebody asked; `reach` fills it."""

    def node(self, label: str) -> Node | None:
        """The node with this label."""
        node_id = self._ids.get(label)
        return None if node_id is None else self.nodes[node_id]

    def edges(self) -> Iterator[tuple[Node, Node, Reference]]:
        """Every edge as (referrer, what it depends on, why)."""
        for source, targets in enumerate(self._dependencies):
            for target, reference in targets:
                yield self.nodes[source], self.nodes[target], reference

    def consumers(self, label: str) -> tuple[Use, ...]:
        """Who refers to the resource at `label`, one hop, module values passed through."""
        found = self._consumers.get(label)
        if found is None:
            found = self._consumers[label] = tuple(self._uses(label, self._dependents))
        return found

    def dependencies(self, label: str) -> tuple[Use, ...]:
        """What the resource at `label` refers to, one hop, module values passed through."""
        return tuple(self._uses(label, self._dependencies))

    def neighbours_up(self, label: str) -> list[str]:
        """Labels of what the node directly depends on, of every kind."""
        return [self.nodes[target].label for target, _ in self._dependencies[self._ids[label]]]

    def neighbours_down(self, label: str) -> list[str]:
        """Labels of what directly depends on the node, of every kind."""
        return [self.nodes[source].label for source, _ in self._dependents[self._ids[label]]]

    def to_networkx(self) -> networkx.MultiDiGraph[str]:
        """The graph for analysis with networkx; edges lead to dependencies."""
        from iacrisk.graph.networkx_view import to_networkx  # noqa: PLC0415 - builds on Graph

        return to_networkx(self)

    @cached_property
    def _dependents(self) -> Sequence[Sequence[Edge]]:
        reverse: list[list[Edge]] = [[] for _ in self.nodes]
        for source, targets in enumerate(self._dependencies):
            for target, reference in targets:
                reverse[target].append((source, reference))
        return reverse

    def _is_another(self, user: Node, used: Node, reference: Reference) -> bool:
        """Whether values tell that `user` refers to siblings of `used` and not to it.

        A reference to all instances of a block may take one of them, as a lookup by key does.
        """
        if reference.attribute not in _IDENTITIES or not (user.is_resource and used.is_resource):
            return False
        named = self._instances_named(user, used.block)
        return bool(named) and used.label not in named and _identity(used) != ()

    def _instances_named(self, user: Node, block: str) -> frozenset[str]:
        """Which instances of the block the user's values name today."""
        key = user.label, block
        found = self._named.get(key)
        if found is None:
            instances = self._instances.get(block, ())
            few = user.change is not None and 1 < len(instances) <= _FEW
            text = bytes(user.change.raw.change.before) if user.change and few else b""
            found = self._named[key] = frozenset(
                node.label
                for node in (instances if text else ())
                if any(name in text for name in _identity(node))
            )
        return found

    @cached_property
    def _instances(self) -> dict[str, list[Node]]:
        found: dict[str, list[Node]] = {}
        for node in self.nodes:
            if node.is_resource:
                found.setdefault(node.block, []).append(node)
        return found

    def _uses(self, label: str, neighbours: Sequence[Sequence[Edge]]) -> Iterator[Use]:
        """Walks over everything that is no resource until it meets one.

        The edge at the resource that is used tells the attribute, the edge at its user the
        argument; going to dependents the first is the outermost, else the last.
        """
        start = self._ids.get(label)
        if start is None:
            return
        towards_dependents = neighbours is not self._dependencies
        start_node = self.nodes[start]
        seen: set[tuple[int, str]] = set()
        waiting: list[tuple[int, Reference | None, tuple[str, ...]]] = [(start, None, ())]
        while waiting:
            node_id, first, through = waiting.pop()
            for other_id, edge in neighbours[node_id]:
                outer = first or edge
                at_used, at_user = (outer, edge) if towards_dependents else (edge, outer)
                other = self.nodes[other_id]
                user, used = (other, start_node) if towards_dependents else (start_node, other)
                loose = Precision.ALL_INSTANCES in {at_used.precision, at_user.precision}
                if loose and self._is_another(user, used, at_user):
                    continue
                mark = (other_id, at_used.attribute if towards_dependents else outer.argument)
                if mark in seen or other_id == start:
                    continue
                seen.add(mark)
                if other.is_resource or other.is_root_output:
                    yield Use(
                        node=other, reference=at_used, argument=at_user.argument, through=through
                    )
                else:
                    waiting.append((other_id, outer, (*through, other.label)))


def _identity(node: Node) -> tuple[bytes, ...]:
    """The texts that name the object today, quotes included; none where it has no id."""
    if node.change is None:
        return ()
    identity = node.change.identity
    raw = (bytes(identity.id), bytes(identity.arn), bytes(identity.self_link))
    return tuple(text for text in raw if text[:1] == b'"' and len(text) >= _LONG_ENOUGH)

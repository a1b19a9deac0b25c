"""The door to networkx: the graph for export, for analysis and for rules of one's own.

networkx loads slowly, so it is imported when somebody asks and never on the way of a score.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from iacrisk.graph.model import Node, Reference
from iacrisk.plan import ActionKind

if TYPE_CHECKING:
    import networkx

    from iacrisk.graph.graph import Graph


def to_networkx(graph: Graph) -> networkx.MultiDiGraph[str]:
    """A MultiDiGraph with edges towards dependencies; node and edge attributes are plain text."""
    nodes = [(node.label, node_attributes(node)) for node in graph.nodes]
    edges = [
        (source.label, target.label, edge_attributes(reference))
        for source, target, reference in graph.edges()
    ]
    return _build(nodes, edges)


def to_graphml(
    nodes: Iterable[tuple[str, Mapping[str, str]]],
    edges: Iterable[tuple[str, str, Mapping[str, str]]],
) -> str:
    """GraphML of named nodes and edges."""
    import networkx  # noqa: PLC0415 - loads slowly

    return "\n".join(networkx.generate_graphml(_build(nodes, edges))) + "\n"


def node_attributes(node: Node) -> dict[str, str]:
    """Kind, type and planned action of a node."""
    action = node.change.kind if node.change else ActionKind.NO_OP
    return {"kind": node.kind.value, "type": node.type, "action": action.value}


def edge_attributes(reference: Reference) -> dict[str, str]:
    """Where an edge comes from, how sure it is, and what it says."""
    return {
        "origin": reference.origin.value,
        "precision": reference.precision.value,
        "argument": reference.argument,
        "reference": reference.text,
    }


def _build(
    nodes: Iterable[tuple[str, Mapping[str, str]]],
    edges: Iterable[tuple[str, str, Mapping[str, str]]],
) -> networkx.MultiDiGraph[str]:
    import networkx  # noqa: PLC0415 - loads slowly

    result: networkx.MultiDiGraph[str] = networkx.MultiDiGraph()
    for name, attributes in nodes:
        result.add_node(name, **attributes)
    for source, target, attributes in edges:
        result.add_edge(source, target, **attributes)
    return result

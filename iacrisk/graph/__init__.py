"""The resource graph of a plan: who depends on whom, and who is hit by a change."""

from iacrisk.graph.build import build_graph
from iacrisk.graph.graph import Graph
from iacrisk.graph.model import Node, NodeKind, Origin, Precision, Reference, Unresolved, Use
from iacrisk.graph.reach import (
    BlastRadius,
    Effect,
    Hit,
    Step,
    blast_radius,
    impaired,
    is_endpoint,
    live_users,
    with_named,
)

__all__ = [
    "BlastRadius",
    "Effect",
    "Graph",
    "Hit",
    "Node",
    "NodeKind",
    "Origin",
    "Precision",
    "Reference",
    "Step",
    "Unresolved",
    "Use",
    "blast_radius",
    "build_graph",
    "impaired",
    "is_endpoint",
    "live_users",
    "with_named",
]

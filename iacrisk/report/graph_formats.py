"""The graph in other tools' formats. Labels pass through a redactor on the way out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from iacrisk.graph import BlastRadius, Graph, Node, Reference
from iacrisk.graph.networkx_view import edge_attributes, node_attributes, to_graphml
from iacrisk.patterns import regex
from iacrisk.plan import Redactor
from iacrisk.report import GraphFormat
from iacrisk.report.plain import plain

_MERMAID_SAFE = regex(r"[^A-Za-z0-9 _.,/=()-]")
_MOST_DRAWN = 40


def export_graph(
    graph: Graph, redactor: Redactor, format_: GraphFormat, focus: str | None = None
) -> str:
    """The graph, or what lies around `focus`, as text."""
    kept = graph.nodes if focus is None else _around(graph, focus)
    names = {node.label: redactor.address(node.label) for node in kept}
    edges = [
        (names[source.label], names[target.label], reference)
        for source, target, reference in graph.edges()
        if source.label in names and target.label in names
    ]
    nodes = [(names[node.label], node) for node in kept]
    match format_:
        case GraphFormat.DOT:
            return _dot(nodes, edges, redactor)
        case GraphFormat.MERMAID:
            return _mermaid(nodes, edges)
        case GraphFormat.JSON:
            return _json(nodes, edges, redactor)
        case GraphFormat.GRAPHML:
            return _graphml(nodes, edges, redactor)
        case GraphFormat.SVG | GraphFormat.PNG:
            raise ValueError("a picture is made of an assessment, by report.picture")


def mermaid_radius(radius: BlastRadius, redactor: Redactor) -> str:
    """A Mermaid flowchart of who is hit, the changed resource first."""
    hits = radius.named[:_MOST_DRAWN]
    lines = ["flowchart LR", f'  n0["{mermaid_text(redactor.address(radius.address))}"]:::changed']
    numbers = {radius.address: 0}
    for hit in hits:
        previous = radius.address
        for step in hit.path:
            if step.address not in numbers:
                numbers[step.address] = len(numbers)
                label = mermaid_text(redactor.address(step.address))
                lines.append(f'  n{numbers[step.address]}["{label}"]')
            line = f"  n{numbers[previous]} --> n{numbers[step.address]}"
            if line not in lines:
                lines.append(line)
            previous = step.address
    unshown = len(radius.named) - len(hits)
    if unshown:
        lines.append(f'  more["{unshown} more"]')
    return "\n".join([*lines, "  classDef changed stroke-width:3px"])


def mermaid_text(text: str) -> str:
    """Text for a quoted Mermaid label; everything unusual becomes a character entity."""
    return _MERMAID_SAFE.sub(lambda match: f"#{ord(match.group())};", text)


def _around(graph: Graph, focus: str) -> list[Node]:
    """The focus, what it depends on, and who depends on it, at any distance."""
    labels = {focus}
    for neighbours in (graph.neighbours_up, graph.neighbours_down):
        waiting = [focus]
        seen = {focus}
        while waiting:
            for label in neighbours(waiting.pop()):
                if label not in seen:
                    seen.add(label)
                    waiting.append(label)
        labels |= seen
    return [node for node in graph.nodes if node.label in labels]


Named = Sequence[tuple[str, Node]]
Edges = Iterable[tuple[str, str, Reference]]


def _dot(nodes: Named, edges: Edges, redactor: Redactor) -> str:
    lines = ["digraph plan {", "  rankdir=LR;", "  node [shape=box];"]
    for name, node in nodes:
        action = node_attributes(node)["action"]
        lines.append(f"  {_quoted(name)} [label={_quoted(f'{name} ({action})')}];")
    for source, target, reference in edges:
        label = _quoted(redactor.text(reference.argument or reference.origin.value))
        lines.append(f"  {_quoted(source)} -> {_quoted(target)} [label={label}];")
    return "\n".join([*lines, "}"]) + "\n"


def _quoted(text: str) -> str:
    return msgspec.json.encode(plain(text)).decode()


def _mermaid(nodes: Named, edges: Edges) -> str:
    numbers = {name: number for number, (name, _) in enumerate(nodes)}
    lines = ["flowchart LR"]
    lines += [f'  n{numbers[name]}["{mermaid_text(name)}"]' for name, _ in nodes]
    pairs = dict.fromkeys((source, target) for source, target, _ in edges)
    lines += [f"  n{numbers[source]} --> n{numbers[target]}" for source, target in pairs]
    return "\n".join(lines) + "\n"


def _json(nodes: Named, edges: Edges, redactor: Redactor) -> str:
    value = {
        "nodes": [{"id": name, **node_attributes(node)} for name, node in nodes],
        "edges": [
            {
                "source": source,
                "target": target,
                **{k: redactor.text(v) for k, v in edge_attributes(reference).items()},
            }
            for source, target, reference in edges
        ],
    }
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n"


def _graphml(nodes: Named, edges: Edges, redactor: Redactor) -> str:
    named_nodes = [
        (_xml(name), {k: _xml(v) for k, v in node_attributes(node).items()}) for name, node in nodes
    ]
    named_edges = [
        (
            _xml(source),
            _xml(target),
            {k: _xml(redactor.text(v)) for k, v in edge_attributes(reference).items()},
        )
        for source, target, reference in edges
    ]
    return to_graphml(named_nodes, named_edges)


def _xml(text: str) -> str:
    """XML 1.0 has no control characters at all."""
    return "".join(
        char if char.isprintable() or char == " " else "\N{REPLACEMENT CHARACTER}" for char in text
    )

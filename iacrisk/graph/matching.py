"""Weak evidence: the id or ARN of one resource stands in the values of another.

It finds what configuration cannot show: hard-coded ids, references behind locals and dynamic
blocks, plans whose configuration was stripped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from iacrisk.catalog import attachment
from iacrisk.graph.graph import Edge
from iacrisk.graph.model import Node, Origin, Precision, Reference
from iacrisk.plan import ActionKind, ResourceChange

_SHORTEST = 8
_SECRET = b":secretsmanager:"
_RANDOM = 7
"""A dash and six characters end a secret's ARN; those who read it may leave them out."""

_PARTS = 7
"""What stands behind so many parts of a secret's ARN names a key in it and a version."""
_LABELS = frozenset(
    {"id", "arn", "name", "name_prefix", "tags", "tags_all", "labels", "description"}
)
_FARTHEST = 256


def matching_edges(
    nodes: Sequence[Node], edges: Sequence[Sequence[Edge]]
) -> Iterator[tuple[int, Edge]]:
    """Edges from each resource whose values hold another's id, where none leads there yet."""
    owners = _owners(nodes)
    if not owners:
        return
    names = frozenset(owners)
    reach = _Reach(edges)
    for node_id, node in enumerate(nodes):
        change = node.change
        if change is None or change.kind is ActionKind.CREATE:
            continue
        for name in sorted(names.intersection(_values_of(change))):
            target = owners[name]
            if target is None or target == node_id:
                continue
            if reach.leads(node_id, target) or reach.leads(target, node_id):
                continue
            if not _is_label(change, name):
                yield node_id, (target, _weak(change, name))
                reach.look_again(node_id)


def argument_naming(user: ResourceChange | None, used: ResourceChange | None) -> str:
    """The attribute of `user` that holds the id, ARN or name of `used` today, "" without one.

    Its own `id` names nobody else, although an association on Azure has the id of its subnet.
    """
    if user is None or used is None:
        return ""
    identity = [used.before.get(name) for name in ("id", "arn", "name")]
    for text in identity:
        if isinstance(text, str) and text:
            for argument in sorted(user.before):
                if argument != "id" and _is_named(user.before[argument], text):
                    return argument
    return ""


def _is_named(value: Any, text: str) -> bool:
    if isinstance(value, dict):
        return any(_is_named(item, text) for item in value.values())
    if isinstance(value, list):
        return any(_is_named(item, text) for item in value)
    return bool(value == text)


def _owners(nodes: Sequence[Node]) -> dict[bytes, int | None]:
    """Which resource an identity belongs to; None where several share it."""
    owners: dict[bytes, int | None] = {}
    for node_id, node in enumerate(nodes):
        change = node.change
        if change is None or change.kind in {ActionKind.CREATE, ActionKind.READ}:
            continue
        for name in _names(change):
            if name not in owners:
                owners[name] = node_id
            elif owners[name] != node_id:
                owners[name] = _main_owner(nodes, owners[name], node_id)
    return owners


def _main_owner(nodes: Sequence[Node], first: int | None, second: int) -> int | None:
    """A bucket and its settings share the bucket's id: the type the other begins with owns it."""
    if first is None:
        return None
    types = nodes[first].type, nodes[second].type
    if types[1].startswith(f"{types[0]}_"):
        return first
    return second if types[0].startswith(f"{types[1]}_") else None


def _names(change: ResourceChange) -> set[bytes]:
    identity = change.identity
    raw = (bytes(identity.id), bytes(identity.arn), bytes(identity.self_link))
    names = {
        text[1:-1]
        for text in raw
        if text[:1] == b'"' and len(text) >= _SHORTEST + 2 and not text[1:-1].isalpha()
    }
    return names | {name[:-_RANDOM] for name in names if _SECRET in name}


def _values_of(change: ResourceChange) -> list[bytes]:
    """All texts in the values today, with much that is none between them."""
    raw = bytes(change.raw.change.before)
    if b'\\"' in raw:
        raw = raw.replace(b'\\"', b'"')
    texts = raw.split(b'"')
    if _SECRET in raw:
        texts += [b":".join(text.split(b":")[:_PARTS]) for text in texts if _SECRET in text]
    return texts


class _Reach:
    """Whether known edges already lead from one node to another, as far as one looks."""

    def __init__(self, edges: Sequence[Sequence[Edge]]) -> None:
        self._edges = edges
        self._seen: dict[int, set[int] | None] = {}
        self._neighbours: dict[int, frozenset[int]] = {}

    def leads(self, source: int, target: int) -> bool:
        """True also where the search grew too large: then weak evidence is not worth it."""
        if target in self._direct(source):
            return True
        if source not in self._seen:
            self._seen[source] = self._search(source)
        seen = self._seen[source]
        return seen is None or target in seen

    def look_again(self, source: int) -> None:
        """Note that an edge was added to `source`."""
        self._neighbours.pop(source, None)

    def _search(self, source: int) -> set[int] | None:
        neighbours = self._neighbours
        seen = {source}
        waiting = [source]
        while waiting:
            node = waiting.pop()
            new = (neighbours.get(node) or self._direct(node)) - seen
            waiting += new
            seen |= new
            if len(seen) > _FARTHEST:
                return None
        return seen

    def _direct(self, source: int) -> frozenset[int]:
        found = self._neighbours.get(source)
        if found is None:
            found = self._neighbours[source] = frozenset([node for node, _ in self._edges[source]])
        return found


def _weak(change: ResourceChange, name: bytes) -> Reference:
    text = name.decode("utf-8", "replace")
    return Reference(
        origin=Origin.MATCHING_VALUE,
        precision=Precision.WEAK,
        argument=_argument_holding(change, text) if attachment(change.type) else "",
        text=text,
    )


def _argument_holding(change: ResourceChange, text: str) -> str:
    """The attribute an id stands in; looked up only where it tells what an attachment acts on."""
    return next((name for name in sorted(change.before) if _holds(change.before[name], text)), "")


def _is_label(change: ResourceChange, name: bytes) -> bool:
    """Whether a plain word is only what the object itself is called: two may share a name."""
    if b":" in name or b"/" in name:
        return False
    text = name.decode("utf-8", "replace")
    return not any(_holds(v, text) for n, v in change.before.items() if n not in _LABELS)


def _holds(value: Any, text: str) -> bool:
    if isinstance(value, dict):
        return any(_holds(item, text) for item in value.values())
    if isinstance(value, list):
        return any(_holds(item, text) for item in value)
    return isinstance(value, str) and text in value

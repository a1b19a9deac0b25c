"""One row for a change and each resource that may suffer from it: columns from plan and graph.

rows = hit_rows(plan, graph, change, radius)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import msgspec

from iacrisk.catalog import attachment, resource_type
from iacrisk.catalog.permissions import PRINCIPAL_TYPES
from iacrisk.features.differences import Differences, read_differences
from iacrisk.features.links import NoLinks
from iacrisk.features.topics import topic_of
from iacrisk.graph import BlastRadius, Graph, Hit, NodeKind, Origin, Step
from iacrisk.plan import ActionKind, Plan, ResourceChange

_NEAR: Final = 3
_IDENTITY: Final = frozenset({"arn", "id", "name", "self_link"})
_VERBS: Final = {
    ActionKind.CREATE: "created",
    ActionKind.DELETE: "destroyed",
    ActionKind.REPLACE: "destroyed",
    ActionKind.UPDATE: "updated",
}

Cells = Iterator[tuple[str, float]]
Values = dict[str, float]


class HitRow(msgspec.Struct, frozen=True, kw_only=True):
    """The columns that are not zero, of one change and one resource that may suffer from it."""

    address: str
    values: Values


def hit_rows(
    plan: Plan, graph: Graph, change: ResourceChange, radius: BlastRadius, most: int | None = None
) -> Iterator[HitRow]:
    """A row for the changed resource itself, then one for each of the first `most` reached."""
    own = dict(_does(change, radius))
    verb = _VERBS.get(change.kind)
    itself = {**own, **dict(_party(change.type, None)), "itself": 1.0}
    if verb:
        itself[f"itself.{verb}.{resource_type(change.type).resource_class}"] = 1.0
    yield HitRow(address=radius.address, values=itself)
    around = _Around(graph, change, radius.reached)
    for hit in radius.reached[:most]:
        there = plan.by_label.get(hit.address)
        party = dict(_party(hit.type, there, is_output=hit.kind is NodeKind.OUTPUT))
        yield HitRow(address=hit.address, values={**own, **party, **dict(around.path(hit))})


def _does(change: ResourceChange, radius: BlastRadius) -> Cells:
    """What the change is and does, the same for all whom it may hurt."""
    known = resource_type(change.type)
    yield f"does.{change.kind}", 1
    yield f"effect.{radius.effect.name}", 1
    yield f"from.{known.resource_class}", 1
    found = read_differences(change, NoLinks())
    flags = {
        "does.create_first": change.creates_first,
        "from.attachment": bool(attachment(change.type)),
        "from.carrier": known.carrier,
        "from.stateful": known.stateful,
        "from.principal": change.type in PRINCIPAL_TYPES,
        **_sums(found),
    }
    yield from _set(flags)
    for topic, _ in found.kinds:
        yield f"differs.{topic}", 1
    for path in change.replace_paths:
        names = tuple(step for step in path if isinstance(step, str))
        if names:
            yield f"forced.{topic_of(names)}", 1


def _sums(found: Differences) -> dict[str, bool]:
    return {
        "takes": found.takes > 0,
        "gives": found.gives > 0,
        "swaps": found.swaps > 0,
        "unknown": found.unknown > 0,
        "policy.taken": found.policies_taking > 0,
        "policy.given": found.policies_giving > 0,
        "policy.use": found.uses_taken > 0,
        "policy.denies": found.denies > 0,
        "policy.conditioned": found.conditioned > 0,
        "policy.lets_in": found.lets_in > 0,
    }


def _set(flags: Mapping[str, bool]) -> Cells:
    return ((name, 1.0) for name, is_set in flags.items() if is_set)


def _party(type_: str, there: ResourceChange | None, *, is_output: bool = False) -> Cells:
    """Who may suffer: what it is, and what becomes of it in this plan."""
    if is_output:
        yield "to.output", 1
        return
    known = resource_type(type_)
    yield f"to.{known.resource_class}", 1
    yield from _set(
        {
            "to.attachment": bool(attachment(type_)),
            "to.carrier": known.carrier,
            "to.stateful": known.stateful,
            "to.principal": type_ in PRINCIPAL_TYPES,
        }
    )
    if there is not None:
        yield f"to.{there.kind}", 1


class _Around:
    """The change and all that it reaches, to tell how one of them is reached."""

    def __init__(self, graph: Graph, change: ResourceChange, reached: Iterable[Hit]) -> None:
        hits = tuple(reached)
        self._graph = graph
        self._change = change
        self._number = len(hits)
        self._alike = Counter(hit.type for hit in hits)
        self._met = frozenset(hit.address for hit in hits)

    def path(self, hit: Hit) -> Cells:
        yield f"hops.{hit.hops}" if hit.hops <= _NEAR else "hops.more", 1
        yield "hits", self._number
        yield "hits.alike", self._alike[hit.type]
        first, last = hit.path[0], hit.path[-1]
        yield from _set({"way": hit.on_the_way})
        if last.origin is not Origin.RULE:
            yield f"last.{last.origin.name}", 1
        for precision in {step.precision for step in hit.path}:
            yield f"edge.{precision.name}", 1
        yield from self._steps(hit.path)
        if last.argument:
            yield f"by.{_topic(last.argument)}", 1
        if first.argument:
            yield f"first.{_topic(first.argument)}", 1
        if first.attribute:
            is_identity = first.attribute in _IDENTITY
            yield "reads.identity" if is_identity else "reads.other", 1
            yield from _set({"reads.changed": first.attribute in self._change.changed})

    def _steps(self, path: tuple[Step, ...]) -> Cells:
        type_ = self._change.type
        behind = 0
        for number, step in enumerate(path):
            if step.argument.partition(".")[0] in attachment(type_):
                yield "behind.acted" if number < len(path) - 1 else "acted", 1
            node = self._graph.node(step.address)
            type_ = node.type if node is not None else ""
            if number < len(path) - 1:
                yield f"via.{resource_type(type_).resource_class}", 1
                yield from _set({"via.principal": type_ in PRINCIPAL_TYPES})
                behind += step.address in self._met
        if behind:
            yield "via.hit", behind


def _topic(argument: str) -> str:
    return topic_of(tuple(name for name in argument.split(".") if name))

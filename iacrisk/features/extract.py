"""One row per change, from the plan and its graph alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterator, Mapping
from functools import cached_property
from typing import Any, Final

import msgspec

from iacrisk.catalog import Basis, ResourceType, attachment, facts, resource_type
from iacrisk.features.differences import Differences, read_differences
from iacrisk.features.directions import Direction
from iacrisk.features.links import Links, mentions, words_of_identity
from iacrisk.features.overlaps import (
    Parents,
    comes_first,
    fights_standalone,
    shadows_route,
    takes_over,
)
from iacrisk.features.topics import topic_of
from iacrisk.graph import BlastRadius, Effect, Graph, Hit, NodeKind, blast_radius
from iacrisk.plan import ActionKind, Plan, ResourceChange

MOST_HITS: Final = 32
"""Counts of who is hit stop here: more does not make it surer."""

_MOST_TWINS: Final = 50
_LASTING: Final = 0.5

Scalar = str | int | float | bool

_CAUSES: Final = {
    "delete_because_no_resource_config": "cause.block_gone",
    "delete_because_no_module": "cause.block_gone",
    "delete_because_no_move_target": "cause.block_gone",
    "delete_because_wrong_repetition": "cause.key_gone",
    "delete_because_count_index": "cause.key_gone",
    "delete_because_each_key": "cause.key_gone",
    "replace_because_cannot_update": "cause.cannot_update",
    "replace_because_tainted": "cause.requested",
    "replace_by_request": "cause.requested",
    "replace_by_triggers": "cause.requested",
}
_VERBS: Final = {
    ActionKind.DELETE: "destroys",
    ActionKind.REPLACE: "destroys",
    ActionKind.UPDATE: "updates",
    ActionKind.CREATE: "creates",
}
_ACTIONS: Final = {
    ActionKind.CREATE: "action.create",
    ActionKind.UPDATE: "action.update",
    ActionKind.REPLACE: "action.replace",
    ActionKind.DELETE: "action.delete",
    ActionKind.FORGET: "action.forget",
    ActionKind.UNKNOWN: "action.strange",
}
_STAYS: Final = frozenset({ActionKind.NO_OP, ActionKind.UPDATE})


class FeatureRow(msgspec.Struct, frozen=True, kw_only=True):
    """The columns of one change that are not zero."""

    label: str
    values: dict[str, float]


def extract_features(
    plan: Plan, graph: Graph, leave_out: Container[str] = ()
) -> tuple[FeatureRow, ...]:
    """A row for each pending change of managed resources, in the plan's order.

    `leave_out`: labels of changes that get none.
    """
    surroundings = _Surroundings(plan, graph)
    return tuple(
        FeatureRow(label=change.label, values=_row(change, surroundings))
        for change in surroundings.pending
        if change.label not in leave_out
    )


class _Surroundings:
    """What the rows of one plan share; each part is made when it is first needed."""

    def __init__(self, plan: Plan, graph: Graph) -> None:
        self.plan = plan
        self.graph = graph
        self.pending = tuple(change for change in plan.pending if change.mode == "managed")
        self.destroyed = tuple(change for change in self.pending if change.destroys)

    @cached_property
    def links(self) -> Links:
        return Links(self.plan)

    @cached_property
    def parents(self) -> Parents:
        created = {item.type for item in self.pending if item.kind is ActionKind.CREATE}
        return Parents([item for item in self.plan.changes if item.type in created])

    @cached_property
    def blocks(self) -> Mapping[tuple[str, str, str], tuple[int, int]]:
        """Instances of each block today, and how many of them are destroyed."""
        there: Counter[tuple[str, str, str]] = Counter()
        going: Counter[tuple[str, str, str]] = Counter()
        for change in self.plan.changes:
            if change.kind is not ActionKind.CREATE:
                there[_block(change)] += 1
                going[_block(change)] += change.destroys
        return {block: (number, going[block]) for block, number in there.items()}

    @cached_property
    def created(self) -> Mapping[str, set[str]]:
        """The types that get a new object, with all the texts that stand in one."""
        going = self.deleted_types
        grouped: dict[str, set[str]] = defaultdict(set)
        for change in self.pending:
            if change.kind is ActionKind.CREATE and change.type in going:
                values = change.after.values()
                grouped[change.type].update(item for item in values if isinstance(item, str))
        return grouped

    @cached_property
    def made_anew(self) -> Mapping[str, list[frozenset[tuple[str, Scalar]]]]:
        """The known plain values of each new object whose type also goes, by type."""
        grouped: dict[str, list[frozenset[tuple[str, Scalar]]]] = defaultdict(list)
        for change in self.pending:
            if change.kind is ActionKind.CREATE and change.type in self.deleted_types:
                grouped[change.type].append(frozenset(_plain(change.after)))
        return grouped

    @cached_property
    def deleted_types(self) -> frozenset[str]:
        return frozenset(item.type for item in self.pending if item.kind is ActionKind.DELETE)

    @cached_property
    def mentions(self) -> Mapping[str, int]:
        wanted: dict[str, str] = {}
        for change in self.pending:
            if change.kind is ActionKind.DELETE:
                words: Iterator[str] | tuple[str, ...] = self.links.words(change.label)
            elif change.kind in {ActionKind.UPDATE, ActionKind.REPLACE}:
                words = words_of_identity(change.before, change.after)
            else:
                continue
            for word in words:
                wanted.setdefault(word, change.label)
        return mentions(self.plan, wanted)


def _row(change: ResourceChange, around: _Surroundings) -> dict[str, float]:
    known = resource_type(change.type)
    found = read_differences(change, around.links)
    values: dict[str, float] = {}
    for name, value in (
        *_actions(change),
        *_type(change, known),
        *_changed(change, found),
        *_reach(change, found, around),
        *_links(change, found, around),
        *_guards(change),
        *_place(change, around),
        *_overlaps(change, found, around),
    ):
        if value:
            values[name] = float(value)
    values.update((name, float(value)) for name, value in _harms(change, found, values) if value)
    return values


def _harms(change: ResourceChange, found: Differences, values: Mapping[str, float]) -> Cells:
    """Sums over columns that stand for the same kind of harm."""
    is_back = "twin.same_values" in values
    cuts: float = found.cuts
    if change.destroys and not is_back:
        cuts += values.get("parent.stays", 0)
        yield "harm.loses", values.get("type.lasting", 0) > _LASTING or "type.stateful" in values
        yield "harm.strands", values.get("users", 0) + values.get("mentions.old_name", 0)
    elif "renamed" in values:
        yield "harm.strands", values.get("mentions.old_name", 0)
    yield "harm.cuts", cuts


Cells = Iterator[tuple[str, float]]


def _actions(change: ResourceChange) -> Cells:
    action = _ACTIONS.get(change.kind)
    if action:
        yield action, 1
    yield "action.create_first", change.creates_first
    yield "action.moved", change.is_moved
    yield "action.imported", change.imports
    yield "deposed", change.deposed is not None
    cause = _CAUSES.get(change.action_reason or "")
    if cause:
        yield cause, 1


def _type(change: ResourceChange, known: ResourceType) -> Cells:
    verb = _VERBS.get(change.kind)
    if verb:
        yield f"{verb}.{known.resource_class}", 1
    if change.destroys:
        yield "type.stateful", known.stateful
        yield "type.lasting", 1 - known.recoverability
    yield "type.authoritative", known.authoritative
    yield "type.carrier", known.carrier
    yield "type.attachment", bool(attachment(change.type))
    yield "type.unknown", known.basis is Basis.UNKNOWN


def _changed(change: ResourceChange, found: Differences) -> Cells:
    for topic, direction in found.kinds:
        yield f"{topic}.{direction}", 1
    for path in change.replace_paths:
        names = tuple(step for step in path if isinstance(step, str))
        if names:
            yield f"forced_by.{topic_of(names)}", 1
    yield "takes", found.takes
    yield "gives", found.gives
    yield "swaps", found.swaps
    yield "unknown", found.unknown
    yield "idle", change.kind is ActionKind.UPDATE and found.is_idle
    yield "policy.taken", found.policies_taking
    yield "policy.given", found.policies_giving
    yield "policy.anybody", found.grants_to_anybody
    yield "policy.taken.living", len(found.living_in_taken)
    yield "policy.denies", found.denies
    yield "policy.outside", found.grants_outside
    yield "harm.lets_in", found.lets_in
    yield "policy.taken.use", found.uses_taken
    yield "policy.conditioned", found.conditioned
    yield "opens.world", found.opens_world


def _reach(change: ResourceChange, found: Differences, around: _Surroundings) -> Cells:
    radius = _radius(change, found, around.graph)
    yield "hit.near", sum(hit.hops == 1 for hit in radius.reached)
    yield "hit.far", sum(hit.hops > 1 for hit in radius.reached)
    for name, number in Counter(map(_class_of, radius.reached)).items():
        yield f"hit.{name}", number
    stay = sum(_stays(hit, around) for hit in radius.reached)
    yield "hit.stay", stay
    yield "hit.follow", len(radius.reached) - stay
    users = sum(_is_user(hit) for hit in radius.reached)
    yield "users", users
    yield from _users(change, found, users)
    if change.kind is ActionKind.UPDATE and not found.is_idle:
        uses = around.graph.consumers(change.label)
        yield "readers", sum(use.reference.attribute in change.changed for use in uses)


def _users(change: ResourceChange, found: Differences, users: int) -> Cells:
    match change.kind:
        case ActionKind.UPDATE:
            yield "takes.users", users if found.takes else 0
            yield "swaps.users", users if found.swaps else 0
        case ActionKind.DELETE | ActionKind.REPLACE:
            yield "destroys.users", users
        case ActionKind.CREATE:
            yield "creates.users", users
        case _:
            pass


def _radius(change: ResourceChange, found: Differences, graph: Graph) -> BlastRadius:
    match change.kind:
        case ActionKind.DELETE | ActionKind.UNKNOWN:
            effect = Effect.GONE
        case ActionKind.REPLACE:
            effect = Effect.REPLACED
        case ActionKind.UPDATE:
            effect = Effect.NONE if found.is_idle else Effect.IMPAIRED
        case ActionKind.CREATE:
            effect = Effect.IMPAIRED if attachment(change.type) else Effect.NONE
        case _:
            effect = Effect.NONE
    return blast_radius(graph, change.label, effect, limit=MOST_HITS)


def _class_of(hit: Hit) -> str:
    return "output" if hit.kind is NodeKind.OUTPUT else resource_type(hit.type).resource_class


def _is_user(hit: Hit) -> bool:
    return hit.kind is NodeKind.RESOURCE and not resource_type(hit.type).carrier


def _stays(hit: Hit, around: _Surroundings) -> bool:
    change = around.plan.by_label.get(hit.address)
    return change is None or change.kind is ActionKind.NO_OP


def _links(change: ResourceChange, found: Differences, around: _Surroundings) -> Cells:
    yield "link.cut", len(found.cut)
    for topic in found.cut_topics:
        yield f"link.cut.{topic}", 1
    yield "link.made", len(found.made)
    yield "link.moved", bool(found.cut and found.made)
    yield "link.lost", bool(found.cut and not found.made)
    yield "mentions.old_name", around.mentions.get(change.label, 0)
    if change.kind in {ActionKind.UPDATE, ActionKind.REPLACE}:
        yield "renamed", any(True for _ in words_of_identity(change.before, change.after))
    if change.destroys and attachment(change.type):
        kinds = [
            use.node.change.kind
            for use in around.graph.dependencies(change.label)
            if use.node.change is not None and use.node.kind is NodeKind.RESOURCE
        ]
        yield "parent.stays", sum(kind in _STAYS for kind in kinds)
        yield "parent.goes", sum(kind is ActionKind.DELETE for kind in kinds)


def _guards(change: ResourceChange) -> Cells:
    if not change.destroys:
        return
    before = change.before
    yield "guard.set", any(_holds(before, *item) for item in facts.GUARD_ATTRIBUTES.items())
    yield (
        "guard.forced",
        any(
            before.get(name) is True and (change.type, name) not in facts.FORCE_DESTROY_HARMLESS
            for name in facts.FORCE_DESTROY_ATTRIBUTES
        ),
    )
    copies = facts.FINAL_COPY.get(change.type, {})
    yield "guard.final_copy", any(before.get(name) == value for name, value in copies.items())
    abandons = facts.ABANDON | facts.ABANDON_BY_TYPE.get(change.type, {})
    yield "abandoned", any(before.get(name) == value for name, value in abandons.items())


def _holds(values: Mapping[str, Any], name: str, meaning_set: frozenset[Any]) -> bool:
    value = values.get(name)
    return isinstance(value, bool | str) and value in meaning_set


def _place(change: ResourceChange, around: _Surroundings) -> Cells:
    there, going = around.blocks.get(_block(change), (0, 0))
    itself = change.kind is not ActionKind.CREATE
    yield "siblings", there - itself
    yield "siblings.go", going - change.destroys
    yield "depth", change.module_address.count("module.")
    if change.kind is ActionKind.DELETE:
        texts = around.created.get(change.type)
        yield "twin.created", texts is not None
        if texts:
            yield "twin.same_name", not texts.isdisjoint(around.links.words(change.label))
            own = frozenset(_plain(change.before))
            alike = around.made_anew[change.type][:_MOST_TWINS]
            yield "twin.same_values", any(values and values <= own for values in alike)
    if change.kind is ActionKind.CREATE:
        yield "twin.destroyed", change.type in around.deleted_types
    yield "plan.changes", len(around.pending)
    yield "plan.destroys", len(around.destroyed)


def _plain(values: Mapping[str, Any]) -> Iterator[tuple[str, Scalar]]:
    for name, value in values.items():
        if isinstance(value, str | int | float | bool) and value != "":
            yield name, value


def _block(change: ResourceChange) -> tuple[str, str, str]:
    return change.module_address, change.type, change.name


def _overlaps(change: ResourceChange, found: Differences, around: _Surroundings) -> Cells:
    yield "overlap.route", found.shadows_inline_route
    if change.kind is ActionKind.CREATE and attachment(change.type):
        beside = around.parents.beside(change)
        yield "overlap.beside", bool(beside)
        yield "overlap.route", shadows_route(change, beside)
        yield "overlap.first", comes_first(change, beside)
    yield "overlap.list", takes_over(change, around.graph)
    if change.kind is ActionKind.UPDATE and Direction.ADDED in found.directions:
        yield "overlap.inline", fights_standalone(change, around.graph)

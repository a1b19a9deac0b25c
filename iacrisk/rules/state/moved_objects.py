"""S01 to S03: the same object under another address."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from iacrisk.catalog import ResourceClass
from iacrisk.plan import (
    UNKNOWN,
    ActionKind,
    ResourceChange,
    unset,
)
from iacrisk.rules.context import Context
from iacrisk.rules.readers.settings.left_alone import why_left_alone
from iacrisk.rules.readers.siblings import (
    Group,
    blocks,
    exists_today,
    pending_of_kind,
    skeleton,
)
from iacrisk.rules.rule import (
    Confidence,
    Flag,
    Harm,
    Outcome,
    Severity,
    Undecided,
    plan_rule,
)
from iacrisk.rules.state.key_changes import distinct_values, is_key_churn, is_neighbour, renamed
from iacrisk.rules.state.same_object import Pair, pair_up
from iacrisk.rules.state.severity import severity_of_loss


@plan_rule(
    id="S01",
    name="same-object-new-address",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
)
def same_object_new_address(context: Context) -> Iterator[Outcome]:
    """The same object is deleted at one address and created again at another.

    What it flags
        A delete and a create of one type whose names are equal (or, for an object without a
        name, whose whole known configuration is), with no `moved` block between them. What
        holds data weighs most; what the next apply rebuilds without loss is left out.

    Why it matters
        A refactoring was meant to move the object in the state. Terraform destroys the real one
        instead and builds an empty one, in no fixed order: the create can also fail because the
        name is taken, or the delete can take away what the create has just set.

    When it is fine
        The object is worthless and a gap does not matter.

    What to do instead
        Add a `moved` block from the old address to the new one, or run `terraform state mv`;
        the plan then shows no change.

    References
    ----------
        Incidents R056, R098, R124, R193.
    """
    deletes = [
        change
        for change in pending_of_kind(context, ActionKind.DELETE)
        if not why_left_alone(change)
    ]
    creates = pending_of_kind(context, ActionKind.CREATE)
    pairs = pair_up(deletes, (change for change in creates if not change.imports))
    for pair in pairs:
        if is_key_churn(pair.deleted, pair.created):
            continue
        known = context.type_of(pair.deleted)
        severity = severity_of_loss(known)
        if severity is not None:
            watches = known.resource_class is ResourceClass.CONTROL
            yield _moved_flag(pair, max(severity, Severity.MEDIUM) if watches else severity)


def _moved_flag(pair: Pair, severity: Severity) -> Flag:
    return Flag(
        address=pair.deleted.label,
        what=(
            "It is deleted here and the same object is created under another address; "
            "without a moved block the real one is destroyed."
        ),
        paths=pair.paths,
        severity=severity,
        confidence=pair.confidence,
        hurts=(pair.created.label,),
    )


@plan_rule(
    id="S02",
    name="index-shift",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
)
def index_shift(context: Context) -> Iterator[Outcome]:
    """Elements of a counted list move up or down, so objects are rebuilt as their neighbours.

    What it flags
        Instances of one `count` block that are to become what another index is today, because
        an element was added to or taken out of the list before them. On types that hold data
        an update in place counts too: the object keeps its data and gets its neighbour's name,
        and the data that is deleted is the last one's.

    Why it matters
        One element was meant to go; Terraform rebuilds every later one.

    When it is fine
        The last element is removed, or the type holds nothing and costs nothing to rebuild.

    What to do instead
        Use `for_each` with stable keys, and `moved` blocks from the indices to the keys.

    References
    ----------
        Incidents R048, R049, R050, R051, R052, R053, R054, R071.
    """
    for group in blocks(context.plan.changes):
        if len(group) > 1 and isinstance(group[0].key, int):
            yield from _shifts(group, severity_of_loss(context.type_of(group[0])))


def _shifts(group: Group, severity: Severity | None) -> Iterator[Outcome]:
    ends = [item for item in group if item.kind in {ActionKind.DELETE, ActionKind.CREATE}]
    moving = [item for item in group if _could_shift(item, severity)]
    if severity is None or not moving:
        return
    today = distinct_values(item for item in group if exists_today(item))
    for item in moving:
        path = next((name for name in sorted(item.changed) if is_neighbour(item, name, today)), "")
        others = [other for other in moving if other is not item]
        if path and (ends or others):
            lost = [end.label for end in ends if end.kind is ActionKind.DELETE]
            yield _shift_flag(item, path, severity, lost)
        elif ends and not path and (hidden := _hidden_name(item)):
            yield Undecided(
                address=item.label,
                why="Whether this index takes over its neighbour's object is known only at apply.",
                paths=((hidden,),),
            )


def _shift_flag(item: ResourceChange, path: str, severity: Severity, lost: list[str]) -> Flag:
    rebuilt = "is rebuilt" if item.destroys else "is changed in place"
    return Flag(
        address=item.label,
        what=(
            f"A list element was added or removed before it, so this index {rebuilt} "
            "as what its neighbour is today."
        ),
        paths=((path,),),
        severity=severity,
        hurts=tuple(lost),
    )


def _could_shift(item: ResourceChange, severity: Severity | None) -> bool:
    if item.kind is ActionKind.REPLACE:
        return True
    return item.kind is ActionKind.UPDATE and severity is Severity.CRITICAL


def _hidden_name(item: ResourceChange) -> str:
    """The name-like argument that forces the replacement and is not known yet."""
    unknown = (name for name in sorted(item.replace_roots) if item.after.get(name) is UNKNOWN)
    return next((name for name in unknown if not unset(item.before.get(name))), "")


@plan_rule(
    id="S03",
    name="for-each-key-renamed",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
)
def for_each_key_renamed(context: Context) -> Iterator[Outcome]:
    """A for_each key was renamed, so the object is deleted and created again.

    What it flags
        A delete and a create of one block, in the same or another instance of its module, that
        differ in one key only: they are the same object (equal name), or the keys are spellings
        of one another and everything else is equal.

    Why it matters
        For Terraform a new key is a new object; the old one is destroyed.

    When it is fine
        One element really goes and another, unrelated one comes. What holds data is then
        judged by the rule on deletes.

    What to do instead
        Add `moved { from = x["old"], to = x["new"] }`.

    References
    ----------
        Incidents R055, R098, R185.
    """
    creates = _by_skeleton(pending_of_kind(context, ActionKind.CREATE))
    deletes = _by_skeleton(pending_of_kind(context, ActionKind.DELETE))
    for block, gone in deletes.items():
        severity = severity_of_loss(context.type_of(gone[0]))
        if block not in creates or severity is None:
            continue
        for pair in renamed(gone, creates[block]):
            if pair.confidence is Confidence.HIGH or severity >= Severity.HIGH:
                yield _renamed_flag(pair, severity)


def _renamed_flag(pair: Pair, severity: Severity) -> Flag:
    return Flag(
        address=pair.deleted.label,
        what="Its for_each key was renamed, so it is deleted and created again as a new object.",
        paths=pair.paths,
        severity=severity,
        confidence=pair.confidence,
    )


def _by_skeleton(changes: Iterable[ResourceChange]) -> dict[str, Group]:
    grouped: dict[str, Group] = {}
    for change in changes:
        if "[" in change.address and not why_left_alone(change):
            grouped.setdefault(skeleton(change.address), []).append(change)
    return grouped

"""D04-D07: guards against deletion, lowered, gone, or asked too late."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from iacrisk.catalog import destroying, facts
from iacrisk.plan import UNKNOWN, ActionKind, Path, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import others_with
from iacrisk.rules.readers.settings.guard_values import guard_of, guards, lost_prevent_destroy
from iacrisk.rules.readers.settings.left_alone import abandon_settings, why_left_alone
from iacrisk.rules.rule import (
    Confidence,
    Flag,
    Harm,
    Outcome,
    Severity,
    Undecided,
    plan_rule,
    rule,
)

_FORCE: Final = facts.FORCE_DESTROY_ATTRIBUTES | destroying.MORE_FORCE_DESTROY


@rule(
    id="D04",
    name="force-destroy",
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    harm=Harm.DATA,
    kinds={ActionKind.UPDATE, ActionKind.DELETE, ActionKind.REPLACE},
)
def force_destroy(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """Deleting it deletes all that is in it: armed now, or used now.

    What it flags
        `force_destroy`, `force_delete`, `delete_contents_on_destroy` and their like switched
        on in place (armed), or on in the state of an object that is destroyed (used). The
        state counts: switching it on in the plan that destroys does not help that destroy.

    Why it matters
        Without it the delete of a full bucket fails, which is the last guard. It is the
        usual answer to "bucket not empty" and the first half of a two-step destroy.

    When it is fine
        A bucket that only tests write to. Types where it only skips a wait are not flagged.

    What to do instead
        Empty the object by hand, with eyes on what is in it, and leave the argument off.

    References
        Incidents R050, R078, R119, R121.
    """
    if change.type in destroying.SECRET_TYPES:
        return
    stateful = context.type_of(change).stateful
    for name in _force_arguments(change):
        if change.destroys:
            if _forces(name, change.before.get(name)) and stateful and not why_left_alone(change):
                yield Flag(what=f"{name} is on: all that is in it goes too.", paths=((name,),))
        elif change.kind is ActionKind.UPDATE:
            yield from _armed(change, name, stateful=stateful)


@rule(
    id="D05",
    name="guard-lowered",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.RECOVERY,
    kinds={ActionKind.UPDATE, ActionKind.DELETE, ActionKind.REPLACE},
)
def guard_lowered(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A guard against deletion is lowered.

    What it flags
        Deletion or termination protection switched off in place, in any provider; a final
        snapshot or an abandon setting given up; a disk that from now on goes with its
        machine; the retention policy of a bucket removed or shortened; and the delete of a
        lock (management lock, lien, vault lock) while no other holds the same object.

    Why it matters
        The plan shows one harmless update. The next one can delete.

    When it is fine
        The object is meant to go, and the person who approves knows that.

    What to do instead
        Keep the guard; lower it only in the change that removes the object, reviewed as such.

    References
        Incidents R160, R231, R076.
    """
    if change.type in destroying.LOCK_SCOPES:
        yield from _lock_gone(change, context)
        if change.destroys:
            return
    if change.kind is not ActionKind.UPDATE:
        return
    yield from _guards_off(change)
    yield from _copies_off(change)
    yield from _retention_off(change)
    if context.type_of(change).stateful:
        yield from _abandon_off(change)


@plan_rule(
    id="D06",
    name="vanished-prevent-destroy",
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    harm=Harm.DATA,
)
def vanished_prevent_destroy(context: Context) -> Iterator[Outcome]:
    """`prevent_destroy` stood in the base configuration and is gone.

    What it flags
        The destroy of a resource whose block had `lifecycle { prevent_destroy = true }`
        before this change, and the removal of the guard alone. A plan does not show
        lifecycle settings: the rule needs the base configuration (`--base`) and stays
        silent without it. A `moved` block takes the guard along when the new block has it.

    Why it matters
        The guard lives in the block. Who deletes the block deletes the guard, and Terraform
        destroys without an error.

    When it is fine
        The team agreed to let the object go.

    What to do instead
        Remove the guard in a change of its own, with a reason, then the resource.

    References
        Incidents R076, R108, R109, R110, R111, R193, R206.
    """
    if not context.source.edits.unguarded:
        return
    told: set[str] = set()
    for change in context.plan.changes:
        if not lost_prevent_destroy(change, context):
            continue
        block = change.block_address
        if change.destroys:
            what = "prevent_destroy guarded it; the guard is gone and it is destroyed."
            yield Flag(what=what, address=change.label)
        elif change.kind in {ActionKind.NO_OP, ActionKind.UPDATE} and block not in told:
            told.add(block)
            yield Flag(
                what="prevent_destroy guarded it and is gone: the next plan may destroy it.",
                address=change.label,
                severity=Severity.MEDIUM,
            )


@plan_rule(
    id="D07",
    name="child-of-guarded-parent",
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    harm=Harm.DATA,
)
def guarded_parent(context: Context) -> Iterator[Outcome]:
    """A part of a guarded object is destroyed: the guard is asked too late or not at all.

    What it flags
        The destroy of a database, table, user, node pool, listener or cluster member whose
        parent has deletion protection on. Where the parent is to go as well, its guard stops
        the apply only after the parts are gone. Where it stays, parts that hold data are
        flagged, and the last part of a kind that the parent cannot do without.

    Why it matters
        Terraform destroys in dependency order: parts first.

    When it is fine
        One of several instances or listeners is removed; a user or a client is retired.

    What to do instead
        Guard the parts too (`deletion_policy = "ABANDON"`, `prevent_destroy`), or take the
        guard off the parent first, so that all of it goes or none.

    References
        Incidents R059, R060.
    """
    for child_type, (argument, parent_type, keys) in destroying.PARENT_KEYS.items():
        children = context.changes_of(child_type)
        going = [change for change in children if change.destroys and not why_left_alone(change)]
        if going:
            parents = _by_key(context.changes_of(parent_type), keys)
            staying = {_key(change.after.get(argument)) for change in children} - {""}
            for change in going:
                parent = parents.get(_key(change.before.get(argument)))
                if parent is not None:
                    yield from _orphan(change, parent, context, staying, argument)


def _force_arguments(change: ResourceChange) -> list[str]:
    names = _FORCE & (change.changed if change.kind is ActionKind.UPDATE else change.before.keys())
    if change.before.get("deletion_policy") or change.after.get("deletion_policy"):
        names |= {"deletion_policy"}
    return sorted(name for name in names if (change.type, name) not in facts.FORCE_DESTROY_HARMLESS)


def _forces(name: str, value: Any) -> bool:
    return value == "FORCE" if name == "deletion_policy" else value is True


def _armed(change: ResourceChange, name: str, *, stateful: bool) -> Iterator[Outcome]:
    before, after = change.before.get(name), change.after.get(name)
    if before == after or _forces(name, before):
        return
    if after is UNKNOWN:
        yield Undecided(why=f"Whether {name} is switched on is not known yet.", paths=((name,),))
    elif _forces(name, after):
        yield Flag(
            what=f"{name} is switched on: a later delete takes all that is in it along.",
            paths=((name,),),
            severity=Severity.MEDIUM if stateful else Severity.LOW,
        )


def _guards_off(change: ResourceChange) -> Iterator[Outcome]:
    for difference in change.differences():
        name = _last_name(difference.path)
        if guards(name, difference.before) and not guards(name, difference.after):
            yield from _guard_off(change, name, difference.path, difference.after)
        elif _disk_was_kept(name, difference.before) and not _disk_was_kept(name, difference.after):
            yield Flag(
                what="A disk that outlived its machine will go with it.",
                paths=(difference.path,),
                severity=Severity.MEDIUM,
                confidence=Confidence.MEDIUM,
            )


def _guard_off(change: ResourceChange, name: str, path: Path, after: Any) -> Iterator[Outcome]:
    if after is UNKNOWN:
        yield Undecided(why=f"Whether {name} stays on is not known yet.", paths=(path,))
    elif after != "ABANDON":
        later = change.type in destroying.NEW_INSTANCES_ONLY or name == "protect_from_scale_in"
        yield Flag(
            what=f"Its guard against deletion, {name}, is switched off.",
            paths=(path,),
            severity=Severity.MEDIUM if later else None,
            confidence=Confidence.MEDIUM if later else None,
        )


def _disk_was_kept(name: str, value: Any) -> bool:
    return name in destroying.KEPT_ON_DELETE and value in (False, "false")


def _copies_off(change: ResourceChange) -> Iterator[Outcome]:
    for name, value in facts.FINAL_COPY.get(change.type, {}).items():
        if change.before.get(name) is (not value) and change.after.get(name) is value:
            yield _no_copy(name)
    named = facts.FINAL_COPY_NAME.get(change.type, "")
    if change.before.get(named) and change.after.get(named) in (None, ""):
        yield _no_copy(named)


def _no_copy(name: str) -> Flag:
    what = f"A later delete will keep no last copy: {name} is changed."
    return Flag(what=what, paths=((name,),), severity=Severity.MEDIUM)


def _abandon_off(change: ResourceChange) -> Iterator[Outcome]:
    for name, value in abandon_settings(change).items():
        before, after = change.before.get(name), change.after.get(name)
        if before != value or after in (value, "PREVENT"):
            continue
        if after is UNKNOWN:
            yield Undecided(why=f"Whether {name} stays is not known yet.", paths=((name,),))
        else:
            yield Flag(
                what=f"{name} changes: a later delete will reach the real object.",
                paths=((name,),),
                severity=Severity.MEDIUM,
            )


def _retention_off(change: ResourceChange) -> Iterator[Outcome]:
    if change.type != "google_storage_bucket" or "retention_policy" not in change.changed:
        return
    before = _seconds(change.was("retention_policy.0.retention_period"))
    after = change.becomes("retention_policy.0.retention_period")
    if after is UNKNOWN:
        why = "How long objects cannot be deleted is not known yet."
        yield Undecided(why=why, paths=(("retention_policy",),))
    elif _seconds(after) < before:
        what = "Its objects can be deleted sooner: the retention policy is shortened or removed."
        yield Flag(what=what, paths=(("retention_policy",),))


def _seconds(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return 0.0


def _lock_gone(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    argument = destroying.LOCK_SCOPES[change.type]
    before, after = change.before.get(argument), change.after.get(argument)
    if not change.destroys or (change.kind is ActionKind.REPLACE and before == after):
        return
    if others_with(change, context, argument):
        return
    if after is UNKNOWN:
        yield Undecided(why="What the lock holds from now on is not known.", paths=((argument,),))
    else:
        yield Flag(what="A lock that keeps another object is taken away.", paths=((argument,),))


def _orphan(
    change: ResourceChange,
    parent: ResourceChange,
    context: Context,
    staying: set[str],
    argument: str,
) -> Iterator[Outcome]:
    name = guard_of(parent)
    if name is None:
        return
    if parent.destroys:
        what = f"It goes before the guard of its parent, {name}, stops the apply."
        yield Flag(what=what, address=change.label)
    elif change.type in destroying.NEED_A_SIBLING:
        gone = change.kind is ActionKind.DELETE
        if gone and _key(change.before.get(argument)) not in staying:
            what = "Its parent is guarded and stays, but nothing of this kind is left in it."
            yield Flag(what=what, address=change.label)
    elif context.type_of(change).stateful:
        what = f"The guard of its parent, {name}, does not cover it."
        yield Flag(what=what, address=change.label)


def _by_key(parents: Iterable[ResourceChange], keys: tuple[str, ...]) -> dict[str, ResourceChange]:
    return {
        _key(parent.before.get(name)): parent
        for parent in parents
        for name in keys
        if parent.before.get(name)
    }


def _key(value: Any) -> str:
    return str(value) if isinstance(value, str | int) else ""


def _last_name(path: Path) -> str:
    last = path[-1] if path else ""
    if isinstance(last, str):
        return last
    return next((step for step in reversed(path) if isinstance(step, str)), "")

"""S: addresses, state and plan hygiene."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from iacrisk.catalog import ResourceClass, ResourceType
from iacrisk.plan import (
    UNKNOWN,
    ActionKind,
    Path,
    ResourceChange,
    parse_path,
    unset,
    wire,
)
from iacrisk.rules.context import Context
from iacrisk.rules.key_changes import distinct_values, is_key_churn, is_neighbour, renamed
from iacrisk.rules.left_alone import why_left_alone
from iacrisk.rules.removed_settings import removed_settings
from iacrisk.rules.rule import (
    Confidence,
    Flag,
    Harm,
    Outcome,
    Rule,
    Severity,
    Undecided,
    plan_rule,
    rule,
)
from iacrisk.rules.same_object import Pair, names_of, pair_up
from iacrisk.rules.siblings import (
    Group,
    blocks,
    exists_today,
    pending_of_kind,
    skeleton,
)

_SERIOUS: Final = frozenset(
    {
        ResourceClass.CLUSTER,
        ResourceClass.COMPUTE,
        ResourceClass.ENCRYPTION,
        ResourceClass.ENTRY_POINT,
        ResourceClass.IDENTITY,
        ResourceClass.NETWORK_PATH,
    }
)


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
        severity = _severity(context.type_of(pair.deleted))
        if severity is not None:
            yield _moved_flag(pair, severity)


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
    )


def _severity(known: ResourceType) -> Severity | None:
    """How bad it is to lose the object of a type and get a new one."""
    if known.resource_class is ResourceClass.STATELESS:
        return None
    if known.resource_class in {ResourceClass.STATEFUL, ResourceClass.CONTAINER}:
        return Severity.CRITICAL
    if known.resource_class in _SERIOUS:
        loses_data = known.stateful and known.resource_class is not ResourceClass.COMPUTE
        return Severity.CRITICAL if loses_data else Severity.HIGH
    return Severity.MEDIUM if known.carrier else Severity.LOW


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
            yield from _shifts(group, _severity(context.type_of(group[0])))


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
            yield _shift_flag(item, path, severity)
        elif ends and not path and (hidden := _hidden_name(item)):
            yield Undecided(
                address=item.label,
                why="Whether this index takes over its neighbour's object is known only at apply.",
                paths=((hidden,),),
            )


def _shift_flag(item: ResourceChange, path: str, severity: Severity) -> Flag:
    rebuilt = "is rebuilt" if item.destroys else "is changed in place"
    return Flag(
        address=item.label,
        what=(
            f"A list element was added or removed before it, so this index {rebuilt} "
            "as what its neighbour is today."
        ),
        paths=((path,),),
        severity=severity,
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
        severity = _severity(context.type_of(gone[0]))
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


@plan_rule(
    id="S04",
    name="mass-destroy",
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    harm=Harm.DATA,
)
def mass_destroy(context: Context) -> Iterator[Outcome]:
    """The plan deletes most of what the state manages.

    What it flags
        `terraform plan -destroy` or another plan after which nothing is left, from three objects
        on; and a plan that deletes at least half of the managed objects and five or more.
        Objects that the next apply rebuilds without loss do not count. It is critical where
        data, keys, clusters, machines or entry points are among them, or where ten or more
        objects go; a small tear-down of other things is only worth a look.

    Why it matters
        The wrong workspace, the wrong state file or a lost module block look just like a
        tear-down that somebody wants.

    When it is fine
        A short-lived environment is taken down on purpose.

    What to do instead
        Compare workspace, backend key and account with what you meant. Delete step by step, and
        take copies of what holds data first.

    References
    ----------
        Incidents R001, R005, R007, R008, R109, R209.
    """
    gone = [item for item in _counted(context, ActionKind.DELETE) if not why_left_alone(item)]
    heavy = sum(_is_heavy(context.type_of(item)) for item in gone)
    total = max(_managed_today(context), len(gone))
    whole = context.plan.is_destroy or len(gone) == total
    severity = _destroy_severity(len(gone), total, heavy, whole=whole)
    if severity is not None:
        yield Flag(
            what=f"It deletes {len(gone)} of {total} managed objects, {heavy} of which hold data "
            "or are hard to bring back.",
            severity=severity,
            confidence=Confidence.HIGH if severity is Severity.CRITICAL else Confidence.MEDIUM,
        )


_FEWEST: Final = 3
_MANY: Final = 10


def _destroy_severity(gone: int, total: int, heavy: int, *, whole: bool) -> Severity | None:
    if whole and gone >= _FEWEST:
        return Severity.CRITICAL if heavy or gone >= _MANY else Severity.MEDIUM
    if not whole and gone >= 5 and gone * 2 >= total:
        return Severity.CRITICAL if heavy > 1 or gone >= _MANY else Severity.MEDIUM
    is_large_part = gone >= 25 and gone * 4 >= total and heavy >= _FEWEST
    return Severity.HIGH if is_large_part else None


def _counted(context: Context, *kinds: ActionKind) -> list[ResourceChange]:
    return [
        item
        for item in pending_of_kind(context, *kinds)
        if context.type_of(item).resource_class is not ResourceClass.STATELESS
    ]


_HEAVY: Final = frozenset({ResourceClass.STATEFUL, ResourceClass.CONTAINER, ResourceClass.CLUSTER})
_HEAVY_IF_SLOW: Final = {
    ResourceClass.COMPUTE: 0.5,
    ResourceClass.ENCRYPTION: 0.6,
    ResourceClass.ENTRY_POINT: 0.6,
}
"""Heavy up to this recoverability."""


def _is_heavy(known: ResourceType) -> bool:
    if known.resource_class in _HEAVY:
        return known.name not in _LOGS
    return known.recoverability <= _HEAVY_IF_SLOW.get(known.resource_class, -1)


_LOGS: Final = frozenset({"aws_cloudwatch_log_group", "aws_cloudwatch_log_stream"})
"""They come with every function and task, and alone do not make a tear-down a disaster."""


def _managed_today(context: Context) -> int:
    """How many objects the state manages; a targeted plan lists only some of them."""
    listed = [item for item in context.plan.changes if exists_today(item)]
    state = [item for item in _prior_resources(context) if item.mode == "managed"]
    types = max(([item.type for item in listed], [item.type for item in state]), key=len)
    stateless = sum(_is_stateless(context, name) for name in types)
    return len(types) - stateless


def _is_stateless(context: Context, type_name: str) -> bool:
    changes = context.changes_of(type_name)
    if not changes:
        return False
    return context.type_of(changes[0]).resource_class is ResourceClass.STATELESS


def _prior_resources(context: Context) -> Iterator[wire.StateResource]:
    prior = context.plan.document.prior_state
    root = prior.values.root_module if prior and prior.values else None
    waiting = [root] if root else []
    while waiting:
        module = waiting.pop()
        yield from module.resources or ()
        waiting += module.child_modules or ()


@plan_rule(
    id="S05",
    name="lost-state",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
)
def lost_state(context: Context) -> Iterator[Outcome]:
    """The plan creates what already exists: the state may be lost or belong elsewhere.

    What it flags
        Creates whose fixed name a data source of the same plan already finds, and objects that
        the refresh found gone in such number that the wrong account, region or state is the
        likelier cause. A plan that only creates, with no such sign, passes: that is what the first
        plan of every root module looks like.

    Why it matters
        The apply builds duplicates or fails half-way, and the clean-up that follows tends to
        destroy the originals.

    When it is fine
        The root module is new.

    What to do instead
        Check the backend, the workspace and the account. Import what exists.

    References
    ----------
        Incident R002.
    """
    creates = _counted(context, ActionKind.CREATE)
    if not creates:
        return
    is_empty = not any(item.mode == "managed" for item in _prior_resources(context))
    is_empty = is_empty and not any(map(exists_today, context.plan.changes))
    found = list(_already_there(context, creates))
    vanished = _vanished(context, creates)
    if found and is_empty:
        yield Flag(
            what=f"The state holds nothing, yet a data source already finds {len(found)} of the "
            f"{len(creates)} objects to be created, by name.",
        )
    for item, path in found if not is_empty else ():
        yield Flag(
            address=item.label,
            what="It is to be created, but a data source already finds an object of its name.",
            paths=(path,),
            severity=Severity.MEDIUM,
        )
    if vanished:
        yield Flag(
            what=f"{vanished} managed objects were not found any more and are created again; "
            "the credentials may point at another account or region.",
        )


def _already_there(
    context: Context, creates: list[ResourceChange]
) -> Iterator[tuple[ResourceChange, Path]]:
    """The creates whose name a data source of their type lists, singular or plural."""
    seen = _found_by_data_sources(context, {item.type for item in creates})
    for item in creates:
        for path, value in names_of(item.type, item.after)[:1]:
            if value in seen.get(item.type, ()):
                yield item, parse_path(path)


def _found_by_data_sources(context: Context, types: set[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for item in _prior_resources(context):
        for type_name in (item.type, item.type.removesuffix("s")) if item.mode == "data" else ():
            if type_name in types:
                values = msgspec.json.decode(item.values)
                found.setdefault(type_name, set()).update(_names_in(values))
    return found


def _names_in(value: Any) -> Iterator[str]:
    """Strings at the top of the values and in lists there: a name, or a list of names."""
    items = value.values() if isinstance(value, dict) else ()
    for item in items:
        if isinstance(item, str):
            yield item
        elif isinstance(item, list):
            yield from (entry for entry in item if isinstance(entry, str))


def _vanished(context: Context, creates: list[ResourceChange]) -> int:
    """How many creates make again what the refresh found gone; 0 where that is no pattern."""
    gone = {item.address for item in context.plan.drift if item.kind is ActionKind.DELETE}
    again = sum(item.address in gone for item in creates)
    others = sum(map(exists_today, context.plan.changes))
    return again if again >= 3 and again > others else 0


@rule(
    id="S06",
    name="forgotten-object",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    harm=Harm.HYGIENE,
    kinds={ActionKind.FORGET, ActionKind.REPLACE},
)
def forgotten_object(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """Terraform stops managing an object that keeps running.

    What it flags
        A `removed` block with `destroy = false`, and a replacement that leaves the old object
        behind.

    Why it matters
        Nothing breaks today. The object costs money, drifts and is seen by no policy.

    When it is fine
        Another root module imports it, or it is handed over to somebody else.

    What to do instead
        Import it where it is managed from now on, in the same change.

    References
    ----------
        Incidents R140, R197.
    """
    del context
    if "forget" in change.actions:
        yield Flag(what="Terraform forgets the object, which keeps running unmanaged.")


@rule(
    id="S07",
    name="import-with-destroy",
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    harm=Harm.DATA,
    kinds={ActionKind.REPLACE, ActionKind.DELETE},
)
def import_with_destroy(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """An object is imported and destroyed in one step.

    What it flags
        An import whose configuration differs in an argument that cannot be changed in place.

    Why it matters
        Whoever imports an object wants to keep it. The first apply destroys it.

    When it is fine
        Never on purpose; to replace an object, import it first and read the plan that follows.

    What to do instead
        Correct the configuration until the import plans no replacement.

    References
    ----------
        Incidents R077, R090, R094, R192.
    """
    if not (change.imports and change.destroys):
        return
    harmless = context.type_of(change).resource_class is ResourceClass.STATELESS
    yield Flag(
        what="The object is imported and destroyed in the same apply.",
        paths=change.replace_paths,
        severity=Severity.MEDIUM if harmless else None,
        confidence=Confidence.MEDIUM if harmless else None,
    )


@rule(
    id="S08",
    name="import-strips-settings",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.UPDATE},
)
def import_strips_settings(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """An import removes settings that the live object has.

    What it flags
        An imported object that is updated at once, where values or blocks it has today are
        missing afterwards: environment variables, rules, policies, alerts, members.

    Why it matters
        The configuration was written thinner than the object is. What it leaves out is taken
        away, and secret values often cannot be brought back.

    When it is fine
        Only tags, descriptions or arguments that exist in Terraform alone change.

    What to do instead
        Write the missing settings into the configuration until the import changes nothing, or
        name them in `ignore_changes`.

    References
    ----------
        Incident R102.
    """
    del context
    if not change.imports:
        return
    removed = removed_settings(change)
    if removed:
        roots = list(dict.fromkeys(str(path[0]) for path in removed))
        yield Flag(
            what=f"The import takes settings away from the live object: {', '.join(roots[:5])}.",
            paths=tuple(removed[:10]),
        )


@plan_rule(
    id="S09",
    name="incomplete-plan",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    harm=Harm.HYGIENE,
)
def incomplete_plan(context: Context) -> Iterator[Outcome]:
    """The plan covers only a part of the configuration.

    What it flags
        `complete: false`: `-target` was used, or Terraform deferred changes.

    Why it matters
        What depends on the targets is not in the plan, so nobody sees how far it reaches.

    When it is fine
        To get out of a broken state, with a full plan right afterwards.

    What to do instead
        Plan without `-target`.

    References
    ----------
        Incident R208.
    """
    document = context.plan.document
    if document.complete is False and not document.errored:  # an errored plan is never complete
        yield Flag(what="The plan is partial; what depends on the changes may be missing from it.")


@plan_rule(
    id="S10",
    name="deposed-object",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    harm=Harm.HYGIENE,
)
def deposed_object(context: Context) -> Iterator[Outcome]:
    """The plan deletes the old half of a replacement that did not finish.

    What it flags
        A deposed object: `create_before_destroy` made the new one, and the old one could not
        be deleted at the time. It weighs more where the old one holds data.

    Why it matters
        Something still held the old object when the last apply failed, and may do so still.

    When it is fine
        The new object serves everybody.

    What to do instead
        Find out what holds the old object before you delete it.

    References
    ----------
        Incident R172.
    """
    for change in context.plan.pending:
        severity = _severity(context.type_of(change))
        if change.deposed and change.destroys and severity is not None:
            holds_data = severity is Severity.CRITICAL
            yield Flag(
                address=change.label,
                what="The old object of an unfinished replacement is deleted.",
                severity=Severity.MEDIUM if holds_data else Severity.LOW,
            )


@rule(
    id="S11",
    name="tainted-replacement",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.REPLACE},
)
def tainted_replacement(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """An object is replaced because it is marked as tainted, not because anything changed.

    What it flags
        A replacement with the reason "tainted" on a type that is not rebuilt without loss.

    Why it matters
        The mark stays from a create that failed half-way or from a person. The object may be
        healthy and in use since.

    When it is fine
        The object really is broken.

    What to do instead
        Look at the object; if it works, run `terraform untaint`.

    References
    ----------
        https://developer.hashicorp.com/terraform/cli/commands/untaint
    """
    severity = _severity(context.type_of(change))
    if change.action_reason != "replace_because_tainted" or severity is None:
        return
    heavy = severity is Severity.CRITICAL
    if change.destroys and severity >= Severity.MEDIUM:
        yield Flag(
            what="It is replaced only because it is marked as tainted; it may be healthy.",
            severity=Severity.HIGH if heavy else Severity.MEDIUM,
        )


@rule(
    id="S12",
    name="replacement-by-request",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.REPLACE},
)
def replacement_by_request(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """Somebody asked for the replacement with -replace.

    What it flags
        A replacement by request: critical for what holds data, serious for a machine that is
        deleted before its successor exists, else a note.

    Why it matters
        The intent is clear, its consequence may not be: nothing in the configuration says why,
        and the next plan will not show it again.

    When it is fine
        The object holds nothing and its users can wait.

    What to do instead
        Restart or repair the object in place where the service offers it.

    References
    ----------
        Incident R222.
    """
    known = context.type_of(change)
    severity = _severity(known)
    if change.action_reason != "replace_by_request" or severity is None or not change.destroys:
        return
    if severity is not Severity.CRITICAL:
        loses_disk = known.stateful and not change.creates_first
        severity = Severity.HIGH if loses_disk else Severity.LOW
    yield Flag(what="It is replaced because -replace was given.", severity=severity)


@plan_rule(
    id="S17",
    name="errored-plan",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    harm=Harm.HYGIENE,
)
def errored_plan(context: Context) -> Iterator[Outcome]:
    """Terraform could not finish the plan, or will not apply it.

    What it flags
        `errored: true`, and `applyable: false` on a plan that has changes. A `prevent_destroy`
        that was hit ends like this.

    Why it matters
        The plan is blocked, not safe. The next edit often removes the guard that blocked it.

    When it is fine
        Never as a plan to approve.

    What to do instead
        Read the error. Change what ran into the guard, not the guard.

    References
    ----------
        Incident R207.
    """
    document = context.plan.document
    pending = any(change.kind is not ActionKind.READ for change in context.plan.pending)
    if document.errored:
        yield Flag(what="Terraform stopped with an error; the plan is partial.")
    elif document.applyable is False and pending:
        yield Flag(what="The plan has changes that Terraform will not apply.")


RULES: Final[tuple[Rule, ...]] = (
    same_object_new_address,
    index_shift,
    for_each_key_renamed,
    mass_destroy,
    lost_state,
    forgotten_object,
    import_with_destroy,
    import_strips_settings,
    incomplete_plan,
    deposed_object,
    tainted_replacement,
    replacement_by_request,
    errored_plan,
)

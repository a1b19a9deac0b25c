"""S04, S05: what happens to the state as a whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from iacrisk.catalog import ResourceClass, ResourceType
from iacrisk.plan import (
    ActionKind,
    Path,
    ResourceChange,
    parse_path,
    wire,
)
from iacrisk.rules.context import Context
from iacrisk.rules.readers.settings.left_alone import why_left_alone
from iacrisk.rules.readers.siblings import (
    exists_today,
    pending_of_kind,
)
from iacrisk.rules.rule import (
    Confidence,
    Flag,
    Harm,
    Outcome,
    Severity,
    plan_rule,
)
from iacrisk.rules.state.same_object import names_of


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
    listed = [item.type for item in context.plan.changes if exists_today(item)]
    state = [item.type for item in _prior_resources(context) if item.mode == "managed"]
    types = Counter(state if len(state) > len(listed) else listed)
    return sum(number for name, number in types.items() if not _is_stateless(context, name))


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
        found = seen.get(item.type)
        if found is None:
            continue
        for path, value in names_of(item.type, item.after)[:1]:
            if value in found:
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

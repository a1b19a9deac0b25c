"""Look-alikes in which only a size changes: more of it, kept longer, the spare tail gone."""

from __future__ import annotations

from typing import Final

from iacrisk.catalog import facts, harmless
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.benign.growth import all_grow, grows, is_number, larger_class
from iacrisk.rules.benign.harmless_attributes import explain
from iacrisk.rules.benign.tail import is_spare_tail
from iacrisk.rules.benign.whole import whole
from iacrisk.rules.context import Context

_UPDATE: Final = frozenset({ActionKind.UPDATE})


@whole(id="BL-scaleout", name="scale-out", kinds=_UPDATE)
def scale_out(change: ResourceChange, context: Context) -> str | None:
    """More of the same: numbers of instances or capacity grow.

    Harmless when
        Only counts change and all of them grow, none to more than three times.

    Traps
        One count grows while another shrinks; a count not known yet; types that pause or
        move data to grow.

    References
        Incident R225.
    """
    if change.type in harmless.GROWS_WITH_A_PAUSE or change.type == "aws_lambda_function":
        return None
    numbers = change.changed.intersection(facts.CAPACITY_ATTRIBUTES.get(change.type, ()))
    rest = change.changed - numbers
    if numbers:
        if all(grows(change.was(name), change.becomes(name)) for name in numbers) and (
            not rest or explain(change, context, *rest) is not None
        ):
            return "it only grows"
    elif all_grow(change):
        return "it only grows"
    return None


@whole(
    id="BL-scalein",
    name="tail-scale-in",
    kinds={ActionKind.DELETE},
)
def tail_scale_in(change: ResourceChange, context: Context) -> str | None:
    """The last of several counted machines goes; the others keep their places.

    Harmless when
        The highest index goes, at least two machines and two thirds stay untouched, and
        nothing that stays refers to the one that goes.

    Traps
        An index out of the middle, which replaces the ones behind it; machines with disks of
        their own or with a vote (databases, brokers, control planes).

    References
        Incident R205.
    """
    if change.action_reason == "delete_because_count_index" and is_spare_tail(change, context):
        return "the last of several like it goes, the others stay"
    return None


@whole(
    id="BL-logret",
    name="kept-longer",
    kinds=_UPDATE,
    types=harmless.MORE_RETENTION,
)
def kept_longer(change: ResourceChange, context: Context) -> str | None:
    """Logs or messages are kept longer.

    Harmless when
        The retention grows, or becomes "for ever".

    Traps
        From "for ever" (0) to any number of days, which deletes history.

    References
        Incidents R198, R199.
    """
    name = harmless.MORE_RETENTION[change.type]
    rest = change.changed - {name}
    if name not in change.changed or (rest and explain(change, context, *rest) is None):
        return None
    before, after = change.was(name), change.becomes(name)
    if not is_number(before) or not is_number(after):
        return None
    forever = change.type == "aws_cloudwatch_log_group"
    if (forever and after == 0) or (after > before and not (forever and before == 0)):
        return "it is only kept longer"
    return None


@whole(
    id="BL-rds",
    name="deferred-or-calm-growth",
    kinds=_UPDATE,
    types={"aws_db_instance"},
)
def deferred_growth(change: ResourceChange, context: Context) -> str | None:
    """A database grows, at once without a pause or in its maintenance window.

    Harmless when
        Storage or throughput grows, or the instance class becomes larger without
        `apply_immediately`.

    Traps
        `apply_immediately`; a smaller class; any other argument, such as a version.

    References
        Incident R151.
    """
    calm = set(harmless.CALM_GROWTH[change.type])
    growing = change.changed & (calm | {"instance_class"})
    rest = change.changed - growing
    if not growing or (rest and explain(change, context, *rest) is None):
        return None
    if not all(grows(change.was(name), change.becomes(name)) for name in growing & calm):
        return None
    if "instance_class" not in growing:
        return "its storage only grows"
    if change.becomes("apply_immediately") in (None, False) and larger_class(
        change.was("instance_class"), change.becomes("instance_class")
    ):
        return "it becomes larger in its maintenance window"
    return None

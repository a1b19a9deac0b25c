"""X13: an alarm and the metric it watches part."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange, lookup
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.rule import CHANGES, Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

Metric = tuple[Any, Any]
"""Namespace and name; either may be UNKNOWN."""
_FILTER: Final = "aws_cloudwatch_log_metric_filter"
_ALARM: Final = "aws_cloudwatch_metric_alarm"


@rule(
    id="X13",
    name="alarm-without-metric",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.DETECTION,
    kinds=CHANGES | {ActionKind.DELETE},
    types={_ALARM, _FILTER},
)
def alarm_without_metric(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A log filter's metric gets another name or goes, and an alarm still waits for the old one.

    What it flags
        A metric filter that publishes under another name or namespace, or is deleted, while an
        alarm of the plan watches the old metric afterwards; and an alarm that turns to another
        metric than the one it watches, unless a filter of the plan publishes that one.

    Why it matters
        An alarm without data is calm. Nobody is called, and nothing says so.

    When it is fine
        Something outside the plan publishes the metric too.

    What to do instead
        Change the filter and its alarms in one plan, and let the alarm go off once.

    References
        https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html
    """
    if change.type == _FILTER:
        yield from _of_filter(change, context)
    elif change.kind is ActionKind.UPDATE:
        yield from _of_alarm(change, context)


def _of_filter(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    old = _published(change.before)
    new = None if change.kind is ActionKind.DELETE else _published(change.after)
    if old is None or old == new or change.kind is ActionKind.CREATE:
        return
    if new is not None and UNKNOWN in new:
        yield Undecided(why="The new metric is not known.", paths=(("metric_transformation",),))
        return
    if old in _all_published(context):
        return
    waiting = tuple(
        alarm.label
        for alarm in context.changes_of(_ALARM)
        if alarm.kind is not ActionKind.DELETE and _watched(alarm.after) == old
    )
    if waiting:
        yield Flag(
            what=f"{waiting[0]} still watches {old[1]}, which nothing publishes any more.",
            paths=(("metric_transformation",),),
            hurts=waiting,
        )


def _of_alarm(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    old, new = _watched(change.before), _watched(change.after)
    if old is None or new is None or old == new:
        return
    if UNKNOWN in new:
        yield Undecided(why="The new metric is not known.", paths=(("metric_name",),))
    elif new not in _all_published(context):
        yield Flag(
            what="It watches another metric.",
            paths=(("metric_name",),),
            severity=Severity.MEDIUM,
            confidence=Confidence.MEDIUM,
        )


def _published(tree: dict[str, Any]) -> Metric | None:
    block = lookup(tree, ("metric_transformation", 0))
    return _metric(block, "name") if isinstance(block, dict) else None


def _watched(tree: dict[str, Any]) -> Metric | None:
    return _metric(tree, "metric_name")


def _metric(tree: dict[str, Any], name: str) -> Metric | None:
    namespace, metric = tree.get("namespace"), tree.get(name)
    return None if namespace is None or metric is None else (namespace, metric)


def _all_published(context: Context) -> frozenset[Metric]:
    """What the log filters of the plan publish in the end."""
    return once(
        context.plan,
        "metrics published",
        lambda: frozenset(
            metric
            for item in context.changes_of(_FILTER)
            if (metric := _published(item.after)) is not None and UNKNOWN not in metric
        ),
    )

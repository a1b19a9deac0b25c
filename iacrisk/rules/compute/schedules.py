"""C31: what runs by the calendar runs far more often."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from iacrisk.catalog.settings import Direction, settings_of, types_with_settings
from iacrisk.patterns import regex
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.messages.feeding import fed_by
from iacrisk.rules.readers.settings.schedules import is_oftener, runs_a_day
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, rule

_SCHEDULES: Final = {
    type_name: setting.path
    for type_name in types_with_settings("C15")
    for setting in settings_of("C15", type_name)
    if setting.direction is Direction.RARER
}
"""The arguments that hold a schedule, by the catalog's rows on schedules that come more seldom."""

_NOT_REPEATABLE: Final = regex(
    r"bill|campaign|charge|debit|dunning|invoic|mail|newsletter|notif|(?<![a-z])orders?(?![a-z])|"
    r"(?<![a-z])pay(?!load)|penalt|refund|remind|settle|(?<![a-z])sms|subscription",
    re.IGNORECASE,
)
"""Words for work that must not be done twice: money and mail."""

_WEEKLY: Final = 1 / 6.5


@rule(
    id="C31",
    name="runs-far-more-often",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.DATA,
    kinds={ActionKind.UPDATE},
    types=_SCHEDULES,
    since="0.2",
)
def runs_far_more_often(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A job comes to run six times as often, or more.

    What it flags
        A schedule such as `cron(0 6 1 * ? *)` that becomes `cron(0 6 * * ? *)`. Gravest where the
        job or what it starts is named after money or mail; of medium severity where it
        ran once a week or less; else a remark.

    Why it matters
        A job that was written for once a month seldom asks whether it ran yesterday. Customers
        are charged again, or get the same mail every day.

    When it is fine
        The job finds out by itself what it has done already.

    What to do instead
        Run it once by hand at the new time and look at what it does the second time.

    References
        https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
    """
    path = _SCHEDULES[change.type]
    before, after = change.was(path), change.becomes(path)
    if path not in change.changed or not is_oftener(before, after):
        return
    seldom = (runs_a_day(before) or 0) <= _WEEKLY
    started = _started(change, context)
    names = (change.address, change.before.get("name"), change.before.get("description"))
    called = [*map(str, names), *started]
    grave = any(map(_NOT_REPEATABLE.search, called))
    yield Flag(
        what=f"It runs by {after} instead of {before}.",
        paths=((path,),),
        severity=None if grave else Severity.MEDIUM,
        confidence=None if grave or seldom else Confidence.LOW,
        hurts=tuple(started),
    )


def _started(change: ResourceChange, context: Context) -> list[str]:
    """What the schedule starts, itself or by its targets."""
    uses = [use.node.change for use in context.consumers(change)]
    targets = [one for one in uses if one is not None and one.type == _TARGETS]
    return [found.label for one in (change, *targets) for found in fed_by(one, context)]


_TARGETS: Final = "aws_cloudwatch_event_target"

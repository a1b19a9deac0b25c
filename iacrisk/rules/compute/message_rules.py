"""C40: a subscription loses the rules by which messages come to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from iacrisk.patterns import regex
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.messages.subscriptions import readers_of_subscription
from iacrisk.rules.readers.settings.removals import subject_goes
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, rule

_RULE: Final = "azurerm_servicebus_subscription_rule"
_ALL: Final = regex(r"^\s*(1\s*=\s*1|true)\s*$", re.IGNORECASE)
_NONE: Final = regex(r"^\s*(1\s*=\s*0|false)\s*$", re.IGNORECASE)


@rule(
    id="C40",
    name="subscription-hears-nothing",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.UPDATE, ActionKind.DELETE},
    types={_RULE},
    since="0.2",
)
def subscription_hears_nothing(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A subscription of a topic is left without a rule that lets messages through.

    What it flags
        A rule of a Service Bus subscription that goes or comes to match nothing, while no other
        rule, kept or new, lets anything through; less gravely, one of several that no other one
        replaces.

    Why it matters
        A subscription without a rule gets no message at all, and the rule that lets everything
        through does not come back. Who reads it waits, and nothing fails.

    When it is fine
        Another rule lets the same through. Not flagged: the subscription goes as well.

    What to do instead
        Add the new rule first; rules add up, a message that two of them let through comes twice.

    References
        https://learn.microsoft.com/azure/service-bus-messaging/topic-filters
    """
    if change.kind is ActionKind.UPDATE and not _is_closed(change):
        return
    if subject_goes(change, context) or _NONE.match(str(change.before.get("sql_filter"))):
        return
    others = [one for one in _rules_beside(change, context) if not _NONE.match(_sql(one))]
    if any(_is_as_wide(one, change) for one in others):
        return
    readers = readers_of_subscription(change, context)
    yield Flag(
        what="The subscription has no rule left and gets no message any more."
        if not others
        else "Messages that only this rule let through no longer reach the subscription.",
        paths=(("subscription_id",),),
        severity=None if readers and not others else Severity.MEDIUM,
        confidence=None if not others else Confidence.MEDIUM,
        hurts=readers,
    )


def _sql(change: ResourceChange) -> str:
    return str(change.after.get("sql_filter"))


def _is_closed(change: ResourceChange) -> bool:
    return "sql_filter" in change.changed and bool(_NONE.match(_sql(change)))


def _rules_beside(change: ResourceChange, context: Context) -> list[ResourceChange]:
    """The other rules that the subscription has after this plan."""

    def build() -> dict[str, list[ResourceChange]]:
        index: dict[str, list[ResourceChange]] = {}
        for one in context.changes_of(_RULE):
            if one.kind is not ActionKind.DELETE:
                index.setdefault(str(one.after.get("subscription_id")).lower(), []).append(one)
        return index

    index = once(context.plan, "rules of subscriptions", build)
    found = index.get(str(change.before.get("subscription_id")).lower(), ())
    return [one for one in found if one is not change]


def _is_as_wide(other: ResourceChange, change: ResourceChange) -> bool:
    """Whether the other rule lets all through, or the same."""
    if other.after.get("filter_type") == "SqlFilter" and _ALL.match(_sql(other)):
        return True
    return all(
        other.after.get(name) == change.before.get(name)
        for name in ("correlation_filter", "filter_type", "sql_filter")
    )

"""X51, X52: measurements and events that are thrown away before anybody sees them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from iacrisk.patterns import regex
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.messages.event_conditions import Alternative, alternatives, fits_more
from iacrisk.rules.readers.settings.unknowns import holds_unknown
from iacrisk.rules.readers.shapes import blocks
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

_DROPS: Final = frozenset({"newrelic_nrql_drop_rule", "newrelic_pipeline_cloud_rule"})
_WHERE: Final = regex(r"\bwhere\b", re.IGNORECASE)
_SOURCE: Final = regex(r"\bfrom\s+([\w,\s]+?)(?:\s+where\b|$)", re.IGNORECASE)


@rule(
    id="X51",
    name="all-data-dropped",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.DETECTION,
    kinds={ActionKind.CREATE, ActionKind.UPDATE},
    types=_DROPS,
    since="0.2",
)
def all_data_dropped(change: ResourceChange, context: Context) -> Iterator[Outcome]:  # noqa: ARG001
    """A rule of New Relic throws away all data of a kind before it is stored.

    What it flags
        A drop rule whose query has no `WHERE`, and so takes every log, span or metric of its kind.

    Why it matters
        Alerts and dashboards on the data fall silent, and what was dropped cannot be brought back.

    When it is fine
        Nobody asks for this kind of data. Not flagged: a rule that drops attributes only.

    What to do instead
        Name what is noise in a `WHERE`.

    References
        https://docs.newrelic.com/docs/data-apis/manage-data/drop-data-using-nerdgraph/
    """
    query, action = change.after.get("nrql"), change.after.get("action")
    if not isinstance(query, str) or "nrql" not in change.changed or action == "drop_attributes":
        return
    if not _WHERE.search(query):
        source = _SOURCE.search(query)
        kind = source[1].strip() if source else "kind"
        yield Flag(what=f"All data of {kind} is dropped before it is stored.", paths=(("nrql",),))


_ORCHESTRATIONS: Final = {
    "pagerduty_event_orchestration_global": "set",
    "pagerduty_event_orchestration_service": "set",
    "pagerduty_event_orchestration_unrouted": "set",
}
_QUIET: Final = ("drop_event", "suppress")


@rule(
    id="X52",
    name="events-suppressed",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.DETECTION,
    kinds={ActionKind.UPDATE},
    types=_ORCHESTRATIONS,
    since="0.2",
)
def events_suppressed(change: ResourceChange, context: Context) -> Iterator[Outcome]:  # noqa: ARG001
    """A rule of an event orchestration no longer lets events through that called somebody.

    What it flags
        A rule of PagerDuty that suppresses or drops events, where it has no condition, or where it
        stood before with the same conditions and let them through. A rule that comes to fit more:
        a further alternative for grave severities, for production or for nearly all events, or
        one that asks for less than before. What is left to the end of a set and is no longer told.

    Why it matters
        What called people before calls nobody, and nothing fails.

    When it is fine
        The events are noise. Not flagged: a rule or an alternative for events that it names, such
        as those of a test environment.

    What to do instead
        Lower the priority first, and see what nobody misses.

    References
        https://support.pagerduty.com/main/docs/event-orchestration
    """
    block = _ORCHESTRATIONS[change.type]
    if block not in change.changed:
        return
    if holds_unknown(change.after.get(block)):
        yield Undecided(why="Which events are suppressed is not known.", paths=((block,),))
        return
    before = list(_rules(change.before.get(block)))
    told = {_conditions(one) for one in before if not _is_quiet(one)}
    known = frozenset[Alternative]().union(*(_fitting(one) for one in before if _is_quiet(one)))
    found = [
        str(one.get("label") or "a rule")
        for one in _rules(change.after.get(block))
        if _is_quiet(one) and (_conditions(one) in told or fits_more(_fitting(one), known))
    ]
    if found:
        yield Flag(what=f"Events are no longer told: {some_of(found)}.", paths=((block,),))


def _rules(value: Any) -> Iterator[Mapping[str, Any]]:
    for one in blocks(value):
        yield from blocks(one.get("rule"))


def _conditions(one: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(sorted(str(block.get("expression")) for block in blocks(one.get("condition"))))


def _fitting(one: Mapping[str, Any]) -> frozenset[Alternative]:
    """What a rule fits: any of its conditions is enough, and all events where it has none."""
    return alternatives(_conditions(one)) or frozenset({Alternative()})


def _is_quiet(one: Mapping[str, Any]) -> bool:
    return any(action.get(name) is True for action in blocks(one.get("actions")) for name in _QUIET)

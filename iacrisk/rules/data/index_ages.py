"""D50: a policy of indexes deletes them earlier."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.plan.values import mapping, members
from iacrisk.rules.context import Context
from iacrisk.rules.readers.settings.sizes import seconds_of
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

_UNITS: Final = {"d": 86_400, "h": 3_600, "m": 60, "s": 1, "ms": 0.001}
_NEVER: Final = float("inf")


@rule(
    id="D50",
    name="indexes-deleted-earlier",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.DATA,
    kinds={ActionKind.UPDATE},
    types={"opensearch_ism_policy"},
    since="0.2",
)
def indexes_deleted_earlier(change: ResourceChange, context: Context) -> Iterator[Outcome]:  # noqa: ARG001
    """A policy of OpenSearch deletes indexes earlier than before.

    What it flags
        In the text of an `opensearch_ism_policy` a smaller age or size at which an index passes
        into a state that deletes it, and such a state where there was none.

    Why it matters
        The next run of the policy deletes all indexes beyond the new age.

    When it is fine
        Older data is kept elsewhere, or nobody asks for it.

    What to do instead
        Take a snapshot in the state before, and lower the age in steps.

    References
        https://docs.opensearch.org/latest/im-plugin/ism/policies/
    """
    if "body" not in change.changed:
        return
    if change.after.get("body") is UNKNOWN:
        yield Undecided(why="The new policy is not known.", paths=(("body",),))
        return
    old, new = _age(change.before.get("body")), _age(change.after.get("body"))
    if old is not None and new is not None and new < old:
        days = f"{new / 86_400:g} days" if new else "at once"
        yield Flag(what=f"Indexes are deleted earlier: {days}.", paths=(("body",),))


def _age(text: Any) -> float | None:
    """The age in seconds at which the policy deletes; None where it cannot be read."""
    try:
        body = json.loads(text) if isinstance(text, str) else None
    except ValueError:
        return None
    policy = mapping(mapping(body).get("policy"))
    states = members(policy.get("states"))
    if not states:
        return None
    deletes = {
        str(state.get("name"))
        for state in states
        if any("delete" in action for action in members(state.get("actions")))
    }
    ages = [
        seconds
        for state in states
        for way in members(state.get("transitions"))
        if str(way.get("state_name")) in deletes
        for age in [mapping(way.get("conditions")).get("min_index_age")]
        if (seconds := _seconds(age)) is not None
    ]
    return min(ages, default=_NEVER)


def _seconds(age: Any) -> float | None:
    if not isinstance(age, str):
        return None
    number = age.rstrip("dhms")
    unit = _UNITS.get(age[len(number) :])
    return float(number) * unit if unit and number.isdigit() else seconds_of(age)

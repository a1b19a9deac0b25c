"""Escalations that call others: at all hours, or not at night."""

from __future__ import annotations

from typing import Any, Final

from tests.plans import Json, delete, tweak
from tests.rules.served.worlds import pair, stay, trap

_DAYS: Final = [
    {
        "type": "weekly_restriction",
        "start_day_of_week": day,
        "start_time_of_day": "08:30:00",
        "duration_seconds": 32400,
    }
    for day in range(1, 6)
]


def _layer(**more: Any) -> Json:
    return {"name": "week", "users": ["P1", "P2"], "restriction": [], **more}


def _schedule(name: str, *layers: Json) -> Json:
    return stay(f"pagerduty_schedule.{name}", id=f"S-{name}", name=name, layer=list(layers))


def _step(*targets: str, minutes: int = 15, strategy: str = "assign_to_everyone") -> Json:
    kinds = {"S": "schedule_reference", "U": "user_reference"}
    return {
        "escalation_delay_in_minutes": minutes,
        "target": [{"type": kinds[one[0]], "id": one} for one in targets],
        "escalation_rule_assignment_strategy": [{"type": strategy}],
    }


def _escalates(*after: Json, before: tuple[Json, ...] = (_step("S-old"),)) -> Json:
    known = {"id": "E1", "name": "books", "num_loops": 2, "rule": list(before)}
    return tweak("pagerduty_escalation_policy.books", known, rule=list(after))


def _opsgenie(schedule: str) -> Json:
    rules = [
        {
            "condition": "if-not-acked",
            "notify_type": "default",
            "delay": 5,
            "recipient": [{"type": "schedule", "id": name}],
        }
        for name in ("OLD", schedule)
    ]
    known = {"id": "O1", "name": "books", "rules": [rules[0]]}
    return tweak("opsgenie_escalation.books", known, rules=[rules[1]])


def _rotation(name: str, **more: Any) -> Json:
    return stay(
        f"opsgenie_schedule_rotation.{name.lower()}",
        id=name,
        schedule_id=name,
        type="weekly",
        participant=[{"type": "user", "id": "U1"}],
        **more,
    )


_OLD: Final = _schedule("old", _layer())
_OFFICE: Final = [
    {
        "type": "time-of-day",
        "restriction": [{"start_hour": 8, "start_min": 0, "end_hour": 18, "end_min": 0}],
    }
]
ON_CALL: Final = [
    pair(
        "an escalation calls a schedule for working hours / one for the whole week",
        [_escalates(_step("S-new")), _schedule("new", _layer(restriction=_DAYS))],
        [_escalates(_step("S-new")), _schedule("new", _layer())],
        _OLD,
        stay("pagerduty_service.books", id="B1", name="books", escalation_policy="E1"),
    ),
    pair(
        "an escalation of Opsgenie calls a rotation for working hours / one without limits",
        [_opsgenie("NEW"), _rotation("NEW", time_restriction=_OFFICE)],
        [_opsgenie("NEW"), _rotation("NEW")],
        _rotation("OLD"),
        stay("opsgenie_schedule.new", id="NEW", name="new", enabled=True),
    ),
    pair(
        "two schedules are asked in turn, of which one sleeps / are called together",
        _escalates(_step("S-day", "S-all", strategy="round_robin")),
        _escalates(_step("S-day", "S-all")),
        _OLD,
        _schedule("day", _layer(restriction=_DAYS)),
        _schedule("all", _layer()),
    ),
]
ON_CALL_TRAPS: Final = [
    trap("a schedule outside the plan", _escalates(_step("S-new")), _OLD),
    trap("a schedule without people", _escalates(_step("S-new")), _OLD,
         _schedule("new", _layer(users=[]))),
    trap("a schedule that ends", _escalates(_step("S-new")), _OLD,
         _schedule("new", _layer(end="2026-04-01T00:00:00Z"))),
    trap("a schedule that has not begun", _escalates(_step("S-new")), _OLD,
         _schedule("new", _layer(rendered_coverage_percentage="12.50"))),
    trap("a step less", _OLD, _schedule("new", _layer()),
         _escalates(_step("S-new"), before=(_step("S-old"), _step("S-other")))),
    trap("a person who goes", _OLD, _escalates(_step("U-ann")),
         delete("pagerduty_user.ann", {"id": "U-ann", "email": "ann@books.example"})),
]  # fmt: skip

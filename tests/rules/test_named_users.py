"""Who names an object by a plain word is hit when it changes."""

from __future__ import annotations

from typing import Any

import pytest

from iacrisk.catalog.named import all_namings
from iacrisk.graph import build_graph
from iacrisk.rules import Context
from iacrisk.rules.hurt.named import naming_it
from tests.pairs import judge, victims_of
from tests.plans import Json, delete, noop, plan, tweak
from tests.rules.test_settings import nest


@pytest.mark.parametrize("row", all_namings(), ids=lambda row: f"{row[0]}-{row[1]}")
def test_every_row_leads_from_the_object_to_those_who_name_it(row: tuple[str, ...]) -> None:
    type_name, attribute, users = row
    for user in users.split():
        kind, _, path = user.partition(":")
        gone = delete(f"{type_name}.x", {**nest(attribute, "name-7"), "kept": "k"})
        named = noop(f"{kind}.user", nest(path, "name-7"))
        other = noop(f"{kind}.other", nest(path, "name-8"))
        made = plan(gone, named, other)
        [change] = made.pending
        assert list(naming_it(change, Context(made, build_graph(made)))) == [f"{kind}.user"], user


def hits(address: str, before: Json, *others: Json, **changed: Any) -> tuple[str, ...]:
    return victims_of(judge(plan(tweak(address, before, **changed), *others)))


def test_policies_that_call_a_contact_are_hit_with_it() -> None:
    contact = {"id": "c", "name": "ops", "pagerduty": [{"integration_key": "k"}]}
    tree = {"contact_point": "slack", "policy": [{"contact_point": "ops"}]}
    found = hits(
        "grafana_contact_point.ops",
        contact,
        noop("grafana_notification_policy.all", tree),
        pagerduty=[],
    )
    assert found == ("grafana_notification_policy.all",)


def test_tasks_of_a_warehouse_are_hit_with_it() -> None:
    found = hits(
        "snowflake_warehouse.load",
        {"id": "LOAD", "name": "LOAD", "warehouse_size": "XLARGE"},
        noop("snowflake_task.nightly", {"name": "NIGHTLY", "warehouse": "load"}),
        noop("snowflake_task.other", {"name": "OTHER", "warehouse": "BI"}),
        warehouse_size="SMALL",
    )
    assert found == ("snowflake_task.nightly",)


def test_services_of_an_escalation_policy_are_hit_with_it() -> None:
    step = {"escalation_delay_in_minutes": 5, "target": [{"id": "S1"}]}
    found = hits(
        "pagerduty_escalation_policy.ops",
        {"id": "PE1", "name": "ops", "rule": [step]},
        noop("pagerduty_service.shop", {"id": "PS1", "escalation_policy": "PE1"}),
        rule=[{**step, "escalation_delay_in_minutes": 60}],
    )
    assert found == ("pagerduty_service.shop",)

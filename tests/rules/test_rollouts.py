"""C04: instance refreshes that take too much at once."""

from __future__ import annotations

from typing import Any

import pytest

from iacrisk.graph import build_graph
from iacrisk.rules import Context, Review, review
from iacrisk.rules.compute.rollouts import refresh_of_all_at_once
from tests.plans import Json, plan, tweak, update

ADDRESS = "aws_autoscaling_group.web"
NEW = [{"version": "2"}]


def group(healthy: Any = 0, triggers: list[str] | None = None) -> Json:
    preferences = [{"min_healthy_percentage": healthy}]
    refresh = {"preferences": preferences, "triggers": triggers, "strategy": "Rolling"}
    return {"launch_template": [{"version": "1"}], "instance_refresh": [refresh], "tag": []}


def judged(change: Json) -> Review:
    made = plan(change)
    rules = (refresh_of_all_at_once,)
    result = review(Context(made, build_graph(made)), rules=rules, suppressors=())
    assert result.failures == ()
    return result


def is_flagged(change: Json) -> bool:
    return [item.rule for item in judged(change).findings] == ["C04"]


def test_a_new_template_with_nothing_kept_healthy_is_flagged() -> None:
    assert is_flagged(tweak(ADDRESS, group(), launch_template=NEW))


def test_a_trigger_starts_it_too() -> None:
    assert is_flagged(tweak(ADDRESS, group(triggers=["tag"]), tag=[{"key": "a"}]))
    assert not is_flagged(tweak(ADDRESS, group(), tag=[{"key": "a"}]))


@pytest.mark.parametrize("healthy", [95, 50, None])
def test_a_refresh_that_keeps_enough_healthy_passes(healthy: int | None) -> None:
    assert not is_flagged(tweak(ADDRESS, group(healthy), launch_template=NEW))


def test_a_new_template_without_a_refresh_passes() -> None:
    before = {"launch_template": [{"version": "1"}], "instance_refresh": []}
    assert not is_flagged(tweak(ADDRESS, before, launch_template=NEW))


def test_a_share_that_is_not_known_is_undecided() -> None:
    after = {**group(), "launch_template": NEW}
    unknown = {"instance_refresh": [{"preferences": [{"min_healthy_percentage": True}]}]}
    result = judged(update(ADDRESS, group(), after, after_unknown=unknown))
    assert [item.rule for item in result.undecided] == ["C04"]


@pytest.mark.parametrize("odd", [None, "x", 7, [], [None], [{"preferences": "x"}]])
def test_odd_values_do_not_make_it_raise(odd: Any) -> None:
    judged(tweak(ADDRESS, group(), launch_template=NEW, instance_refresh=odd))

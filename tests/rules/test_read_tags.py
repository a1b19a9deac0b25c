"""G11: tags by which something finds its objects."""

from __future__ import annotations

import pytest

from iacrisk.graph import build_graph
from iacrisk.rules import Context, Review, review
from iacrisk.rules.topology.read_tags import read_tag_taken_away
from tests.plans import Json, noop, plan, tweak, update

SELECTION = noop(
    "aws_backup_selection.gold",
    {"selection_tag": [{"type": "STRINGEQUALS", "key": "backup-plan", "value": "gold"}]},
)
TAGGED = {"tags": {"backup-plan": "gold", "team": "orders"}}
ADDRESS = "aws_db_instance.orders"


def judged(*changes: Json) -> Review:
    made = plan(*changes)
    result = review(Context(made, build_graph(made)), rules=(read_tag_taken_away,), suppressors=())
    assert result.failures == ()
    return result


@pytest.mark.parametrize(
    "tags",
    [
        {"team": "orders"},
        {"team": "orders", "BackupPlan": "gold"},
        {"team": "orders", "backup-plan": "silver"},
        None,
    ],
)
def test_a_tag_that_a_selection_reads_is_flagged_when_it_goes(tags: Json | None) -> None:
    [found] = judged(SELECTION, tweak(ADDRESS, TAGGED, tags=tags)).findings
    assert (found.rule, found.address) == ("G11", ADDRESS)
    assert [item.path for item in found.evidence] == ["tags.backup-plan"]
    assert found.what == "Something in this plan finds its objects by the tag backup-plan."


@pytest.mark.parametrize(
    "tags",
    [
        {"backup-plan": "gold"},
        {"backup-plan": "gold", "team": "sales"},
        {"backup-plan": "gold", "team": "orders", "env": "prod"},
    ],
)
def test_another_tag_may_go_change_or_come(tags: Json) -> None:
    assert judged(SELECTION, tweak(ADDRESS, TAGGED, tags=tags)).findings == ()


def test_a_tag_that_nothing_reads_may_go() -> None:
    assert judged(tweak(ADDRESS, TAGGED, tags={})).findings == ()


def test_tags_that_are_not_known_are_undecided() -> None:
    change = update(ADDRESS, TAGGED, {}, after_unknown={"tags": True})
    assert [item.rule for item in judged(SELECTION, change).undecided] == ["G11"]

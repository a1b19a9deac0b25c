"""Generated plans are what the benchmark says they are."""

from __future__ import annotations

import datetime
from collections import Counter
from pathlib import Path

import pytest

from iacrisk.assess import Circumstances, assess
from iacrisk.gate import Policy
from iacrisk.graph import build_graph
from iacrisk.plan import ActionKind, decode_plan
from tests.benchmark.generate import main, make_plan
from tests.benchmark.measure import run, score_table, start_table

CHANGES = 1200


@pytest.fixture(scope="module")
def plan_text() -> bytes:
    return make_plan(CHANGES)


@pytest.mark.parametrize("changes", [1, 10, 60])
def test_a_plan_has_as_many_changes_as_asked_for(changes: int) -> None:
    assert len(decode_plan(make_plan(changes)).pending) == changes


def test_the_same_arguments_give_the_same_plan(plan_text: bytes) -> None:
    assert make_plan(CHANGES) == plan_text


@pytest.mark.parametrize("wanted", [4600, 9600])
def test_a_change_has_the_size_asked_for(wanted: int) -> None:
    assert len(make_plan(CHANGES, wanted)) / CHANGES == pytest.approx(wanted, rel=0.1)


def test_every_kind_of_change_occurs(plan_text: bytes) -> None:
    kinds = Counter(change.kind for change in decode_plan(plan_text).changes)

    assert set(kinds) == {
        ActionKind.CREATE,
        ActionKind.DELETE,
        ActionKind.NO_OP,
        ActionKind.REPLACE,
        ActionKind.UPDATE,
    }


def test_every_reference_can_be_followed(plan_text: bytes) -> None:
    graph = build_graph(decode_plan(plan_text))

    assert graph.unresolved == ()
    assert len(graph.consumers("module.network.aws_kms_key.main")) > CHANGES / 20


def test_a_generated_plan_is_judged_without_a_failure(plan_text: bytes) -> None:
    circumstances = Circumstances(today=datetime.date(2026, 1, 1))

    assessment = assess(decode_plan(plan_text), Policy(), circumstances)

    assert assessment.failures == ()
    assert assessment.doubts == ()
    assert any(item.radius.hits for item in assessment.changes)


def test_the_tables_have_a_row_for_each_measurement(tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    main(["3", str(plan)])

    scores = score_table([(3, plan)], runs=1).splitlines()
    starts = start_table(plan, runs=1).splitlines()

    assert [len(scores), len(starts)] == [3, 6]
    assert scores[2].startswith("| 3 | 0.0 | ")
    assert starts[2].startswith("| python -c pass | ")


def test_a_run_that_fails_is_no_measurement(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="exit code 2"):
        run(["python3", "-c", "raise SystemExit(2)", str(tmp_path)])

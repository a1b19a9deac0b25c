"""SARIF: of the published schema, within GitHub's limits, and safe to show."""

from __future__ import annotations

import gzip
import json
import re
from typing import Any

import jsonschema
import pytest

from iacrisk.assess import Assessment, Circumstances, assess
from iacrisk.gate import Policy
from iacrisk.plan import decode_plan
from iacrisk.report import Format, renderer
from iacrisk.report.batch import Batch, Fault, JudgedPlan
from iacrisk.report.sarif import MOST_RESULTS, MOST_RUNS, render_sarif
from iacrisk.source import Place, SourceFacts
from tests.conftest import TODAY
from tests.plans import Json, delete, document, replace
from tests.report.test_hostile_text import HOSTILE, decoded, hostile_plan, judged
from tests.schemas import SARIF, published

DB = "aws_db_instance.main"
FAULTY = JudgedPlan(name="b.json", fault=Fault(problem="It is no plan.", remedy="Make one."))


def valid(text: str) -> Any:
    """The log, checked against the schema and what GitHub demands beside it."""
    log = json.loads(text)
    jsonschema.validate(log, published(SARIF))
    assert len(gzip.compress(text.encode())) < 10_000_000
    assert len(log["runs"]) <= 20
    assert sum(len(run["results"]) for run in log["runs"]) <= 5_000
    for run in log["runs"]:
        _check_run(run)
    return log


def _check_run(run: Json) -> None:
    rules = run["tool"]["driver"]["rules"]
    for rule in rules:
        assert all(0 < len(rule[name]["text"]) <= 1024 for name in RULE_TEXTS)
        assert rule["help"]["text"]
        assert len(rule["properties"]["tags"]) <= 10
        assert 0 < float(rule["properties"]["security-severity"]) <= 10
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
        assert "](" not in result["message"]["text"]
        assert not set("{}") & set(result["message"]["text"])
        [location] = result["locations"]
        physical = location["physicalLocation"]
        assert not re.match(r"/|\.\.|[a-z]+:", physical["artifactLocation"]["uri"])
        assert physical["artifactLocation"]["uri"]
        assert {"startLine", "startColumn", "endLine", "endColumn"} == set(physical["region"])
        assert re.fullmatch(
            r"[0-9a-f]+:1", result["partialFingerprints"]["primaryLocationLineHash"]
        )


RULE_TEXTS = ("shortDescription", "fullDescription")


def placed(place: Place | None) -> Assessment:
    """A deleted database whose block is at `place`."""
    plan = decode_plan(json.dumps(document(delete(DB, {"identifier": "orders"}))).encode())
    facts = SourceFacts(places={DB: place} if place else {})
    around = Circumstances(today=TODAY, environment="production", source=facts)
    return assess(plan, Policy(), around)


def where(batch: Batch) -> tuple[str, int]:
    """File and line of the first result."""
    [location, *_] = valid(render_sarif(batch))["runs"][0]["results"][0]["locations"]
    physical = location["physicalLocation"]
    return physical["artifactLocation"]["uri"], physical["region"]["startLine"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_leaves_it_valid(text: str) -> None:
    valid(renderer(Format.SARIF)(judged(decoded(hostile_plan(text)))))


def test_a_plan_without_changes_is_valid() -> None:
    assert valid(renderer(Format.SARIF)(judged(decoded(document()))))["runs"][0]["results"] == []


@pytest.mark.parametrize(
    ("file", "folder", "shown"),
    [
        ("main.tf", "", "main.tf"),
        ("main.tf", "envs/prod", "envs/prod/main.tf"),
        ("../modules/a b.tf", "envs", "modules/a%20b.tf"),
        ("/repo/envs/main.tf", "envs", "envs/main.tf"),
        ("../../elsewhere/main.tf", "envs", "fallback.tf"),
        ("/elsewhere/main.tf", "", "fallback.tf"),
    ],
)
def test_files_are_named_as_the_repository_does(file: str, folder: str, shown: str) -> None:
    item = JudgedPlan(main="fallback.tf", assessment=placed(Place(file, 7)))
    line = 1 if shown == "fallback.tf" else 7

    assert where(Batch(plans=(item,), folder=folder, root="/repo")) == (shown, line)


def test_a_block_that_is_gone_is_shown_on_line_1_of_its_file() -> None:
    item = JudgedPlan(main="fallback.tf", assessment=placed(Place("db.tf", 7, in_base=True)))
    batch = Batch(plans=(item,))

    assert where(batch) == ("db.tf", 1)
    assert "Its block was at db.tf:7." in render_sarif(batch)


def test_a_block_that_is_gone_since_a_revision_is_shown_in_its_file() -> None:
    place = Place("origin/main:envs/prod/db.tf", 7, in_base=True)
    item = JudgedPlan(main="envs/prod/main.tf", assessment=placed(place))

    assert where(Batch(plans=(item,), folder="envs/prod")) == ("envs/prod/db.tf", 1)


def test_a_change_without_a_place_is_shown_in_the_main_file() -> None:
    item = JudgedPlan(main="envs/prod/main.tf", assessment=placed(None))

    assert where(Batch(plans=(item,))) == ("envs/prod/main.tf", 1)


def test_the_identity_of_a_result_is_its_rule_and_address() -> None:
    def prints(place: Place) -> list[str]:
        item = JudgedPlan(assessment=placed(place))
        [run] = valid(render_sarif(Batch(plans=(item,))))["runs"]
        return [r["partialFingerprints"]["primaryLocationLineHash"] for r in run["results"]]

    assert prints(Place("a.tf", 3)) == prints(Place("b.tf", 99))


def test_what_does_not_fit_is_counted() -> None:
    number = MOST_RESULTS + 100
    gone = [
        replace(f"aws_db_instance.d{n}", {"identifier": f"d{n}"}, {"identifier": "x"}, "identifier")
        for n in range(number)
    ]
    [run] = valid(renderer(Format.SARIF)(judged(decoded(document(*gone)))))["runs"]
    last = run["results"][-1]

    assert len(run["results"]) == MOST_RESULTS
    assert last["ruleId"] == "iacrisk-left-out"
    assert re.match(r"[\d,]+ remarks more on this plan, left out here", last["message"]["text"])


def test_each_plan_has_a_run_and_a_category_of_its_own() -> None:
    held = placed(None)
    items = (JudgedPlan(name="a/plan.json", assessment=held), FAULTY)
    first, second = valid(render_sarif(Batch(plans=items, several=True)))["runs"]

    assert first["automationDetails"]["id"] == "iacrisk/a/plan.json/"
    assert second["automationDetails"]["id"] == "iacrisk/b.json/"
    assert second["invocations"][0]["executionSuccessful"] is False
    assert [result["ruleId"] for result in second["results"]] == ["iacrisk-unread"]


def test_one_plan_leaves_the_category_to_the_upload() -> None:
    [run] = valid(render_sarif(Batch(plans=(JudgedPlan(assessment=placed(None)),))))["runs"]

    assert "automationDetails" not in run


def test_plans_beyond_the_limit_are_counted() -> None:
    held = placed(None)
    items = tuple(JudgedPlan(name=f"{n}.json", assessment=held) for n in range(MOST_RUNS + 5))
    log = valid(render_sarif(Batch(plans=items, several=True)))
    [note] = log["runs"][-1]["invocations"][0]["toolExecutionNotifications"]

    assert len(log["runs"]) == MOST_RUNS
    assert note["message"]["text"] == "5 more plans are left out: a file holds 20."
    assert len({run["automationDetails"]["id"] for run in log["runs"]}) == MOST_RUNS


def test_a_soft_run_says_so() -> None:
    item = JudgedPlan(assessment=placed(None))
    [run] = valid(render_sarif(Batch(plans=(item,), soft=True)))["runs"]
    [note] = run["invocations"][0]["toolExecutionNotifications"]

    assert run["properties"]["soft"] is True
    assert "--soft" in note["message"]["text"]

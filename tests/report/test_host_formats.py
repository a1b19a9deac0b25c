"""JUnit, annotations and what GitLab reads: well-formed, within limits, commanding nobody."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iacrisk.gate import Verdict
from iacrisk.report import Format, batch_renderer, renderer
from iacrisk.report.annotations import MOST, render_azure, render_github
from iacrisk.report.batch import Batch, Fault, JudgedPlan
from iacrisk.report.gitlab import MOST_ENTRIES
from iacrisk.report.junit import MOST_CASES, render_junit
from iacrisk.source import Place
from tests.conftest import RunCli
from tests.plans import Json, create, delete, document, noop, replace, tweak
from tests.report.test_hostile_text import HOSTILE, decoded, hostile_plan, judged
from tests.report.test_sarif import placed

FAULTY = JudgedPlan(name="b.json", fault=Fault(problem="It is no plan.", remedy="Make one."))
GITHUB = re.compile(r"::(error|warning|notice) (?:file=[^,:]*,line=\d+,)?title=[^,:]*::[^\r\n]*\Z")
AZURE = re.compile(
    r"##vso\[task\.logissue type=(error|warning);"
    r"(?:sourcepath=[^;\]]*;linenumber=\d+;columnnumber=1;)?code=[^;\]]*;\][^;\]\r\n]*\Z"
)
HOSTILE_CODES = [
    "%0A::error::x",
    "a%3Btype=error%5D",
    "%AZP25",
    "50% off",
    "a,b:c;d]e",
    "\ufffe\x00",
]
ATTRIBUTES = {
    "testsuites": {"name", "time", "tests", "failures", "errors"},
    "testsuite": {"name", "tests", "failures", "errors", "skipped", "time"},
    "properties": set[str](),
    "property": {"name", "value"},
    "testcase": {"name", "classname", "time"},
    "failure": {"message", "type"},
    "error": {"message", "type"},
    "skipped": {"message", "type"},
    "system-out": set[str](),
}
"""What Jenkins' schema (junit-10.xsd of its xunit plugin) allows, as far as we use it."""
OURS = {"::": GITHUB, "##vso": AZURE}


def gone(number: int) -> Json:
    """A plan that deletes this many databases."""
    return document(
        *(delete(f"aws_db_instance.d{n}", {"identifier": f"d{n}"}) for n in range(number))
    )


def junit(text: str) -> ElementTree.Element:
    """The root, with the counts checked."""
    root = ElementTree.fromstring(text)  # noqa: S314 - our own output
    assert root.tag == "testsuites"
    for element in root.iter():
        assert set(element.attrib) <= ATTRIBUTES[element.tag]
    for suite in root:
        cases = suite.findall("testcase")
        kinds = Counter(child.tag for case in cases for child in case)
        told = {name: int(suite.attrib[name]) for name in ("failures", "errors", "skipped")}
        assert int(suite.attrib["tests"]) == len(cases) > 0
        counted = (kinds["failure"], kinds["error"], kinds["skipped"])
        assert tuple(told.values()) == counted
        for case in cases:
            assert case.attrib["name"]
            assert case.attrib["classname"]
            for child in case:
                assert child.tag in {"failure", "error", "skipped", "system-out"}
                if child.tag in {"failure", "error"}:
                    assert child.text == child.attrib["message"]
    return root


def quality(text: str) -> list[Any]:
    """The entries, checked against what GitLab documents."""
    assert not text.startswith("\ufeff")
    entries: list[Any] = json.loads(text)
    prints = [entry["fingerprint"] for entry in entries]
    assert len(set(prints)) == len(prints)
    for entry in entries:
        assert entry["description"]
        assert entry["check_name"]
        assert entry["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert not re.match(r"\./|/|\.\.", entry["location"]["path"])
        assert entry["location"]["lines"]["begin"] >= 1
    return entries


def assert_only_our_commands(text: str, command: str) -> None:
    """Every line that the host would obey is one of ours, whole."""
    for line in text.splitlines():
        if line.lstrip().startswith("::") or "##vso[" in line or "##[" in line:
            allowed = OURS[command].match(line)
            assert allowed or line.startswith("##vso[task.complete result=Succeeded"), line


@pytest.mark.parametrize("text", [*HOSTILE, *HOSTILE_CODES])
def test_hostile_text_commands_nobody(text: str) -> None:
    assessment = judged(decoded(hostile_plan(text)))

    assert_only_our_commands(renderer(Format.GITHUB)(assessment), "::")
    assert_only_our_commands(renderer(Format.AZURE)(assessment), "##vso")
    junit(renderer(Format.JUNIT)(assessment))
    quality(renderer(Format.GITLAB_CODEQUALITY)(assessment))


@given(st.text())
def test_no_name_commands_a_host(name: str) -> None:
    address = f"aws_db_instance.a[{json.dumps(name)}]"
    assessment = judged(decoded(document(delete(address, {"identifier": name}))))

    assert_only_our_commands(renderer(Format.GITHUB)(assessment), "::")
    assert_only_our_commands(renderer(Format.AZURE)(assessment), "##vso")
    junit(renderer(Format.JUNIT)(assessment))


def test_the_agent_reads_back_what_was_written() -> None:
    name = "a;b]c %3B %AZP25 100%"
    address = f"aws_db_instance.a[{json.dumps(name)}]"
    text = renderer(Format.AZURE)(judged(decoded(document(delete(address, {"id": "x"})))))
    line = next(line for line in text.splitlines() if name[:1] in line and "D01" in line)
    data = line.partition(";]")[2]
    for escape, char in (("%3B", ";"), ("%0D", "\r"), ("%0A", "\n"), ("%5D", "]")):
        data = data.replace(escape, char)

    assert data.replace("%AZP25", "%").startswith(f"{address}: ")


@pytest.mark.parametrize("render", [render_github, render_azure])
@pytest.mark.parametrize("verdict", ["warning", "error"])
def test_at_most_ten_of_a_kind_and_the_last_one_counts(render: Any, verdict: str) -> None:
    makes = {
        "warning": gone(30),
        "error": document(
            *(
                replace(
                    f"aws_db_instance.d{n}",
                    {"identifier": f"d{n}", "skip_final_snapshot": True},
                    {"identifier": "new", "skip_final_snapshot": True},
                    "identifier",
                )
                for n in range(30)
            )
        ),
    }
    item = JudgedPlan(assessment=judged(decoded(makes[verdict])))
    lines = render(Batch(plans=(item,))).splitlines()
    of_kind = [line for line in lines if re.match(rf"::{verdict} |##vso.* type={verdict};", line)]

    assert len(of_kind) == MOST
    assert f"more of the kind '{verdict}'" in of_kind[-1]
    kinds = Counter(line.split(" ")[0] for line in lines if line.startswith("::"))
    assert all(number <= MOST for number in kinds.values())


def test_an_annotation_without_a_place_names_no_file() -> None:
    batch = Batch(plans=(JudgedPlan(main="envs/main.tf", assessment=placed(None)),))

    assert "file=" not in render_github(batch)
    assert "sourcepath=" not in render_azure(batch)


def test_a_file_cannot_add_properties() -> None:
    place = Place("a,line=1::b;type=x]%3B.tf", 7)
    batch = Batch(plans=(JudgedPlan(assessment=placed(place)),))

    assert "::warning file=a%2Cline=1%3A%3Ab;type=x]%253B.tf,line=7,title=" in render_github(batch)
    escaped = "sourcepath=a,line=1::b%3Btype=x%5D%AZP253B.tf;linenumber=7;"
    assert escaped in render_azure(batch)


def test_a_soft_run_ends_with_issues_where_something_would_have_been_held() -> None:
    held = Batch(plans=(JudgedPlan(assessment=placed(None)),), soft=True)
    fine = Batch(plans=(JudgedPlan(assessment=judged(decoded(document()))),), soft=True)

    assert render_azure(held).endswith("result=SucceededWithIssues;]iacrisk, soft run\n")
    assert "task.complete" not in render_azure(fine)


def test_a_suite_for_each_plan_with_failures_skips_and_errors() -> None:
    plan_json = document(
        delete("aws_db_instance.a", {"identifier": "a"}),
        create("aws_s3_bucket.logs", {"bucket": "logs"}),
    )
    items = (FAULTY, JudgedPlan(name="a.json", assessment=judged(decoded(plan_json))))
    first, second = junit(render_junit(Batch(plans=items, several=True)))

    assert (first.attrib["name"], first.attrib["errors"]) == ("iacrisk.b.json", "2")
    assert second.attrib["name"] == "iacrisk.a.json"
    cases = {case.attrib["name"]: case for case in second.iter("testcase")}
    assert cases["D01 stateful-delete"].attrib["classname"] == "iacrisk.a.json.aws_db_instance.a"
    assert cases["verdict"].find("failure") is not None


def test_a_plan_that_passes_has_a_case_that_passes() -> None:
    [suite] = junit(renderer(Format.JUNIT)(judged(decoded(document()))))

    assert (suite.attrib["tests"], suite.attrib["failures"]) == ("1", "0")


@pytest.mark.parametrize(
    ("format_", "most"), [(Format.JUNIT, MOST_CASES), (Format.GITLAB_CODEQUALITY, MOST_ENTRIES)]
)
def test_what_does_not_fit_a_file_is_counted(format_: Format, most: int) -> None:
    text = renderer(format_)(judged(decoded(gone(most + 50))))
    if format_ is Format.JUNIT:
        [suite] = junit(text)
        names = [case.attrib["name"] for case in suite.iter("testcase")]
    else:
        names = [entry["check_name"] for entry in quality(text)]

    assert len(names) == most
    assert names[-1] == "iacrisk-left-out"
    assert re.search(r"\d[\d,]* remarks more on this plan", text)


def test_a_replacement_is_created_and_deleted() -> None:
    plan_json = document(
        create("aws_s3_bucket.a"),
        replace("aws_s3_bucket.b", {"bucket": "b"}, {"bucket": "c"}, "bucket"),
        tweak("aws_s3_bucket.c", {"bucket": "c"}, force_destroy=True),
        delete("aws_s3_bucket.d"),
        noop("aws_s3_bucket.e"),
    )
    text = renderer(Format.GITLAB_TERRAFORM)(judged(decoded(plan_json)))

    assert json.loads(text) == {"create": 2, "update": 1, "delete": 2}


def test_the_terraform_widget_sums_several_plans() -> None:
    item = JudgedPlan(name="a.json", assessment=judged(decoded(document(create("a_b.c")))))
    other = JudgedPlan(name="b.json", assessment=item.assessment)
    text = batch_renderer(Format.GITLAB_TERRAFORM)(Batch(plans=(item, other, FAULTY), several=True))

    assert json.loads(text) == {"create": 2, "update": 0, "delete": 0}


def test_code_quality_stays_the_same_when_lines_move() -> None:
    def prints(place: Place) -> list[str]:
        batch = Batch(plans=(JudgedPlan(assessment=placed(place)),))
        return [e["fingerprint"] for e in quality(batch_renderer(Format.GITLAB_CODEQUALITY)(batch))]

    assert prints(Place("main.tf", 3)) == prints(Place("main.tf", 30))


def test_every_format_tells_a_plan_that_could_not_be_read(cli: RunCli) -> None:
    told = {}
    for format_ in Format:
        ran = cli("score", "missing.json", "--format", format_)
        told[format_] = (ran.out + ran.err, ran.code)
    for format_, (text, code) in told.items():
        assert code == (0 if format_ is Format.ATLANTIS else Verdict.COULD_NOT_REVIEW.exit_code)
        assert "missing.json" in text, format_


def test_reports_are_written_side_by_side(cli: RunCli) -> None:
    Path("plan.json").write_text(json.dumps(gone(2)), "utf-8")
    formats = [f for f in Format if f is not Format.CONSOLE]
    arguments = [word for f in formats for word in ("--format", f, "--output", f"{f}.out")]
    ran = cli("score", "plan.json", *arguments, "--format", "console")

    assert ran.code == 3
    assert ran.out.startswith("APPROVAL REQUIRED")
    assert all(Path(f"{f}.out").stat().st_size for f in formats)

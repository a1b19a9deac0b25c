"""The drawing as SVG: well-formed, self-contained, and hostile text stays text."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from iacrisk.report.picture import render_svg, scene_of
from tests.conftest import RunCli
from tests.plans import create, delete, document, noop
from tests.report.test_hostile_text import HOSTILE, decoded, hostile_plan, judged

SVG = "{http://www.w3.org/2000/svg}"
KNOWN = {"svg", "title", "desc", "style", "g", "rect", "path", "text"}
ATTRIBUTES = {"class", "d", "height", "role", "rx", "transform", "viewBox", "width", "x", "y"}


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str) -> None:
    assessment = judged(decoded(hostile_plan(text)))
    for item in assessment.changes:
        root = ElementTree.fromstring(render_svg(scene_of(assessment, item)))  # noqa: S314 - ours
        for element in root.iter():
            assert element.tag.removeprefix(SVG) in KNOWN
            assert {n for n in element.attrib if not n.startswith("data-")} <= ATTRIBUTES
            assert "\n" not in (element.text or "").strip() or element.tag == f"{SVG}style"


def test_nothing_is_loaded_from_elsewhere() -> None:
    assessment = judged(decoded(document(delete("aws_instance.a", {"id": "i-1"}))))
    text = render_svg(scene_of(assessment, assessment.changes[0]))
    assert text.count("http") == 1  # the name space
    assert "url(" not in text
    assert "@import" not in text
    assert "style=" not in text


def test_the_page_can_hold_the_style_once() -> None:
    assessment = judged(decoded(document(delete("aws_instance.a", {"id": "i-1"}))))
    text = render_svg(scene_of(assessment, assessment.changes[0]), with_style=False)
    assert "<style>" not in text


def test_the_command_line_draws_the_riskiest_change_or_the_one_asked_for(cli: RunCli) -> None:
    changes = (delete("aws_db_instance.orders", {"id": "db-1"}), create("aws_instance.small"))
    Path("plan.json").write_text(json.dumps(document(*changes, noop("aws_instance.old"))))
    riskiest = cli("graph", "plan.json", "--format", "svg")
    asked = cli("graph", "plan.json", "--format", "svg", "--focus", "aws_instance.small")
    unchanged = cli("graph", "plan.json", "--format", "svg", "--focus", "aws_instance.old")

    assert riskiest.out.startswith("<svg ")
    assert "<title>aws_db_instance.orders destroyed" in riskiest.out
    assert "<title>aws_instance.small created" in asked.out
    assert (unchanged.code, unchanged.out) == (2, "")
    assert "does not change in this plan" in unchanged.err


def test_the_command_line_draws_a_plan_that_changes_nothing(cli: RunCli) -> None:
    Path("plan.json").write_text(json.dumps(document(noop("aws_instance.old"))))
    assert "The plan changes nothing." in cli("graph", "plan.json", "--format", "svg").out

"""The drawing as SVG: well-formed, self-contained, and hostile text stays text."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from iacrisk.catalog import ResourceClass
from iacrisk.report.picture import picture_style, render_svg, scene_of
from iacrisk.report.picture.shapes import SHAPES
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


def colours(dark: bool) -> dict[str, str]:
    """The colours of the style sheet by name."""
    light, _, rest = picture_style().partition("@media screen")
    rules = light + (rest.partition("} }")[0] if dark else "")
    return dict(re.findall(r"--([a-z_-]+): (#[0-9a-f]{6});", rules))


def luminance(colour: str) -> float:
    """As WCAG 2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """As WCAG 2 defines it."""
    darker, lighter = sorted(map(luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("dark", [False, True])
def test_text_and_lines_stand_out_from_what_is_behind_them(dark: bool) -> None:
    colour = colours(dark)
    grounds = ("ground", "frame", "card", "harm-ground")
    for ground in grounds:
        for text in ("text", "quiet"):
            assert contrast(colour[text], colour[ground]) >= 4.5, (text, ground)
        for line in ("harm", "notice", "centre", "focus"):
            assert contrast(colour[line], colour[ground]) >= 3, (line, ground)


def test_forms_differ_and_have_words_and_a_colour_each() -> None:
    assert {item.value.lower() for item in ResourceClass} <= SHAPES.keys()
    for values in zip(*((form.words, form.outline) for form in SHAPES.values()), strict=True):
        assert len(set(values)) == len(SHAPES)
    for name in SHAPES:
        assert f".ir-{name} {{" in picture_style()


def test_the_command_line_draws_the_riskiest_change_or_the_one_asked_for(cli: RunCli) -> None:
    changes = (delete("aws_db_instance.orders", {"id": "db-1"}), create("aws_instance.small"))
    Path("plan.json").write_text(json.dumps(document(*changes, noop("aws_instance.old"))))
    riskiest = cli("graph", "plan.json", "--format", "svg")
    asked = cli("graph", "plan.json", "--format", "svg", "--focus", "aws_instance.small")
    unchanged = cli("graph", "plan.json", "--format", "svg", "--focus", "aws_instance.old")

    assert riskiest.out.startswith("<svg ")
    assert "<title>aws_db_instance.orders: destroyed" in riskiest.out
    assert "<title>aws_instance.small: created" in asked.out
    assert "<title>aws_instance.old: unchanged" in unchanged.out
    unknown = cli("graph", "plan.json", "--format", "svg", "--focus", "aws_instance.nobody")
    assert (unknown.code, unknown.out) == (2, "")
    assert "The plan has no aws_instance.nobody." in unknown.err


def test_the_command_line_draws_all_modules(cli: RunCli) -> None:
    changes = (delete("module.a.aws_db_instance.orders", {"id": "db-1"}), noop("aws_instance.old"))
    Path("plan.json").write_text(json.dumps(document(*changes)))
    drawn = cli("graph", "plan.json", "--format", "svg", "--by-module").out
    assert "a: 1 change, risk 90; 1 of them waits; 1 resource in 1 instance" in drawn
    assert "root module: nothing changes; 1 resource in 1 instance" in drawn


def test_the_command_line_draws_a_plan_that_changes_nothing(cli: RunCli) -> None:
    Path("plan.json").write_text(json.dumps(document(noop("aws_instance.old"))))
    assert "The plan changes nothing." in cli("graph", "plan.json", "--format", "svg").out

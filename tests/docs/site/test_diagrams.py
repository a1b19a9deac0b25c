"""Flowcharts are drawn, and a chart that is not understood stays as it stands."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from docs.site.diagrams import draw_diagrams, draw_flowchart
from tests.conftest import ROOT

CHART = """flowchart TD
    plan[/plan.json/] -->|"bytes" <1>| decode[decode_plan]
    decode --> build
    toml[/iacrisk.toml/] --> build
"""


def test_every_box_arrow_and_label_is_drawn_and_said() -> None:
    drawn = draw_flowchart(CHART)
    assert drawn is not None
    picture = ElementTree.fromstring(drawn)  # noqa: S314 - our own output
    texts = [text.text for text in picture.iter("text")]

    assert texts == ['"bytes" <1>', "plan.json", "decode_plan", "build", "iacrisk.toml"]
    assert [rect.get("class") for rect in picture.iter("rect")] == ["file", "step", "step", "file"]
    assert drawn.count('class="arrow"') == 3
    assert picture.get("aria-label") == (
        'plan.json to decode_plan: "bytes" <1>; decode_plan to build; iacrisk.toml to build'
    )


def test_boxes_stand_under_those_that_lead_to_them_and_not_on_each_other() -> None:
    drawn = draw_flowchart(CHART) or ""
    boxes = [
        [float(number) for number in found]
        for found in re.findall(r'<rect class="\w+" x="(\S+)" y="(\S+)" width="(\S+)"', drawn)
    ]
    plan, decode, build, toml = boxes

    assert plan[1] < decode[1] < build[1]
    assert toml[1] == decode[1]
    assert decode[0] + decode[2] < toml[0]


@pytest.mark.parametrize(
    "chart",
    ["sequenceDiagram\n  a->>b: x\n", "flowchart LR\n  a --> b\n", "flowchart TD\n  a -.-> b\n"],
)
def test_what_is_not_understood_stays(chart: str) -> None:
    page = f"before\n\n```mermaid\n{chart}```\n\nafter\n"

    assert draw_diagrams(page) == page


def test_the_charts_of_the_pages_are_drawn() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")

    assert page.count("```mermaid") == draw_diagrams(page).count("<svg ") == 1

"""The picture in a real browser: keys, pointer, folding, words for screen readers, axe."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from iacrisk.assess import Assessment
from iacrisk.report.picture import picture_script, picture_style, render_svg, scene_of
from tests.plans import Json, delete, document, noop, update
from tests.report.test_hostile_text import HOSTILE, decoded, hostile_plan, judged

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUEUE = 'module.worker["a"].aws_sqs_queue.jobs'
CARDS = ".ir-figure >> nth=0 >> .ir-node[data-node]"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Headless Chromium."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is in the extra `test`")
    if CHROMIUM is None:
        pytest.skip("there is no chromium on PATH")
    with api.sync_playwright() as started:
        found = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


def page_of(assessment: Assessment) -> str:
    """A page with the picture of each change."""
    drawings = "".join(
        f"<section>{render_svg(scene_of(assessment, item), with_style=False)}</section>"
        for item in assessment.changes
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Pictures</title>'
        f"<style>{picture_style()}</style><main><h1>Pictures</h1>{drawings}</main>"
        f"<script>{picture_script()}</script></html>"
    )


@pytest.fixture
def opened(browser: Any, tmp_path: Path) -> Iterator[Any]:
    """Opens the pictures of a plan; nothing may be asked for or complained about."""
    trouble: list[str] = []
    page = browser.new_page(viewport={"width": 1300, "height": 900}, reduced_motion="reduce")
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("console", lambda message: trouble.append(message.text))
    page.on(
        "request", lambda asked: trouble.append(asked.url) if asked.url[:5] != "file:" else None
    )

    def open_page(plan_json: Json) -> Any:
        file = tmp_path / "page.html"
        file.write_text(page_of(judged(decoded(plan_json))), "utf-8")
        page.goto(file.as_uri())
        return page

    yield open_page
    assert trouble == []
    page.close()


def group_that_goes() -> Json:
    """A key that goes, a queue in a module that it locks, and a role that changes too."""
    return document(
        delete("aws_kms_key.main", {"id": "key-0123456789"}),
        update(QUEUE, {"id": "q-1", "key": "key-0123456789", "delay": 1}, {"delay": 2}),
        noop('module.worker["a"].aws_sns_topic.done', {"id": "t-1", "key": "key-0123456789"}),
        noop("aws_ebs_volume.data", {"id": "vol-1", "key": "key-0123456789"}),
    )


def tells(page: Any) -> str:
    """What the first picture says."""
    return str(page.locator(".ir-tells").first.text_content())


def focused(page: Any) -> str:
    """The address of the card that has the focus."""
    return str(page.evaluate("document.activeElement.dataset.address ?? ''"))


def test_keys_walk_along_the_references_and_tell_them(opened: Any) -> None:
    page = opened(group_that_goes())
    page.keyboard.press("Tab")
    assert focused(page) == "aws_kms_key.main"
    page.keyboard.press("ArrowRight")
    assert focused(page) == "aws_ebs_volume.data"
    assert tells(page).startswith("aws_ebs_volume.data: hit; 1 hop")
    assert "aws_kms_key.main to aws_ebs_volume.data: " in tells(page)
    assert page.locator(".ir-figure >> nth=0 >> .ir-node.ir-far").count() == 2
    page.keyboard.press("ArrowLeft")
    assert focused(page) == "aws_kms_key.main"
    assert page.locator(".ir-figure >> nth=0 >> .ir-node.ir-far").count() == 0


def test_enter_makes_a_change_the_middle_and_escape_goes_back(opened: Any) -> None:
    page = opened(group_that_goes())
    page.locator(f'.ir-figure >> nth=0 >> .ir-node[data-address="{css(QUEUE)}"]').focus()
    assert tells(page).endswith("(Enter: make it the middle)")
    page.keyboard.press("Enter")
    assert focused(page) == QUEUE
    assert page.locator(".ir-scroll > svg").first.get_attribute("data-address") == QUEUE
    assert page.locator(".ir-back").first.text_content() == "Back to aws_kms_key.main"
    page.keyboard.press("Escape")
    assert focused(page) == QUEUE
    first = page.locator(".ir-scroll > svg").first
    assert first.get_attribute("data-address") == "aws_kms_key.main"
    assert page.locator(".ir-back").first.is_hidden()


def test_a_module_is_folded_and_unfolded(opened: Any) -> None:
    page = opened(group_that_goes())
    frame = page.locator('.ir-figure >> nth=0 >> .ir-module[data-ring="1"]')
    before = page.locator(".ir-figure >> nth=0 >> svg >> nth=0").inner_html()
    frame.focus()
    page.keyboard.press("Enter")
    assert frame.get_attribute("aria-expanded") == "false"
    assert page.locator(f"{CARDS} >> visible=true").count() == 2
    page.keyboard.press("ArrowLeft")
    assert focused(page) == "aws_kms_key.main"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press(" ")
    assert page.locator(f"{CARDS} >> visible=true").count() == 4
    lines = '[...document.querySelectorAll(".ir-figure svg")][0].querySelectorAll(".ir-line")'
    assert all(
        line in before for line in page.evaluate(f"[...{lines}].map((l) => l.getAttribute('d'))")
    )


def test_the_pointer_is_told_the_reference(opened: Any) -> None:
    page = opened(group_that_goes())
    page.locator(".ir-figure >> nth=0 >> .ir-reach >> nth=0").hover()
    assert tells(page).startswith("aws_kms_key.main to ")
    assert tells(page).endswith("weak)")


def test_a_screen_reader_is_told_what_eyes_see(opened: Any) -> None:
    page = opened(group_that_goes())
    drawing = page.locator(".ir-scroll > svg").first
    assert drawing.get_attribute("role") == "group"
    assert drawing.get_attribute("aria-label").startswith("aws_kms_key.main: destroyed")
    labels = page.locator(CARDS).evaluate_all("all => all.map((c) => c.ariaLabel)")
    assert len(labels) == 4
    assert all(": hit; 1 hop" in label for label in labels[1:])
    assert page.locator(".ir-figure >> nth=0 >> [tabindex='0']").count() == 1


def test_axe_finds_nothing(opened: Any) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    for scheme in ("light", "dark"):
        page = opened(group_that_goes())
        page.emulate_media(color_scheme=scheme)
        found = axe.Axe().run(page)
        assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("text", HOSTILE[10:17])
def test_hostile_text_stays_text(opened: Any, text: str) -> None:
    page = opened(hostile_plan(text))
    assert page.locator(".ir-figure").count() > 1
    for name in ("script", "img", "a", "foreignObject", "h1"):
        assert page.locator(f".ir-figure {name}").count() == 0


def css(text: str) -> str:
    """Text inside a quoted attribute selector."""
    return text.replace("\\", "\\\\").replace('"', '\\"')

"""The page in a real browser: what a reviewer sees, types and reaches with the keyboard."""

from __future__ import annotations

from typing import Any

import pytest

from iacrisk.assess import Assessment
from iacrisk.report.page.view import view_of
from tests.plans import delete, document, noop
from tests.report.browser.conftest import PHONE, Open, shown
from tests.report.page.test_view import judged


def addresses(assessment: Assessment, **wanted: object) -> set[str]:
    """The changes whose views have these values."""
    return {
        change.subject.address
        for change in view_of(assessment).changes
        if all(getattr(change, name) == value for name, value in wanted.items())
    }


def choose(page: Any, **values: str) -> None:
    """Choose in the selects of the filter."""
    for name, value in values.items():
        page.select_option(f"select[name={name}]", value)


def test_the_first_screen_has_the_verdict_the_score_and_what_matters(
    opened: Open, ordinary: Assessment
) -> None:
    page = opened(ordinary)
    view = view_of(ordinary)
    assert page.title() == view.headline
    for selector in (".verdict-word", ".verdict-risk b", ".verdict-tally", ".matter"):
        box = page.locator(selector).first.bounding_box()
        assert box["y"] + box["height"] < 900, selector
    assert page.inner_text(".verdict-word") == view.verdict_words
    assert page.locator(".matter").count() == 3


def test_every_change_has_a_row_and_those_that_nobody_has_to_read_are_folded(
    opened: Open, ordinary: Assessment
) -> None:
    page = opened(ordinary)
    assert set(shown(page)) == addresses(ordinary)
    assert not page.locator(".noise > .list").is_visible()
    page.click(".noise > summary")
    assert page.locator(".noise > .list").is_visible()


def test_only_those_that_wait(opened: Open, ordinary: Assessment) -> None:
    page = opened(ordinary)
    page.check("input[name=waits]")
    waiting = addresses(ordinary, waits=True)
    assert set(shown(page)) == waiting
    assert page.inner_text("output") == f"{len(waiting)} of 120 shown"
    page.click("button[type=reset]")
    page.get_by_text("120 of 120 shown").wait_for()


@pytest.mark.parametrize(("name", "attribute"), [("action", "action"), ("class", "resource_class")])
def test_a_filter_leaves_what_is_chosen(
    opened: Open, ordinary: Assessment, name: str, attribute: str
) -> None:
    page = opened(ordinary)
    for value in sorted({getattr(change, attribute) for change in view_of(ordinary).changes}):
        choose(page, **{name: value})
        assert set(shown(page)) == addresses(ordinary, **{attribute: value})


def test_a_rule_and_a_module_are_chosen_together(opened: Open, ordinary: Assessment) -> None:
    page = opened(ordinary)
    change = next(item for item in view_of(ordinary).changes if item.findings)
    rule, module = change.findings[0].rule, change.subject.module
    choose(page, rule=rule, module=module)
    assert set(shown(page)) == {
        item.subject.address
        for item in view_of(ordinary).changes
        if item.subject.module == module and rule in {found.rule for found in item.findings}
    }


def test_a_module_holds_what_is_in_the_modules_within(opened: Open, ordinary: Assessment) -> None:
    page = opened(ordinary)
    choose(page, module="module.team_000")
    inside = {name for name in addresses(ordinary) if name.startswith("module.team_000.")}
    assert set(shown(page)) == inside != addresses(ordinary)


def test_a_search_finds_names_and_what_stands_in_a_change(
    opened: Open, ordinary: Assessment
) -> None:
    page = opened(ordinary)
    page.fill("input[type=search]", "AWS_DB_INSTANCE svc-00001")
    assert {name for name in addresses(ordinary) if '"svc-00001"].aws_db_instance' in name} <= set(
        shown(page)
    )
    assert len(shown(page)) < 20
    page.fill("input[type=search]", "forces the replacement")
    assert set(shown(page)) <= addresses(ordinary, action="replace")
    assert shown(page)


def test_a_search_without_a_match_says_so_and_what_was_folded_comes_back(
    opened: Open, ordinary: Assessment
) -> None:
    page = opened(ordinary)
    page.fill("input[type=search]", "no such thing")
    assert shown(page) == []
    assert page.locator(".nothing").is_visible()
    page.fill("input[type=search]", "")
    assert len(shown(page)) == 120
    assert not page.locator(".nothing").is_visible()
    assert not page.locator(".noise > .list").is_visible()


def test_a_match_among_the_folded_is_unfolded(opened: Open, ordinary: Assessment) -> None:
    page = opened(ordinary)
    folded = next(item for item in view_of(ordinary).changes if item.folded)
    page.fill("input[type=search]", folded.subject.address)
    assert page.locator(f"#p1-c{folded.number}").is_visible()


def test_a_press_sorts_and_a_second_one_turns_the_order(opened: Open, ordinary: Assessment) -> None:
    page = opened(ordinary)

    def hits() -> list[int]:
        found: list[int] = page.eval_on_selector_all(
            ".changes > .list > .change", "rows => rows.map(row => +(row.dataset.hits ?? 0))"
        )
        return found

    page.click("button[data-sort=hits]")
    falling = hits()
    assert falling == sorted(falling, reverse=True)
    assert page.get_attribute("button[data-sort=hits]", "aria-pressed") == "true"
    page.click("button[data-sort=hits]")
    assert hits() == sorted(falling)
    page.click("button[data-sort=score]")
    first = page.get_attribute(".changes > .list > .change", "data-number")
    assert first == "1"


def test_a_change_opens_where_one_that_matters_is_followed(
    opened: Open, ordinary: Assessment
) -> None:
    page = opened(ordinary)
    page.click(".matter h3 a >> nth=1")
    number = view_of(ordinary).matters[1].number
    page.wait_for_selector(f"#p1-c{number}[open]")
    body = page.locator(f"#p1-c{number} .body")
    assert body.is_visible()
    assert "How the score came about" in body.inner_text()


def test_the_keyboard_reaches_everything(opened: Open, ordinary: Assessment) -> None:
    page = opened(ordinary)

    def focused(selector: str) -> bool:
        is_focused: bool = page.evaluate("s => document.activeElement.matches(s)", selector)
        return is_focused

    page.keyboard.press("Tab")
    assert focused(".skip")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert focused("input[type=search]")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("/")
    assert focused("input[type=search]")
    page.keyboard.type("aws_db_instance")
    page.keyboard.press("Escape")
    page.focus(".change summary")
    page.keyboard.press("ArrowDown")
    assert focused("#p1-c2 > summary")
    page.keyboard.press("Enter")
    assert page.locator("#p1-c2 .body").is_visible()
    page.keyboard.press("Enter")
    assert not page.locator("#p1-c2 .body").is_visible()
    page.keyboard.press("ArrowUp")
    assert focused("#p1-c1 > summary")


def test_without_script_all_is_there_and_opens(opened: Open, ordinary: Assessment) -> None:
    page = opened(ordinary, java_script_enabled=False)
    assert page.locator(".change").count() == 120
    assert not page.locator(".filters").is_visible()
    page.click("#p1-c1 > summary")
    assert page.locator("#p1-c1 .body").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_a_phone(opened: Open, ordinary: Assessment, scheme: str) -> None:
    page = opened(ordinary, viewport=PHONE, color_scheme=scheme)
    for row in page.query_selector_all(".changes > .list > .change summary")[:12]:
        row.click()
    page.click(".noise > summary")
    wide: bool = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not wide


def test_on_paper_what_waits_is_told_in_full(opened: Open, ordinary: Assessment) -> None:
    page = opened(ordinary)
    page.emulate_media(media="print")
    assert not page.locator(".filters").is_visible()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".change[open]").count() == len(addresses(ordinary, waits=True))
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator(".change[open]").count() == 0
    assert page.pdf().startswith(b"%PDF")


def test_a_plan_that_changes_nothing_is_told_so(opened: Open) -> None:
    page = opened(judged(document()))
    assert page.inner_text(".verdict-word") == "ALLOWED"
    assert page.inner_text(".changes p") == "The plan changes nothing."


def test_keys_walk_in_a_picture_and_what_it_says_is_read(opened: Open) -> None:
    page = opened(
        judged(
            document(
                delete("aws_kms_key.main", {"id": "key-0123456789"}),
                noop("aws_ebs_volume.data", {"id": "vol-1", "key": "key-0123456789"}),
            )
        )
    )
    page.locator(".change").first.locator("summary").first.click()
    card = page.locator(".ir-node[data-node]").first
    card.focus()
    page.keyboard.press("ArrowRight")
    assert page.locator(".ir-tells").text_content().startswith("aws_ebs_volume.data: hit; 1 hop")

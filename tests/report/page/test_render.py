"""The page as text: one file, closed to the outside, the same for every order, and never broken."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest

from iacrisk.plan import decode_plan
from iacrisk.report import Format, renderer
from iacrisk.report.batch import Batch, Fault, JudgedPlan
from iacrisk.report.page.render import render_html_batch, render_page
from iacrisk.report.page.values import PageView
from iacrisk.report.page.view import view_of
from tests.benchmark.generate import make_plan
from tests.conftest import RunCli
from tests.plans import delete, document
from tests.report.page.test_view import judged
from tests.report.test_hostile_text import HOSTILE, hostile_plan
from tests.report.test_hostile_text import judged as judged_plan

VOID = frozenset({"meta", "input", "br", "wbr", "rect", "circle", "path", "use"})
TAGS = VOID | {
    *("a", "article", "b", "body", "button", "code", "dd", "defs", "del", "desc", "details"),
    *("div", "dl", "dt", "em", "form", "g", "h1", "h2", "h3", "h4", "head", "header", "html"),
    *(
        "ins",
        "kbd",
        "label",
        "li",
        "main",
        "ol",
        "option",
        "output",
        "p",
        "pre",
        "script",
        "section",
    ),
    *("select", "span", "style", "summary", "svg", "table", "tbody", "td", "text", "th"),
    *("thead", "title", "tr", "ul", "wbr", "i"),
}
ADDRESSES = frozenset({"href", "src", "action", "formaction", "srcset", "style", "xlink:href"})


class Page(HTMLParser):
    """Reads a page and fails where tags do not match, or anything could run or lead away."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.raw: dict[str, list[str]] = {"script": [], "style": []}
        self.metas: list[dict[str, str | None]] = []
        self.feed(text)
        self.close()
        assert self.open == []
        assert len(self.ids) == len(set(self.ids))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS, tag
        values = dict(attrs)
        assert not [name for name in values if name.startswith("on")]
        for name in ADDRESSES & values.keys():
            assert name == "href", (tag, name)
            assert (values[name] or "").startswith("#"), values[name]
            self.links.append((values[name] or "")[1:])
        if values.get("id"):
            self.ids.append(values["id"] or "")
        if tag == "meta":
            self.metas.append(values)
        if tag not in VOID:
            self.open.append(tag)
        if tag in self.raw:
            self.raw[tag].append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag, tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in {"script", "style"}:
            self.raw[self.open[-1]][-1] += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


def source(text: str) -> str:
    """The hash that a content security policy names."""
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def test_the_policy_allows_the_style_and_the_script_of_the_page_and_nothing_else() -> None:
    page = Page(renderer(Format.HTML)(judged(make_plan(20))))
    [policy] = [m["content"] for m in page.metas if m.get("http-equiv")]
    assert policy == (
        f"default-src 'none'; style-src {' '.join(map(source, page.raw['style']))}; "
        f"script-src {' '.join(map(source, page.raw['script']))}; "
        "base-uri 'none'; form-action 'none'"
    )


def test_nothing_in_the_page_names_another_address() -> None:
    text = renderer(Format.HTML)(judged(make_plan(60)))
    addresses = set(re.findall(r"(?:https?:)?//[\w.-]+\.[a-z]+[^\s\"<]*", text))
    assert addresses <= {"http://www.w3.org/2000/svg"}
    assert "url(" not in text
    assert "@import" not in text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str) -> None:
    assessment = judged_plan(decode_plan(json.dumps(hostile_plan(text)).encode()))
    page = Page(renderer(Format.HTML)(assessment))
    assert set(page.links) <= set(page.ids)
    assert page.raw == Page(renderer(Format.HTML)(judged(document()))).raw


def test_the_page_is_the_same_from_values_that_were_stored() -> None:
    view = view_of(judged(make_plan(60)))
    stored = msgspec.json.decode(msgspec.json.encode(view), type=PageView)
    assert render_page(stored) == render_page(view)


def test_400_changes_are_less_than_two_megabytes() -> None:
    assert len(renderer(Format.HTML)(judged(make_plan(400))).encode()) < 2_000_000


def test_folded_changes_beyond_some_are_named_and_counted() -> None:
    text = renderer(Format.HTML)(judged(make_plan(400)))
    assert text.count('<details class="change"') + text.count('<div class="change bare"') == 400
    [number] = re.findall(r"(\d+) folded changes only named here", text)
    assert int(number) == text.count('<div class="change bare"') > 0


def test_several_plans_have_an_index_and_a_plan_that_could_not_be_read_its_reason() -> None:
    gone, quiet = judged(document(delete("aws_db_instance.main"))), judged(document())
    fault = Fault(problem="This is no plan <b>.", remedy="Run terraform show.")
    plans = (
        JudgedPlan(name="a/plan.json", fault=fault),
        JudgedPlan(name="b/plan.json", assessment=gone),
        JudgedPlan(name="c/plan.json", assessment=quiet),
    )
    text = render_html_batch(Batch(plans=plans, several=True, soft=True))
    page = Page(text)
    assert set(page.links) <= set(page.ids)
    assert "COULD NOT REVIEW: the worst of 3 plans" in text
    assert "This is no plan &lt;b&gt;." in text
    assert "Soft run (--soft)" in text
    assert text.count("<h1") == 1


def test_the_command_writes_the_page(cli: RunCli) -> None:
    Path("plan.json").write_text(json.dumps(document(delete("aws_db_instance.main"))), "utf-8")
    ran = cli("score", "plan.json", "--format", "html", "--output", "report.html")
    assert ran.code in {3, 4}
    assert Path("report.html").read_text("utf-8").startswith("<!doctype html>")

"""What an attacker writes into a plan stays text, and the page can reach nothing."""

from __future__ import annotations

import json

import pytest

from iacrisk.plan import decode_plan
from tests.plans import delete, document
from tests.report.browser.conftest import Open
from tests.report.page.test_view import judged
from tests.report.test_hostile_text import HOSTILE, hostile_plan
from tests.report.test_hostile_text import judged as judged_plan

MARKUP = [text for text in HOSTILE if "<" in text or "&" in text or "\\u" in ascii(text)]


@pytest.mark.parametrize("text", MARKUP)
def test_markup_in_a_plan_is_shown_and_not_obeyed(opened: Open, text: str) -> None:
    page = opened(judged_plan(decode_plan(json.dumps(hostile_plan(text)).encode())))
    for row in page.query_selector_all("details > summary"):
        row.click()
    assert page.evaluate("document.scripts.length") == 1
    assert page.locator("img, iframe, object, embed, link, base").count() == 0
    assert page.locator("a:not([href^='#'])").count() == 0
    assert page.inner_text(".verdict-word") in {"BLOCKED", "COULD NOT REVIEW", "APPROVAL REQUIRED"}


def test_a_name_that_is_markup_can_be_read_as_it_is(opened: Open) -> None:
    name = "<img src=x onerror=alert(1)>"
    page = opened(judged(document(delete(f"aws_db_instance.main[{json.dumps(name)}]"))))
    assert name in page.inner_text(".matter h3")
    page.fill("input[type=search]", name)
    assert page.inner_text("output") == "1 of 1 shown"


def test_even_a_script_that_got_in_would_not_run(opened: Open) -> None:
    page = opened(judged(document(delete("aws_db_instance.main"))), calm=False)
    refused = page.evaluate(
        """async () => {
          const refused = [];
          document.addEventListener("securitypolicyviolation", (event) =>
            refused.push(event.effectiveDirective));
          const script = document.createElement("script");
          script.textContent = "window.ran = true";
          document.body.append(script);
          const button = document.createElement("button");
          button.setAttribute("onclick", "window.ran = true");
          document.body.append(button);
          button.click();
          await new Promise((done) => setTimeout(done, 200));
          return refused;
        }"""
    )
    assert set(refused) == {"script-src-elem", "script-src-attr"}
    assert page.evaluate("window.ran") is None


def test_the_page_can_ask_nobody(opened: Open) -> None:
    page = opened(judged(document(delete("aws_db_instance.main"))), calm=False)
    asked = page.evaluate(
        """async () => {
          const refused = [];
          document.addEventListener("securitypolicyviolation", (event) =>
            refused.push(event.effectiveDirective));
          await fetch("http://127.0.0.1:9/").catch(() => 0);
          const picture = new Image();
          picture.src = "http://127.0.0.1:9/x.png";
          document.body.append(picture);
          await new Promise((done) => setTimeout(done, 200));
          return refused;
        }"""
    )
    assert set(asked) == {"connect-src", "img-src"}

"""What another site, another person or a plan's text could try, in a real browser."""

from __future__ import annotations

import contextlib
import html
import http.server
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from iacrisk.service.storage.assessments import State, find_assessment
from tests.plans import create, document, replace, update
from tests.service.browser.conftest import Running
from tests.service.browser.people import sign_in_by_token
from tests.service.provider import sign_in_at_provider
from tests.service.seeding import decided, plan_file, seed

Visitor = Callable[..., Any]

HOSTILE: Final = (
    "<img src=x onerror=alert(1)>",
    "</textarea><script>alert(1)</script>",
    "\"><svg onload=alert(1)> '><b onmouseover=alert(1)>",
    "</title></style><script src=https://evil.example/x.js></script>",
    "javascript:alert(1)",
    "{{ 7 * 7 }}{% raw %}",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\u202etxt.exe\u2066\u200b\ufeff",
    "a\nb\rc\tALLOWED: risk 0",
)


@contextlib.contextmanager
def evil_site(body: Callable[[], str]) -> Iterator[str]:
    """Another site on this machine. Its port differs, so cookies of ours are sent from there."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            text = body().encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def state_of(running: Running, made: str) -> State:
    with running.store.begin() as connection:
        found = find_assessment(connection, made)
    assert found
    return found.state


def test_a_form_on_another_site_decides_nothing(running: Running, visitor: Visitor) -> None:
    made = seed(running.store, plan_file("ingress-narrowed"), running.now())
    page = visitor()
    sign_in_by_token(page, running, "Ada")
    page.goto(f"{running.url}/assessments/{made}")
    fields = {
        "choice": "approve",
        "reason": "forged",
        "fingerprint": page.get_attribute('input[name="fingerprint"]', "value"),
        # even a token that leaked somehow does not help another site
        "form_token": page.get_attribute('input[name="form_token"]', "value"),
    }
    inputs = "".join(
        f'<input name="{name}" value="{html.escape(value)}">' for name, value in fields.items()
    )
    action = f"{running.url}/assessments/{made}/decision"
    form = (
        f'<form method="post" action="{action}">{inputs}</form><script>forms[0].submit()</script>'
    )
    form = form.replace("forms[0]", "document.forms[0]")
    sent: list[dict[str, str]] = []
    page.on("request", lambda request: sent.append(request.all_headers()))
    with evil_site(lambda: form) as evil:
        page.goto(evil)
        page.get_by_text("another site").wait_for()
    assert any("iacrisk-session" in each.get("cookie", "") for each in sent), "the cookie was sent"
    assert state_of(running, made) is State.WAITING


def test_no_page_can_be_framed(running: Running, chromium: Any) -> None:
    frame = f'<iframe src="{running.url}/sign-in" width="900" height="500"></iframe>'
    with evil_site(lambda: frame) as evil, chromium.new_context() as context:
        page = context.new_page()
        with page.expect_console_message() as said:
            page.goto(evil)
        assert "frame-ancestors" in said.value.text
        assert page.frames[1].query_selector("form") is None


def test_a_session_id_that_was_planted_is_worth_nothing(running: Running, visitor: Visitor) -> None:
    planted = "planted-by-an-attacker"
    victim, attacker = visitor(), visitor()
    for page in (victim, attacker):
        page.context.add_cookies(
            [{"name": "iacrisk-session", "value": planted, "url": running.url}]
        )
    sign_in_by_token(victim, running, "Ada")
    held = {c["name"]: c for c in victim.context.cookies()}
    assert held["iacrisk-session"]["value"] != planted
    assert held["iacrisk-session"]["httpOnly"]
    assert held["iacrisk-session"]["sameSite"] == "Lax"
    assert victim.evaluate("document.cookie") == ""
    attacker.goto(running.url)
    assert attacker.url.endswith("/sign-in")


def test_a_sign_in_that_an_attacker_began_is_not_finished_by_a_victim(
    running_with_provider: Running, visitor: Visitor
) -> None:
    url = running_with_provider.url
    back = f"{url}/sign-in/callback"
    with httpx.Client(trust_env=False) as attacker:
        to_provider = attacker.get(f"{url}/sign-in/provider").headers["location"]
        answer = httpx.QueryParams(sign_in_at_provider(to_provider, "alice", back))
        victim = visitor()
        victim.goto(f"{back}?{answer}")
        assert "not begun in this browser" in victim.inner_text("main")
        victim.goto(url)
        assert victim.url.endswith("/sign-in")
        again = attacker.get(back, params=answer)
    assert again.status_code == 403, "an answer holds once"
    assert "used up" in again.text


def hostile_plan(text: str) -> dict[str, Any]:
    """A plan with `text` wherever a plan may hold free text."""
    key = json.dumps(text)
    attributes = {"identifier": text, text: text, "tags": {text: text, "Name": text}}
    return document(
        replace(
            f"aws_db_instance.main[{key}]",
            attributes,
            {**attributes, "engine": text, "tags": {"Name": text + text}},
            "engine",
            action_reason=text,
        ),
        update(
            f"module.a[{key}].aws_security_group.main",
            {"ingress": [{"cidr_blocks": ["10.0.0.0/8"], "description": text}]},
            {"ingress": [{"cidr_blocks": ["0.0.0.0/0"], "description": text + text}]},
        ),
        create(f"aws_instance.app[{key}]", {"user_data": text}),
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(
    running: Running, visitor: Visitor, tmp_path: Path, text: str
) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(hostile_plan(text)))
    made = seed(running.store, plan, running.now(), author=text, workspace=text, message=text)
    second = seed(running.store, plan_file("ingress-narrowed"), running.now(), workspace=text)
    decided(running.store, second, "alice", running.now(), against=True, reason=text)
    page = visitor()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    sign_in_by_token(page, running, text.strip() if text.isprintable() else "Ada")
    for path in ("/", "/history", "/people", f"/assessments/{made}", f"/assessments/{second}"):
        page.goto(running.url + path)
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        page.evaluate(
            "document.querySelectorAll('*').forEach(each => "
            "each.dispatchEvent(new MouseEvent('mouseover', {bubbles: true})))"
        )
        assert page.locator("img, iframe, object, embed, svg[onload]").count() == 0
        handlers = page.evaluate(
            "[...document.querySelectorAll('*')].flatMap(each => each.getAttributeNames())"
            ".filter(name => name.startsWith('on'))"
        )
        assert handlers == []
        links = page.evaluate("[...document.querySelectorAll('a')].map(each => each.protocol)")
        assert set(links) <= {"http:", "https:"}
    seen = page.inner_text("main")
    if text.isprintable():
        assert text in seen, "it is shown as it is"
        assert "\u202e" not in page.content()
    assert [url for url in asked if not url.startswith(running.url)] == []

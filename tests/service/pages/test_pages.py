"""The pages, as a browser without JavaScript sees them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

import pytest
from litestar import HttpMethod
from litestar.testing import TestClient

from iacrisk.audit import verify_log
from iacrisk.errors import BrokenLog
from iacrisk.report.page.render import style
from iacrisk.service.app import make_app
from iacrisk.service.pages.rendering import service_style
from iacrisk.service.people.roles import Role
from iacrisk.service.serving import server_config
from iacrisk.service.settings import Settings, SignIn
from iacrisk.service.storage.assessments import (
    NewAssessment,
    Source,
    State,
    add_assessment,
    find_assessment,
)
from iacrisk.service.storage.people import person_id
from tests.service.pages.conftest import SESSION, Site, decide
from tests.service.seeding import plan_file, seed

INLINE: Final = re.compile(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=|javascript:")

# --- every route


def page_routes(site: Site) -> list[tuple[str, str, dict[str, Any]]]:
    """Method, path with an id filled in, and what each of our routes says of itself."""
    found = []
    for route in site.client.app.routes:
        for handler in getattr(route, "route_handlers", ()):
            if not handler.fn.__module__.startswith("iacrisk.service.pages"):
                continue
            path = re.sub(r"{[^}]*}", "x", route.path)
            found += [
                (str(method), path, handler.opt)
                for method in handler.http_methods
                if method in (HttpMethod.GET, HttpMethod.POST)
            ]
    return found


def test_nothing_but_signing_in_and_style_is_open_to_strangers(site: Site) -> None:
    routes = page_routes(site)
    assert len(routes) > 8
    public = {path for _, path, says in routes if says.get("public")}
    assert public == {
        "/assets/x/x",
        "/sign-in",
        "/sign-in/token",
        "/sign-in/provider",
        "/sign-in/callback",
    }
    for method, path, says in routes:
        if method == "GET" and not says.get("public"):
            answer = site.client.get(path, follow_redirects=False)
            assert answer.status_code == 303, path
            assert answer.headers["location"].startswith("/sign-in"), path


def test_no_form_is_taken_without_its_token(site: Site) -> None:
    site.come_as("ada", Role.ADMIN)
    posts = [path for method, path, _ in page_routes(site) if method == "POST"]
    assert len(posts) >= 4
    for path in posts:
        for forged in ({}, {"form_token": ""}, {"form_token": "0" * 64}):
            answer = site.client.post(path, data=forged, follow_redirects=False)
            assert answer.status_code == 403, path
            assert "The page was too old" in answer.text


def test_no_form_is_taken_from_another_site(site: Site) -> None:
    site.come_as("ada", Role.ADMIN)
    token = site.form_token("/")
    for header in (
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
    ):
        answer = site.client.post("/sign-out", data={"form_token": token}, headers=header)
        assert answer.status_code == 403
        assert "another site" in answer.text
    assert "ada@example.com" in site.text("/")


def test_the_token_of_one_session_opens_no_form_of_another(site: Site) -> None:
    site.come_as("alice", Role.APPROVER)
    of_alice = site.form_token("/")
    site.come_as("bob", Role.APPROVER)
    assert of_alice != site.form_token("/")
    answer = site.client.post("/sign-out", data={"form_token": of_alice})
    assert answer.status_code == 403


def test_every_answer_carries_the_headers(site: Site) -> None:
    site.come_as("ada", Role.ADMIN)
    for path, status in (("/", 200), ("/people", 200), ("/nowhere", 404), ("/assessments/x", 404)):
        answer = site.client.get(path)
        assert answer.status_code == status
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "strict-transport-security" not in answer.headers


def test_no_page_has_style_or_script_in_it(site: Site) -> None:
    made = seed(site.store, plan_file("rds-replaced"), site.now())
    site.come_as("ada", Role.ADMIN)
    for path in ("/", f"/assessments/{made}", "/history", "/people", "/nowhere"):
        text = site.text(path, 404 if path == "/nowhere" else 200)
        assert not re.search(
            r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=|javascript:", text
        )


def test_style_and_script_are_kept_by_browsers_under_names_that_change(site: Site) -> None:
    found = re.findall(r'href="(/assets/[^"]+)"', site.text("/sign-in"))
    assert len(found) == 2
    for path in found:
        answer = site.client.get(path)
        assert answer.headers["content-type"].startswith("text/css")
        assert "immutable" in answer.headers["cache-control"]
    assert site.client.get("/assets/0000000000000000/page.css").status_code == 404
    assert site.client.get(found[0].replace("page.css", "layout.html")).status_code == 404


def test_our_style_and_the_report_s_do_not_meet_by_accident() -> None:
    def classes(text: str) -> set[str]:
        return set(re.findall(r"\.([a-z][a-z0-9-]*)(?=[^{}]*{)", text))

    together = classes(style()) & classes(service_style())
    meant = {"approvals", "button", "number", "pill", "sorts"}
    verdicts = {"verdict-approval-required", "verdict-blocked", "verdict-could-not-review"}
    assert together <= meant | verdicts


# --- signing in and out


def admit(site: Site, token: str, **fields: str) -> Any:
    form_token = site.form_token("/sign-in")
    return site.client.post(
        "/sign-in/token",
        data={"form_token": form_token, "token": token, "name": "Ada", **fields},
        follow_redirects=False,
    )


def test_the_admin_token_signs_in_once_under_a_new_session(site: Site) -> None:
    token = site.admin_token()
    site.client.cookies.set(SESSION, "fixed-by-an-attacker")
    answer = admit(site, token)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/"
    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith(SESSION))
    assert "fixed-by-an-attacker" not in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    site.client.cookies.delete(SESSION, domain="")
    assert "<b>Ada</b>" in site.text("/")
    site.client.cookies.clear()
    assert admit(site, token).status_code == 403
    site.client.cookies.set(SESSION, "fixed-by-an-attacker")
    assert site.text("/", 303) == ""


def test_signing_in_ends_the_session_before(site: Site) -> None:
    old = site.come_as("alice", Role.VIEWER)
    token = site.admin_token()
    form_token = site.form_token("/")
    answer = site.client.post(
        "/sign-in/token",
        data={"form_token": form_token, "token": token, "name": "Ada"},
        follow_redirects=False,
    )
    assert answer.status_code == 303
    site.client.cookies.clear()
    site.client.cookies.set(SESSION, old)
    site.text("/", 303)


def test_signing_out_ends_the_session_on_the_server(site: Site) -> None:
    secret = site.come_as("alice", Role.VIEWER)
    form = {"form_token": site.form_token("/")}
    assert site.client.post("/sign-out", data=form, follow_redirects=False).status_code == 303
    site.client.cookies.clear()
    site.client.cookies.set(SESSION, secret)
    site.text("/", 303)


def test_tries_run_out(site: Site) -> None:
    for _ in range(5):
        assert admit(site, "wrong").status_code == 403
    answer = admit(site, site.admin_token())
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "600"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "javascript:x",
        "/%0d%0aX: y\r\n",
    ],
)
def test_signing_in_leads_to_our_own_pages_only(site: Site, target: str) -> None:
    answer = admit(site, site.admin_token(), next=target)
    assert answer.headers["location"] == "/"
    site.client.cookies.clear()
    answer = admit(site, site.admin_token(), next="/assessments/abc-_1")
    assert answer.headers["location"] == "/assessments/abc-_1"


def test_without_a_provider_there_is_no_way_to_it(site: Site) -> None:
    assert "Sign in with" not in site.text("/sign-in")
    assert "No sign-in provider" in site.text("/sign-in/provider", 403)
    assert "No sign-in provider" in site.text("/sign-in/callback?state=x&code=y", 403)


def test_with_tls_cookies_are_bound_to_this_host(tmp_path: Path) -> None:
    settings = Settings(data_folder=str(tmp_path / "data"), public_url="https://risk.example")
    with TestClient(make_app(settings), base_url="https://risk.example") as client:
        answer = client.get("/sign-in")
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-iacrisk-sign-in=")
        assert "; Secure" in cookie
        assert "Domain" not in cookie
        assert answer.headers["strict-transport-security"] == "max-age=31536000"


def test_an_address_that_a_proxy_tells_counts_only_from_a_trusted_one(tmp_path: Path) -> None:
    plain = server_config(Settings(data_folder=str(tmp_path)))
    behind = server_config(
        Settings(data_folder=str(tmp_path), sign_in=SignIn(trusted_proxies=("192.0.2.7",)))
    )
    assert not plain.proxy_headers
    assert behind.proxy_headers
    assert behind.forwarded_allow_ips == ["192.0.2.7"]


# --- roles


def test_each_role_sees_its_pages(site: Site) -> None:
    site.come_as("vera", Role.VIEWER)
    text = site.text("/")
    assert "History" in text
    assert "People" not in text
    assert "for the role admin" in site.text("/people", 403)
    site.come_as("ada", Role.ADMIN)
    assert 'href="/people"' in site.text("/")


def test_an_administrator_gives_roles_but_not_to_themselves(site: Site) -> None:
    vera = site.come_as("vera", Role.VIEWER)
    site.come_as("ada", Role.ADMIN)
    text = site.text("/people")
    of = {
        name: key for key, name in re.findall(r'/people/(\w+)".*?Role of (\S+?)<', text, re.DOTALL)
    }
    token = site.form_token("/people")

    def give(name: str, role: str) -> int:
        data = {"form_token": token, "role": role}
        path = f"/people/{of[name]}"
        return site.client.post(path, data=data, follow_redirects=False).status_code

    of["ada@example.com"] = person_id("https://id.example", "ada")
    assert give("ada@example.com", "viewer") == 409
    assert give("vera@example.com", "owner") == 404
    assert give("vera@example.com", "admin") == 303
    site.client.cookies.clear()
    site.client.cookies.set(SESSION, vera)
    site.text("/people")
    site.come_as("ada", Role.ADMIN)
    token = site.form_token("/people")
    assert give("vera@example.com", "none") == 303
    site.client.cookies.clear()
    site.client.cookies.set(SESSION, vera)
    site.text("/people", 303)


# --- what waits, and deciding


def test_what_waits_is_listed_with_the_longest_first(site: Site) -> None:
    made = seed(site.store, plan_file("rds-replaced"), site.now(), workspace="data", author="bob")
    seed(site.store, plan_file("ingress-narrowed"), site.now(), workspace="net")
    site.come_as("vera", Role.VIEWER)
    text = site.text("/")
    assert re.findall(r'<h2><a href="/assessments/[^"]+">.*?</span> (\w+)', text) == ["data", "net"]
    assert f"/assessments/{made}" in text
    assert "<b>bob</b>" in text


def state_of(site: Site, made: str) -> State:
    with site.store.begin() as connection:
        found = find_assessment(connection, made)
    assert found
    return found.state


def test_an_approver_approves_and_the_page_says_so(site: Site) -> None:
    made = seed(site.store, plan_file("ingress-narrowed"), site.now())
    site.come_as("alice", Role.APPROVER)
    text = site.text(f"/assessments/{made}")
    assert "APPROVAL REQUIRED" in text
    assert "0 of 1 approvals" in text
    assert decide(site, made, "approve").status_code == 303
    assert state_of(site, made) is State.APPROVED
    text = site.text(f"/assessments/{made}")
    assert "<b>alice@example.com</b> approved" in text
    assert "Seen with the team." in text
    assert "of 1 approvals" not in text


def test_an_approver_rejects(site: Site) -> None:
    made = seed(site.store, plan_file("ingress-narrowed"), site.now())
    site.come_as("alice", Role.APPROVER)
    assert decide(site, made, "reject").status_code == 303
    assert state_of(site, made) is State.REJECTED
    assert "<b>alice@example.com</b> rejected" in site.text(f"/assessments/{made}")


def test_the_author_is_offered_no_approval_and_gets_none(site: Site) -> None:
    for author, aliases in (("alice@example.com", ()), ("alice-hcp", ("alice-hcp",))):
        made = seed(site.store, plan_file("ingress-narrowed"), site.now(), author=author)
        site.come_as("alice", Role.ADMIN, *aliases)
        text = site.text(f"/assessments/{made}")
        assert 'value="approve"' not in text
        assert "may not approve it" in text
        answer = decide(site, made, "approve")
        assert answer.status_code == 409
        assert "may not approve it" in answer.text
        assert state_of(site, made) is State.WAITING


def test_a_viewer_decides_nothing(site: Site) -> None:
    made = seed(site.store, plan_file("ingress-narrowed"), site.now())
    site.come_as("vera", Role.VIEWER)
    text = site.text(f"/assessments/{made}")
    assert "may look but not decide" in text
    assert "/decision" not in text
    form = {"form_token": site.form_token("/"), "choice": "approve", "reason": "x"}
    answer = site.client.post(f"/assessments/{made}/decision", data=form)
    assert answer.status_code == 403
    assert state_of(site, made) is State.WAITING


def test_a_decision_needs_a_reason_a_choice_and_the_plan_that_was_seen(site: Site) -> None:
    made = seed(site.store, plan_file("ingress-narrowed"), site.now())
    site.come_as("alice", Role.APPROVER)
    answer = decide(site, made, "approve", reason=" ")
    assert answer.status_code == 409
    assert "A reason is a text" in answer.text
    assert decide(site, made, "delete").status_code == 404
    assert decide(site, made, "approve", fingerprint="another").status_code == 409
    assert state_of(site, made) is State.WAITING


def test_a_rejected_text_comes_back_escaped(site: Site) -> None:
    made = seed(site.store, plan_file("ingress-narrowed"), site.now())
    site.come_as("alice", Role.APPROVER)
    answer = decide(site, made, "approve", reason="</textarea><script>alert(1)</script>" * 60)
    assert answer.status_code == 409
    assert "<script>alert" not in answer.text
    assert "&lt;/textarea&gt;&lt;script&gt;" in answer.text


# --- history


def test_history_comes_in_pages_and_by_workspace(site: Site) -> None:
    first = seed(site.store, plan_file("tags-only"), site.now(), settled=State.ALLOWED)
    with site.store.begin() as connection:
        for number in range(60):
            new = NewAssessment(source=Source.API, organisation="acme", workspace=f"w{number % 2}")
            add_assessment(connection, new, site.now())
    site.come_as("vera", Role.VIEWER)
    page_1, page_2 = site.text("/history"), site.text("/history?page=2")
    assert page_1.count("<tr>") == 51
    assert page_2.count("<tr>") == 12
    assert f"/assessments/{first}" in page_2
    assert 'rel="next"' in page_1
    assert 'rel="next"' not in page_2
    one = site.text("/history?organisation=acme&workspace=w1")
    assert one.count("<tr>") == 31
    assert "Nothing was judged before that" in site.text("/history?page=9")
    for nonsense in ("0", "x", "-1", "99999999999999999999"):
        site.text(f"/history?page={nonsense}", 400)


def test_a_page_that_is_not_there_says_so(site: Site) -> None:
    site.come_as("vera", Role.VIEWER)
    assert "no such assessment" in site.text("/assessments/nowhere", 404)
    assert "Perhaps it was moved" in site.text("/nowhere", 404)
    assert site.client.get("/v1/nowhere").json()["status_code"] == 404


def test_a_decision_is_withdrawn_by_who_made_it_alone(site: Site) -> None:
    made = seed(site.store, plan_file("ingress-narrowed"), site.now())
    site.come_as("alice", Role.APPROVER)
    decide(site, made, "approve")
    text = site.text(f"/assessments/{made}")
    assert "You have decided." in text
    assert 'value="approve"' not in text
    own = own_decision(site, made)
    site.come_as("bob", Role.APPROVER)
    answer = decide(site, made, "withdraw", decision=own)
    assert answer.status_code == 409
    assert "no such decision of yours" in answer.text
    assert state_of(site, made) is State.APPROVED
    site.come_as("alice", Role.APPROVER)
    assert decide(site, made, "withdraw", decision=own).status_code == 303
    assert state_of(site, made) is State.WAITING
    assert "<b>withdrawn</b> by alice@example.com" in site.text(f"/assessments/{made}")


def test_a_blocked_plan_that_nobody_may_approve_offers_no_approval(site: Site) -> None:
    made = seed(site.store, plan_file("rds-replaced"), site.now())
    site.come_as("alice", Role.APPROVER)
    text = site.text(f"/assessments/{made}")
    assert 'value="approve"' not in text
    assert "names nobody who may approve" in text
    assert decide(site, made, "approve").status_code == 409


# --- the audit log


def test_the_audit_log_tells_what_happened_and_holds_together(site: Site, tmp_path: Path) -> None:
    site.come_as("ada", Role.ADMIN)
    assert "Nothing is in it yet" in site.text("/audit")
    made = seed(site.store, plan_file("ingress-narrowed"), site.now())
    site.come_as("alice", Role.APPROVER)
    decide(site, made, "approve")
    decide(site, made, "withdraw", decision=own_decision(site, made))
    decide(site, made, "reject")
    site.client.cookies.clear()
    assert admit(site, site.admin_token()).status_code == 303
    page = site.text("/audit")
    answer = site.client.get("/audit/export")
    assert answer.headers["content-disposition"].startswith("attachment;")
    file = tmp_path / "audit.jsonl"
    file.write_bytes(answer.content)
    verified = verify_log(file)
    assert verified.last in page
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [line["kind"] for line in lines] == [
        "decision",
        "approval",
        "withdrawal",
        "rejection",
        "sign-in",
    ]
    assert {line["data"].get("assessment") for line in lines[:4]} == {made}
    assert lines[1]["data"]["approver"] == "alice@example.com"
    file.write_bytes(answer.content.replace(b"alice@", b"carol@"))
    with pytest.raises(BrokenLog):
        verify_log(file)


def test_the_audit_log_is_for_administrators(site: Site) -> None:
    site.come_as("alice", Role.APPROVER)
    site.text("/audit", 403)
    site.text("/audit/export", 403)


def own_decision(site: Site, made: str) -> str:
    found = re.search(r'name="decision" value="([^"]+)"', site.text(f"/assessments/{made}"))
    assert found
    return found[1]


def test_a_rejection_stands_on_the_next_run_of_the_same_plan(site: Site) -> None:
    first = seed(site.store, plan_file("ingress-narrowed"), site.now())
    site.come_as("alice", Role.APPROVER)
    decide(site, first, "reject")
    text = site.text(f"/assessments/{first}")
    assert "stays rejected until alice@example.com withdraws" not in text, "it is her own"
    second = seed(site.store, plan_file("ingress-narrowed"), site.now())
    site.come_as("bob", Role.APPROVER)
    text = site.text(f"/assessments/{second}")
    assert "stays rejected until alice@example.com withdraws" in text
    assert f'<a href="/assessments/{first}#decide">on an earlier run</a>' in text
    assert 'value="approve"' not in text


def test_what_was_approved_can_still_be_rejected(site: Site) -> None:
    made = seed(site.store, plan_file("ingress-narrowed"), site.now())
    site.come_as("alice", Role.APPROVER)
    decide(site, made, "approve")
    site.come_as("bob", Role.APPROVER)
    text = site.text(f"/assessments/{made}")
    assert 'value="approve"' not in text
    assert decide(site, made, "reject").status_code == 303
    assert state_of(site, made) is State.REJECTED

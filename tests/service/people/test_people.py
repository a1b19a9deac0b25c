"""Roles, sessions, admin tokens and tries, with the clock passed in."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import Connection, select

from iacrisk.errors import SignInRefused
from iacrisk.service.people.admin_token import admit, issue_admin_token, stated_name
from iacrisk.service.people.boot import word_at_boot
from iacrisk.service.people.guard import cookies_for, is_same_origin, origin_of
from iacrisk.service.people.identity import IdentityRules, person_by_claims
from iacrisk.service.people.person import ADMIN_TOKEN, Lifetimes, Person
from iacrisk.service.people.roles import Role, RoleRules, role_by_claims
from iacrisk.service.people.sessions import NOBODY, session_of, sign_in, sign_out
from iacrisk.service.people.throttle import Throttle, neighbourhood
from iacrisk.service.people.tokens import digest_of, form_token, is_form_token, new_secret
from iacrisk.service.settings import AdminToken, Settings, SignIn
from iacrisk.service.storage import Store, open_store
from iacrisk.service.storage import people as stored
from iacrisk.service.storage.tables import admin_tokens, departures, sessions, sign_in_tries

NOW: Final = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)
MINUTE: Final = datetime.timedelta(minutes=1)
LASTS: Final = Lifetimes(session=60 * MINUTE, idle=20 * MINUTE, admin_token=10 * MINUTE)
ALICE: Final = Person(issuer="https://id.example", subject="1", name="alice@example.com")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(Settings(data_folder=str(tmp_path)))
    opened.migrate()
    yield opened
    opened.close()


@pytest.fixture
def connection(store: Store) -> Iterator[Connection]:
    with store.begin() as found:
        yield found


# --- roles


@pytest.mark.parametrize(
    ("claims", "role"),
    [
        ({"groups": ["staff"]}, Role.VIEWER),
        ({"groups": ["staff", "platform"]}, Role.APPROVER),
        ({"groups": ["admins", "staff"]}, Role.ADMIN),
        ({"groups": "admins"}, Role.ADMIN),
        ({"groups": "staff admins"}, None),
        ({"groups": ["Admins"]}, None),
        ({"groups": [["admins"], {"a": "admins"}, 1]}, None),
        ({"groups": None}, None),
        ({}, None),
    ],
)
def test_a_role_follows_from_whole_values_of_the_claim(
    claims: dict[str, Any], role: Role | None
) -> None:
    rules = RoleRules(admins=("admins",), approvers=("platform",), viewers=("staff",))
    assert role_by_claims(claims, rules) is role


def test_a_claim_is_found_by_its_name_before_its_path() -> None:
    by_path = RoleRules(claim="realm_access.roles", admins=("boss",))
    assert role_by_claims({"realm_access": {"roles": ["boss"]}}, by_path) is Role.ADMIN
    by_name = RoleRules(claim="https://x.example/roles", admins=("boss",))
    assert role_by_claims({"https://x.example/roles": ["boss"]}, by_name) is Role.ADMIN
    assert role_by_claims({"realm_access": "boss"}, by_path) is None


def test_each_role_includes_those_before_it() -> None:
    assert [[a.includes(b) for b in Role] for a in Role] == [
        [True, False, False],
        [True, True, False],
        [True, True, True],
    ]


# --- who somebody is


def test_an_address_counts_only_when_the_provider_checked_it() -> None:
    rules = IdentityRules()
    claims = {"sub": "1", "email": "alice@example.com", "email_verified": True}
    assert person_by_claims("https://id.example", claims, rules) == ALICE
    more = {**claims, "preferred_username": "ali\nce", "nickname": 5, "upn": "alice@example.com"}
    assert person_by_claims("https://id.example", more, rules).aliases == ("ali ce",)
    for unchecked in (False, None, "true", 1):
        with pytest.raises(SignInRefused, match="verified"):
            person_by_claims("https://id.example", {**claims, "email_verified": unchecked}, rules)
    with pytest.raises(SignInRefused, match="does not say your email"):
        person_by_claims("https://id.example", {"sub": "1"}, rules)


@pytest.mark.parametrize("name", ["", " ", "x" * 201, "a\u202eb", "a\x00b", "\ufeffadmin"])
def test_a_name_that_cannot_stand_in_a_record_is_refused(name: str) -> None:
    with pytest.raises(SignInRefused):
        stated_name(name)


# --- sessions


def test_the_store_knows_no_secret_of_a_session(connection: Connection) -> None:
    secret = sign_in(connection, ALICE, Role.VIEWER, NOW, LASTS)
    assert secret
    tokens = connection.execute(select(sessions.c.token)).scalars().all()
    assert tokens == [digest_of(secret)]
    found = session_of(connection, secret, NOW, LASTS)
    assert found
    assert (found.person, found.role) == (ALICE, Role.VIEWER)
    assert session_of(connection, tokens[0], NOW, LASTS) is None


def test_a_session_ends_by_idleness_and_by_age(connection: Connection) -> None:
    secret = sign_in(connection, ALICE, Role.VIEWER, NOW, LASTS)
    assert secret
    for minutes in (19, 38, 57):
        assert session_of(connection, secret, NOW + minutes * MINUTE, LASTS)
    assert session_of(connection, secret, NOW + 60 * MINUTE, LASTS) is None

    secret = sign_in(connection, ALICE, Role.VIEWER, NOW, LASTS)
    assert secret
    assert session_of(connection, secret, NOW + 20 * MINUTE, LASTS) is None
    assert session_of(connection, secret, NOW, LASTS) is None, "it is gone, not hidden"


def test_signing_out_ends_the_session(connection: Connection) -> None:
    secret = sign_in(connection, ALICE, Role.VIEWER, NOW, LASTS)
    assert secret
    sign_out(connection, secret)
    assert session_of(connection, secret, NOW, LASTS) is None


def test_a_given_role_counts_at_once_and_survives_the_next_sign_in(connection: Connection) -> None:
    secret = sign_in(connection, ALICE, Role.VIEWER, NOW, LASTS)
    assert secret
    alice = stored.person_id(ALICE.issuer, ALICE.subject)
    assert stored.give_role(connection, alice, Role.ADMIN)
    found = session_of(connection, secret, NOW, LASTS)
    assert found
    assert found.role is Role.ADMIN
    again = sign_in(connection, ALICE, None, NOW, LASTS)
    assert again
    stored.give_role(connection, alice, NOBODY)
    assert session_of(connection, again, NOW, LASTS) is None
    assert sign_in(connection, ALICE, Role.ADMIN, NOW, LASTS) is None


def test_somebody_without_a_role_is_kept_for_an_administrator(connection: Connection) -> None:
    assert sign_in(connection, ALICE, None, NOW, LASTS) is None
    assert [person.name for person in stored.list_people(connection)] == [ALICE.name]
    assert not stored.give_role(connection, "nobody", Role.VIEWER)


# --- the admin token


def test_an_admin_token_holds_once(connection: Connection) -> None:
    token = issue_admin_token(connection, NOW, LASTS)
    assert connection.execute(select(admin_tokens.c.token)).scalar_one() == digest_of(token)
    found = admit(connection, f" {token}\n", " Ada  Admin ", NOW + 9 * MINUTE)
    assert found == Person(issuer=ADMIN_TOKEN, subject="ada admin", name="Ada Admin")
    with pytest.raises(SignInRefused, match="used or expired"):
        admit(connection, token, "Ada", NOW + 9 * MINUTE)


def test_an_admin_token_expires_and_none_is_guessed(connection: Connection) -> None:
    token = issue_admin_token(connection, NOW, LASTS)
    for wrong in ("", token[:-1], digest_of(token)):
        with pytest.raises(SignInRefused):
            admit(connection, wrong, "Ada", NOW)
    with pytest.raises(SignInRefused):
        admit(connection, token, "Ada", NOW + 10 * MINUTE)


def test_using_one_token_voids_the_others(connection: Connection) -> None:
    first, second = (issue_admin_token(connection, NOW, LASTS) for _ in range(2))
    admit(connection, second, "Ada", NOW)
    with pytest.raises(SignInRefused):
        admit(connection, first, "Ada", NOW)


def test_a_name_that_is_refused_does_not_use_the_token_up(connection: Connection) -> None:
    token = issue_admin_token(connection, NOW, LASTS)
    with pytest.raises(SignInRefused, match="State your name"):
        admit(connection, token, " ", NOW)
    assert admit(connection, token, "Ada", NOW).name == "Ada"


def test_a_token_is_printed_where_nobody_else_could_sign_in(store: Store) -> None:
    plain = Settings()
    word = word_at_boot(plain, store, NOW)
    assert word.startswith("iacrisk: sign in at http://127.0.0.1:8080/sign-in within 60 minutes")
    with store.begin() as connection:
        assert admit(connection, word.split()[-1], "Ada", NOW).name == "Ada"

    known = SignIn(issuer="https://id.example", client_id="iacrisk")
    always = SignIn(issuer="https://id.example", client_id="iacrisk", admin_token=AdminToken.ALWAYS)
    never = SignIn(admin_token=AdminToken.NEVER)
    assert word_at_boot(Settings(sign_in=known), store, NOW) == ""
    assert word_at_boot(Settings(sign_in=never), store, NOW) == ""
    assert word_at_boot(Settings(sign_in=always), store, NOW)


# --- tries


def test_tries_run_out_for_one_place_and_come_back(connection: Connection) -> None:
    throttle = Throttle(tries=3, window=10 * MINUTE)
    assert [throttle.take(connection, "192.0.2.1", NOW) for _ in range(4)] == [True] * 3 + [False]
    assert throttle.take(connection, "192.0.2.2", NOW)
    assert not throttle.take(connection, "192.0.2.1", NOW + 9 * MINUTE)
    assert throttle.take(connection, "192.0.2.1", NOW + 10 * MINUTE)
    throttle.forget(connection, "192.0.2.1")
    assert [throttle.take(connection, "192.0.2.1", NOW) for _ in range(3)] == [True] * 3


def test_one_household_is_one_place() -> None:
    assert neighbourhood("2001:db8:1:2:3:4:5:6") == neighbourhood("2001:db8:1:2::1")
    assert neighbourhood("2001:db8:1:3::1") != neighbourhood("2001:db8:1:2::1")
    assert neighbourhood("::ffff:192.0.2.1") == neighbourhood("192.0.2.1")
    assert neighbourhood("fe80::1%eth0") == "fe80::/64"
    assert neighbourhood("") == neighbourhood("a socket") == "unknown"


# --- what browsers send


def test_a_form_token_belongs_to_one_secret() -> None:
    mine, other = new_secret(), new_secret()
    assert is_form_token(form_token(mine), mine)
    assert not is_form_token(form_token(other), mine)
    assert not is_form_token("", mine)
    assert not is_form_token("ü", mine)
    assert mine not in form_token(mine)


@pytest.mark.parametrize(
    ("headers", "is_ours"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site", "origin": "https://risk.example"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"origin": "https://risk.example"}, True),
        ({"origin": "https://RISK.example"}, True),
        ({"origin": "https://evil.example"}, False),
        ({"origin": "null"}, False),
        ({}, True),
    ],
)
def test_a_form_has_to_come_from_our_own_pages(headers: dict[str, str], is_ours: bool) -> None:
    assert is_same_origin(headers, origin_of("https://risk.example/")) is is_ours


def test_cookies_are_bound_to_this_host_where_there_is_tls() -> None:
    assert cookies_for("https://risk.example").session == "__Host-iacrisk-session"
    assert cookies_for("https://risk.example").is_secure
    assert cookies_for("http://127.0.0.1:8080").session == "iacrisk-session"


# --- sign-ins under way, and what is left of all this


def test_a_sign_in_under_way_is_taken_once_and_swept_when_old(connection: Connection) -> None:
    kept = stored.StoredDeparture(browser="b", nonce="n", verifier="v", goes_to="/", began_at=NOW)
    stored.keep_departure(connection, "one", kept)
    stored.keep_departure(connection, "two", kept)
    assert stored.take_departure(connection, "one") == kept
    assert stored.take_departure(connection, "one") is None

    sign_in(connection, ALICE, Role.VIEWER, NOW, LASTS)
    issue_admin_token(connection, NOW, LASTS)
    Throttle().take(connection, "192.0.2.1", NOW)
    later = NOW + 120 * MINUTE
    stored.sweep_people(connection, now=later, older=later - 60 * MINUTE)
    for table in (departures, sessions, admin_tokens, sign_in_tries):
        assert connection.execute(select(table)).all() == [], table.name
    assert len(stored.list_people(connection)) == 1

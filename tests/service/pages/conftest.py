"""A service with its pages, and people who are signed in."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from litestar.testing import TestClient

from iacrisk.service.app import make_app
from iacrisk.service.people.admin_token import issue_admin_token
from iacrisk.service.people.person import Lifetimes, Person
from iacrisk.service.people.roles import Role
from iacrisk.service.people.sessions import sign_in
from iacrisk.service.settings import Settings, SignIn
from iacrisk.service.storage import Store

SESSION: Final = "iacrisk-session"
_TOKEN: Final = re.compile(r'name="form_token" value="([0-9a-f]+)"')


class Site:
    """The service as a browser without JavaScript sees it."""

    def __init__(self, client: TestClient[Any], store: Store) -> None:
        self.client = client
        self.store = store

    def now(self) -> datetime.datetime:
        return datetime.datetime.now(datetime.UTC)

    def come_as(self, name: str, role: Role, *aliases: str) -> str:
        """Be signed in as somebody of the tests' provider; the session's secret."""
        somebody = Person(
            issuer="https://id.example", subject=name, name=f"{name}@example.com", aliases=aliases
        )
        with self.store.begin() as connection:
            secret = sign_in(connection, somebody, role, self.now(), Lifetimes())
        assert secret
        self.client.cookies.clear()
        self.client.cookies.set(SESSION, secret)
        return secret

    def admin_token(self) -> str:
        with self.store.begin() as connection:
            return issue_admin_token(connection, self.now(), Lifetimes())

    def text(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path, follow_redirects=False)
        assert answer.status_code == status, answer.text
        return answer.text

    def form_token(self, path: str) -> str:
        found = _TOKEN.search(self.text(path))
        assert found, "the page has no form"
        return found[1]


def decide(site: Site, made: str, choice: str, **fields: str) -> Any:
    """Send the form of an assessment's page."""
    text = site.text(f"/assessments/{made}")
    fingerprint = re.search(r'name="fingerprint" value="([^"]+)"', text)
    data = {
        "form_token": site.form_token(f"/assessments/{made}"),
        "fingerprint": fingerprint[1] if fingerprint else "",
        "choice": choice,
        "reason": "Seen with the team.",
        **fields,
    }
    return site.client.post(f"/assessments/{made}/decision", data=data, follow_redirects=False)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    settings = Settings(
        data_folder=str(tmp_path / "data"),
        public_url="http://testserver.local",
        sign_in=SignIn(tries=5),
    )
    app = make_app(settings)
    with TestClient(app, base_url="http://testserver.local") as client:
        yield Site(client, app.state["store"])

"""What the service's tests share: an HCP Terraform, a PostgreSQL server."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest

from tests.service.fake_hcp import FakeHcp
from tests.service.postgres import Postgres, found


@pytest.fixture
def hcp() -> Iterator[FakeHcp]:
    """An HCP Terraform of this test's own."""
    with FakeHcp() as hcp:
        yield hcp


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """One server for the whole session; tests that stop it start one of their own."""
    if found() is None:
        pytest.skip("no PostgreSQL server is installed")
    with Postgres() as server:
        yield server


@pytest.fixture
def database_url(postgres_server: Postgres) -> str:
    """An empty PostgreSQL database."""
    return postgres_server.create(f"test_{secrets.token_hex(6)}")

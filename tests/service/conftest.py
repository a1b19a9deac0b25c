"""What the service's tests share: an HCP Terraform, a PostgreSQL server."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient

from iacrisk.service.app import make_app
from iacrisk.service.settings import Scoring, Settings
from tests.service.fake_hcp import FakeHcp
from tests.service.in_process import Serve, Service, hcp_settings
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


@pytest.fixture
def serve(tmp_path: Path, hcp: FakeHcp) -> Iterator[Serve]:
    """Starts services one after the other, each with settings of its own."""
    with ExitStack() as stack:

        def start(**settings: Any) -> Service:
            stack.close()
            asked: dict[str, Any] = {
                "data_folder": str(tmp_path / "data"),
                "hcp": hcp_settings(hcp),
                "scoring": Scoring(workers=2),
                "public_url": "https://risk.example",
                "drain_seconds": 10,
                **settings,
            }
            client = stack.enter_context(TestClient(make_app(Settings(**asked))))
            return Service(client, hcp)

        yield start

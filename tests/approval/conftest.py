"""Keys are made once for all tests, a world for each."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.approval.world import Keys, World


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return Keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def world(keys: Keys, tmp_path: Path) -> World:
    return World(keys, tmp_path)

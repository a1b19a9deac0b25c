"""A small checkout with pages, and the site of the real one."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from docs.site.__main__ import build
from tests.conftest import ROOT

Checkout = Callable[..., Path]


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """Makes a checkout of these pages; `navigation` is the text of its file."""

    def make(pages: dict[str, str], navigation: str) -> Path:
        root = tmp_path / "checkout"
        here = root / "docs" / "site"
        here.mkdir(parents=True)
        for name in ("mkdocs.yml", "site.css"):
            shutil.copy(ROOT / "docs" / "site" / name, here)
        (here / "navigation.yml").write_text(navigation, "utf-8")
        for page, text in pages.items():
            (root / page).parent.mkdir(parents=True, exist_ok=True)
            (root / page).write_text(text, "utf-8")
        return root

    return make


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site."""
    pytest.importorskip("zensical", reason="zensical is in the extra `docs`")
    folder = tmp_path_factory.mktemp("built") / "site"
    build(ROOT, folder)
    return folder

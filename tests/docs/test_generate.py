"""The generated documentation is fresh, and stale files are noticed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from docs.generate import ROOT, fill_parts, stale_files


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A checkout as far as the documentation goes."""
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    shutil.copy(ROOT / "README.md", tmp_path)
    return tmp_path


def test_the_documentation_is_fresh() -> None:
    assert list(stale_files(ROOT)) == [], "run: python -m docs.generate"


def test_a_page_changed_by_hand_is_stale(copy: Path) -> None:
    page = copy / "docs" / "settings.md"
    fresh = page.read_text("utf-8")
    page.write_text("mine", "utf-8")

    assert stale_files(copy)["docs/settings.md"] == fresh


def test_a_missing_page_is_stale(copy: Path) -> None:
    (copy / "docs" / "rules" / "D01.md").unlink()

    assert "docs/rules/D01.md" in stale_files(copy)


def test_the_page_of_a_rule_that_is_gone_is_a_leftover(copy: Path) -> None:
    (copy / "docs" / "rules" / "Z99.md").write_text("once a rule", "utf-8")

    assert stale_files(copy)["docs/rules/Z99.md"] is None


def test_a_part_is_filled_anew_and_the_rest_stays() -> None:
    page = "before\n<!-- begin number -->\nold\n<!-- end -->\nafter\n"

    filled = fill_parts(page, {"number": lambda: "new"})

    assert filled == "before\n<!-- begin number -->\n\nnew\n\n<!-- end -->\nafter\n"
    assert fill_parts(filled, {"number": lambda: "new"}) == filled


def test_a_part_that_nobody_makes_is_an_error() -> None:
    with pytest.raises(KeyError, match="nothing"):
        fill_parts("<!-- begin nothing -->\n<!-- end -->", {})

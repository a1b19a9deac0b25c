"""The generated documentation is fresh, and stale files are noticed."""

from __future__ import annotations

import shutil
from collections.abc import Mapping

import pytest

from docs.generate import ROOT, fill_parts, stale_files

FRESH = (ROOT / "docs" / "settings.md").read_text("utf-8")


@pytest.fixture(scope="module")
def stale(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str | None]:
    """What is stale in a checkout of the documentation that has one fault of each kind."""
    copy = tmp_path_factory.mktemp("checkout")
    shutil.copytree(ROOT / "docs", copy / "docs")
    shutil.copy(ROOT / "README.md", copy)
    (copy / "docs" / "settings.md").write_text("mine", "utf-8")
    (copy / "docs" / "rules" / "D01.md").unlink()
    (copy / "docs" / "rules" / "Z99.md").write_text("once a rule", "utf-8")
    return stale_files(copy)


def test_the_documentation_is_fresh(stale: Mapping[str, str | None]) -> None:
    faults = {"docs/settings.md", "docs/rules/D01.md", "docs/rules/Z99.md"}
    assert set(stale) - faults == set(), "run: python -m docs.generate"
    assert stale["docs/settings.md"] == FRESH, "run: python -m docs.generate"
    assert stale["docs/rules/D01.md"] == (ROOT / "docs" / "rules" / "D01.md").read_text("utf-8")


def test_a_page_changed_by_hand_or_missing_is_stale(stale: Mapping[str, str | None]) -> None:
    assert {"docs/settings.md", "docs/rules/D01.md"} <= stale.keys()


def test_the_page_of_a_rule_that_is_gone_is_a_leftover(stale: Mapping[str, str | None]) -> None:
    assert stale["docs/rules/Z99.md"] is None


def test_a_part_is_filled_anew_and_the_rest_stays() -> None:
    page = "before\n<!-- begin number -->\nold\n<!-- end -->\nafter\n"

    filled = fill_parts(page, {"number": lambda: "new"})

    assert filled == "before\n<!-- begin number -->\n\nnew\n\n<!-- end -->\nafter\n"
    assert fill_parts(filled, {"number": lambda: "new"}) == filled


def test_a_part_that_nobody_makes_is_an_error() -> None:
    with pytest.raises(KeyError, match="nothing"):
        fill_parts("<!-- begin nothing -->\n<!-- end -->", {})

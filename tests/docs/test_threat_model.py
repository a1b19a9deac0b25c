"""Every test that the threat model names exists where the page says."""

from __future__ import annotations

import re

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "threat-model.md").read_text("utf-8")
NAMED = re.findall(r"\[([^]]+)\]\(\.\./(tests/[^)]+)\)", PAGE)


def test_each_link_is_named_after_a_test_in_its_file() -> None:
    missing = [
        f"{path}: {name}"
        for name, path in NAMED
        if f"def test_{name.replace(' ', '_')}(" not in (ROOT / path).read_text("utf-8")
    ]

    assert missing == []
    assert len(NAMED) > 50


def test_each_row_of_a_table_names_a_test() -> None:
    rows = re.findall(r"^\|(?! ---| they try | what happens )(.*)\|$", PAGE, re.MULTILINE)

    assert [row for row in rows if "../tests/" not in row and "the same test" not in row] == []

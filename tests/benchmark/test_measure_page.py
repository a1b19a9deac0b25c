"""The page's measurement goes through, also where a plan has nothing to sort."""

from __future__ import annotations

import re
import shutil

import pytest

pytest.importorskip("playwright", reason="Playwright is not installed")


@pytest.mark.skipif(
    not (shutil.which("chromium") or shutil.which("chromium-browser")),
    reason="Chromium is not installed (see .ci/packages)",
)
def test_the_table_has_a_row_for_each_size(capsys: pytest.CaptureFixture[str]) -> None:
    from tests.benchmark.measure_page import main  # noqa: PLC0415 - it needs Playwright

    main(["5", "60", "--runs", "1"])
    _, _, *rows = capsys.readouterr().out.splitlines()

    assert [re.match(r"\| ([\d,]+) \|", row)[1] for row in rows] == ["5", "60"]  # type: ignore[index]
    assert all(re.fullmatch(r"\| [\d,]+ (\| [\d.,]+ ){7}\|", row) for row in rows)

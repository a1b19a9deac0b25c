"""The lab's command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iacrisk.training import lab
from iacrisk.training.case import Case

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

CASES = [Case(stack=stack, edits=()) for stack in ("shop", "hub", "shop")]


def test_stacks_may_stand_before_and_after_the_options(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lab, "all_cases", lambda *_: CASES)
    monkeypatch.setattr(lab, "ROWS", tmp_path / "packed")
    options = ["--results", str(tmp_path)]
    said = []
    for arguments in (["status", "shop", *options], ["status", *options, "shop"]):
        assert lab.main(arguments) == 0
        said.append(capsys.readouterr().out.splitlines()[0])
    assert said == ["0 of 2 cases, 0 rows, 0 rejected"] * 2

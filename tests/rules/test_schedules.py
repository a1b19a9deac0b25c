"""How often schedules run, in the spellings of several services."""

from __future__ import annotations

from typing import Any

import pytest

from iacrisk.rules.readers.settings.schedules import is_rarer, runs_a_day


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("rate(5 minutes)", 288),
        ("rate(1 hour)", 24),
        ("rate(7 days)", 1 / 7),
        ("cron(0 3 * * ? *)", 1),
        ("cron(0/15 * * * ? *)", 96),
        ("cron(0 8-17 ? * MON-FRI *)", 10 * 5 / 7),
        ("0 3 * * *", 1),
        ("*/5 * * * *", 288),
        ("0 0,12 * * *", 2),
        ("0 5 1 * *", 1 / 31),
        ("0 22 * * FRI-MON", 4 / 7),
        ("cron(0 10 L * ? *)", 1 / 31),
    ],
)
def test_runs_a_day(text: str, runs: float) -> None:
    assert runs_a_day(text) == pytest.approx(runs)


@pytest.mark.parametrize(
    "text", ["", "@daily", "rate(0 minutes)", "0 3 * *", "a b c d e", "*/0 * * * *", "1-x * * * *"]
)
def test_what_is_no_schedule_that_we_read_runs_nobody_knows_how_often(text: str) -> None:
    assert runs_a_day(text) is None


@pytest.mark.parametrize(
    ("before", "after", "rarer"),
    [
        ("rate(5 minutes)", "rate(10 minutes)", True),
        ("rate(5 minutes)", "rate(6 minutes)", False),
        ("rate(10 minutes)", "rate(5 minutes)", False),
        ("cron(0 5 * * ? *)", "cron(0 5 1 * ? *)", True),
        ("cron(0 5 * * ? *)", "cron(0 13 * * ? *)", False),
        ("0 * * * *", "rate(1 day)", True),
        ("hourly", "rate(1 day)", False),
        (None, "rate(1 day)", False),
    ],
)
def test_half_as_often_is_rarer(before: Any, after: Any, *, rarer: bool) -> None:
    assert is_rarer(before, after) is rarer

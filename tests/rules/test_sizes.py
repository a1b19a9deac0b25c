"""Sizes, lengths of time and servers in texts."""

from __future__ import annotations

import pytest

from iacrisk.rules.readers.settings.sizes import is_smaller, names_another_server, seconds_of


@pytest.mark.parametrize(
    ("before", "after", "smaller"),
    [
        ("S3", "S0", True),
        ("S0", "S3", False),
        ("GP_Gen5_8", "GP_Gen5_2", True),
        ("GP_Gen5_8", "BC_Gen5_2", False),
        ("Standard_D4s_v5", "Standard_D2s_v5", True),
        ("Standard_D4s_v5", "Standard_D2s_v6", False),
        ("VpnGw2AZ", "VpnGw1AZ", True),
        ("XLARGE", "SMALL", True),
        ("Small", "2X-Small", True),
        ("medium", "LARGE", False),
        ("X2LARGE", "XLARGE", True),
        ("S3", None, False),
        (3, 2, False),
    ],
)
def test_a_size_is_smaller_where_one_number_of_its_name_falls(
    before: object, after: object, smaller: bool
) -> None:
    assert is_smaller(before, after) is smaller


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("P14D", 1_209_600),
        ("PT1H30M", 5400),
        ("P12W", 7_257_600),
        ("PT0S", 0),
        ("P", None),
        ("720h0m0s", 2_592_000),
        ("soon", None),
    ],
)
def test_lengths_of_time_in_seconds(text: str, seconds: float | None) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize(
    ("before", "after", "another"),
    [
        ("https://one.example.com/a", "https://two.example.com/a", True),
        ("https://one.example.com/a", "https://one.example.com/b", False),
        ("postgres://u:p@db-1/orders", "postgres://u:p@db-2/orders", True),
        ("Server=tcp:sql.database.windows.net,1433", "Server=tcp:b.database.windows.net", True),
        ("pg.postgres.database.azure.com", "", False),
        ("1.4.2", "1.4.3", False),
        ("settings.json", "other.json", False),
        (None, "https://one.example.com", False),
    ],
)
def test_another_server_is_named(before: object, after: object, another: bool) -> None:
    assert names_another_server(before, after) is another

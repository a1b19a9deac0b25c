"""B12: parameters that hurt by their value."""

from __future__ import annotations

from typing import Any

import pytest

from iacrisk.catalog.parameters import all_parameters, parameters_named
from iacrisk.catalog.settings import Direction
from iacrisk.rules.rule import Confidence, Severity
from tests.pairs import findings_of, is_held, judge
from tests.plans import Json, plan, tweak, update
from tests.rules.test_settings import sides


def group(before: Any, after: Any, name: str, called: str = "orders") -> Json:
    def values(value: Any) -> Json:
        blocks = [] if value is None else [{"name": name, "value": str(value)}]
        return {"id": called, "name": called, "parameter": blocks}

    return update(f"aws_db_parameter_group.{called}", values(before), values(after))


@pytest.mark.parametrize("row", all_parameters(), ids=lambda row: f"{row[0][:30]}-{row[1]}")
def test_every_row_fires(row: tuple[str, ...]) -> None:
    names, when, store, severity, confidence, says = row
    direction, _, values = when.partition(":")
    before, after = sides(Direction(direction), frozenset(values.split("|")) - {""})
    called = "page-cache" if store == "-1" else "orders"
    for name in names.split():
        [change] = judge(plan(group(before, after, name, called))).changes
        whats = [found.what for found in change.findings if found.rule == "B12"]
        assert whats, name
        assert any(parameter.setting.says == says for parameter in parameters_named(name))
    assert Severity[severity.upper()]
    assert Confidence(confidence)


def test_rows_are_sorted() -> None:
    assert list(all_parameters()) == sorted(all_parameters())


def evicting(called: str, before: str, after: str) -> Json:
    blocks = [[{"name": "maxmemory-policy", "value": value}] for value in (before, after)]
    old = {"id": called, "name": called, "family": "redis7", "parameter": blocks[0]}
    return tweak("aws_elasticache_parameter_group.it", old, parameter=blocks[1])


def test_a_store_of_jobs_must_not_evict_and_a_cache_has_to() -> None:
    assert is_held(plan(evicting("sidekiq", "noeviction", "allkeys-lru")))
    assert not is_held(plan(evicting("fragment-cache", "noeviction", "allkeys-lru")))
    assert not is_held(plan(evicting("sidekiq", "volatile-lru", "noeviction")))
    assert is_held(plan(evicting("fragment-cache", "allkeys-lru", "noeviction")))
    assert not is_held(plan(evicting("fragment-cache", "volatile-lru", "allkeys-lru")))


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("max_connections", 200, 400),
        ("wait_timeout", 300, 3600),
        ("statement_timeout", 5000, 0),
        ("rds.logical_replication", 0, 1),
        ("autovacuum_naptime", 60, 30),
        ("work_mem", 4096, 8192),
    ],
)
def test_the_safe_direction_passes(name: str, before: int, after: int) -> None:
    assert findings_of(judge(plan(group(before, after, name)))) == ()


@pytest.mark.parametrize(
    ("type_name", "before", "after"),
    [
        (
            "google_sql_database_instance",
            {"settings": [{"database_flags": [{"name": "max_connections", "value": "500"}]}]},
            {"settings": [{"database_flags": [{"name": "max_connections", "value": "50"}]}]},
        ),
        (
            "google_redis_instance",
            {"redis_configs": {"maxmemory-policy": "noeviction"}},
            {"redis_configs": {"maxmemory-policy": "allkeys-lru"}},
        ),
        (
            "azurerm_postgresql_flexible_server_configuration",
            {"name": "work_mem", "value": "4096"},
            {"name": "work_mem", "value": "1048576"},
        ),
        (
            "digitalocean_database_mysql_config",
            {"sql_mode": "ANSI,STRICT_ALL_TABLES"},
            {"sql_mode": "ANSI"},
        ),
    ],
)
def test_every_form_of_parameters_is_read(type_name: str, before: Json, after: Json) -> None:
    common = {"id": "it"}
    found = judge(plan(update(f"{type_name}.it", common | before, common | after)))
    assert f"B12 {type_name}.it" in findings_of(found)


def test_a_value_that_is_not_known_is_undecided() -> None:
    change = update(
        "aws_db_parameter_group.it",
        {"id": "it", "parameter": [{"name": "max_connections", "value": "500"}]},
        {"id": "it", "parameter": [{"name": "max_connections"}]},
        after_unknown={"parameter": [{"value": True}]},
    )
    [judged] = judge(plan(change)).changes
    assert [item.rule for item in judged.undecided] == ["B12"]

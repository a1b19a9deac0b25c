"""Parameters of databases and caches that hurt by their value, whatever type holds them.

Rows of `parameters.csv`: names, the `Direction` of change, whether it matters for a `store` alone
(1) or for a cache alone (-1), how grave it is, and in what words.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from iacrisk.catalog.settings import Direction, Setting

PARAMETER_BLOCKS: Final[dict[str, tuple[str, ...]]] = {
    "aws_db_parameter_group": ("parameter",),
    "aws_docdb_cluster_parameter_group": ("parameter",),
    "aws_elasticache_parameter_group": ("parameter",),
    "aws_memorydb_parameter_group": ("parameter",),
    "aws_neptune_cluster_parameter_group": ("parameter",),
    "aws_neptune_parameter_group": ("parameter",),
    "aws_rds_cluster_parameter_group": ("parameter",),
    "aws_redshift_parameter_group": ("parameter",),
    "google_sql_database_instance": ("settings", "database_flags"),
}
"""Where a type lists parameters in blocks of name and value."""

PARAMETER_MAPS: Final[dict[str, tuple[str, ...]]] = {
    "digitalocean_database_mysql_config": (),
    "digitalocean_database_postgresql_config": (),
    "digitalocean_database_redis_config": (),
    "google_alloydb_instance": ("database_flags",),
    "google_memorystore_instance": ("engine_configs",),
    "google_redis_cluster": ("redis_configs",),
    "google_redis_instance": ("redis_configs",),
    "scaleway_rdb_instance": ("settings",),
}
"""Where a type holds parameters as a map, or as arguments of its own."""

SINGLE_PARAMETERS: Final = frozenset(
    {
        "azurerm_mysql_flexible_server_configuration",
        "azurerm_postgresql_flexible_server_configuration",
    }
)
"""One parameter of a server, by `name` and `value`."""


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """A row. `matters_for`: 1 for stores alone, -1 for caches alone, 0 for both."""

    setting: Setting
    matters_for: int


def parameters_named(name: str) -> tuple[Parameter, ...]:
    """What the catalog says of a parameter."""
    return _table().get(name.lower(), ())


def all_parameters() -> tuple[tuple[str, ...], ...]:
    """The rows as they stand in the file, without its head."""
    with Path(__file__).with_name("parameters.csv").open(encoding="utf-8", newline="") as file:
        return tuple(map(tuple, csv.reader(file)))[1:]


@cache
def _table() -> dict[str, tuple[Parameter, ...]]:
    found: dict[str, tuple[Parameter, ...]] = {}
    for names, when, store, severity, confidence, says in all_parameters():
        direction, _, values = when.partition(":")
        setting = Setting(
            rule="B12",
            path="value",
            direction=Direction(direction),
            values=frozenset(values.lower().split("|")) if values else frozenset(),
            severity=severity,
            confidence=confidence,
            needs_users=False,
            says=says,
        )
        for name in names.split():
            found[name] = (*found.get(name, ()), Parameter(setting=setting, matters_for=int(store)))
    return found

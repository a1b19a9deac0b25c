"""Tables of warehouses and catalogues: their full names, and whose queries name them."""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec

from iacrisk.patterns import regex
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.siblings import stays

_PLACES: Final = {
    "aws_glue_catalog_table": ("database_name", "name"),
    "google_bigquery_table": ("dataset_id", "table_id"),
    "snowflake_external_table": ("schema", "name"),
    "snowflake_table": ("schema", "name"),
}
"""By which two arguments a query names a table of the type; what stands above them may be left."""

_QUERIES: Final = {
    "aws": ("aws_athena_named_query", "aws_athena_prepared_statement", "aws_glue_catalog_table"),
    "google": (
        "google_bigquery_data_transfer_config",
        "google_bigquery_routine",
        "google_bigquery_table",
    ),
    "snowflake": (
        "snowflake_dynamic_table",
        "snowflake_materialized_view",
        "snowflake_pipe",
        "snowflake_stream_on_table",
        "snowflake_task",
        "snowflake_view",
    ),
}
"""Types that hold queries, by the provider."""

_QUOTES: Final = regex(r"[\"`\\]+")


def is_table(type_name: str) -> bool:
    """Whether it is known how queries name a table of the type."""
    return type_name in _PLACES


def same_place(change: ResourceChange) -> bool:
    """Whether the table keeps the name by which everybody knows it, and what stands above."""
    names = (*_PLACES[change.type], "catalog_id", "database", "project")
    return all(change.was(name) == change.becomes(name) for name in names)


def names_table(one: ResourceChange, table: ResourceChange, context: Context) -> bool:
    """Whether the table stands in the values of the other one, or a reference leads to it."""
    within, name = (table.before.get(step) for step in _PLACES[table.type])
    if not isinstance(within, str) or not isinstance(name, str):
        return False
    text = _text_of(one, context)
    start, end = r"(?<![\w-])", r"(?![\w-])"
    joint = r"(?:\.|/tables/|/)"
    word = rf"{start}{re.escape(within.lower())}{joint}{re.escape(name.lower())}{end}"
    return bool(re.search(word, text))


def readers_of_table(table: ResourceChange, context: Context) -> list[ResourceChange]:
    """Views, scheduled queries and the like that name the table and stay."""
    if table.type not in _PLACES:
        return []
    types = _QUERIES.get(table.type.partition("_")[0], ())
    return [
        one
        for one in context.changes_of(*types)
        if one is not table and stays(one) and names_table(one, table, context)
    ]


def column_names(value: Any) -> list[str]:
    """The columns of a definition, a list of blocks or JSON text."""
    if isinstance(value, str):
        try:
            value = msgspec.json.decode(value)
        except (msgspec.DecodeError, RecursionError):
            return []
    columns = value if isinstance(value, list) else []
    return [str(item["name"]) for item in columns if isinstance(item, dict) and item.get("name")]


def _text_of(one: ResourceChange, context: Context) -> str:
    def build() -> str:
        side = one.raw.change.before if one.kind is ActionKind.DELETE else one.raw.change.after
        return _QUOTES.sub("", bytes(side).decode("utf-8", "replace")).lower()

    return once(context.plan, ("text without quotes", one.label), build)

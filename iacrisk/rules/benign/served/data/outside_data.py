"""BL-outsidedata: a table is made anew that only describes data which lies elsewhere."""

from __future__ import annotations

from typing import Any, Final

from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange, lookup, parse_path
from iacrisk.plan.values import mapping
from iacrisk.rules.context import Context
from iacrisk.rules.readers.programs.running import names_of, programs_naming
from iacrisk.rules.readers.settings.unknowns import holds_unknown
from iacrisk.rules.readers.tables import column_names, names_table, readers_of_table, same_place

_SOURCES: Final = {
    "aws_glue_catalog_table": ("storage_descriptor.0.location",),
    "google_bigquery_table": (
        "external_data_configuration.0.source_uris",
        "external_data_configuration.0.source_format",
        "external_data_configuration.0.hive_partitioning_options",
        "external_data_configuration.0.connection_id",
    ),
    "snowflake_external_table": ("location", "pattern", "file_format"),
}
"""Where the data lies and how it is read: the first of them has to be there, and all stay."""

_COLUMNS: Final = {
    "aws_glue_catalog_table": "storage_descriptor.0.columns",
    "google_bigquery_table": "schema",
    "snowflake_external_table": "column",
}
OUTSIDE: Final = frozenset(_SOURCES)

_STORES: Final = ("aws_s3_bucket", "google_storage_bucket", "snowflake_stage")
_NOW_AND_THEN: Final = frozenset(
    {
        "aws_athena_named_query",
        "aws_athena_prepared_statement",
        "google_bigquery_data_transfer_config",
        "google_bigquery_routine",
    }
)
"""Readers that ask when they run; a moment without the table passes them by."""


def why_outside_data(change: ResourceChange, context: Context) -> str | None:
    """Why nothing is lost: the data lies in files that stay, and the new table reads the same."""
    if not same_place(change) or not _is_outside(change) or not _reads_the_same(change):
        return None
    if _source_goes(change, context) or _keeps_more(change):
        return None
    before, after = (column_names(_columns(change, side)) for side in (change.before, change.after))
    if holds_unknown(_columns(change, change.after)) or not set(before) <= set(after):
        return None
    name = change.before.get("table_id") or change.before.get("name")
    if programs_naming(str(name), context):
        return None
    if any(_is_bound(one, change, context) for one in context.plan.changes):
        return None
    return "its data lies in files that stay, and the new one reads the same files"


def _is_outside(change: ResourceChange) -> bool:
    """Whether it held nothing itself; the entry of an Iceberg table knows which files count."""
    if change.type == "aws_glue_catalog_table":
        kinds = {str(mapping(change.before.get("parameters")).get("table_type")).lower()}
        return change.before.get("table_type") == "EXTERNAL_TABLE" and not kinds & _OWN_BOOKS
    if change.type == "google_bigquery_table":
        return not change.before.get("num_rows") and not change.before.get("biglake_configuration")
    return change.after.get("refresh_on_create") is not False


_OWN_BOOKS: Final = frozenset({"delta", "hudi", "iceberg"})


def _reads_the_same(change: ResourceChange) -> bool:
    paths = [parse_path(text) for text in _SOURCES[change.type]]
    sides = [[lookup(side, path) for path in paths] for side in (change.before, change.after)]
    if holds_unknown(sides[1]):
        return False
    return bool(sides[0][0]) and [_plain(one) for one in sides[0]] == [
        _plain(one) for one in sides[1]
    ]


def _plain(value: Any) -> Any:
    return value or None


def _source_goes(change: ResourceChange, context: Context) -> bool:
    text = bytes(change.raw.change.before).decode("utf-8", "replace").lower()
    return any(
        one.destroys and any(name in text for name in names_of(one))
        for one in context.changes_of(*_STORES)
    )


def _keeps_more(change: ResourceChange) -> bool:
    """Whether partitions are entered into the table that no definition names."""
    if change.type != "aws_glue_catalog_table" or not change.before.get("partition_keys"):
        return False
    return mapping(change.after.get("parameters")).get("projection.enabled") != "true"


def _columns(change: ResourceChange, side: dict[str, Any]) -> Any:
    return lookup(side, parse_path(_COLUMNS[change.type]))


def _is_bound(one: ResourceChange, table: ResourceChange, context: Context) -> bool:
    """Whether it is bound to the object that goes, or always asks: a grant, a program, a stream."""
    if one is table or one.kind is ActionKind.DELETE or one.type in _NOW_AND_THEN:
        return False
    near = {use.node.label for use in context.consumers(table)}
    if one.label not in near and not names_table(one, table, context):
        return _is_grant_on(one, table)
    return one not in readers_of_table(table, context) or _copies(one)


def _copies(one: ResourceChange) -> bool:
    """Whether a view keeps results of its own, or a task and a stream go by the old object."""
    if one.type == "google_bigquery_table":
        return not one.before.get("view")
    return one.type not in {"aws_glue_catalog_table", "snowflake_view"}


_GRANTS: Final = ("_grant", "_iam_", "lakeformation_", "dataset_access")


def _is_grant_on(one: ResourceChange, table: ResourceChange) -> bool:
    """Whether it is a right that names the table by single arguments."""
    if not any(part in one.type for part in _GRANTS):
        return False
    if one.after.get("table_id") is UNKNOWN:
        return True
    name = table.before.get("table_id") or table.before.get("name")
    return f'"{name}"'.encode() in bytes(one.raw.change.after)

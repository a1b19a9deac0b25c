"""A table is made anew: with rows of its own, or over files that stay."""

from __future__ import annotations

import json
from typing import Any, Final

from tests.plans import Json, replace
from tests.rules.served.worlds import pair, stay, trap

_P: Final = "projects/elm"


def _client(name: str, *more: Json, **variables: str) -> Json:
    env = [{"name": key, "value": value} for key, value in variables.items()]
    return stay(
        f"google_cloud_run_v2_service.{name}",
        id=f"{_P}/locations/r/services/{name}",
        name=name,
        template=[{"containers": [{"env": env}, *more]}],
    )


_COLUMNS: Final = [{"name": "day", "type": "DATE"}, {"name": "sum", "type": "FLOAT"}]


def _table(columns: list[Json], *, files: str = "gs://elm-files/sales/*") -> Json:
    outside = {"source_format": "AVRO", "source_uris": [files]} if files else {}
    return {
        "id": f"{_P}/datasets/raw/tables/sales",
        "project": "elm",
        "dataset_id": "raw",
        "table_id": "sales",
        "schema": json.dumps(columns),
        "external_data_configuration": [outside] if outside else [],
        "num_rows": 0 if outside else 812,
        "deletion_protection": False,
    }


_RETYPED: Final = [_COLUMNS[0], {"name": "sum", "type": "NUMERIC"}]


def _again(before: Json, **changed: Any) -> Json:
    after = {**before, "schema": json.dumps(_RETYPED), **changed}
    return replace("google_bigquery_table.sales", before, after, "schema")


_OUTSIDE: Final = _again(_table(_COLUMNS))
_NIGHTLY: Final = stay(
    "google_bigquery_data_transfer_config.sums",
    id="t/1",
    data_source_id="scheduled_query",
    params={"query": "SELECT * FROM `elm.raw.sales`"},
)


def _glue(**more: Any) -> Json:
    entry: Json = {
        "id": "4:raw:sales",
        "catalog_id": "4",
        "database_name": "raw",
        "name": "sales",
        "table_type": "EXTERNAL_TABLE",
        "parameters": {"classification": "parquet"},
        "partition_keys": [],
        "storage_descriptor": [{"location": "s3://elm-files/sales/", "columns": _COLUMNS}],
        **more,
    }
    return replace("aws_glue_catalog_table.sales", entry, entry, "partition_index")


def _snow(**more: Any) -> Json:
    before: Json = {
        "id": "ELM|RAW|SALES",
        "name": "SALES",
        "database": "ELM",
        "schema": "RAW",
        "location": "@ELM.RAW.FILES/sales",
        "file_format": "TYPE = PARQUET",
        "column": [{"name": "day", "type": "DATE", "as": "(value:day::date)"}],
        "refresh_on_create": True,
    }
    wider = [*before["column"], {"name": "sum", "type": "FLOAT", "as": "(value:sum::float)"}]
    after = {**before, "column": wider, **more}
    return replace("snowflake_external_table.sales", before, after, "column")


_VIEW: Final = stay(
    "snowflake_view.sums",
    id="ELM|RAW|SUMS",
    name="SUMS",
    statement='SELECT sum FROM "ELM"."RAW"."SALES"',
)
OUTSIDE_TABLES: Final = [
    pair(
        "a table is made anew: with rows of its own, or over files that stay",
        _again(_table(_COLUMNS, files="")),
        _OUTSIDE,
        _NIGHTLY,
    ),
    pair(
        "an entry of Glue is made anew: partitions were entered into it, or it has none",
        _glue(partition_keys=[{"name": "day"}]),
        _glue(),
    ),
    pair(
        "an external table of Snowflake is made anew: unread, or with its files",
        _snow(refresh_on_create=False),
        _snow(),
        _VIEW,
    ),
]
OUTSIDE_TABLES_TRAPS: Final = [
    trap("a right on the table goes with it", _OUTSIDE,
         stay("google_bigquery_table_iam_member.team", id="g", dataset_id="raw", table_id="sales",
              role="roles/bigquery.dataViewer", member="group:team@elm.example")),
    trap("a program asks at any time", _OUTSIDE, _client("dash", TABLE="elm.raw.sales")),
    trap("a view that keeps its results", _OUTSIDE,
         stay("google_bigquery_table.kept", id="k", dataset_id="raw", table_id="kept",
              materialized_view=[{"query": "SELECT day FROM `raw.sales`"}])),
    trap("other files", _again(_table(_COLUMNS), external_data_configuration=[
        {"source_format": "AVRO", "source_uris": ["gs://elm-other/sales/*"]}])),
    trap("a column is missing", _again(_table(_COLUMNS), schema=json.dumps(_COLUMNS[:1]))),
    trap("a table of Iceberg", _glue(parameters={"table_type": "ICEBERG"})),
    trap("a grant names the table of Snowflake", _snow(),
         stay("snowflake_grant_privileges_to_account_role.team", id="g", privileges=["SELECT"],
              on_schema_object=[{"object_type": "EXTERNAL TABLE",
                                 "object_name": '"ELM"."RAW"."SALES"'}])),
]  # fmt: skip

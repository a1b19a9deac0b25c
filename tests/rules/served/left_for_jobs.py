"""Buckets and plans for apps that are left to jobs: nobody misses files or machines."""

from __future__ import annotations

from typing import Final

from tests.plans import Json, tweak
from tests.rules.served.worlds import pair, stay, trap

_R: Final = "/subscriptions/s4/resourceGroups/rg-oak/providers"

# Files that jobs keep for a while


def _lifecycle(*prefixes: str, age: int = 14) -> Json:
    condition = {"age": age, "matches_prefix": list(prefixes), "with_state": "ANY"}
    return {
        "id": "oak-lake",
        "name": "oak-lake",
        "versioning": [{"enabled": False}],
        "lifecycle_rule": [{"action": [{"type": "Delete"}], "condition": [condition]}],
    }


def _deletes(*prefixes: str, age: int = 14) -> Json:
    return tweak(
        "google_storage_bucket.lake",
        _lifecycle("tmp/"),
        lifecycle_rule=_lifecycle("tmp/", *prefixes, age=age)["lifecycle_rule"],
    )


def _job(temporary: str, **parameters: str) -> Json:
    return stay(
        "google_dataflow_flex_template_job.load",
        id="job-1",
        name="load",
        temp_location=temporary,
        parameters=parameters,
    )


_TABLE: Final = stay(
    "google_bigquery_table.closed",
    id="t",
    table_id="closed",
    external_data_configuration=[{"source_uris": ["gs://oak-lake/work-area/closed/*.parquet"]}],
)


def _management(*prefixes: str) -> list[Json]:
    blob = [{"delete_after_days_since_modification_greater_than": 14}]
    filters = [{"prefix_match": list(prefixes), "blob_types": ["blockBlob"]}]
    return [{"name": "r", "enabled": True, "filters": filters, "actions": [{"base_blob": blob}]}]


_POLICY: Final[Json] = {
    "id": "mp",
    "storage_account_id": f"{_R}/Microsoft.Storage/storageAccounts/stoak",
    "rule": _management("lake/tmp"),
}


def _loads(**variables: str) -> Json:
    env = [{"name": name, "value": value} for name, value in variables.items()]
    return stay(
        "azurerm_container_app_job.load",
        id=f"{_R}/Microsoft.App/jobs/load",
        name="load",
        template=[{"container": [{"image": "load:3", "env": env}]}],
    )


_WORK: Final = tweak(
    "azurerm_storage_management_policy.lake", _POLICY, rule=_management("lake/tmp", "lake/work")
)

# Plans for apps


def _plan(name: str, sku: str, machines: int) -> Json:
    return {
        "id": f"{_R}/Microsoft.Web/serverFarms/{name}",
        "name": name,
        "os_type": "Linux",
        "sku_name": sku,
        "worker_count": machines,
    }


def _app(name: str, plan: str, **settings: str) -> Json:
    return stay(
        f"azurerm_linux_web_app.{name}",
        id=f"{_R}/Microsoft.Web/sites/oak-{name}",
        name=f"oak-{name}",
        default_hostname=f"oak-{name}.azurewebsites.net",
        service_plan_id=f"{_R}/Microsoft.Web/serverFarms/{plan}",
        app_settings=settings,
        enabled=True,
    )


_SMALLER: Final = tweak(
    "azurerm_service_plan.first", _plan("first", "P3v3", 6), sku_name="P1v3", worker_count=2
)
_SECOND: Final = stay("azurerm_service_plan.second", **_plan("second", "P3v3", 6))
_REPORTS: Final = _app("reports", "first", REPORT_SCHEDULE="0 6 * * 1-5")
_PLAN_USES: Final = {
    "azurerm_linux_web_app.reports": {"service_plan_id": ["azurerm_service_plan.first.id"]},
    "azurerm_linux_web_app.desk": {"service_plan_id": ["azurerm_service_plan.first.id"]},
    "azurerm_linux_web_app.shop": {"service_plan_id": ["azurerm_service_plan.second.id"]},
}

LEFT_FOR_JOBS: Final = [
    pair(
        "A bucket deletes what a table reads, or what a job keeps for a while",
        [_deletes("work-area/"), _job("gs://oak-lake/other"), _TABLE],
        [_deletes("work-area/"), _job("gs://oak-lake/work-area/load")],
    ),
    pair(
        "A container deletes what a job reads, or what it keeps for a while",
        [_WORK, _loads(HISTORY="abfss://lake@stoak.dfs.core.windows.net/work/")],
        [_WORK, _loads(STAGING_PATH="abfss://lake@stoak.dfs.core.windows.net/work/")],
    ),
    pair(
        "A plan gets smaller with an app for clients, or with a report at six",
        [_SMALLER, _app("desk", "first", TITLE="desk")],
        [_SMALLER, _REPORTS],
        _SECOND, _app("shop", "second"),
        uses=_PLAN_USES,
    ),
]  # fmt: skip

JOB_TRAPS: Final = [
    trap(
        "A table reads beside the files that a job keeps for a while",
        _deletes("work-area/"), _job("gs://oak-lake/work-area/load"), _TABLE,
    ),
    trap(
        "A job reads all of the bucket in which it keeps files for a while",
        _deletes("work-area/"), _job("gs://oak-lake/work-area/load", input="gs://oak-lake/*"),
    ),
    trap("Nobody in the plan names what comes to be deleted", _deletes("work-area/")),
    trap(
        "A job finds its files deleted after a day",
        _deletes("work-area/", age=1), _job("gs://oak-lake/work-area/load"),
    ),
    trap(
        "A plan gets smaller with a report that the shop calls",
        _SMALLER, _REPORTS, _SECOND,
        _app("shop", "second", REPORTS="https://oak-reports.azurewebsites.net"),
        uses=_PLAN_USES,
    ),
    trap(
        "A plan gets smaller with a report, and the other plan is small",
        _SMALLER, _REPORTS, stay("azurerm_service_plan.second", **_plan("second", "P1v3", 2)),
        _app("shop", "second"),
        uses=_PLAN_USES,
    ),
]  # fmt: skip

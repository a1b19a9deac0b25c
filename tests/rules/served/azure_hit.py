"""Azure: whom a role, a limit or a lifetime hits, by ids that no reference tells."""

from __future__ import annotations

from typing import Final

from tests.plans import Json, delete, tweak
from tests.rules.served.worlds import pair, stay

_S: Final = "/subscriptions/s8"
_R: Final = f"{_S}/resourceGroups/rg-fir/providers"
_ID: Final = f"{_R}/Microsoft.ManagedIdentity/userAssignedIdentities/id-kubelet"
_REGISTRY: Final = f"{_R}/Microsoft.ContainerRegistry/registries/fir"


def _pull(scope: str) -> Json:
    return {
        "id": f"{scope}/providers/Microsoft.Authorization/roleAssignments/r",
        "scope": scope,
        "principal_id": "p-kubelet-fir",
        "role_definition_name": "AcrPull",
    }


_CLUSTER: Final = stay(
    "azurerm_kubernetes_cluster.fir",
    id=f"{_R}/Microsoft.ContainerService/managedClusters/fir",
    name="fir",
    kubelet_identity=[{"object_id": "p-kubelet-fir", "user_assigned_identity_id": _ID}],
)
_APP: Final = stay(
    "azurerm_container_app.web",
    id=f"{_R}/Microsoft.App/containerApps/web",
    name="web",
    identity=[{"type": "UserAssigned", "identity_ids": [_ID.upper()]}],
)
_IDENTITY: Final = stay(
    "azurerm_user_assigned_identity.kubelet",
    id=_ID,
    name="id-kubelet",
    principal_id="p-kubelet-fir",
)
_NO_PULL: Final = delete("azurerm_role_assignment.pull", _pull(_REGISTRY))
_STILL_PULL: Final = stay("azurerm_role_assignment.all", **_pull(f"{_S}/resourceGroups/rg-fir"))

_LOGS: Final = f"{_R}/Microsoft.OperationalInsights/workspaces/law-fir"


def _limited(before: int, after: int) -> Json:
    workspace = {"id": _LOGS, "name": "law-fir", "daily_quota_gb": before}
    return tweak("azurerm_log_analytics_workspace.fir", workspace, daily_quota_gb=after)


_SENDS: Final = stay(
    "azurerm_monitor_diagnostic_setting.wall",
    id="wall|to-law",
    target_resource_id=f"{_R}/Microsoft.Network/azureFirewalls/wall",
    log_analytics_workspace_id=_LOGS.replace("resourceGroups", "resourcegroups"),
)
_WATCHES: Final = stay(
    "azurerm_sentinel_alert_rule_scheduled.travel",
    id=f"{_LOGS}/providers/Microsoft.SecurityInsights/alertRules/travel",
    log_analytics_workspace_id=_LOGS,
    query="SigninLogs | take 1",
)

_ACCOUNT: Final = f"{_R}/Microsoft.Storage/storageAccounts/fir"


def _deletes(prefix: str) -> list[Json]:
    actions = [{"base_blob": [{"delete_after_days_since_modification_greater_than": 30}]}]
    return [
        {"name": "old", "enabled": True, "filters": [{"prefix_match": [prefix]}],
         "actions": actions}
    ]  # fmt: skip


def _container(name: str) -> Json:
    return stay(
        f"azurerm_storage_container.{name.replace('-', '_')}",
        id=f"{_ACCOUNT}/blobServices/default/containers/{name}",
        name=name,
        storage_account_id=_ACCOUNT,
    )


_LIFETIMES: Final[Json] = {
    "id": f"{_ACCOUNT}/managementPolicies/default",
    "storage_account_id": _ACCOUNT,
    "rule": _deletes("bills-in/new/"),
}

AZURE_HIT: Final = [
    pair(
        "nodes and an app lose the right to pull images, or have it on the group as well",
        [_NO_PULL],
        [_NO_PULL, _STILL_PULL],
        _CLUSTER,
        _APP,
        _IDENTITY,
    ),
    pair(
        "a workspace gets a limit of a day: who sends there, and who looks for attacks",
        _limited(-1, 8),
        _limited(8, 20),
        _SENDS,
        _WATCHES,
    ),
    pair(
        "a shorter prefix reaches an archive, or a rule stays with what it deleted",
        tweak("azurerm_storage_management_policy.fir", _LIFETIMES, rule=_deletes("bills")),
        tweak(
            "azurerm_storage_management_policy.fir",
            _LIFETIMES,
            rule=[{**_deletes("bills-in/new/")[0], "name": "renamed"}],
        ),
        _container("bills-in"),
        _container("bills-archive"),
        _container("exports"),
    ),
]

"""N20, C19 and E12: arithmetic with ports and pods, and rights on vaults."""

from __future__ import annotations

from typing import Any

import pytest

from iacrisk.graph import build_graph
from iacrisk.rules import Context, Review, Rule, review
from iacrisk.rules.compute.pod_limits import limit_below_need
from iacrisk.rules.entry.vault_references import vault_out_of_reach
from iacrisk.rules.network.nat_ports import nat_ports_run_out
from tests.plans import Json, create, noop, plan, tweak, update
from tests.rules.served import azure, azure_rights, google, kubernetes
from tests.rules.served.worlds import stay


def judged(rule: Rule, *changes: Json) -> Review:
    made = plan(*changes)
    result = review(Context(made, build_graph(made)), rules=(rule,), suppressors=())
    assert result.failures == ()
    return result


def said(rule: Rule, *changes: Json) -> list[tuple[str, str, tuple[str, ...]]]:
    found = judged(rule, *changes).findings
    return [(item.address, str(item.severity.name), item.hurts) for item in found]


# N20

NAT = "google_compute_router_nat.core"
GROUP = "google_compute_region_instance_group_manager.crawl"


def scaler(least: int, most: int) -> Json:
    policy = {"min_replicas": least, "max_replicas": most}
    return stay(
        "google_compute_region_autoscaler.crawl",
        target="projects/x/regions/y/instanceGroupManagers/crawl",
        autoscaling_policy=[policy],
    )


def more_ports(number: int = 4096, **nat: Any) -> Json:
    return tweak(NAT, google.nat(1, 64, **nat), min_ports_per_vm=number)


def test_more_machines_than_the_ports_are_for() -> None:
    found = said(nat_ports_run_out, more_ports(), *google.fleet(16))
    assert found == [(NAT, "HIGH", (GROUP,))]


def test_as_many_machines_as_the_ports_are_for() -> None:
    assert said(nat_ports_run_out, more_ports(), *google.fleet(15)) == []


def test_only_the_largest_number_of_an_autoscaler_needs_more() -> None:
    found = said(nat_ports_run_out, more_ports(), *google.fleet(8), scaler(8, 40))
    assert found == [(NAT, "MEDIUM", (GROUP,))]


def test_fewer_ports_for_each_machine_are_no_matter() -> None:
    change = tweak(NAT, google.nat(1, 8192), min_ports_per_vm=4096)
    assert said(nat_ports_run_out, change, *google.fleet(60)) == []


@pytest.mark.parametrize(
    "nat", [{"nat_ip_allocate_option": "AUTO_ONLY"}, {"region": "us-east1"}], ids=str
)
def test_addresses_that_google_adds_and_other_regions_are_no_matter(nat: Json) -> None:
    assert said(nat_ports_run_out, more_ports(**nat), *google.fleet(60)) == []


def test_machines_with_public_addresses_need_no_ports() -> None:
    group, template = google.fleet(60)
    for side in ("before", "after"):
        template["change"][side]["network_interface"][0]["access_config"] = [{"nat_ip": "9.9.9.9"}]
    assert said(nat_ports_run_out, more_ports(), group, template) == []


def test_addresses_not_known_yet_are_undecided() -> None:
    before = google.nat(1, 64)
    after = {name: value for name, value in before.items() if name != "nat_ips"}
    change = update(NAT, before, after, after_unknown={"nat_ips": True})
    [item] = judged(nat_ports_run_out, change, *google.fleet(60)).undecided
    assert item.rule == "N20"


# C19

QUOTA = "kubernetes_resource_quota_v1.limits"
WORK = ("kubernetes_deployment.ledger", "kubernetes_deployment.worker")


def test_a_new_quota_below_what_runs_is_flagged_once_for_each_number() -> None:
    new = create(QUOTA, kubernetes.quota(**{"requests.cpu": "5", "requests.memory": "64Gi"}))
    assert said(limit_below_need, new, *kubernetes.SIZED) == [(QUOTA, "HIGH", WORK)]


def test_a_quota_of_what_runs_passes() -> None:
    new = create(
        QUOTA, kubernetes.quota(**{"requests.cpu": "6", "limits.cpu": "6000m", "pods": "9"})
    )
    assert said(limit_below_need, new, *kubernetes.SIZED) == []


def test_an_old_number_is_not_told_of_again() -> None:
    before = kubernetes.quota(**{"requests.cpu": "5", "pods": "40"})
    after = kubernetes.quota(**{"requests.cpu": "5", "pods": "30"})
    assert said(limit_below_need, update(QUOTA, before, after), *kubernetes.SIZED) == []


def test_another_namespace_is_no_matter() -> None:
    new = kubernetes.quota(pods="1")
    new["metadata"] = [{"name": "limits", "namespace": "other"}]
    assert said(limit_below_need, create(QUOTA, new), *kubernetes.SIZED) == []


def test_a_quantity_that_is_none_says_nothing() -> None:
    new = create(QUOTA, kubernetes.quota(**{"requests.cpu": "plenty"}))
    assert said(limit_below_need, new, *kubernetes.SIZED) == []


def test_the_autoscaler_of_what_no_longer_fits_is_named() -> None:
    scaling = stay(
        "kubernetes_horizontal_pod_autoscaler_v2.worker",
        metadata=kubernetes.meta("worker"),
        spec=[{"max_replicas": 4, "scale_target_ref": [{"kind": "Deployment", "name": "worker"}]}],
    )
    new = create("kubernetes_limit_range_v1.sizes", kubernetes.limit("1500Mi"))
    [(_, severity, hurts)] = said(limit_below_need, new, *kubernetes.SIZED, scaling)
    assert severity == "HIGH"
    assert hurts == (WORK[1], "kubernetes_horizontal_pod_autoscaler_v2.worker")


# E12

GATEWAY = "azurerm_application_gateway.care"
VAULTS = (
    azure_rights.vault("care", azure_rights.VAULT, roles=True),
    azure_rights.vault("edge", azure_rights.OTHER_VAULT, roles=True),
)


def assigned(name: str, scope: str) -> Json:
    return stay("azurerm_role_assignment.edge", **azure.role(name, scope))


@pytest.mark.parametrize(
    ("role", "scope", "flagged"),
    [
        ("Key Vault Secrets User", azure_rights.OTHER_VAULT, False),
        ("Key Vault Administrator", azure.RG, False),
        ("Key Vault Reader", azure_rights.OTHER_VAULT, True),
        ("Key Vault Secrets User", azure_rights.VAULT, True),
    ],
)
def test_a_role_on_the_vault_or_above_it_lets_the_gateway_read(
    role: str, scope: str, *, flagged: bool
) -> None:
    found = said(
        vault_out_of_reach, azure_rights.STAND_IN, *VAULTS, azure.IDENTITY, assigned(role, scope)
    )
    assert found == ([(GATEWAY, "HIGH", ())] if flagged else [])


def test_an_identity_outside_the_plan_proves_nothing() -> None:
    assert said(vault_out_of_reach, azure_rights.STAND_IN, *VAULTS) == []


def test_a_vault_outside_the_plan_proves_nothing() -> None:
    assert said(vault_out_of_reach, azure_rights.STAND_IN, azure.IDENTITY) == []


def test_another_version_in_the_same_vault_passes() -> None:
    before = azure_rights.gateway(f"{azure_rights.IN_EDGE}/1")
    change = update(GATEWAY, before, azure_rights.gateway(azure_rights.IN_EDGE))
    assert said(vault_out_of_reach, change, *VAULTS, azure.IDENTITY) == []


def test_a_right_that_is_made_for_somebody_not_known_yet_counts() -> None:
    values = azure.role("Key Vault Secrets User", azure_rights.OTHER_VAULT)
    del values["principal_id"]
    made = create(
        "azurerm_role_assignment.edge", values, after_unknown={"principal_id": True, "id": True}
    )
    found = said(vault_out_of_reach, azure_rights.STAND_IN, *VAULTS, azure.IDENTITY, made)
    assert found == []


def test_an_app_that_names_the_vault_in_its_settings_is_read_alike() -> None:
    change = tweak(
        "azurerm_linux_web_app.portal",
        azure.web("portal", {})["change"]["before"],
        app_settings={"KEY": "@Microsoft.KeyVault(VaultName=kv-edge;SecretName=www)"},
    )
    found = said(vault_out_of_reach, change, *VAULTS, azure.IDENTITY, noop("azurerm_subnet.a"))
    assert found == [("azurerm_linux_web_app.portal", "HIGH", ())]

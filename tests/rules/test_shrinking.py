"""D13, D25, C07, C11: less room, blocked names, jumps of clusters, weaker templates."""

from __future__ import annotations

import pytest

from iacrisk.rules.rule import Confidence, Severity
from tests.plans import Json, replace, tweak, update
from tests.rules.told import undecided, weights

MEDIUM = (Severity.MEDIUM, Confidence.MEDIUM)
SURE = (Severity.HIGH, Confidence.HIGH)

# D13

DISK: Json = {"id": "vol-1", "type": "io2", "size": 200, "iops": 6000, "throughput": None}


def disk(**changed: object) -> Json:
    return tweak("aws_ebs_volume.data", DISK, **changed)


def test_a_disk_that_shrinks_is_flagged() -> None:
    assert weights(disk(size=100), only=("D13",)) == [
        ("aws_ebs_volume.data", Severity.MEDIUM, Confidence.HIGH)
    ]


def test_half_the_speed_is_flagged() -> None:
    assert weights(disk(iops=3000), only=("D13",)) == [("aws_ebs_volume.data", *MEDIUM)]


@pytest.mark.parametrize(
    "change", [disk(size=400), disk(iops=5000), disk(iops=3000, type="gp3"), disk(iops=None)]
)
def test_a_disk_that_grows_or_changes_its_kind_passes(change: Json) -> None:
    assert weights(change, only=("D13",)) == []


@pytest.mark.parametrize("name", ["size", "iops"])
def test_an_unknown_size_is_undecided(name: str) -> None:
    left = {key: value for key, value in DISK.items() if key != name}
    change = update("aws_ebs_volume.data", DISK, left, after_unknown={name: True})
    assert undecided(change, only=("D13",)) == ["aws_ebs_volume.data"]


# D25

SQL: Json = {"name": "orders", "region": "europe-west1"}
VAULT: Json = {"name": "shop", "location": "westeurope", "purge_protection_enabled": True}


def test_a_database_made_anew_under_its_blocked_name_is_flagged() -> None:
    moved = replace("google_sql_database_instance.m", SQL, SQL | {"region": "x"}, "region")
    assert weights(moved, only=("D25",)) == [("google_sql_database_instance.m", *SURE)]


def test_another_name_passes() -> None:
    after = {"name": "orders-2", "region": "x"}
    moved = replace("google_sql_database_instance.m", SQL, after, "region", "name")
    assert weights(moved, only=("D25",)) == []


def test_an_unknown_name_is_undecided() -> None:
    moved = replace(
        "google_sql_database_instance.m",
        SQL,
        {"region": "x"},
        "region",
        after_unknown={"name": True},
    )
    assert undecided(moved, only=("D25",)) == ["google_sql_database_instance.m"]


def test_a_vault_is_flagged_only_where_it_is_not_purged() -> None:
    open_vault = VAULT | {"purge_protection_enabled": False}
    kept = replace("azurerm_key_vault.m", VAULT, VAULT | {"location": "x"}, "location")
    purged = replace("azurerm_key_vault.m", open_vault, open_vault | {"location": "x"}, "location")
    assert weights(kept, only=("D25",)) == [("azurerm_key_vault.m", *SURE)]
    assert weights(purged, only=("D25",)) == []


def test_a_vault_whose_provider_does_not_purge_is_flagged() -> None:
    vault = VAULT | {"purge_protection_enabled": False}
    change = replace("azurerm_key_vault.m", vault, vault | {"location": "x"}, "location")
    switch = {"purge_soft_delete_on_destroy": {"constant_value": False}}
    block = {"name": "azurerm", "expressions": {"features": [{"key_vault": [switch]}]}}
    configuration = {"root_module": {}, "provider_config": {"azurerm": block}}
    assert weights(change, only=("D25",), configuration=configuration) == [
        ("azurerm_key_vault.m", *SURE)
    ]


@pytest.mark.parametrize(("days", "found"), [(7, 1), (0, 0)])
def test_a_secret_counts_with_its_recovery_window(days: int, found: int) -> None:
    secret = {"name": "token", "recovery_window_in_days": days}
    change = replace("aws_secretsmanager_secret.t", secret, secret)
    assert len(weights(change, only=("D25",))) == found


# C07


def eks(before: str, after: str) -> Json:
    return tweak("aws_eks_cluster.main", {"version": before}, version=after)


def gke(before: str, after: str) -> Json:
    return tweak("google_container_cluster.m", {"min_master_version": before},
                 min_master_version=after)  # fmt: skip


@pytest.mark.parametrize(
    "change", [eks("1.27", "1.29"), eks("1.27", "1.26"), gke("1.27.3-gke.1", "1.30")]
)
def test_a_version_that_the_service_refuses_is_flagged(change: Json) -> None:
    assert weights(change, only=("C07",)) == [(change["address"], *SURE)]


def test_one_minor_up_is_milder_and_left_to_c15_where_that_tells_it() -> None:
    change = gke("1.27", "1.28")
    assert weights(change, only=("C07",)) == [(change["address"], *MEDIUM)]
    assert weights(eks("1.27", "1.28"), only=("C07",)) == []


def test_a_patch_passes() -> None:
    assert weights(gke("1.27.3-gke.1", "1.27.8-gke.2"), only=("C07",)) == []
    assert weights(gke("latest", "1.27.8-gke.2"), only=("C07",)) == []


def test_an_unknown_version_is_undecided() -> None:
    change = update(
        "aws_eks_cluster.main", {"version": "1.27"}, {}, after_unknown={"version": True}
    )
    assert undecided(change, only=("C07",)) == ["aws_eks_cluster.main"]


# C11


def template(size: int, machine: str = "m5.xlarge") -> Json:
    disks = [{"device_name": "/dev/xvda", "ebs": [{"volume_size": size}]}]
    return {"block_device_mappings": disks, "instance_type": machine}


def test_a_template_with_a_smaller_disk_is_flagged() -> None:
    change = update("aws_launch_template.nodes", template(100), template(20))
    assert weights(change, only=("C11",)) == [("aws_launch_template.nodes", *MEDIUM)]


def test_a_smaller_machine_is_a_remark() -> None:
    before, after = template(100, "m5.4xlarge"), template(100, "m5.2xlarge")
    change = update("aws_launch_template.nodes", before, after)
    assert weights(change, only=("C11",)) == [
        ("aws_launch_template.nodes", Severity.MEDIUM, Confidence.LOW)
    ]


def test_a_template_with_a_larger_disk_passes() -> None:
    change = update("aws_launch_template.nodes", template(20), template(100))
    assert weights(change, only=("C11",)) == []


def test_an_unknown_disk_size_is_undecided() -> None:
    hidden = {"block_device_mappings": [{"ebs": [{"volume_size": True}]}]}
    after = {"instance_type": "m5.xlarge", "block_device_mappings": [{"ebs": [{}]}]}
    change = update("aws_launch_template.n", template(20), after, after_unknown=hidden)
    assert undecided(change, only=("C11",)) == ["aws_launch_template.n"]

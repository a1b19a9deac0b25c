"""D30: objects of the resource manager."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import iacrisk.catalog
from iacrisk.catalog import Basis, resource_type
from iacrisk.catalog.arm_types import azurerm_type
from iacrisk.graph import build_graph
from iacrisk.rules import review
from iacrisk.rules.context import Context
from iacrisk.rules.data.arm_objects import arm_object_destroyed
from tests.plans import delete, plan


def severities(arm: str) -> list[str]:
    made = plan(delete("azapi_resource.x", {"type": f"{arm}@2023-01-01", "name": "x"}))
    context = Context(made, build_graph(made))
    found = review(context, rules=(arm_object_destroyed,), suppressors=()).findings
    return [finding.severity.name for finding in found]


@pytest.mark.parametrize(
    ("arm", "expected"),
    [
        ("Microsoft.DBforPostgreSQL/flexibleServers", ["CRITICAL"]),
        ("Microsoft.ContainerService/managedClusters", ["CRITICAL"]),
        ("Microsoft.Network/privateEndpoints", ["HIGH"]),
        ("Microsoft.Web/sites", ["MEDIUM"]),
        ("Microsoft.Something/new", ["MEDIUM"]),
        ("Microsoft.Portal/dashboards", []),
    ],
)
def test_it_weighs_what_the_same_thing_of_azurerm_means(arm: str, expected: list[str]) -> None:
    assert severities(arm) == expected


def test_the_table_is_sorted_and_names_known_types() -> None:
    path = Path(iacrisk.catalog.__file__).with_name("arm_types.csv")
    rows = list(csv.reader(path.read_text("utf-8").splitlines()))[1:]
    assert rows == sorted(rows)
    assert [name for arm, name in rows if azurerm_type(arm.upper()) != name] == []
    assert [name for _, name in rows if resource_type(name).basis is Basis.UNKNOWN] == []

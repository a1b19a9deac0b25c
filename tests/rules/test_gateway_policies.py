"""X12: what an API gateway checks."""

from __future__ import annotations

import pytest

from iacrisk.graph import build_graph
from iacrisk.rules import Review, review
from iacrisk.rules.context import Context
from iacrisk.rules.exposure.gateway_policies import gateway_checks_less
from tests.plans import Json, delete, noop, plan, update

POLICY = "azurerm_api_management_api_policy.orders"
API = "azurerm_api_management_api.orders"
CHECK = "<validate-jwt header-name='Authorization' />"
LIMIT = "<rate-limit calls='100' renewal-period='60' />"


def text(*elements: str) -> Json:
    return {"xml_content": f"<policies><inbound>{''.join(elements)}</inbound></policies>"}


def said(*changes: Json) -> Review:
    made = plan(*changes)
    return review(Context(made, build_graph(made)), rules=(gateway_checks_less,), suppressors=())


def severities(*changes: Json) -> list[str]:
    return [finding.severity.name for finding in said(*changes).findings]


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (text(LIMIT), ["HIGH"]),
        (text(CHECK), ["MEDIUM"]),
        (text(CHECK, LIMIT.replace("100", "200")), []),
        (text(LIMIT, "<set-header name='x' />", CHECK), []),
        (text(f"<!-- {CHECK} -->", LIMIT), ["HIGH"]),
    ],
)
def test_a_demand_that_goes_is_flagged(after: Json, expected: list[str]) -> None:
    assert severities(update(POLICY, text(CHECK, LIMIT), after)) == expected


def test_a_policy_that_goes_with_its_api_passes() -> None:
    gone = delete(POLICY, text(CHECK) | {"api_id": "/apis/orders"})
    assert severities(gone, delete(API, {"id": "/apis/orders"})) == []
    assert severities(gone, noop(API, {"id": "/apis/orders"})) == ["HIGH"]


def test_a_policy_that_is_not_known_is_undecided() -> None:
    change = update(POLICY, text(CHECK), {}, after_unknown={"xml_content": True})
    assert [item.rule for item in said(change).undecided] == ["X12"]

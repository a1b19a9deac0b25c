"""Rules on Google Cloud and Azure whose deciding value is not known yet."""

from __future__ import annotations

from tests.plans import Json, noop, update
from tests.rules.told import judged, undecided

_PROVIDER = "google_iam_workload_identity_pool_provider.gh"


def test_an_unknown_condition_is_undecided() -> None:
    before = {"attribute_condition": "assertion.repository_owner == 'acme'"}
    change = update(_PROVIDER, before, {}, after_unknown={"attribute_condition": True})
    assert undecided(change, only=("I40",)) == [_PROVIDER]


def test_an_unknown_mapping_takes_nothing_from_grants() -> None:
    before = {"attribute_mapping": {"attribute.team": "assertion.team"}}
    change = update(_PROVIDER, before, {}, after_unknown={"attribute_mapping": True})
    assert undecided(change, only=("I41",)) == []


def test_an_attribute_with_grants_that_goes_takes_them() -> None:
    before = {
        "workload_identity_pool_id": "builds",
        "attribute_mapping": {"attribute.repository": "assertion.repository"},
    }
    member = (
        "principalSet://iam.googleapis.com/projects/7/locations/global/workloadIdentityPools/"
        "builds/attribute.repository/acme/shop"
    )
    grant = noop(
        "google_project_iam_member.ship", {"project": "p", "role": "roles/editor", "member": member}
    )
    gone = update(_PROVIDER, before, {**before, "attribute_mapping": {"google.subject": "a"}})
    [found] = judged(gone, grant, only=("I41",)).findings
    assert found.hurts == ("google_project_iam_member.ship",)


def test_unknown_rules_of_a_filter_are_undecided() -> None:
    address = "azurerm_web_application_firewall_policy.w"
    before: Json = {"custom_rules": [], "managed_rules": []}
    change = update(address, before, {}, after_unknown={"custom_rules": True})
    assert undecided(change, only=("X40",)) == [address]


def test_an_unknown_filter_of_a_metric_is_undecided() -> None:
    address = "google_logging_metric.m"
    change = update(address, {"filter": "a", "name": "m"}, {}, after_unknown={"filter": True})
    assert undecided(change, only=("X41",)) == [address]


def test_an_unknown_policy_of_a_gateway_slows_nobody_for_certain() -> None:
    text = '<rate-limit calls="100" renewal-period="60" />'
    change = update(
        "azurerm_api_management_policy.p",
        {"xml_content": text},
        {},
        after_unknown={"xml_content": True},
    )
    assert judged(change, only=("E42",)).findings == ()

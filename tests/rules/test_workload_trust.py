"""I05 and I14 on subjects of outside workloads on Azure."""

from __future__ import annotations

import pytest

from iacrisk.graph import build_graph
from iacrisk.rules import Review, review
from iacrisk.rules.context import Context
from iacrisk.rules.identity.permission_loss import permission_narrowed
from iacrisk.rules.identity.rights_given import trust_widened
from tests.plans import Json, noop, plan, update

CREDENTIAL = "azurerm_federated_identity_credential.deploy"
IDENTITY = "azurerm_user_assigned_identity.deploy"
ID = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/x/deploy"
MAIN = "repo:example/orders:ref:refs/heads/main"


def credential(subject: str) -> Json:
    issuer = "https://token.actions.githubusercontent.com"
    return {"name": "deploy", "parent_id": ID, "issuer": issuer, "subject": subject}


def said(subject: str, *others: Json, **fields: object) -> Review:
    change = update(CREDENTIAL, credential(MAIN), credential(subject), **fields)
    identity = noop(IDENTITY, {"id": ID, "principal_id": "1234-principal"})
    made = plan(
        change,
        identity,
        *others,
        references={
            CREDENTIAL: {"parent_id": [f"{IDENTITY}.id"]},
            "azurerm_role_assignment.a": {"principal_id": [f"{IDENTITY}.principal_id"]},
        },
    )
    rules = (permission_narrowed, trust_widened)
    return review(Context(made, build_graph(made)), rules=rules, suppressors=())


def assignment(role: str, scope: str) -> Json:
    values = {"principal_id": "1234-principal", "role_definition_name": role, "scope": scope}
    return noop("azurerm_role_assignment.a", values)


def found(result: Review) -> list[tuple[str, str]]:
    return [(finding.rule, finding.severity.name) for finding in result.findings]


def test_a_protected_environment_of_the_same_repository_passes() -> None:
    assert found(said("repo:example/orders:environment:production")) == []


@pytest.mark.parametrize(
    "subject",
    ["repo:example/other:environment:production", "repo:example/orders:ref:refs/heads/next"],
)
def test_another_repository_or_branch_is_a_right_lost(subject: str) -> None:
    assert [rule for rule, _ in found(said(subject))] == ["I14"]


def test_pull_requests_weigh_by_what_the_identity_may_do() -> None:
    subject = "repo:example/orders:pull_request"
    owner = said(subject, assignment("Owner", "/subscriptions/s"))
    reader = said(subject, assignment("Reader", "/subscriptions/s"))

    assert ("I05", "CRITICAL") in found(owner)
    assert ("I05", "LOW") in found(reader)
    assert ("I05", "HIGH") in found(said(subject))


def test_a_subject_that_is_not_known_is_undecided() -> None:
    change = update(CREDENTIAL, credential(MAIN), {}, after_unknown={"subject": True})
    made = plan(change)
    result = review(Context(made, build_graph(made)), rules=(trust_widened,), suppressors=())
    assert [item.rule for item in result.undecided] == ["I05"]

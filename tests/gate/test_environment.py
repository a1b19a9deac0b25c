"""Which environment a plan belongs to: the strictest of what speaks, else production."""

from __future__ import annotations

from typing import Any

import pytest

from iacrisk.gate import (
    Environment,
    EnvironmentEvidence,
    detect_environment,
    environment_of,
)
from iacrisk.gate.policy import Development, Environments, Preview, Production, Staging
from iacrisk.plan import Shown
from tests.plans import Json, create, delete, noop, plan, tweak, update

PRODUCTION, STAGING, DEVELOPMENT, PREVIEW = Environment
ACCOUNTS = Environments(
    production=Production(accounts=("111111111111", "prod-project")),
    development=Development(accounts=("222222222222",)),
)
WORKSPACES = Environments(
    staging=Staging(workspaces=("eu-*",)), preview=Preview(workspaces=("prod-look-alike",))
)
ARN = "arn:aws:rds:eu-west-1:{}:db:orders"


def found(
    *entries: Json, environments: Environments | None = None, workspace: str = "", **fields: Any
) -> tuple[Environment, bool, tuple[str, ...]]:
    """The environment, whether it is known, and what says so."""
    evidence = detect_environment(
        plan(*entries, **fields), environments or Environments(), workspace
    )
    return evidence.environment, evidence.known, evidence.evidence


UNKNOWN = (PRODUCTION, False, ())


@pytest.mark.parametrize(
    ("workspace", "environment"),
    [
        ("prod", PRODUCTION),
        ("orders-production-eu", PRODUCTION),
        ("staging", STAGING),
        ("orders_stg", STAGING),
        ("pre-prod", PRODUCTION),
        ("preprod", STAGING),
        ("non-prod", PRODUCTION),
        ("dev", DEVELOPMENT),
        ("qa.eu", DEVELOPMENT),
        ("sandbox", PREVIEW),
        ("pr-123", PREVIEW),
        ("orders/pr_7", PREVIEW),
        ("DEV", DEVELOPMENT),
    ],
)
def test_a_word_of_the_workspace_names_the_environment(
    workspace: str, environment: Environment
) -> None:
    assert found(workspace=workspace) == (environment, True, (f"workspace {workspace}",))


@pytest.mark.parametrize(
    "workspace", ["", "default", "orders", "latest", "developer-portal", "pricing", "april-5"]
)
def test_a_workspace_without_such_a_word_counts_as_production(workspace: str) -> None:
    assert found(workspace=workspace) == UNKNOWN


@pytest.mark.parametrize(
    ("workspace", "environment"),
    [("eu-1", STAGING), ("eu-dev", STAGING), ("prod-look-alike", PREVIEW), ("us-1", None)],
)
def test_globs_of_the_policy_settle_what_a_workspace_is(
    workspace: str, environment: Environment | None
) -> None:
    expected = UNKNOWN if environment is None else (environment, True, (f"workspace {workspace}",))
    assert found(environments=WORKSPACES, workspace=workspace) == expected


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"arn": ARN.format("111111111111")}, (PRODUCTION, True, ("account 111111111111",))),
        ({"arn": ARN.format("222222222222")}, (DEVELOPMENT, True, ("account 222222222222",))),
        ({"arn": ARN.format("333333333333")}, UNKNOWN),
        ({"arn": "arn:aws:s3:::orders"}, UNKNOWN),
        ({"project": "prod-project"}, (PRODUCTION, True, ("account prod-project",))),
        ({"arn": 7}, UNKNOWN),
        ({"arn": None}, UNKNOWN),
    ],
)
def test_accounts_of_the_policy_are_recognised_in_arns_and_projects(
    attributes: Json, expected: tuple[Environment, bool, tuple[str, ...]]
) -> None:
    assert found(noop("aws_db_instance.a", attributes), environments=ACCOUNTS) == expected


@pytest.mark.parametrize("name", ["environment", "env", "ENV", "stage", "tier"])
def test_a_variable_that_is_about_the_environment_names_it(name: str) -> None:
    assert found(variables={name: {"value": "dev"}}) == (
        DEVELOPMENT,
        True,
        (f"variable {name} = dev",),
    )


@pytest.mark.parametrize(
    "variables",
    [{"name": {"value": "dev"}}, {"env": {"value": 3}}, {"env": {"value": None}}, {"env": {}}],
)
def test_other_variables_say_nothing(variables: Json) -> None:
    assert found(variables=variables) == UNKNOWN


@pytest.mark.parametrize("attribute", ["tags", "tags_all", "labels"])
def test_tags_of_what_exists_today_name_the_environment(attribute: str) -> None:
    assert found(noop("aws_db_instance.a", {attribute: {"Environment": "staging"}})) == (
        STAGING,
        True,
        ("tag Environment = staging",),
    )


@pytest.mark.parametrize(
    "entry",
    [
        create("aws_db_instance.a", {"tags": {"Environment": "dev"}, "name": "orders-dev"}),
        update("aws_db_instance.a", {"tags": {}}, {"tags": {"Environment": "dev"}}),
        update("aws_db_instance.a", {"name": "orders"}, {"name": "orders-dev"}),
        tweak("aws_db_instance.a", {"tags": None}, arn=ARN.format("222222222222")),
    ],
)
def test_a_change_cannot_lower_its_own_bar(entry: Json) -> None:
    assert found(entry, environments=ACCOUNTS) == UNKNOWN


def test_a_change_from_production_to_development_is_judged_as_production() -> None:
    entry = update("aws_db_instance.a", {"tags": {"env": "prod"}}, {"tags": {"env": "dev"}})
    assert found(entry) == (PRODUCTION, True, ("tag env = prod",))


@pytest.mark.parametrize("attribute", ["name", "identifier", "bucket", "cluster_name"])
def test_names_are_asked_where_nothing_else_speaks(attribute: str) -> None:
    entry = delete("aws_db_instance.a", {attribute: "orders-dev"})
    assert found(entry) == (DEVELOPMENT, True, (f"{attribute} orders-dev",))


def test_one_name_of_many_does_not_make_a_root_milder() -> None:
    others = [noop(f"aws_s3_bucket.b{n}", {"bucket": f"orders-{n}"}) for n in range(3)]
    reports = noop("aws_s3_bucket.r", {"bucket": "orders-test-reports"})
    assert found(*others, reports) == UNKNOWN
    assert found(reports)[0] is DEVELOPMENT


def test_one_name_is_enough_for_production() -> None:
    others = [noop(f"aws_s3_bucket.b{n}", {"bucket": f"orders-{n}"}) for n in range(3)]
    assert found(*others, noop("aws_s3_bucket.p", {"bucket": "orders-prod"}))[0] is PRODUCTION


@pytest.mark.parametrize(
    "before",
    [
        {"tags": {"env": "preview"}},
        {"metadata": [{"labels": {"environment": "preview"}, "namespace": "shop"}]},
        {"metadata": [{"labels": {}, "namespace": "preview-pr-12"}]},
        {"resource_group_name": "rg-sandbox-data"},
        {"project": "acme-sandbox"},
    ],
)
def test_a_change_names_its_own_environment(before: Json) -> None:
    judged = plan(delete("a_b.x", before), noop("a_b.y", {"tags": {"env": "prod"}}))
    whole = detect_environment(judged, Environments())

    assert whole.environment is PRODUCTION
    assert environment_of(judged.by_label["a_b.x"], whole) is PREVIEW
    assert environment_of(judged.by_label["a_b.y"], whole) is PRODUCTION


def test_the_key_of_a_module_instance_names_the_environment_of_what_is_in_it() -> None:
    address, other = 'module.preview["pr-7"].a_b.x', 'module.site["shop"].a_b.x'
    new = 'module.preview["pr-8"].a_b.x'
    judged = plan(
        delete(address, {"name": "x"}), delete(other, {"name": "x"}), create(new, {"name": "x"})
    )
    whole = detect_environment(judged, Environments())

    assert environment_of(judged.by_label[address], whole) is PREVIEW
    assert environment_of(judged.by_label[other], whole) is PRODUCTION
    assert environment_of(judged.by_label[new], whole) is PRODUCTION


def test_a_namespace_is_the_place_it_names() -> None:
    before = {"metadata": [{"name": "preview-pr-12", "labels": {}}]}
    judged = plan(delete("kubernetes_namespace.x", before), delete("kubernetes_secret.x", before))
    whole = detect_environment(judged, Environments())

    assert environment_of(judged.by_label["kubernetes_namespace.x"], whole) is PREVIEW
    assert environment_of(judged.by_label["kubernetes_secret.x"], whole) is PRODUCTION


@pytest.mark.parametrize(
    ("address", "name", "disposable"),
    [
        ("aws_ebs_volume.build_cache", "x", True),
        ("kubernetes_persistent_volume_claim_v1.a", "ci-runner-cache", True),
        ("a_b.restore_drill", "x", True),
        ("aws_elasticache_cluster.cache", "session-cache", False),
        ("aws_s3_bucket.template", "templates", False),
    ],
)
def test_what_is_named_as_made_again_counts_as_a_preview(
    address: str, name: str, disposable: bool
) -> None:
    judged = plan(delete(address, {"name": name}), noop("a_b.y", {"tags": {"env": "prod"}}))
    whole = detect_environment(judged, Environments())

    found = environment_of(judged.by_label[address], whole)
    assert found is (PREVIEW if disposable else PRODUCTION)


@pytest.mark.parametrize("stated", [True, False])
def test_a_resource_cannot_leave_the_environment_of_its_whole_root(stated: bool) -> None:
    judged = plan(delete("a_b.x", {"tags": {"env": "preview"}}))
    whole = (
        detect_environment(judged, Environments(), stated="production")
        if stated
        else detect_environment(judged, Environments(), workspace="prod")
    )

    assert environment_of(judged.by_label["a_b.x"], whole) is PRODUCTION


def test_names_are_not_asked_where_something_else_speaks() -> None:
    entry = delete("aws_db_instance.a", {"name": "orders-prod"})
    assert found(entry, workspace="dev")[0] is DEVELOPMENT


def test_the_strictest_of_several_answers_counts() -> None:
    entries = [
        noop("aws_db_instance.a", {"tags": {"env": "dev"}}),
        noop("aws_db_instance.b", {"tags": {"env": "prod"}}),
    ]
    variables = {"env": {"value": "staging"}}
    assert found(*entries, workspace="pr-1", variables=variables) == (
        PRODUCTION,
        True,
        ("tag env = prod",),
    )
    assert found(entries[0], workspace="pr-1", variables=variables) == (
        STAGING,
        True,
        ("variable env = staging",),
    )


def test_what_the_user_states_settles_it() -> None:
    entry = noop("aws_db_instance.a", {"tags": {"env": "prod"}})
    assert detect_environment(plan(entry), Environments(), "prod", "preview") == (
        EnvironmentEvidence(
            environment=PREVIEW,
            known=True,
            evidence=(Shown("stated by the user"),),
            settled=True,
        )
    )


def test_evidence_is_masked_and_short() -> None:
    entries = [noop(f"a_b.x{n}", {"tags": {"env": f"prod {n}"}}) for n in range(9)]
    entries += [
        update("a_b.s", {"pw": "prod hunter2"}, {}, before_sensitive={"pw": True}),
        noop("a_b.t", {"tags": {"env": "prod hunter2"}}),
    ]
    _, _, evidence = found(*entries)
    assert len(evidence) == 3
    assert not any("hunter2" in text for text in evidence)


@pytest.mark.parametrize("weird", [None, [], "text", 7, {"env": ["dev"]}, {"env": None}])
def test_tags_of_an_unusual_shape_say_nothing(weird: Any) -> None:
    assert found(noop("a_b.x", {"tags": weird, "name": weird})) == UNKNOWN

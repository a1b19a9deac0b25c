from __future__ import annotations

import json
from typing import Any

import pytest

from iacrisk.graph import build_graph
from iacrisk.plan import Plan
from iacrisk.rules.context import Context
from iacrisk.rules.engine import review
from iacrisk.rules.identity import RULES
from iacrisk.rules.rule import Confidence, Review, Severity
from tests.plans import create, delete, noop, plan, replace, tweak, update

Json = dict[str, Any]
Pairs = set[tuple[str, str]]
ACCOUNT = "111122223333"
OTHER = "444455556666"


def judged(reviewed: Plan) -> Review:
    result = review(Context(reviewed, build_graph(reviewed)), rules=RULES, suppressors=())
    assert result.failures == ()
    return result


def findings(*changes: Json, **fields: Any) -> Pairs:
    result = judged(plan(*changes, **fields))
    return {(finding.rule, finding.address) for finding in result.findings}


def severities(*changes: Json, **fields: Any) -> dict[str, tuple[Severity, Confidence]]:
    result = judged(plan(*changes, **fields))
    return {finding.rule: (finding.severity, finding.confidence) for finding in result.findings}


def undecided(*changes: Json, **fields: Any) -> Pairs:
    result = judged(plan(*changes, **fields))
    assert result.findings == ()
    return {(item.rule, item.address) for item in result.undecided}


def document(*statements: Json) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: Any, resource: Any = "*", **fields: Any) -> Json:
    return {"Effect": "Allow", "Action": action, "Resource": resource} | fields


def deny(action: Any, resource: Any = "*", **fields: Any) -> Json:
    return allow(action, resource, **fields) | {"Effect": "Deny"}


QUEUE = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:orders"
READ = allow(["sqs:ReceiveMessage"], QUEUE)
READ_AND_DELETE = allow(["sqs:ReceiveMessage", "sqs:DeleteMessage"], QUEUE)

ROLE = {
    "arn": f"arn:aws:iam::{ACCOUNT}:role/app",
    "id": "app",
    "name": "app",
    "assume_role_policy": document(
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": "lambda.amazonaws.com"},
        }
    ),
}
FUNCTION = {"id": "app", "function_name": "app", "role": ROLE["arn"]}
USED_ROLE = (noop("aws_iam_role.app", ROLE), noop("aws_lambda_function.app", FUNCTION))
USED_BY = {
    "aws_iam_role_policy.app": {"role": ["aws_iam_role.app.id"]},
    "aws_lambda_function.app": {"role": ["aws_iam_role.app.arn"]},
}


def role_policy(*statements: Json, name: str = "app") -> Json:
    return {"id": f"app:{name}", "name": name, "role": "app", "policy": document(*statements)}


# I01


BINDING = {
    "project": "shop",
    "role": "roles/viewer",
    "members": ["group:dev@shop.example", "user:ann@shop.example"],
}


def test_a_binding_created_on_an_existing_project_is_flagged() -> None:
    assert findings(create("google_project_iam_binding.ci", BINDING)) == {
        ("I01", "google_project_iam_binding.ci")
    }


def test_a_binding_created_on_a_project_of_the_same_plan_passes() -> None:
    assert (
        findings(
            create("google_project.shop", {"project_id": "shop"}),
            create("google_project_iam_binding.ci", BINDING),
            references={"google_project_iam_binding.ci": {"project": ["google_project.shop.id"]}},
        )
        == set()
    )


def test_a_binding_of_a_role_made_in_the_same_plan_passes() -> None:
    assert (
        findings(
            create("google_project_iam_custom_role.ci", {"role_id": "ci"}),
            create("google_project_iam_binding.ci", BINDING),
            references={
                "google_project_iam_binding.ci": {"role": ["google_project_iam_custom_role.ci.id"]}
            },
        )
        == set()
    )


def test_a_binding_that_drops_a_member_is_flagged_and_one_that_gains_passes() -> None:
    more = [*BINDING["members"], "user:bob@shop.example"]
    address = "google_project_iam_binding.ci"
    assert findings(tweak(address, BINDING, members=BINDING["members"][:1])) == {("I01", address)}
    assert findings(tweak(address, BINDING, members=more)) == set()


def test_a_member_who_keeps_the_role_by_another_grant_passes() -> None:
    member = {"project": "shop", "role": "roles/viewer", "member": "user:ann@shop.example"}
    assert (
        findings(
            tweak("google_project_iam_binding.ci", BINDING, members=BINDING["members"][:1]),
            create("google_project_iam_member.ann", member),
        )
        == set()
    )


def test_unknown_members_are_undecided() -> None:
    change = tweak("google_project_iam_binding.ci", BINDING, members=None)
    change["change"]["after_unknown"] = {"members": True}
    assert undecided(change) == {("I01", "google_project_iam_binding.ci")}


def test_a_policy_of_a_project_that_drops_its_owner_is_critical() -> None:
    def data(*members: str) -> str:
        return json.dumps({"bindings": [{"role": "roles/owner", "members": list(members)}]})

    before = {
        "project": "shop",
        "policy_data": data("user:ann@shop.example", "group:ops@x.example"),
    }
    change = tweak(
        "google_project_iam_policy.shop", before, policy_data=data("group:ops@x.example")
    )
    assert severities(change) == {"I01": (Severity.CRITICAL, Confidence.HIGH)}


def test_a_group_membership_that_loses_users_is_flagged_and_one_that_gains_passes() -> None:
    before = {"group": "oncall", "users": ["ann", "bob"], "name": "oncall"}
    address = "aws_iam_group_membership.oncall"
    assert findings(tweak(address, before, users=["ann"])) == {("I01", address)}
    assert findings(tweak(address, before, users=["bob", "ann", "eve"])) == set()


# I02


def test_an_exclusive_attachment_of_an_aws_policy_is_flagged() -> None:
    after = {"policy_arn": "arn:aws:iam::aws:policy/ReadOnlyAccess", "roles": ["batch"]}
    assert findings(create("aws_iam_policy_attachment.read", after)) == {
        ("I02", "aws_iam_policy_attachment.read")
    }


def test_an_attachment_to_one_role_passes() -> None:
    after = {"policy_arn": "arn:aws:iam::aws:policy/ReadOnlyAccess", "role": "batch"}
    assert findings(create("aws_iam_role_policy_attachment.read", after)) == set()


def test_an_exclusive_attachment_of_a_policy_of_the_same_plan_passes() -> None:
    unknown = {"policy_arn": True, "id": True}
    assert (
        findings(
            create("aws_iam_policy.own", {"policy": document(READ)}),
            create("aws_iam_policy_attachment.own", {"roles": ["app"]}, after_unknown=unknown),
            references={
                "aws_iam_policy_attachment.own": {"policy_arn": ["aws_iam_policy.own.arn"]}
            },
        )
        == set()
    )


def test_an_exclusive_attachment_that_loses_users_is_flagged() -> None:
    before = {"policy_arn": "arn:aws:iam::1:policy/x", "users": ["ann", "bob"], "roles": []}
    assert findings(tweak("aws_iam_policy_attachment.x", before, users=["ann"])) == {
        ("I02", "aws_iam_policy_attachment.x")
    }


def test_a_role_that_loses_managed_policies_is_flagged_unless_they_are_attached_otherwise() -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:policy/read"
    change = tweak(
        "aws_iam_role.app", ROLE | {"managed_policy_arns": [arn]}, managed_policy_arns=[]
    )
    attached = create("aws_iam_role_policy_attachment.read", {"role": "app", "policy_arn": arn})
    assert findings(change) == {("I02", "aws_iam_role.app")}
    assert findings(change, attached) == set()


# I03


def test_a_binding_that_is_deleted_is_flagged() -> None:
    assert findings(delete("google_project_iam_binding.ci", BINDING)) == {
        ("I03", "google_project_iam_binding.ci")
    }


def test_a_binding_that_goes_with_its_bucket_passes() -> None:
    bucket = {"id": "shop-files", "name": "shop-files"}
    before = {"bucket": "shop-files", "role": "roles/storage.objectViewer", "members": ["user:a@x"]}
    assert (
        findings(
            delete("google_storage_bucket.files", bucket),
            delete("google_storage_bucket_iam_binding.files", before),
        )
        == set()
    )


def test_a_policy_with_users_outside_the_plan_cannot_be_deleted() -> None:
    before = {"arn": "arn:aws:iam::1:policy/x", "attachment_count": 3, "policy": document(READ)}
    assert findings(replace("aws_iam_policy.x", before, before, "description")) == {
        ("I03", "aws_iam_policy.x")
    }
    unused = before | {"attachment_count": 0}
    assert findings(delete("aws_iam_policy.x", unused)) == set()


# I04


GIVES_ADMIN: list[tuple[str, Json, Severity]] = [
    ("everything", allow("*"), Severity.CRITICAL),
    ("all of iam", allow("iam:*"), Severity.CRITICAL),
    ("all of a service", allow("s3:*"), Severity.HIGH),
    ("passing any role", allow("iam:PassRole"), Severity.CRITICAL),
    ("everything but a little", {"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"},
     Severity.CRITICAL),
    ("all secrets", allow("secretsmanager:GetSecretValue"), Severity.HIGH),
    ("all roles of the account", allow("iam:PutRolePolicy", f"arn:aws:iam::{ACCOUNT}:role/*"),
     Severity.CRITICAL),
    ("deleting any table", allow("dynamodb:DeleteTable"), Severity.MEDIUM),
]  # fmt: skip


@pytest.mark.parametrize(
    ("statement", "severity"), [case[1:] for case in GIVES_ADMIN], ids=[c[0] for c in GIVES_ADMIN]
)
def test_rights_that_lead_to_admin_are_flagged(statement: Json, severity: Severity) -> None:
    before = {"arn": "arn:aws:iam::1:policy/x", "policy": document(READ)}
    change = tweak("aws_iam_policy.x", before, policy=document(READ, statement))
    assert {rule: found[0] for rule, found in severities(change).items()} == {"I04": severity}


NARROW: list[tuple[str, Json]] = [
    ("one more action on one queue", allow("sqs:SendMessage", QUEUE)),
    ("a wildcard on one's own bucket", allow("s3:*", ["arn:aws:s3:::own", "arn:aws:s3:::own/*"])),
    ("reading metadata of everything", allow(["ec2:Describe*", "s3:ListAllMyBuckets"])),
    ("passing one role", allow("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/app")),
    ("writing logs", allow(["logs:CreateLogStream", "logs:PutLogEvents"])),
    ("metrics", allow("cloudwatch:PutMetricData")),
    ("a deny", deny("iam:*")),
    (
        "what carries a tag",
        allow("ec2:*", Condition={"StringEquals": {"aws:ResourceTag/team": "shop"}}),
    ),
]


@pytest.mark.parametrize("statement", [case[1] for case in NARROW], ids=[c[0] for c in NARROW])
def test_narrow_rights_pass(statement: Json) -> None:
    after = {"policy": document(READ, statement), "role": "app", "name": "app"}
    assert findings(create("aws_iam_role_policy.app", after)) == set()


def test_the_same_admin_policy_in_other_words_passes() -> None:
    before = {"arn": "arn:aws:iam::1:policy/x", "policy": document(allow("*", Sid="Admin"))}
    assert (
        findings(tweak("aws_iam_policy.x", before, policy=document(allow(["*"], ["*"])))) == set()
    )


def test_an_unknown_policy_is_undecided() -> None:
    before = {"arn": "arn:aws:iam::1:policy/x", "policy": document(READ), "attachment_count": 1}
    change = tweak("aws_iam_policy.x", before, policy=None)
    change["change"]["after_unknown"] = {"policy": True}
    assert undecided(change) == {("I04", "aws_iam_policy.x"), ("I14", "aws_iam_policy.x")}


def test_a_policy_made_by_a_data_source_during_apply_is_read_as_far_as_it_is_known() -> None:
    block = {"actions": ["*"], "resources": None, "effect": "Allow"}
    read = {
        "address": "data.aws_iam_policy_document.x",
        "mode": "data",
        "type": "aws_iam_policy_document",
        "name": "x",
        "change": {
            "actions": ["read"],
            "before": None,
            "after": {"statement": [block | {"resources": ["*"]}]},
            "after_unknown": {"json": True},
        },
    }
    change = create("aws_iam_policy.x", {"name": "x"}, after_unknown={"policy": True})
    links = {
        "data.aws_iam_policy_document.x": {},
        "aws_iam_policy.x": {"policy": ["data.aws_iam_policy_document.x.json"]},
    }
    assert findings(read, change, references=links) == {("I04", "aws_iam_policy.x")}


@pytest.mark.parametrize("name", ["AdministratorAccess", "IAMFullAccess", "PowerUserAccess"])
def test_attaching_an_administrator_policy_is_flagged(name: str) -> None:
    after = {"policy_arn": f"arn:aws:iam::aws:policy/{name}", "role": "app"}
    assert findings(create("aws_iam_role_policy_attachment.x", after)) == {
        ("I04", "aws_iam_role_policy_attachment.x")
    }


GRANTS_ADMIN: list[tuple[str, Json]] = [
    ("google_project_iam_member.x", {"project": "p", "role": "roles/owner", "member": "user:a@x"}),
    (
        "google_folder_iam_member.x",
        {"folder": "1", "role": "roles/iam.serviceAccountTokenCreator", "member": "group:a@x"},
    ),
    (
        "azurerm_role_assignment.x",
        {"scope": "/subscriptions/1", "role_definition_name": "Contributor", "principal_id": "p"},
    ),
    (
        "azurerm_role_assignment.x",
        {
            "scope": "/subscriptions/1/resourceGroups/g",
            "role_definition_id": "/x/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
            "principal_id": "p",
        },
    ),
    (
        "kubernetes_cluster_role_binding_v1.x",
        {
            "role_ref": [{"kind": "ClusterRole", "name": "cluster-admin"}],
            "subject": [{"kind": "ServiceAccount", "name": "ci", "namespace": "ci"}],
        },
    ),
    (
        "kubernetes_cluster_role.x",
        {
            "metadata": [{"name": "all"}],
            "rule": [{"api_groups": ["*"], "resources": ["*"], "verbs": ["*"]}],
        },
    ),
    (
        "kubernetes_manifest.x",
        {
            "manifest": {
                "kind": "ClusterRoleBinding",
                "roleRef": {"kind": "ClusterRole", "name": "cluster-admin"},
                "subjects": [{"kind": "User", "name": "ann"}],
            }
        },
    ),
    ("vault_policy.x", {"name": "x", "policy": 'path "*" { capabilities = ["read", "sudo"] }'}),
    ("github_membership.x", {"username": "ann", "role": "admin"}),
    (
        "aws_eks_access_policy_association.x",
        {
            "principal_arn": "arn:aws:iam::1:role/ci",
            "policy_arn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
            "access_scope": [{"type": "cluster"}],
        },
    ),
]


@pytest.mark.parametrize(("address", "after"), GRANTS_ADMIN)
def test_administrator_roles_of_every_provider_are_flagged(address: str, after: Json) -> None:
    assert findings(create(address, after)) == {("I04", address)}


GRANTS_LITTLE: list[tuple[str, Json]] = [
    ("google_project_iam_member.x", {"project": "p", "role": "roles/viewer", "member": "user:a@x"}),
    (
        "google_storage_bucket_iam_member.x",
        {"bucket": "b", "role": "roles/storage.objectAdmin", "member": "serviceAccount:a@x"},
    ),
    (
        "azurerm_role_assignment.x",
        {"scope": "/subscriptions/1", "role_definition_name": "Reader", "principal_id": "p"},
    ),
    (
        "azurerm_role_assignment.x",
        {
            "scope": "/subscriptions/1/resourceGroups/g/providers/Microsoft.Storage/x/y",
            "role_definition_name": "Contributor",
            "principal_id": "p",
        },
    ),
    (
        "kubernetes_role_binding.x",
        {
            "metadata": [{"namespace": "shop"}],
            "role_ref": [{"kind": "ClusterRole", "name": "view"}],
            "subject": [{"kind": "User", "name": "ann"}],
        },
    ),
    ("vault_policy.x", {"name": "x", "policy": 'path "secret/app/*" { capabilities = ["read"] }'}),
    ("github_team_repository.x", {"team_id": "1", "repository": "shop", "permission": "push"}),
]


@pytest.mark.parametrize(("address", "after"), GRANTS_LITTLE)
def test_ordinary_roles_of_every_provider_pass(address: str, after: Json) -> None:
    assert findings(create(address, after)) == set()


BOUNDARY = "arn:aws:iam::111111111111:policy/boundary"
BOUNDED = {"name": "app", "permissions_boundary": None}


def bounded_by(actions: list[str], **fields: Any) -> list[Json]:
    """A role that may use a queue and a key, and gets a boundary that allows `actions`."""
    allows = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    uses = {"Effect": "Allow", "Action": ["sqs:SendMessage", "kms:Decrypt"], "Resource": "*"}
    return [
        tweak("aws_iam_role.app", BOUNDED, permissions_boundary=BOUNDARY, **fields),
        noop("aws_iam_role_policy.app", {"role": "app", "policy": json.dumps({"Statement": uses})}),
        noop("aws_iam_policy.b", {"arn": BOUNDARY, "policy": json.dumps({"Statement": allows})}),
    ]


def test_a_binding_for_a_new_member_leaves_out_those_who_have_the_role_by_themselves() -> None:
    role = {"project": "acme", "role": "roles/cloudsql.client"}
    reader = noop("google_project_iam_member.reader", {**role, "member": "user:a@example.com"})
    account = create("google_service_account.new", {"account_id": "new"})
    binding = create(
        "google_project_iam_binding.all", role | {"members": [None]},
        after_unknown={"members": [True]},
    )  # fmt: skip
    uses = {"google_project_iam_binding.all": {"members": ["google_service_account.new.member"]}}
    [found] = judged(plan(reader, account, binding, references=uses)).findings
    assert (found.rule, found.hurts) == ("I01", ("google_project_iam_member.reader",))


def test_a_boundary_that_takes_what_the_policies_allow_is_flagged() -> None:
    assert findings(*bounded_by(["s3:*", "sqs:*"])) == {("I14", "aws_iam_role.app")}
    [found] = judged(plan(*bounded_by(["s3:*", "sqs:*"]))).findings
    assert found.what == "Its permissions boundary does not allow kms:Decrypt on *."


def test_a_boundary_that_allows_all_that_the_policies_do_passes() -> None:
    assert findings(*bounded_by(["sqs:*", "kms:*"])) == set()


def test_a_boundary_that_is_not_known_is_undecided() -> None:
    role = update(
        "aws_iam_role.app", BOUNDED, {"name": "app"}, after_unknown={"permissions_boundary": True}
    )
    assert undecided(role) == {("I14", "aws_iam_role.app")}


def test_a_permissions_boundary_that_goes_is_flagged() -> None:
    change = tweak("aws_iam_role.app", ROLE | {"permissions_boundary": "arn:x"},
                   permissions_boundary=None)  # fmt: skip
    assert findings(change) == {("I04", "aws_iam_role.app")}


def test_a_mapping_to_system_masters_is_flagged() -> None:
    def auth(roles: str) -> Json:
        return {"metadata": [{"name": "aws-auth"}], "data": {"mapRoles": roles}}

    node = "- rolearn: arn:aws:iam::1:role/node\n  groups:\n  - system:nodes\n"
    admin = '- "groups":\n  - "system:masters"\n  "rolearn": "arn:aws:iam::1:role/ops"\n'
    assert findings(update("kubernetes_config_map.auth", auth(node), auth(node + admin))) == {
        ("I04", "kubernetes_config_map.auth")
    }


# I05


def trust(principal: Any, **fields: Any) -> str:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}
    return document(statement | fields)


GITHUB = {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"}


def subject(value: str) -> Json:
    return {"StringLike": {"token.actions.githubusercontent.com:sub": value}}


LETS_IN: list[tuple[str, str]] = [
    ("everyone", trust("*")),
    ("everyone by AWS star", trust({"AWS": ["*"]})),
    ("another account", trust({"AWS": f"arn:aws:iam::{OTHER}:root"})),
    ("everyone but", document({"Effect": "Allow", "Action": "sts:AssumeRole",
                               "NotPrincipal": {"AWS": OTHER}})),
    ("any GitHub repository", trust(GITHUB)),
    ("all repositories of an organisation", trust(GITHUB, Condition=subject("repo:shop/*"))),
    ("any branch of the repository", trust(GITHUB, Condition=subject("repo:shop/infra:*"))),
    ("a fence that fences nothing", trust("*", Condition={
        "IpAddress": {"aws:SourceIp": "0.0.0.0/0"}})),
]  # fmt: skip


@pytest.mark.parametrize("after", [case[1] for case in LETS_IN], ids=[case[0] for case in LETS_IN])
def test_a_role_that_lets_in_strangers_is_flagged(after: str) -> None:
    before = ROLE | {"assume_role_policy": trust(GITHUB, Condition=subject("repo:shop/infra:main"))}
    change = update("aws_iam_role.app", before, ROLE | {"assume_role_policy": after})
    assert ("I05", "aws_iam_role.app") in findings(change)


KNOWN_ONES: list[tuple[str, str]] = [
    ("another service", trust({"Service": ["lambda.amazonaws.com", "ecs-tasks.amazonaws.com"]})),
    ("a role of the account", trust({"AWS": f"arn:aws:iam::{ACCOUNT}:role/ci",
                                     "Service": "lambda.amazonaws.com"})),
    ("everyone of the organisation", trust("*", Condition={
        "StringEquals": {"aws:PrincipalOrgID": "o-1"}})),
    ("one branch", trust(GITHUB, Condition=subject("repo:shop/infra:ref:refs/heads/main"))),
]  # fmt: skip


@pytest.mark.parametrize("after", [case[1] for case in KNOWN_ONES], ids=[c[0] for c in KNOWN_ONES])
def test_a_role_made_for_known_principals_passes(after: str) -> None:
    assert (
        findings(
            noop("aws_s3_bucket.x", {"arn": f"arn:aws:iam::{ACCOUNT}:role/x"}),
            create("aws_iam_role.app", {"name": "app", "assume_role_policy": after}),
        )
        == set()
    )


def test_an_unknown_trust_policy_is_undecided() -> None:
    change = tweak("aws_iam_role.app", ROLE, assume_role_policy=None)
    change["change"]["after_unknown"] = {"assume_role_policy": True}
    assert undecided(change) == {("I05", "aws_iam_role.app"), ("I14", "aws_iam_role.app")}


PUBLIC_READ = allow("s3:GetObject", "arn:aws:s3:::press/*", Principal="*")


def test_a_bucket_policy_for_everyone_is_critical_unless_the_bucket_is_a_website() -> None:
    change = create(
        "aws_s3_bucket_policy.press", {"bucket": "press", "policy": document(PUBLIC_READ)}
    )
    site = noop("aws_s3_bucket_website_configuration.press", {"bucket": "press"})
    assert severities(change) == {"I05": (Severity.CRITICAL, Confidence.HIGH)}
    assert severities(change, site) == {"I05": (Severity.MEDIUM, Confidence.MEDIUM)}


def test_a_website_made_as_a_whole_is_a_note() -> None:
    unknown = {"bucket": True, "id": True}
    links = {
        f"aws_s3_bucket_{name}.press": {"bucket": ["aws_s3_bucket.press.id"]}
        for name in ("policy", "website_configuration")
    }
    changes = (
        create("aws_s3_bucket.press", {"bucket": "press"}),
        create("aws_s3_bucket_website_configuration.press", {}, after_unknown=unknown),
        create(
            "aws_s3_bucket_policy.press",
            {"policy": document(PUBLIC_READ)},
            after_unknown=unknown,
        ),
    )
    result = judged(plan(*changes, references=links))
    assert [(item.rule, item.severity) for item in result.findings] == [("I05", Severity.LOW)]


def test_a_bucket_policy_for_the_cdn_passes() -> None:
    statement = allow(
        "s3:GetObject",
        "arn:aws:s3:::press/*",
        Principal={"Service": "cloudfront.amazonaws.com"},
        Condition={"StringEquals": {"AWS:SourceArn": "arn:aws:cloudfront::1:distribution/E1"}},
    )
    change = create(
        "aws_s3_bucket_policy.press", {"bucket": "press", "policy": document(statement)}
    )
    assert findings(change) == set()


def test_roles_for_all_users_are_flagged() -> None:
    after = {"bucket": "b", "role": "roles/storage.objectViewer", "member": "allUsers"}
    assert findings(create("google_storage_bucket_iam_member.x", after)) == {
        ("I05", "google_storage_bucket_iam_member.x")
    }
    some = after | {"member": "group:press@x.example"}
    assert findings(create("google_storage_bucket_iam_member.x", some)) == set()


# I06


def test_a_role_replaced_while_a_function_uses_it_is_flagged() -> None:
    change = replace("aws_iam_role.app", ROLE, ROLE | {"name": "app2"}, "name")
    function = noop("aws_lambda_function.app", FUNCTION)
    assert severities(change, function, references=USED_BY) == {
        "I06": (Severity.HIGH, Confidence.HIGH)
    }


def test_a_role_description_that_changes_passes() -> None:
    assert findings(tweak("aws_iam_role.app", ROLE, description="new"), USED_ROLE[1]) == set()


def test_a_service_account_made_anew_by_the_same_name_is_flagged() -> None:
    account = {"account_id": "ci", "project": "shop", "email": "ci@shop"}
    assert findings(
        delete("google_service_account.ci", account),
        create('google_service_account.by_name["ci"]', {"account_id": "ci", "project": "shop"}),
    ) == {("I06", "google_service_account.ci")}


def test_a_role_replaced_without_known_users_is_less_certain() -> None:
    change = replace("aws_iam_role.app", ROLE, ROLE | {"name": "app2"}, "name")
    assert severities(change) == {"I06": (Severity.MEDIUM, Confidence.LOW)}
    pipeline = ROLE | {"assume_role_policy": trust(GITHUB)}
    change = replace("aws_iam_role.app", pipeline, pipeline | {"name": "app2"}, "name")
    assert severities(change)["I06"] == (Severity.MEDIUM, Confidence.MEDIUM)


def test_an_identity_provider_that_goes_is_flagged() -> None:
    before = {"url": "https://token.actions.githubusercontent.com", "client_id_list": ["sts"]}
    assert findings(delete("aws_iam_openid_connect_provider.github", before)) == {
        ("I06", "aws_iam_openid_connect_provider.github")
    }


def test_an_unused_role_that_is_deleted_passes() -> None:
    assert findings(delete("aws_iam_role.app", ROLE)) == set()


# I07


CALLER = {
    "values": {
        "root_module": {
            "resources": [
                {
                    "address": "data.aws_caller_identity.me",
                    "mode": "data",
                    "type": "aws_caller_identity",
                    "name": "me",
                    "values": {"arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/ci"},
                }
            ]
        }
    }
}


def test_a_policy_of_the_running_role_that_gets_narrower_is_flagged() -> None:
    before = role_policy(READ_AND_DELETE) | {"role": "deploy"}
    change = tweak("aws_iam_role_policy.deploy", before, policy=document(READ))
    assert findings(change, prior_state=CALLER) == {
        ("I07", "aws_iam_role_policy.deploy"),
        ("I14", "aws_iam_role_policy.deploy"),
    }


def test_a_policy_of_another_role_is_no_self_lock_out() -> None:
    change = tweak("aws_iam_role_policy.x", role_policy(READ_AND_DELETE), policy=document(READ))
    assert findings(change, prior_state=CALLER) == {("I14", "aws_iam_role_policy.x")}


def test_the_running_identity_of_azure_is_found() -> None:
    state = json.loads(json.dumps(CALLER).replace("aws_caller_identity", "azurerm_client_config"))
    state["values"]["root_module"]["resources"][0]["values"] = {"object_id": "me"}
    before = {"scope": "/subscriptions/1", "role_definition_name": "Reader", "principal_id": "me"}
    change = delete("azurerm_role_assignment.me", before)
    assert ("I07", "azurerm_role_assignment.me") in findings(change, prior_state=state)


# I08


ROOT = allow("kms:*", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})
USER = allow(["kms:Decrypt"], Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/app"})


def key(*statements: Json) -> Json:
    return {"arn": f"arn:aws:kms:x:{ACCOUNT}:key/1", "policy": document(*statements)}


def test_a_key_that_nobody_may_manage_is_flagged() -> None:
    change = tweak("aws_kms_key.app", key(ROOT, USER), policy=document(USER))
    assert findings(change) == {("I08", "aws_kms_key.app")}


def test_a_key_policy_in_another_order_passes() -> None:
    change = tweak("aws_kms_key.app", key(ROOT, USER), policy=document(USER, ROOT))
    assert findings(change) == set()


def test_a_key_left_to_one_role_is_flagged_with_less_certainty() -> None:
    admin = allow("kms:*", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/admin"})
    change = tweak("aws_kms_key.app", key(ROOT, USER), policy=document(USER, admin))
    assert severities(change) == {"I08": (Severity.HIGH, Confidence.MEDIUM)}


def test_a_deny_for_everyone_is_flagged_and_one_of_plain_connections_passes() -> None:
    before = {"bucket": "b", "id": "b", "policy": document(PUBLIC_READ)}
    shut = deny("s3:*", "arn:aws:s3:::b/*", Principal="*")
    tls = shut | {"Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    vpc = shut | {"Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}}
    address = "aws_s3_bucket_policy.b"
    assert findings(tweak(address, before, policy=document(PUBLIC_READ, shut))) == {
        ("I08", address)
    }
    assert findings(tweak(address, before, policy=document(PUBLIC_READ, vpc))) == {("I08", address)}
    assert findings(tweak(address, before, policy=document(PUBLIC_READ, tls))) == set()


def vault(*holders: str) -> Json:
    policies = [{"object_id": holder, "secret_permissions": ["Get"]} for holder in holders]
    return {"id": "/vaults/x", "access_policy": policies}


def test_a_key_vault_that_drops_a_principal_is_flagged_and_one_that_gains_passes() -> None:
    address = "azurerm_key_vault.x"
    assert findings(update(address, vault("a", "b"), vault("a"))) == {("I08", address)}
    assert findings(update(address, vault("a"), vault("b", "a"))) == set()


# I09


AUTH: Json = {
    "metadata": [{"name": "aws-auth", "namespace": "kube-system"}],
    "data": {"mapRoles": "- rolearn: arn:aws:iam::1:role/node\n  groups:\n  - system:nodes\n"},
}


def test_the_auth_map_deleted_or_emptied_is_flagged() -> None:
    address = "kubernetes_config_map.aws_auth"
    assert findings(delete(address, AUTH)) == {("I09", address)}
    assert findings(tweak(address, AUTH, data={"mapRoles": "[]"})) == {("I09", address)}


def test_another_config_map_or_one_more_role_passes() -> None:
    more = AUTH["data"]["mapRoles"] + "- rolearn: arn:aws:iam::1:role/dev\n  groups:\n  - dev\n"
    assert findings(tweak("kubernetes_config_map.aws_auth", AUTH, data={"mapRoles": more})) == set()
    other = AUTH | {"metadata": [{"name": "settings"}]}
    assert findings(delete("kubernetes_config_map.settings", other)) == set()


def test_an_unknown_auth_map_is_undecided() -> None:
    change = tweak("kubernetes_config_map.aws_auth", AUTH, data=None)
    change["change"]["after_unknown"] = {"data": True}
    assert ("I09", "kubernetes_config_map.aws_auth") in undecided(change)


def test_an_access_entry_that_goes_is_flagged_unless_its_role_goes_too() -> None:
    before = {"cluster_name": "shop", "principal_arn": ROLE["arn"]}
    change = delete("aws_eks_access_entry.app", before)
    assert findings(change) == {("I09", "aws_eks_access_entry.app")}
    assert findings(change, delete("aws_iam_role.app", ROLE)) == set()


def test_a_cluster_that_stops_reading_the_auth_map_is_flagged() -> None:
    before: Json = {
        "name": "shop",
        "access_config": [{"authentication_mode": "API_AND_CONFIG_MAP"}],
    }
    api = [{"authentication_mode": "API"}]
    assert findings(tweak("aws_eks_cluster.x", before, access_config=api)) == {
        ("I09", "aws_eks_cluster.x")
    }
    older: Json = {"name": "shop", "access_config": [{"authentication_mode": "CONFIG_MAP"}]}
    assert (
        findings(tweak("aws_eks_cluster.x", older, access_config=before["access_config"])) == set()
    )


# I14


def test_an_action_taken_from_a_used_role_is_serious() -> None:
    change = tweak("aws_iam_role_policy.app", role_policy(READ_AND_DELETE), policy=document(READ))
    assert severities(change, *USED_ROLE, references=USED_BY) == {
        "I14": (Severity.HIGH, Confidence.MEDIUM)
    }


def test_an_action_taken_from_a_role_without_known_users_still_counts() -> None:
    change = tweak("aws_iam_role_policy.app", role_policy(READ_AND_DELETE), policy=document(READ))
    assert severities(change) == {"I14": (Severity.MEDIUM, Confidence.HIGH)}


def test_an_admin_grant_taken_from_an_unused_role_is_a_note() -> None:
    change = delete("aws_iam_role_policy.app", role_policy(allow("*")))
    assert severities(change, USED_ROLE[0]) == {"I14": (Severity.LOW, Confidence.LOW)}
    assert severities(change) == {"I14": (Severity.MEDIUM, Confidence.HIGH)}


def test_a_policy_that_is_only_rewritten_passes() -> None:
    parts = [allow("sqs:DeleteMessage", [QUEUE]), allow("sqs:ReceiveMessage", QUEUE, Sid="Read")]
    change = tweak("aws_iam_role_policy.app", role_policy(READ_AND_DELETE), policy=document(*parts))
    assert findings(change, *USED_ROLE, references=USED_BY) == set()


def test_a_policy_that_moves_to_a_managed_one_passes() -> None:
    attached = create("aws_iam_role_policy_attachment.app", {"role": "app"},
                      after_unknown={"policy_arn": True, "id": True})  # fmt: skip
    links = USED_BY | {
        "aws_iam_role_policy_attachment.app": {
            "role": ["aws_iam_role.app.name"],
            "policy_arn": ["aws_iam_policy.app.arn"],
        }
    }
    assert (
        findings(
            delete("aws_iam_role_policy.app", role_policy(READ_AND_DELETE)),
            create("aws_iam_policy.app", {"name": "app", "policy": document(READ_AND_DELETE)}),
            attached,
            *USED_ROLE,
            references=links,
        )
        == set()
    )


def test_a_policy_that_goes_with_its_role_or_its_queue_passes() -> None:
    policy = delete("aws_iam_role_policy.app", role_policy(READ))
    queue = {"arn": QUEUE, "id": "https://sqs/orders"}
    assert findings(policy, delete("aws_iam_role.app", ROLE)) == set()
    assert findings(policy, *USED_ROLE, delete("aws_sqs_queue.orders", queue)) == set()


def test_an_attachment_that_goes_is_flagged_unless_another_gives_the_same() -> None:
    attached = {"role": "app", "policy_arn": "arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess"}
    change = delete("aws_iam_role_policy_attachment.app", attached)
    wider = create(
        "aws_iam_role_policy_attachment.wider",
        {"role": "app", "policy_arn": "arn:aws:iam::aws:policy/AmazonSQSFullAccess"},
    )
    assert findings(change, *USED_ROLE) == {("I14", "aws_iam_role_policy_attachment.app")}
    assert findings(change, wider, *USED_ROLE) == set()


INVOKE = {
    "action": "lambda:InvokeFunction",
    "function_name": "app",
    "principal": "events.amazonaws.com",
    "source_arn": "arn:aws:events:x:1:rule/nightly",
    "statement_id": "nightly",
}


def test_a_permission_to_call_a_function_that_goes_is_flagged() -> None:
    change = delete("aws_lambda_permission.nightly", INVOKE)
    assert findings(change, USED_ROLE[1]) == {("I14", "aws_lambda_permission.nightly")}


def test_a_permission_that_is_made_again_or_whose_caller_goes_passes() -> None:
    again = create("aws_lambda_permission.rule", INVOKE | {"statement_id": "other"})
    change = delete("aws_lambda_permission.nightly", INVOKE)
    assert findings(change, again, USED_ROLE[1]) == set()
    rule = {"arn": INVOKE["source_arn"], "id": "nightly"}
    assert findings(change, delete("aws_cloudwatch_event_rule.nightly", rule)) == set()
    renamed = INVOKE | {"statement_id": "other"}
    assert findings(replace("aws_lambda_permission.x", INVOKE, renamed, "statement_id")) == set()


def test_a_queue_policy_that_loses_its_topic_is_flagged() -> None:
    send = allow("sqs:SendMessage", QUEUE, Principal={"Service": "sns.amazonaws.com"})
    before = {
        "id": "https://sqs/orders",
        "queue_url": "https://sqs/orders",
        "policy": document(send),
    }
    queue = noop("aws_sqs_queue.orders", {"id": "https://sqs/orders", "arn": QUEUE})
    assert findings(delete("aws_sqs_queue_policy.orders", before), queue) == {
        ("I14", "aws_sqs_queue_policy.orders")
    }


def test_a_trust_that_no_longer_names_the_service_is_flagged() -> None:
    after = trust({"Service": "ec2.amazonaws.com"})
    assert findings(tweak("aws_iam_role.app", ROLE, assume_role_policy=after), USED_ROLE[1]) == {
        ("I14", "aws_iam_role.app")
    }


def test_a_wildcard_narrowed_to_reading_and_writing_is_a_note() -> None:
    change = tweak(
        "aws_iam_role_policy.app",
        role_policy(allow("sqs:*", QUEUE)),
        policy=document(allow(["sqs:ReceiveMessage", "sqs:SendMessage", "sqs:GetQueueUrl"], QUEUE)),
    )
    assert severities(change, *USED_ROLE, references=USED_BY) == {
        "I14": (Severity.LOW, Confidence.MEDIUM)
    }


def test_a_principal_that_is_disabled_is_flagged_and_one_that_is_enabled_passes() -> None:
    on, off = {"account_id": "ci", "disabled": False}, {"account_id": "ci", "disabled": True}
    address = "google_service_account.ci"
    assert findings(update(address, on, off)) == {("I14", address)}
    assert findings(update(address, off, on)) == set()


def test_a_service_account_that_loses_its_cloud_role_is_flagged() -> None:
    def account(**notes: str) -> Json:
        return {"metadata": [{"name": "app", "annotations": notes}]}

    role = {"eks.amazonaws.com/role-arn": ROLE["arn"]}
    address = "kubernetes_service_account_v1.app"
    assert findings(update(address, account(**role), account())) == {("I14", address)}
    assert findings(update(address, account(**role), account(**role, team="shop"))) == set()


def test_a_function_that_gets_a_lesser_role_is_flagged_and_an_equal_one_passes() -> None:
    change = tweak("aws_lambda_function.app", FUNCTION, role=f"arn:aws:iam::{ACCOUNT}:role/new")
    old = noop("aws_iam_role_policy.old", role_policy(READ_AND_DELETE))
    lesser = noop("aws_iam_role_policy.new", role_policy(READ) | {"role": "new"})
    equal = noop("aws_iam_role_policy.new", role_policy(READ_AND_DELETE) | {"role": "new"})
    assert findings(change, old, lesser) == {("I14", "aws_lambda_function.app")}
    assert findings(change, old, equal) == set()


def test_an_organisation_policy_that_denies_a_service_is_flagged() -> None:
    before = {"content": document(deny("organizations:LeaveOrganization"))}
    after = document(deny("organizations:LeaveOrganization", Sid="Stay"), deny("s3:*"))
    address = "aws_organizations_policy.guard"
    assert findings(tweak(address, before, content=after)) == {("I14", address)}
    assert findings(tweak(address, before | {"content": after}, content=before["content"])) == set()


def test_resources_narrowed_to_those_of_the_plan_are_a_note_and_to_fewer_are_not() -> None:
    url = {"id": "https://sqs/orders", "arn": QUEUE}
    queue = noop("aws_sqs_queue.orders", url)
    other = noop("aws_sqs_queue.other", {"id": "https://sqs/other", "arn": f"{QUEUE}-2"})
    change = tweak(
        "aws_iam_role_policy.app",
        role_policy(allow("sqs:ReceiveMessage")),
        policy=document(allow("sqs:ReceiveMessage", QUEUE)),
    )
    assert severities(change, queue, *USED_ROLE, references=USED_BY) == {
        "I14": (Severity.LOW, Confidence.MEDIUM)
    }
    assert severities(change, queue, other, *USED_ROLE, references=USED_BY) == {
        "I14": (Severity.MEDIUM, Confidence.MEDIUM)
    }


ROLE_LOST: list[tuple[str, Json]] = [
    (
        "google_storage_bucket_iam_member.x",
        {"bucket": "b", "role": "roles/storage.objectViewer",
         "member": "serviceAccount:app@shop.iam.gserviceaccount.com"},
    ),
    (
        "azurerm_role_assignment.x",
        {"scope": "/subscriptions/1/resourceGroups/g", "role_definition_name": "AcrPull",
         "principal_id": "p"},
    ),
    (
        "kubernetes_role_binding.x",
        {"metadata": [{"namespace": "shop"}], "role_ref": [{"kind": "Role", "name": "leader"}],
         "subject": [{"kind": "ServiceAccount", "name": "app", "namespace": "shop"}]},
    ),
    ("vault_policy.x", {"name": "x", "policy": 'path "secret/app" { capabilities = ["read"] }'}),
    (
        "aws_kms_grant.x",
        {"grantee_principal": ROLE["arn"], "operations": ["Decrypt"], "key_id": "1"},
    ),
    (
        "aws_eks_pod_identity_association.x",
        {"namespace": "shop", "service_account": "app", "role_arn": ROLE["arn"]},
    ),
    ("postgresql_grant.x", {"role": "app", "privileges": ["SELECT"], "database": "shop"}),
]  # fmt: skip


@pytest.mark.parametrize(("address", "before"), ROLE_LOST)
def test_grants_of_other_providers_that_go_are_flagged(address: str, before: Json) -> None:
    assert findings(delete(address, before)) == {("I14", address)}


def test_a_grant_that_becomes_a_wider_one_of_its_kind_passes() -> None:
    before, member = ROLE_LOST[0][1], "google_storage_bucket_iam_member.wider"
    assert (
        findings(
            delete("google_storage_bucket_iam_member.x", before),
            create(member, before | {"role": "roles/storage.objectAdmin"}),
        )
        == set()
    )


ODD: list[Any] = [[3, None, {"a": []}], "x", 7, True, {"b": None}]
ODD_NAMES = ("policy", "members", "role", "access_policy", "rule", "data", "users", "metadata")


@pytest.mark.parametrize("odd", ODD, ids=str)
def test_odd_shapes_do_not_raise(odd: Any) -> None:
    types = sorted({name for rule in RULES for name in rule.types or ()})
    types += ["google_project_iam_policy", "azurerm_role_assignment", "kubernetes_role_v1"]
    tree = dict.fromkeys(ODD_NAMES, odd)
    changes = [update(f"{name}.changed", tree, {}) for name in types]
    changes += [update(f"{name}.back", {}, tree) for name in types]
    judged(plan(*changes, *(delete(f"{name}.gone", tree) for name in types)))

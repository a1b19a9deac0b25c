"""The policy evaluator answers as AWS documents its evaluation logic."""

from typing import Any

import pytest

from iacrisk.training.iam import Principal, Request, decide, may_assume, public_statements

ROLE = Principal(arn="arn:aws:iam::123456789012:role/app")
READ = Request(principal=ROLE, action="s3:GetObject", resource="arn:aws:s3:::media/a.png")


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def statement(effect: str = "Allow", **parts: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": "s3:*", "Resource": "*"} | parts


def test_nothing_is_allowed_by_default() -> None:
    assert decide(READ).state == "broken"


@pytest.mark.parametrize(
    ("parts", "state"),
    [
        ({"Action": "s3:GetObject"}, "works"),
        ({"Action": ["s3:PutObject", "S3:getobject"]}, "works"),
        ({"Action": "s3:Get?bject"}, "works"),
        ({"Action": "s3:PutObject"}, "broken"),
        ({"Resource": "arn:aws:s3:::media/*"}, "works"),
        ({"Resource": "arn:aws:s3:::media"}, "broken"),
        ({"Resource": "arn:aws:s3:::MEDIA/*"}, "broken"),
        ({"Resource": "arn:aws:s3:::media/[a].png"}, "broken"),
        ({"Condition": {"Bool": {"aws:SecureTransport": "true"}}}, "works"),
        ({"Condition": {"Bool": {"aws:SecureTransport": "false"}}}, "broken"),
        ({"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}, "broken"),
        ({"Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}}, "works"),
        ({"Condition": {"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}}, "works"),
        ({"Condition": {"Null": {"aws:PrincipalOrgID": "true"}}}, "works"),
        ({"Condition": {"DateGreaterThan": {"aws:PrincipalAccount": "x"}}}, "unknown"),
    ],
)
def test_a_statement_allows_what_it_matches(parts: dict[str, Any], state: str) -> None:
    assert decide(READ, [policy(statement(**parts))]).state == state


def test_not_action_and_not_resource_match_the_rest() -> None:
    rest = {"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::secret/*"}
    assert decide(READ, [policy(rest)]).state == "works"
    other = Request(principal=ROLE, action="s3:GetObject", resource="arn:aws:s3:::secret/a")
    assert decide(other, [policy(rest)]).state == "broken"


def test_an_explicit_deny_wins_wherever_it_stands() -> None:
    allowed = policy(statement())
    denied = policy(statement("Deny", Action="s3:GetObject"))
    assert decide(READ, [allowed, denied]).state == "broken"
    resource = policy(statement("Deny", Principal="*"))
    assert decide(READ, [allowed], resource).state == "broken"


def test_a_deny_that_cannot_be_judged_leaves_it_unknown() -> None:
    doubtful = statement("Deny", Condition={"DateLessThan": {"aws:PrincipalAccount": "x"}})
    assert decide(READ, [policy(statement(), doubtful)]).state == "unknown"


def test_a_resource_policy_that_names_the_caller_suffices() -> None:
    named = policy(statement(Principal={"AWS": ROLE.arn}))
    assert decide(READ, [], named).state == "works"


def test_a_resource_policy_that_names_the_account_leaves_it_to_iam() -> None:
    root = policy(statement(Principal={"AWS": "arn:aws:iam::123456789012:root"}))
    assert decide(READ, [], root).state == "broken"


def test_a_boundary_limits_what_identity_policies_give() -> None:
    assert decide(READ, [policy(statement())], boundary=policy()).state == "broken"
    assert decide(READ, [policy(statement())], boundary=policy(statement())).state == "works"


def test_a_key_needs_its_own_policy() -> None:
    use = Request(principal=ROLE, action="kms:Decrypt", resource="arn:aws:kms:::key/1")
    own = policy(statement(Action="kms:*"))
    root = policy(statement(Action="kms:*", Principal={"AWS": "123456789012"}))
    direct = policy(statement(Action="kms:*", Principal={"AWS": ROLE.arn}))
    assert decide(use, [own]).state == "broken"
    assert decide(use, [own], root).state == "works"
    assert decide(use, [], root).state == "broken"
    assert decide(use, [], direct).state == "works"


def test_a_service_is_let_in_by_the_resource_alone_and_only_for_its_source() -> None:
    service = Principal(service="sns.amazonaws.com")
    open_policy = policy(
        statement(
            Action="sqs:SendMessage",
            Principal={"Service": "sns.amazonaws.com"},
            Condition={"ArnEquals": {"aws:SourceArn": "arn:aws:sns:::news"}},
        )
    )
    for source, state in (("arn:aws:sns:::news", "works"), ("arn:aws:sns:::other", "broken")):
        request = Request(
            principal=service, action="sqs:SendMessage", context={"aws:SourceArn": source}
        )
        assert decide(request, [], open_policy).state == state


def test_trust_by_service_account_and_federation() -> None:
    def trust(principal: Any, action: str = "sts:AssumeRole", **parts: Any) -> Any:
        return policy({"Effect": "Allow", "Action": action, "Principal": principal, **parts})

    service = Principal(service="ec2.amazonaws.com")
    assert may_assume(service, trust({"Service": "ec2.amazonaws.com"}), {}).state == "works"
    assert may_assume(service, trust({"Service": "ecs.amazonaws.com"}), {}).state == "broken"
    assert may_assume(ROLE, trust({"AWS": "123456789012"}), {}).state == "works"
    issuer = "token.actions.githubusercontent.com"
    federated = trust(
        {"Federated": f"arn:aws:iam::123456789012:oidc-provider/{issuer}"},
        "sts:AssumeRoleWithWebIdentity",
        Condition={"StringLike": {f"{issuer}:sub": "repo:ours/*"}},
    )
    for claim, state in (("repo:ours/app", "works"), ("repo:theirs/app", "broken")):
        found = may_assume(Principal(federated=issuer), federated, {f"{issuer}:sub": claim})
        assert found.state == state


@pytest.mark.parametrize(
    ("parts", "public"),
    [
        ({"Principal": "*"}, True),
        ({"Principal": {"AWS": "*"}}, True),
        ({"Principal": {"AWS": "arn:aws:iam::123456789012:root"}}, False),
        ({"Principal": "*", "Effect": "Deny"}, False),
        ({"Principal": "*", "Condition": {"StringEquals": {"aws:SourceAccount": "1"}}}, False),
        ({"Principal": "*", "Condition": {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}}, True),
        ({"Principal": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}, True),
    ],
)
def test_public_statements_let_strangers_in(parts: dict[str, Any], public: bool) -> None:
    assert bool(public_statements(policy(statement(**parts)))) is public


def test_policies_may_be_text_or_nothing() -> None:
    text = '{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}'
    assert decide(READ, [text]).state == "works"
    assert decide(READ, ["no policy at all"]).state == "broken"


def test_policy_variables_are_filled() -> None:
    user = Principal(arn="arn:aws:iam::123456789012:user/ann")
    own = policy(statement(Resource="arn:aws:s3:::homes/${aws:username}/*"))
    for name, state in (("ann", "works"), ("bob", "broken")):
        resource = f"arn:aws:s3:::homes/{name}/x"
        request = Request(principal=user, action="s3:GetObject", resource=resource)
        assert decide(request, [own]).state == state

"""I18: denies with exemptions that forget somebody."""

from __future__ import annotations

import json
from typing import Any

import pytest

from iacrisk.graph import build_graph
from iacrisk.rules import Context, Review, review
from iacrisk.rules.identity.fenced_out import user_fenced_out
from tests.plans import Json, create, noop, plan

PSP = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:psp-AbC"
READS = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": PSP}
ADDRESS = "aws_secretsmanager_secret_policy.psp"


def role(name: str, statement: Json = READS) -> list[Json]:
    return [
        noop(f"aws_iam_role.{name}", {"name": name}),
        noop(
            f"aws_iam_role_policy.{name}",
            {"role": name, "policy": json.dumps({"Statement": statement})},
        ),
    ]


def guard(*names: str, action: str = "secretsmanager:GetSecretValue", **fields: Any) -> Json:
    arns = [f"arn:aws:iam::111111111111:role/{name}" for name in names]
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": action,
        "Resource": "*",
        "Condition": {"ArnNotEquals": {"aws:PrincipalArn": arns}},
    } | fields
    policy = json.dumps({"Version": "2012-10-17", "Statement": deny})
    return create(ADDRESS, {"secret_arn": PSP, "policy": policy})


def judged(*changes: Json) -> Review:
    made = plan(*changes)
    result = review(Context(made, build_graph(made)), rules=(user_fenced_out,), suppressors=())
    assert result.failures == ()
    return result


def test_a_role_that_uses_the_secret_and_is_not_exempt_is_named() -> None:
    [found] = judged(*role("task"), *role("exec"), guard("task")).findings
    assert (found.rule, found.address, found.hurts) == ("I18", ADDRESS, ("aws_iam_role.exec",))


def test_a_deny_that_exempts_all_who_use_it_passes() -> None:
    assert judged(*role("task"), *role("exec"), guard("task", "exec")).findings == ()


@pytest.mark.parametrize(
    "statement",
    [
        {**READS, "Action": "s3:GetObject"},
        {**READS, "Resource": PSP.replace("psp", "other")},
        {**READS, "Effect": "Deny"},
    ],
)
def test_a_role_that_may_not_use_it_anyway_passes(statement: Json) -> None:
    assert judged(*role("exec", statement), guard("task")).findings == ()


def test_a_deny_of_other_accounts_passes() -> None:
    other = {"StringNotEquals": {"aws:PrincipalAccount": "111111111111"}}
    assert judged(*role("exec"), guard(Condition=other)).findings == ()


def test_a_policy_that_is_not_known_is_undecided() -> None:
    new = create(ADDRESS, {"secret_arn": PSP}, after_unknown={"policy": True})
    assert [item.rule for item in judged(*role("exec"), new).undecided] == ["I18"]

"""X05, X06, X07: guards of the organisation, credentials in clear, shares with others."""

from __future__ import annotations

import json
from typing import Any

import pytest

from iacrisk.rules.rule import Confidence, Severity
from tests.plans import Json, create, noop, tweak, update
from tests.rules.told import judged, undecided, weights

HOLDS = (Severity.MEDIUM, Confidence.MEDIUM)
REMARK = (Severity.MEDIUM, Confidence.LOW)

# X05

TRAIL: Json = {"Effect": "Deny", "Action": "cloudtrail:StopLogging", "Resource": "*"}
REGION: Json = {
    "Effect": "Deny",
    "Action": "ec2:*",
    "Resource": "*",
    "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1"]}},
}
WIDER: Json = REGION | {
    "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-north-1"]}}
}
SCP = "aws_organizations_policy.guard"


def document(*statements: Json) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def scp(*after: Json) -> Json:
    return tweak(SCP, {"content": document(TRAIL, REGION)}, content=document(*after))


def test_a_deny_that_goes_is_flagged() -> None:
    assert weights(scp(REGION), only=("X05",)) == [(SCP, Severity.HIGH, Confidence.HIGH)]


def test_a_deny_with_one_more_exception_is_milder() -> None:
    assert weights(scp(TRAIL, WIDER), only=("X05",)) == [(SCP, *HOLDS)]


def test_a_deny_more_or_another_order_passes() -> None:
    more = {"Effect": "Deny", "Action": "iam:DeleteUser", "Resource": "*"}
    assert weights(scp(REGION, TRAIL, more), only=("X05",)) == []


def test_an_unknown_document_is_undecided() -> None:
    before = {"content": document(TRAIL)}
    change = update(SCP, before, {}, after_unknown={"content": True})
    assert undecided(change, only=("X05",)) == [SCP]


# X06

KEY = "AKIA" + "QWERTY234567ASDF"
PEM = "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIEpAIBAAKCAQEA"
LAMBDA = "aws_lambda_function.work"


def work(**variables: str) -> Json:
    return {"environment": [{"variables": variables}], "function_name": "work"}


@pytest.mark.parametrize(
    "text", [KEY, f"export ID=\n{KEY}", PEM, "ghp_" + "a1B2" * 9, "xoxb-" + "1234567890-ab"]
)
def test_a_credential_in_clear_is_flagged_and_never_shown(text: str) -> None:
    result = judged(create(LAMBDA, work(TOKEN=text)), only=("X06",))
    [found] = result.findings
    assert (found.address, found.severity) == (LAMBDA, Severity.HIGH)
    assert found.evidence == ()
    assert text not in found.what


@pytest.mark.parametrize(
    "text",
    ["AKIA" + "IOSFODNN7EXAMPLE", "-----BEGIN CERTIFICATE-----\nMII", "MAKIA" + "Q" * 16, "ssm"],
)
def test_examples_and_public_texts_pass(text: str) -> None:
    assert weights(create(LAMBDA, work(TOKEN=text)), only=("X06",)) == []


def test_what_is_marked_as_sensitive_passes() -> None:
    marks = {"environment": [{"variables": {"TOKEN": True}}]}
    change = create(LAMBDA, work(TOKEN=KEY), after_sensitive=marks)
    assert weights(change, only=("X06",)) == []


def test_a_credential_that_stood_there_before_passes() -> None:
    change = update(LAMBDA, work(TOKEN=KEY), work(TOKEN=KEY, LEVEL="debug"))
    assert weights(change, only=("X06",)) == []


def test_a_value_not_known_yet_passes() -> None:
    hidden = {"environment": [{"variables": {"TOKEN": True}}]}
    assert weights(create(LAMBDA, work(), after_unknown=hidden), only=("X06",)) == []


def output(sensitive: bool) -> dict[str, Any]:
    change = {"actions": ["create"], "before": None, "after": KEY, "after_sensitive": sensitive}
    return {"ci_key": change}


def test_an_output_counts_unless_it_is_marked() -> None:
    [found] = judged(only=("X06",), output_changes=output(False)).findings
    assert (found.address, KEY in found.what) == ("", False)
    assert judged(only=("X06",), output_changes=output(True)).findings == ()


# X07

OWN, OTHER = "999999999999", "123456789012"
SHARE_ARN = f"arn:aws:ram:eu-west-1:{OWN}:resource-share/1"
GRANT: Json = {
    "key_id": f"arn:aws:kms:eu-west-1:{OWN}:key/1",
    "operations": ["Decrypt"],
    "grantee_principal": f"arn:aws:iam::{OTHER}:role/reader",
}
ADMIT: Json = {"resource_share_arn": SHARE_ARN, "principal": OTHER}
SNOW: Json = {"name": "orders", "accounts": ["org.own"]}


def test_a_share_that_admits_outsiders_is_flagged() -> None:
    share = {"name": "subnets", "allow_external_principals": False}
    change = tweak("aws_ram_resource_share.s", share, allow_external_principals=True)
    assert weights(change, only=("X07",)) == [("aws_ram_resource_share.s", *HOLDS)]


def test_a_key_that_another_account_may_use_is_flagged() -> None:
    assert weights(create("aws_kms_grant.g", GRANT), only=("X07",)) == [("aws_kms_grant.g", *HOLDS)]


def test_an_account_more_in_a_share_of_snowflake_is_flagged() -> None:
    change = tweak("snowflake_share.s", SNOW, accounts=["org.own", "org.other"])
    assert weights(change, only=("X07",)) == [("snowflake_share.s", *HOLDS)]


def test_an_account_of_aws_in_a_share_is_a_remark() -> None:
    address = "aws_ram_principal_association.a"
    assert weights(create(address, ADMIT), only=("X07",)) == [(address, *REMARK)]


@pytest.mark.parametrize(
    "change",
    [
        create("aws_kms_grant.g", GRANT | {"grantee_principal": f"arn:aws:iam::{OWN}:role/r"}),
        create("aws_kms_grant.g", GRANT | {"operations": ["Encrypt"]}),
        create(
            "aws_ram_principal_association.a",
            ADMIT | {"principal": f"arn:aws:organizations::{OWN}:organization/o-1"},
        ),
        create("aws_ram_resource_share.s", {"name": "s", "allow_external_principals": False}),
        tweak("snowflake_share.s", SNOW | {"accounts": ["org.own", "a.b"]}, accounts=["org.own"]),
    ],
)
def test_what_stays_inside_passes(change: Json) -> None:
    own = noop("aws_sqs_queue.q", {"arn": f"arn:aws:sqs:eu-west-1:{OWN}:q"})
    assert weights(change, own, only=("X07",)) == []


def test_an_unknown_receiver_is_undecided() -> None:
    left = {"resource_share_arn": SHARE_ARN}
    change = create("aws_ram_principal_association.a", left, after_unknown={"principal": True})
    assert undecided(change, only=("X07",)) == ["aws_ram_principal_association.a"]

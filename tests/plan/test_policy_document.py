from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iacrisk.plan.policy_document import (
    Effect,
    Grant,
    grants_added,
    grants_removed,
    name_grants,
    parse_policy,
    same_policy,
)

Json = dict[str, Any]
ACCOUNT = "111122223333"
BUCKET = "arn:aws:s3:::orders/*"


def policy(*statements: Json, **fields: Any) -> Json:
    return {"Version": "2012-10-17", "Statement": list(statements)} | fields


def allow(action: Any, resource: Any = "*", **fields: Any) -> Json:
    return {"Effect": "Allow", "Action": action, "Resource": resource} | fields


def deny(action: Any, resource: Any = "*", **fields: Any) -> Json:
    return allow(action, resource, **fields) | {"Effect": "Deny"}


def added(before: Json, after: Json) -> list[str]:
    return sorted(grant.text for grant in grants_added(parse_policy(before), parse_policy(after)))


def removed(before: Json, after: Json) -> list[str]:
    return sorted(grant.text for grant in grants_removed(parse_policy(before), parse_policy(after)))


SAME: list[tuple[str, Json, Json]] = [
    (
        "order of actions and statements",
        policy(allow(["s3:GetObject", "s3:PutObject"]), allow("sqs:*")),
        policy(allow("sqs:*"), allow(["s3:PutObject", "s3:GetObject"])),
    ),
    ("scalar and list", policy(allow("s3:GetObject")), policy(allow(["s3:GetObject"], ["*"]))),
    (
        "one statement without a list",
        policy(allow("s3:*")),
        policy() | {"Statement": allow("s3:*")},
    ),
    ("statement ids", policy(allow("s3:*", Sid="A")), policy(allow("s3:*", Sid="B"))),
    ("case of actions", policy(allow("s3:getobject")), policy(allow("S3:GetObject"))),
    (
        "account id and root ARN",
        policy(allow("s3:*", Principal={"AWS": ACCOUNT})),
        policy(allow("s3:*", Principal={"AWS": [f"arn:aws:iam::{ACCOUNT}:root"]})),
    ),
    (
        "star and AWS star",
        policy(allow("s3:*", Principal="*")),
        policy(allow("s3:*", Principal={"AWS": "*"})),
    ),
    (
        "one statement split in two",
        policy(allow(["s3:GetObject", "s3:PutObject"], [BUCKET, "arn:aws:s3:::logs/*"])),
        policy(
            allow("s3:GetObject", [BUCKET, "arn:aws:s3:::logs/*"]),
            allow("s3:PutObject", BUCKET),
            allow("s3:PutObject", "arn:aws:s3:::logs/*"),
        ),
    ),
    (
        "an action that a wildcard covers already",
        policy(allow("s3:*")),
        policy(allow(["s3:*", "s3:GetObject"])),
    ),
    (
        "a version that matters to no variable",
        policy(allow("s3:*")),
        policy(allow("s3:*"), Version="2008-10-17"),
    ),
    (
        "condition keys and operators in another case, values as list",
        policy(allow("s3:*", Condition={"StringEquals": {"aws:SourceVpc": "vpc-1"}})),
        policy(allow("s3:*", Condition={"stringEquals": {"AWS:sourceVpc": ["vpc-1"]}})),
    ),
    (
        "booleans written as text",
        policy(deny("s3:*", Condition={"Bool": {"aws:SecureTransport": False}})),
        policy(deny("s3:*", Condition={"Bool": {"aws:SecureTransport": "false"}})),
    ),
    (
        "an allow that a deny takes back",
        policy(allow("s3:*"), deny("iam:*")),
        policy(allow(["s3:*", "iam:PassRole"]), deny("iam:*")),
    ),
]


@pytest.mark.parametrize(("before", "after"), [case[1:] for case in SAME], ids=[c[0] for c in SAME])
def test_the_same_meaning_is_the_same_policy(before: Json, after: Json) -> None:
    assert same_policy(json.dumps(before), json.dumps(after))
    assert same_policy(after, before)


DIFFERENT: list[tuple[str, Json, Json, list[str], list[str]]] = [
    (
        "an action added",
        policy(allow("s3:GetObject")),
        policy(allow(["s3:GetObject", "s3:PutObject"])),
        ["s3:PutObject on *"],
        [],
    ),
    (
        "a wildcard widens",
        policy(allow("s3:Get*", BUCKET)),
        policy(allow("s3:*", BUCKET)),
        [f"s3:* on {BUCKET}"],
        [],
    ),
    (
        "a principal removed among noise",
        policy(allow(["a:b", "a:c"], Principal={"AWS": [ACCOUNT, "444455556666"]})),
        policy(allow(["a:c", "a:b"], Principal={"AWS": "444455556666"})),
        [],
        [f"a:b on * for account {ACCOUNT}", f"a:c on * for account {ACCOUNT}"],
    ),
    (
        "a role replaced by its account",
        policy(allow("sts:AssumeRole", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/ci"})),
        policy(allow("sts:AssumeRole", Principal={"AWS": ACCOUNT})),
        [f"sts:AssumeRole on * for account {ACCOUNT}"],
        [],
    ),
    ("a deny added", policy(allow("s3:*")), policy(allow("s3:*"), deny("s3:Put*")), [], ["Deny"]),
    ("a deny lifted", policy(deny("s3:*")), policy(deny("s3:Put*")), ["Deny s3:* on *"], []),
    (
        "a condition dropped",
        policy(allow("s3:*", Condition={"StringEquals": {"aws:SourceVpc": "vpc-1"}})),
        policy(allow("s3:*")),
        ["s3:* on *"],
        [],
    ),
    (
        "a condition value added",
        policy(allow("s3:*", Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})),
        policy(allow("s3:*", Condition={"IpAddress": {"aws:SourceIp": "10.1.0.0/16"}})),
        [],
        ["s3:* on * under a condition"],
    ),
    (
        "what NotAction leaves out shrinks",
        policy({"Effect": "Allow", "NotAction": ["iam:*", "sts:*"], "Resource": "*"}),
        policy({"Effect": "Allow", "NotAction": ["iam:*"], "Resource": "*"}),
        ["everything but iam:* on *"],
        [],
    ),
    (
        "a variable that the old version does not know",
        policy(allow("s3:*", "arn:aws:s3:::home/${aws:username}")),
        policy(allow("s3:*", "arn:aws:s3:::home/${aws:username}"), Version="2008-10-17"),
        ["s3:* on arn:aws:s3:::home/$\\{aws:username}"],
        ["s3:* on arn:aws:s3:::home/${aws:username}"],
    ),
    (
        "a resource in another case",
        policy(allow("s3:*", "arn:aws:s3:::a/B")),
        policy(allow("s3:*", "arn:aws:s3:::a/b")),
        ["s3:* on arn:aws:s3:::a/b"],
        ["s3:* on arn:aws:s3:::a/B"],
    ),
]


@pytest.mark.parametrize(
    ("before", "after", "gained", "lost"),
    [case[1:] for case in DIFFERENT],
    ids=[case[0] for case in DIFFERENT],
)
def test_what_is_added_and_removed_has_a_name(
    before: Json, after: Json, gained: list[str], lost: list[str]
) -> None:
    assert not same_policy(before, after)
    assert added(before, after) == gained
    if lost == ["Deny"]:
        assert [grant.effect for grant in grants_removed(*map(parse_policy, (before, after)))] == [
            Effect.DENY
        ]
    else:
        assert removed(before, after) == lost


def test_not_action_covers_what_it_does_not_name() -> None:
    broad = policy({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"})
    assert added(broad, policy(allow("s3:GetObject"))) == []
    assert added(broad, policy(allow("iam:GetUser"))) == ["iam:GetUser on *"]
    assert added(broad, policy(allow("*"))) == ["* on *"]


def test_a_deny_counts_against_access() -> None:
    before, after = policy(allow("s3:*")), policy(allow("s3:*"), deny("s3:DeleteBucket"))
    assert removed(before, after) == ["Deny s3:DeleteBucket on *"]
    assert added(after, before) == ["Deny s3:DeleteBucket on *"]


def test_what_is_no_policy_parses_to_none() -> None:
    for value in (None, "", "{", "[]", "3", 3, ["x"], {"Statement": ["x"]}, "x" * 50):
        assert parse_policy(value) is None


@pytest.mark.parametrize("document", [{"rules": [1]}, {"maxReceiveCount": 5}, {"source": ["a"]}])
def test_a_document_of_something_else_is_no_policy(document: Json) -> None:
    """Two of them would grant the same, namely nothing, whatever they say."""
    assert parse_policy(document) is None
    assert not same_policy(document, {**document, "more": 1})
    assert parse_policy({"Version": "2012-10-17"}) is not None


def test_odd_shapes_do_not_raise() -> None:
    odd = {
        "Statement": [{"Effect": None, "Action": 3, "Principal": 7, "Condition": {"A": [1]}}, {}]
    }
    parsed = parse_policy(odd)
    assert parsed is not None
    assert same_policy(parsed, odd)


def test_grants_of_a_huge_policy_are_cut_off_and_not_lost() -> None:
    huge = policy(allow([f"a:{i}" for i in range(300)], [f"r{i}" for i in range(300)]))
    assert not same_policy(policy(), huge)
    assert 0 < len(grants_added(None, parse_policy(huge))) < 90_000


def test_many_grants_are_named_by_their_first() -> None:
    grants = grants_added(None, parse_policy(policy(allow(["a:1", "a:2", "a:3", "a:4"]))))
    assert name_grants(grants, limit=2) == "a:1 on *; a:2 on * and 2 more"
    assert isinstance(grants[0], Grant)


ACTIONS = st.sampled_from(
    ["*", "s3:*", "s3:Get*", "s3:GetObject", "s3:G?tObject", "sqs:SendMessage"]
)
RESOURCES = st.sampled_from(["*", "arn:aws:s3:::a", "arn:aws:s3:::a/*", "arn:aws:s3:::a/b"])
PRINCIPALS = st.sampled_from(["*", ACCOUNT, f"arn:aws:iam::{ACCOUNT}:role/x", "444455556666"])
CONDITIONS = st.sampled_from(
    [
        None,
        {"StringEquals": {"aws:SourceVpc": ["vpc-1", "vpc-2"]}},
        {"StringLike": {"aws:SourceVpc": ["vpc-*"]}},
        {"StringNotEquals": {"aws:SourceVpc": ["vpc-1"]}},
        {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8"]}, "Bool": {"aws:SecureTransport": "true"}},
    ]
)


@st.composite
def statements(draw: st.DrawFn) -> Json:
    prefix = draw(st.sampled_from(["", "", "", "Not"]))
    made = {
        "Effect": draw(st.sampled_from(["Allow", "Allow", "Deny"])),
        f"{prefix}Action": draw(st.lists(ACTIONS, min_size=1, max_size=3)),
        "Resource": draw(st.lists(RESOURCES, min_size=1, max_size=3)),
        "Principal": {"AWS": draw(st.lists(PRINCIPALS, min_size=1, max_size=3))},
    }
    condition = draw(CONDITIONS)
    return made | ({"Condition": condition} if condition else {})


POLICIES = st.lists(statements(), max_size=4).map(lambda items: policy(*items))


def rewritten(value: Any, random: Any) -> Any:
    """The same policy with lists shuffled and one-item lists unwrapped or wrapped."""
    if isinstance(value, dict):
        items = [(name, rewritten(item, random)) for name, item in value.items()]
        random.shuffle(items)
        return dict(items)
    if isinstance(value, list):
        shuffled = [rewritten(item, random) for item in value]
        random.shuffle(shuffled)
        return shuffled[0] if len(shuffled) == 1 and random.random() < 0.5 else shuffled
    return value


@given(POLICIES)
def test_a_policy_equals_itself(document: Json) -> None:
    assert same_policy(document, json.dumps(document))


@given(POLICIES, st.randoms(use_true_random=False))
def test_order_and_scalar_or_list_never_matter(document: Json, random: Any) -> None:
    assert same_policy(document, rewritten(document, random))


@given(POLICIES)
def test_splitting_into_single_grants_never_matters(document: Json) -> None:
    split = [
        {**item, "Resource": resource, "Principal": {"AWS": principal}}
        for item in document["Statement"]
        for resource in item["Resource"]
        for principal in item["Principal"]["AWS"]
    ]
    assert same_policy(document, policy(*split))


@given(POLICIES, POLICIES)
def test_nothing_added_and_nothing_removed_means_the_same(one: Json, two: Json) -> None:
    old, new = parse_policy(one), parse_policy(two)
    differs = bool(grants_added(old, new)) or bool(grants_removed(old, new))
    assert same_policy(one, two) is not differs
    assert grants_added(old, new) == grants_removed(new, old)


@given(POLICIES, statements())
def test_an_allow_more_never_removes_and_a_deny_more_never_adds(
    document: Json, extra: Json
) -> None:
    more = policy(*document["Statement"], extra)
    forbidden = removed if extra["Effect"] == "Allow" else added
    assert forbidden(document, more) == []


TEXTS = st.text(alphabet="ab", max_size=6)
PATTERNS = st.text(alphabet="ab*?", max_size=5)


@given(PATTERNS, PATTERNS, TEXTS)
def test_a_covering_pattern_matches_all_that_the_covered_one_does(
    wide: str, narrow: str, text: str
) -> None:
    from iacrisk.plan.policy_document import pattern_covers  # noqa: PLC0415 - beside its property

    if pattern_covers(wide, narrow) and pattern_covers(narrow, text):
        assert pattern_covers(wide, text)

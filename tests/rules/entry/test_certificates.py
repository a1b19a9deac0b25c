"""E04: certificates and those who present them."""

from __future__ import annotations

from typing import Any

import pytest

from iacrisk.plan import Plan
from tests.plans import Json, create, delete, noop, replace, tweak, update
from tests.rules.entry.stack import LISTENER, LISTENER_VALUES, found, lone, undecided

OLD, NEW = "aws_acm_certificate.old", "aws_acm_certificate.new"


def certificate(number: int, name: str, *others: str) -> Json:
    arn = f"arn:acm/{number}"
    names = {"domain_name": name, "subject_alternative_names": [name, *others]}
    return {"arn": arn, "id": arn, **names}


WIDE = certificate(1, "shop.example", "*.shop.example")
NARROW = certificate(2, "shop.example", "www.shop.example")


@pytest.mark.parametrize(
    ("before", "after", "flagged"),
    [
        (WIDE, NARROW, True),
        (NARROW, WIDE, False),
        (NARROW, certificate(2, "shop.example"), True),
        (WIDE, certificate(2, "*.shop.example", "shop.example"), False),
        (certificate(1, "a.b.shop.example"), certificate(2, "*.shop.example"), True),
    ],
)
def test_a_certificate_is_flagged_where_it_covers_fewer_names(
    before: Json, after: Json, flagged: bool
) -> None:
    edit = replace(OLD, before, after, "subject_alternative_names", create_first=True)

    assert found(lone(edit)) == [("E04", OLD)] * flagged


def test_names_that_are_not_known_yet_are_undecided() -> None:
    after = {**NARROW, "subject_alternative_names": None}
    hidden = {"id": True, "arn": True, "subject_alternative_names": True}
    edit = replace(OLD, WIDE, after, "domain_name", create_first=True, after_unknown=hidden)

    assert undecided(lone(edit)) == ["E04"]


def test_names_of_a_google_certificate_are_read() -> None:
    address = "google_compute_managed_ssl_certificate.c"
    before = {"managed": [{"domains": ["shop.example", "www.shop.example"]}]}
    after = {"managed": [{"domains": ["shop.example"]}]}

    assert found(lone(replace(address, before, after, "managed", create_first=True))) == [
        ("E04", address)
    ]


@pytest.mark.parametrize(("address"), [OLD, "aws_iam_server_certificate.c"])
def test_a_certificate_that_nobody_presents_may_go(address: str) -> None:
    assert found(lone(delete(address, WIDE))) == []


# Exchanged on what presents it

PRESENTING = [
    (LISTENER, "certificate_arn"),
    ("aws_alb_listener.l", "certificate_arn"),
    ("aws_api_gateway_domain_name.d", "regional_certificate_arn"),
    ("aws_apigatewayv2_domain_name.d", "domain_name_configuration.certificate_arn"),
    ("aws_cloudfront_distribution.d", "viewer_certificate.acm_certificate_arn"),
]


def presenting(path: str, value: Any) -> Json:
    root, _, leaf = path.partition(".")
    return {root: [{leaf: value}]} if leaf else {root: value}


def exchanged(address: str, path: str, old: Json, new: Json) -> Plan:
    edit = update(address, presenting(path, "arn:acm/1"), presenting(path, "arn:acm/2"))
    return lone(edit, noop(OLD, old), noop(NEW, new))


@pytest.mark.parametrize(("address", "path"), PRESENTING)
def test_another_certificate_is_flagged_where_it_covers_fewer_names(
    address: str, path: str
) -> None:
    wide = {**WIDE, "arn": "arn:acm/2", "id": "arn:acm/2"}
    narrow = {**NARROW, "arn": "arn:acm/1", "id": "arn:acm/1"}

    assert found(exchanged(address, path, WIDE, NARROW)) == [("E04", address)]
    assert found(exchanged(address, path, narrow, wide)) == []


@pytest.mark.parametrize(("address", "path"), PRESENTING)
def test_a_certificate_that_the_plan_does_not_show_is_undecided(address: str, path: str) -> None:
    edit = update(address, presenting(path, "arn:acm/1"), presenting(path, "arn:acm/9"))

    assert undecided(lone(edit, noop(OLD, WIDE))) == ["E04"]


def made(*, certificate_values: Json, validated: bool) -> Plan:
    """A listener that gets a certificate which the plan makes."""
    after = {**LISTENER_VALUES, "certificate_arn": None}
    edit = update(LISTENER, LISTENER_VALUES, after, after_unknown={"certificate_arn": True})
    validation = "aws_acm_certificate_validation.new"
    source = validation if validated else NEW
    attribute = "certificate_arn" if validated else "arn"
    return lone(
        edit,
        noop(OLD, WIDE),
        create(NEW, {**certificate_values, "arn": None, "id": None}),
        *([create(validation, {})] if validated else []),
        references={
            LISTENER: {"certificate_arn": [f"{source}.{attribute}"]},
            validation: {"certificate_arn": [f"{NEW}.arn"]} if validated else {},
        },
    )


@pytest.mark.parametrize("validated", [True, False])
def test_a_certificate_that_the_plan_makes_is_compared_by_its_names(validated: bool) -> None:
    narrow = made(certificate_values=NARROW, validated=validated)

    assert found(narrow) == [("E04", LISTENER)]
    assert found(made(certificate_values=WIDE, validated=validated)) == []


def test_a_listener_without_certificate_is_flagged() -> None:
    edit = tweak(LISTENER, LISTENER_VALUES, certificate_arn=None)

    assert found(lone(edit)) == [("E04", LISTENER)]


def test_a_proxy_with_one_certificate_less_is_flagged_and_one_more_passes() -> None:
    proxy = "google_compute_target_https_proxy.p"
    one, two = {"ssl_certificates": ["a"]}, {"ssl_certificates": ["a", "b"]}

    assert found(lone(update(proxy, two, one))) == [("E04", proxy)]
    assert undecided(lone(update(proxy, one, two))) == []
    assert undecided(lone(update(proxy, one, {"ssl_certificates": ["b"]}))) == ["E04"]

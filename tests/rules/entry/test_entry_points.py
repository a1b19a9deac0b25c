"""E01 to E05: zones, records, certificates, entry points."""

from __future__ import annotations

from typing import Any

import pytest

from iacrisk.graph import build_graph
from iacrisk.plan import Plan
from iacrisk.rules import Context, Review, Severity, review
from iacrisk.rules.entry import RULES
from tests.plans import create, delete, noop, plan, replace, tweak, update

Json = dict[str, Any]
WWW = {"name": "www.shop.example", "type": "CNAME", "records": ["old.example"], "ttl": 60}
RECORD = "aws_route53_record.www"
LISTENER = {"port": 443, "protocol": "HTTPS"}


def said(judged: Plan) -> Review:
    return review(Context(judged, build_graph(judged)), rules=RULES, suppressors=())


def found(judged: Plan) -> list[tuple[str, str]]:
    return [(finding.rule, finding.address) for finding in said(judged).findings]


@pytest.mark.parametrize(
    "address", ["aws_route53_zone.z", "google_dns_managed_zone.z", "azurerm_dns_zone.z"]
)
def test_a_zone_that_goes_is_flagged_and_one_that_changes_passes(address: str) -> None:
    zone = {"name": "shop.example", "comment": "a"}

    assert found(plan(delete(address, zone))) == [("E01", address)]
    assert found(plan(tweak(address, zone, comment="b"))) == []


def test_a_record_that_is_deleted_is_flagged() -> None:
    assert found(plan(delete(RECORD, WWW))) == [("E02", RECORD)]


@pytest.mark.parametrize(
    "record",
    [
        {**WWW, "name": "shop.example"},
        {**WWW, "name": "*.shop.example"},
        {**WWW, "name": "mail.shop.example", "type": "MX"},
    ],
)
def test_a_record_of_the_whole_domain_weighs_most(record: Json) -> None:
    findings = said(plan(delete(RECORD, record))).findings

    assert [(f.rule, f.severity) for f in findings] == [("E02", Severity.CRITICAL)]


@pytest.mark.parametrize(
    "record",
    [
        {**WWW, "name": "_x.shop.example", "records": ["_y.acm-validations.aws."]},
        {**WWW, "name": "_acme-challenge.shop.example", "type": "TXT"},
    ],
)
def test_a_record_that_only_proves_ownership_passes(record: Json) -> None:
    assert found(plan(delete(RECORD, record))) == []


def test_a_record_that_another_one_takes_over_passes() -> None:
    judged = plan(delete(RECORD, WWW), create('aws_route53_record.by_name["www"]', WWW))

    assert found(judged) == []


def test_a_record_with_another_ttl_passes_and_one_with_other_targets_is_flagged() -> None:
    assert found(plan(tweak(RECORD, WWW, ttl=300))) == []
    assert found(plan(tweak(RECORD, WWW, records=["new.example"]))) == [("E02", RECORD)]


def test_a_record_that_follows_what_it_points_to_passes() -> None:
    after = {**WWW, "records": None}
    judged = plan(update(RECORD, WWW, after, after_unknown={"records": True}))

    assert found(judged) == []


def test_mail_hosts_taken_out_are_flagged_and_hosts_added_pass() -> None:
    mail = {"name": "shop.example", "type": "MX", "records": ["10 a.example", "20 b.example"]}
    fewer = {**mail, "records": ["10 a.example"]}

    assert found(plan(update(RECORD, mail, fewer))) == [("E03", RECORD)]
    assert found(plan(update(RECORD, fewer, mail))) == []


def test_mail_hosts_that_are_not_known_yet_are_undecided() -> None:
    mail = {"name": "shop.example", "type": "MX", "records": ["10 a.example"]}
    judged = plan(update(RECORD, mail, {**mail, "records": None}, after_unknown={"records": True}))

    assert [item.rule for item in said(judged).undecided] == ["E03"]


def test_a_certificate_destroyed_first_while_attached_is_flagged() -> None:
    cert, listener = "aws_acm_certificate.c", "aws_lb_listener.l"
    names = {"domain_name": "shop.example", "subject_alternative_names": ["www.shop.example"]}

    def judged(*, create_first: bool) -> Plan:
        return plan(
            replace(cert, names, names, "validation_method", create_first=create_first),
            noop(listener, LISTENER),
            references={listener: {"certificate_arn": ["aws_acm_certificate.c.arn"]}},
        )

    assert found(judged(create_first=False)) == [("E04", cert)]
    assert found(judged(create_first=True)) == []


def test_a_certificate_that_covers_fewer_names_is_flagged() -> None:
    address = "aws_acm_certificate.c"
    wide = {"domain_name": "shop.example", "subject_alternative_names": ["www.shop.example"]}
    narrow = {**wide, "subject_alternative_names": []}

    def judged(before: Json, after: Json) -> Plan:
        paths = "subject_alternative_names"
        return plan(replace(address, before, after, paths, create_first=True))

    assert found(judged(wide, narrow)) == [("E04", address)]
    assert found(judged(narrow, wide)) == []


@pytest.mark.parametrize(
    "address",
    ["aws_lb.front", "aws_cloudfront_distribution.cdn", "google_compute_forwarding_rule.f"],
)
def test_an_entry_point_that_goes_is_flagged_and_a_new_one_passes(address: str) -> None:
    assert found(plan(delete(address, {"name": "front"}))) == [("E05", address)]
    assert found(plan(create(address, {"name": "front"}))) == []


def test_a_listener_of_a_load_balancer_that_stays_is_flagged() -> None:
    listener = "aws_lb_listener.l"

    assert found(plan(delete(listener, LISTENER))) == [("E05", listener)]
    assert found(plan(tweak(listener, LISTENER, port=8443))) == [("E05", listener)]
    assert found(plan(tweak(listener, LISTENER, ssl_policy="new"))) == []


def test_a_part_that_goes_with_its_whole_is_told_once() -> None:
    balancer = {"id": "arn:lb/front", "arn": "arn:lb/front"}
    listener = {**LISTENER, "load_balancer_arn": "arn:lb/front"}
    judged = plan(
        delete("aws_lb.front", balancer),
        delete("aws_lb_listener.l", listener),
    )

    assert found(judged) == [("E05", "aws_lb.front")]


def test_a_target_group_created_first_passes() -> None:
    group = {"name": "web", "port": 80}

    def judged(*, create_first: bool) -> Plan:
        changed = {**group, "port": 81}
        address = "aws_lb_target_group.g"
        return plan(replace(address, group, changed, "port", create_first=create_first))

    assert found(judged(create_first=True)) == []
    assert found(judged(create_first=False)) == [("E05", "aws_lb_target_group.g")]


def test_a_distribution_switched_off_or_without_a_name_is_flagged() -> None:
    address = "aws_cloudfront_distribution.cdn"
    before = {"enabled": True, "aliases": ["a.example", "b.example"]}

    assert found(plan(tweak(address, before, enabled=False))) == [("E05", address)]
    assert found(plan(tweak(address, before, aliases=["a.example"]))) == [("E05", address)]
    assert (
        found(plan(tweak(address, before, aliases=["a.example", "b.example", "c.example"]))) == []
    )


def test_a_target_group_without_a_share_of_the_requests_may_go() -> None:
    arns = {
        color: f"arn:aws:elasticloadbalancing:::targetgroup/{color}" for color in ("blue", "green")
    }

    def listener(blue: int) -> Json:
        groups = [
            {"arn": arns["blue"], "weight": blue},
            {"arn": arns["green"], "weight": 100 - blue},
        ]
        return {**LISTENER, "default_action": [{"forward": [{"target_group": groups}]}]}

    def told(blue: int) -> list[tuple[str, str]]:
        gone = delete("aws_lb_target_group.blue", {"arn": arns["blue"]})
        uses = {"aws_lb_listener.l": {"default_action": ["aws_lb_target_group.blue.arn"]}}
        entries = (gone, noop("aws_lb_listener.l", listener(blue)))
        return [item for item in found(plan(*entries, references=uses)) if item[0] == "E05"]

    assert told(50) == [("E05", "aws_lb_target_group.blue")]
    assert told(0) == []

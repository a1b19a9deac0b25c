"""E02 and E03: what names lead to, by values, by weights, and for the whole domain."""

from __future__ import annotations

from typing import Any

import pytest

from iacrisk.rules import Severity
from tests.plans import Json, create, delete, noop, replace, tweak, update
from tests.rules.entry.stack import found, lone, said, undecided

WWW = "aws_route53_record.www"


def record(kind: str = "A", *values: str, **more: Any) -> Json:
    name = {"name": "www.shop.example", "fqdn": "www.shop.example", "zone_id": "Z1", "ttl": 60}
    return {**name, "type": kind, "records": list(values), "alias": [], **more}


def alias(name: str, **more: Any) -> list[Json]:
    return [{"name": name, "zone_id": "ZELB", "evaluate_target_health": False, **more}]


@pytest.mark.parametrize(
    ("before", "after", "flagged"),
    [
        (record("A", "192.0.2.1"), record("A", "192.0.2.9"), True),
        (record("CNAME", "a.example"), record("CNAME", "b.example"), True),
        (record(alias=alias("a.example")), record(alias=alias("b.example")), True),
        (record("A", "192.0.2.1"), record("A", alias=alias("a.example")), True),
        (record("A", "192.0.2.1"), record("A"), True),
        (record("A", "192.0.2.1"), record("A", "192.0.2.1", "192.0.2.2"), False),
        (record("A", "192.0.2.1", "192.0.2.2"), record("A", "192.0.2.2"), False),
        (record("A", "192.0.2.1"), record("A", "192.0.2.1", ttl=300), False),
        (record("CNAME", "a.example."), record("CNAME", "a.example"), False),
        (record("TXT", "one"), record("TXT", "two"), False),
        (
            record(alias=alias("a.example")),
            record(alias=alias("a.example", evaluate_target_health=True)),
            False,
        ),
    ],
)
def test_a_name_is_flagged_where_clients_end_up_elsewhere(
    before: Json, after: Json, flagged: bool
) -> None:
    assert found(lone(update(WWW, before, after))) == [("E02", WWW)] * flagged


@pytest.mark.parametrize(
    ("address", "argument", "before", "after", "more"),
    [
        ("google_dns_record_set.r", "rrdatas", ["192.0.2.1"], ["192.0.2.9"], {"type": "A"}),
        ("azurerm_dns_a_record.r", "records", ["192.0.2.1"], ["192.0.2.9"], {}),
        ("azurerm_dns_a_record.r", "target_resource_id", "/ip/a", "/ip/b", {}),
        ("azurerm_private_dns_cname_record.r", "record", "a.example", "b.example", {}),
        ("cloudflare_record.r", "value", "192.0.2.1", "192.0.2.9", {"type": "A"}),
        ("cloudflare_dns_record.r", "content", "192.0.2.1", "192.0.2.9", {"type": "A"}),
        ("digitalocean_record.r", "value", "192.0.2.1", "192.0.2.9", {"type": "A"}),
    ],
)
def test_records_of_every_provider_are_read(
    address: str, argument: str, before: Any, after: Any, more: Json
) -> None:
    values = {"name": "www", "ttl": 60, **more, argument: before}

    assert found(lone(tweak(address, values, **{argument: after}))) == [("E02", address)]
    assert found(lone(tweak(address, values, ttl=300))) == []
    assert found(lone(delete(address, values))) == [("E02", address)]


# Values that are not known yet

HIDDEN = update(
    WWW,
    record("CNAME", "a.example"),
    {**record("CNAME"), "records": None},
    after_unknown={"records": True},
)


def test_a_name_that_goes_to_something_the_plan_only_makes_is_flagged() -> None:
    balancer = create("aws_lb.green", {"name": "green"})

    assert found(
        lone(HIDDEN, balancer, references={WWW: {"records": ["aws_lb.green.dns_name"]}})
    ) == [("E02", WWW)]


def test_a_name_that_follows_its_target_passes() -> None:
    address = replace("aws_eip.web", {"id": "eip-1"}, {}, "domain")
    references = {WWW: {"records": ["aws_eip.web.public_ip"]}}

    assert found(lone(HIDDEN, address, references=references)) == []
    assert said(lone(HIDDEN, address, references=references)).undecided == ()


def test_a_name_whose_new_target_nobody_knows_is_undecided() -> None:
    assert undecided(lone(HIDDEN)) == ["E02"]


# Weights

BLUE, GREEN = "aws_route53_record.blue", "aws_route53_record.green"


def part(name: str, weight: int) -> Json:
    policy = [{"weight": weight}]
    return record("A", f"192.0.2.{len(name)}", set_identifier=name, weighted_routing_policy=policy)


def weigh(blue: tuple[int, int], green: tuple[int, int]) -> list[tuple[str, str]]:
    return found(
        lone(
            update(BLUE, part("blue", blue[0]), part("blue", blue[1])),
            update(GREEN, part("green", green[0]), part("green", green[1])),
        )
    )


def test_weights_that_move_most_answers_at_once_are_flagged() -> None:
    assert weigh((100, 0), (0, 100)) == [("E02", BLUE)]
    assert weigh((90, 20), (10, 80)) == [("E02", BLUE)]


def test_weights_that_move_a_small_part_pass() -> None:
    assert weigh((100, 95), (0, 5)) == []
    assert weigh((60, 40), (40, 60)) == []
    assert weigh((1, 10), (1, 10)) == []


def test_other_targets_of_a_part_are_flagged_by_its_weight() -> None:
    other = {"records": ["192.0.2.99"]}
    heavy = lone(tweak(BLUE, part("blue", 90), **other), noop(GREEN, part("green", 10)))
    light = lone(tweak(BLUE, part("blue", 10), **other), noop(GREEN, part("green", 90)))

    assert found(heavy) == [("E02", BLUE)]
    assert found(light) == []


def test_weights_within_one_record_are_read() -> None:
    address = "google_dns_record_set.r"

    def answers(old: int, new: int) -> Json:
        parts = [
            {"weight": old, "rrdatas": ["192.0.2.1"]},
            {"weight": new, "rrdatas": ["192.0.2.2"]},
        ]
        return {"name": "www.", "type": "A", "rrdatas": [], "routing_policy": [{"wrr": parts}]}

    assert found(lone(update(address, answers(1, 0), answers(0, 1)))) == [("E02", address)]
    assert found(lone(update(address, answers(10, 0), answers(9, 1)))) == []


# Names that go and come again


def test_a_record_written_anew_with_names_that_are_not_known_yet_passes() -> None:
    new = create("aws_route53_record.again", record("A", "192.0.2.1", fqdn=None))
    new["change"]["after_unknown"] |= {"fqdn": True}

    assert found(lone(delete(WWW, record("A", "192.0.2.1")), new)) == []


def test_the_same_name_of_another_type_is_no_successor() -> None:
    other = create("aws_route53_record.text", record("TXT", "words"))

    assert found(lone(delete(WWW, record("A", "192.0.2.1")), other)) == [("E02", WWW)]


@pytest.mark.parametrize(
    "value",
    [
        "google-site-verification=abc",
        "MS=ms12345678",
        "facebook-domain-verification=abc",
        "apple-domain-verification=abc",
        "atlassian-domain-verification=abc",
    ],
)
def test_a_text_that_only_proves_ownership_may_go(value: str) -> None:
    assert found(lone(delete(WWW, record("TXT", value, name="shop.example")))) == []


def test_a_text_that_says_something_else_is_no_light_matter_but_none_of_the_domain() -> None:
    findings = said(lone(delete(WWW, record("TXT", "words", name="shop.example")))).findings

    assert [(item.rule, item.severity) for item in findings] == [("E02", Severity.MEDIUM)]


# The whole domain

SPF = "v=spf1 include:a.example -all"
DMARC = "v=DMARC1; p=none; rua=mailto:a@shop.example"


@pytest.mark.parametrize(
    ("before", "after", "flagged"),
    [
        (SPF, "v=spf1 include:a.example include:b.example -all", False),
        (SPF, "v=spf1 include:b.example -all", True),
        (SPF, "v=spf1 include:a.example ~all", False),
        ("v=spf1 include:a.example ~all", SPF, True),
        (DMARC, "v=DMARC1; p=none; rua=mailto:b@shop.example", False),
        (DMARC, "v=DMARC1; p=reject; rua=mailto:a@shop.example", True),
        ("v=DKIM1; k=rsa; p=one", "v=DKIM1; k=rsa; p=two", True),
    ],
)
def test_a_mail_policy_is_flagged_where_it_says_less(
    before: str, after: str, flagged: bool
) -> None:
    edit = update(WWW, record("TXT", before), record("TXT", after))

    assert found(lone(edit)) == [("E03", WWW)] * flagged


def test_a_proof_of_ownership_taken_out_beside_a_mail_policy_passes() -> None:
    edit = update(WWW, record("TXT", SPF, "google-site-verification=abc"), record("TXT", SPF))

    assert found(lone(edit)) == []


@pytest.mark.parametrize("kind", ["NS", "MX", "CAA", "DS"])
def test_values_taken_out_for_the_whole_domain_are_flagged(kind: str) -> None:
    both, one = record(kind, "a.example", "b.example"), record(kind, "a.example")

    assert found(lone(update(WWW, both, one))) == [("E03", WWW)]
    assert found(lone(update(WWW, one, both))) == []


@pytest.mark.parametrize(
    "address", ["aws_route53_hosted_zone_dnssec.d", "aws_route53_key_signing_key.k"]
)
def test_signing_that_ends_is_flagged(address: str) -> None:
    assert found(lone(delete(address, {"hosted_zone_id": "Z1"}))) == [("E03", address)]
    assert found(lone(create(address, {"hosted_zone_id": "Z1"}))) == []


def test_a_sensitive_record_is_judged_and_not_shown() -> None:
    edit = update(
        WWW,
        record("A", "192.0.2.1"),
        record("A", "192.0.2.9"),
        before_sensitive={"records": True},
        after_sensitive={"records": True},
    )
    (finding,) = said(lone(edit)).findings

    assert finding.rule == "E02"
    assert "192.0.2" not in str(finding)

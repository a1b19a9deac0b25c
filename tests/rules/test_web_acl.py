"""X11 on web ACLs, and N10 on lists of addresses: what lets nearly everybody in."""

from __future__ import annotations

from typing import Any

import pytest

from iacrisk.plan import Plan
from iacrisk.rules.readers.entries.web_acl import is_wide
from tests.pairs import findings_of, is_held, judge
from tests.plans import create, noop, plan, tweak

Json = dict[str, Any]


def text(field: str, value: str, how: str = "STARTS_WITH", **inner: str) -> Json:
    match = {field: [inner] if inner else [{}]}
    return {
        "byte_match_statement": [
            {"field_to_match": [match], "search_string": value, "positional_constraint": how}
        ]
    }


OFFICE: Json = {"ip_set_reference_statement": [{"arn": "arn:aws:wafv2:set/office"}]}
EVERY_PATH = text("uri_path", "/")


def rule_of(name: str, priority: int, action: str, statement: Json) -> Json:
    verbs: Json = {verb: [{}] if verb == action else [] for verb in ("allow", "block", "count")}
    return {"name": name, "priority": priority, "action": [verbs], "statement": [statement]}


def acl(new: Json, priority: int = 1) -> Plan:
    rate = rule_of("rate", 20, "block", {"rate_based_statement": [{"limit": 2000}]})
    before = {"id": "w", "arn": "arn:w", "name": "w", "rule": [rate]}
    after = [rate, rule_of("new", priority, "allow", new)]
    return plan(tweak("aws_wafv2_web_acl.w", before, rule=after))


def both(*parts: Json) -> Json:
    return {"and_statement": [{"statement": list(parts)}]}


@pytest.mark.parametrize(
    "statement",
    [
        EVERY_PATH,
        text("uri_path", "/api/"),
        text("method", "POST", "EXACTLY"),
        text("single_header", "Mozilla", "CONTAINS", name="User-Agent"),
        {"geo_match_statement": [{"country_codes": ["DE"]}]},
        {"not_statement": [{"statement": [OFFICE]}]},
        {"or_statement": [{"statement": [OFFICE, EVERY_PATH]}]},
        {"regex_match_statement": [{"regex_string": "^/.*"}]},
    ],
)
def test_a_first_rule_that_fits_nearly_everybody_waits(statement: Json) -> None:
    assert findings_of(judge(acl(statement))) == ("X11 aws_wafv2_web_acl.w",)
    assert is_held(acl(statement))
    assert not is_held(acl(statement, priority=30)), "nothing behind it turns anybody away"


@pytest.mark.parametrize(
    "statement",
    [
        OFFICE,
        both(OFFICE, EVERY_PATH),
        text("uri_path", "/healthz"),
        text("uri_path", "/status", "EXACTLY"),
        text("uri_path", "/api/partners/upload/"),
        text("single_header", "s3cret-of-the-origin", "EXACTLY", name="x-origin-verify"),
        {"label_match_statement": [{"key": "bot:verified", "scope": "LABEL"}]},
        {"not_statement": [{"statement": [EVERY_PATH]}]},
        {},
    ],
)
def test_one_that_is_aimed_passes(statement: Json) -> None:
    assert not is_held(acl(statement))


def test_a_statement_with_several_kinds_is_not_wide() -> None:
    assert not is_wide({**EVERY_PATH, **OFFICE})


def test_a_rule_that_looks_at_some_paths_only_waits_and_one_that_spares_one_path_passes() -> None:
    def managed(scope: Json | None) -> Json:
        group = {"name": "Common", "vendor_name": "AWS", "scope_down_statement": [scope or {}]}
        return {
            "name": "common",
            "priority": 1,
            "override_action": [{"none": [{}], "count": []}],
            "statement": [{"managed_rule_group_statement": [group]}],
        }

    before = {"id": "w", "arn": "arn:w", "name": "w", "rule": [managed(None)]}
    admin = text("uri_path", "/admin/login")
    spared = {"not_statement": [{"statement": [text("uri_path", "/upload/raw", "EXACTLY")]}]}
    assert is_held(plan(tweak("aws_wafv2_web_acl.w", before, rule=[managed(admin)])))
    assert not is_held(plan(tweak("aws_wafv2_web_acl.w", before, rule=[managed(spared)])))


@pytest.mark.parametrize(("added", "held"), [("198.51.0.0/16", True), ("192.0.2.8/29", False)])
def test_a_set_that_passes_gets_a_range(added: str, held: bool) -> None:
    arn = "arn:aws:wafv2:set/office"
    rate = rule_of("rate", 20, "block", {"rate_based_statement": [{"limit": 2000}]})
    rules = [rule_of("office", 1, "allow", OFFICE), rate]
    before = {"id": "s", "arn": arn, "addresses": ["203.0.113.0/28"]}
    change = tweak("aws_wafv2_ip_set.office", before, addresses=["203.0.113.0/28", added])
    user = noop("aws_wafv2_web_acl.w", {"id": "w", "rule": rules})
    references = {"aws_wafv2_web_acl.w": {"rule": ["aws_wafv2_ip_set.office.arn"]}}
    assert is_held(plan(change, user, references=references)) is held


def listed(cidr: str, port: int, *, apart: bool = False) -> Plan:
    entry = [{"cidr": "203.0.113.0/28", "description": "office"}]
    before = {"id": "pl-1", "name": "offices", "entry": entry}
    address = "aws_ec2_managed_prefix_list.offices"
    rule = {
        "id": "r",
        "security_group_id": "sg-1",
        "from_port": port,
        "to_port": port,
        "ip_protocol": "tcp",
        "prefix_list_id": "pl-1",
    }
    changes = (
        [
            noop(address, before),
            create(
                "aws_ec2_managed_prefix_list_entry.new", {"cidr": cidr, "prefix_list_id": "pl-1"}
            ),
        ]
        if apart
        else [tweak(address, before, entry=[*entry, {"cidr": cidr, "description": "home"}])]
    )
    return plan(
        *changes,
        noop("aws_vpc_security_group_ingress_rule.r", rule),
        noop("aws_security_group.g", {"id": "sg-1"}),
        noop("aws_db_instance.d", {"id": "d", "vpc_security_group_ids": ["sg-1"]}),
        references={
            "aws_ec2_managed_prefix_list_entry.new": {"prefix_list_id": [f"{address}.id"]},
            "aws_vpc_security_group_ingress_rule.r": {
                "prefix_list_id": [f"{address}.id"],
                "security_group_id": ["aws_security_group.g.id"],
            },
            "aws_db_instance.d": {"vpc_security_group_ids": ["aws_security_group.g.id"]},
        },
    )


@pytest.mark.parametrize(
    ("cidr", "port", "held"),
    [
        ("176.0.0.0/5", 22, True),
        ("84.112.0.0/13", 5432, True),
        ("84.112.0.0/13", 443, False),
        ("176.0.0.0/5", 8080, True),
        ("192.0.2.8/29", 22, False),
        ("10.0.0.0/8", 22, False),
    ],
)
def test_a_list_that_filters_admit_gets_a_range(cidr: str, port: int, held: bool) -> None:
    assert is_held(listed(cidr, port)) is held
    if held:
        assert is_held(listed(cidr, port, apart=True))
        [change] = [one for one in judge(listed(cidr, port)).changes if one.findings]
        assert "aws_db_instance.d" in change.findings[0].hurts

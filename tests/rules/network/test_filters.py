"""N: network path, on the cases that decide most plans."""

from __future__ import annotations

from typing import Any

import pytest

from iacrisk.graph import build_graph
from iacrisk.plan import Plan
from iacrisk.rules import Context, Review, review
from iacrisk.rules.network import RULES
from tests.plans import Json, create, noop, plan, update

GROUP = "aws_security_group.app"
USER = "aws_instance.app"
LIVES_ON_IT = {USER: {"vpc_security_group_ids": ["aws_security_group.app.id"]}}


def ingress(*cidrs: str, port: int = 443) -> list[Json]:
    return [
        {
            "from_port": port,
            "to_port": port,
            "protocol": "tcp",
            "cidr_blocks": list(cidrs),
            "ipv6_cidr_blocks": [],
            "prefix_list_ids": [],
            "security_groups": [],
            "self": False,
            "description": "",
        }
    ]


def group(*cidrs: str, port: int = 443) -> Json:
    return {"id": "sg-0a1b2c3d", "name": "app", "ingress": ingress(*cidrs, port=port), "egress": []}


def changed(before: Json, after: Json, *, used: bool = True, **fields: Any) -> Plan:
    edit = update(GROUP, before, after, **fields)
    if not used:
        return plan(edit, references={})
    user = noop(USER, {"id": "i-1", "vpc_security_group_ids": ["sg-0a1b2c3d"]})
    return plan(edit, user, references=LIVES_ON_IT)


def said(judged: Plan) -> Review:
    return review(Context(judged, build_graph(judged)), rules=RULES, suppressors=())


def found(judged: Plan) -> list[tuple[str, str]]:
    return [(finding.rule, finding.address) for finding in said(judged).findings]


def test_ingress_that_is_narrowed_under_a_user_is_flagged() -> None:
    assert found(changed(group("10.0.0.0/8"), group("10.1.0.0/16"))) == [("N11", GROUP)]


def test_ingress_that_nobody_uses_may_be_narrowed() -> None:
    assert found(changed(group("10.0.0.0/8"), group("10.1.0.0/16"), used=False)) == []


def test_ingress_split_in_two_equal_halves_passes() -> None:
    assert found(changed(group("10.0.0.0/8"), group("10.0.0.0/9", "10.128.0.0/9"))) == []


@pytest.mark.parametrize("world", [("0.0.0.0/0",), ("0.0.0.0/1", "128.0.0.0/1")])
def test_a_database_port_opened_to_the_world_is_flagged(world: tuple[str, ...]) -> None:
    before, after = group("10.0.0.0/8", port=5432), group("10.0.0.0/8", *world, port=5432)

    assert found(changed(before, after)) == [("N10", GROUP)]


def test_a_narrow_source_added_passes() -> None:
    before, after = group("10.0.0.0/8", port=5432), group("10.0.0.0/8", "192.0.2.7/32", port=5432)

    assert found(changed(before, after)) == []


def test_ingress_that_is_not_known_yet_is_undecided() -> None:
    after = {**group("10.0.0.0/8"), "ingress": None}
    judged = changed(group("10.0.0.0/8"), after, after_unknown={"ingress": True})

    assert said(judged).findings == ()
    assert said(judged).undecided


def tagged(verb: str, priority: int, sources: str, port: str, *tags: str) -> Json:
    block = {"protocol": "all"} if verb == "deny" else {"protocol": "tcp", "ports": [port]}
    return {
        "name": f"{verb}-{port}",
        "network": "net",
        "direction": "INGRESS",
        "priority": priority,
        "source_ranges": [sources],
        "target_tags": list(tags),
        verb: [block],
    }


def test_a_denial_for_all_is_compared_with_a_thousand_entries_for_tags() -> None:
    entries = [
        noop(
            f"google_compute_firewall.f{number}",
            {
                "id": f"f{number}",
                **tagged("allow", 1000, "10.0.0.0/8", str(1000 + number), f"t{number}"),
            },
        )
        for number in range(1000)
    ]
    denial = create("google_compute_firewall.deny", tagged("deny", 950, "0.0.0.0/0", "all"))

    assert found(plan(denial, *entries)) == [("N11", "google_compute_firewall.deny")]

"""X14: proxies taken away from in front of one's own servers."""

from __future__ import annotations

import pytest

from iacrisk.graph import build_graph
from iacrisk.rules import Context, Review, review
from iacrisk.rules.exposure.origins import origin_unshielded
from tests.plans import Json, plan, tweak, update

ADDRESS = "cloudflare_record.api"


def record(kind: str, content: str) -> Json:
    return {"type": kind, "content": content, "hostname": "api.shop.example", "proxied": True}


def judged(change: Json) -> Review:
    made = plan(change)
    result = review(Context(made, build_graph(made)), rules=(origin_unshielded,), suppressors=())
    assert result.failures == ()
    return result


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("A", "198.51.100.7"),
        ("AAAA", "2001:db8::7"),
        ("CNAME", "origin.shop.example"),
        ("CNAME", "front-1.eu-west-1.elb.amazonaws.com."),
    ],
)
def test_ones_own_server_that_is_no_longer_shielded_is_flagged(kind: str, content: str) -> None:
    found = judged(tweak(ADDRESS, record(kind, content), proxied=False)).findings
    assert [(item.rule, item.address) for item in found] == [("X14", ADDRESS)]


def test_an_alias_of_a_vendor_may_leave_the_proxy() -> None:
    vendor = record("CNAME", "shop.statuspage.example.net")
    assert judged(tweak(ADDRESS, vendor, proxied=False)).findings == ()


def test_a_record_that_stays_proxied_or_becomes_so_passes() -> None:
    own = record("A", "198.51.100.7")
    assert judged(tweak(ADDRESS, own, ttl=60)).findings == ()
    assert judged(tweak(ADDRESS, own | {"proxied": False}, proxied=True)).findings == ()


def test_what_is_not_known_is_undecided() -> None:
    own = record("A", "198.51.100.7")
    change = update(ADDRESS, own, {"type": "A"}, after_unknown={"proxied": True})
    assert [item.rule for item in judged(change).undecided] == ["X14"]

"""Conditions of filters and logins: their parts, and whether they tell whose token it is."""

from __future__ import annotations

import pytest

from iacrisk.rules.readers.access.federated_claims import names_an_owner
from iacrisk.rules.readers.alternatives import alternatives
from iacrisk.rules.readers.entries.web_conditions import are_apart, is_wide, of_expression

MAPPED = {"google.subject": "assertion.sub", "attribute.owner": "assertion.repository_owner"}


@pytest.mark.parametrize(
    ("expression", "parts"),
    [
        ("a == 1", (("a == 1",),)),
        ("(a || b) && c", (("a", "c"), ("b", "c"))),
        ("(a and (b or c))", (("a", "b"), ("a", "c"))),
        ("a == 'x || y'", (("a == 'x || y'",),)),
        ("!(a || b)", (("!(a || b)",),)),
        ("(a) || (b)", (("a",), ("b",))),
        ("((a)", (("((a)",),)),
        ("", (("",),)),
    ],
)
def test_an_expression_falls_into_alternatives_of_parts(
    expression: str, parts: tuple[tuple[str, ...], ...]
) -> None:
    assert alternatives(expression) == parts


def test_an_expression_with_very_many_alternatives_stays_whole() -> None:
    expression = " && ".join(f"(a{number} || b{number})" for number in range(9))
    assert alternatives(expression) == ((expression,),)


@pytest.mark.parametrize(
    "condition",
    [
        "assertion.repository_owner == 'acme'",
        "'acme' == assertion.repository_owner && assertion.ref == 'refs/heads/main'",
        "assertion.repository in ['acme/shop', 'acme/pay']",
        "assertion.sub.startsWith('repo:acme/')",
        "attribute.owner == 'acme'",
        "google.subject == 'repo:acme/shop:environment:live'",
        "assertion['namespace_path'] == 'acme'",
        "assertion.terraform_organization_id == 'org-1'",
    ],
)
def test_these_conditions_name_an_owner(condition: str) -> None:
    assert names_an_owner(condition, MAPPED)


@pytest.mark.parametrize(
    "condition",
    [
        None,
        "",
        "true",
        "assertion.ref == 'refs/heads/main'",
        "assertion.repository_owner != 'mallory'",
        "!(assertion.repository_owner == 'mallory')",
        "assertion.repository_owner == 'acme' || assertion.event_name == 'push'",
        "assertion.repository_owner.startsWith('acme')",
        "assertion.sub.startsWith('repo:')",
        "assertion.repository.matches('.*/shop')",
        "attribute.ref == 'refs/heads/main'",
    ],
)
def test_these_conditions_do_not(condition: str | None) -> None:
    assert not names_an_owner(condition, MAPPED)


@pytest.mark.parametrize(
    ("expression", "wide"),
    [
        ("true", True),
        ("origin.region_code == 'CA'", True),
        ("origin.region_code != 'CA'", True),
        ("inIpRange(origin.ip, '198.51.100.0/24')", False),
        ("!inIpRange(origin.ip, '198.51.100.0/24')", True),
        ("request.path.startsWith('/api')", True),
        ("request.path.startsWith('/.well-known/')", False),
        ("request.path.startsWith('/hooks/stripe/v2')", False),
        ("request.path == '/login'", False),
        ("request.headers['user-agent'].contains('Bot')", True),
        ("request.headers['x-probe'] == 'c1f0a9d2e4b84a5f9f0e'", False),
        ("evaluateThreatIntelligence('iplist-search-engines-crawlers')", False),
        ('(http.request.uri.path contains "/shop")', True),
        ("ip.src in {203.0.113.4 203.0.113.5}", False),
        ("ip.src in {23.0.0.0/8}", True),
        ("cf.client.bot", False),
        ('ip.geoip.country eq "NO" and ip.src in {203.0.113.4}', False),
    ],
)
def test_how_much_a_rule_of_a_filter_lets_through(expression: str, wide: bool) -> None:
    assert is_wide(of_expression(expression)) is wide


def test_rules_for_other_paths_hosts_and_countries_are_apart() -> None:
    shop = of_expression("request.path.startsWith('/shop')")
    login = of_expression("request.path.startsWith('/login')")
    inner = of_expression("request.path.startsWith('/shop/cart')")
    norway, france = (of_expression(f"origin.region_code == '{one}'") for one in ("NO", "FR"))
    assert (are_apart(shop, login), are_apart(shop, inner)) == (True, False)
    assert (are_apart(norway, france), are_apart(norway, shop)) == (True, False)

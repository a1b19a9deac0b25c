"""What takes another one's share or leaves hours open, where a plan does not know it yet."""

from __future__ import annotations

import pytest

from iacrisk.rules import Rule
from iacrisk.rules.compute.watched_namespaces import controller_watches_less
from iacrisk.rules.entry.mail_texts import mail_text_doubled
from iacrisk.rules.exposure.caches import personal_answers_cached
from iacrisk.rules.exposure.deployers import unprotected_branches_deploy
from iacrisk.rules.exposure.log_shares import share_of_logs_taken
from iacrisk.rules.exposure.on_call import nobody_on_call
from iacrisk.rules.identity.vault_denials import denied_what_another_grants
from iacrisk.rules.readers.messages.queries import covers, finds_less
from tests.conftest import Judge
from tests.plans import Json, create, noop, plan, tweak, update

_CACHE = {"id": "r", "phase": "http_request_cache_settings", "rules": [{"action": "x"}]}
_RELEASE = {"id": "i", "chart": "ingress-nginx", "namespace": "edge", "values": ["a: 1\n"]}


def hidden(address: str, before: Json, name: str) -> Json:
    after = {key: value for key, value in before.items() if key != name}
    return update(address, before, after, after_unknown={name: True})


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        (controller_watches_less, hidden("helm_release.i", _RELEASE, "values")),
        (
            denied_what_another_grants,
            hidden("vault_policy.p", {"id": "p", "name": "p", "policy": "a"}, "policy"),
        ),
        (
            nobody_on_call,
            hidden("pagerduty_schedule.s", {"id": "s", "layer": [{"users": ["u"]}]}, "layer"),
        ),
        (personal_answers_cached, hidden("cloudflare_ruleset.c", _CACHE, "rules")),
        (
            share_of_logs_taken,
            hidden("datadog_logs_index_order.o", {"id": "o", "indexes": ["a"]}, "indexes"),
        ),
        (
            unprotected_branches_deploy,
            create(
                "github_repository_environment_deployment_policy.p",
                {"repository": "shop", "environment": "live"},
                after_unknown={"branch_pattern": True},
            ),
        ),
    ],
    ids=lambda item: item.id if isinstance(item, Rule) else "",
)
def test_what_is_not_known_yet_is_undecided(judge: Judge, rule: Rule, change: Json) -> None:
    found = judge(plan(change), rule)

    assert [item.rule for item in found.changes[0].undecided] == [rule.id]


def test_a_text_on_mail_that_is_not_known_yet_says_nothing(judge: Judge) -> None:
    change = create(
        "cloudflare_dns_record.t", {"name": "@", "type": "TXT"}, after_unknown={"content": True}
    )
    spf = {"id": "1", "name": "@", "type": "TXT", "content": "v=spf1 -all"}

    found = judge(plan(change, noop("cloudflare_dns_record.spf", spf)), mail_text_doubled)

    assert found.changes[0].findings == ()


@pytest.mark.parametrize(
    ("wide", "narrow", "takes"),
    [
        ("*", "service:web", True),
        ("env:live", "env:live source:(a OR b)", True),
        ("env:live source:(a OR b OR c)", "source:(a OR c) env:live", True),
        ("source:a", "source:(a OR b)", False),
        ("env:live", "service:web", False),
        ("-env:live", "env:dev", False),
        ("words in a log", "words in a log", True),
        ("words in a log", "env:live", False),
    ],
)
def test_a_query_takes_what_fits_it(wide: str, narrow: str, takes: bool) -> None:
    assert covers(wide, narrow) is takes


@pytest.mark.parametrize(
    ("before", "after", "less"),
    [
        ("service:web", "*", False),
        ("*", "service:web", True),
        ("service:web", " service:web ", False),
        ("service:(a OR b)", "service:(a OR b OR c)", False),
        ("service:(a OR b)", "service:a", True),
        ("anything else", "something else", True),
        (None, "service:a", False),
    ],
)
def test_a_query_finds_less_unless_it_can_be_seen_to_find_all(
    before: object, after: object, less: bool
) -> None:
    assert finds_less(before, after) is less


def rotation(name: str, start: int, end: int) -> Json:
    limit = {"start_hour": start, "start_min": 0, "end_hour": end, "end_min": 0}
    return {
        "id": name,
        "schedule_id": "S",
        "participant": [{"type": "user", "id": "u"}],
        "time_restriction": [{"type": "time-of-day", "restriction": [limit]}],
    }


def test_rotations_of_one_schedule_are_read_together(judge: Judge) -> None:
    day, night = rotation("d", 8, 20), rotation("n", 20, 8)
    shorter = tweak(
        "opsgenie_schedule_rotation.d",
        day,
        time_restriction=rotation("d", 9, 17)["time_restriction"],
    )
    moved = tweak(
        "opsgenie_schedule_rotation.d",
        day,
        time_restriction=rotation("d", 7, 21)["time_restriction"],
    )
    other = noop("opsgenie_schedule_rotation.n", night)

    [found] = judge(plan(shorter, other), nobody_on_call).changes[0].findings
    assert found.what == "Nobody is on call for 28 hours of the week that were covered."
    assert judge(plan(moved, other), nobody_on_call).changes[0].findings == ()

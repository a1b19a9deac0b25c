"""Siblings of the pairs in place, in other services, and plans that only look harmless."""

from __future__ import annotations

from typing import Any, Final

from tests.plans import Json, create, delete, tweak
from tests.rules.served import azure_in_place as azure
from tests.rules.served import google_in_place as google
from tests.rules.served.worlds import pair, stay, trap

_THROTTLE: Final[Json] = {
    "id": "projects/p/global/securityPolicies/front/priority/900",
    "security_policy": "front",
    "priority": 900,
    "action": "throttle",
    "preview": False,
    "match": [{"expr": [{"expression": "request.path.startsWith('/search')"}]}],
    "rate_limit_options": [{"rate_limit_threshold": [{"count": 6000, "interval_sec": 60}]}],
}


def _throttle(count: int, seconds: int) -> Json:
    threshold = [{"count": count, "interval_sec": seconds}]
    return tweak(
        "google_compute_security_policy_rule.search",
        _THROTTLE,
        rate_limit_options=[{"rate_limit_threshold": threshold}],
    )


_RATES: Final[Json] = {
    "id": "rs4",
    "zone_id": "z1",
    "phase": "http_ratelimit",
    "rules": [
        {
            "ref": "api",
            "action": "block",
            "enabled": True,
            "expression": 'starts_with(http.request.uri.path, "/api/")',
            "ratelimit": [{"requests_per_period": 1000, "period": 60}],
        }
    ],
}


def _rates(requests: int) -> Json:
    limit = [{"requests_per_period": requests, "period": 60}]
    rules = [{**_RATES["rules"][0], "ratelimit": limit}]
    return tweak("cloudflare_ruleset.rates", _RATES, rules=rules)


_REDIRECTS: Final[Json] = {
    "id": "rs5",
    "zone_id": "z1",
    "phase": "http_request_dynamic_redirect",
    "rules": [],
}


def _redirects(expression: str) -> Json:
    target = [{"target_url": [{"value": "https://status.shop.example"}], "status_code": 302}]
    made = {
        "ref": "away",
        "action": "redirect",
        "enabled": True,
        "expression": expression,
        "action_parameters": [{"from_value": target}],
    }
    return tweak("cloudflare_ruleset.redirects", _REDIRECTS, rules=[made])


_METRIC: Final[Json] = {
    "id": "refused",
    "name": "refused",
    "filter": 'jsonPayload.event="refused"',
    "disabled": False,
}
_OBJECTIVE: Final = stay(
    "google_monitoring_alert_policy.refused",
    id="projects/p/alertPolicies/2",
    enabled=True,
    conditions=[
        {"condition_threshold": [{"filter": 'metric.type="logging.googleapis.com/user/refused"'}]}
    ],
)
_ZONE: Final = create("azurerm_private_dns_zone.inside", {"name": "shop.example"})
_LINK: Final = create(
    "azurerm_private_dns_zone_virtual_network_link.inside",
    {"private_dns_zone_name": "shop.example", "virtual_network_id": "/vnets/core"},
)
_PUBLIC: Final = stay(
    "azurerm_dns_a_record.pay",
    id="/dnsZones/shop.example/A/pay",
    name="pay",
    zone_name="shop.example",
    ttl=300,
    records=["20.50.1.1"],
)


def _inside(name: str) -> Json:
    made = {"name": name, "zone_name": "shop.example", "ttl": 60, "records": ["10.1.1.1"]}
    return create(f"azurerm_private_dns_a_record.{name}", made)


def _program(**env: str) -> Json:
    return stay(
        "azurerm_linux_web_app.caller",
        id="/sites/app-caller",
        name="app-caller",
        app_settings=env,
        site_config=[{}],
    )


def _wild(type_name: str, **values: Any) -> Json:
    return stay(f"{type_name}.wild", id="w", name="*.shop.example", ttl=300, **values)


IN_PLACE_SIBLINGS: Final = [
    pair(
        "a search is throttled after a tenth of the calls / counted over a shorter time",
        _throttle(600, 60),
        _throttle(1000, 10),
    ),
    pair(
        "an API is refused after a twentieth of the calls / after a few less",
        _rates(50),
        _rates(900),
    ),
    pair(
        "all of a zone is sent to another host / one old page",
        _redirects("true"),
        _redirects('http.request.uri.path eq "/summer-2019/offers"'),
    ),
    pair(
        "a metric that an alarm reads is switched off / finds more",
        tweak("google_logging_metric.refused", _METRIC, disabled=True),
        tweak(
            "google_logging_metric.refused",
            _METRIC,
            filter='jsonPayload.event="refused" OR jsonPayload.event="denied"',
        ),
        _OBJECTIVE,
    ),
    pair(
        "a private zone of Azure hides a public name / holds it as well",
        [_ZONE, _LINK, _inside("ledger")],
        [_ZONE, _LINK, _inside("ledger"), _inside("pay")],
        _PUBLIC,
        _program(PAY="https://pay.shop.example"),
    ),
    pair(
        "a name leaves a wildcard of Cloudflare / one that nobody calls",
        create(
            "cloudflare_dns_record.new",
            {"zone_id": "z1", "name": "pay.shop.example", "type": "A", "content": "20.9.9.9"},
        ),
        create(
            "cloudflare_dns_record.new",
            {"zone_id": "z1", "name": "demo.shop.example", "type": "A", "content": "20.9.9.9"},
        ),
        _wild("cloudflare_dns_record", zone_id="z1", type="A", content="20.1.1.1"),
        _program(PAY="https://pay.shop.example"),
    ),
    pair(
        "a cleanup comes to take releases / leaves the last ten",
        google.cleans("TAGGED", "1209600s"),
        google.cleans("UNTAGGED", "1209600s"),
    ),
]

IN_PLACE_TRAPS: Final = [
    trap(
        "nobody in the plan reads the secret",
        tweak("google_secret_manager_secret_version.v2", google.version(2), enabled=False),
        google.SECRET,
    ),
    trap(
        "the version is read by its number",
        tweak("google_secret_manager_secret_version.v3", google.version(3), enabled=False),
        google.SECRET,
        google.PINNED,
    ),
    trap(
        "a grant shows that somebody acts as the account",
        google.disables("retired"),
        google.run("shelf"),
        stay(
            "google_project_iam_member.retired",
            id="m2",
            project="lumen",
            role="roles/storage.admin",
            member="serviceAccount:retired@lumen.iam.gserviceaccount.com",
        ),
    ),
    trap("the plan shows no account of a program", google.disables("retired")),
    trap(
        "nobody in the plan reads the hub",
        delete("azurerm_eventhub_consumer_group.trial", azure.group("trial-2023")),
        stay("azurerm_eventhub_consumer_group.billing", **azure.group("billing")),
    ),
    trap(
        "a program of the hub names no group",
        delete("azurerm_eventhub_consumer_group.trial", azure.group("trial-2023")),
        stay("azurerm_eventhub_consumer_group.billing", **azure.group("billing")),
        _program(EVENT_HUB="meters"),
    ),
    trap(
        "a flag that takes a restart changes beside one that only logs",
        google.sql(
            database_flags=[
                {"name": "max_connections", "value": "60"},
                {"name": "log_min_duration_statement", "value": "9000"},
            ]
        ),
    ),
]
"""Plans that only look harmless."""

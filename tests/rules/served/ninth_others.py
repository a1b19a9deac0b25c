"""Passes by pattern, silences of the night, addresses that lists do not know, and their twins."""

from __future__ import annotations

from typing import Any, Final

from tests.plans import Json, create, tweak
from tests.rules.served.worlds import pair, stay, trap

# A pass by a pattern

_POLICY: Final = "google_compute_security_policy.shop"


def _armor(number: int, action: str, expression: str) -> Json:
    match = [{"expr": [{"expression": expression}], "versioned_expr": ""}]
    return {"priority": number, "action": action, "match": match, "preview": False}


_LAST: Final[Json] = {
    "priority": 2147483647,
    "action": "allow",
    "match": [{"config": [{"src_ip_ranges": ["*"]}], "versioned_expr": "SRC_IPS_V1"}],
    "preview": False,
}
_INSPECTED: Final = [_armor(50, "deny(403)", "evaluatePreconfiguredWaf('xss-v33-stable')"), _LAST]


def _passes(expression: str) -> Json:
    policy = {"name": "shop", "rule": _INSPECTED}
    return tweak(_POLICY, policy, rule=[_armor(10, "allow", expression), *_INSPECTED])


_PARTNER: Final = "request.path.matches('^/feed/.*$') && inIpRange(origin.ip, '192.0.2.64/28')"

# A silence that comes again


def _monitor(name: str, where: str, whom: str, service: str = "cart") -> Json:
    return stay(
        f"datadog_monitor.{name}",
        id=name,
        message=f"The cart fails. {whom}",
        query=f"avg(last_5m):avg:cart.errors{{env:{where},service:{service}}} > 5",
        tags=[f"env:{where}", f"service:{service}"],
    )


_MONITORS: Final = (
    _monitor("live", "prod", "@pagerduty-Cart"),
    _monitor("tests", "dev", "@slack-cart"),
    _monitor("other", "prod", "@pagerduty-Feed", service="cart-feed"),
)


def _nightly(scope: str, **more: Any) -> Json:
    daily = {"rrule": "FREQ=DAILY;INTERVAL=1", "duration": "3h", "start": "2026-03-02T01:00:00"}
    schedule = [{"timezone": "UTC", "recurrence": [daily]}]
    values = {"scope": scope, "recurring_schedule": schedule, **more}
    return create("datadog_downtime_schedule.nightly", values)


NINTH_OTHERS: Final = [
    pair(
        "a pattern lets all paths below one step pass the filter / those of a partner's addresses",
        _passes("request.path.matches('^/feed/.*$')"),
        _passes(_PARTNER),
    ),
    pair(
        "a nightly silence for a service in all environments / for what is being developed",
        _nightly("service:cart"),
        _nightly("service:cart AND env:dev"),
        *_MONITORS,
    ),
    pair(
        "a nightly silence by a pattern of services / of services that no monitor watches",
        _nightly("service:cart*"),
        _nightly("service:carton"),
        *_MONITORS,
    ),
    pair(
        "a nightly silence of all but one environment / of the monitors of another service",
        _nightly("service:cart AND NOT env:dev"),
        _nightly("service:cart", monitor_identifier=[{"monitor_tags": ["service:books"]}]),
        *_MONITORS,
    ),
]
NINTH_OTHERS_TRAPS: Final = [
    trap(
        "one of two ways names no environment",
        _nightly("(service:cart AND env:dev) OR service:cart-feed"),
        *_MONITORS,
    ),
    trap("any step is no narrower", _passes("request.path.matches('/feed/[^/]+/.*')")),
    trap("a group of anything", _passes("request.path.matches('/(.*)')")),
]

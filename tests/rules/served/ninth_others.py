"""Passes by pattern, silences of the night, addresses that lists do not know, and their twins."""

from __future__ import annotations

from typing import Final

from tests.plans import Json, tweak
from tests.rules.served.worlds import pair, trap

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
NINTH_OTHERS: Final = [
    pair(
        "a pattern lets all paths below one step pass the filter / those of a partner's addresses",
        _passes("request.path.matches('^/feed/.*$')"),
        _passes(_PARTNER),
    ),
]
NINTH_OTHERS_TRAPS: Final = [
    trap("any step is no narrower", _passes("request.path.matches('/feed/[^/]+/.*')")),
    trap("a group of anything", _passes("request.path.matches('/(.*)')")),
]

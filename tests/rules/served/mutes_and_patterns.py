"""Passes by pattern, silences of the night, addresses that lists do not know, and their twins."""

from __future__ import annotations

from typing import Any, Final

from tests.plans import Json, create, delete, noop, tweak, update
from tests.rules.served.services import injected, vault_policy, vault_role
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


# A further address of a NAT

_OUT: Final = "projects/ash/regions/r/addresses"
_WAY: Final[Json] = {
    "id": "ash/r/router/way",
    "name": "way",
    "router": "router",
    "region": "r",
    "nat_ip_allocate_option": "MANUAL_ONLY",
    "nat_ips": [f"{_OUT}/one"],
    "min_ports_per_vm": 64,
}
_ONE: Final = noop(
    "google_compute_address.one", {"id": f"{_OUT}/one", "name": "one", "address": "34.80.3.1"}
)
_TWO: Final = create(
    "google_compute_address.two", {"name": "two"}, after_unknown={"id": True, "address": True}
)
_WIDENED: Final = update(
    "google_compute_router_nat.way",
    _WAY,
    {name: value for name, value in _WAY.items() if name != "nat_ips"},
    after_unknown={"nat_ips": True},
)
_FURTHER: Final = {"google_compute_router_nat.way": {"nat_ips": ["google_compute_address.two.id"]}}


def _database(*ranges: str, public: bool = True) -> Json:
    networks = [{"name": f"n{number}", "value": text} for number, text in enumerate(ranges)]
    inside = {"ipv4_enabled": public, "authorized_networks": networks}
    return stay(
        "google_sql_database_instance.ash",
        id="ash",
        name="ash",
        public_ip_address="34.90.7.7",
        settings=[{"tier": "db-custom-2-4096", "ip_configuration": [inside]}],
    )


_CALLER: Final = stay(
    "google_cloud_run_v2_service.books",
    id="books",
    name="books",
    template=[{"containers": [{"env": [{"name": "DB", "value": "34.90.7.7"}]}]}],
)


_GATE: Final = "azurerm_nat_gateway_public_ip_association"


def _outlet(name: str, text: str) -> Json:
    return stay(f"azurerm_public_ip.{name}", id=f"/p/{name}", name=name, ip_address=text)


def _given(name: str) -> Json:
    return {"id": name, "nat_gateway_id": "/n/out", "public_ip_address_id": f"/p/{name}"}


def _door(first: str, last: str) -> Json:
    values = {"id": "door", "name": "door", "server_id": "/s/ash"}
    return stay(
        "azurerm_postgresql_flexible_server_firewall_rule.door",
        **values,
        start_ip_address=first,
        end_ip_address=last,
    )


# A service whose computed values change with it

_BINS: Final[Json] = {
    "id": "projects/ash/locations/r/services/bins",
    "name": "bins",
    "ingress": "INGRESS_TRAFFIC_ALL",
    "uri": "https://bins-q1-ey.a.run.app",
    "template": [{"containers": [{"image": "bins:4"}]}],
}
_SHUT: Final = update(
    "google_cloud_run_v2_service.bins",
    {**_BINS, "etag": "a", "generation": "3", "observed_generation": "3"},
    {**_BINS, "ingress": "INGRESS_TRAFFIC_INTERNAL_ONLY"},
    after_unknown={"etag": True, "generation": True, "observed_generation": True},
)
_CALLS: Final = [{"uri": "https://bins-q1-ey.a.run.app/daily", "http_method": "POST"}]
_DAILY: Final = stay("google_cloud_scheduler_job.bins", id="bins", name="b", http_target=_CALLS)
_PAGE: Final = stay(
    "google_cloud_run_v2_service.page",
    id="page",
    name="page",
    template=[
        {"containers": [{"env": [{"name": "BINS", "value": "https://bins-q1-ey.a.run.app"}]}]}
    ],
)


# A role of Vault that its pods have left

_PATH: Final = "secret/data/levy/app"


def _levy(name: str) -> Json:
    return {**vault_role(name, ["levy-filing"], name), "bound_service_account_namespaces": ["tax"]}


_ROLE_GOES: Final = delete("vault_kubernetes_auth_backend_role.old", _levy("levy-filing"))
_POLICY_GOES: Final = delete("vault_policy.old", vault_policy("levy-filing", "secret/data/levy/*"))
_NEW_ROLE: Final = stay("vault_kubernetes_auth_backend_role.new", **_levy("levy-filing-2"))


def _left(*paths: str, role: str = "levy-filing-2", secret: str = _PATH) -> list[Json]:
    return [
        _ROLE_GOES,
        _POLICY_GOES,
        _NEW_ROLE,
        stay("vault_policy.new", **vault_policy("levy-filing-2", *paths)),
        injected("levy-filing", "levy-filing", role, secret),
    ]


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
    pair(
        "a database does not know the further address of a NAT / it lets others in",
        [_WIDENED, _TWO, _ONE, _database("34.80.3.1/32")],
        [_WIDENED, _TWO, _ONE, _database("192.0.2.7/32")],
        _CALLER,
        uses=_FURTHER,
    ),
    pair(
        "a database called from outside does not know the new address / one that is not",
        [_WIDENED, _TWO, _ONE, _database("34.80.3.1", "192.0.2.7/32")],
        [_WIDENED, _TWO, _ONE, _database("34.80.3.1", "192.0.2.7/32", public=False)],
        _CALLER,
        uses=_FURTHER,
    ),
    pair(
        "a service that a page calls takes calls from inside alone / one that a schedule calls",
        [_SHUT, _DAILY, _PAGE],
        [_SHUT, _DAILY],
    ),
    pair(
        "a role of Vault goes that pods log in with / that they have left",
        _left(_PATH, role="levy-filing"),
        _left("secret/data/levy/*"),
    ),
    pair(
        "a server does not know the further address of a gateway / a second rule has it",
        [create(f"{_GATE}.b", _given("b")), _door("20.60.1.1", "20.60.1.1")],
        [
            create(f"{_GATE}.b", _given("b")),
            _door("20.60.1.1", "20.60.1.1"),
            stay(
                "azurerm_postgresql_flexible_server_firewall_rule.more",
                id="more",
                name="more",
                server_id="/s/ash",
                start_ip_address="20.60.9.9",
                end_ip_address="20.60.9.9",
            ),
        ],
        noop(f"{_GATE}.a", _given("a")),
        _outlet("a", "20.60.1.1"),
        _outlet("b", "20.60.9.9"),
    ),
]
NINTH_OTHERS_TRAPS: Final = [
    trap("the other role's policy does not give the secret", *_left("secret/data/other/*")),
    trap(
        "a token has the policy",
        *_left(_PATH),
        stay("vault_token.night", id="t", policies=["levy-filing"]),
        uses={"vault_token.night": {"policies": ["vault_policy.old.name"]}},
    ),
    trap("nobody shows who logs in", *_left(_PATH)[:4]),
    trap(
        "a range around the old address alone",
        _WIDENED,
        _TWO,
        _ONE,
        _database("34.80.3.1/32", "34.80.8.0/30"),
        _CALLER,
        uses=_FURTHER,
    ),
    trap(
        "one of two ways names no environment",
        _nightly("(service:cart AND env:dev) OR service:cart-feed"),
        *_MONITORS,
    ),
    trap("any step is no narrower", _passes("request.path.matches('/feed/[^/]+/.*')")),
    trap("a group of anything", _passes("request.path.matches('/(.*)')")),
]

"""A NAT has new addresses, a database no public side, and the plan shows who is served still."""

from __future__ import annotations

from typing import Final

from tests.plans import Json, change, create, delete, noop, tweak
from tests.rules.served.worlds import pair, stay, trap

_P: Final = "projects/oak"
_R: Final = "/subscriptions/s4/resourceGroups/rg-oak/providers"

# A NAT with new addresses


def _address(name: str, text: str) -> Json:
    return noop(
        f"google_compute_address.{name}",
        {"id": f"{_P}/regions/r/addresses/{name}", "name": name, "address": text},
    )


_OLD, _NEW = _address("out-old", "34.90.1.1"), _address("out-new", "34.90.9.9")
_NAT: Final[Json] = {
    "id": "oak/r/router/nat",
    "name": "nat",
    "router": "router",
    "region": "r",
    "nat_ip_allocate_option": "MANUAL_ONLY",
    "source_subnetwork_ip_ranges_to_nat": "ALL_SUBNETWORKS_ALL_IP_RANGES",
    "nat_ips": [f"{_P}/regions/r/addresses/out-old"],
    "drain_nat_ips": [],
}
_ROUTER: Final = stay(
    "google_compute_router.router", id=f"{_P}/r/router", name="router", network="oak"
)


def _exchanged(*drained: str) -> Json:
    return tweak(
        "google_compute_router_nat.nat",
        _NAT,
        nat_ips=[f"{_P}/regions/r/addresses/out-new"],
        drain_nat_ips=[f"{_P}/regions/r/addresses/{name}" for name in drained],
    )


def _admits(*ranges: str, name: str = "partners") -> Json:
    allow = {
        "priority": 100,
        "action": "allow",
        "match": [{"config": [{"src_ip_ranges": list(ranges)}], "expr": []}],
    }
    return stay(
        f"google_compute_security_policy.{name}",
        id=f"{_P}/global/securityPolicies/{name}",
        name=name,
        rule=[allow],
    )


_BEHIND: Final = stay(
    "google_compute_backend_service.books",
    id=f"{_P}/global/backendServices/books",
    name="books",
    security_policy=f"{_P}/global/securityPolicies/partners",
)
_PIPS: Final = [
    stay(
        f"azurerm_public_ip.{name}",
        id=f"{_R}/Microsoft.Network/publicIPAddresses/{name}",
        name=name,
        ip_address=text,
    )
    for name, text in (("out-a", "20.50.1.1"), ("out-b", "20.50.9.9"))
]


def _joined(name: str) -> Json:
    return {
        "id": f"nat|{name}",
        "nat_gateway_id": f"{_R}/Microsoft.Network/natGateways/out",
        "public_ip_address_id": f"{_R}/Microsoft.Network/publicIPAddresses/{name}",
    }


def _server_rule(name: str, text: str) -> Json:
    return stay(
        f"azurerm_mssql_firewall_rule.{name}",
        id=f"fw-{name}",
        name=name,
        server_id=f"{_R}/Microsoft.Sql/servers/other",
        start_ip_address=text,
        end_ip_address=text,
    )


# A database without a public side


def _instance(*networks: Json, **addresses: str) -> Json:
    inside = {
        "ipv4_enabled": True,
        "private_network": f"{_P}/global/networks/oak",
        "authorized_networks": list(networks),
    }
    return {
        "id": "oak-pg",
        "name": "oak-pg",
        "connection_name": "oak:r:oak-pg",
        "public_ip_address": "35.198.7.7",
        "private_ip_address": "10.90.0.3",
        "settings": [{"tier": "db-custom-4-16384", "ip_configuration": [inside]}],
        **addresses,
    }


def _closed(before: Json) -> Json:
    inside = before["settings"][0]["ip_configuration"][0]
    shut = {**inside, "ipv4_enabled": False, "authorized_networks": []}
    settings = [{**before["settings"][0], "ip_configuration": [shut]}]
    return tweak("google_sql_database_instance.pg", before, settings=settings)


def _service(name: str, **variables: str) -> Json:
    env = [{"name": key, "value": value} for key, value in variables.items()]
    return stay(
        f"google_cloud_run_v2_service.{name}",
        id=f"{_P}/locations/r/services/{name}",
        name=name,
        uri=f"https://{name}-x1-ew.a.run.app",
        template=[{"containers": [{"image": f"eu.gcr.io/oak/{name}:4", "env": env}]}],
    )


_EGRESS: Final = {"name": "nat-0", "value": "34.90.1.1/32"}
_PARTNER: Final = {"name": "tax-office", "value": "81.20.3.4/32"}

# What an endpoint leads to


def _joined_app(name: str, subnet: str, **settings: str) -> Json:
    return stay(
        f"azurerm_linux_web_app.{name}",
        id=f"{_R}/Microsoft.Web/sites/{name}",
        name=f"oak-{name}",
        app_settings=settings,
        virtual_network_subnet_id=subnet,
    )


_SERVER: Final[Json] = {
    "id": f"{_R}/Microsoft.Sql/servers/sql-oak",
    "name": "sql-oak",
    "fully_qualified_domain_name": "sql-oak.database.windows.net",
    "public_network_access_enabled": True,
}
_ENDPOINT: Final = stay(
    "azurerm_private_endpoint.sql",
    id=f"{_R}/Microsoft.Network/privateEndpoints/sql",
    name="sql",
    private_service_connection=[{"private_connection_resource_id": _SERVER["id"]}],
)

CLOUDS_SPARED: Final = [
    pair(
        "A NAT speaks with a new address that a partner's list does not hold, or does",
        [_exchanged("out-old"), _admits("34.90.1.1/32"), _OLD, _NEW, _ROUTER, _BEHIND],
        [_exchanged("out-old"), _admits("34.90.1.1/32", "34.90.9.9/32"), _OLD, _NEW, _ROUTER],
    ),
    pair(
        "A NAT of Azure gets another address that a server does not let in, or does",
        [
            delete("azurerm_nat_gateway_public_ip_association.a", _joined("out-a")),
            stay("azurerm_nat_gateway_public_ip_association.b", **_joined("out-b")),
            *_PIPS,
            _server_rule("a", "20.50.1.1"),
        ],
        [
            change(
                "azurerm_nat_gateway_public_ip_association.a", "delete", "create",
                before=_joined("out-a"), after=_joined("out-b"),
                replace_paths=[["public_ip_address_id"]],
            ),
            *_PIPS,
            stay(
                "azurerm_storage_account.far", id="far", name="oakfar",
                network_rules=[
                    {"default_action": "Deny", "ip_rules": ["20.50.1.1", "20.50.9.9"]}
                ],
            ),
        ],
    ),
    pair(
        "A database loses its public address that a service calls, or that none does",
        _closed(_instance(_EGRESS)),
        [_closed(_instance(_EGRESS)), _service("bills", DB_HOST="10.90.0.3")],
        _service("bills", DB_HOST="35.198.7.7"), _service("orders", DB_HOST="10.90.0.3"),
    ),
    pair(
        "A server turns from the public side to an endpoint, and an app is in no network, or is",
        [
            tweak("azurerm_mssql_server.oak", _SERVER, public_network_access_enabled=False),
            _joined_app("bills", "", DB="Server=sql-oak.database.windows.net;"),
        ],
        [
            tweak("azurerm_mssql_server.oak", _SERVER, public_network_access_enabled=False),
            _joined_app("bills", "subnets/apps", DB="Server=sql-oak.database.windows.net;"),
        ],
        _ENDPOINT,
    ),
]  # fmt: skip

_BOTH: Final = ("34.90.1.1/32", "34.90.9.9/32")
CLOUDS_SPARED_TRAPS: Final = [
    trap("The old address of a NAT is not drained", _exchanged(), _admits(*_BOTH), _OLD, _NEW),
    trap(
        "A second list holds the old address of a NAT alone",
        _exchanged("out-old"), _admits(*_BOTH), _admits("34.90.1.1/32", name="b"), _OLD, _NEW,
    ),
    trap(
        "A second list holds a range around the old address of a NAT",
        _exchanged("out-old"), _admits(*_BOTH), _admits("34.90.1.0/24", name="b"), _OLD, _NEW,
    ),
    trap("No list of the plan knows a NAT's address", _exchanged("out-old"), _OLD, _NEW, _ROUTER),
    trap(
        "The new address of a NAT is not there yet",
        _exchanged("out-old"), _admits(*_BOTH), _OLD,
        create("google_compute_address.out-new", {"name": "out-new", "address_type": "EXTERNAL"}),
    ),
    trap(
        "A partner is let in to the public address of a database",
        _closed(_instance(_PARTNER)), _service("bills", DB_HOST="10.90.0.3"),
    ),
    trap(
        "A service reaches a database by its name for a proxy",
        _closed(_instance()),
        _service("bills", DB_HOST="10.90.0.3"), _service("hr", INSTANCE="oak:r:oak-pg"),
    ),
    trap(
        "A record names the public address of a database",
        _closed(_instance()), _service("bills", DB_HOST="10.90.0.3"),
        stay("google_dns_record_set.pg", id="d", name="pg.oak.", type="A", rrdatas=["35.198.7.7"]),
    ),
]  # fmt: skip

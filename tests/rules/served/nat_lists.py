"""A subnet leaves a NAT: its machines have addresses of their own, or not."""

from __future__ import annotations

from typing import Final

from tests.plans import Json, tweak
from tests.rules.served.worlds import pair, stay, trap

_P: Final = "projects/elm"

_NAT: Final = "google_compute_router_nat.out"


def _listed(*names: str, kind: str = "ALL_IP_RANGES") -> list[Json]:
    return [
        {"name": f"{_P}/regions/r/subnetworks/{name}", "source_ip_ranges_to_nat": [kind]}
        for name in names
    ]


_TWO_LISTED: Final[Json] = {
    "id": "elm/r/router/out",
    "name": "out",
    "region": "r",
    "router": "router",
    "source_subnetwork_ip_ranges_to_nat": "LIST_OF_SUBNETWORKS",
    "subnetwork": _listed("mail", "jobs"),
}
_MAIL_LEAVES: Final = tweak(_NAT, _TWO_LISTED, subnetwork=_listed("jobs"))
_SUBNET: Final = stay(
    "google_compute_subnetwork.mail",
    id=f"{_P}/regions/r/subnetworks/mail",
    name="mail",
    region="r",
    network=f"{_P}/global/networks/core",
)


def _card(*addresses: str, alias: str = "") -> list[Json]:
    return [
        {
            "subnetwork": f"{_P}/regions/r/subnetworks/mail",
            "access_config": [{"nat_ip": text} for text in addresses],
            "alias_ip_range": [{"ip_cidr_range": alias}] if alias else [],
        }
    ]


def _machine(name: str, cards: list[Json]) -> Json:
    return stay(
        f"google_compute_instance.{name}",
        id=f"{_P}/zones/z/instances/{name}",
        name=name,
        network_interface=cards,
    )


_RELAY: Final = _machine("relay", _card("198.51.100.7"))
_CONNECTOR: Final = stay(
    "google_vpc_access_connector.api",
    id=f"{_P}/locations/r/connectors/api",
    name="api",
    subnet=[{"name": "mail"}],
)
_ALL: Final[Json] = {
    **_TWO_LISTED,
    "source_subnetwork_ip_ranges_to_nat": "ALL_SUBNETWORKS_ALL_IP_RANGES",
    "subnetwork": [],
    "min_ports_per_vm": 64,
}
_NETWORK: Final = (
    stay(
        "google_compute_network.core",
        id=f"{_P}/global/networks/core",
        name="core",
        auto_create_subnetworks=False,
    ),
    stay(
        "google_compute_router.router",
        id="elm/r/router",
        name="router",
        region="r",
        network=f"{_P}/global/networks/core",
    ),
    _SUBNET,
    stay(
        "google_compute_subnetwork.jobs",
        id=f"{_P}/regions/r/subnetworks/jobs",
        name="jobs",
        region="r",
        network=f"{_P}/global/networks/core",
    ),
)


def _names_some(*names: str, ports: int = 128) -> Json:
    mode = {"source_subnetwork_ip_ranges_to_nat": "LIST_OF_SUBNETWORKS"}
    return tweak(_NAT, _ALL, subnetwork=_listed(*names), min_ports_per_vm=ports, **mode)


_WORKER: Final = stay(
    "google_compute_instance.worker",
    id=f"{_P}/zones/z/instances/worker",
    name="worker",
    network_interface=[
        {"subnetwork": f"{_P}/regions/r/subnetworks/jobs", "access_config": []},
    ],
)

NAT_LISTS: Final = [
    pair(
        "a NAT names some subnets: machines of the one left out have no address, or their own",
        [_names_some("jobs"), _machine("relay", _card())],
        [_names_some("jobs"), _RELAY],
        _WORKER,
        *_NETWORK,
        uses={
            "google_compute_instance.worker": {
                "network_interface.0.subnetwork": [
                    "google_compute_subnetwork.mail.id",
                    "google_compute_subnetwork.jobs.id",
                ]
            }
        },
    ),
    pair(
        "a subnet leaves a NAT: its machines have addresses of their own, or not",
        [_MAIL_LEAVES, _machine("relay", _card())],
        [_MAIL_LEAVES, _RELAY],
        _SUBNET,
    ),
]
NAT_LISTS_TRAPS: Final = [
    trap("a second machine has none", _MAIL_LEAVES, _SUBNET, _RELAY, _machine("old", _card())),
    trap("containers on it use more", _MAIL_LEAVES, _SUBNET,
         _machine("relay", _card("198.51.100.7", alias="10.1.0.0/24"))),
    trap("a connector sends from there", _MAIL_LEAVES, _SUBNET, _RELAY, _CONNECTOR),
    trap("it loses the address in the same plan", _MAIL_LEAVES, _SUBNET,
         tweak("google_compute_instance.relay",
               {"id": "i", "name": "relay", "network_interface": _card("198.51.100.7")},
               network_interface=_card())),
    trap("names some, and fewer ports", _names_some("jobs", ports=32), _RELAY, *_NETWORK),
    trap("names the one whose machines need none", _names_some("mail"), _RELAY, _WORKER,
         *_NETWORK),
    trap("no machine is to be seen", _MAIL_LEAVES, _SUBNET),
]  # fmt: skip

"""Networks, filters, routes and links. Each dangerous change stands beside a harmless one."""

from __future__ import annotations

from typing import Final

from tests.rules.azure.objects import (
    FW_POLICY,
    FW_POLICY_USER,
    FW_REFS,
    FW_RULES,
    ON_APP,
    ON_NSG,
    ON_SPARE,
    Case,
)
from tests.rules.azure.world import (
    IN,
    NET,
    VNET,
    edit,
    extra,
    gone,
    new,
    nsg_rule,
    route,
)

NETWORK: Final[list[Case]] = [
    (
        "a black hole for the live data subnet",
        [new("azurerm_route.x", route("x", "10.10.2.0/24", "None"), **ON_APP)],
        [new("azurerm_route.x", route("x", "192.0.2.0/24", "None"), **ON_APP)],
    ),
    (
        "the way out is discarded",
        [edit("azurerm_route.out", {"next_hop_type": "None", "next_hop_in_ip_address": ""})],
        [
            new(
                "azurerm_route.x",
                route("x", "10.60.0.0/16", "VirtualNetworkGateway", table="rt-spare"),
                **ON_SPARE,
            )
        ],
    ),
    (
        "learned routes are no longer taken in",
        [edit("azurerm_route_table.app", {"bgp_route_propagation_enabled": False})],
        [edit("azurerm_route_table.spare", {"bgp_route_propagation_enabled": False})],
    ),
    (
        "the office route goes",
        [gone("azurerm_route.office"), gone("azurerm_route.office_lab")],
        [gone("azurerm_route.office_lab")],
    ),
    (
        "the app subnet loses its table",
        [gone("azurerm_subnet_route_table_association.app")],
        [
            new(
                "azurerm_subnet.lab",
                {"name": "lab", "address_prefixes": ["10.10.9.0/24"],
                 "virtual_network_name": "vnet-orders"},
                virtual_network_name=["azurerm_virtual_network.main.name"],
            ),
            new(
                "azurerm_subnet_route_table_association.lab",
                {"route_table_id": f"{NET}/routeTables/rt-app"},
                subnet_id=["azurerm_subnet.lab.id"],
                route_table_id=["azurerm_route_table.app.id"],
            ),
        ],
    ),
    (
        "an address range leaves the network",
        [edit("azurerm_virtual_network.main", {"address_space": ["10.10.0.0/16"]})],
        [
            edit(
                "azurerm_virtual_network.main",
                {"address_space": ["10.10.0.0/16", "10.11.0.0/16", "10.12.0.0/16"]},
            )
        ],
    ),
    (
        "the network asks another resolver",
        [edit("azurerm_virtual_network.main", {"dns_servers": ["192.0.2.53"]})],
        [
            edit(
                "azurerm_virtual_network.main",
                {"dns_servers": ["10.20.0.4", "10.20.0.5", "10.20.0.6"]},
            )
        ],
    ),
    (
        "the hub's forwarded traffic is refused",
        [edit("azurerm_virtual_network_peering.hub", {"allow_forwarded_traffic": False})],
        [
            edit(
                "azurerm_virtual_network_peering.hub",
                {"allow_forwarded_traffic": (False, True)},
            )
        ],
    ),
    (
        "the hub's gateway is no longer used",
        [edit("azurerm_virtual_network_peering.hub", {"use_remote_gateways": False})],
        [
            new(
                "azurerm_virtual_network_peering.lab",
                {"name": "lab", "virtual_network_name": "vnet-orders",
                 "remote_virtual_network_id": f"{VNET}-lab",
                 "allow_virtual_network_access": True},
                virtual_network_name=["azurerm_virtual_network.main.name"],
            )
        ],
    ),
    (
        "the peer's addresses are no longer let in",
        [edit("azurerm_virtual_network_peering.hub", {"allow_virtual_network_access": False})],
        [edit("azurerm_virtual_network_peering.hub", {"allow_gateway_transit": True})],
    ),
    (
        "the way to storage by a service endpoint goes",
        [edit("azurerm_subnet.app", {"service_endpoints": []})],
        [
            edit(
                "azurerm_subnet.app",
                {"service_endpoints": ["Microsoft.Storage", "Microsoft.KeyVault"]},
            )
        ],
    ),
    (
        "machines without another way out lose the default one",
        [edit("azurerm_subnet.data", {"default_outbound_access_enabled": (True, False)})],
        [edit("azurerm_subnet.app", {"default_outbound_access_enabled": (True, False)})],
    ),
    (
        "a deny goes before what lets the app work",
        [
            new(
                "azurerm_network_security_rule.x",
                nsg_rule("x", "nsg-app", priority=100, access="Deny", protocol="*",
                         source_address_prefix="VirtualNetwork", destination_port_range="*"),
                **ON_NSG,
            )
        ],
        [
            new(
                "azurerm_network_security_rule.x",
                nsg_rule("x", "nsg-app", priority=4000, access="Deny",
                         source_address_prefix="Internet", destination_port_range="3389"),
                **ON_NSG,
            )
        ],
    ),
    (
        "a rule moves behind the deny",
        [edit("azurerm_network_security_rule.https", {"priority": 400})],
        [edit("azurerm_network_security_rule.https", {"priority": 250})],
    ),
    (
        "a rule turns from allow to deny",
        [edit("azurerm_network_security_rule.api", {"access": "Deny"})],
        [edit("azurerm_network_security_rule.api", {"description": "gateway to app"})],
    ),
    (
        "the source of the api is another subnet",
        [edit("azurerm_network_security_rule.api", {"source_address_prefix": "10.99.0.0/24"})],
        [edit("azurerm_network_security_rule.ssh", {"source_address_prefix": "198.51.100.0/24"})],
    ),
    (
        "ssh is opened to the world",
        [
            edit(
                "azurerm_network_security_rule.ssh",
                {"source_address_prefix": ("198.51.100.0/24", "*")},
            )
        ],
        [
            edit(
                "azurerm_network_security_rule.ssh",
                {"source_address_prefix": ("198.51.100.0/28", "198.51.100.0/24")},
            )
        ],
    ),
    (
        "nothing may leave any more",
        [
            new(
                "azurerm_network_security_rule.x",
                nsg_rule("x", "nsg-app", priority=100, access="Deny", protocol="*",
                         direction="Outbound", destination_port_range="*"),
                **ON_NSG,
            )
        ],
        [
            new(
                "azurerm_network_security_rule.x",
                nsg_rule("x", "nsg-app", priority=100, access="Deny", protocol="*",
                         direction="Outbound", destination_port_range="*",
                         destination_address_prefix="192.0.2.0/24"),
                **ON_NSG,
            )
        ],
    ),
    (
        "the filter is taken off the subnet",
        [gone("azurerm_subnet_network_security_group_association.app")],
        [
            new(
                "azurerm_network_security_group.spare",
                IN | {"name": "nsg-spare", "security_rule": []},
            )
        ],
    ),
    (
        "the firewall stops answering for names",
        [edit("azurerm_firewall_policy.main", {"dns.0.proxy_enabled": False}, **FW_POLICY),
         FW_POLICY_USER],
        [edit("azurerm_firewall_policy.main", {"tags": {"team": "net"}}, **FW_POLICY),
         FW_POLICY_USER],
    ),
    (
        "the firewall lets known attackers through",
        [edit("azurerm_firewall_policy.main", {"threat_intelligence_mode": "Off"}, **FW_POLICY),
         FW_POLICY_USER],
        [
            new(
                "azurerm_firewall_policy.spare",
                IN | {"name": "spare", "threat_intelligence_mode": "Alert"},
            )
        ],
    ),
    (
        "the app may no longer call the payment service",
        [
            edit(
                "azurerm_firewall_policy_rule_collection_group.egress",
                {
                    "application_rule_collection.0.rule": [
                        FW_RULES["application_rule_collection"][0]["rule"][1]
                    ]
                },
                FW_REFS,
                **FW_RULES,
            ),
            extra("azurerm_firewall_policy.main", FW_POLICY),
            FW_POLICY_USER,
        ],
        [
            edit(
                "azurerm_firewall_policy_rule_collection_group.egress",
                {
                    "application_rule_collection.0.rule": [
                        *FW_RULES["application_rule_collection"][0]["rule"],
                        {
                            "name": "maps",
                            "source_addresses": ["10.10.0.0/16"],
                            "destination_fqdns": ["maps.example"],
                            "protocols": [{"type": "Https", "port": 443}],
                        },
                    ]
                },
                FW_REFS,
                **FW_RULES,
            ),
            extra("azurerm_firewall_policy.main", FW_POLICY),
            FW_POLICY_USER,
        ],
    ),
    (
        "a deny for everything goes into the firewall",
        [
            new(
                "azurerm_firewall_policy_rule_collection_group.x",
                {
                    "name": "x",
                    "firewall_policy_id": FW_POLICY["id"],
                    "priority": 100,
                    "network_rule_collection": [
                        {
                            "name": "deny",
                            "action": "Deny",
                            "priority": 100,
                            "rule": [
                                {
                                    "name": "all",
                                    "protocols": ["Any"],
                                    "source_addresses": ["*"],
                                    "destination_addresses": ["*"],
                                    "destination_ports": ["*"],
                                }
                            ],
                        }
                    ],
                },
                **FW_REFS,
            ),
            extra("azurerm_firewall_policy.main", FW_POLICY),
            FW_POLICY_USER,
        ],
        [
            new(
                "azurerm_firewall_policy_rule_collection_group.x",
                {
                    "name": "x",
                    "firewall_policy_id": FW_POLICY["id"],
                    "priority": 100,
                    "network_rule_collection": [
                        {
                            "name": "deny",
                            "action": "Deny",
                            "priority": 100,
                            "rule": [
                                {
                                    "name": "unused",
                                    "protocols": ["Any"],
                                    "source_addresses": ["*"],
                                    "destination_addresses": ["192.0.2.0/24"],
                                    "destination_ports": ["*"],
                                }
                            ],
                        }
                    ],
                },
                **FW_REFS,
            ),
            extra("azurerm_firewall_policy.main", FW_POLICY),
            FW_POLICY_USER,
        ],
    ),
    (
        "the tunnel's shared key changes on one side",
        [edit("azurerm_virtual_network_gateway_connection.office", {"shared_key": "second"})],
        [edit("azurerm_virtual_network_gateway_connection.office", {"dpd_timeout_seconds": 30})],
    ),
    (
        "the tunnel speaks another cipher",
        [
            edit(
                "azurerm_virtual_network_gateway_connection.office",
                {"ipsec_policy.0.dh_group": "DHGroup24"},
            )
        ],
        [edit("azurerm_virtual_network_gateway_connection.office", {"tags": {"owner": "net"}})],
    ),
    (
        "office addresses are no longer sent through the tunnel",
        [edit("azurerm_local_network_gateway.office", {"address_space": ["10.50.0.0/16"]})],
        [
            edit(
                "azurerm_local_network_gateway.office",
                {"address_space": ["10.50.0.0/16", "10.51.0.0/16", "10.52.0.0/16"]},
            )
        ],
    ),
    (
        "the other end of the tunnel is another address",
        [edit("azurerm_local_network_gateway.office", {"gateway_address": "198.51.100.99"})],
        [
            new(
                "azurerm_local_network_gateway.second",
                IN | {"name": "second", "gateway_address": "198.51.100.2",
                      "address_space": ["10.70.0.0/16"]},
            )
        ],
    ),
    (
        "the gateway runs on one leg",
        [edit("azurerm_virtual_network_gateway.vpn", {"active_active": False})],
        [edit("azurerm_virtual_network_gateway.vpn", {"tags": {"owner": "net"}})],
    ),
]  # fmt: skip

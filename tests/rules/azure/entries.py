"""Entry points, names and gateways. Each dangerous change stands beside a harmless one."""

from __future__ import annotations

from typing import Final

from tests.rules.azure.objects import (
    API,
    APIM_POLICY,
    PE,
    PE_REFS,
    WAF,
    Case,
)
from tests.rules.azure.world import (
    AFD,
    NET,
    VNET,
    edit,
    gone,
    new,
    rebuilt,
)

ENTRIES: Final[list[Case]] = [
    (
        "the probe asks another port",
        [edit("azurerm_lb_probe.app", {"port": 8081})],
        [edit("azurerm_lb_probe.app", {"interval_in_seconds": 15})],
    ),
    (
        "the probe asks another path",
        [edit("azurerm_lb_probe.app", {"request_path": "/status"})],
        [edit("azurerm_lb_rule.app", {"idle_timeout_in_minutes": 10})],
    ),
    (
        "the balancer sends to another port",
        [edit("azurerm_lb_rule.app", {"backend_port": 9090})],
        [
            new(
                "azurerm_lb_rule.metrics",
                {"name": "metrics", "frontend_port": 9100, "backend_port": 9100,
                 "protocol": "Tcp", "loadbalancer_id": f"{NET}/loadBalancers/lb-orders"},
                loadbalancer_id=["azurerm_lb.internal.id"],
            )
        ],
    ),
    (
        "the machine leaves the pool",
        [gone("azurerm_network_interface_backend_address_pool_association.app")],
        [
            new(
                "azurerm_network_interface_backend_address_pool_association.two",
                {"ip_configuration_name": "ipconfig",
                 "network_interface_id": f"{NET}/networkInterfaces/nic-two"},
                backend_address_pool_id=["azurerm_lb_backend_address_pool.app.id"],
            )
        ],
    ),
    (
        "the gateway listens for another name",
        [edit("azurerm_application_gateway.main", {"http_listener.0.host_name": "new.shop"})],
        [
            edit(
                "azurerm_application_gateway.main",
                {"autoscale_configuration.0.max_capacity": 20},
            )
        ],
    ),
    (
        "the gateway's pool loses its machines",
        [edit("azurerm_application_gateway.main", {"backend_address_pool.0.ip_addresses": []})],
        [
            edit(
                "azurerm_application_gateway.main",
                {
                    "backend_address_pool.0.ip_addresses": [
                        "10.10.1.10", "10.10.1.11", "10.10.1.12"
                    ]
                },
            )
        ],
    ),
    (
        "the gateway sends to another port",
        [edit("azurerm_application_gateway.main", {"backend_http_settings.0.port": 9090})],
        [edit("azurerm_application_gateway.main", {"probe.0.interval": 15})],
    ),
    (
        "the gateway's probe asks what is not there",
        [edit("azurerm_application_gateway.main", {"probe.0.path": "/new-health"})],
        [
            edit(
                "azurerm_application_gateway.main",
                {"tags": {"environment": "production", "team": "shop"}},
            )
        ],
    ),
    (
        "the gateway's filter only watches",
        [
            edit(
                "azurerm_application_gateway.main",
                {"waf_configuration.0.firewall_mode": "Detection"},
            )
        ],
        [
            edit(
                "azurerm_application_gateway.main",
                {"autoscale_configuration.0.min_capacity": 3},
            )
        ],
    ),
    (
        "the filter's policy only watches",
        [
            edit(
                "azurerm_web_application_firewall_policy.main",
                {"policy_settings.0.mode": "Detection"},
                **WAF,
            )
        ],
        [
            edit(
                "azurerm_web_application_firewall_policy.main",
                {"policy_settings.0.file_upload_limit_in_mb": 200},
                **WAF,
            )
        ],
    ),
    (
        "the edge blocks everybody",
        [
            edit(
                "azurerm_cdn_frontdoor_firewall_policy.main",
                {
                    "custom_rule": [
                        {
                            "name": "BlockAll",
                            "enabled": True,
                            "action": "Block",
                            "type": "MatchRule",
                            "priority": 1,
                            "match_condition": [
                                {
                                    "match_variable": "RemoteAddr",
                                    "operator": "IPMatch",
                                    "negation_condition": False,
                                    "match_values": ["0.0.0.0/0", "::/0"],
                                }
                            ],
                        }
                    ]
                },
            )
        ],
        [
            edit(
                "azurerm_cdn_frontdoor_firewall_policy.main",
                {
                    "custom_rule": [
                        {
                            "name": "BlockScanner",
                            "enabled": True,
                            "action": "Block",
                            "type": "MatchRule",
                            "priority": 1,
                            "match_condition": [
                                {
                                    "match_variable": "RemoteAddr",
                                    "operator": "IPMatch",
                                    "negation_condition": False,
                                    "match_values": ["192.0.2.0/24"],
                                }
                            ],
                        }
                    ]
                },
            )
        ],
    ),
    (
        "the edge's filter only watches",
        [edit("azurerm_cdn_frontdoor_firewall_policy.main", {"mode": "Detection"})],
        [
            edit(
                "azurerm_cdn_frontdoor_firewall_policy.main",
                {"custom_block_response_status_code": (None, 429)},
            )
        ],
    ),
    (
        "the edge leads to the old origin",
        [
            edit(
                "azurerm_cdn_frontdoor_route.main",
                {"cdn_frontdoor_origin_group_id": f"{AFD}/originGroups/old"},
            )
        ],
        [
            edit(
                "azurerm_cdn_frontdoor_route.main",
                {
                    "cache": [
                        {
                            "query_string_caching_behavior": "IgnoreQueryString",
                            "compression_enabled": True,
                        }
                    ]
                },
            )
        ],
    ),
    (
        "the edge serves fewer paths",
        [edit("azurerm_cdn_frontdoor_route.main", {"patterns_to_match": ["/api/*"]})],
        [edit("azurerm_cdn_frontdoor_route.main", {"patterns_to_match": ["/*", "/static/*"]})],
    ),
    (
        "the edge speaks plainly with the origin",
        [edit("azurerm_cdn_frontdoor_route.main", {"forwarding_protocol": "HttpOnly"})],
        [
            edit(
                "azurerm_cdn_frontdoor_origin_group.app",
                {"health_probe.0.interval_in_seconds": 30},
            )
        ],
    ),
    (
        "the edge asks another origin",
        [edit("azurerm_cdn_frontdoor_origin.app", {"host_name": "app-new.azurewebsites.net"})],
        [
            new(
                "azurerm_cdn_frontdoor_origin.second",
                {"name": "second", "host_name": "app-dr.azurewebsites.net", "enabled": True,
                 "priority": 2, "weight": 500,
                 "cdn_frontdoor_origin_group_id": f"{AFD}/originGroups/app"},
                cdn_frontdoor_origin_group_id=["azurerm_cdn_frontdoor_origin_group.app.id"],
            )
        ],
    ),
    (
        "the edge loses its filter",
        [gone("azurerm_cdn_frontdoor_security_policy.main")],
        [gone("azurerm_cdn_frontdoor_origin_group.old")],
    ),
    (
        "the gateway's name changes",
        [edit("azurerm_public_ip.gateway", {"domain_name_label": "orders2"})],
        [edit("azurerm_public_ip.gateway", {"idle_timeout_in_minutes": 10})],
    ),
    (
        "the entry's address goes, the admins' address is renewed",
        [rebuilt("azurerm_public_ip.gateway", {"name": "pip-agw2"})],
        [
            rebuilt("azurerm_public_ip.bastion", {"name": "pip-bastion2"}),
            rebuilt(
                "azurerm_bastion_host.main",
                {"ip_configuration.0.public_ip_address_id": f"{NET}/publicIPAddresses/pip2"},
            ),
        ],
    ),
    (
        "the network no longer resolves the database",
        [gone("azurerm_private_dns_zone_virtual_network_link.postgres")],
        [
            new(
                "azurerm_private_dns_zone_virtual_network_link.lab",
                {"name": "lab", "private_dns_zone_name": "orders.postgres.database.azure.com",
                 "virtual_network_id": f"{VNET}-lab"},
                private_dns_zone_name=["azurerm_private_dns_zone.postgres.name"],
            )
        ],
    ),
    (
        "the shop's name points elsewhere",
        [edit("azurerm_dns_a_record.shop", {"records": ["203.0.113.99"]})],
        [edit("azurerm_dns_a_record.shop", {"ttl": 60})],
    ),
    (
        "a private record goes",
        [
            gone(
                "azurerm_private_dns_a_record.api",
                id="r", name="api", zone_name="corp.internal", records=["10.10.1.10"], ttl=300,
            )
        ],
        [
            gone(
                "azurerm_dns_txt_record.acme",
                id="r", name="_acme-challenge.shop", zone_name="example.com",
                record=[{"value": "token"}], ttl=60,
            )
        ],
    ),
    (
        "the private way to storage goes",
        [gone("azurerm_private_endpoint.blob", **PE)],
        [
            new(
                "azurerm_private_endpoint.blob",
                {k: v for k, v in PE.items() if k != "id"},
                **PE_REFS,
            )
        ],
    ),
    (
        "the private endpoint's name is no longer kept",
        [edit("azurerm_private_endpoint.blob", {"private_dns_zone_group": []}, PE_REFS, **PE)],
        [edit("azurerm_private_endpoint.blob", {"tags": {"team": "net"}}, PE_REFS, **PE)],
    ),
    (
        "the shop's name is unbound from the app",
        [gone("azurerm_app_service_custom_hostname_binding.shop")],
        [
            new(
                "azurerm_app_service_custom_hostname_binding.promo",
                {"hostname": "promo.example.com", "app_service_name": "app-orders"},
                app_service_name=["azurerm_linux_web_app.shop.name"],
            )
        ],
    ),
    (
        "the traffic manager sends nobody there",
        [
            edit(
                "azurerm_traffic_manager_azure_endpoint.eu",
                {"enabled": False},
                {"target_resource_id": ["azurerm_public_ip.gateway.id"]},
                id="tm-e", name="eu", enabled=True, weight=100, profile_id="tm",
            )
        ],
        [
            new(
                "azurerm_traffic_manager_azure_endpoint.us",
                {"name": "us", "enabled": True, "weight": 1, "profile_id": "tm"},
            )
        ],
    ),
    (
        "the api asks another backend",
        [
            edit(
                "azurerm_api_management_api.orders",
                {"service_url": "https://orders-v2.internal"},
                **API,
            )
        ],
        [edit("azurerm_api_management_api.orders", {"description": "Orders"}, **API)],
    ),
    (
        "the api has another path",
        [edit("azurerm_api_management_api.orders", {"path": "v2/orders"}, **API)],
        [
            new(
                "azurerm_api_management_api.new",
                {k: v for k, v in API.items() if k != "id"}
                | {"name": "returns", "path": "returns"},
            )
        ],
    ),
    (
        "the api may be called without a key",
        [edit("azurerm_api_management_api.orders", {"subscription_required": False}, **API)],
        [edit("azurerm_api_management_api.orders", {"display_name": ("a", "b")}, **API)],
    ),
    (
        "the api no longer checks tokens",
        [
            edit(
                "azurerm_api_management_api_policy.orders",
                {
                    "xml_content": "<policies><inbound><base/>"
                    "<rate-limit calls='100' renewal-period='60'/></inbound></policies>"
                },
                **APIM_POLICY,
            )
        ],
        [
            edit(
                "azurerm_api_management_api_policy.orders",
                {
                    "xml_content": "<policies>\n  <inbound>\n    <base/>\n"
                    "<validate-jwt header-name='Authorization'/>\n"
                    "    <rate-limit calls='200' renewal-period='60'/>\n  </inbound></policies>"
                },
                **APIM_POLICY,
            )
        ],
    ),
]  # fmt: skip

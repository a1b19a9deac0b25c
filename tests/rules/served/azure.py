"""Azure: filters, keys and roles that nobody in the plan needs."""

from __future__ import annotations

from typing import Any, Final

from tests.plans import Json, create, delete, tweak
from tests.rules.served.worlds import pair, stay

SUB: Final = "/subscriptions/33333333-aaaa-bbbb-cccc-000000000000"
RG: Final = f"{SUB}/resourceGroups/rg-care-prod"
P: Final = f"{RG}/providers"
VNET: Final = f"{P}/Microsoft.Network/virtualNetworks/vnet-care"
IN: Final[Json] = {"resource_group_name": "rg-care-prod", "location": "northeurope"}
WHO: Final = "0d0d0d0d-1111-2222-3333-444444444444"
ID: Final = f"{P}/Microsoft.ManagedIdentity/userAssignedIdentities/id-care"


def subnet(name: str, prefix: str, *endpoints: str) -> Json:
    return stay(
        f"azurerm_subnet.{name}",
        id=f"{VNET}/subnets/snet-{name}",
        name=f"snet-{name}",
        address_prefixes=[prefix],
        virtual_network_name="vnet-care",
        service_endpoints=list(endpoints),
        resource_group_name="rg-care-prod",
    )


def web(
    name: str, settings: Json, subnet_of: str | None = None, kind: str = "linux_web_app"
) -> Json:
    return stay(
        f"azurerm_{kind}.{name}",
        **IN,
        id=f"{P}/Microsoft.Web/sites/app-care-{name}",
        name=f"app-care-{name}",
        default_hostname=f"app-care-{name}.azurewebsites.net",
        app_settings=settings,
        identity=[{"type": "UserAssigned", "identity_ids": [ID], "principal_id": WHO}],
        virtual_network_subnet_id=f"{VNET}/subnets/snet-{subnet_of}" if subnet_of else None,
        site_config=[{"vnet_route_all_enabled": bool(subnet_of), "ip_restriction": []}],
        connection_string=[],
    )


IDENTITY: Final = stay(
    "azurerm_user_assigned_identity.care",
    **IN,
    id=ID,
    name="id-care",
    principal_id=WHO,
    client_id="9c9c9c9c-1111-2222-3333-444444444444",
)


def role(name: str, scope: str, who: str = WHO) -> Json:
    return {
        "id": f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}",
        "scope": scope,
        "role_definition_name": name,
        "principal_id": who,
        "principal_type": "ServicePrincipal",
    }


# Network security groups

_NSG: Final = f"{P}/Microsoft.Network/networkSecurityGroups/nsg-api"


def nsg(name: str, priority: int, access: str, *ports: str, **more: Any) -> Json:
    return {
        "id": f"{_NSG}/securityRules/{name}",
        "name": name,
        "network_security_group_name": "nsg-api",
        "resource_group_name": "rg-care-prod",
        "priority": priority,
        "direction": "Inbound",
        "access": access,
        "protocol": "Tcp",
        "source_port_range": "*",
        "source_address_prefix": "10.60.0.0/16",
        "source_address_prefixes": [],
        "destination_port_range": ports[0] if len(ports) == 1 else None,
        "destination_port_ranges": list(ports) if len(ports) > 1 else [],
        "destination_address_prefix": "*",
        "destination_address_prefixes": [],
        **more,
    }


def made(address: str, after: Json) -> Json:
    return create(address, {at: value for at, value in after.items() if at != "id"})


GUARDED: Final = (
    subnet("api", "10.60.1.0/24"),
    stay("azurerm_network_security_group.api", **IN, id=_NSG, name="nsg-api", security_rule=[]),
    stay(
        "azurerm_subnet_network_security_group_association.api",
        id=f"{VNET}/subnets/snet-api",
        subnet_id=f"{VNET}/subnets/snet-api",
        network_security_group_id=_NSG,
    ),
    stay(
        "azurerm_linux_virtual_machine_scale_set.api",
        **IN,
        id=f"{P}/Microsoft.Compute/virtualMachineScaleSets/vmss-api",
        name="vmss-api",
        instances=6,
        network_interface=[
            {"ip_configuration": [{"subnet_id": f"{VNET}/subnets/snet-api", "primary": True}]}
        ],
    ),
    stay("azurerm_network_security_rule.api", **nsg("api", 300, "Allow", "8443")),
)
NSG_USES: Final = {
    f"azurerm_network_security_rule.{name}": {
        "network_security_group_name": ["azurerm_network_security_group.api.name"]
    }
    for name in ("api", "lab", "no_lab", "deny", "out")
} | {
    "azurerm_subnet_network_security_group_association.api": {
        "subnet_id": ["azurerm_subnet.api.id"],
        "network_security_group_id": ["azurerm_network_security_group.api.id"],
    },
    "azurerm_linux_virtual_machine_scale_set.api": {"network_interface": ["azurerm_subnet.api.id"]},
}
_LAB: Final[Json] = {"source_address_prefix": "10.60.40.0/24"}
_OUT: Final[Json] = {
    "direction": "Outbound",
    "source_address_prefix": "*",
    "destination_address_prefix": "*",
}

NETWORK: Final = [
    pair(
        "an allow that decides goes / an allow behind a deny of the same goes",
        delete("azurerm_network_security_rule.lab", nsg("lab", 310, "Allow", "5000-5100", **_LAB)),
        delete("azurerm_network_security_rule.lab", nsg("lab", 410, "Allow", "5000-5100", **_LAB)),
        *GUARDED,
        stay(
            "azurerm_network_security_rule.no_lab",
            **nsg("no-lab", 400, "Deny", "5000-5999", source_address_prefix="10.60.32.0/19"),
        ),
        uses=NSG_USES,
    ),
    pair(
        "the whole network is denied first / ports of file shares are",
        made("azurerm_network_security_rule.deny", nsg("deny", 150, "Deny", "1024-65535")),
        made("azurerm_network_security_rule.deny", nsg("deny", 150, "Deny", "139", "445")),
        *GUARDED,
        uses=NSG_USES,
    ),
    pair(
        "machines may no longer reach their database's port / mail servers",
        made("azurerm_network_security_rule.out", nsg("out", 200, "Deny", "5432", **_OUT)),
        made("azurerm_network_security_rule.out", nsg("out", 200, "Deny", "25", **_OUT)),
        *GUARDED,
        stay(
            "azurerm_postgresql_flexible_server.care",
            **IN,
            id=f"{P}/Microsoft.DBforPostgreSQL/flexibleServers/pg-care",
            name="pg-care",
            fqdn="pg-care.postgres.database.azure.com",
        ),
        uses=NSG_USES
        | {
            "azurerm_linux_virtual_machine_scale_set.api": {
                "network_interface": ["azurerm_subnet.api.id"],
                "custom_data": ["azurerm_postgresql_flexible_server.care.fqdn"],
            }
        },
    ),
]

# Lists of those who may come in

STORE: Final = f"{P}/Microsoft.Storage/storageAccounts/stcaredocs"
STORE_IS: Final[Json] = {
    **IN,
    "id": STORE,
    "name": "stcaredocs",
    "primary_blob_endpoint": "https://stcaredocs.blob.core.windows.net/",
    "shared_access_key_enabled": False,
    "public_network_access_enabled": True,
    "network_rules": [
        {"default_action": "Allow", "bypass": ["AzureServices"], "ip_rules": [],
         "virtual_network_subnet_ids": []}
    ],
}  # fmt: skip


def store_closed(*subnets: str) -> Json:
    rules = {
        "default_action": "Deny",
        "bypass": ["AzureServices"],
        "ip_rules": [],
        "virtual_network_subnet_ids": [f"{VNET}/subnets/snet-{name}" for name in subnets],
    }
    return tweak("azurerm_storage_account.docs", STORE_IS, network_rules=[rules])


DOCS_URL: Final = {"DOCS_URL": "https://stcaredocs.blob.core.windows.net/"}
_DOCS_USES: Final = {
    "azurerm_linux_web_app.portal": {
        "app_settings": ["azurerm_storage_account.docs.primary_blob_endpoint"],
        "virtual_network_subnet_id": ["azurerm_subnet.web.id"],
        "identity": ["azurerm_user_assigned_identity.care.id"],
    },
    "azurerm_role_assignment.docs": {
        "scope": ["azurerm_storage_account.docs.id"],
        "principal_id": ["azurerm_user_assigned_identity.care.principal_id"],
    },
}
COSMOS: Final = f"{P}/Microsoft.DocumentDB/databaseAccounts/cosmos-care"


def cosmos(**more: Any) -> Json:
    return {
        **IN,
        "id": COSMOS,
        "name": "cosmos-care",
        "endpoint": "https://cosmos-care.documents.azure.com:443/",
        "is_virtual_network_filter_enabled": False,
        "virtual_network_rule": [],
        "ip_range_filter": [],
        "public_network_access_enabled": True,
        "local_authentication_disabled": False,
        **more,
    }


def cosmos_filter(*subnets: str) -> Json:
    return tweak(
        "azurerm_cosmosdb_account.care",
        cosmos(),
        is_virtual_network_filter_enabled=True,
        virtual_network_rule=[
            {"id": f"{VNET}/subnets/snet-{name}", "ignore_missing_vnet_service_endpoint": False}
            for name in subnets
        ],
    )


def postgres(public: bool) -> Json:
    return stay(
        "azurerm_postgresql_flexible_server.care",
        **IN,
        id=f"{P}/Microsoft.DBforPostgreSQL/flexibleServers/pg-care",
        name="pg-care",
        public_network_access_enabled=public,
        delegated_subnet_id=None if public else f"{VNET}/subnets/snet-pg",
    )


_REGISTRY: Final[Json] = {
    **IN,
    "id": f"{P}/Microsoft.ContainerRegistry/registries/acrcare",
    "name": "acrcare",
    "sku": "Premium",
    "login_server": "acrcare.azurecr.io",
    "public_network_access_enabled": True,
}
_AKS: Final = stay(
    "azurerm_kubernetes_cluster.care",
    **IN,
    id=f"{P}/Microsoft.ContainerService/managedClusters/aks-care",
    name="aks-care",
    default_node_pool=[{"name": "sys", "vnet_subnet_id": f"{VNET}/subnets/snet-aks"}],
    kubelet_identity=[{"object_id": WHO}],
)
_ENDPOINT: Final = (
    stay(
        "azurerm_private_endpoint.registry",
        **IN,
        id=f"{P}/Microsoft.Network/privateEndpoints/pe-acr",
        name="pe-acr",
        subnet_id=f"{VNET}/subnets/snet-pe",
        private_service_connection=[
            {
                "name": "acr",
                "private_connection_resource_id": _REGISTRY["id"],
                "subresource_names": ["registry"],
                "is_manual_connection": False,
            }
        ],
        private_dns_zone_group=[{"name": "acr", "private_dns_zone_ids": [f"{P}/zone/acr"]}],
    ),
    stay(
        "azurerm_private_dns_zone.acr",
        id=f"{P}/zone/acr",
        name="privatelink.azurecr.io",
        resource_group_name="rg-care-prod",
    ),
    stay(
        "azurerm_private_dns_zone_virtual_network_link.acr",
        name="acr",
        private_dns_zone_name="privatelink.azurecr.io",
        virtual_network_id=VNET,
    ),
)

LISTS: Final = [
    pair(
        "a store denies all but another subnet / all but its user's subnet",
        store_closed("agents"),
        store_closed("agents", "web"),
        subnet("web", "10.60.2.0/24", "Microsoft.Storage"),
        subnet("agents", "10.60.3.0/24", "Microsoft.Storage"),
        web("portal", DOCS_URL, "web"),
        IDENTITY,
        stay("azurerm_role_assignment.docs", **role("Storage Blob Data Contributor", STORE)),
        uses=_DOCS_USES,
    ),
    pair(
        "a database is for one subnet, its user has none / has it",
        [
            cosmos_filter("web"),
            web("portal", {"COSMOS": "https://cosmos-care.documents.azure.com:443/"}),
        ],
        [
            cosmos_filter("web"),
            web("portal", {"COSMOS": "https://cosmos-care.documents.azure.com:443/"}, "web"),
        ],
        subnet("web", "10.60.2.0/24", "Microsoft.AzureCosmosDB"),
        uses={
            "azurerm_linux_web_app.portal": {
                "app_settings": ["azurerm_cosmosdb_account.care.endpoint"]
            },
        },
        twin_uses={
            "azurerm_linux_web_app.portal": {
                "app_settings": ["azurerm_cosmosdb_account.care.endpoint"],
                "virtual_network_subnet_id": ["azurerm_subnet.web.id"],
            },
        },
    ),
    pair(
        "an address may no longer come to a public server / to one without a public side",
        [
            delete(
                "azurerm_postgresql_flexible_server_firewall_rule.lab",
                {
                    "name": "lab",
                    "server_id": f"{P}/Microsoft.DBforPostgreSQL/flexibleServers/pg-care",
                    "start_ip_address": "198.51.100.7",
                    "end_ip_address": "198.51.100.7",
                },
            ),
            postgres(public=True),
        ],
        [
            delete(
                "azurerm_postgresql_flexible_server_firewall_rule.lab",
                {
                    "name": "lab",
                    "server_id": f"{P}/Microsoft.DBforPostgreSQL/flexibleServers/pg-care",
                    "start_ip_address": "198.51.100.7",
                    "end_ip_address": "198.51.100.7",
                },
            ),
            postgres(public=False),
        ],
        web("portal", {"PGHOST": "pg-care.postgres.database.azure.com"}, "web"),
        subnet("web", "10.60.2.0/24"),
        uses={
            "azurerm_postgresql_flexible_server_firewall_rule.lab": {
                "server_id": ["azurerm_postgresql_flexible_server.care.id"]
            },
            "azurerm_linux_web_app.portal": {
                "app_settings": ["azurerm_postgresql_flexible_server.care.fqdn"],
                "virtual_network_subnet_id": ["azurerm_subnet.web.id"],
            },
        },
    ),
    pair(
        "a registry is private, without a way for the cluster / with an endpoint beside it",
        tweak("azurerm_container_registry.care", _REGISTRY, public_network_access_enabled=False),
        [
            tweak(
                "azurerm_container_registry.care", _REGISTRY, public_network_access_enabled=False
            ),
            *_ENDPOINT,
        ],
        subnet("aks", "10.60.16.0/20"),
        subnet("pe", "10.60.5.0/26"),
        _AKS,
        stay("azurerm_role_assignment.pull", **role("AcrPull", str(_REGISTRY["id"]))),
        uses={
            "azurerm_role_assignment.pull": {
                "scope": ["azurerm_container_registry.care.id"],
                "principal_id": ["azurerm_kubernetes_cluster.care.kubelet_identity"],
            },
            "azurerm_kubernetes_cluster.care": {"default_node_pool": ["azurerm_subnet.aks.id"]},
            "azurerm_private_endpoint.registry": {
                "subnet_id": ["azurerm_subnet.pe.id"],
                "private_service_connection": ["azurerm_container_registry.care.id"],
                "private_dns_zone_group": ["azurerm_private_dns_zone.acr.id"],
            },
            "azurerm_private_dns_zone_virtual_network_link.acr": {
                "private_dns_zone_name": ["azurerm_private_dns_zone.acr.name"]
            },
        },
    ),
    pair(
        "an app takes the front door alone while its own name is used / behind the front door",
        [
            tweak(
                "azurerm_linux_web_app.shop",
                web("shop", {})["change"]["before"],
                site_config=[
                    {
                        "vnet_route_all_enabled": False,
                        "ip_restriction_default_action": "Deny",
                        "ip_restriction": [
                            {"service_tag": "AzureFrontDoor.Backend", "action": "Allow",
                             "priority": 100, "name": "fd"}
                        ],
                    }
                ],
            ),
            stay(
                "azurerm_dns_cname_record.shop",
                name="shop",
                zone_name="care.example",
                record="app-care-shop.azurewebsites.net",
                ttl=300,
            ),
        ],
        [
            tweak(
                "azurerm_linux_web_app.shop",
                web("shop", {})["change"]["before"],
                site_config=[
                    {
                        "vnet_route_all_enabled": False,
                        "ip_restriction_default_action": "Deny",
                        "ip_restriction": [
                            {"service_tag": "AzureFrontDoor.Backend", "action": "Allow",
                             "priority": 100, "name": "fd"}
                        ],
                    }
                ],
            ),
            stay(
                "azurerm_dns_cname_record.shop",
                name="shop",
                zone_name="care.example",
                record="fde-care-a1b2.z01.azurefd.net",
                ttl=300,
            ),
            stay(
                "azurerm_cdn_frontdoor_endpoint.shop",
                name="fde-care",
                host_name="fde-care-a1b2.z01.azurefd.net",
                enabled=True,
            ),
            stay(
                "azurerm_cdn_frontdoor_origin.shop",
                name="shop",
                host_name="app-care-shop.azurewebsites.net",
                origin_host_header="app-care-shop.azurewebsites.net",
                enabled=True,
            ),
        ],
        uses={
            "azurerm_cdn_frontdoor_origin.shop": {
                "host_name": ["azurerm_linux_web_app.shop.default_hostname"]
            },
        },
        danger_uses={
            "azurerm_dns_cname_record.shop": {
                "record": ["azurerm_linux_web_app.shop.default_hostname"]
            },
        },
        twin_uses={
            "azurerm_dns_cname_record.shop": {
                "record": ["azurerm_cdn_frontdoor_endpoint.shop.host_name"]
            },
        },
    ),
]  # fmt: skip

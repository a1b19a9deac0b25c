"""Pairs for Google Cloud and Azure together, written before the tool was asked.

At first sight 14 of 20 dangers were held, and 2 of their harmless twins. Three pairs do not stand
here as they are open: old revisions that get all requests, keys of machines that are ignored from
then on, and a twin of which no plan shows that it is harmless. One was corrected: the provider
always fills in who may reach a vault.
"""

from __future__ import annotations

from typing import Any, Final

from tests.plans import Json, create, delete, tweak
from tests.rules.served.worlds import pair, stay, trap

_P: Final = "projects/nova"
_R: Final = "/subscriptions/s2/resourceGroups/rg-nova/providers"
_NET: Final = f"{_R}/Microsoft.Network"

# Google

_FIREWALL_NET: Final = stay(
    "google_compute_network.nova", id=f"{_P}/global/networks/nova", name="nova"
)
_POLICY: Final = stay("google_compute_network_firewall_policy.nova", id="fp", name="fp")
_ATTACHED: Final = stay(
    "google_compute_network_firewall_policy_association.nova",
    id="fpa",
    firewall_policy="fp",
    attachment_target=f"{_P}/global/networks/nova",
)


def _policy_rule(priority: int, action: str, port: str, account: str) -> Json:
    return {
        "firewall_policy": "fp",
        "priority": priority,
        "action": action,
        "direction": "INGRESS",
        "disabled": False,
        "target_service_accounts": [account],
        "match": [
            {
                "src_ip_ranges": ["10.0.0.0/8"],
                "layer4_configs": [{"ip_protocol": "tcp", "ports": [port]}],
            }
        ],
    }


_VM: Final = stay(
    "google_compute_instance.pay",
    id=f"{_P}/zones/z/instances/pay",
    name="pay",
    service_account=[{"email": "pay@nova.iam.gserviceaccount.com"}],
    network_interface=[{"network": f"{_P}/global/networks/nova"}],
)
_MAP: Final[Json] = {
    "id": f"{_P}/global/urlMaps/site",
    "name": "site",
    "default_service": f"{_P}/global/backendServices/site",
    "host_rule": [{"hosts": ["nova.example"], "path_matcher": "all"}],
    "path_matcher": [
        {
            "name": "all",
            "default_service": f"{_P}/global/backendServices/site",
            "route_rules": [
                {
                    "priority": 10,
                    "match_rules": [{"prefix_match": "/api"}],
                    "service": f"{_P}/global/backendServices/api",
                }
            ],
        }
    ],
}


def _routed(prefix: str) -> Json:
    matcher = _MAP["path_matcher"][0]
    rule = {
        "priority": 1,
        "match_rules": [{"prefix_match": prefix}],
        "service": f"{_P}/global/backendServices/next",
    }
    changed = {**matcher, "route_rules": [rule, *matcher["route_rules"]]}
    return tweak("google_compute_url_map.site", _MAP, path_matcher=[changed])


_SERVICE: Final[Json] = {
    "id": f"{_P}/locations/r/services/quotes",
    "name": "quotes",
    "uri": "https://quotes-xyz-ew.a.run.app",
    "ingress": "INGRESS_TRAFFIC_ALL",
    "template": [
        {
            "vpc_access": [{"connector": f"{_P}/locations/r/connectors/core"}],
            "containers": [{"image": "eu.gcr.io/nova/quotes:7", "env": []}],
        }
    ],
    "traffic": [
        {"type": "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", "percent": 100, "revision": "", "tag": ""}
    ],
}


_BACKEND: Final[Json] = {
    "id": f"{_P}/global/backendServices/admin",
    "name": "admin",
    "iap": [{"enabled": True, "oauth2_client_id": "c1"}],
    "custom_request_headers": [],
    "backend": [{"group": f"{_P}/regions/r/networkEndpointGroups/admin"}],
}
_DNS: Final[Json] = {
    "id": f"{_P}/policies/core",
    "name": "core",
    "enable_logging": False,
    "enable_inbound_forwarding": False,
    "alternative_name_server_config": [],
    "networks": [{"network_url": f"{_P}/global/networks/nova"}],
}


def _connector(name: str) -> Json:
    return {
        "id": f"{_P}/locations/r/connectors/{name}",
        "name": name,
        "network": "nova",
        "ip_cidr_range": "10.8.0.0/28",
    }


_TOPIC: Final[Json] = {
    "id": f"{_P}/topics/orders",
    "name": "orders",
    "schema_settings": [],
    "message_retention_duration": "86400s",
}


def _reads(member: str) -> Json:
    return {
        "id": f"b/nova-site/{member}",
        "bucket": "b/nova-site",
        "role": "roles/storage.objectViewer",
        "member": member,
    }


# Azure


def _app(name: str, **settings: str) -> Json:
    return stay(
        f"azurerm_linux_web_app.{name}",
        id=f"{_R}/Microsoft.Web/sites/{name}",
        name=f"app-{name}",
        default_hostname=f"app-{name}.azurewebsites.net",
        app_settings=settings,
        virtual_network_subnet_id=f"{_NET}/virtualNetworks/v/subnets/apps",
        enabled=True,
    )


def _endpoint(name: str, target: str) -> Json:
    return {
        "id": f"{_NET}/privateEndpoints/{name}",
        "name": name,
        "subnet_id": f"{_NET}/virtualNetworks/v/subnets/pe",
        "private_service_connection": [
            {"name": name, "private_connection_resource_id": target, "is_manual_connection": False}
        ],
    }


_SQL: Final = f"{_R}/Microsoft.Sql/servers/sql-nova"
_SERVER: Final = stay(
    "azurerm_mssql_server.nova",
    id=_SQL,
    name="sql-nova",
    fully_qualified_domain_name="sql-nova.database.windows.net",
    public_network_access_enabled=False,
)
_ZONE: Final = stay(
    "azurerm_private_dns_zone.vault",
    id=f"{_NET}/privateDnsZones/privatelink.vaultcore.azure.net",
    name="privatelink.vaultcore.azure.net",
)
_VAULT: Final[Json] = {
    "id": f"{_R}/Microsoft.KeyVault/vaults/kv-nova",
    "name": "kv-nova",
    "vault_uri": "https://kv-nova.vault.azure.net/",
    "network_acls": [
        {
            "default_action": "Allow",
            "bypass": "AzureServices",
            "ip_rules": [],
            "virtual_network_subnet_ids": [],
        }
    ],
    "public_network_access_enabled": True,
    "tags": {},
}
_APPS: Final = stay(
    "azurerm_subnet.apps",
    id=f"{_NET}/virtualNetworks/v/subnets/apps",
    name="apps",
    address_prefixes=["10.70.1.0/24"],
    service_endpoints=["Microsoft.KeyVault"],
)


def _acls(*subnets: str) -> Json:
    ids = [f"{_NET}/virtualNetworks/v/subnets/{name}" for name in subnets]
    acls = {
        "default_action": "Deny",
        "bypass": "AzureServices",
        "ip_rules": [],
        "virtual_network_subnet_ids": ids,
    }
    return tweak("azurerm_key_vault.nova", _VAULT, network_acls=[acls])


_LOCK: Final[Json] = {
    "id": f"{_SQL}/databases/orders/locks/keep",
    "name": "keep",
    "scope": f"{_SQL}/databases/orders",
    "lock_level": "CanNotDelete",
}
_ROLE: Final[Json] = {
    "id": "/roles/deploy",
    "role_definition_id": "/roles/deploy",
    "name": "Deploy",
    "permissions": [
        {
            "actions": [
                "Microsoft.Web/sites/publish/action",
                "Microsoft.Web/sites/restart/action",
            ],
            "not_actions": [],
        }
    ],
}


def _role(*actions: str) -> Json:
    return tweak(
        "azurerm_role_definition.deploy",
        _ROLE,
        permissions=[{"actions": list(actions), "not_actions": []}],
    )


_QUEUE: Final[Json] = {
    "id": f"{_R}/Microsoft.ServiceBus/namespaces/bus/queues/render",
    "name": "render",
    "lock_duration": "PT5M",
    "max_delivery_count": 10,
    "requires_session": False,
}
_OUTBOUND: Final[Json] = {
    "id": f"{_NET}/loadBalancers/lb/outboundRules/all",
    "name": "all",
    "loadbalancer_id": f"{_NET}/loadBalancers/lb",
    "protocol": "All",
    "allocated_outbound_ports": 1024,
    "backend_address_pool_id": f"{_NET}/loadBalancers/lb/backendAddressPools/web",
}
_SCALE_SET: Final = stay(
    "azurerm_linux_virtual_machine_scale_set.web",
    id=f"{_R}/Microsoft.Compute/virtualMachineScaleSets/web",
    name="web",
    instances=4,
    network_interface=[
        {
            "name": "n",
            "ip_configuration": [
                {
                    "name": "c",
                    "subnet_id": f"{_NET}/virtualNetworks/v/subnets/apps",
                    "load_balancer_backend_address_pool_ids": [
                        f"{_NET}/loadBalancers/lb/backendAddressPools/web"
                    ],
                }
            ],
        }
    ],
)
_OUT_USES: Final = {
    "azurerm_lb_outbound_rule.all": {
        "loadbalancer_id": ["azurerm_lb.lb.id"],
        "backend_address_pool_id": ["azurerm_lb_backend_address_pool.web.id"],
    },
    "azurerm_linux_virtual_machine_scale_set.web": {
        "network_interface": ["azurerm_subnet.apps.id", "azurerm_lb_backend_address_pool.web.id"]
    },
    "azurerm_subnet_nat_gateway_association.apps": {
        "subnet_id": ["azurerm_subnet.apps.id"],
        "nat_gateway_id": ["azurerm_nat_gateway.out.id"],
    },
}
_NAT: Final[Json] = {
    "id": f"{_NET}/virtualNetworks/v/subnets/apps",
    "subnet_id": f"{_NET}/virtualNetworks/v/subnets/apps",
    "nat_gateway_id": f"{_NET}/natGateways/out",
}
_GATEWAY: Final = stay("azurerm_nat_gateway.out", id=f"{_NET}/natGateways/out", name="out")


def _linked(*records: str) -> list[Json]:
    made = [
        create(
            f"azurerm_private_dns_a_record.{name}",
            {
                "name": name,
                "zone_name": "privatelink.vaultcore.azure.net",
                "ttl": 300,
                "records": ["10.70.9.4"],
            },
        )
        for name in records
    ]
    link = create(
        "azurerm_private_dns_zone_virtual_network_link.apps",
        {
            "name": "apps",
            "private_dns_zone_name": "privatelink.vaultcore.azure.net",
            "virtual_network_id": f"{_NET}/virtualNetworks/v",
            "registration_enabled": False,
        },
    )
    return [link, *made]


def _tweak_app(**changed: Any) -> Json:
    before = _app("shop", VAULT="https://kv-nova.vault.azure.net/")["change"]["before"]
    return tweak("azurerm_linux_web_app.shop", before, **changed)


CLOUDS_IN_PLACE: Final = [
    pair(
        "a policy denies a port first that it lets in / for an account nobody runs as",
        create(
            "google_compute_network_firewall_policy_rule.shut",
            _policy_rule(100, "deny", "8443", "pay@nova.iam.gserviceaccount.com"),
        ),
        create(
            "google_compute_network_firewall_policy_rule.shut",
            _policy_rule(100, "deny", "8443", "next@nova.iam.gserviceaccount.com"),
        ),
        _FIREWALL_NET,
        _POLICY,
        _ATTACHED,
        _VM,
        stay(
            "google_compute_network_firewall_policy_rule.open",
            **_policy_rule(1000, "allow", "8443", "pay@nova.iam.gserviceaccount.com"),
        ),
    ),
    pair(
        "a route comes first that takes all paths / a new path",
        _routed("/"),
        _routed("/preview-2027"),
    ),
    pair(
        "nobody has to sign in for the administration / a header is sent along",
        tweak("google_compute_backend_service.admin", _BACKEND, iap=[]),
        tweak(
            "google_compute_backend_service.admin",
            _BACKEND,
            custom_request_headers=["X-Client-Region:{client_region}"],
        ),
    ),
    pair(
        "all names of a network are asked elsewhere / questions are logged",
        tweak(
            "google_dns_policy.core",
            _DNS,
            alternative_name_server_config=[
                {"target_name_servers": [{"ipv4_address": "172.16.0.9"}]}
            ],
        ),
        tweak("google_dns_policy.core", _DNS, enable_logging=True),
        _FIREWALL_NET,
        _VM,
    ),
    pair(
        "the way of a service into its network goes / one that nothing takes",
        delete("google_vpc_access_connector.core", _connector("core")),
        delete("google_vpc_access_connector.spare", _connector("spare")),
        stay("google_vpc_access_connector.core", **_connector("core")),
        stay("google_vpc_access_connector.spare", **_connector("spare")),
        stay("google_cloud_run_v2_service.quotes", **_SERVICE),
        uses={
            "google_cloud_run_v2_service.quotes": {
                "template": ["google_vpc_access_connector.core.id"]
            }
        },
    ),
    pair(
        "a topic takes messages of one form alone / keeps them longer",
        tweak(
            "google_pubsub_topic.orders",
            _TOPIC,
            schema_settings=[{"schema": f"{_P}/schemas/order", "encoding": "JSON"}],
        ),
        tweak("google_pubsub_topic.orders", _TOPIC, message_retention_duration="604800s"),
        stay("google_cloud_run_v2_service.quotes", **_SERVICE),
    ),
    pair(
        "a site's files are no longer public / testers no longer read them",
        delete("google_storage_bucket_iam_member.all", _reads("allUsers")),
        delete(
            "google_storage_bucket_iam_member.gone", _reads("deleted:user:a@nova.example?uid=2")
        ),
        stay("google_storage_bucket_iam_member.all", **_reads("allUsers")),
        stay(
            "google_storage_bucket_iam_member.gone", **_reads("deleted:user:a@nova.example?uid=2")
        ),
        stay("google_storage_bucket.site", id="nova-site", name="nova-site"),
        stay(
            "google_compute_backend_bucket.site",
            id=f"{_P}/global/backendBuckets/site",
            name="site",
            bucket_name="nova-site",
        ),
    ),
    pair(
        "the private way to a database goes / one to a store nobody uses",
        delete("azurerm_private_endpoint.sql", _endpoint("sql", _SQL)),
        tweak("azurerm_private_endpoint.sql", _endpoint("sql", _SQL), tags={"owner": "data"}),
        _SERVER,
        _app("shop", DB="sql-nova.database.windows.net"),
    ),
    pair(
        "a zone without the vault's name comes before public names / with it",
        _linked(),
        _linked("kv-nova"),
        _ZONE,
        stay("azurerm_key_vault.nova", **_VAULT),
        _app("shop", VAULT="https://kv-nova.vault.azure.net/"),
        stay("azurerm_virtual_network.v", id=f"{_NET}/virtualNetworks/v", name="v"),
        stay(
            "azurerm_private_endpoint.vault",
            **_endpoint("vault", f"{_R}/Microsoft.KeyVault/vaults/kv-nova"),
        ),
    ),
    pair(
        "a vault lets nobody in but one subnet / the subnet of its app",
        _acls("jobs"),
        _acls("apps"),
        _APPS,
        _app("shop", VAULT="https://kv-nova.vault.azure.net/"),
    ),
    pair(
        "a database may be deleted again / a second one may not",
        delete("azurerm_management_lock.keep", _LOCK),
        create(
            "azurerm_management_lock.more",
            {"name": "keep", "scope": f"{_SQL}/databases/books", "lock_level": "CanNotDelete"},
        ),
        _SERVER,
        stay("azurerm_management_lock.keep", **_LOCK),
    ),
    pair(
        "a role loses what builds do / gains",
        _role("Microsoft.Web/sites/restart/action"),
        _role(*_ROLE["permissions"][0]["actions"], "Microsoft.Web/sites/read"),
        stay(
            "azurerm_role_assignment.deploy",
            id="ra1",
            role_definition_id="/roles/deploy",
            principal_id="p9",
            scope=_R,
        ),
    ),
    pair(
        "a job of minutes is handed out twice / tried more often",
        tweak("azurerm_servicebus_queue.render", _QUEUE, lock_duration="PT30S"),
        tweak("azurerm_servicebus_queue.render", _QUEUE, max_delivery_count=20),
        _app("render", QUEUE="render"),
    ),
    pair(
        "machines lose their way out / have another one",
        delete("azurerm_lb_outbound_rule.all", _OUTBOUND),
        [
            delete("azurerm_lb_outbound_rule.all", _OUTBOUND),
            stay("azurerm_subnet_nat_gateway_association.apps", **_NAT),
            _GATEWAY,
        ],
        _APPS,
        _SCALE_SET,
        stay("azurerm_lb.lb", id=f"{_NET}/loadBalancers/lb", name="lb"),
        stay(
            "azurerm_lb_backend_address_pool.web",
            id=f"{_NET}/loadBalancers/lb/backendAddressPools/web",
            name="web",
        ),
        uses=_OUT_USES,
    ),
    pair(
        "a subnet loses its NAT gateway / one without machines",
        delete("azurerm_subnet_nat_gateway_association.apps", _NAT),
        tweak("azurerm_nat_gateway.out", _GATEWAY["change"]["before"], idle_timeout_in_minutes=20),
        _APPS,
        _SCALE_SET,
        _GATEWAY,
        uses=_OUT_USES,
    ),
    pair(
        "an app is switched off / gets a tag",
        _tweak_app(enabled=False),
        _tweak_app(tags={"owner": "shop"}),
        stay("azurerm_key_vault.nova", **_VAULT),
    ),
    pair(
        "an app leaves its network / answers over TLS alone",
        _tweak_app(virtual_network_subnet_id=None),
        _tweak_app(https_only=True),
        _APPS,
        _SERVER,
        stay("azurerm_private_endpoint.sql", **_endpoint("sql", _SQL)),
    ),
]

CLOUDS_IN_PLACE_TRAPS: Final = [
    trap(
        "the endpoint writes its name into another zone",
        *_linked(),
        _ZONE,
        stay("azurerm_key_vault.nova", **_VAULT),
        _app("shop", VAULT="https://kv-nova.vault.azure.net/"),
        stay(
            "azurerm_private_endpoint.vault",
            **_endpoint("vault", f"{_R}/Microsoft.KeyVault/vaults/kv-nova"),
            private_dns_zone_group=[
                {"name": "d", "private_dns_zone_ids": [f"{_NET}/privateDnsZones/internal.example"]}
            ],
        ),
    ),
    trap(
        "another rule of the balancer lends no address",
        delete("azurerm_lb_outbound_rule.all", _OUTBOUND),
        stay(
            "azurerm_lb_rule.web",
            id=f"{_NET}/loadBalancers/lb/loadBalancingRules/web",
            name="web",
            loadbalancer_id=f"{_NET}/loadBalancers/lb",
            disable_outbound_snat=True,
            backend_address_pool_ids=[f"{_NET}/loadBalancers/lb/backendAddressPools/web"],
        ),
        _APPS,
        _SCALE_SET,
        uses=_OUT_USES,
    ),
    trap(
        "the plan shows no program with a connector",
        delete("google_vpc_access_connector.spare", _connector("spare")),
        stay("google_vpc_access_connector.core", **_connector("core")),
    ),
]
"""Plans that only look harmless."""

"""Google Cloud and Azure: filters passed over, logins opened, ways closed, and what proves not."""

from __future__ import annotations

from typing import Final

from tests.plans import Json, create, delete, replace, tweak, update
from tests.rules.served.worlds import pair, stay, trap

# Filters in which the first rule decides

_ARMOR: Final = "google_compute_security_policy_rule"


def _armor(priority: int, action: str, says: str, *, ranges: list[str] | None = None) -> Json:
    match: Json = {"expr": [{"expression": says}]}
    if ranges:
        match = {"versioned_expr": "SRC_IPS_V1", "config": [{"src_ip_ranges": ranges}]}
    return {
        "id": f"projects/p/global/securityPolicies/front/priority/{priority}",
        "security_policy": "front",
        "priority": priority,
        "action": action,
        "preview": False,
        "match": [match],
    }


def _armor_stays(name: str, priority: int, action: str, says: str) -> Json:
    return stay(f"{_ARMOR}.{name}", **_armor(priority, action, says))


def _armor_new(priority: int, says: str, ranges: list[str] | None = None) -> Json:
    return create(f"{_ARMOR}.new", _armor(priority, "allow", says, ranges=ranges))


_FRONT: Final = stay(
    "google_compute_security_policy.front",
    id="projects/p/global/securityPolicies/front",
    name="front",
    rule=[],
)
_INJECTIONS: Final = _armor_stays("sqli", 700, "deny(403)", "evaluatePreconfiguredWaf('sqli-v33')")
_THROTTLED: Final = _armor_stays("login", 800, "throttle", "request.path.startsWith('/login')")
_LAST: Final = stay(f"{_ARMOR}.last", **_armor(2147483647, "deny(403)", "", ranges=["*"]))
_BACKEND: Final = stay(
    "google_compute_backend_service.web",
    id="projects/p/global/backendServices/web",
    name="web",
    security_policy="https://www.googleapis.com/compute/v1/projects/p/global/securityPolicies/front",
)
_GUARDED: Final = (_FRONT, _INJECTIONS, _THROTTLED, _LAST, _BACKEND)


def _azure_rule(priority: int, action: str, *conditions: Json) -> Json:
    return {
        "name": f"r{priority}",
        "priority": priority,
        "action": action,
        "enabled": True,
        "rule_type": "MatchRule",
        "match_conditions": list(conditions),
    }


def _if(variable: str, operator: str, *values: str, selector: str = "") -> Json:
    return {
        "match_variables": [{"variable_name": variable, "selector": selector}],
        "operator": operator,
        "match_values": list(values),
        "negation_condition": False,
    }


_GATEWAY_FILTER: Final[Json] = {
    "id": "/subscriptions/s/resourceGroups/r/providers/Microsoft.Network/wafs/w",
    "name": "w",
    "policy_settings": [{"enabled": True, "mode": "Prevention"}],
    "custom_rules": [_azure_rule(10, "Block", _if("RemoteAddr", "IPMatch", "203.0.113.9/32"))],
    "managed_rules": [{"managed_rule_set": [{"type": "OWASP", "version": "3.2"}]}],
}


def _gateway_filter(*added: Json) -> Json:
    rules = [*_GATEWAY_FILTER["custom_rules"], *added]
    return tweak("azurerm_web_application_firewall_policy.w", _GATEWAY_FILTER, custom_rules=rules)


_DOOR_FILTER: Final[Json] = {
    "id": "/subscriptions/s/resourceGroups/r/providers/Microsoft.Network/fd/w",
    "name": "fdw",
    "mode": "Prevention",
    "enabled": True,
    "custom_rule": [
        {
            "name": "slow",
            "priority": 50,
            "action": "Block",
            "type": "RateLimitRule",
            "enabled": True,
            "match_condition": [
                {"match_variable": "RequestUri", "operator": "Any", "match_values": []}
            ],
        }
    ],
    "managed_rule": [],
}


def _door_filter(priority: int, *conditions: Json) -> Json:
    added = {"name": "pass", "priority": priority, "action": "Allow", "type": "MatchRule"}
    rules = [*_DOOR_FILTER["custom_rule"], {**added, "match_condition": list(conditions)}]
    return tweak("azurerm_cdn_frontdoor_firewall_policy.w", _DOOR_FILTER, custom_rule=rules)


_GEO: Final[Json] = {
    "match_variable": "SocketAddr", "operator": "GeoMatch", "match_values": ["NO"],
}  # fmt: skip
_ZONE_RULES: Final[Json] = {
    "id": "rs1",
    "zone_id": "z1",
    "kind": "zone",
    "phase": "http_request_firewall_custom",
    "rules": [
        {"ref": "bad", "action": "block", "enabled": True, "expression": "(cf.threat_score gt 20)"}
    ],
}


def _skips(expression: str, *, first: bool = True) -> Json:
    new = {
        "ref": "pass",
        "action": "skip",
        "enabled": True,
        "expression": expression,
        "action_parameters": [{"ruleset": "current"}],
    }
    old = _ZONE_RULES["rules"]
    rules = [new, *old] if first else [*old, new]
    return tweak("cloudflare_ruleset.custom", _ZONE_RULES, rules=rules)


# Federated logins

_POOL: Final = "projects/7/locations/global/workloadIdentityPools/builds"
_PROVIDER: Final[Json] = {
    "id": f"{_POOL}/providers/gh",
    "workload_identity_pool_id": "builds",
    "workload_identity_pool_provider_id": "gh",
    "attribute_mapping": {
        "google.subject": "assertion.sub",
        "attribute.repository": "assertion.repository",
        "attribute.ref": "assertion.ref",
    },
    "attribute_condition": "assertion.repository_owner_id == '99'",
    "oidc": [{"issuer_uri": "https://token.actions.githubusercontent.com"}],
}


def _condition(text: str) -> Json:
    address = "google_iam_workload_identity_pool_provider.gh"
    return tweak(address, _PROVIDER, attribute_condition=text)


def _bound(who: str) -> Json:
    return stay(
        "google_service_account_iam_member.ship",
        id=f"ship/{who}",
        service_account_id="projects/p/serviceAccounts/ship@p.iam.gserviceaccount.com",
        role="roles/iam.workloadIdentityUser",
        member=f"principalSet://iam.googleapis.com/{_POOL}/{who}",
    )


_SHIP: Final = stay(
    "google_service_account.ship",
    id="projects/p/serviceAccounts/ship@p.iam.gserviceaccount.com",
    name="projects/p/serviceAccounts/ship@p.iam.gserviceaccount.com",
    email="ship@p.iam.gserviceaccount.com",
)
_ALL_OF_POOL: Final = _bound("*")

# Ways through a firewall

_NET: Final = "/subscriptions/s/resourceGroups/r/providers/Microsoft.Network"


def _subnet(name: str, prefix: str) -> Json:
    return stay(
        f"azurerm_subnet.{name}",
        id=f"{_NET}/virtualNetworks/v/subnets/{name}",
        name=name,
        address_prefixes=[prefix],
    )


def _scale_set(name: str) -> Json:
    configuration = {"name": "c", "subnet_id": f"{_NET}/virtualNetworks/v/subnets/{name}"}
    return stay(
        f"azurerm_linux_virtual_machine_scale_set.{name}",
        id=f"{_NET}/vmss/{name}",
        name=f"vmss-{name}",
        instances=3,
        network_interface=[{"name": "n", "ip_configuration": [configuration]}],
    )


_TABLE: Final = stay(
    "azurerm_route_table.out",
    id=f"{_NET}/routeTables/out",
    name="out",
    route=[
        {
            "name": "all",
            "address_prefix": "0.0.0.0/0",
            "next_hop_type": "VirtualAppliance",
            "next_hop_in_ip_address": "10.9.0.4",
        }
    ],
)


def _through(name: str) -> Json:
    return create(
        f"azurerm_subnet_route_table_association.{name}",
        {
            "subnet_id": f"{_NET}/virtualNetworks/v/subnets/{name}",
            "route_table_id": f"{_NET}/routeTables/out",
        },
    )


def _admits(*sources: str, groups: list[str] | None = None) -> Json:
    rule = {"name": "a", "source_addresses": list(sources), "source_ip_groups": groups or []}
    rule |= {"destination_addresses": ["Sql"], "destination_ports": ["1433"]}
    collection = {"name": "c", "priority": 1, "action": "Allow", "rule": [rule]}
    return stay(
        "azurerm_firewall_policy_rule_collection_group.g",
        id=f"{_NET}/firewallPolicies/f/ruleCollectionGroups/g",
        firewall_policy_id=f"{_NET}/firewallPolicies/f",
        network_rule_collection=[collection],
    )


_SUBNETS: Final = (_subnet("web", "10.4.1.0/24"), _subnet("jobs", "10.4.2.0/24"))
_LIVING: Final = (_scale_set("web"), _scale_set("jobs"))
_IN_SUBNETS: Final = {
    f"azurerm_linux_virtual_machine_scale_set.{name}": {
        "network_interface": [f"azurerm_subnet.{name}.id"]
    }
    for name in ("web", "jobs")
}

# Targets of a group

_DOOR: Final = "/subscriptions/s/resourceGroups/r/providers/Microsoft.Cdn/profiles/d"
_GROUP: Final = stay(
    "azurerm_cdn_frontdoor_origin_group.app", id=f"{_DOOR}/originGroups/app", name="app"
)


def _origin(name: str, *, enabled: bool) -> Json:
    return {
        "id": f"{_DOOR}/originGroups/app/origins/{name}",
        "name": name,
        "cdn_frontdoor_origin_group_id": f"{_DOOR}/originGroups/app",
        "host_name": f"{name}.azurewebsites.net",
        "enabled": enabled,
    }


_ROUTE: Final = stay(
    "azurerm_cdn_frontdoor_route.app",
    id=f"{_DOOR}/afdEndpoints/e/routes/app",
    name="app",
    cdn_frontdoor_origin_group_id=f"{_DOOR}/originGroups/app",
)
_ORIGIN_USES: Final = {
    "azurerm_cdn_frontdoor_origin.one": {
        "cdn_frontdoor_origin_group_id": ["azurerm_cdn_frontdoor_origin_group.app.id"]
    },
    "azurerm_cdn_frontdoor_origin.two": {
        "cdn_frontdoor_origin_group_id": ["azurerm_cdn_frontdoor_origin_group.app.id"]
    },
    "azurerm_cdn_frontdoor_route.app": {
        "cdn_frontdoor_origin_group_id": ["azurerm_cdn_frontdoor_origin_group.app.id"]
    },
}
_PROFILE: Final = stay("azurerm_traffic_manager_profile.world", id="/tm/world", name="world")


def _endpoint(name: str, *, enabled: bool) -> Json:
    return {"id": f"/tm/world/{name}", "name": name, "profile_id": "/tm/world", "enabled": enabled}


_ENDPOINT_USES: Final = {
    f"azurerm_traffic_manager_{kind}_endpoint.{name}": {
        "profile_id": ["azurerm_traffic_manager_profile.world.id"]
    }
    for kind, name in (("azure", "near"), ("external", "far"))
}


def _managers(*sizes: int) -> list[Json]:
    return [
        stay(
            f"google_compute_region_instance_group_manager.m{number}",
            id=f"projects/p/regions/r/instanceGroupManagers/m{number}",
            name=f"m{number}",
            instance_group=f"projects/p/regions/r/instanceGroups/m{number}",
            target_size=size,
        )
        for number, size in enumerate(sizes)
    ]


def _backends(*numbers: int) -> list[Json]:
    return [
        {"group": f"projects/p/regions/r/instanceGroups/m{number}", "capacity_scaler": 1}
        for number in numbers
    ]


def _fewer_backends() -> Json:
    service = {"id": "projects/p/global/backendServices/shop", "name": "shop"}
    return update(
        "google_compute_backend_service.shop",
        {**service, "backend": _backends(0, 1)},
        {**service, "backend": _backends(1)},
    )


# Rules of a subscription

_TOPIC: Final = "/subscriptions/s/resourceGroups/r/providers/Microsoft.ServiceBus/namespaces/bus"


def _rule(name: str, subscription: str, sql: str) -> Json:
    return {
        "id": f"{_TOPIC}/topics/sales/subscriptions/{subscription}/rules/{name}",
        "name": name,
        "subscription_id": f"{_TOPIC}/topics/sales/subscriptions/{subscription}",
        "filter_type": "SqlFilter",
        "sql_filter": sql,
    }


def _rule_stays(name: str, subscription: str, sql: str) -> Json:
    return stay(f"azurerm_servicebus_subscription_rule.{name}", **_rule(name, subscription, sql))


def _rule_goes(name: str, subscription: str, sql: str) -> Json:
    return delete(f"azurerm_servicebus_subscription_rule.{name}", _rule(name, subscription, sql))


_SUBSCRIPTION: Final = stay(
    "azurerm_servicebus_subscription.ledger",
    id=f"{_TOPIC}/topics/sales/subscriptions/ledger",
    name="ledger",
    topic_id=f"{_TOPIC}/topics/sales",
)
_READER: Final = stay(
    "azurerm_linux_function_app.ledger",
    id="/sites/ledger",
    name="func-books",
    app_settings={"TOPIC": "sales", "SUBSCRIPTION": "ledger"},
)

# Subnets behind a NAT

_CORE: Final = stay(
    "google_compute_network.core",
    id="projects/p/global/networks/core",
    name="core",
    auto_create_subnetworks=False,
)
_ROUTER: Final = stay(
    "google_compute_router.core",
    id="projects/p/regions/r/routers/core",
    name="core-router",
    network="projects/p/global/networks/core",
)


def _google_subnet(name: str, *secondary: str) -> Json:
    return stay(
        f"google_compute_subnetwork.{name}",
        id=f"projects/p/regions/r/subnetworks/{name}",
        name=name,
        region="r",
        purpose="PRIVATE",
        network="projects/p/global/networks/core",
        secondary_ip_range=[{"range_name": text} for text in secondary],
    )


def _nat_lists(kind: str, *names: str) -> Json:
    before: Json = {
        "id": "p/r/core-router/nat",
        "name": "nat",
        "region": "r",
        "router": "core-router",
        "source_subnetwork_ip_ranges_to_nat": "ALL_SUBNETWORKS_ALL_IP_RANGES",
        "subnetwork": [],
    }
    listed = [
        {"name": f"projects/p/regions/r/subnetworks/{name}", "source_ip_ranges_to_nat": [kind]}
        for name in names
    ]
    after = {"source_subnetwork_ip_ranges_to_nat": "LIST_OF_SUBNETWORKS", "subnetwork": listed}
    return update("google_compute_router_nat.core", before, {**before, **after})


_BEHIND: Final = (_CORE, _ROUTER, _google_subnet("web"), _google_subnet("pods", "more"))

# Copies of disks


def _disk(name: str) -> Json:
    return stay(
        f"google_compute_disk.{name.replace('-', '_')}",
        id=f"projects/p/zones/z/disks/{name}",
        name=name,
        labels={},
    )


def _machine(name: str, disk: str, device: str) -> Json:
    source = f"https://www.googleapis.com/compute/v1/projects/p/zones/z/disks/{disk}"
    return stay(
        f"google_compute_instance.{name.replace('-', '_')}",
        id=f"projects/p/zones/z/instances/{name}",
        name=name,
        tags=[name],
        attached_disk=[{"source": source, "device_name": device}],
    )


def _uncopied(disk: str) -> Json:
    return delete(
        "google_compute_disk_resource_policy_attachment.nightly",
        {"id": f"p/z/{disk}/nightly", "name": "nightly", "disk": disk, "zone": "z"},
    )


# Subjects of pods


def _account(namespace: str, name: str) -> Json:
    return stay(
        f"kubernetes_service_account_v1.{name}",
        id=f"{namespace}/{name}",
        metadata=[{"namespace": namespace, "name": name}],
    )


def _pods(namespace: str, name: str) -> Json:
    pod = {"service_account_name": name, "container": [{"name": "c", "image": "i:1"}]}
    template = [{"metadata": [{"labels": {"app": name}}], "spec": [pod]}]
    return stay(
        f"kubernetes_deployment_v1.{name}",
        id=f"{namespace}/{name}",
        metadata=[{"namespace": namespace, "name": name}],
        spec=[{"replicas": 2, "template": template}],
    )


def _subject(before: str, after: str) -> Json:
    values: Json = {
        "id": "/ids/mailer/fic",
        "name": "fic",
        "parent_id": "/ids/mailer",
        "issuer": "https://westeurope.oic.prod-aks.azure.com/t/c/",
        "audience": ["api://AzureADTokenExchange"],
    }
    return update(
        "azurerm_federated_identity_credential.mailer",
        {**values, "subject": f"system:serviceaccount:{before}"},
        {**values, "subject": f"system:serviceaccount:{after}"},
    )


def _member(before: str, after: str) -> Json:
    values: Json = {
        "service_account_id": "projects/p/serviceAccounts/ship@p.iam.gserviceaccount.com",
        "role": "roles/iam.workloadIdentityUser",
    }
    return replace(
        "google_service_account_iam_member.mailer",
        {**values, "id": "x", "member": f"serviceAccount:p.svc.id.goog[{before}]"},
        {**values, "member": f"serviceAccount:p.svc.id.goog[{after}]"},
        "member",
    )


_MAILER: Final = (_account("mail", "mailer"), _pods("mail", "mailer"))


CLOUDS: Final = [
    pair(
        "a country is let in before injections are looked for / behind it",
        _armor_new(300, "origin.region_code == 'DE'"),
        _armor_new(900, "origin.region_code == 'DE'"),
        *_GUARDED,
    ),
    pair(
        "an agent of any name passes the filter / an office does",
        _armor_new(300, "request.headers['user-agent'].contains('Monitor')"),
        _armor_new(300, "", ["198.51.100.16/28"]),
        *_GUARDED,
    ),
    pair(
        "a whole path passes / one partner on a path",
        _armor_new(300, "request.path.startsWith('/api/')"),
        _armor_new(
            300, "request.path.startsWith('/api/') && inIpRange(origin.ip, '198.51.100.7/32')"
        ),
        *_GUARDED,
    ),
    pair(
        "a country passes the managed rules of a gateway / an office",
        _gateway_filter(_azure_rule(5, "Allow", _if("RemoteAddr", "GeoMatch", "NO"))),
        _gateway_filter(_azure_rule(5, "Allow", _if("RemoteAddr", "IPMatch", "198.51.100.0/28"))),
    ),
    pair(
        "a country passes the limit of Front Door / comes behind it",
        _door_filter(10, _GEO),
        _door_filter(90, _GEO),
    ),
    pair(
        "a zone skips its rules for a path / for one address",
        _skips('starts_with(http.request.uri.path, "/shop")'),
        _skips("ip.src in {198.51.100.7}"),
    ),
    pair(
        "builds of any owner log in from main / of the same owner by name",
        _condition("assertion.ref == 'refs/heads/main'"),
        _condition("assertion.repository_owner == 'acme' && assertion.ref == 'refs/heads/main'"),
        _ALL_OF_POOL,
        _SHIP,
    ),
    pair(
        "one alternative names nobody / each names an owner",
        _condition("assertion.repository_owner_id == '99' || assertion.event_name == 'release'"),
        _condition("assertion.repository_owner_id == '99' || assertion.repository_owner == 'acme'"),
        _ALL_OF_POOL,
        _SHIP,
    ),
    pair(
        "a subnet in use is led through a firewall without / with a rule for it",
        _through("web"),
        _through("jobs"),
        *_SUBNETS,
        *_LIVING,
        _TABLE,
        _admits("10.4.2.0/24"),
        uses=_IN_SUBNETS,
    ),
    pair(
        "the last origin that is on goes / one that was off",
        delete("azurerm_cdn_frontdoor_origin.one", _origin("one", enabled=True)),
        delete("azurerm_cdn_frontdoor_origin.two", _origin("two", enabled=False)),
        _GROUP,
        _ROUTE,
        stay("azurerm_cdn_frontdoor_origin.one", **_origin("one", enabled=True)),
        stay("azurerm_cdn_frontdoor_origin.two", **_origin("two", enabled=False)),
        uses=_ORIGIN_USES,
    ),
    pair(
        "the last endpoint that is on goes / one that was off",
        delete("azurerm_traffic_manager_azure_endpoint.near", _endpoint("near", enabled=True)),
        delete("azurerm_traffic_manager_external_endpoint.far", _endpoint("far", enabled=False)),
        _PROFILE,
        stay("azurerm_traffic_manager_azure_endpoint.near", **_endpoint("near", enabled=True)),
        stay("azurerm_traffic_manager_external_endpoint.far", **_endpoint("far", enabled=False)),
        uses=_ENDPOINT_USES,
    ),
    pair(
        "the group that stays behind a service runs nothing / runs as many",
        [_fewer_backends(), *_managers(4, 0)],
        [_fewer_backends(), *_managers(4, 4)],
    ),
    pair(
        "a subscription loses its only rule / one beside a rule for everything",
        _rule_goes("paid", "ledger", "kind = 'paid'"),
        _rule_goes("sent", "audit", "kind = 'sent'"),
        _SUBSCRIPTION,
        _READER,
        _rule_stays("paid", "ledger", "kind = 'paid'"),
        _rule_stays("sent", "audit", "kind = 'sent'"),
        _rule_stays("all", "audit", "1=1"),
    ),
    pair(
        "a NAT lists all subnets but one / all",
        _nat_lists("ALL_IP_RANGES", "web"),
        _nat_lists("ALL_IP_RANGES", "web", "pods"),
        *_BEHIND,
    ),
    pair(
        "the disk of a database is no longer copied / the cache of builds",
        _uncopied("orders-data"),
        _uncopied("build-cache"),
        _disk("orders-data"),
        _disk("build-cache"),
        _machine("pg-orders", "orders-data", "pgdata"),
        _machine("ci-runner-7", "build-cache", "cache"),
    ),
    pair(
        "a login names the wrong namespace from now on / the right one",
        _subject("mail:mailer", "default:mailer"),
        _subject("default:mailer", "mail:mailer"),
        *_MAILER,
    ),
    pair(
        "an account's pods lose it to a wrong namespace / get it",
        _member("mail/mailer", "default/mailer"),
        _member("default/mailer", "mail/mailer"),
        *_MAILER,
    ),
]

_OLD_PODS: Final = _pods("default", "mailer")
_OLD_PODS["address"] = "kubernetes_deployment_v1.old"
_OLD_PODS["name"] = "old"

CLOUDS_TRAPS: Final = [
    trap(
        "a huge range is no office",
        _armor_new(300, "", ["198.0.0.0/10"]),
        *_GUARDED,
    ),
    trap(
        "one of two alternatives is anybody",
        _armor_new(300, "inIpRange(origin.ip, '198.51.100.7/32') || request.method == 'POST'"),
        *_GUARDED,
    ),
    trap(
        "an allow moves in front",
        tweak(f"{_ARMOR}.eu", _armor(900, "allow", "origin.region_code == 'FR'"), priority=600),
        *_GUARDED,
    ),
    trap(
        "a subject may begin as all subjects do",
        _condition("assertion.sub.startsWith('repo:')"),
        _ALL_OF_POOL,
        _SHIP,
    ),
    trap(
        "an agent passes the limit for everybody",
        _armor_new(300, "request.headers['user-agent'].contains('Monitor')"),
        _FRONT,
        stay(f"{_ARMOR}.all", **_armor(900, "throttle", "", ranges=["*"])),
        _BACKEND,
    ),
    trap(
        "a prefix without its slash fits other owners",
        _condition("assertion.repository_owner.startsWith('acme')"),
        _ALL_OF_POOL,
        _SHIP,
    ),
    trap(
        "the grants go by a branch, which strangers have too",
        _condition("assertion.aud == 'deploy'"),
        _bound("attribute.ref/refs/heads/main"),
        _SHIP,
    ),
    trap(
        "an attribute with grants comes to hold a branch",
        tweak(
            "google_iam_workload_identity_pool_provider.gh",
            _PROVIDER,
            attribute_mapping={
                **_PROVIDER["attribute_mapping"],
                "attribute.repository": "assertion.ref",
            },
        ),
        _bound("attribute.repository/acme/shop"),
        _SHIP,
    ),
    trap(
        "the firewall names a group of addresses without the subnet",
        _through("web"),
        *_SUBNETS,
        *_LIVING,
        _TABLE,
        stay("azurerm_ip_group.jobs", id="/ipGroups/jobs", name="jobs", cidrs=["10.4.2.0/24"]),
        _admits(groups=["/ipGroups/jobs"]),
        uses=_IN_SUBNETS,
    ),
    trap(
        "the other rule of the subscription matches nothing",
        _rule_goes("paid", "ledger", "kind = 'paid'"),
        _SUBSCRIPTION,
        _READER,
        _rule_stays("none", "ledger", "1=0"),
    ),
    trap(
        "only the first range of a subnet with more is translated",
        _nat_lists("PRIMARY_IP_RANGE", "web", "pods"),
        *_BEHIND,
    ),
    trap(
        "the network makes subnets by itself",
        _nat_lists("ALL_IP_RANGES", "web", "pods"),
        stay(
            "google_compute_network.core",
            id="projects/p/global/networks/core",
            name="core",
            auto_create_subnetworks=True,
        ),
        *_BEHIND[1:],
    ),
    trap(
        "a cache of a server that keeps sessions",
        _uncopied("web-cache"),
        _disk("web-cache"),
        _machine("redis-sessions", "web-cache", "cache"),
    ),
    trap("nobody in the plan has the cache", _uncopied("build-cache"), _disk("build-cache")),
    trap(
        "a runner keeps its artifacts there",
        _uncopied("build-cache"),
        _disk("build-cache"),
        _machine("ci-runner-7", "build-cache", "artifacts"),
    ),
    trap(
        "pods run as the old account",
        _subject("default:mailer", "mail:mailer"),
        *_MAILER,
        _OLD_PODS,
    ),
    trap(
        "nobody runs as the new account",
        _subject("default:mailer", "mail:mailer"),
        _account("mail", "mailer"),
    ),
]
"""Plans that only look harmless."""

"""Siblings, in other services, of filters passed over, logins opened and ways closed."""

from __future__ import annotations

from typing import Final

from tests.plans import Json, create, delete, tweak
from tests.rules.served.worlds import pair, stay, trap

# Logins

_FLEXIBLE: Final[Json] = {
    "id": "/applications/a1/federatedIdentityCredentials/f",
    "application_id": "/applications/a1",
    "display_name": "gh",
    "issuer": "https://token.actions.githubusercontent.com",
    "audience": "api://AzureADTokenExchange",
    "claims_matching_expression": "claims['sub'] matches 'repo:acme/*:ref:refs/heads/main'",
}


def _matches(pattern: str) -> Json:
    text = f"claims['sub'] matches '{pattern}'"
    return tweak(
        "azuread_application_flexible_federated_identity_credential.gh",
        _FLEXIBLE,
        claims_matching_expression=text,
    )


_JWT: Final[Json] = {
    "id": "auth/jwt/role/deploy",
    "backend": "jwt",
    "role_name": "deploy",
    "role_type": "jwt",
    "bound_audiences": ["vault"],
    "bound_claims": {"repository_owner": "acme", "ref": "refs/heads/main"},
    "token_policies": ["deploy"],
    "user_claim": "sub",
}


def _claims(**claims: str) -> Json:
    return tweak("vault_jwt_auth_backend_role.deploy", _JWT, bound_claims=claims)


_STAFF: Final[Json] = {
    "id": "locations/global/workforcePools/staff/providers/idp",
    "workforce_pool_id": "staff",
    "provider_id": "idp",
    "attribute_mapping": {"google.subject": "assertion.sub", "google.groups": "assertion.groups"},
    "attribute_condition": "'cloud-admins' in assertion.groups",
}

# A machine of AWS that forwards

_AWS_TABLE: Final = stay(
    "aws_route_table.out",
    id="rtb-1",
    vpc_id="vpc-1",
    route=[{"cidr_block": "0.0.0.0/0", "network_interface_id": "eni-1"}],
)
_FORWARDER: Final = (
    stay("aws_network_interface.fw", id="eni-1", security_groups=["sg-1"], source_dest_check=False),
    stay(
        "aws_security_group.fw",
        id="sg-1",
        name="fw",
        ingress=[
            {
                "cidr_blocks": ["10.3.1.0/24"],
                "from_port": 0,
                "to_port": 0,
                "protocol": "-1",
                "self": False,
                "security_groups": [],
                "ipv6_cidr_blocks": [],
                "prefix_list_ids": [],
            }
        ],
        egress=[],
    ),
)


def _aws_subnet(name: str, number: int) -> list[Json]:
    return [
        stay(
            f"aws_subnet.{name}",
            id=f"subnet-{name}",
            vpc_id="vpc-1",
            cidr_block=f"10.3.{number}.0/24",
        ),
        stay(
            f"aws_instance.{name}",
            id=f"i-{name}",
            subnet_id=f"subnet-{name}",
            instance_state="running",
        ),
    ]


def _associates(name: str) -> Json:
    made = {"subnet_id": f"subnet-{name}", "route_table_id": "rtb-1"}
    return create(f"aws_route_table_association.{name}", made)


_AWS_USES: Final = {
    f"aws_instance.{name}": {"subnet_id": [f"aws_subnet.{name}.id"]} for name in ("web", "jobs")
}

# Targets

_POOLS: Final = [
    stay(
        f"cloudflare_load_balancer_pool.{name}",
        id=f"pool-{name}",
        name=name,
        enabled=enabled,
        origins=[{"name": "o", "address": f"{number}.example", "enabled": True}],
    )
    for number, (name, enabled) in enumerate({"one": True, "two": False, "three": True}.items())
]
_BALANCER: Final[Json] = {"id": "lb", "name": "shop.example", "zone_id": "z1", "enabled": True}


def _pools(before: list[str], after: list[str]) -> Json:
    values = {**_BALANCER, "default_pool_ids": [f"pool-{name}" for name in before]}
    return tweak(
        "cloudflare_load_balancer.shop",
        values,
        default_pool_ids=[f"pool-{name}" for name in after],
    )


def _endpoint(group: str, address: str) -> Json:
    return {
        "id": f"{group}/{address}",
        "network_endpoint_group": group,
        "ip_address": address,
        "port": 8080,
        "zone": "z",
        "instance": None,
    }


_NEG: Final = stay(
    "google_compute_network_endpoint_group.api",
    id="projects/p/zones/z/networkEndpointGroups/api",
    name="api",
)
_NEG_USES: Final = {
    f"google_compute_network_endpoint.{name}": {
        "network_endpoint_group": ["google_compute_network_endpoint_group.api.name"]
    }
    for name in ("a", "b")
} | {
    "google_compute_backend_service.api": {
        "backend": ["google_compute_network_endpoint_group.api.id"]
    }
}
_API: Final = stay(
    "google_compute_backend_service.api",
    id="projects/p/global/backendServices/api",
    name="api",
    backend=[{"group": "projects/p/zones/z/networkEndpointGroups/api"}],
)

# Events

_EVENTS: Final[Json] = {
    "id": "/storage/st/eventSubscriptions/scan",
    "name": "scan",
    "scope": "/storage/st",
    "included_event_types": ["Microsoft.Storage.BlobCreated"],
    "advanced_filter": [{"string_in": [{"key": "data.kind", "values": ["invoice", "contract"]}]}],
    "webhook_endpoint": [{"url": "https://app-scan.azurewebsites.net/api/events"}],
}


def _events(*values: str) -> Json:
    filters = [{"string_in": [{"key": "data.kind", "values": list(values)}]}]
    return tweak("azurerm_eventgrid_event_subscription.scan", _EVENTS, advanced_filter=filters)


_ACL: Final[Json] = {
    "id": "acl",
    "name": "front",
    "default_action": [{"allow": [{}]}],
    "rule": [
        {
            "name": "common",
            "priority": 10,
            "override_action": [{"none": [{}]}],
            "statement": [
                {"managed_rule_group_statement": [{"name": "AWSManagedRulesCommonRuleSet"}]}
            ],
        }
    ],
}


def _acl(priority: int) -> Json:
    added = {
        "name": "country",
        "priority": priority,
        "action": [{"allow": [{}]}],
        "statement": [{"geo_match_statement": [{"country_codes": ["CA"]}]}],
    }
    return tweak("aws_wafv2_web_acl.front", _ACL, rule=[*_ACL["rule"], added])


CLOUD_SIBLINGS: Final = [
    pair(
        "builds of any owner may act as an application / of the same owner's one repository",
        _matches("repo:*:ref:refs/heads/main"),
        _matches("repo:acme/shop:ref:refs/heads/main"),
    ),
    pair(
        "Vault no longer asks for the owner / asks for its immutable number as well",
        _claims(ref="refs/heads/main"),
        _claims(repository_owner="acme", repository_owner_id="99", ref="refs/heads/main"),
    ),
    pair(
        "everybody of the identity provider gets in / another group does as well",
        tweak("google_iam_workforce_pool_provider.idp", _STAFF, attribute_condition=""),
        tweak("google_iam_workforce_pool_provider.idp", _STAFF, description="Staff"),
    ),
    pair(
        "a subnet is led through a machine that does not admit it / that does",
        _associates("jobs"),
        _associates("web"),
        _AWS_TABLE,
        *_FORWARDER,
        *_aws_subnet("web", 1),
        *_aws_subnet("jobs", 2),
        uses=_AWS_USES,
    ),
    pair(
        "the pool that stays is off / the one that goes is",
        _pools(["one", "two"], ["two"]),
        _pools(["one", "two"], ["one"]),
        *_POOLS,
    ),
    pair(
        "the last endpoint of a group goes / one of two",
        delete("google_compute_network_endpoint.a", _endpoint("api", "10.1.1.1")),
        [
            delete("google_compute_network_endpoint.a", _endpoint("api", "10.1.1.1")),
            stay("google_compute_network_endpoint.b", **_endpoint("api", "10.1.1.2")),
        ],
        _NEG,
        _API,
        uses=_NEG_USES,
    ),
    pair(
        "contracts are no longer handed on / letters are as well",
        _events("invoice"),
        _events("invoice", "contract", "letter"),
    ),
    pair("a country passes the rules of AWS / comes behind them", _acl(1), _acl(20)),
]

CLOUD_SIBLING_TRAPS: Final = [
    trap(
        "the pool that goes is not in the plan",
        _pools(["one", "away"], ["one"]),
        *_POOLS,
    ),
    trap(
        "a pool comes beside the one that was off and goes",
        _pools(["one", "two"], ["one", "new"]),
        *_POOLS,
    ),
]
"""Plans that only look harmless."""

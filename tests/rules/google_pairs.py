"""Pairs for Google Cloud that need more than one setting: grants, routes, filters, rollouts."""

from __future__ import annotations

from typing import Any, Final

from tests.pairs import Pair
from tests.plans import Json, References, create, delete, noop, plan, replace, tweak
from tests.rules.google_objects import ACCOUNT, NETWORK, PROJECT, REGION, standing, stays

_LINK: Final = f"https://www.googleapis.com/compute/v1/projects/{PROJECT}"
MEMBER: Final = f"serviceAccount:{ACCOUNT}"
OTHER: Final = f"serviceAccount:report@{PROJECT}.iam.gserviceaccount.com"
KEY: Final = f"projects/{PROJECT}/locations/{REGION}/keyRings/main/cryptoKeys/orders"
ROLE: Final = "roles/cloudsql.client"


def member(role: str, who: str = MEMBER, **scope: Any) -> Json:
    """The attributes of a single grant."""
    return {"id": f"{role}/{who}", "role": role, "member": who, "condition": []} | (
        scope or {"project": PROJECT}
    )


def binding(role: str, *members: str, **scope: Any) -> Json:
    """The attributes of a list that owns a role."""
    return {"role": role, "members": list(members), "condition": []} | (
        scope or {"project": PROJECT}
    )


def both(
    name: str,
    danger: Json | list[Json],
    twin: Json | list[Json],
    *beside: Json,
    uses: References | None = None,
    state: Json | None = None,
) -> Pair:
    """Two plans with the same objects beside the change."""
    plans = [
        plan(
            *(side if isinstance(side, list) else [side]),
            *beside,
            references=uses,
            **({"prior_state": state} if state else {}),
        )
        for side in (danger, twin)
    ]
    return Pair(name, *plans)


# Grants

_PEOPLE: Final = (
    noop("google_project_iam_member.orders_sql", member(ROLE)),
    noop("google_project_iam_member.report_sql", member(ROLE, OTHER)),
)
GRANTS: Final = [
    both(
        "a list is made for a role that single grants give / for a new custom role",
        [create("google_project_iam_binding.sql", binding(ROLE, OTHER)), *_PEOPLE],
        [
            create(
                "google_project_iam_custom_role.viewer", {"role_id": "viewer", "project": PROJECT}
            ),
            create(
                "google_project_iam_binding.viewer",
                {"project": PROJECT, "members": [MEMBER], "condition": []},
                after_unknown={"role": True, "id": True},
            ),
            *_PEOPLE,
        ],
        uses={
            "google_project_iam_binding.viewer": {
                "role": ["google_project_iam_custom_role.viewer.name"]
            },
            "google_project_iam_binding.sql": {},
        },
    ),
    both(
        "a list drops a member / gains one",
        tweak("google_project_iam_binding.sql", binding(ROLE, MEMBER, OTHER), members=[OTHER]),
        tweak("google_project_iam_binding.sql", binding(ROLE, OTHER), members=[MEMBER, OTHER]),
    ),
    both(
        "a policy takes over the project / a new project",
        create("google_project_iam_policy.all", {"project": PROJECT, "policy_data": "{}"}),
        [
            create("google_project.lab", {"project_id": "lab-x", "name": "lab"}),
            create("google_project_iam_policy.all", {"project": "lab-x", "policy_data": "{}"}),
        ],
        uses={
            "google_project_iam_policy.all": {"project": ["google_project.lab.project_id"]},
            "google_project.lab": {},
        },
    ),
    both(
        "the only right to decrypt goes / a wider one stays",
        delete(
            "google_kms_crypto_key_iam_member.dec",
            member("roles/cloudkms.cryptoKeyDecrypter", crypto_key_id=KEY),
        ),
        [
            delete(
                "google_kms_crypto_key_iam_member.dec",
                member("roles/cloudkms.cryptoKeyDecrypter", crypto_key_id=KEY),
            ),
            noop(
                "google_kms_crypto_key_iam_member.both",
                member("roles/cloudkms.cryptoKeyEncrypterDecrypter", crypto_key_id=KEY),
            ),
        ],
    ),
    both(
        "the right to read a bucket goes / the project gives a wider one",
        delete(
            "google_storage_bucket_iam_member.read",
            member("roles/storage.objectViewer", bucket="shop-prod-invoices"),
        ),
        [
            delete(
                "google_storage_bucket_iam_member.read",
                member("roles/storage.objectViewer", bucket="shop-prod-invoices"),
            ),
            noop(
                "google_project_iam_member.admin",
                member("roles/storage.objectAdmin"),
            ),
            stays("google_storage_bucket.invoices", project=PROJECT),
        ],
    ),
    both(
        "object admin becomes object viewer / object viewer becomes object user",
        replace(
            "google_storage_bucket_iam_member.rw",
            member("roles/storage.objectAdmin", bucket="shop-prod-invoices"),
            member("roles/storage.objectViewer", bucket="shop-prod-invoices"),
            "role",
        ),
        [
            delete(
                "google_project_iam_member.view",
                member("roles/pubsub.viewer"),
            ),
            noop("google_project_iam_member.edit", member("roles/pubsub.editor")),
        ],
    ),
    both(
        "the token creator's right goes / a duplicate goes",
        delete(
            "google_service_account_iam_member.impersonate",
            member(
                "roles/iam.workloadIdentityUser",
                f"serviceAccount:{PROJECT}.svc.id.goog[shop/orders]",
                service_account_id=f"projects/{PROJECT}/serviceAccounts/{ACCOUNT}",
            ),
        ),
        [
            delete(
                "google_project_iam_member.twice",
                member("roles/pubsub.publisher"),
            ),
            noop("google_project_iam_member.once", member("roles/pubsub.publisher")),
        ],
    ),
    both(
        "everybody may read the bucket / one more reader",
        create(
            "google_storage_bucket_iam_member.all",
            member("roles/storage.objectViewer", "allUsers", bucket="shop-prod-invoices"),
        ),
        create(
            "google_storage_bucket_iam_member.more",
            member("roles/storage.objectViewer", OTHER, bucket="shop-prod-invoices"),
        ),
    ),
    both(
        "callers of a public service lose it / a service that nobody may call from outside",
        delete(
            "google_cloud_run_v2_service_iam_member.all",
            member("roles/run.invoker", "allUsers", name="checkout", location=REGION),
        ),
        create(
            "google_cloud_run_v2_service_iam_member.one",
            member("roles/run.invoker", OTHER, name="checkout", location=REGION),
        ),
        stays("google_cloud_run_v2_service.checkout"),
    ),
    both(
        "an owner is made / a viewer is made",
        create("google_project_iam_member.new", member("roles/owner", OTHER)),
        create("google_project_iam_member.new", member("roles/logging.viewer", OTHER)),
    ),
    both(
        "everybody is denied / one unused permission is denied to one account",
        create(
            "google_iam_deny_policy.guard",
            {
                "name": "guard",
                "parent": f"cloudresourcemanager.googleapis.com%2Fprojects%2F{PROJECT}",
                "rules": [
                    {
                        "deny_rule": [
                            {
                                "denied_principals": ["principalSet://goog/public:all"],
                                "exception_principals": [],
                                "denied_permissions": ["storage.googleapis.com/objects.get"],
                            }
                        ]
                    }
                ],
            },
        ),
        create(
            "google_iam_deny_policy.guard",
            {
                "name": "guard",
                "parent": f"cloudresourcemanager.googleapis.com%2Fprojects%2F{PROJECT}",
                "rules": [
                    {
                        "deny_rule": [
                            {
                                "denied_principals": ["principalSet://goog/public:all"],
                                "exception_principals": [
                                    "principalSet://goog/group/platform@example.com"
                                ],
                                "denied_permissions": [
                                    "cloudresourcemanager.googleapis.com/projects.delete"
                                ],
                            }
                        ]
                    }
                ],
            },
        ),
    ),
    both(
        "a federated login narrows away from the repository in use / to it",
        tweak(
            "google_iam_workload_identity_pool_provider.github",
            standing("google_iam_workload_identity_pool_provider"),
            attribute_condition="assertion.repository == 'acme/other'",
        ),
        tweak(
            "google_iam_workload_identity_pool_provider.github",
            standing("google_iam_workload_identity_pool_provider"),
            attribute_condition="assertion.repository_owner == 'acme' && "
            "assertion.repository in ['acme/shop', 'acme/web']",
        ),
        noop(
            "google_service_account_iam_member.ci",
            member(
                "roles/iam.workloadIdentityUser",
                "principalSet://iam.googleapis.com/projects/1/locations/global/"
                "workloadIdentityPools/ci/attribute.repository/acme/shop",
                service_account_id=f"projects/{PROJECT}/serviceAccounts/{ACCOUNT}",
            ),
        ),
    ),
    both(
        "a group loses the way in / gets it",
        delete(
            "google_iap_web_backend_service_iam_member.staff",
            member(
                "roles/iap.httpsResourceAccessor",
                "group:staff@example.com",
                web_backend_service="web",
                project=PROJECT,
            ),
        ),
        create(
            "google_iap_web_backend_service_iam_member.staff",
            member(
                "roles/iap.httpsResourceAccessor",
                "group:staff@example.com",
                web_backend_service="web",
                project=PROJECT,
            ),
        ),
    ),
    both(
        "a workflow goes / gets new steps",
        delete("google_workflows_workflow.settle", {"name": "settle", "source_contents": "a"}),
        tweak(
            "google_workflows_workflow.settle",
            {"name": "settle", "source_contents": "a"},
            source_contents="b",
        ),
    ),
    both(
        "a group's scaling goes / follows a calendar too",
        delete("google_compute_autoscaler.web", standing("google_compute_autoscaler")),
        create("google_compute_autoscaler.batch", {"name": "batch", "target": "batch"}),
    ),
    both(
        "a key in use is deleted / an account that nothing uses is disabled",
        delete(
            "google_service_account_key.ci",
            {"name": "k", "service_account_id": ACCOUNT, "public_key_type": "TYPE_X509_PEM_FILE"},
        ),
        create("google_service_account.next", {"account_id": "next", "project": PROJECT}),
    ),
    both(
        "default accounts are stripped / a new account with a grant",
        create(
            "google_project_default_service_accounts.off",
            {"project": PROJECT, "action": "DEPRIVILEGE"},
        ),
        [
            create("google_service_account.batch", {"account_id": "batch", "project": PROJECT}),
            create("google_project_iam_member.batch", {"project": PROJECT, "role": ROLE}),
        ],
    ),
]

# Network

_FIREWALL: Final = standing("google_compute_firewall")
_DENY: Final = {
    **_FIREWALL, "name": "deny-all", "allow": [], "deny": [{"protocol": "all", "ports": []}],
    "source_ranges": ["0.0.0.0/0"], "target_tags": None,
}  # fmt: skip
_MACHINES: Final = (
    stays("google_compute_network.main"),
    stays("google_compute_firewall.lb", target_tags=None),
    stays("google_compute_instance.web"),
)
_ON_NETWORK: Final = {
    "google_compute_firewall.deny": {"network": ["google_compute_network.main.self_link"]},
    "google_compute_firewall.lb": {"network": ["google_compute_network.main.self_link"]},
    "google_compute_instance.web": {"network_interface": ["google_compute_network.main.self_link"]},
    "google_compute_network.main": {},
}
_ROUTE: Final = {
    "name": "r", "network": NETWORK, "dest_range": "10.20.0.0/16", "priority": 1000, "tags": None,
    "next_hop_gateway": None, "next_hop_ip": None, "next_hop_instance": None,
    "next_hop_ilb": None, "next_hop_vpn_tunnel": None,
}  # fmt: skip
_ZONE: Final = {
    **standing("google_dns_managed_zone"), "visibility": "private", "dnssec_config": [],
    "private_visibility_config": [{"networks": [{"network_url": NETWORK}], "gke_clusters": []}],
}  # fmt: skip
_EGRESS: Final = {
    **_DENY, "name": "deny-out", "direction": "EGRESS", "source_ranges": None,
    "destination_ranges": ["0.0.0.0/0"],
}  # fmt: skip
NETWORK_PAIRS: Final = [
    both(
        "all traffic is denied before what is allowed / after it",
        create("google_compute_firewall.deny", {**_DENY, "priority": 100}),
        create("google_compute_firewall.deny", {**_DENY, "priority": 65000}),
        *_MACHINES,
        uses=_ON_NETWORK,
    ),
    both(
        "all egress is denied / an address range outside is kept out",
        create("google_compute_firewall.deny", {**_EGRESS, "priority": 500}),
        create(
            "google_compute_firewall.deny",
            {**_DENY, "source_ranges": ["198.18.7.0/24"], "priority": 100},
        ),
        *_MACHINES,
        uses=_ON_NETWORK,
    ),
    both(
        "the load balancer's checks are no longer let in / one more source is",
        tweak("google_compute_firewall.lb", _FIREWALL, source_ranges=["130.211.0.0/22"]),
        tweak(
            "google_compute_firewall.lb",
            _FIREWALL,
            source_ranges=["130.211.0.0/22", "35.191.0.0/16", "10.9.0.0/24"],
        ),
        stays("google_compute_network.main"),
        stays("google_compute_instance.web"),
        uses=_ON_NETWORK,
    ),
    both(
        "shells open to the world / to the login proxy",
        create(
            "google_compute_firewall.ssh",
            {
                **_FIREWALL,
                "name": "ssh",
                "source_ranges": ["0.0.0.0/0"],
                "allow": [{"protocol": "tcp", "ports": ["22"]}],
            },
        ),
        create(
            "google_compute_firewall.ssh",
            {
                **_FIREWALL,
                "name": "ssh",
                "source_ranges": ["35.235.240.0/20"],
                "allow": [{"protocol": "tcp", "ports": ["22"]}],
            },
        ),
        *_MACHINES,
        uses={
            **_ON_NETWORK,
            "google_compute_firewall.ssh": {"network": ["google_compute_network.main.self_link"]},
        },
    ),
    both(
        "a policy rule denies all first / denies a bad range",
        create(
            "google_compute_network_firewall_policy_rule.first",
            {
                "firewall_policy": "p",
                "priority": 1,
                "action": "deny",
                "direction": "INGRESS",
                "disabled": False,
                "match": [
                    {"src_ip_ranges": ["0.0.0.0/0"], "layer4_configs": [{"ip_protocol": "all"}]}
                ],
            },
        ),
        create(
            "google_compute_network_firewall_policy_rule.first",
            {
                "firewall_policy": "p",
                "priority": 1,
                "action": "deny",
                "direction": "INGRESS",
                "disabled": False,
                "match": [
                    {"src_ip_ranges": ["192.0.2.0/24"], "layer4_configs": [{"ip_protocol": "all"}]}
                ],
            },
        ),
        noop(
            "google_compute_network_firewall_policy_rule.web",
            {
                "firewall_policy": "p",
                "priority": 1000,
                "action": "allow",
                "direction": "INGRESS",
                "match": [
                    {
                        "src_ip_ranges": ["0.0.0.0/0"],
                        "layer4_configs": [{"ip_protocol": "tcp", "ports": ["443"]}],
                    }
                ],
            },
        ),
    ),
    both(
        "a more specific route leads to a machine / to Google's own addresses",
        create(
            "google_compute_route.new",
            {**_ROUTE, "dest_range": "10.20.5.0/24", "next_hop_instance": "sink"},
        ),
        create(
            "google_compute_route.new",
            {
                **_ROUTE,
                "dest_range": "199.36.153.8/30",
                "next_hop_gateway": "default-internet-gateway",
            },
        ),
        noop("google_compute_route.data_centre", {**_ROUTE, "next_hop_vpn_tunnel": "dc"}),
        *_MACHINES,
        uses={
            **_ON_NETWORK,
            "google_compute_route.new": {"network": ["google_compute_network.main.self_link"]},
            "google_compute_route.data_centre": {
                "network": ["google_compute_network.main.self_link"]
            },
        },
    ),
    both(
        "the way to the internet goes / to a range that nobody uses",
        delete(
            "google_compute_route.out",
            {**_ROUTE, "dest_range": "0.0.0.0/0", "next_hop_gateway": "default-internet-gateway"},
        ),
        create(
            "google_compute_route.out",
            {**_ROUTE, "dest_range": "10.99.0.0/24", "next_hop_vpn_tunnel": "dc"},
        ),
        *_MACHINES,
        uses=_ON_NETWORK,
    ),
    both(
        "a private zone hides a public name / a new private name",
        create("google_dns_managed_zone.inside", {**_ZONE, "name": "inside"}),
        create(
            "google_dns_managed_zone.inside",
            {**_ZONE, "name": "inside", "dns_name": "corp.internal."},
        ),
        stays("google_dns_managed_zone.public"),
        noop("google_dns_record_set.shop", standing("google_dns_record_set")),
        *_MACHINES,
    ),
    both(
        "a tunnel is replaced / a second one is added",
        replace(
            "google_compute_vpn_tunnel.dc",
            {"name": "dc", "region": REGION, "peer_ip": "203.0.113.1", "vpn_gateway": "g"},
            {"name": "dc", "region": REGION, "peer_ip": "203.0.113.2", "vpn_gateway": "g"},
            "peer_ip",
        ),
        create(
            "google_compute_vpn_tunnel.dc2",
            {"name": "dc2", "region": REGION, "peer_ip": "203.0.113.2", "vpn_gateway": "g"},
        ),
    ),
    both(
        "a service project leaves the shared network / another one joins",
        delete(
            "google_compute_shared_vpc_service_project.shop",
            {"host_project": "net", "service_project": PROJECT},
        ),
        create(
            "google_compute_shared_vpc_service_project.lab",
            {"host_project": "net", "service_project": "lab"},
        ),
    ),
    both(
        "the address of the shop goes / an address that nobody holds",
        [
            delete("google_compute_global_address.web", {"name": "web", "address": "203.0.113.10"}),
            stays("google_compute_global_forwarding_rule.web"),
            noop("google_dns_record_set.shop", standing("google_dns_record_set")),
        ],
        create("google_compute_global_address.next", {"name": "next"}),
    ),
    both(
        "the only certificate is replaced first / a second one is added beside it",
        replace(
            "google_compute_managed_ssl_certificate.web",
            {"name": "web", "managed": [{"domains": ["shop.example.com"]}]},
            {"name": "web", "managed": [{"domains": ["shop.example.com", "new.example.com"]}]},
            "managed.0.domains",
        ),
        [
            create(
                "google_compute_managed_ssl_certificate.next",
                {"name": "next", "managed": [{"domains": ["new.example.com"]}]},
            ),
            noop(
                "google_compute_managed_ssl_certificate.web",
                {"name": "web", "managed": [{"domains": ["shop.example.com"]}]},
            ),
        ],
        stays("google_compute_target_https_proxy.web"),
        uses={
            "google_compute_target_https_proxy.web": {
                "ssl_certificates": ["google_compute_managed_ssl_certificate.web.id"]
            },
            "google_compute_managed_ssl_certificate.web": {},
        },
    ),
]

# Edge filters


def edge_rule(priority: int, action: str, expression: str = "", **more: Any) -> Json:
    """A rule of a security policy; without an expression it matches everybody."""
    match = {
        "versioned_expr": "" if expression else "SRC_IPS_V1",
        "expr": [{"expression": expression}] if expression else [],
        "config": [] if expression else [{"src_ip_ranges": ["*"]}],
    }
    made = {"action": action, "priority": priority, "preview": False, "match": [match]}
    return {"description": "", **made, **more}


_SQLI: Final = edge_rule(1000, "deny(403)", "evaluatePreconfiguredWaf('sqli-v33-stable')")
_DEFAULT: Final = edge_rule(2147483647, "allow")
_EDGE: Final = {"name": "edge", "type": "CLOUD_ARMOR", "rule": [_SQLI, _DEFAULT]}
_COUNTRY: Final = "origin.region_code == 'ZZ'"
EDGE: Final = [
    both(
        "a deny rule goes / one is added in preview",
        tweak("google_compute_security_policy.edge", _EDGE, rule=[_DEFAULT]),
        tweak(
            "google_compute_security_policy.edge",
            _EDGE,
            rule=[_SQLI, edge_rule(900, "deny(403)", _COUNTRY, preview=True), _DEFAULT],
        ),
    ),
    both(
        "a deny rule only watches / says another code",
        tweak(
            "google_compute_security_policy.edge",
            _EDGE,
            rule=[{**_SQLI, "preview": True}, _DEFAULT],
        ),
        tweak(
            "google_compute_security_policy.edge",
            _EDGE,
            rule=[_DEFAULT, {**_SQLI, "action": "deny(404)", "description": "No SQL."}],
        ),
    ),
    both(
        "what no rule names is refused / one country is",
        tweak(
            "google_compute_security_policy.edge",
            _EDGE,
            rule=[_SQLI, {**_DEFAULT, "action": "deny(403)"}],
        ),
        tweak(
            "google_compute_security_policy.edge",
            _EDGE,
            rule=[
                _SQLI,
                edge_rule(500, "deny(403)", "inIpRange(origin.ip, '192.0.2.0/24')"),
                _DEFAULT,
            ],
        ),
    ),
    both(
        "a standalone rule refuses everybody first / only watches",
        create(
            "google_compute_security_policy_rule.all",
            {"security_policy": "edge", **edge_rule(10, "deny(403)")},
        ),
        create(
            "google_compute_security_policy_rule.all",
            {"security_policy": "edge", **edge_rule(10, "deny(403)", preview=True)},
        ),
    ),
    both(
        "a standalone deny rule is deleted / one that only watched",
        delete("google_compute_security_policy_rule.sqli", {"security_policy": "edge", **_SQLI}),
        delete(
            "google_compute_security_policy_rule.sqli",
            {"security_policy": "edge", **_SQLI, "preview": True},
        ),
        noop("google_compute_security_policy.edge", {"name": "edge"}),
    ),
]

# Rollouts

_MIG: Final = standing("google_compute_region_instance_group_manager")
_TEMPLATE: Final = [{"instance_template": "projects/p/global/instanceTemplates/web-2"}]


def rollout(surge: int | None, missing: int | None, **more: Any) -> Json:
    """A new template with this many machines more, and this many fewer, at a time."""
    policy = {
        **_MIG["update_policy"][0],
        "max_surge_fixed": surge,
        "max_unavailable_fixed": missing,
        **more,
    }
    return tweak(
        "google_compute_region_instance_group_manager.web",
        _MIG,
        version=_TEMPLATE,
        update_policy=[policy],
    )


_POOL: Final = standing("google_container_node_pool")
ROLLOUTS: Final = [
    both("all machines at once / three more at a time", rollout(0, 6), rollout(3, 0)),
    both(
        "all machines, by percent / one in five",
        rollout(None, None, max_unavailable_percent=100),
        rollout(None, None, max_unavailable_percent=20),
    ),
    both(
        "a restart of all now / only machines made later",
        rollout(0, 6, minimal_action="RESTART"),
        rollout(0, 6, type="OPPORTUNISTIC"),
    ),
    both(
        "all nodes may be missing during an upgrade / one may",
        tweak(
            "google_container_node_pool.main",
            _POOL,
            version="1.30.1-gke.100",
            upgrade_settings=[{"strategy": "SURGE", "max_surge": 0, "max_unavailable": 10}],
        ),
        tweak(
            "google_container_node_pool.main",
            _POOL,
            version="1.30.1-gke.100",
            upgrade_settings=[{"strategy": "SURGE", "max_surge": 1, "max_unavailable": 0}],
        ),
    ),
    both(
        "the only pool is replaced / a second pool is added",
        replace(
            "google_container_node_pool.main",
            _POOL,
            {**_POOL, "name": "other"},
            "name",
        ),
        create("google_container_node_pool.next", {**_POOL, "name": "next"}),
    ),
    both(
        "the group is replaced / its template is, first the new one",
        replace(
            "google_compute_region_instance_group_manager.web",
            _MIG,
            {**_MIG, "base_instance_name": "shop"},
            "base_instance_name",
        ),
        replace(
            "google_compute_instance_template.web",
            {"name": "web-1", "machine_type": "n2-standard-2"},
            {"machine_type": "n2-standard-4"},
            "machine_type",
            create_first=True,
        ),
    ),
]

# Data

_DATASET: Final = standing("google_bigquery_dataset")
_TABLE: Final = standing("google_bigquery_table")
_VIEW: Final = {
    **_TABLE, "table_id": "daily", "deletion_protection": False,
    "materialized_view": [{"query": "SELECT day, SUM(x) FROM sales.orders GROUP BY day"}],
}  # fmt: skip
_SECRET: Final = standing("google_secret_manager_secret_version")
_SERVICE: Final = {"project": PROJECT, "disable_dependent_services": None}


def api(name: str, *, off: bool) -> Json:
    """The attributes of an API that is switched on."""
    return {**_SERVICE, "service": name, "id": f"{PROJECT}/{name}", "disable_on_destroy": off}


DATA: Final = [
    both(
        "a table is replaced / a materialised view over it is",
        replace(
            "google_bigquery_table.orders",
            {**_TABLE, "deletion_protection": False},
            {**_TABLE, "schema": "[]"},
            "schema",
        ),
        [
            replace(
                "google_bigquery_table.daily",
                _VIEW,
                {
                    **_VIEW,
                    "materialized_view": [{"query": "SELECT day, COUNT(*) FROM sales.orders"}],
                },
                "materialized_view.0.query",
            ),
            noop("google_bigquery_table.orders", _TABLE),
        ],
    ),
    both(
        "a table is deleted / a view is",
        delete("google_bigquery_table.orders", {**_TABLE, "deletion_protection": False}),
        delete(
            "google_bigquery_table.latest",
            {**_TABLE, "deletion_protection": False, "view": [{"query": "SELECT 1"}]},
        ),
        state={"format_version": "1.0", "values": {"root_module": {}}},
    ),
    both(
        "a dataset moves / gets a reader",
        replace(
            "google_bigquery_dataset.sales", _DATASET, {**_DATASET, "location": "US"}, "location"
        ),
        create(
            "google_bigquery_dataset_iam_member.reader",
            member("roles/bigquery.dataViewer", OTHER, dataset_id="sales", project=PROJECT),
        ),
    ),
    both(
        "the version in use is switched off / one that a newer one replaced",
        tweak("google_secret_manager_secret_version.v4", _SECRET, enabled=False),
        [
            tweak(
                "google_secret_manager_secret_version.v3",
                {**_SECRET, "version": "3"},
                enabled=False,
            ),
            noop("google_secret_manager_secret_version.v4", _SECRET),
        ],
    ),
    both(
        "the version in use is destroyed / an older one is",
        delete("google_secret_manager_secret_version.v4", _SECRET),
        [
            delete("google_secret_manager_secret_version.v2", {**_SECRET, "version": "2"}),
            noop("google_secret_manager_secret_version.v4", _SECRET),
        ],
    ),
    both(
        "APIs get another key and are switched off / and are left on",
        [
            delete(
                'google_project_service.on["run"]',
                api("run.googleapis.com", off=True),
                action_reason="delete_because_each_key",
            ),
            create(
                'google_project_service.on["run.googleapis.com"]',
                api("run.googleapis.com", off=True),
            ),
        ],
        [
            delete(
                'google_project_service.on["run"]',
                api("run.googleapis.com", off=False),
                action_reason="delete_because_each_key",
            ),
            create(
                'google_project_service.on["run.googleapis.com"]',
                api("run.googleapis.com", off=False),
            ),
        ],
        stays("google_cloud_run_v2_service.checkout"),
    ),
    both(
        "an API in use is switched off / is left on",
        delete("google_project_service.run", api("run.googleapis.com", off=True)),
        delete("google_project_service.run", api("run.googleapis.com", off=False)),
        stays("google_cloud_run_v2_service.checkout"),
    ),
    both(
        "a database instance is replaced / gets a user",
        replace(
            "google_sql_database_instance.orders",
            standing("google_sql_database_instance"),
            standing("google_sql_database_instance", region="europe-west4"),
            "region",
        ),
        create("google_sql_user.report", {"name": "report", "instance": "orders"}),
    ),
    both(
        "a user in use gets another password / a new user",
        tweak(
            "google_sql_user.app",
            {"name": "app", "instance": "orders", "password": "a"},
            password="b",  # noqa: S106 - made up
        ),
        create("google_sql_user.next", {"name": "next", "instance": "orders", "password": "a"}),
        stays("google_sql_database_instance.orders"),
    ),
    both(
        "snapshots of a disk end / begin",
        delete(
            "google_compute_disk_resource_policy_attachment.nightly",
            {"name": "nightly", "disk": "orders-data", "zone": "europe-west1-b"},
        ),
        create(
            "google_compute_disk_resource_policy_attachment.nightly",
            {"name": "nightly", "disk": "orders-data", "zone": "europe-west1-b"},
        ),
        stays("google_compute_disk.data"),
    ),
    both(
        "a key version is destroyed / a key gets a new one",
        delete("google_kms_crypto_key_version.sign", standing("google_kms_crypto_key_version")),
        create("google_kms_crypto_key_version.next", {"crypto_key": KEY, "state": "ENABLED"}),
    ),
    both(
        "an instance's disk image changes / its labels",
        replace(
            "google_compute_instance.gateway",
            standing("google_compute_instance", deletion_protection=False),
            standing(
                "google_compute_instance", boot_disk=[{"initialize_params": [{"image": "b"}]}]
            ),
            "boot_disk.0.initialize_params.0.image",
        ),
        tweak(
            "google_compute_instance.gateway",
            standing("google_compute_instance"),
            labels={"a": "b"},
        ),
    ),
    both(
        "a topic is replaced / a subscription is added",
        replace(
            "google_pubsub_topic.orders",
            standing("google_pubsub_topic"),
            standing("google_pubsub_topic", name="orders2"),
            "name",
        ),
        create(
            "google_pubsub_subscription.audit", standing("google_pubsub_subscription", name="audit")
        ),
        stays("google_pubsub_subscription.worker"),
        uses={
            "google_pubsub_subscription.worker": {"topic": ["google_pubsub_topic.orders.id"]},
            "google_pubsub_topic.orders": {},
        },
    ),
    both(
        "a subscription is made anew by its filter / a new one with a filter",
        replace(
            "google_pubsub_subscription.worker",
            standing("google_pubsub_subscription", filter=""),
            standing("google_pubsub_subscription", filter='attributes.kind = "a"'),
            "filter",
        ),
        create(
            "google_pubsub_subscription.next",
            standing("google_pubsub_subscription", name="next", filter='attributes.kind = "a"'),
        ),
    ),
    both(
        "a lien goes / is added",
        delete(
            "google_resource_manager_lien.keep",
            {"parent": "projects/1", "restrictions": ["resourcemanager.projects.delete"]},
        ),
        create(
            "google_resource_manager_lien.keep",
            {"parent": "projects/1", "restrictions": ["resourcemanager.projects.delete"]},
        ),
    ),
    both(
        "an instance in a preview that production uses / a preview that nobody uses",
        delete("google_redis_instance.s", standing("google_redis_instance")),
        delete(
            "google_redis_instance.s",
            standing(
                "google_redis_instance", name="pr-412", labels={"env": "preview"}, memory_size_gb=1
            ),
        ),
    ),
    both(
        "a filter of a sink drops a log / a sink is added",
        delete("google_logging_project_sink.audit", standing("google_logging_project_sink")),
        create(
            "google_logging_project_sink.more", standing("google_logging_project_sink", name="more")
        ),
    ),
    both(
        "audit logs are excluded / debug logs are",
        create(
            "google_logging_project_exclusion.x",
            {
                "name": "x",
                "project": PROJECT,
                "filter": 'logName:"cloudaudit.googleapis.com"',
                "disabled": False,
            },
        ),
        create(
            "google_logging_project_exclusion.x",
            {"name": "x", "project": PROJECT, "filter": "severity<=DEBUG", "disabled": False},
        ),
    ),
    both(
        "an image repository is deleted / a dashboard is made anew",
        delete(
            "google_artifact_registry_repository.images",
            standing("google_artifact_registry_repository"),
        ),
        replace(
            "google_monitoring_dashboard.shop",
            {"dashboard_json": "{}", "project": PROJECT},
            {"dashboard_json": "{}", "project": "shop-metrics"},
            "project",
        ),
    ),
    both(
        "alarms lose their channel / a budget is raised",
        delete(
            "google_monitoring_notification_channel.call",
            {
                "display_name": "On call",
                "type": "pagerduty",
                "enabled": True,
                "name": "projects/p/notificationChannels/1",
            },
        ),
        tweak(
            "google_billing_budget.all",
            {"display_name": "all", "amount": [{"specified_amount": [{"units": "1000"}]}]},
            amount=[{"specified_amount": [{"units": "2000"}]}],
        ),
        stays("google_monitoring_alert_policy.errors"),
    ),
    both(
        "a nightly job goes / is made anew under another name",
        delete("google_cloud_scheduler_job.settle", standing("google_cloud_scheduler_job")),
        replace(
            "google_cloud_scheduler_job.settle",
            standing("google_cloud_scheduler_job"),
            standing("google_cloud_scheduler_job", name="settle-payments"),
            "name",
        ),
    ),
    both(
        "a function that answers goes / a new one",
        delete(
            "google_cloudfunctions2_function.resize", standing("google_cloudfunctions2_function")
        ),
        create("google_cloudfunctions2_function.next", {"name": "next"}),
    ),
    both(
        "an alarm goes / one like it stays",
        delete("google_monitoring_alert_policy.old", standing("google_monitoring_alert_policy")),
        [
            delete(
                "google_monitoring_alert_policy.old", standing("google_monitoring_alert_policy")
            ),
            stays("google_monitoring_alert_policy.new"),
        ],
    ),
    both(
        "metadata of the whole project is taken over / one value is added",
        create("google_compute_project_metadata.all", {"project": PROJECT, "metadata": {"a": "b"}}),
        create(
            "google_compute_project_metadata_item.one",
            {"project": PROJECT, "key": "a", "value": "b"},
        ),
    ),
]

PAIRS: Final = [*GRANTS, *NETWORK_PAIRS, *EDGE, *ROLLOUTS, *DATA]

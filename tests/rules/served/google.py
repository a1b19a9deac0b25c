"""Google Cloud: grants, filters, ports and ways in that nobody in the plan needs."""

from __future__ import annotations

from typing import Any, Final

from tests.plans import Json, create, delete, tweak
from tests.rules.served.worlds import pair, stay

PROJECT: Final = "lumen-prod"
REGION: Final = "europe-west3"
RING: Final = f"projects/{PROJECT}/locations/{REGION}/keyRings/core/cryptoKeys"
NUMBER: Final = "712345678901"
NET: Final = f"projects/{PROJECT}/global/networks/core"
CRYPTO: Final = "roles/cloudkms.cryptoKeyEncrypterDecrypter"


def account(name: str) -> str:
    return f"{name}@{PROJECT}.iam.gserviceaccount.com"


def grant(role: str, member: str, **scope: Any) -> Json:
    return {"id": f"{role}/{member}", "role": role, "member": member, "condition": [], **scope}


def key(name: str) -> Json:
    return stay(
        f"google_kms_crypto_key.{name}",
        id=f"{RING}/{name}",
        name=name,
        purpose="ENCRYPT_DECRYPT",
        key_ring=f"projects/{PROJECT}/locations/{REGION}/keyRings/core",
    )


_BQ: Final = f"serviceAccount:bq-{NUMBER}@bigquery-encryption.iam.gserviceaccount.com"
_PUBSUB: Final = f"serviceAccount:service-{NUMBER}@gcp-sa-pubsub.iam.gserviceaccount.com"
_COMPUTE: Final = f"serviceAccount:service-{NUMBER}@compute-system.iam.gserviceaccount.com"


def dataset(with_key: str) -> Json:
    return stay(
        "google_bigquery_dataset.ledger",
        id=f"projects/{PROJECT}/datasets/ledger",
        dataset_id="ledger",
        project=PROJECT,
        location=REGION,
        default_encryption_configuration=[{"kms_key_name": f"{RING}/{with_key}"}],
    )


def disk(with_key: str) -> Json:
    return stay(
        "google_compute_disk.broker",
        id=f"projects/{PROJECT}/zones/{REGION}-a/disks/broker",
        name="broker",
        zone=f"{REGION}-a",
        size=400,
        disk_encryption_key=[{"kms_key_self_link": f"{RING}/{with_key}"}],
    )


def topic(with_key: str | None) -> Json:
    return stay(
        "google_pubsub_topic.events",
        id=f"projects/{PROJECT}/topics/events",
        name="events",
        project=PROJECT,
        kms_key_name=with_key and f"{RING}/{with_key}",
    )


KEY_LOST: Final = delete(
    "google_kms_crypto_key_iam_member.warehouse_bq",
    grant(CRYPTO, _BQ, crypto_key_id=f"{RING}/warehouse"),
)
_KEY_USES: Final = {
    "google_kms_crypto_key_iam_member.warehouse_bq": {
        "crypto_key_id": ["google_kms_crypto_key.warehouse.id"]
    },
    "google_kms_crypto_key_iam_binding.disks": {
        "crypto_key_id": ["google_kms_crypto_key.disks.id"]
    },
    "google_compute_disk.broker": {"disk_encryption_key": ["google_kms_crypto_key.disks.id"]},
}


def key_binding(*members: str) -> Json:
    return {"role": CRYPTO, "members": list(members), "crypto_key_id": f"{RING}/disks"}


KEYS: Final = [
    pair(
        "BigQuery's agent loses the key of the dataset / a key that only disks use",
        [KEY_LOST, dataset("warehouse")],
        [
            KEY_LOST,
            dataset("analytics"),
            disk("warehouse"),
            key("analytics"),
            stay(
                "google_kms_crypto_key_iam_member.analytics_bq",
                **grant(CRYPTO, _BQ, crypto_key_id=f"{RING}/analytics"),
            ),
        ],
        key("warehouse"),
        uses=_KEY_USES,
        danger_uses={
            "google_bigquery_dataset.ledger": {
                "default_encryption_configuration": ["google_kms_crypto_key.warehouse.id"]
            }
        },
        twin_uses={
            "google_bigquery_dataset.ledger": {
                "default_encryption_configuration": ["google_kms_crypto_key.analytics.id"]
            },
            "google_compute_disk.broker": {
                "disk_encryption_key": ["google_kms_crypto_key.warehouse.id"]
            },
        },
    ),
    pair(
        "a key's list drops the agent of its disks / of a service that does not use it",
        tweak(
            "google_kms_crypto_key_iam_binding.disks",
            key_binding(_COMPUTE, _PUBSUB),
            members=[_PUBSUB],
        ),
        tweak(
            "google_kms_crypto_key_iam_binding.disks",
            key_binding(_COMPUTE, _PUBSUB),
            members=[_COMPUTE],
        ),
        key("disks"),
        disk("disks"),
        topic(None),
        uses=_KEY_USES,
    ),
]


# Workloads and the accounts they use


def run(name: str, who: str, env: dict[str, str], **more: Any) -> Json:
    values = [{"name": at, "value": value, "value_source": []} for at, value in env.items()]
    return stay(
        f"google_cloud_run_v2_service.{name}",
        id=f"projects/{PROJECT}/locations/{REGION}/services/{name}",
        name=name,
        location=REGION,
        project=PROJECT,
        uri=f"https://{name}-x1-ey.a.run.app",
        ingress="INGRESS_TRAFFIC_ALL",
        template=[
            {
                "service_account": account(who),
                "containers": [{"image": f"{REGION}-docker.pkg.dev/x/{name}:4", "env": values}],
            }
        ],
        **more,
    )


def bucket(name: str, **more: Any) -> Json:
    return stay(
        f"google_storage_bucket.{name}",
        id=f"lumen-{name}",
        name=f"lumen-{name}",
        location="EU",
        project=PROJECT,
        **more,
    )


def secret(name: str) -> Json:
    return stay(
        f"google_secret_manager_secret.{name}",
        id=f"projects/{PROJECT}/secrets/{name}",
        secret_id=name,
        name=f"projects/{NUMBER}/secrets/{name}",
    )


def with_secret(name: str) -> Json:
    service = run("billing", "billing", {})
    env = [
        {
            "name": "TOKEN",
            "value": "",
            "value_source": [{"secret_key_ref": [{"secret": name, "version": "latest"}]}],
        }
    ]
    for side in ("before", "after"):
        service["change"][side]["template"][0]["containers"][0]["env"] = env
    return service


def kube_account(namespace: str, name: str, who: str) -> Json:
    return stay(
        "kubernetes_service_account_v1.reports",
        id=f"{namespace}/{name}",
        metadata=[
            {
                "name": name,
                "namespace": namespace,
                "annotations": {"iam.gke.io/gcp-service-account": account(who)},
            }
        ],
    )


_RUNNER: Final = stay(
    "kubernetes_deployment_v1.reports",
    id="finance/reports",
    metadata=[{"name": "reports", "namespace": "finance"}],
    spec=[
        {
            "replicas": "2",
            "selector": [{"match_labels": {"app": "reports"}}],
            "template": [
                {
                    "metadata": [{"labels": {"app": "reports"}}],
                    "spec": [
                        {
                            "service_account_name": "reports",
                            "container": [{"name": "app", "image": "registry.example/reports:1"}],
                        }
                    ],
                }
            ],
        }
    ],
)
_POOL: Final = f"serviceAccount:{PROJECT}.svc.id.goog[finance/reports]"


def impersonation(who: str) -> Json:
    where = f"projects/{PROJECT}/serviceAccounts/{account(who)}"
    return grant("roles/iam.workloadIdentityUser", _POOL, service_account_id=where)


INVOICES_LOST: Final = delete(
    "google_storage_bucket_iam_member.render_invoices",
    grant(
        "roles/storage.objectAdmin",
        f"serviceAccount:{account('render')}",
        bucket="lumen-invoices",
    ),
)
_BUCKET_USES: Final = {
    "google_storage_bucket_iam_member.render_invoices": {
        "bucket": ["google_storage_bucket.invoices.name"],
        "member": ["google_service_account.render.email"],
    },
    "google_storage_bucket_iam_member.render_reports": {
        "bucket": ["google_storage_bucket.reports.name"],
        "member": ["google_service_account.render.email"],
    },
}
RENDER: Final = stay(
    "google_service_account.render",
    id=f"projects/{PROJECT}/serviceAccounts/{account('render')}",
    account_id="render",
    email=account("render"),
    member=f"serviceAccount:{account('render')}",
)
_TOKEN_LOST: Final = delete(
    "google_secret_manager_secret_iam_member.billing_old",
    grant(
        "roles/secretmanager.secretAccessor",
        f"serviceAccount:{account('billing')}",
        secret_id=f"projects/{PROJECT}/secrets/psp-token",
    ),
)

WORKLOADS: Final = [
    pair(
        "pods lose the account their annotation names / one that it does not name",
        [
            delete("google_service_account_iam_member.reports", impersonation("reports")),
            kube_account("finance", "reports", "reports"),
        ],
        [
            delete("google_service_account_iam_member.reports", impersonation("reports")),
            kube_account("finance", "reports", "finance-reports"),
            stay(
                "google_service_account_iam_member.finance_reports",
                **impersonation("finance-reports"),
            ),
        ],
        _RUNNER,
    ),
    pair(
        "a service loses the bucket it writes to / a bucket that it does not use",
        [INVOICES_LOST, run("render", "render", {"OUT_BUCKET": "lumen-invoices"})],
        [INVOICES_LOST, run("render", "render", {"OUT_BUCKET": "lumen-reports"})],
        bucket("invoices"),
        bucket("reports"),
        RENDER,
        stay(
            "google_storage_bucket_iam_member.render_reports",
            **grant(
                "roles/storage.objectAdmin",
                f"serviceAccount:{account('render')}",
                bucket="lumen-reports",
            ),
        ),
        uses=_BUCKET_USES,
        danger_uses={
            "google_cloud_run_v2_service.render": {
                "template": [
                    "google_storage_bucket.invoices.name",
                    "google_service_account.render.email",
                ]
            }
        },
        twin_uses={
            "google_cloud_run_v2_service.render": {
                "template": [
                    "google_storage_bucket.reports.name",
                    "google_service_account.render.email",
                ]
            }
        },
    ),
    pair(
        "a service loses the secret in its environment / a secret that it no longer reads",
        [_TOKEN_LOST, with_secret("psp-token")],
        [_TOKEN_LOST, with_secret("psp-token-v2")],
        secret("psp-token"),
        secret("psp-token-v2"),
        stay(
            "google_secret_manager_secret_iam_member.billing_new",
            **grant(
                "roles/secretmanager.secretAccessor",
                f"serviceAccount:{account('billing')}",
                secret_id=f"projects/{PROJECT}/secrets/psp-token-v2",
            ),
        ),
        uses={
            "google_secret_manager_secret_iam_member.billing_old": {
                "secret_id": ["google_secret_manager_secret.psp-token.id"]
            },
            "google_secret_manager_secret_iam_member.billing_new": {
                "secret_id": ["google_secret_manager_secret.psp-token-v2.id"]
            },
        },
        danger_uses={
            "google_cloud_run_v2_service.billing": {
                "template": ["google_secret_manager_secret.psp-token.secret_id"]
            }
        },
        twin_uses={
            "google_cloud_run_v2_service.billing": {
                "template": ["google_secret_manager_secret.psp-token-v2.secret_id"]
            }
        },
    ),
]


# Firewalls and NAT


def firewall(name: str, verb: str, ports: list[str], **more: Any) -> Json:
    rules = [{"protocol": "tcp", "ports": ports}]
    return {
        "id": f"projects/{PROJECT}/global/firewalls/{name}",
        "name": name,
        "network": NET,
        "direction": "INGRESS",
        "disabled": False,
        "priority": 1000,
        "allow": rules if verb == "allow" else [],
        "deny": rules if verb == "deny" else [],
        "source_ranges": ["10.0.0.0/8"],
        "target_tags": ["api"],
        **more,
    }


def made(address: str, after: Json) -> Json:
    return create(address, {at: value for at, value in after.items() if at != "id"})


API: Final = (
    stay(
        "google_compute_network.core", id=NET, name="core", self_link=NET, auto_create_subnetworks=0
    ),
    stay(
        "google_compute_instance.api",
        id=f"projects/{PROJECT}/zones/{REGION}-a/instances/api",
        name="api",
        zone=f"{REGION}-a",
        tags=["api"],
        network_interface=[{"network": NET, "network_ip": "10.4.0.9"}],
    ),
    stay("google_compute_firewall.web", **firewall("web", "allow", ["8443"])),
)
_FIRE_USES: Final = {
    f"google_compute_firewall.{name}": {"network": ["google_compute_network.core.id"]}
    for name in ("web", "shut", "branch", "refuse")
} | {"google_compute_instance.api": {"network_interface": ["google_compute_network.core.id"]}}


def nat(ips: int, ports: int, **more: Any) -> Json:
    return {
        "id": f"{PROJECT}/{REGION}/core/core",
        "name": "core",
        "router": "core",
        "region": REGION,
        "nat_ip_allocate_option": "MANUAL_ONLY",
        "nat_ips": [f"projects/{PROJECT}/regions/{REGION}/addresses/nat-{i}" for i in range(ips)],
        "source_subnetwork_ip_ranges_to_nat": "ALL_SUBNETWORKS_ALL_IP_RANGES",
        "min_ports_per_vm": ports,
        "max_ports_per_vm": None,
        "enable_dynamic_port_allocation": False,
        **more,
    }


def fleet(size: int) -> list[Json]:
    return [
        stay(
            "google_compute_region_instance_group_manager.crawl",
            id=f"projects/{PROJECT}/regions/{REGION}/instanceGroupManagers/crawl",
            name="crawl",
            region=REGION,
            target_size=size,
            version=[{"instance_template": "projects/x/global/instanceTemplates/crawl-1"}],
        ),
        stay(
            "google_compute_instance_template.crawl",
            id="projects/x/global/instanceTemplates/crawl-1",
            self_link="projects/x/global/instanceTemplates/crawl-1",
            network_interface=[{"network": NET, "access_config": []}],
        ),
    ]


_NAT_USES: Final = {
    "google_compute_router_nat.core": {"router": ["google_compute_router.core.name"]},
    "google_compute_router.core": {"network": ["google_compute_network.core.id"]},
    "google_compute_instance_template.crawl": {
        "network_interface": ["google_compute_network.core.id"]
    },
    "google_compute_region_instance_group_manager.crawl": {
        "version": ["google_compute_instance_template.crawl.id"]
    },
}
_ROUTER: Final = stay(
    "google_compute_router.core", id=f"{PROJECT}/{REGION}/core", name="core", network=NET
)

NETWORK: Final = [
    pair(
        "the port that the allow rule opens is denied first / ports that nothing opens are",
        made("google_compute_firewall.shut", firewall("shut", "deny", ["8000-9000"], priority=900)),
        made(
            "google_compute_firewall.shut",
            firewall("shut", "deny", ["23", "135-139", "445"], priority=900),
        ),
        *API,
        uses=_FIRE_USES,
    ),
    pair(
        "an allow rule that decides goes / one behind a deny of the same goes",
        delete(
            "google_compute_firewall.branch",
            firewall("branch", "allow", ["9443"], priority=800, source_ranges=["10.40.0.0/16"]),
        ),
        delete(
            "google_compute_firewall.branch",
            firewall("branch", "allow", ["9443"], priority=1200, source_ranges=["10.40.0.0/16"]),
        ),
        *API,
        stay(
            "google_compute_firewall.refuse",
            **firewall("refuse", "deny", ["9000-9999"], source_ranges=["10.32.0.0/11"]),
        ),
        uses=_FIRE_USES,
    ),
    pair(
        "each machine takes more ports than the addresses have / than fit",
        [tweak("google_compute_router_nat.core", nat(1, 64), min_ports_per_vm=4096), *fleet(24)],
        [tweak("google_compute_router_nat.core", nat(1, 64), min_ports_per_vm=4096), *fleet(10)],
        API[0],
        _ROUTER,
        uses=_NAT_USES,
    ),
    pair(
        "three of four addresses of a NAT go, and sixty / twelve machines stay",
        [
            tweak("google_compute_router_nat.core", nat(4, 2048), nat_ips=nat(1, 2048)["nat_ips"]),
            *fleet(60),
        ],
        [
            tweak("google_compute_router_nat.core", nat(2, 64), min_ports_per_vm=128),
            *fleet(12),
        ],
        API[0],
        _ROUTER,
        uses=_NAT_USES,
    ),
]


# Ways in


def ingress(name: str, to: str, service: Json) -> Json:
    return tweak(f"google_cloud_run_v2_service.{name}", service["change"]["before"], ingress=to)


PUSH: Final = stay(
    "google_pubsub_subscription.thumbs",
    id=f"projects/{PROJECT}/subscriptions/thumbs",
    name="thumbs",
    topic=f"projects/{PROJECT}/topics/events",
    push_config=[{"push_endpoint": "https://thumbs-x1-ey.a.run.app/push"}],
)
_NEG: Final = stay(
    "google_compute_region_network_endpoint_group.thumbs",
    id="neg/thumbs",
    name="thumbs",
    region=REGION,
    network_endpoint_type="SERVERLESS",
    cloud_run=[{"service": "thumbs"}],
)
_BACKEND: Final = stay(
    "google_compute_backend_service.thumbs",
    id="backend/thumbs",
    name="thumbs",
    load_balancing_scheme="EXTERNAL_MANAGED",
    backend=[{"group": "neg/thumbs"}],
)
_FUNCTION: Final = {
    "id": f"projects/{PROJECT}/locations/{REGION}/functions/quote",
    "name": "quote",
    "location": REGION,
    "url": f"https://{REGION}-{PROJECT}.cloudfunctions.net/quote",
    "service_config": [{"ingress_settings": "ALLOW_ALL", "uri": "https://quote-x1-ey.a.run.app"}],
}
FUNCTION_SHUT: Final = tweak(
    "google_cloudfunctions2_function.quote",
    _FUNCTION,
    service_config=[
        {
            "ingress_settings": "ALLOW_INTERNAL_AND_GCLB",
            "uri": "https://quote-x1-ey.a.run.app",
        }
    ],
)


def deletes(age: int, *prefixes: str) -> Json:
    return {
        "action": [{"type": "Delete"}],
        "condition": [{"age": age, "matches_prefix": list(prefixes), "with_state": "ANY"}],
    }


_SHELF: Final = bucket("shelf", versioning=[{"enabled": False}], lifecycle_rule=[])
_SQL: Final = {
    "id": "lumen-sql",
    "name": "lumen-sql",
    "database_version": "POSTGRES_16",
    "region": REGION,
    "private_ip_address": "10.4.9.3",
}


def sql(public: bool, *ranges: str) -> Json:
    return {
        **_SQL,
        "public_ip_address": "203.0.113.90" if public else "",
        "settings": [
            {
                "tier": "db-custom-4-16384",
                "ip_configuration": [
                    {
                        "ipv4_enabled": public,
                        "private_network": NET,
                        "authorized_networks": [{"name": one, "value": one} for one in ranges],
                    }
                ],
            }
        ],
    }


_OFFICE: Final = ("198.51.100.0/24", "203.0.113.16/28")
ENTRIES: Final = [
    pair(
        "a service behind a balancer takes internal calls alone / one that Pub/Sub alone calls",
        [
            ingress("thumbs", "INGRESS_TRAFFIC_INTERNAL_ONLY", run("thumbs", "thumbs", {})),
            _NEG,
            _BACKEND,
        ],
        [
            ingress("thumbs", "INGRESS_TRAFFIC_INTERNAL_ONLY", run("thumbs", "thumbs", {})),
            PUSH,
            topic(None),
        ],
        uses={
            "google_compute_region_network_endpoint_group.thumbs": {
                "cloud_run": ["google_cloud_run_v2_service.thumbs.name"]
            },
            "google_compute_backend_service.thumbs": {
                "backend": ["google_compute_region_network_endpoint_group.thumbs.id"]
            },
            "google_pubsub_subscription.thumbs": {
                "push_config": ["google_cloud_run_v2_service.thumbs.uri"],
                "topic": ["google_pubsub_topic.events.id"],
            },
        },
    ),
    pair(
        "a function's own address is shut while an app calls it / while the balancer serves it",
        [
            FUNCTION_SHUT,
            run("shop", "shop", {"QUOTE_URL": "https://quote-x1-ey.a.run.app"}),
        ],
        [
            FUNCTION_SHUT,
            stay(
                "google_compute_region_network_endpoint_group.quote",
                id="neg/quote",
                name="quote",
                region=REGION,
                cloud_function=[{"function": "quote"}],
            ),
            stay(
                "google_compute_backend_service.quote",
                id="backend/quote",
                name="quote",
                load_balancing_scheme="EXTERNAL_MANAGED",
                backend=[{"group": "neg/quote"}],
            ),
            run("shop", "shop", {"QUOTE_URL": "https://quote.lumen.example"}),
        ],
        uses={
            "google_compute_region_network_endpoint_group.quote": {
                "cloud_function": ["google_cloudfunctions2_function.quote.name"]
            },
            "google_compute_backend_service.quote": {
                "backend": ["google_compute_region_network_endpoint_group.quote.id"]
            },
        },
        danger_uses={
            "google_cloud_run_v2_service.shop": {
                "template": ["google_cloudfunctions2_function.quote.service_config"]
            }
        },
    ),
    pair(
        "a first rule deletes contracts / scratch files",
        tweak(
            "google_storage_bucket.shelf",
            _SHELF["change"]["before"],
            lifecycle_rule=[deletes(30, "contracts/", "tmp/")],
        ),
        tweak(
            "google_storage_bucket.shelf",
            _SHELF["change"]["before"],
            lifecycle_rule=[deletes(3, "scratch/", "cache/thumbs/")],
        ),
    ),
    pair(
        "an office leaves the list of a public database / of one without a public address",
        tweak(
            "google_sql_database_instance.main",
            sql(True, *_OFFICE),
            settings=sql(True, _OFFICE[0])["settings"],
        ),
        tweak(
            "google_sql_database_instance.main",
            sql(False, *_OFFICE),
            settings=sql(False, _OFFICE[0])["settings"],
        ),
    ),
    pair(
        "sign-in loses the shop's domain / localhost",
        tweak(
            "google_identity_platform_config.main",
            {
                "project": PROJECT,
                "authorized_domains": ["localhost", "shop.lumen.example", "lumen.example"],
            },
            authorized_domains=["localhost", "lumen.example"],
        ),
        tweak(
            "google_identity_platform_config.main",
            {
                "project": PROJECT,
                "authorized_domains": ["localhost", "shop.lumen.example", "lumen.example"],
            },
            authorized_domains=["shop.lumen.example", "lumen.example"],
        ),
    ),
]

GOOGLE: Final = [*KEYS, *WORKLOADS, *NETWORK, *ENTRIES]

"""Pairs written after the look-alikes, to see how far these reach.

At first sight 18 of the 20 dangers were held and 1 of the 20 harmless twins.
"""

from __future__ import annotations

from typing import Any, Final

from tests.plans import Json, create, delete, replace, tweak, update
from tests.rules.served import azure, azure_rights, google, kubernetes, services
from tests.rules.served.worlds import pair, stay

_WEB_USES: Final = {
    "azurerm_linux_web_app.portal": {"identity": ["azurerm_user_assigned_identity.care.id"]}
}


def _job(name: str, who: str, env: dict[str, str]) -> Json:
    values = [{"name": at, "value": value} for at, value in env.items()]
    return stay(
        f"google_cloud_run_v2_job.{name}",
        id=f"jobs/{name}",
        name=name,
        location=google.REGION,
        template=[
            {
                "template": [
                    {
                        "service_account": google.account(who),
                        "containers": [{"image": "x/y:1", "env": values}],
                    }
                ]
            }
        ],
    )


def _topic(name: str) -> Json:
    return stay(
        f"google_pubsub_topic.{name}",
        id=f"projects/{google.PROJECT}/topics/{name}",
        name=name,
        project=google.PROJECT,
    )


def _publisher(topic: str, who: str = "export") -> Json:
    return google.grant(
        "roles/pubsub.publisher",
        f"serviceAccount:{google.account(who)}",
        topic=f"projects/{google.PROJECT}/topics/{topic}",
        project=google.PROJECT,
    )


_LIST: Final = {
    "role": "roles/pubsub.publisher",
    "topic": f"projects/{google.PROJECT}/topics/shipments",
    "project": google.PROJECT,
    "members": [f"serviceAccount:{google.account(who)}" for who in ("export", "intake")],
}
_SQL_KEY: Final = f"serviceAccount:service-{google.NUMBER}@gcp-sa-cloud-sql.iam.gserviceaccount.com"


def _sql(key: str) -> Json:
    return stay(
        "google_sql_database_instance.main",
        id="main",
        name="main",
        database_version="POSTGRES_16",
        encryption_key_name=f"{google.RING}/{key}",
        settings=[{"tier": "db-f1-micro"}],
    )


GOOGLE: Final = [
    pair(
        "a list drops a job's account whose topic it is / whose job writes to another",
        [
            tweak("google_pubsub_topic_iam_binding.ship", _LIST, members=_LIST["members"][1:]),
            _job("export", "export", {"TOPIC": "shipments"}),
        ],
        [
            tweak("google_pubsub_topic_iam_binding.ship", _LIST, members=_LIST["members"][1:]),
            _job("export", "export", {"TOPIC": "exports"}),
            stay("google_pubsub_topic_iam_member.export", **_publisher("exports")),
        ],
        _topic("shipments"),
        _topic("exports"),
        _job("intake", "intake", {"TOPIC": "shipments"}),
    ),
    pair(
        "Cloud SQL's agent loses the key of the instance / a key of buckets",
        [
            delete(
                "google_kms_crypto_key_iam_member.sql",
                google.grant(google.CRYPTO, _SQL_KEY, crypto_key_id=f"{google.RING}/buckets"),
            ),
            _sql("buckets"),
        ],
        [
            delete(
                "google_kms_crypto_key_iam_member.sql",
                google.grant(google.CRYPTO, _SQL_KEY, crypto_key_id=f"{google.RING}/buckets"),
            ),
            _sql("databases"),
        ],
        google.key("buckets"),
        google.key("databases"),
        google.bucket("invoices", encryption=[{"default_kms_key_name": f"{google.RING}/buckets"}]),
    ),
    pair(
        "a deny of outgoing mail and shares / of the database's port",
        google.made(
            "google_compute_firewall.shut",
            {
                **google.firewall("shut", "deny", ["5432"], priority=700, direction="EGRESS"),
                "source_ranges": [],
                "destination_ranges": ["0.0.0.0/0"],
            },
        ),
        google.made(
            "google_compute_firewall.shut",
            {
                **google.firewall("shut", "deny", ["25", "445"], priority=700, direction="EGRESS"),
                "source_ranges": [],
                "destination_ranges": ["0.0.0.0/0"],
            },
        ),
        *google.API,
        stay("google_sql_database_instance.main", name="main", private_ip_address="10.4.9.3"),
    ),
    pair(
        "a service with a domain mapping / behind a balancer shuts its own address",
        [
            google.ingress(
                "site",
                "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER",
                google.run("site", "site", {"BASE": "https://site.lumen.example"}),
            ),
            stay(
                "google_cloud_run_domain_mapping.site",
                name="site.lumen.example",
                location=google.REGION,
                spec=[{"route_name": "site"}],
            ),
        ],
        [
            google.ingress(
                "site",
                "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER",
                google.run("site", "site", {"BASE": "https://site.lumen.example"}),
            ),
            stay(
                "google_compute_region_network_endpoint_group.site",
                id="neg/site",
                name="site",
                cloud_run=[{"service": "site"}],
            ),
            stay(
                "google_compute_backend_service.site",
                id="backend/site",
                name="site",
                load_balancing_scheme="EXTERNAL_MANAGED",
                backend=[{"group": "neg/site"}],
            ),
        ],
    ),
    pair(
        "objects of invoices / thumbnails in a cache go earlier",
        tweak(
            "google_storage_bucket.shelf",
            google.bucket("shelf", lifecycle_rule=[google.deletes(400, "invoices/")])["change"][
                "before"
            ],
            lifecycle_rule=[google.deletes(14, "invoices/")],
        ),
        tweak(
            "google_storage_bucket.shelf",
            google.bucket("shelf", lifecycle_rule=[google.deletes(400, "img/cache/")])["change"][
                "before"
            ],
            lifecycle_rule=[google.deletes(14, "img/cache/")],
        ),
    ),
]

_EVENTS: Final = f"{azure.P}/Microsoft.EventGrid/topics/evgt-care"
_TOPIC: Final = {
    **azure.IN,
    "id": _EVENTS,
    "name": "evgt-care",
    "local_auth_enabled": True,
    "endpoint": "https://evgt-care.northeurope-1.eventgrid.azure.net/api/events",
}
_NO_TOPIC_KEYS: Final = tweak("azurerm_eventgrid_topic.care", _TOPIC, local_auth_enabled=False)
_COG: Final = {
    **azure.IN,
    "id": f"{azure.P}/Microsoft.CognitiveServices/accounts/ai-care",
    "name": "ai-care",
    "kind": "OpenAI",
    "endpoint": "https://ai-care.openai.azure.com/",
    "public_network_access_enabled": True,
    "network_acls": [{"default_action": "Allow", "ip_rules": [], "virtual_network_rules": []}],
}


def _ai_closed(*subnets: str) -> Json:
    rules = [{"subnet_id": f"{azure.VNET}/subnets/snet-{name}"} for name in subnets]
    acls = {"default_action": "Deny", "ip_rules": [], "virtual_network_rules": rules}
    return tweak("azurerm_cognitive_account.ai", _COG, network_acls=[acls])


def _apps(*subnet_of: str) -> list[Json]:
    """Container apps whose environment is in a subnet."""
    return [
        stay(
            "azurerm_container_app_environment.main",
            **azure.IN,
            id="env1",
            name="cae-care",
            infrastructure_subnet_id=f"{azure.VNET}/subnets/snet-{subnet_of[0]}",
        ),
        stay(
            "azurerm_container_app.triage",
            **azure.IN,
            id=f"{azure.P}/Microsoft.App/containerApps/ca-triage",
            name="ca-triage",
            container_app_environment_id="env1",
            identity=[{"type": "UserAssigned", "identity_ids": [azure.ID]}],
            template=[
                {
                    "container": [
                        {
                            "name": "app",
                            "env": [
                                {"name": "AI", "value": "https://ai-care.openai.azure.com/"},
                                {"name": "EVENTS", "value": str(_TOPIC["endpoint"])},
                            ],
                        }
                    ]
                }
            ],
        ),
    ]


_APP_USES: Final = {
    "azurerm_container_app.triage": {
        "container_app_environment_id": ["azurerm_container_app_environment.main.id"],
        "identity": ["azurerm_user_assigned_identity.care.id"],
        "template": ["azurerm_cognitive_account.ai.endpoint"],
    },
}
_MYSQL: Final = {
    "name": "office",
    "server_name": "mysql-care",
    "resource_group_name": "rg-care-prod",
    "start_ip_address": "198.51.100.0",
    "end_ip_address": "198.51.100.255",
}


def _mysql(public: bool) -> Json:
    return stay(
        "azurerm_mysql_flexible_server.care",
        **azure.IN,
        id=f"{azure.P}/Microsoft.DBforMySQL/flexibleServers/mysql-care",
        name="mysql-care",
        public_network_access_enabled=public,
    )


AZURE: Final = [
    pair(
        "events without keys, and the app posts with one / with its identity",
        [
            _NO_TOPIC_KEYS,
            azure.web("portal", {"EVENTS": str(_TOPIC["endpoint"]), "EVENTS_KEY": "k"}),
        ],
        [
            _NO_TOPIC_KEYS,
            azure.web("portal", {"EVENTS": str(_TOPIC["endpoint"])}),
            stay("azurerm_role_assignment.ev", **azure.role("EventGrid Data Sender", _EVENTS)),
        ],
        azure.IDENTITY,
        uses=_WEB_USES,
        danger_uses={
            "azurerm_linux_web_app.portal": {
                "app_settings": ["azurerm_eventgrid_topic.care.primary_access_key"],
            }
        },
    ),
    pair(
        "models for one network, and the apps are in another / are in it",
        [_ai_closed("web"), *_apps("apps")],
        [_ai_closed("apps"), *_apps("apps")],
        azure.subnet("web", "10.60.2.0/24", "Microsoft.CognitiveServices"),
        azure.subnet("apps", "10.60.20.0/23", "Microsoft.CognitiveServices"),
        azure.IDENTITY,
        uses=_APP_USES,
    ),
    pair(
        "the office leaves a server that is public / that is private",
        [delete("azurerm_mysql_flexible_server_firewall_rule.office", _MYSQL), _mysql(True)],
        [delete("azurerm_mysql_flexible_server_firewall_rule.office", _MYSQL), _mysql(False)],
    ),
    pair(
        "a list of the app's group loses a reader of its secrets / of a vault it has left",
        [
            delete(
                "azurerm_role_assignment.kv",
                azure.role("Key Vault Secrets User", azure_rights.VAULT),
            ),
            azure.web("portal", {"K": "@Microsoft.KeyVault(VaultName=kv-care;SecretName=a)"}),
        ],
        [
            delete(
                "azurerm_role_assignment.kv",
                azure.role("Key Vault Secrets User", azure_rights.VAULT),
            ),
            azure.web("portal", {"K": "@Microsoft.KeyVault(VaultName=kv-edge;SecretName=a)"}),
            stay(
                "azurerm_role_assignment.edge",
                **azure.role("Key Vault Secrets User", azure_rights.OTHER_VAULT),
            ),
        ],
        azure_rights.vault("care", azure_rights.VAULT, roles=True),
        azure_rights.vault("edge", azure_rights.OTHER_VAULT, roles=True),
        azure.IDENTITY,
        uses=_WEB_USES,
    ),
    pair(
        "a store behind a front door is for one subnet / a store of an app is",
        [
            azure.store_closed("web"),
            stay(
                "azurerm_cdn_frontdoor_origin.docs",
                name="docs",
                host_name="stcaredocs.blob.core.windows.net",
                enabled=True,
            ),
        ],
        [azure.store_closed("web")],
        azure.web("portal", azure.DOCS_URL, "web"),
        azure.subnet("web", "10.60.2.0/24", "Microsoft.Storage.Global"),
        azure.IDENTITY,
        uses={
            "azurerm_cdn_frontdoor_origin.docs": {
                "host_name": ["azurerm_storage_account.docs.primary_blob_host"]
            }
        },
    ),
]


def _cron(name: str, claim: str, path: str, *args: str) -> Json:
    return kubernetes.pods(name, mounts={claim: path}, kind="cron_job_v1", args=list(args))


def _manifest(kind: str, name: str, spec: Json, **more: Any) -> Json:
    return {
        "manifest": {
            "apiVersion": "v1",
            "kind": kind,
            "metadata": {"name": name, "namespace": "billing"},
            "spec": spec,
            **more,
        }
    }


def _spec(selector: Json) -> Json:
    return {"selector": selector, "ports": [{"port": 80, "targetPort": 8080}]}


KUBERNETES: Final = [
    pair(
        "a volume of reports / of a scanner's database cache is made anew",
        [kubernetes.claim_anew("reports"), _cron("report", "reports", "/srv/reports")],
        [
            kubernetes.claim_anew("trivy-cache"),
            _cron("scan", "trivy-cache", "/var/lib/trivy", "--cache-dir=/var/lib/trivy"),
        ],
    ),
    pair(
        "requests of one namespace: memory below / above what may run",
        tweak(
            "kubernetes_resource_quota_v1.limits",
            kubernetes.quota(**{"requests.memory": "64Gi", "pods": "100"}),
            spec=kubernetes.quota(**{"requests.memory": "10Gi", "pods": "100"})["spec"],
        ),
        tweak(
            "kubernetes_resource_quota_v1.limits",
            kubernetes.quota(**{"requests.memory": "64Gi", "pods": "100"}),
            spec=kubernetes.quota(**{"requests.memory": "20480Mi", "pods": "40"})["spec"],
        ),
        *kubernetes.SIZED,
    ),
    pair(
        "a policy of a database admits the api alone, and a job reads it / nobody else does",
        [
            create("kubernetes_network_policy.pg", _pg := {**kubernetes.admission("portal")}),
            kubernetes.pods("export", env={"DB": "postgres://app:x@ledger:5432/x"}),
        ],
        [create("kubernetes_network_policy.pg", _pg)],
        *kubernetes.SERVED,
    ),
    pair(
        "a manifest of a service moves to a label of other pods / of the same",
        update(
            "kubernetes_manifest.svc",
            _manifest("Service", "ledger", _spec({"app": "ledger"})),
            _manifest("Service", "ledger", _spec({"role": "books"})),
        ),
        update(
            "kubernetes_manifest.svc",
            _manifest("Service", "ledger", _spec({"app": "ledger"})),
            _manifest("Service", "ledger", _spec({"tier": "api"})),
        ),
        kubernetes.pods("ledger", {"app": "ledger", "tier": "api"}),
        kubernetes.pods("portal", {"app": "portal", "role": "books"}),
    ),
    pair(
        "a binding of the cluster drops the account of the operator / of nobody",
        tweak(
            "kubernetes_cluster_role_binding_v1.ops",
            {**kubernetes.bound("ledger", "gone"), "metadata": [{"name": "ops"}]},
            subject=kubernetes.bound("gone")["subject"],
        ),
        tweak(
            "kubernetes_cluster_role_binding_v1.ops",
            {**kubernetes.bound("ledger", "gone"), "metadata": [{"name": "ops"}]},
            subject=kubernetes.bound("ledger")["subject"],
        ),
        kubernetes.pods("ledger", account="ledger"),
        kubernetes.kube_account("gone"),
    ),
]

SERVICES: Final = [
    pair(
        "Cognito loses the shop's callback / a developer's",
        tweak(
            "aws_cognito_user_pool_client.shop",
            {"name": "shop", "callback_urls": [services.SHOP, services.LOCAL]},
            callback_urls=[services.LOCAL],
        ),
        tweak(
            "aws_cognito_user_pool_client.shop",
            {"name": "shop", "callback_urls": [services.SHOP, services.LOCAL]},
            callback_urls=[services.SHOP],
        ),
    ),
    pair(
        "a bucket's browsers of the shop / of a developer are refused",
        tweak(
            "aws_s3_bucket_cors_configuration.x",
            {
                "bucket": "x",
                "cors_rule": [
                    {"allowed_methods": ["GET"], "allowed_origins": ["https://shop.tern.example"]},
                    {"allowed_methods": ["GET"], "allowed_origins": ["http://localhost:3000"]},
                ],
            },
            cors_rule=[{"allowed_methods": ["GET"], "allowed_origins": ["http://localhost:3000"]}],
        ),
        tweak(
            "aws_s3_bucket_cors_configuration.x",
            {
                "bucket": "x",
                "cors_rule": [
                    {"allowed_methods": ["GET"], "allowed_origins": ["https://shop.tern.example"]},
                    {"allowed_methods": ["GET"], "allowed_origins": ["http://localhost:3000"]},
                ],
            },
            cors_rule=[
                {"allowed_methods": ["GET"], "allowed_origins": ["https://shop.tern.example"]}
            ],
        ),
    ),
    pair(
        "a Vault policy loses a path that its role needs / a path under one it keeps",
        tweak(
            "vault_policy.tax",
            services.vault_policy("tax", "secret/data/tax/*", "pki/issue/tax"),
            policy=services.vault_policy("tax", "secret/data/tax/*")["policy"],
        ),
        tweak(
            "vault_policy.tax",
            services.vault_policy("tax", "secret/data/tax/*", "secret/data/tax/db"),
            policy=services.vault_policy("tax", "secret/data/tax/*")["policy"],
        ),
        stay(
            "vault_kubernetes_auth_backend_role.tax",
            **services.vault_role("tax", ["filing"], "tax"),
        ),
        services.injected("filing", "filing", "tax", services.CERTS),
    ),
    pair(
        "Keycloak's admin console / a preview goes from the list",
        services.listed(
            "keycloak_openid_client.console",
            "valid_redirect_uris",
            ["https://admin.tern.example/*", services.PREVIEW],
            [services.PREVIEW],
            client_id="console",
        ),
        services.listed(
            "keycloak_openid_client.console",
            "valid_redirect_uris",
            ["https://admin.tern.example/*", services.PREVIEW],
            ["https://admin.tern.example/*"],
            client_id="console",
        ),
    ),
    pair(
        "a volume of a runner's uploads / of its cache is exchanged on AWS",
        replace(
            "aws_efs_file_system.uploads",
            {"id": "fs-1", "creation_token": "uploads", "encrypted": False},
            {"creation_token": "uploads", "encrypted": True},
            "encrypted",
        ),
        create("aws_efs_file_system.cache", {"creation_token": "cache", "encrypted": True}),
    ),
]

ACROSS_CLOUDS: Final = [*GOOGLE, *AZURE, *KUBERNETES, *SERVICES]

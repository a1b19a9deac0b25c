"""Plans that only look as if the plan showed everybody served; each has to wait."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Final

from tests.plans import Json, create, delete, tweak
from tests.rules.served import azure, azure_rights, google, kubernetes, services
from tests.rules.served.worlds import Trap, stay, trap

_LOST_BUCKET: Final = google.INVOICES_LOST
_BUCKETS: Final = (
    google.bucket("invoices"),
    google.bucket("reports"),
    google.RENDER,
)


def _with(item: Json, change: Callable[[Json], None]) -> Json:
    """The item with both sides of its values altered."""
    item = copy.deepcopy(item)
    for side in ("before", "after"):
        if item["change"][side]:
            change(item["change"][side])
    return item


def _sources(values: Json) -> None:
    pod = values["spec"][0]["template"][0]["spec"][0]
    pod["container"][0]["env_from"] = [{"config_map_ref": [{"name": "settings"}]}]


def _linked(name: str, **env: str) -> list[Json]:
    """Pods that act as the account `render`, with their variables."""
    account = google.kube_account("billing", name, "render")
    account["address"] = f"kubernetes_service_account_v1.{name}"
    account["name"] = name
    return [account, kubernetes.pods(name, env=env, account=name)]


RIGHTS: Final = [
    trap(
        "one of two programs of the account still names the bucket",
        _LOST_BUCKET,
        *_BUCKETS,
        google.run("render", "render", {"OUT_BUCKET": "lumen-reports"}),
        google.run("again", "render", {"OUT_BUCKET": "gs://lumen-invoices/2026"}),
    ),
    trap(
        "the program names no bucket at all",
        _LOST_BUCKET,
        *_BUCKETS,
        google.run("render", "render", {"MODE": "fast"}),
    ),
    trap("nobody in the plan runs as the account", _LOST_BUCKET, *_BUCKETS),
    trap(
        "the pods get variables from a config map",
        _LOST_BUCKET,
        *_BUCKETS,
        _linked("render", OUT="lumen-reports")[0],
        _with(_linked("render", OUT="lumen-reports")[1], _sources),
    ),
    trap(
        "the dataset leaves the key in the same plan; its tables do not",
        google.KEY_LOST,
        tweak(
            "google_bigquery_dataset.ledger",
            google.dataset("warehouse")["change"]["before"],
            default_encryption_configuration=[{"kms_key_name": f"{google.RING}/analytics"}],
        ),
        google.key("warehouse"),
        google.key("analytics"),
    ),
    trap(
        "the account of the pods has no link, so they may use the grant itself",
        delete("google_service_account_iam_member.reports", google.impersonation("reports")),
        stay(
            "kubernetes_service_account_v1.reports",
            id="finance/reports",
            metadata=[{"name": "reports", "namespace": "finance", "annotations": {}}],
        ),
    ),
    trap(
        "a chart runs as the account that leaves the binding",
        tweak(
            "kubernetes_role_binding_v1.readers",
            kubernetes.bound("ledger", "old-sync"),
            subject=kubernetes.bound("ledger")["subject"],
        ),
        kubernetes.pods("ledger", account="ledger"),
        stay("helm_release.sync", name="sync", values=["serviceAccount:\n  name: old-sync\n"]),
    ),
    trap(
        "an app with two vaults in its settings loses one",
        delete(
            "azurerm_key_vault_access_policy.care", azure_rights.policy(azure_rights.VAULT, "Get")
        ),
        azure_rights.vault("care", azure_rights.VAULT, roles=False),
        azure_rights.vault("edge", azure_rights.OTHER_VAULT, roles=False),
        azure.IDENTITY,
        azure.web(
            "portal",
            {"A": "@Microsoft.KeyVault(VaultName=kv-care;SecretName=a)", "B": azure_rights.IN_EDGE},
        ),
    ),
]


def _callbacks(before: list[str], after: list[str], *beside: Json) -> tuple[Json, ...]:
    client = {"name": "shop", "app_type": "spa", "callbacks": before}
    return (tweak("auth0_client.shop", client, callbacks=after), *beside)


_PREVIEW: Final = "https://pr-9.preview.tern.example/callback"
_SHOP: Final = "https://shop.tern.example/callback"
ADDRESSES: Final = [
    trap("the list becomes empty", *_callbacks(["http://localhost:3000/cb"], [])),
    trap(
        "a host that only begins like the loopback address goes",
        *_callbacks([_SHOP, "https://localhost.tern.example/cb"], [_SHOP]),
    ),
    trap(
        "the shop's address goes with a developer's",
        *_callbacks([_SHOP, "http://localhost:3000/cb", _PREVIEW], [_PREVIEW]),
    ),
    trap(
        "a program of the plan lives at the preview's address",
        *_callbacks(
            [_SHOP, _PREVIEW],
            [_SHOP],
            kubernetes.pods("shop", env={"BASE": "https://pr-9.preview.tern.example"}),
        ),
    ),
    trap(
        "the address is one of a NAT that stays",
        services.ENTRY,
        services.NAT_A,
        stay("aws_nat_gateway.b", **services.NAT_B),
        stay("mongodbatlas_project_ip_access_list.a", **services.access("52.58.1.6")),
    ),
    trap(
        "no object of the plan shows where its programs come from",
        services.ENTRY,
        stay("mongodbatlas_project_ip_access_list.a", **services.access("52.58.1.6")),
    ),
]

_LAB: Final = {
    "name": "lab",
    "server_id": f"{azure.P}/Microsoft.DBforPostgreSQL/flexibleServers/pg-care",
    "start_ip_address": "198.51.100.7",
    "end_ip_address": "198.51.100.7",
}


def _denied(*ports: str, priority: int = 150) -> Json:
    rule = azure.nsg("deny", priority, "Deny", *ports)
    return azure.made("azurerm_network_security_rule.deny", rule)


FILTERS: Final = [
    trap(
        "the public side goes off in the same plan",
        delete("azurerm_postgresql_flexible_server_firewall_rule.lab", _LAB),
        tweak(
            "azurerm_postgresql_flexible_server.care",
            azure.postgres(public=True)["change"]["before"],
            public_network_access_enabled=False,
        ),
        azure.web("portal", {"PGHOST": "pg-care.postgres.database.azure.com"}),
        uses={
            "azurerm_postgresql_flexible_server_firewall_rule.lab": {
                "server_id": ["azurerm_postgresql_flexible_server.care.id"]
            }
        },
    ),
    trap(
        "a bastion comes by the port that is denied",
        _denied("22"),
        *azure.GUARDED,
        stay("azurerm_bastion_host.main", name="bas"),
        uses=azure.NSG_USES,
    ),
    trap(
        "an entry behind the denial opens the port",
        _denied("22", "3389"),
        *azure.GUARDED,
        stay("azurerm_network_security_rule.ssh", **azure.nsg("ssh", 320, "Allow", "22")),
        uses=azure.NSG_USES,
    ),
    trap(
        "files are shared in the plan",
        _denied("445"),
        *azure.GUARDED,
        stay("azurerm_storage_share.home", name="home", quota=100),
        uses=azure.NSG_USES,
    ),
    trap(
        "a balancer leads to the port",
        _denied("5985"),
        *azure.GUARDED,
        stay("azurerm_lb_rule.win", name="win", frontend_port=443, backend_port=5985),
        uses=azure.NSG_USES,
    ),
    trap(
        "a range holds a port of the service beside those of administrators",
        _denied("3380-8500"),
        *azure.GUARDED,
        uses=azure.NSG_USES,
    ),
]

_DOCS: Final = azure.web("portal", azure.DOCS_URL, "web")
_ADMITTED: Final = azure.store_closed("web")


def _bypass_lost(item: Json) -> Json:
    item = copy.deepcopy(item)
    item["change"]["after"]["network_rules"][0]["bypass"] = ["None"]
    return item


NETWORKS: Final = [
    trap(
        "the subnet has no endpoint of the service",
        _ADMITTED,
        azure.subnet("web", "10.60.2.0/24", "Microsoft.KeyVault"),
        _DOCS,
    ),
    trap(
        "a second user is in no network",
        _ADMITTED,
        azure.subnet("web", "10.60.2.0/24", "Microsoft.Storage"),
        _DOCS,
        azure.web("batch", azure.DOCS_URL),
    ),
    trap(
        "nobody in the plan uses it",
        _ADMITTED,
        azure.subnet("web", "10.1.0.0/24", "Microsoft.Storage"),
    ),
    trap(
        "services of Azure were let in and are no more",
        _bypass_lost(_ADMITTED),
        azure.subnet("web", "10.60.2.0/24", "Microsoft.Storage"),
        _DOCS,
    ),
]  # fmt: skip

_NO_KEYS: Final = tweak(
    "azurerm_servicebus_namespace.care", azure_rights.BUS, local_auth_enabled=False
)
_BUS_ROLE: Final = stay(
    "azurerm_role_assignment.bus",
    **azure.role("Azure Service Bus Data Owner", str(azure_rights.BUS["id"])),
)
_BUS_SETTING: Final = {"BUS__fullyQualifiedNamespace": "sb-care.servicebus.windows.net"}


def _no_identity(values: Json) -> None:
    values["identity"] = []


KEYS: Final = [
    trap("nobody in the plan uses it", _NO_KEYS, _BUS_ROLE),
    trap(
        "one of two users has no identity",
        _NO_KEYS,
        _BUS_ROLE,
        azure.web("jobs", _BUS_SETTING),
        _with(azure.web("old", _BUS_SETTING), _no_identity),
    ),
    trap(
        "a key stands in the settings in clear",
        _NO_KEYS,
        _BUS_ROLE,
        azure.web(
            "jobs",
            {**_BUS_SETTING, "C": "Endpoint=sb://sb-care.servicebus.windows.net/;SharedAccessKey=x"},
        ),
    ),
    trap("no identity has a role on it", _NO_KEYS, azure.web("jobs", _BUS_SETTING)),
    trap(
        "somebody reads a connection string of a rule",
        _NO_KEYS,
        _BUS_ROLE,
        azure.web("jobs", _BUS_SETTING),
        stay(
            "azurerm_servicebus_namespace_authorization_rule.send",
            name="send",
            namespace_id=azure_rights.BUS["id"],
        ),
        stay("azurerm_key_vault_secret.bus", name="bus", value="x"),
        uses={
            "azurerm_servicebus_namespace_authorization_rule.send": {
                "namespace_id": ["azurerm_servicebus_namespace.care.id"]
            },
            "azurerm_key_vault_secret.bus": {
                "value": [
                    "azurerm_servicebus_namespace_authorization_rule.send.primary_connection_string"
                ]
            },
        },
    ),
]  # fmt: skip

_QUOTE_NEG: Final = stay(
    "google_compute_region_network_endpoint_group.quote",
    id="neg/quote",
    name="quote",
    cloud_function=[{"function": "quote"}],
)
_QUOTE_BACKEND: Final = stay(
    "google_compute_backend_service.quote", id="b", name="quote", backend=[{"group": "neg/quote"}]
)
_INSIDE: Final = "INGRESS_TRAFFIC_INTERNAL_ONLY"
WAYS: Final = [
    trap(
        "behind a balancer, and a program holds its own address",
        google.FUNCTION_SHUT,
        _QUOTE_NEG,
        _QUOTE_BACKEND,
        google.run("shop", "shop", {"QUOTE": "https://quote-x1-ey.a.run.app/v1"}),
    ),
    trap(
        "an endpoint group without a backend",
        google.FUNCTION_SHUT,
        _QUOTE_NEG,
        google.run("shop", "shop", {"QUOTE": "https://quote.lumen.example"}),
    ),
    trap(
        "Pub/Sub calls it, and so does another service over the internet",
        google.ingress("thumbs", _INSIDE, google.run("thumbs", "thumbs", {})),
        google.PUSH,
        google.run("shop", "shop", {"THUMBS": "https://thumbs-x1-ey.a.run.app"}),
    ),
    trap(
        "nobody in the plan calls it",
        google.ingress("thumbs", _INSIDE, google.run("thumbs", "thumbs", {})),
    ),
    trap(
        "the app that calls is in another environment",
        azure_rights.INSIDE_ONLY,
        stay(
            "azurerm_container_app.quotes",
            name="ca-quotes",
            container_app_environment_id="env2",
            template=[{"container": [{"name": "a", "env": [azure_rights.CALL]}]}],
        ),
    ),
]


def _moved(before: Json, after: Json) -> Json:
    return kubernetes.moved(before, after)


def _relabelled(before: Json, after: Json) -> Json:
    """A workload whose pods get other labels in the same plan."""
    old, new = (kubernetes.pods("ledger", side)["change"]["before"] for side in (before, after))
    return tweak("kubernetes_deployment.ledger", old, spec=new["spec"])


def _scraped(values: Json) -> None:
    notes = {"prometheus.io/scrape": "true"}
    values["spec"][0]["template"][0]["metadata"][0]["annotations"] = notes


_POLICY: Final = create("kubernetes_network_policy.ledger", kubernetes.admission("portal"))
_QUOTA: Final = tweak(
    "kubernetes_resource_quota_v1.limits",
    kubernetes.quota(**{"requests.cpu": "40"}),
    spec=kubernetes.quota(**{"requests.cpu": "16"})["spec"],
)
PODS: Final = [
    trap(
        "the label comes with a rollout of this plan",
        _moved({"app": "ledger"}, {"app": "ledger", "tier": "api"}),
        _relabelled({"app": "ledger"}, {"app": "ledger", "tier": "api"}),
    ),
    trap(
        "no pods of the service are in the plan",
        _moved({"app": "ledger"}, {"app.kubernetes.io/name": "ledger"}),
        kubernetes.pods("portal"),
    ),
    trap(
        "a preview and the shop lead to a service that takes half of the pods",
        _moved({"app": "ledger"}, {"app": "ledger", "tier": "api"}),
        kubernetes.pods("ledger", {"app": "ledger", "tier": "api"}),
        kubernetes.pods("ledger_b", {"app": "ledger"}),
        stay(
            "kubernetes_ingress_v1.web",
            **kubernetes.ingress("pr-7.preview.lumen.example", "pay.lumen.example"),
        ),
    ),
    trap(
        "a preview leads to a service that workloads call too",
        _moved({"app": "ledger"}, {"app": "ledger", "tier": "api"}),
        kubernetes.pods("ledger", {"app": "ledger", "tier": "api"}),
        kubernetes.pods("ledger_b", {"app": "ledger"}),
        kubernetes.pods("portal", env={"LEDGER": "http://ledger"}),
        stay("kubernetes_ingress_v1.web", **kubernetes.ingress("pr-7.preview.lumen.example")),
    ),
    trap(
        "the port is open to the outside",
        tweak(
            "kubernetes_service_v1.ledger",
            kubernetes.service(
                "ledger", {"app": "ledger"}, type="LoadBalancer",
                port=kubernetes.ports("http", "metrics"),
            ),
            spec=kubernetes.service(
                "ledger", {"app": "ledger"}, type="LoadBalancer", port=kubernetes.ports("http")
            )["spec"],
        ),
        kubernetes.pods("ledger"),
    ),
    trap(
        "a monitor finds the port by its name",
        tweak(
            "kubernetes_service_v1.ledger",
            kubernetes.service(
                "ledger", {"app": "ledger"}, port=kubernetes.ports("http", "metrics")
            ),
            spec=kubernetes.service(
                "ledger", {"app": "ledger"}, port=kubernetes.ports("http")
            )["spec"],
        ),
        kubernetes.pods("ledger"),
        stay(
            "kubernetes_manifest.monitor",
            manifest={
                "kind": "ServiceMonitor",
                "metadata": {"name": "ledger", "namespace": "billing"},
                "spec": {"endpoints": [{"port": "metrics"}]},
            },
        ),
    ),
    trap(
        "an ingress leads to the pods",
        _POLICY,
        *kubernetes.SERVED,
        stay("kubernetes_ingress_v1.web", **kubernetes.ingress("pay.lumen.example")),
    ),
    trap(
        "the pods are scraped",
        _POLICY,
        _with(kubernetes.pods("ledger"), _scraped),
        *kubernetes.SERVED[1:],
    ),
    trap("nobody in the plan calls the pods", _POLICY, *kubernetes.SERVED[:2]),
    trap(
        "one of the pods does not say what it asks for",
        _QUOTA,
        *kubernetes.SIZED,
        kubernetes.pods("side"),
    ),
    trap(
        "the autoscaler may run more than the quota",
        _QUOTA,
        *kubernetes.SIZED,
        stay(
            "kubernetes_horizontal_pod_autoscaler_v2.ledger",
            metadata=kubernetes.meta("ledger"),
            spec=[
                {
                    "min_replicas": 6,
                    "max_replicas": 60,
                    "scale_target_ref": [{"kind": "Deployment", "name": "ledger"}],
                }
            ],
        ),
    ),
    trap(
        "a service keeps its data where caches are kept",
        kubernetes.claim_anew("store"),
        kubernetes.pods("store", mounts={"store": "/var/cache/store"}, kind="stateful_set"),
    ),
    trap(
        "pods that run hold the claim that is made anew",
        kubernetes.claim_anew("proxy"),
        kubernetes.pods("proxy", mounts={"proxy": "/var/cache/nginx"}),
    ),
    trap(
        "a store that is called a cache and keeps what it is given",
        kubernetes.claim_anew("session-cache"),
        kubernetes.pods("redis", mounts={"session-cache": "/data"}),
    ),
    trap(
        "the claim goes, and its pods stay",
        delete("kubernetes_persistent_volume_claim_v1.proxy", kubernetes.claim("proxy")),
        kubernetes.pods("proxy", mounts={"proxy": "/var/cache/nginx"}),
    ),
]  # fmt: skip

_CUT: Final = services.POLICY_CUT
_FILING: Final = services.injected("filing", "filing", "tax", services.CERTS)
_BOTH: Final = ("tax", "certs")


def _login(name: str, *policies: str) -> Json:
    return stay(
        f"vault_kubernetes_auth_backend_role.{name}",
        **services.vault_role(name, ["filing"], *policies),
    )


_CERTS_POLICY: Final = stay("vault_policy.certs", **services.vault_policy("certs", services.CERTS))
VAULT: Final = [
    trap(
        "one of two roles has no other policy",
        _CUT, _login("tax", *_BOTH), _login("tax-jobs", "tax"), _CERTS_POLICY, _FILING,
    ),
    trap(
        "a group has the policy too",
        _CUT, _login("tax", *_BOTH), _CERTS_POLICY, _FILING,
        stay("vault_identity_group.ops", name="ops", policies=["tax"]),
    ),
    trap(
        "the other policy gives another path",
        _CUT, _login("tax", *_BOTH), _FILING,
        stay("vault_policy.certs", **services.vault_policy("certs", "secret/data/tax/cert")),
    ),
    trap(
        "the pods name a role that does not know the account",
        services.ROLE_CUT,
        services.injected("archive", "archive", "tax-archive", services.CERTS),
        _FILING,
        stay("vault_policy.tax", **services.vault_policy("tax", "secret/data/tax/*")),
    ),
    trap(
        "the pods name no role",
        services.ROLE_CUT,
        kubernetes.pods("archive", account="archive"),
        _FILING,
    ),
]  # fmt: skip

CERTIFICATES: Final = [
    trap(
        "a certificate loses a name, and the plan shows no ingress",
        kubernetes.loses("ledger.example.com", "portal.example.com"),
    ),
    trap(
        "a certificate loses its wildcard",
        kubernetes.loses("ledger.example.com", "portal.example.com", of="*.example.com"),
        kubernetes.INGRESS,
    ),
]
SLOTS: Final = [
    trap(
        "a service turns to a slot that this plan changes as well",
        kubernetes.moved({"app": "ledger", "slot": "blue"}, {"app": "ledger", "slot": "green"}),
        kubernetes.slot("blue"),
        tweak(
            "kubernetes_deployment.ledger_green",
            kubernetes.slot("green")["change"]["before"],
            spec=kubernetes.slot("green", replicas=0)["change"]["after"]["spec"],
        ),
    ),
]

TRAPS: Final[list[Trap]] = [
    *RIGHTS, *ADDRESSES, *FILTERS, *NETWORKS, *KEYS, *WAYS, *PODS, *VAULT,
    *CERTIFICATES, *SLOTS,
]  # fmt: skip

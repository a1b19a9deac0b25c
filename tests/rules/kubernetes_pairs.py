"""Pairs for Kubernetes, Helm, kubectl, Argo CD and Flux."""

from __future__ import annotations

from typing import Any, Final

from tests.pairs import Pair
from tests.plans import create, delete, noop, plan, replace, tweak, update

Json = dict[str, Any]


def meta(name: str, namespace: str = "shop", **more: Any) -> Json:
    return {"metadata": [{"name": name, "namespace": namespace, **more}]}


def container(**more: Any) -> Json:
    return {"name": "app", "image": "registry.example/app:1.4.0", **more}


def deployment(name: str = "api", spec: Json | None = None, pod: Json | None = None) -> Json:
    """A Deployment with pods labelled app=<name>."""
    labels = {"app": name}
    template = {
        "metadata": [{"labels": labels}],
        "spec": [{"container": [container()], **(pod or {})}],
    }
    body = {
        "replicas": "3",
        "selector": [{"match_labels": labels}],
        "strategy": [
            {
                "type": "RollingUpdate",
                "rolling_update": [{"max_surge": "25%", "max_unavailable": "25%"}],
            }
        ],
        "template": [template],
        **(spec or {}),
    }
    return {"id": f"shop/{name}", **meta(name), "spec": [body]}


def rolling(kind: str, unavailable: str = "25%", surge: str = "25%") -> list[Json]:
    if kind == "Recreate":
        return [{"type": "Recreate", "rolling_update": []}]
    return [
        {
            "type": kind,
            "rolling_update": [{"max_surge": surge, "max_unavailable": unavailable}],
        }
    ]


def network_policy(
    labels: Json,
    types: list[str],
    ingress: list[Json] | None = None,
    egress: list[Json] | None = None,
    namespace: str = "shop",
) -> Json:
    spec = {
        "pod_selector": [{"match_labels": labels, "match_expressions": []}],
        "policy_types": types,
        "ingress": ingress or [],
        "egress": egress or [],
    }
    return {**meta("policy", namespace), "spec": [spec]}


def from_pods(*names: str) -> list[Json]:
    peers = [{"pod_selector": [{"match_labels": {"app": name}}]} for name in names]
    return [{"from": peers, "ports": []}]


def webhook(policy: str, rules: list[Json], selector: list[Json] | None = None) -> Json:
    hook = {
        "name": "check.guard.example",
        "failure_policy": policy,
        "rule": rules,
        "namespace_selector": selector or [],
        "client_config": [{"service": [{"name": "guard", "namespace": "guard"}]}],
    }
    return {"metadata": [{"name": "guard"}], "webhook": [hook]}


ALL: Final = [
    {"api_groups": ["*"], "api_versions": ["*"], "operations": ["*"], "resources": ["*/*"]}
]
OWN: Final = [
    {
        "api_groups": ["guard.example"],
        "api_versions": ["v1"],
        "operations": ["CREATE"],
        "resources": ["checks"],
    }
]
NOT_SYSTEM: Final = [
    {
        "match_expressions": [
            {
                "key": "kubernetes.io/metadata.name",
                "operator": "NotIn",
                "values": ["kube-system", "guard"],
            }
        ]
    }
]


def release(chart: str, values: str = "", **more: Any) -> Json:
    return {
        "id": chart,
        "name": chart,
        "chart": chart,
        "namespace": "system",
        "repository": f"https://charts.example/{chart}",
        "version": "1.2.3",
        "values": [values],
        "set": [],
        "status": "deployed",
        **more,
    }


def setting(name: str, value: str) -> Json:
    return {"name": name, "value": value, "type": ""}


def manifest(kind: str, api: str, spec: Json, name: str = "main") -> Json:
    return {
        "manifest": {
            "apiVersion": api,
            "kind": kind,
            "metadata": {"name": name, "namespace": "shop"},
            "spec": spec,
        }
    }


def ingress(**spec: Any) -> Json:
    body = {
        "ingress_class_name": "nginx",
        "rule": [{"host": "shop.example.com", "http": [{"path": [{"path": "/"}]}]}],
        "tls": [{"hosts": ["shop.example.com"], "secret_name": "shop-tls"}],
        **spec,
    }
    return {"id": "shop/web", **meta("web", annotations={}), "spec": [body]}


def service(name: str = "api", **spec: Any) -> Json:
    body = {
        "type": "ClusterIP",
        "selector": {"app": name},
        "port": [{"port": 80, "target_port": "8080"}],
        **spec,
    }
    return {"id": f"shop/{name}", **meta(name, annotations={}), "spec": [body]}


API: Final = "kubernetes_deployment_v1.api"
LIVE: Final = noop(API, deployment())
WEB: Final = noop("kubernetes_deployment_v1.web", deployment("web"))
NAMESPACE: Final = noop("kubernetes_namespace_v1.shop", {"id": "shop", **meta("shop")})


def with_pod(**pod: Any) -> Json:
    return noop(API, deployment(pod=pod))


def values_pair(name: str, chart: str, before: str, danger: str, twin: str) -> Pair:
    address = f"helm_release.{chart.replace('-', '_')}"
    return Pair(
        name,
        plan(update(address, release(chart, before), release(chart, danger))),
        plan(update(address, release(chart, before), release(chart, twin))),
    )


PAIRS: Final = (
    # Network policies
    Pair(
        "egress of all pods cut / of pods that nobody runs",
        plan(
            NAMESPACE,
            LIVE,
            WEB,
            create("kubernetes_network_policy_v1.p", network_policy({}, ["Egress"])),
        ),
        plan(
            NAMESPACE,
            LIVE,
            WEB,
            create(
                "kubernetes_network_policy_v1.p", network_policy({"app": "scratch"}, ["Egress"])
            ),
        ),
    ),
    Pair(
        "ingress admits one caller only / one more caller beside an existing policy",
        plan(
            LIVE,
            WEB,
            create(
                "kubernetes_network_policy_v1.p",
                network_policy({"app": "api"}, ["Ingress"], from_pods("batch")),
            ),
        ),
        plan(
            LIVE,
            WEB,
            noop(
                "kubernetes_network_policy_v1.old",
                network_policy({"app": "api"}, ["Ingress"], from_pods("web")),
            ),
            create(
                "kubernetes_network_policy_v1.p",
                network_policy({"app": "api"}, ["Ingress"], from_pods("batch")),
            ),
        ),
    ),
    Pair(
        "a caller is taken out / a caller is added",
        plan(
            LIVE,
            WEB,
            update(
                "kubernetes_network_policy.p",
                network_policy({"app": "api"}, ["Ingress"], from_pods("web", "batch")),
                network_policy({"app": "api"}, ["Ingress"], from_pods("batch")),
            ),
        ),
        plan(
            LIVE,
            WEB,
            update(
                "kubernetes_network_policy.p",
                network_policy({"app": "api"}, ["Ingress"], from_pods("web")),
                network_policy({"app": "api"}, ["Ingress"], from_pods("web", "batch")),
            ),
        ),
    ),
    Pair(
        "the only policy of the pods goes / a policy of pods that nobody runs goes",
        plan(
            LIVE,
            delete(
                "kubernetes_network_policy_v1.p",
                network_policy({"app": "api"}, ["Ingress"], from_pods("web")),
            ),
        ),
        plan(
            LIVE,
            delete(
                "kubernetes_network_policy_v1.p",
                network_policy({"app": "retired"}, ["Ingress"], from_pods("web")),
            ),
        ),
    ),
    Pair(
        "egress is added to what a policy restricts / every egress is admitted with it",
        plan(
            LIVE,
            update(
                "kubernetes_network_policy_v1.p",
                network_policy({"app": "api"}, ["Ingress"], [{"from": [], "ports": []}]),
                network_policy({"app": "api"}, ["Ingress", "Egress"], [{"from": [], "ports": []}]),
            ),
        ),
        plan(
            LIVE,
            update(
                "kubernetes_network_policy_v1.p",
                network_policy({"app": "api"}, ["Ingress"], [{"from": [], "ports": []}]),
                network_policy(
                    {"app": "api"},
                    ["Ingress", "Egress"],
                    [{"from": [], "ports": []}],
                    [{"to": [], "ports": []}],
                ),
            ),
        ),
    ),
    Pair(
        "a policy manifest cuts every pod off / one that admits everything",
        plan(
            LIVE,
            create(
                "kubernetes_manifest.deny",
                manifest(
                    "NetworkPolicy",
                    "networking.k8s.io/v1",
                    {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]},
                ),
            ),
        ),
        plan(
            LIVE,
            create(
                "kubernetes_manifest.allow",
                manifest(
                    "NetworkPolicy",
                    "networking.k8s.io/v1",
                    {"podSelector": {}, "policyTypes": ["Ingress"], "ingress": [{}]},
                ),
            ),
        ),
    ),
    # Admission
    Pair(
        "a webhook that fails closed for everything / for its own kind only",
        plan(
            LIVE,
            create("kubernetes_validating_webhook_configuration_v1.g", webhook("Fail", ALL)),
        ),
        plan(
            LIVE,
            create(
                "kubernetes_validating_webhook_configuration_v1.g",
                webhook("Fail", OWN, NOT_SYSTEM),
            ),
        ),
    ),
    Pair(
        "a webhook fails closed from now on / fails open from now on",
        plan(
            update(
                "kubernetes_mutating_webhook_configuration_v1.g",
                webhook("Ignore", ALL),
                webhook("Fail", ALL),
            ),
        ),
        plan(
            create("kubernetes_mutating_webhook_configuration_v1.g", webhook("Ignore", ALL)),
        ),
    ),
    Pair(
        "pods that run as root are refused / only warned about",
        plan(
            LIVE,
            tweak(
                "kubernetes_namespace_v1.shop",
                {"id": "shop", "metadata": [{"name": "shop", "labels": {}}]},
                metadata=[
                    {
                        "name": "shop",
                        "labels": {"pod-security.kubernetes.io/enforce": "restricted"},
                    }
                ],
            ),
        ),
        plan(
            LIVE,
            tweak(
                "kubernetes_namespace_v1.shop",
                {"id": "shop", "metadata": [{"name": "shop", "labels": {}}]},
                metadata=[
                    {"name": "shop", "labels": {"pod-security.kubernetes.io/warn": "restricted"}}
                ],
            ),
        ),
    ),
    Pair(
        "a policy engine enforces / audits",
        plan(
            tweak(
                "kubernetes_manifest.rule",
                manifest("ClusterPolicy", "kyverno.io/v1", {"validationFailureAction": "Audit"}),
                manifest={
                    "apiVersion": "kyverno.io/v1",
                    "kind": "ClusterPolicy",
                    "metadata": {"name": "main", "namespace": "shop"},
                    "spec": {"validationFailureAction": "Enforce"},
                },
            ),
        ),
        plan(
            create(
                "kubernetes_manifest.rule",
                manifest("ClusterPolicy", "kyverno.io/v1", {"validationFailureAction": "Audit"}),
            ),
        ),
    ),
    # Quotas, taints
    Pair(
        "a quota far below / raised",
        plan(
            LIVE,
            update(
                "kubernetes_resource_quota_v1.q",
                {**meta("q"), "spec": [{"hard": {"limits.cpu": "64", "pods": "200"}}]},
                {**meta("q"), "spec": [{"hard": {"limits.cpu": "4", "pods": "200"}}]},
            ),
        ),
        plan(
            LIVE,
            update(
                "kubernetes_resource_quota_v1.q",
                {**meta("q"), "spec": [{"hard": {"limits.cpu": "64", "pods": "200"}}]},
                {**meta("q"), "spec": [{"hard": {"limits.cpu": "96", "pods": "200"}}]},
            ),
        ),
    ),
    Pair(
        "a taint evicts what runs / only keeps new pods away if it can",
        plan(
            create(
                "kubernetes_node_taint.t",
                {
                    "metadata": [{"name": "node-1"}],
                    "taint": [{"key": "dedicated", "value": "batch", "effect": "NoExecute"}],
                },
            ),
        ),
        plan(
            create(
                "kubernetes_node_taint.t",
                {
                    "metadata": [{"name": "node-1"}],
                    "taint": [{"key": "dedicated", "value": "batch", "effect": "PreferNoSchedule"}],
                },
            ),
        ),
    ),
    # Rollouts
    Pair(
        "all pods stop before new ones start / pods roll with a surge",
        plan(
            update(API, deployment(), deployment(spec={"strategy": rolling("Recreate")})),
            noop("kubernetes_service_v1.api", service()),
        ),
        plan(
            update(
                API,
                deployment(),
                deployment(spec={"strategy": rolling("RollingUpdate", "0", "50%")}),
            ),
            noop("kubernetes_service_v1.api", service()),
        ),
    ),
    Pair(
        "all pods may be away at once / a third",
        plan(
            update(
                API,
                deployment(),
                deployment(spec={"strategy": rolling("RollingUpdate", "100%", "0")}),
            ),
        ),
        plan(
            update(
                API,
                deployment(),
                deployment(spec={"strategy": rolling("RollingUpdate", "33%", "25%")}),
            ),
        ),
    ),
    Pair(
        "every node loses the daemon at once / a new image rolls",
        plan(
            update(
                "kubernetes_daemon_set_v1.d",
                {**meta("d"), "spec": [{"strategy": rolling("RollingUpdate", "1", "0")}]},
                {**meta("d"), "spec": [{"strategy": rolling("RollingUpdate", "100%", "0")}]},
            ),
        ),
        plan(
            update(
                API,
                deployment(),
                deployment(pod={"container": [container(image="registry.example/app:1.5.0")]}),
            ),
        ),
    ),
    Pair(
        "the memory limit falls to a tenth / doubles",
        plan(
            update(
                API,
                deployment(
                    pod={"container": [container(resources=[{"limits": {"memory": "4Gi"}}])]}
                ),
                deployment(
                    pod={"container": [container(resources=[{"limits": {"memory": "256Mi"}}])]}
                ),
            ),
        ),
        plan(
            update(
                API,
                deployment(
                    pod={"container": [container(resources=[{"limits": {"memory": "4Gi"}}])]}
                ),
                deployment(
                    pod={"container": [container(resources=[{"limits": {"memory": "8Gi"}}])]}
                ),
            ),
        ),
    ),
    # What pods name
    Pair(
        "a TLS secret that an ingress names / that nobody names",
        plan(
            noop("kubernetes_ingress_v1.web", ingress()),
            delete(
                "kubernetes_secret_v1.tls",
                {"id": "shop/shop-tls", **meta("shop-tls"), "type": "kubernetes.io/tls"},
            ),
            prior_state={"format_version": "1.0", "values": {"root_module": {}}},
        ),
        plan(
            noop("kubernetes_ingress_v1.web", ingress()),
            delete(
                "kubernetes_secret_v1.tls",
                {"id": "shop/old-tls", **meta("old-tls"), "type": "kubernetes.io/tls"},
            ),
            prior_state={"format_version": "1.0", "values": {"root_module": {}}},
        ),
    ),
    Pair(
        "a config map that pods mount / that nobody names",
        plan(
            with_pod(volume=[{"name": "c", "config_map": [{"name": "settings"}]}]),
            delete("kubernetes_config_map_v1.c", {"id": "shop/settings", **meta("settings")}),
        ),
        plan(
            with_pod(volume=[{"name": "c", "config_map": [{"name": "settings"}]}]),
            delete("kubernetes_config_map_v1.c", {"id": "shop/old", **meta("old")}),
        ),
    ),
    Pair(
        "a service account of running pods / one without pods",
        plan(
            with_pod(service_account_name="runner"),
            delete("kubernetes_service_account_v1.s", {"id": "shop/runner", **meta("runner")}),
        ),
        plan(
            with_pod(service_account_name="runner"),
            delete("kubernetes_service_account_v1.s", {"id": "shop/unused", **meta("unused")}),
        ),
    ),
    Pair(
        "a key of a secret that pods read / a key more",
        plan(
            with_pod(
                container=[
                    container(
                        env=[
                            {
                                "name": "PASSWORD",
                                "value_from": [
                                    {"secret_key_ref": [{"name": "db", "key": "password"}]}
                                ],
                            }
                        ]
                    )
                ]
            ),
            update(
                "kubernetes_secret_v1.db",
                {"id": "shop/db", **meta("db"), "data": {"user": "a", "password": "b"}},
                {"id": "shop/db", **meta("db"), "data": {"user": "a"}},
                before_sensitive={"data": True},
                after_sensitive={"data": True},
            ),
        ),
        plan(
            with_pod(),
            update(
                "kubernetes_secret_v1.db",
                {"id": "shop/db", **meta("db"), "data": {"user": "a", "password": "b"}},
                {"id": "shop/db", **meta("db"), "data": {"user": "a", "password": "b", "c": "d"}},
                before_sensitive={"data": True},
                after_sensitive={"data": True},
            ),
        ),
    ),
    Pair(
        "the cluster's DNS configuration / an application's",
        plan(
            tweak(
                "kubernetes_config_map_v1_data.dns",
                {
                    "metadata": [{"name": "coredns", "namespace": "kube-system"}],
                    "data": {"Corefile": ".:53 { forward . /etc/resolv.conf }"},
                    "force": True,
                },
                data={"Corefile": ".:53 { forward . 10.9.9.9 }"},
            ),
        ),
        plan(
            tweak(
                "kubernetes_config_map_v1_data.app",
                {
                    "metadata": [{"name": "settings", "namespace": "shop"}],
                    "data": {"log": "info"},
                    "force": False,
                },
                data={"log": "info", "color": "on"},
            ),
        ),
    ),
    # Entrances
    Pair(
        "a service selects pods that nobody runs / keeps a client on one pod",
        plan(
            LIVE,
            update("kubernetes_service_v1.api", service(), service(selector={"app": "api-v2"})),
        ),
        plan(
            LIVE,
            WEB,
            update("kubernetes_service_v1.api", service(), service(session_affinity="ClientIP")),
        ),
    ),
    Pair(
        "an ingress without one of its hosts / with one more",
        plan(
            update(
                "kubernetes_ingress_v1.web",
                ingress(rule=[{"host": "shop.example.com"}, {"host": "pay.example.com"}]),
                ingress(rule=[{"host": "shop.example.com"}]),
            ),
        ),
        plan(
            update(
                "kubernetes_ingress_v1.web",
                ingress(rule=[{"host": "shop.example.com"}]),
                ingress(rule=[{"host": "shop.example.com"}, {"host": "pay.example.com"}]),
            ),
        ),
    ),
    Pair(
        "an ingress goes to another controller / gets a note",
        plan(
            update("kubernetes_ingress_v1.web", ingress(), ingress(ingress_class_name="internal")),
        ),
        plan(
            update(
                "kubernetes_ingress_v1.web",
                ingress(),
                {**ingress(), **meta("web", annotations={"example.com/owner": "team-shop"})},
            ),
        ),
    ),
    Pair(
        "an ingress without TLS / with TLS for one more name",
        plan(update("kubernetes_ingress_v1.web", ingress(), ingress(tls=[]))),
        plan(
            update(
                "kubernetes_ingress_v1.web",
                ingress(),
                ingress(
                    tls=[
                        {
                            "hosts": ["shop.example.com", "pay.example.com"],
                            "secret_name": "shop-tls",
                        }
                    ]
                ),
            ),
        ),
    ),
    Pair(
        "the address list of an ingress goes / is narrowed no further",
        plan(
            update(
                "kubernetes_ingress_v1.web",
                {
                    **ingress(),
                    **meta(
                        "web",
                        annotations={
                            "nginx.ingress.kubernetes.io/whitelist-source-range": "10.0.0.0/8"
                        },
                    ),
                },
                ingress(),
            ),
        ),
        plan(
            update(
                "kubernetes_ingress_v1.web",
                ingress(),
                {
                    **ingress(),
                    **meta(
                        "web", annotations={"nginx.ingress.kubernetes.io/proxy-read-timeout": "90"}
                    ),
                },
            ),
        ),
    ),
    Pair(
        "a load balancer opened to everyone / to one more range",
        plan(
            update(
                "kubernetes_service_v1.api",
                service(type="LoadBalancer", load_balancer_source_ranges=["10.0.0.0/8"]),
                service(type="LoadBalancer", load_balancer_source_ranges=[]),
            ),
        ),
        plan(
            update(
                "kubernetes_service_v1.api",
                service(type="LoadBalancer", load_balancer_source_ranges=["10.0.0.0/8"]),
                service(
                    type="LoadBalancer",
                    load_balancer_source_ranges=["10.0.0.0/8", "172.16.0.0/12"],
                ),
            ),
        ),
    ),
    # Data
    Pair(
        "a volume claim is made anew / grows",
        plan(
            replace(
                "kubernetes_persistent_volume_claim_v1.data",
                {"id": "shop/data", **meta("data"), "spec": [{"storage_class_name": "gp2"}]},
                {**meta("data"), "spec": [{"storage_class_name": "gp3"}]},
                "spec.0.storage_class_name",
            ),
        ),
        plan(
            update(
                "kubernetes_persistent_volume_claim_v1.data",
                {"spec": [{"resources": [{"requests": {"storage": "20Gi"}}]}], **meta("data")},
                {"spec": [{"resources": [{"requests": {"storage": "40Gi"}}]}], **meta("data")},
            ),
        ),
    ),
    Pair(
        "a volume will be deleted with its claim / will be kept",
        plan(
            update(
                "kubernetes_persistent_volume_v1.data",
                {**meta("data"), "spec": [{"persistent_volume_reclaim_policy": "Retain"}]},
                {**meta("data"), "spec": [{"persistent_volume_reclaim_policy": "Delete"}]},
            ),
        ),
        plan(
            update(
                "kubernetes_persistent_volume_v1.data",
                {**meta("data"), "spec": [{"persistent_volume_reclaim_policy": "Delete"}]},
                {**meta("data"), "spec": [{"persistent_volume_reclaim_policy": "Retain"}]},
            ),
        ),
    ),
    Pair(
        "claims go with their set from now on / a replica more",
        plan(
            update(
                "kubernetes_stateful_set_v1.db",
                {
                    **meta("db"),
                    "spec": [
                        {
                            "replicas": "3",
                            "persistent_volume_claim_retention_policy": [
                                {"when_deleted": "Retain", "when_scaled": "Retain"}
                            ],
                        }
                    ],
                },
                {
                    **meta("db"),
                    "spec": [
                        {
                            "replicas": "3",
                            "persistent_volume_claim_retention_policy": [
                                {"when_deleted": "Delete", "when_scaled": "Delete"}
                            ],
                        }
                    ],
                },
            ),
        ),
        plan(
            update(
                "kubernetes_stateful_set_v1.db",
                {**meta("db"), "spec": [{"replicas": "3"}]},
                {**meta("db"), "spec": [{"replicas": "4"}]},
            ),
        ),
    ),
    Pair(
        "a kind goes with all its objects / a monitor goes",
        plan(
            delete(
                "kubectl_manifest.crd",
                {
                    "kind": "CustomResourceDefinition",
                    "name": "databases.example.com",
                    "yaml_body": "apiVersion: apiextensions.k8s.io/v1\n"
                    "kind: CustomResourceDefinition\nmetadata:\n  name: databases.example.com\n",
                },
            ),
        ),
        plan(
            delete(
                "kubectl_manifest.monitor",
                {
                    "kind": "PodMonitor",
                    "name": "api",
                    "yaml_body": "apiVersion: monitoring.coreos.com/v1\nkind: PodMonitor\n"
                    "metadata:\n  name: api\n",
                },
            ),
        ),
    ),
    Pair(
        "a database of an operator / a dashboard as a manifest",
        plan(
            delete(
                "kubernetes_manifest.db",
                manifest("Cluster", "postgresql.cnpg.io/v1", {"instances": 3}),
            ),
        ),
        plan(
            delete(
                "kubernetes_manifest.dash",
                manifest("GrafanaDashboard", "grafana.integreatly.org/v1beta1", {"json": "{}"}),
            ),
        ),
    ),
    # Custom objects
    Pair(
        "certificates of an authority nobody trusts / a new issuer beside it",
        plan(
            tweak(
                "kubernetes_manifest.issuer",
                manifest(
                    "ClusterIssuer",
                    "cert-manager.io/v1",
                    {"acme": {"server": "https://acme-v02.api.letsencrypt.org/directory"}},
                ),
                manifest={
                    "apiVersion": "cert-manager.io/v1",
                    "kind": "ClusterIssuer",
                    "metadata": {"name": "main", "namespace": "shop"},
                    "spec": {
                        "acme": {"server": "https://acme-staging-v02.api.letsencrypt.org/directory"}
                    },
                },
            ),
        ),
        plan(
            create(
                "kubernetes_manifest.issuer",
                manifest(
                    "ClusterIssuer",
                    "cert-manager.io/v1",
                    {"acme": {"server": "https://acme-staging-v02.api.letsencrypt.org/directory"}},
                ),
            ),
        ),
    ),
    Pair(
        "an application may prune / ignores a difference more",
        plan(
            tweak(
                "kubernetes_manifest.app",
                manifest(
                    "Application",
                    "argoproj.io/v1alpha1",
                    {"syncPolicy": {"automated": {"prune": False, "selfHeal": False}}},
                ),
                manifest={
                    "apiVersion": "argoproj.io/v1alpha1",
                    "kind": "Application",
                    "metadata": {"name": "main", "namespace": "shop"},
                    "spec": {"syncPolicy": {"automated": {"prune": True, "selfHeal": False}}},
                },
            ),
        ),
        plan(
            tweak(
                "kubernetes_manifest.app",
                manifest(
                    "Application",
                    "argoproj.io/v1alpha1",
                    {"syncPolicy": {"automated": {"prune": False}}, "revisionHistoryLimit": 5},
                ),
                manifest={
                    "apiVersion": "argoproj.io/v1alpha1",
                    "kind": "Application",
                    "metadata": {"name": "main", "namespace": "shop"},
                    "spec": {
                        "syncPolicy": {"automated": {"prune": False}},
                        "revisionHistoryLimit": 10,
                    },
                },
            ),
        ),
    ),
    Pair(
        "an Argo application with all it runs / without",
        plan(
            delete(
                "argocd_application.shop",
                {"id": "shop:argocd", "cascade": True, **meta("shop", "argocd")},
            ),
        ),
        plan(
            delete(
                "argocd_application.shop",
                {"id": "shop:argocd", "cascade": False, **meta("shop", "argocd")},
            ),
        ),
    ),
    Pair(
        "an Argo application reads another path / a later revision",
        plan(
            update(
                "argocd_application.shop",
                {
                    **meta("shop", "argocd"),
                    "spec": [
                        {
                            "source": [{"path": "apps/shop", "target_revision": "main"}],
                            "sync_policy": [{"automated": [{"prune": True}]}],
                        }
                    ],
                },
                {
                    **meta("shop", "argocd"),
                    "spec": [
                        {
                            "source": [{"path": "apps/cart", "target_revision": "main"}],
                            "sync_policy": [{"automated": [{"prune": True}]}],
                        }
                    ],
                },
            ),
        ),
        plan(
            update(
                "argocd_application.shop",
                {
                    **meta("shop", "argocd"),
                    "spec": [
                        {
                            "source": [{"path": "apps/shop", "target_revision": "v1.2.0"}],
                            "sync_policy": [{"automated": [{"prune": True}]}],
                        }
                    ],
                },
                {
                    **meta("shop", "argocd"),
                    "spec": [
                        {
                            "source": [{"path": "apps/shop", "target_revision": "v1.2.1"}],
                            "sync_policy": [{"automated": [{"prune": True}]}],
                        }
                    ],
                },
            ),
        ),
    ),
    Pair(
        "Flux reads another path and removes the rest / checks more often",
        plan(
            tweak(
                "flux_bootstrap_git.this",
                {"id": "flux", "path": "clusters/prod", "interval": "1m0s"},
                path="clusters/staging",
            ),
        ),
        plan(
            tweak(
                "flux_bootstrap_git.this",
                {"id": "flux", "path": "clusters/prod", "interval": "1m0s"},
                interval="5m0s",
            ),
        ),
    ),
    Pair(
        "a node pool may drop every node at once / a tenth",
        plan(
            tweak(
                "kubernetes_manifest.pool",
                manifest(
                    "NodePool",
                    "karpenter.sh/v1",
                    {"disruption": {"budgets": [{"nodes": "10%"}]}, "limits": {"cpu": "1000"}},
                ),
                manifest={
                    "apiVersion": "karpenter.sh/v1",
                    "kind": "NodePool",
                    "metadata": {"name": "main", "namespace": "shop"},
                    "spec": {
                        "disruption": {"budgets": [{"nodes": "100%"}]},
                        "limits": {"cpu": "1000"},
                    },
                },
            ),
        ),
        plan(
            tweak(
                "kubernetes_manifest.pool",
                manifest(
                    "NodePool",
                    "karpenter.sh/v1",
                    {"disruption": {"budgets": [{"nodes": "10%"}]}, "limits": {"cpu": "1000"}},
                ),
                manifest={
                    "apiVersion": "karpenter.sh/v1",
                    "kind": "NodePool",
                    "metadata": {"name": "main", "namespace": "shop"},
                    "spec": {
                        "disruption": {"budgets": [{"nodes": "10%"}]},
                        "limits": {"cpu": "1500"},
                    },
                },
            ),
        ),
    ),
    # Charts
    values_pair(
        "external-dns may delete, and keeps no ownership / looks more often",
        "external-dns",
        "policy: upsert-only\nregistry: txt\ntxtOwnerId: shop\ninterval: 1m\n",
        "policy: sync\nregistry: noop\ntxtOwnerId: shop\ninterval: 1m\n",
        "policy: upsert-only\nregistry: txt\ntxtOwnerId: shop\ninterval: 5m\n",
    ),
    values_pair(
        "external-dns owns under another name / logs more",
        "external-dns",
        "policy: sync\nregistry: txt\ntxtOwnerId: shop\nlogLevel: info\n",
        "policy: sync\nregistry: txt\ntxtOwnerId: other\nlogLevel: info\n",
        "policy: sync\nregistry: txt\ntxtOwnerId: shop\nlogLevel: debug\n",
    ),
    values_pair(
        "the ingress controller loses its address / gets a replica",
        "ingress-nginx",
        "controller:\n  replicaCount: 2\n  service:\n    type: LoadBalancer\n",
        "controller:\n  replicaCount: 2\n  service:\n    type: ClusterIP\n",
        "controller:\n  replicaCount: 3\n  service:\n    type: LoadBalancer\n",
    ),
    values_pair(
        "the kinds of a chart are no longer installed / metrics are",
        "cert-manager",
        "crds:\n  enabled: true\n  keep: true\nprometheus:\n  enabled: false\n",
        "crds:\n  enabled: false\n  keep: false\nprometheus:\n  enabled: false\n",
        "crds:\n  enabled: true\n  keep: true\nprometheus:\n  enabled: true\n",
    ),
    values_pair(
        "volumes of a chart are switched off / grow",
        "redis",
        "master:\n  persistence:\n    enabled: true\n    size: 8Gi\n",
        "master:\n  persistence:\n    enabled: false\n    size: 8Gi\n",
        "master:\n  persistence:\n    enabled: true\n    size: 16Gi\n",
    ),
    values_pair(
        "a policy engine fails closed / reports more",
        "gatekeeper",
        "validatingWebhookFailurePolicy: Ignore\nauditInterval: 60\n",
        "validatingWebhookFailurePolicy: Fail\nauditInterval: 60\n",
        "validatingWebhookFailurePolicy: Ignore\nauditInterval: 120\n",
    ),
    Pair(
        "a set block lets external-dns delete / sets a log level",
        plan(
            tweak(
                "helm_release.dns",
                release("external-dns", set=[setting("policy", "upsert-only")]),
                set=[setting("policy", "sync")],
            ),
        ),
        plan(
            tweak(
                "helm_release.dns",
                release("external-dns", set=[setting("logLevel", "info")]),
                set=[setting("logLevel", "debug")],
            ),
        ),
    ),
    Pair(
        "the certificate controller is reinstalled / a dashboard",
        plan(
            replace(
                "helm_release.cm",
                release("cert-manager", namespace="cert-manager"),
                release("cert-manager", namespace="security"),
                "namespace",
            ),
        ),
        plan(
            replace(
                "helm_release.dash",
                release("kubernetes-dashboard", namespace="kubernetes-dashboard"),
                release("kubernetes-dashboard", namespace="tools"),
                "namespace",
            ),
        ),
    ),
    Pair(
        "a chart of a database goes / of a dashboard",
        plan(delete("helm_release.db", release("postgresql"))),
        plan(delete("helm_release.dash", release("kubernetes-dashboard"))),
    ),
    Pair(
        "an operator jumps two majors / takes a patch",
        plan(
            tweak("helm_release.op", release("cert-manager", version="v1.2.0"), version="v3.0.0"),
        ),
        plan(
            tweak("helm_release.op", release("cert-manager", version="v1.2.0"), version="v1.2.1"),
        ),
    ),
    # Others
    Pair(
        "rights of a live account go / a second binding of the same rights",
        plan(
            with_pod(service_account_name="runner"),
            noop("kubernetes_service_account_v1.s", {"id": "shop/runner", **meta("runner")}),
            delete(
                "kubernetes_role_binding_v1.b",
                {
                    **meta("b"),
                    "role_ref": [{"kind": "ClusterRole", "name": "view"}],
                    "subject": [{"kind": "ServiceAccount", "name": "runner", "namespace": "shop"}],
                },
            ),
        ),
        plan(
            with_pod(service_account_name="runner"),
            noop(
                "kubernetes_cluster_role_binding_v1.wide",
                {
                    "metadata": [{"name": "wide"}],
                    "role_ref": [{"kind": "ClusterRole", "name": "view"}],
                    "subject": [{"kind": "ServiceAccount", "name": "runner", "namespace": "shop"}],
                },
            ),
            delete(
                "kubernetes_role_binding_v1.b",
                {
                    **meta("b"),
                    "role_ref": [{"kind": "ClusterRole", "name": "view"}],
                    "subject": [{"kind": "ServiceAccount", "name": "runner", "namespace": "shop"}],
                },
            ),
        ),
    ),
    Pair(
        "a disruption budget forbids every drain / admits one",
        plan(
            LIVE,
            create(
                "kubernetes_pod_disruption_budget_v1.b",
                {
                    **meta("b"),
                    "spec": [
                        {"max_unavailable": "0", "selector": [{"match_labels": {"app": "api"}}]}
                    ],
                },
            ),
        ),
        plan(
            LIVE,
            create(
                "kubernetes_pod_disruption_budget_v1.b",
                {
                    **meta("b"),
                    "spec": [
                        {"max_unavailable": "1", "selector": [{"match_labels": {"app": "api"}}]}
                    ],
                },
            ),
        ),
    ),
    Pair(
        "the API of metrics goes while autoscalers read it / nobody reads it",
        plan(
            noop("kubernetes_horizontal_pod_autoscaler_v2.h", {**meta("h"), "spec": [{}]}),
            delete(
                "kubernetes_api_service_v1.m", {"metadata": [{"name": "v1beta1.metrics.k8s.io"}]}
            ),
        ),
        plan(
            delete(
                "kubernetes_priority_class_v1.low",
                {"metadata": [{"name": "low"}], "value": 10, "global_default": False},
            ),
        ),
    ),
)

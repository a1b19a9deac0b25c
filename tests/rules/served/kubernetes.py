"""Kubernetes: selectors, policies, claims and limits that everybody in the plan lives with."""

from __future__ import annotations

from typing import Any, Final

from tests.plans import Json, create, delete, replace, tweak
from tests.rules.served.worlds import pair, stay

SPACE: Final = "billing"


def meta(name: str, **more: Any) -> list[Json]:
    return [{"name": name, "namespace": SPACE, **more}]


def pods(
    name: str,
    labels: Json | None = None,
    env: Json | None = None,
    mounts: dict[str, str] | None = None,
    requests: Json | None = None,
    kind: str = "deployment",
    replicas: int = 2,
    account: str | None = None,
    **spec: Any,
) -> Json:
    """A workload; `mounts` maps a claim to the path where it is mounted."""
    listed = labels or {"app": name}
    mounts = mounts or {}
    body = {
        "container": [
            {
                "name": name,
                "image": f"registry.example/{name}:7",
                "env": [{"name": at, "value": value} for at, value in (env or {}).items()],
                "resources": [{"requests": requests or {}, "limits": requests or {}}],
                "volume_mount": [
                    {"name": claim, "mount_path": path} for claim, path in mounts.items()
                ],
                **spec,
            }
        ],
        "volume": [
            {"name": claim, "persistent_volume_claim": [{"claim_name": claim}]} for claim in mounts
        ],
        "service_account_name": account,
    }
    template = [{"metadata": [{"labels": listed}], "spec": [body]}]
    if kind == "cron_job_v1":
        inner: Json = {
            "schedule": "0 3 * * *",
            "job_template": [{"spec": [{"template": template}]}],
        }
    else:
        inner = {
            "replicas": str(replicas),
            "selector": [{"match_labels": {"app": listed.get("app", name)}}],
            "template": template,
        }
    return stay(
        f"kubernetes_{kind}.{name}", id=f"{SPACE}/{name}", metadata=meta(name), spec=[inner]
    )


def service(name: str, selector: Json, **more: Any) -> Json:
    ports = [{"name": "http", "port": 80, "target_port": "8080", "protocol": "TCP"}]
    spec = {"selector": selector, "type": "ClusterIP", "port": ports, **more}
    return {"id": f"{SPACE}/{name}", "metadata": meta(name), "spec": [spec]}


def moved(before: Json, after: Json) -> Json:
    spec = service("ledger", after)["spec"]
    return tweak("kubernetes_service.ledger", service("ledger", before), spec=spec)


_CALLER: Final = pods("portal", env={"LEDGER": "http://ledger.billing.svc.cluster.local"})
_NAMED: Final = {"app": "ledger", "app.kubernetes.io/name": "ledger"}


def slot(name: str, replicas: int = 3) -> Json:
    """One of two deployments of the same program."""
    labels = {"app": "ledger", "slot": name}
    return pods(
        f"ledger_{name}", labels, replicas=replicas, image=f"registry.example/ledger:{name}"
    )


def _certificate(*names: str) -> Json:
    body: Json = {
        "apiVersion": "cert-manager.io/v1",
        "kind": "Certificate",
        "metadata": {"name": "edge", "namespace": "billing"},
        "spec": {"secretName": "edge-tls", "dnsNames": list(names)},
    }
    return {"manifest": body}


def loses(*names: str, of: str = "old.example.com") -> Json:
    """The certificate of all hosts keeps only these."""
    whole = _certificate("ledger.example.com", "portal.example.com", of)
    return tweak("kubernetes_manifest.edge", whole, **_certificate(*names))


INGRESS: Final = stay(
    "kubernetes_ingress_v1.edge",
    id=f"{SPACE}/edge",
    metadata=meta("edge"),
    spec=[
        {
            "tls": [{"secret_name": "edge-tls"}],
            "rule": [{"host": "ledger.example.com"}, {"host": "portal.example.com"}],
        }
    ],
)
CERTIFICATES: Final = [
    pair(
        "a certificate loses a name that an ingress serves / one that nothing serves",
        loses("ledger.example.com", "old.example.com"),
        loses("ledger.example.com", "portal.example.com"),
        INGRESS,
    ),
]
SELECTORS: Final = [
    pair(
        "a service moves to a label that other pods share / that the same pods alone have",
        [
            moved({"app": "ledger"}, {"app.kubernetes.io/part-of": "books"}),
            pods("ledger", {"app": "ledger", "app.kubernetes.io/part-of": "books"}),
            pods("worker", {"app": "worker", "app.kubernetes.io/part-of": "books"}),
        ],
        [
            moved({"app": "ledger"}, {"app.kubernetes.io/name": "ledger"}),
            pods("ledger", _NAMED),
            pods("worker", {"app": "worker", "app.kubernetes.io/name": "worker"}),
        ],
        _CALLER,
    ),
    pair(
        "a service asks for a label that half of its pods have / that all of them have",
        [
            moved({"app": "ledger"}, {"app": "ledger", "tier": "api"}),
            pods("ledger", {"app": "ledger", "tier": "api"}),
            pods("ledger_b", {"app": "ledger", "tier": "api-b"}, replicas=6),
        ],
        [
            moved({"app": "ledger"}, {"app": "ledger", "tier": "api"}),
            pods("ledger", {"app": "ledger", "tier": "api"}),
            pods("ledger_b", {"app": "ledger", "tier": "api"}, replicas=6),
        ],
        _CALLER,
    ),
    pair(
        "a service turns to a slot without pods / to one that has as many",
        [
            moved({"app": "ledger", "slot": "blue"}, {"app": "ledger", "slot": "green"}),
            slot("blue"),
            slot("green", replicas=0),
        ],
        [
            moved({"app": "ledger", "slot": "blue"}, {"app": "ledger", "slot": "green"}),
            slot("blue"),
            slot("green"),
        ],
        _CALLER,
    ),
    pair(
        "a service turns to another program of its group / to another slot of its own",
        [
            moved({"part-of": "books", "app": "ledger"}, {"part-of": "books", "app": "worker"}),
            pods("ledger", {"app": "ledger", "part-of": "books"}),
            pods("worker", {"app": "worker", "part-of": "books"}),
        ],
        [
            moved({"app": "ledger", "slot": "green"}, {"app": "ledger", "slot": "blue"}),
            slot("blue", replicas=4),
            slot("green"),
        ],
        _CALLER,
    ),
]


def admission(*names: str) -> Json:
    peers = [{"pod_selector": [{"match_labels": {"app": name}}]} for name in names]
    ports = [{"port": "8080", "protocol": "TCP"}]
    return {
        "metadata": meta("ledger"),
        "spec": [
            {
                "pod_selector": [{"match_labels": {"app": "ledger"}, "match_expressions": []}],
                "policy_types": ["Ingress"],
                "ingress": [{"from": peers, "ports": ports}],
                "egress": [],
            }
        ],
    }


SERVED: Final = (
    pods("ledger"),
    stay("kubernetes_service.ledger", **service("ledger", {"app": "ledger"})),
    _CALLER,
)
POLICIES: Final = [
    pair(
        "a caller in the plan is no longer admitted / pods that do not call are not",
        [
            tweak(
                "kubernetes_network_policy.ledger",
                admission("portal", "worker"),
                spec=admission("portal")["spec"],
            ),
            pods("worker", env={"BOOKS": "http://ledger:80"}),
        ],
        [
            tweak(
                "kubernetes_network_policy.ledger",
                admission("portal", "worker"),
                spec=admission("portal")["spec"],
            ),
            pods("worker", env={"QUEUE": "amqp://rabbit.billing.svc"}),
        ],
        *SERVED,
    ),
    pair(
        "a first policy admits one of two callers / all callers",
        [
            create("kubernetes_network_policy.ledger", admission("portal")),
            pods("worker", env={"BOOKS": "http://ledger:80"}),
        ],
        [
            create("kubernetes_network_policy.ledger", admission("portal", "worker")),
            pods("worker", env={"BOOKS": "http://ledger:80"}),
        ],
        *SERVED,
    ),
]


def claim(name: str, **spec: Any) -> Json:
    return {
        "id": f"{SPACE}/{name}",
        "metadata": meta(name),
        "spec": [
            {
                "access_modes": ["ReadWriteOnce"],
                "storage_class_name": "standard",
                "resources": [{"requests": {"storage": "60Gi"}}],
                **spec,
            }
        ],
    }


def claim_anew(name: str) -> Json:
    return replace(
        f"kubernetes_persistent_volume_claim_v1.{name}",
        claim(name),
        claim(name, storage_class_name="premium"),
        "spec.0.storage_class_name",
    )


CLAIMS: Final = [
    pair(
        "the volume of a broker / of a nightly build's module cache is made anew",
        [
            claim_anew("broker"),
            pods("broker", mounts={"broker": "/var/lib/rabbitmq"}, kind="stateful_set"),
        ],
        [
            claim_anew("modules"),
            pods("nightly", mounts={"modules": "/root/.cache/go-build"}, kind="cron_job_v1"),
        ],
    ),
    pair(
        "the volume of uploads / of a proxy's cache is deleted",
        [
            delete("kubernetes_persistent_volume_claim_v1.uploads", claim("uploads")),
            pods("site", mounts={"uploads": "/var/www/uploads"}),
        ],
        [
            delete("kubernetes_persistent_volume_claim_v1.proxy", claim("proxy")),
            tweak(
                "kubernetes_deployment.proxy",
                pods("proxy", mounts={"proxy": "/var/cache/nginx"})["change"]["before"],
                spec=pods("proxy")["change"]["before"]["spec"],
            ),
        ],
    ),
]


def quota(**hard: str) -> Json:
    return {"metadata": meta("limits"), "spec": [{"hard": hard}]}


SIZED: Final = (
    pods("ledger", requests={"cpu": "500m", "memory": "1Gi"}, replicas=6),
    pods("worker", requests={"cpu": "1", "memory": "2Gi"}, replicas=3),
)


def limit(most: str) -> Json:
    return {
        "metadata": meta("sizes"),
        "spec": [{"limit": [{"type": "Container", "max": {"memory": most}, "min": {}}]}],
    }


LIMITS: Final = [
    pair(
        "a quota below what the pods ask for / still above it",
        tweak(
            "kubernetes_resource_quota_v1.limits",
            quota(**{"requests.cpu": "40", "requests.memory": "80Gi", "pods": "60"}),
            spec=quota(**{"requests.cpu": "5", "requests.memory": "80Gi", "pods": "60"})["spec"],
        ),
        tweak(
            "kubernetes_resource_quota_v1.limits",
            quota(**{"requests.cpu": "40", "requests.memory": "80Gi", "pods": "60"}),
            spec=quota(**{"requests.cpu": "16", "requests.memory": "40Gi", "pods": "40"})["spec"],
        ),
        *SIZED,
    ),
    pair(
        "the largest container allowed is smaller than one that runs / larger than all",
        tweak("kubernetes_limit_range_v1.sizes", limit("16Gi"), spec=limit("1Gi")["spec"]),
        tweak("kubernetes_limit_range_v1.sizes", limit("16Gi"), spec=limit("4Gi")["spec"]),
        *SIZED,
    ),
]


def bound(*names: str) -> Json:
    return {
        "metadata": meta("readers"),
        "role_ref": [{"kind": "Role", "name": "readers", "api_group": "rbac.authorization.k8s.io"}],
        "subject": [
            {"kind": "ServiceAccount", "name": name, "namespace": SPACE, "api_group": ""}
            for name in names
        ],
    }


def kube_account(name: str, **notes: str) -> Json:
    return stay(
        f"kubernetes_service_account_v1.{name}",
        id=f"{SPACE}/{name}",
        metadata=meta(name, annotations=notes),
    )


_ROLE: Final = stay(
    "kubernetes_role_v1.readers",
    metadata=meta("readers"),
    rule=[{"api_groups": [""], "resources": ["configmaps"], "verbs": ["get", "watch"]}],
)
_ARN: Final = "arn:aws:iam::111122223333:role/exporter"
_UNSIGNED: Final = tweak(
    "kubernetes_service_account_v1.exporter",
    kube_account("exporter", **{"eks.amazonaws.com/role-arn": _ARN})["change"]["before"],
    metadata=meta("exporter", annotations={}),
)


def keyed(*names: str) -> Json:
    return {
        "id": f"{SPACE}/psp",
        "metadata": meta("psp"),
        "type": "Opaque",
        "data": dict.fromkeys(names, "x"),
    }


def reads(name: str) -> Json:
    refs = [{"secret_key_ref": [{"name": "psp", "key": name}]}]
    item = pods("ledger")
    for side in ("before", "after"):
        spec = item["change"][side]["spec"][0]["template"][0]["spec"][0]
        spec["container"][0]["env"] = [{"name": "KEY", "value": "", "value_from": refs}]
    return item


def ingress(*hosts: str) -> Json:
    backend = {"service": [{"name": "ledger", "port": [{"number": 80}]}]}
    http = [{"path": [{"path": "/", "backend": [backend]}]}]
    rules = [{"host": host, "http": http} for host in hosts]
    return {"metadata": meta("web"), "spec": [{"rule": rules}]}


def ports(*names: str) -> list[Json]:
    numbers = {"http": 80, "metrics": 9102}
    return [
        {"name": name, "port": numbers[name], "target_port": str(numbers[name])} for name in names
    ]


OBJECTS: Final = [
    pair(
        "a binding drops the account that pods run as / an account without pods",
        tweak(
            "kubernetes_role_binding_v1.readers",
            bound("ledger", "old-sync"),
            subject=bound("old-sync")["subject"],
        ),
        tweak(
            "kubernetes_role_binding_v1.readers",
            bound("ledger", "old-sync"),
            subject=bound("ledger")["subject"],
        ),
        _ROLE,
        kube_account("ledger"),
        kube_account("old-sync"),
        pods("ledger", account="ledger"),
    ),
    pair(
        "an account with pods / without pods loses its role in the cloud",
        [_UNSIGNED, pods("exporter", account="exporter")],
        [_UNSIGNED, pods("exporter", account="exporter-v2"), kube_account("exporter-v2")],
    ),
    pair(
        "a secret loses a key that pods read / a key that nobody reads",
        tweak(
            "kubernetes_secret_v1.psp",
            keyed("api_key", "old_key"),
            data=keyed("old_key")["data"],
        ),
        tweak(
            "kubernetes_secret_v1.psp",
            keyed("api_key", "old_key"),
            data=keyed("api_key")["data"],
        ),
        reads("api_key"),
    ),
    pair(
        "an ingress loses the host of the shop / of a preview",
        tweak(
            "kubernetes_ingress_v1.web",
            ingress("pay.lumen.example", "pr-77.preview.lumen.example"),
            spec=ingress("pr-77.preview.lumen.example")["spec"],
        ),
        tweak(
            "kubernetes_ingress_v1.web",
            ingress("pay.lumen.example", "pr-77.preview.lumen.example"),
            spec=ingress("pay.lumen.example")["spec"],
        ),
        *SERVED,
    ),
    pair(
        "a service loses the port that an ingress uses / a port that nobody uses",
        tweak(
            "kubernetes_service_v1.ledger",
            service("ledger", {"app": "ledger"}, port=ports("http", "metrics")),
            spec=service("ledger", {"app": "ledger"}, port=ports("metrics"))["spec"],
        ),
        tweak(
            "kubernetes_service_v1.ledger",
            service("ledger", {"app": "ledger"}, port=ports("http", "metrics")),
            spec=service("ledger", {"app": "ledger"}, port=ports("http"))["spec"],
        ),
        pods("ledger"),
        stay("kubernetes_ingress_v1.web", **ingress("pay.lumen.example")),
        _CALLER,
    ),
]

KUBERNETES: Final = [*SELECTORS, *CERTIFICATES, *POLICIES, *CLAIMS, *LIMITS, *OBJECTS]

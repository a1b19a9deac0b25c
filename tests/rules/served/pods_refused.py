"""Kubernetes: what a quota, a level or a policy refuses, and what of it concerns no pod."""

from __future__ import annotations

from typing import Any, Final

from tests.plans import Json, create, delete, replace, tweak
from tests.rules.served.kubernetes import SPACE, meta, pods, quota
from tests.rules.served.worlds import pair, stay, trap

# Sizes

_QUOTA: Final = stay(
    "kubernetes_resource_quota_v1.space",
    **quota(**{"requests.cpu": "20", "requests.memory": "64Gi", "pods": "90"}),
)
_SAYS_ALL: Final = {"cpu": "250m", "memory": "256Mi"}
_UNSIZED: Final = pods("importer", kind="cron_job_v1")
_SIZED: Final = pods("importer", requests=_SAYS_ALL, kind="cron_job_v1")


def _filled(name: str, **limit: Any) -> Json:
    return {
        "id": f"{SPACE}/{name}",
        "metadata": meta(name),
        "spec": [{"limit": [{"type": "Container", **limit}]}],
    }


_BOTH: Final = _filled("sizes", default={"memory": "1Gi"}, default_request={"cpu": "100m"})
_RANGE_GONE: Final = delete("kubernetes_limit_range_v1.sizes", _BOTH)
SIZES: Final = [
    pair(
        "defaults go that pods without a size need / while all pods say theirs",
        [_RANGE_GONE, _UNSIZED],
        [_RANGE_GONE, _SIZED],
        _QUOTA,
        pods("ledger", requests=_SAYS_ALL),
    ),
    pair(
        "a default goes that the quota counts / that it does not count",
        tweak(
            "kubernetes_limit_range_v1.sizes",
            _BOTH,
            spec=_filled("sizes", default={"memory": "1Gi"})["spec"],
        ),
        tweak(
            "kubernetes_limit_range_v1.sizes",
            _filled("sizes", default={"memory": "1Gi", "cpu": "1", "ephemeral-storage": "1Gi"}),
            spec=_filled("sizes", default={"memory": "1Gi", "cpu": "1"})["spec"],
        ),
        _QUOTA,
        _UNSIZED,
    ),
    pair(
        "a first quota counts what a job does not say / what a limit range fills in",
        create(
            "kubernetes_resource_quota_v1.limits",
            quota(**{"requests.cpu": "20", "requests.memory": "40Gi"}),
        ),
        [
            create(
                "kubernetes_resource_quota_v1.limits",
                quota(**{"requests.cpu": "20", "requests.memory": "40Gi"}),
            ),
            stay("kubernetes_limit_range_v1.sizes", **_BOTH),
        ],
        _UNSIZED,
    ),
]
SIZE_TRAPS: Final = [
    trap("a manifest filled in what the job does not say", _QUOTA, _UNSIZED,
         delete("kubernetes_manifest.sizes", {"manifest": {
             "apiVersion": "v1", "kind": "LimitRange",
             "metadata": {"name": "sizes", "namespace": SPACE},
             "spec": {"limits": [{"type": "Container", "default": {"cpu": "1", "memory": "1Gi"}}]},
         }})),
    trap("another limit range fills in the memory only", _RANGE_GONE, _UNSIZED, _QUOTA,
         stay("kubernetes_limit_range_v1.more", **_filled("more", max={"memory": "2Gi"}))),
    trap("limits are said and not the requests of another kind", _RANGE_GONE, _QUOTA,
         pods("importer", requests={"memory": "1Gi"}, kind="cron_job_v1")),
]  # fmt: skip

# Levels of pod security

_ENFORCE: Final = "pod-security.kubernetes.io/enforce"
_TIGHT: Final = {
    "allow_privilege_escalation": False,
    "privileged": False,
    "run_as_non_root": True,
    "capabilities": [{"add": [], "drop": ["ALL"]}],
    "seccomp_profile": [{"type": "RuntimeDefault"}],
}


def _space(level: str) -> Json:
    return {"id": SPACE, "metadata": [{"name": SPACE, "labels": {_ENFORCE: level}}]}


def _raised(old: str, new: str) -> Json:
    kind = "kubernetes_namespace_v1.space"
    return tweak(kind, _space(old), metadata=_space(new)["metadata"])


def _tight(name: str, **other: Any) -> Json:
    return pods(name, security_context=[{**_TIGHT, **other}])


LEVELS: Final = [
    pair(
        "a level that one of two workloads does not meet / that both meet",
        [_raised("privileged", "restricted"), pods("agent", kind="daemon_set_v1")],
        [_raised("privileged", "restricted"), _tight("agent")],
        _tight("ledger"),
    ),
    pair(
        "the baseline forbids a port of the node / has nothing against an ordinary pod",
        [
            _raised("privileged", "baseline"),
            pods("agent", port=[{"container_port": 9100, "host_port": 9100}]),
        ],
        [
            _raised("privileged", "baseline"),
            pods("agent", port=[{"container_port": 9100, "host_port": 0}]),
        ],
        pods("ledger"),
    ),
]
LEVEL_TRAPS: Final = [
    trap("a chart runs pods that the plan does not show", _tight("ledger"),
         _raised("baseline", "restricted"),
         stay("helm_release.agent", name="agent", chart="agent", namespace=SPACE)),
    trap("pods may be root", _raised("baseline", "restricted"),
         _tight("ledger", run_as_non_root=False)),
    trap("a power is added", _raised("baseline", "restricted"),
         _tight("ledger", capabilities=[{"add": ["NET_ADMIN"], "drop": ["ALL"]}])),
    trap("nothing runs in the plan", _raised("baseline", "restricted")),
]  # fmt: skip

# Policies for what goes out

_STORE: Final = stay(
    "kubernetes_stateful_set_v1.store",
    id="data/store",
    metadata=[{"name": "store", "namespace": "data"}],
    spec=[
        {
            "replicas": "1",
            "service_name": "store",
            "template": [
                {
                    "metadata": [{"labels": {"app": "store"}}],
                    "spec": [
                        {"container": [{"name": "store", "port": [{"container_port": 5432}]}]}
                    ],
                }
            ],
        }
    ],
)


def _to(space: str, labels: Json, *ports: tuple[str, str]) -> Json:
    peer = {
        "namespace_selector": [{"match_labels": {"kubernetes.io/metadata.name": space}}],
        "pod_selector": [{"match_labels": labels}],
        "ip_block": [],
    }
    return {"to": [peer], "ports": [{"port": port, "protocol": kind} for kind, port in ports]}


_NAMES: Final = _to("kube-system", {"k8s-app": "kube-dns"}, ("UDP", "53"), ("TCP", "53"))
_TO_STORE: Final = _to("data", {"app": "store"}, ("TCP", "5432"))
_OTHER_PORT: Final = _to("data", {"app": "store"}, ("TCP", "80"))
_TO_WEB: Final = {
    "to": [{"ip_block": [{"cidr": "0.0.0.0/0", "except": ["10.0.0.0/8"]}]}],
    "ports": [{"port": "443", "protocol": "TCP"}],
}


def _lets_out(*entries: Json) -> Json:
    spec = {"pod_selector": [{}], "policy_types": ["Egress"], "egress": list(entries)}
    return create("kubernetes_network_policy_v1.out", {"metadata": meta("out"), "spec": [spec]})


_CALLS: Final = {"DB_HOST": "store.data.svc.cluster.local", "MAIL": "https://api.mail.example"}
CALLS: Final = [
    pair(
        "a first policy for what goes out forgets the names / lists all that its pods call",
        _lets_out(_TO_STORE, _TO_WEB),
        _lets_out(_TO_STORE, _TO_WEB, _NAMES),
        pods("ledger", env=_CALLS),
        _STORE,
    ),
    pair(
        "a first policy for what goes out forgets a store / lists the store alone that is called",
        _lets_out(_NAMES, _TO_WEB),
        _lets_out(_NAMES, _TO_STORE),
        pods("ledger", env={"DATABASE_URL": "postgres://books@store.data.svc:5432/books"}),
        _STORE,
    ),
]
CALL_TRAPS: Final = [
    trap("another port of the store", _lets_out(_NAMES, _OTHER_PORT),
         pods("ledger", env={"DB_HOST": "store.data.svc"}), _STORE),
    trap("variables from elsewhere", _lets_out(_NAMES, _TO_STORE), _STORE,
         pods("ledger", env={"DB_HOST": "store.data.svc"},
              env_from=[{"secret_ref": [{"name": "more"}]}])),
    trap("pods that ask the API server", _lets_out(_NAMES, _TO_STORE), _STORE,
         pods("ledger", env={"DB_HOST": "store.data.svc"}, account="ledger")),
    trap("a name in the cluster behind which the plan shows nothing", _STORE,
         _lets_out(_NAMES, _TO_STORE, _TO_WEB),
         pods("ledger", env={"DB_HOST": "store.data.svc", "CACHE": "cache.data.svc:6379"})),
    trap("pods that name nobody", _lets_out(_NAMES, _TO_STORE), pods("ledger"), _STORE,
         pods("worker", env={"DB_HOST": "store.data.svc"})),
]  # fmt: skip

# Inputs under another name


def _input(name: str, **data: str) -> Json:
    return {"id": f"{SPACE}/{name}", "metadata": meta(name), "data": {"HOST": "a", **data}}


def _renamed(create_first: bool = True, **data: str) -> Json:
    return replace(
        "kubernetes_config_map_v1.shared",
        _input("shared"),
        _input("shared-2", **data),
        "metadata.0.name",
        create_first=create_first,
    )


def _reads(name: str) -> Json:
    return {"env_from": [{"config_map_ref": [{"name": name}]}]}


def _follows(name: str, **more: Any) -> Json:
    before = pods(name, **_reads("shared"))["change"]["before"]
    after = pods(name, **{**_reads("shared-2"), **more})["change"]["before"]
    return tweak(f"kubernetes_deployment.{name}", before, spec=after["spec"])


INPUTS: Final = [
    pair(
        "a config map is renamed that a job still reads / that all its readers follow",
        [_renamed(), _follows("ledger"), pods("nightly", kind="cron_job_v1", **_reads("shared"))],
        [_renamed(), _follows("ledger"), _follows("worker")],
    ),
]
INPUT_TRAPS: Final = [
    trap("the content differs", _renamed(HOST="b"), _follows("ledger")),
    trap("the old one goes first", _renamed(create_first=False), _follows("ledger")),
    trap("an argument has the old name", _renamed(), _follows("ledger"),
         pods("worker", args=["--config-map=shared"])),
    trap("nobody in the plan reads it", _renamed()),
]  # fmt: skip

PODS_REFUSED: Final = [*SIZES, *LEVELS, *CALLS, *INPUTS]
PODS_REFUSED_TRAPS: Final = [*SIZE_TRAPS, *LEVEL_TRAPS, *CALL_TRAPS, *INPUT_TRAPS]

"""Entrances of clusters: which controller takes an ingress, and who reaches it."""

from __future__ import annotations

from typing import Any, Final

from tests.plans import Json, tweak
from tests.rules.served.kubernetes import SPACE, meta, pods, service
from tests.rules.served.worlds import pair, stay, trap

_SCHEME: Final = "service.beta.kubernetes.io/aws-load-balancer-scheme"


def _controller(name: str, scheme: str) -> Json:
    values = f"""controller:
  ingressClassResource:
    name: {name}
  service:
    type: LoadBalancer
    annotations:
      {_SCHEME}: {scheme}
"""
    return stay(f"helm_release.{name}", name=name, chart="ingress-nginx", values=[values])


def _ingress(class_name: str, **notes: str) -> Json:
    to = {"service": [{"name": "console", "port": [{"number": 80}]}]}
    rules = [
        {"host": "console.lumen.example", "http": [{"path": [{"path": "/", "backend": [to]}]}]}
    ]
    metadata = meta("console", annotations=notes)
    return {
        "id": f"{SPACE}/console",
        "metadata": metadata,
        "spec": [{"ingress_class_name": class_name, "rule": rules}],
    }


def _moves(old: str, new: str, **notes: str) -> Json:
    after = _ingress(new, **notes)
    return tweak("kubernetes_ingress_v1.console", _ingress(old, **notes), spec=after["spec"])


_NAMES: Final = stay("helm_release.names", name="names", chart="external-dns", values=[])
_BEHIND: Final = (
    pods("console"),
    stay("kubernetes_service_v1.console", **service("console", {"app": "console"})),
    _controller("inner", "internal"),
    _controller("inner2", "internal"),
    _controller("outer", "internet-facing"),
)


def _gateway(name: str, class_name: str) -> Json:
    body = {"kind": "Gateway", "metadata": {"name": name, "namespace": SPACE}}
    return stay(
        f"kubernetes_manifest.{name}",
        manifest={**body, "spec": {"gatewayClassName": class_name}},
    )


def _route(*gateways: str, **spec: Any) -> Json:
    parents = [{"name": name} for name in gateways]
    rules = [{"backendRefs": [{"name": "console", "port": 80}]}]
    body = {"kind": "HTTPRoute", "metadata": {"name": "console", "namespace": SPACE}}
    return {"manifest": {**body, "spec": {"parentRefs": parents, "rules": rules, **spec}}}


ENTRANCES: Final = [
    pair(
        "an ingress comes behind a public controller / behind another inner one, names follow",
        [_moves("inner", "outer"), _NAMES],
        [_moves("inner", "inner2"), _NAMES],
        *_BEHIND,
    ),
    pair(
        "a route is attached to a public gateway / hears of another host",
        tweak("kubernetes_manifest.console", _route("inside"), **_route("outside")),
        tweak(
            "kubernetes_manifest.console",
            _route("inside", hostnames=["a.example"]),
            **_route("inside", hostnames=["a.example", "b.example"]),
        ),
        _gateway("inside", "gke-l7-rilb"),
        _gateway("outside", "gke-l7-global-external-managed"),
    ),
]
ENTRANCE_TRAPS: Final = [
    trap("records that somebody has to change", _moves("inner", "inner2"), *_BEHIND),
    trap("a class of which the plan shows no controller", _moves("inner", "elsewhere"), _NAMES,
         *_BEHIND),
]  # fmt: skip

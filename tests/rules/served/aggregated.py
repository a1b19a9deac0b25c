"""Cluster roles that become part of others: with rights that the others lack, or without."""

from __future__ import annotations

from typing import Any, Final

from tests.plans import Json, create, tweak, update
from tests.rules.served.worlds import pair, stay, trap

_AGGREGATE: Final = "rbac.authorization.k8s.io/aggregate-to-"


def _rule(resources: list[str], *verbs: str, group: str = "") -> Json:
    return {"api_groups": [group], "resources": resources, "verbs": list(verbs)}


def _role(*rules: Json, name: str = "reader", **labels: str) -> Json:
    return {"metadata": [{"name": name, "labels": labels}], "rule": list(rules)}


def _into(target: str) -> dict[str, str]:
    return {f"{_AGGREGATE}{target}": "true"}


def _bind(name: str, role: str, *, kind: str = "ClusterRole", group: str = "staff") -> Json:
    return stay(
        f"kubernetes_cluster_role_binding_v1.{name}",
        metadata=[{"name": name}],
        role_ref=[{"api_group": "rbac.authorization.k8s.io", "kind": kind, "name": role}],
        subject=[{"kind": "Group", "name": group, "api_group": "rbac.authorization.k8s.io"}],
    )


def _labelled(rules: list[Json], target: str) -> Json:
    before = _role(*rules)
    return update("kubernetes_cluster_role_v1.reader", before, _role(*rules, **_into(target)))


_SECRETS: Final = _rule(["secrets"], "get", "list")
_ISSUERS: Final = _rule(["issuers", "certificates"], "get", "list", group="cert-manager.io")
_ESCALATE: Final = _rule(["clusterroles"], "escalate", "bind", group="rbac.authorization.k8s.io")
_STORE: Final = stay(
    "kubernetes_secret_v1.wildcard", metadata=[{"name": "tls", "namespace": "edge"}], type="Opaque"
)


def _monitoring(**labels: str) -> Json:
    return {
        "metadata": [{"name": "monitoring"}],
        "aggregation_rule": [{"cluster_role_selectors": [{"match_labels": labels}]}],
        "rule": [],
    }


def _manifest(*resources: str) -> Json:
    return {
        "manifest": {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "ClusterRole",
            "metadata": {"name": "tools", "labels": _into("view")},
            "rules": [{"apiGroups": [""], "resources": list(resources), "verbs": ["create"]}],
        }
    }


def _grown(rules: list[Json]) -> Json:
    before: dict[str, Any] = _role(_ISSUERS, **_into("view"))
    return tweak("kubernetes_cluster_role_v1.reader", before, rule=[_ISSUERS, *rules])


AGGREGATED: Final = [
    pair(
        "who may look gets to read secrets by a role's label / gets to see certificates",
        _labelled([_ISSUERS, _SECRETS], "view"),
        _labelled([_ISSUERS], "view"),
        _bind("staff", "view"),
        _STORE,
    ),
    pair(
        "who may edit gets to give himself any role / gets to restart what he may edit anyhow",
        _labelled([_ESCALATE], "edit"),
        _labelled([_SECRETS, _rule(["pods"], "delete")], "edit"),
        _bind("staff", "edit"),
    ),
    pair(
        "a role that is part of view gets secrets, too / another kind of certificates",
        _grown([_SECRETS]),
        _grown([_rule(["orders"], "get", group="acme.cert-manager.io")]),
        _bind("staff", "view"),
        _STORE,
    ),
    pair(
        "a new role as a manifest lets those who look into pods / lets them ask what they may",
        create("kubernetes_manifest.tools", _manifest("pods/exec")),
        create("kubernetes_manifest.tools", _manifest("events")),
        _bind("staff", "view"),
    ),
    pair(
        "a role of one's own comes to select one with secrets / one with metrics",
        [
            update(
                "kubernetes_cluster_role.all",
                _monitoring(part="metrics"),
                _monitoring(part="secrets"),
            ),
            stay("kubernetes_cluster_role.keys", **_role(_SECRETS, name="keys", part="secrets")),
        ],
        [
            update(
                "kubernetes_cluster_role.all",
                _monitoring(part="metrics"),
                _monitoring(part="nodes"),
            ),
            stay(
                "kubernetes_cluster_role.nodes",
                **_role(_rule(["nodes/metrics"], "get"), name="nodes", part="nodes"),
            ),
        ],
        _bind("agents", "monitoring"),
        _STORE,
    ),
]
AGGREGATED_TRAPS: Final = [
    trap("view is part of edit: who edits may give rights, too",
         _labelled([_ESCALATE], "view"), _bind("staff", "edit")),
    trap("in one namespace", _labelled([_SECRETS], "view"), _STORE,
         stay("kubernetes_role_binding_v1.staff", metadata=[{"name": "s", "namespace": "edge"}],
              role_ref=[{"kind": "ClusterRole", "name": "view"}],
              subject=[{"kind": "User", "name": "ann"}])),
]  # fmt: skip
AGGREGATED_CALM: Final = [
    trap("nobody is bound to it", _labelled([_SECRETS], "view"), _bind("staff", "other")),
    trap("who is bound to it has all rights",
         _labelled([_SECRETS], "view"), _bind("staff", "view"), _bind("admins", "cluster-admin")),
    trap("another role gives the same already",
         _labelled([_SECRETS], "view"), _bind("staff", "view"),
         stay("kubernetes_cluster_role_v1.keys", **_role(_SECRETS, name="k", **_into("view")))),
    trap("a role of a namespace with the name",
         _labelled([_SECRETS], "view"), _bind("staff", "view", kind="Role")),
]  # fmt: skip
"""Plans that must pass: nobody gets more than he had."""

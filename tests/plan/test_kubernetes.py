"""Kubernetes objects are the same value whatever resource writes them."""

from __future__ import annotations

from typing import Any

import pytest

from iacrisk.plan.kubernetes import kind_of_type, names_used, read_object, selects

TYPED: dict[str, Any] = {
    "metadata": [{"name": "p", "namespace": "shop"}],
    "spec": [
        {
            "pod_selector": [{"match_labels": {"app": "api"}}],
            "policy_types": ["Ingress"],
            "ingress": [{"from": [{"pod_selector": [{"match_labels": {"app": "web"}}]}]}],
        }
    ],
}
MANIFEST: dict[str, Any] = {
    "apiVersion": "networking.k8s.io/v1",
    "kind": "NetworkPolicy",
    "metadata": {"name": "p", "namespace": "shop"},
    "spec": {
        "podSelector": {"matchLabels": {"app": "api"}},
        "policyTypes": ["Ingress"],
        "ingress": [{"from": [{"podSelector": {"matchLabels": {"app": "web"}}}]}],
    },
}
YAML = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: p
  namespace: shop
spec:
  podSelector:
    matchLabels: {app: api}
  policyTypes: [Ingress]
  ingress:
    - from:
        - podSelector:
            matchLabels:
              app: web
"""


@pytest.mark.parametrize(
    ("type_name", "values"),
    [
        ("kubernetes_network_policy", TYPED),
        ("kubernetes_network_policy_v1", TYPED),
        ("kubernetes_manifest", {"manifest": MANIFEST}),
        ("kubectl_manifest", {"yaml_body": YAML}),
    ],
)
def test_all_ways_of_writing_say_the_same(type_name: str, values: dict[str, Any]) -> None:
    item = read_object(type_name, values)
    assert item is not None
    assert (item.kind, item.namespace, item.name) == ("NetworkPolicy", "shop", "p")
    assert item.spec == MANIFEST["spec"]


@pytest.mark.parametrize(
    ("type_name", "kind"),
    [
        ("kubernetes_deployment_v1", "Deployment"),
        ("kubernetes_horizontal_pod_autoscaler_v2beta2", "HorizontalPodAutoscaler"),
        ("kubernetes_config_map_v1_data", ""),
        ("kubernetes_node_taint", ""),
        ("aws_instance", ""),
    ],
)
def test_the_kind_of_a_type(type_name: str, kind: str) -> None:
    assert kind_of_type(type_name) == kind


@pytest.mark.parametrize(
    ("selector", "labels", "matches"),
    [
        ({}, {"app": "api"}, True),
        (None, {"app": "api"}, False),
        ({"matchLabels": {"app": "api"}}, {"app": "api", "tier": "x"}, True),
        ({"matchLabels": {"app": "api"}}, {"app": "web"}, False),
        ({"matchExpressions": [{"key": "a", "operator": "In", "values": ["1"]}]}, {"a": "1"}, True),
        ({"matchExpressions": [{"key": "a", "operator": "NotIn", "values": ["1"]}]}, {}, True),
        ({"matchExpressions": [{"key": "a", "operator": "Exists"}]}, {}, False),
        ({"matchExpressions": [{"key": "a", "operator": "DoesNotExist"}]}, {}, True),
        ({"matchExpressions": [{"key": "a", "operator": "Odd"}]}, {"a": "1"}, False),
    ],
)
def test_selectors(selector: Any, labels: dict[str, Any], matches: bool) -> None:
    assert selects(selector, labels) is matches


def test_what_a_pod_names() -> None:
    pod = {
        "service_account_name": "runner",
        "image_pull_secrets": [{"name": "registry"}],
        "container": [
            {
                "env": [{"value_from": [{"secret_key_ref": [{"name": "db", "key": "password"}]}]}],
                "env_from": [{"config_map_ref": [{"name": "settings"}]}],
            }
        ],
        "volume": [
            {"secret": [{"secret_name": "tls"}]},
            {"persistent_volume_claim": [{"claim_name": "data"}]},
        ],
    }
    values = {
        "metadata": [{"name": "api", "namespace": "shop"}],
        "spec": [{"template": [{"spec": [pod]}]}],
    }
    item = read_object("kubernetes_deployment_v1", values)
    assert item is not None
    assert set(names_used(item)) == {
        ("ConfigMap", "settings"),
        ("PersistentVolumeClaim", "data"),
        ("Secret", "db"),
        ("Secret", "registry"),
        ("Secret", "tls"),
        ("ServiceAccount", "runner"),
    }


@pytest.mark.parametrize("odd", [None, "text", 7, [], [None], {"a": 1}, [[1]], [{"spec": 1}]])
def test_odd_values_do_not_make_it_raise(odd: Any) -> None:
    for type_name in ("kubernetes_deployment", "kubernetes_manifest", "kubectl_manifest"):
        for name in ("metadata", "spec", "manifest", "yaml_body"):
            item = read_object(type_name, {name: odd})
            assert item is None or list(names_used(item)) == []

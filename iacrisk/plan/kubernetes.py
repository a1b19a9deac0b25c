"""Kubernetes objects, read alike whatever resource writes them.

The typed resources of the provider (`kubernetes_deployment_v1`), raw manifests
(`kubernetes_manifest`) and manifests in YAML (`kubectl_manifest`) become one value in the words of
the Kubernetes API.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from iacrisk.plan.values import UNKNOWN, mapping, members
from iacrisk.plan.yaml_text import read_yaml

Tree = dict[str, Any]

_LISTS: Final[dict[str, str]] = {
    "container": "containers",
    "egress": "egress",
    "env": "env",
    "env_from": "envFrom",
    "from": "from",
    "image_pull_secrets": "imagePullSecrets",
    "ingress": "ingress",
    "init_container": "initContainers",
    "match_expressions": "matchExpressions",
    "path": "paths",
    "port": "ports",
    "ports": "ports",
    "rule": "rules",
    "secret_items": "items",
    "sources": "sources",
    "subject": "subjects",
    "taint": "taints",
    "tls": "tls",
    "to": "to",
    "toleration": "tolerations",
    "volume": "volumes",
    "volume_mount": "volumeMounts",
    "webhook": "webhooks",
}
"""Blocks that may repeat, with their name in the API; any other block stands for one object."""

_MAPS: Final = frozenset(
    {"annotations", "binary_data", "data", "hard", "labels", "limits", "match_labels", "requests"}
    | {"selector", "node_selector", "string_data"}
)
"""Maps whose keys are the user's own."""

KINDS: Final[dict[str, str]] = {
    "api_service": "APIService",
    "cluster_role": "ClusterRole",
    "cluster_role_binding": "ClusterRoleBinding",
    "config_map": "ConfigMap",
    "cron_job": "CronJob",
    "daemon_set": "DaemonSet",
    "daemonset": "DaemonSet",
    "deployment": "Deployment",
    "horizontal_pod_autoscaler": "HorizontalPodAutoscaler",
    "ingress": "Ingress",
    "ingress_class": "IngressClass",
    "job": "Job",
    "limit_range": "LimitRange",
    "mutating_webhook_configuration": "MutatingWebhookConfiguration",
    "namespace": "Namespace",
    "network_policy": "NetworkPolicy",
    "persistent_volume": "PersistentVolume",
    "persistent_volume_claim": "PersistentVolumeClaim",
    "pod": "Pod",
    "pod_disruption_budget": "PodDisruptionBudget",
    "priority_class": "PriorityClass",
    "replication_controller": "ReplicationController",
    "resource_quota": "ResourceQuota",
    "role": "Role",
    "role_binding": "RoleBinding",
    "secret": "Secret",
    "service": "Service",
    "service_account": "ServiceAccount",
    "stateful_set": "StatefulSet",
    "storage_class": "StorageClass",
    "validating_webhook_configuration": "ValidatingWebhookConfiguration",
}
"""Resource type without provider and version, to the kind it writes."""

WORKLOADS: Final = frozenset(
    {
        "CronJob",
        "DaemonSet",
        "Deployment",
        "Job",
        "Pod",
        "ReplicaSet",
        "ReplicationController",
        "StatefulSet",
    }
)
"""Kinds that run pods."""

_CLUSTER_WIDE: Final = frozenset(
    {
        "APIService",
        "ClusterRole",
        "ClusterRoleBinding",
        "IngressClass",
        "MutatingWebhookConfiguration",
        "Namespace",
        "PersistentVolume",
        "PriorityClass",
        "StorageClass",
        "ValidatingWebhookConfiguration",
    }
)


class KubernetesObject(msgspec.Struct, frozen=True, kw_only=True):
    """One object; `body` is all of it in the words of the API. Unknown names are ""."""

    kind: str
    name: str
    namespace: str
    body: Tree

    @property
    def spec(self) -> Tree:
        """What is wanted of it."""
        return mapping(self.body.get("spec"))

    @property
    def metadata(self) -> Tree:
        """Name, labels and annotations."""
        return mapping(self.body.get("metadata"))

    @property
    def pod(self) -> Tree:
        """The template of its pods, or the pod itself: metadata and spec; {} for other kinds."""
        if self.kind == "Pod":
            return self.body
        spec = self.spec
        if self.kind == "CronJob":
            spec = mapping(mapping(spec.get("jobTemplate")).get("spec"))
        return mapping(spec.get("template")) if self.kind in WORKLOADS else {}

    @property
    def pod_labels(self) -> Tree:
        """The labels of its pods."""
        return mapping(mapping(self.pod.get("metadata")).get("labels"))


def kind_of_type(type_name: str) -> str:
    """The kind that a typed resource writes, "" for other types."""
    stem = type_name.removeprefix("kubernetes_")
    if stem == type_name:
        return ""
    head, _, tail = stem.rpartition("_")
    return KINDS.get(head if tail[:1] == "v" and tail[1:2].isdigit() else stem, "")


def writes_kubernetes(type_name: str) -> bool:
    """Whether resources of the type can be read as an object."""
    return type_name in {"kubernetes_manifest", "kubectl_manifest"} or bool(kind_of_type(type_name))


def read_object(type_name: str, values: Tree) -> KubernetesObject | None:
    """The object that a resource with these attributes writes, None where it cannot be read."""
    if not values:
        return None
    if type_name == "kubernetes_manifest":
        return _from_manifest(values.get("manifest"))
    if type_name == "kubectl_manifest":
        text = values.get("yaml_body")
        return _from_manifest(read_yaml(text)) if isinstance(text, str) else None
    kind = kind_of_type(type_name)
    return _object(kind, mapping(_in_api_words(values))) if kind else None


def _from_manifest(manifest: Any) -> KubernetesObject | None:
    if not isinstance(manifest, dict) or not isinstance(manifest.get("kind"), str):
        return None
    return _object(manifest["kind"], manifest)


def _object(kind: str, body: Tree) -> KubernetesObject:
    metadata = mapping(body.get("metadata"))
    name, namespace = metadata.get("name"), metadata.get("namespace")
    default = "" if kind in _CLUSTER_WIDE else "default"
    return KubernetesObject(
        kind=kind,
        name=name if isinstance(name, str) else "",
        namespace=default if not isinstance(namespace, str) or not namespace else namespace,
        body=body,
    )


def _in_api_words(value: Any) -> Any:
    if isinstance(value, list):
        return [_in_api_words(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        _in_api_word(name, item): _member(name, item)
        for name, item in value.items()
        if item is not None
    }


def _in_api_word(name: str, value: Any) -> str:
    """The name in the API; a block `port` is one of `ports`, a number `port` stays one."""
    is_scalar = isinstance(value, str | int | float)
    return _camel(name) if is_scalar else _LISTS.get(name, _camel(name))


def _member(name: str, value: Any) -> Any:
    if name in _MAPS and isinstance(value, dict):
        return value
    if name not in _LISTS and isinstance(value, list) and len(value) <= 1:
        block = value[0] if value else None
        if isinstance(block, dict):
            return _in_api_words(block)
        if block is None and name not in {"policy_types", "load_balancer_source_ranges"}:
            return {} if value else []
    return _in_api_words(value)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def selects(selector: Any, labels: Tree) -> bool:
    """Whether a label selector matches the labels; an empty one matches all, a missing none."""
    if not isinstance(selector, dict):
        return False
    wanted = mapping(selector.get("matchLabels"))
    if any(value is UNKNOWN or labels.get(name) != value for name, value in wanted.items()):
        return False
    return all(_expression(item, labels) for item in members(selector.get("matchExpressions")))


def required_label(selector: Any) -> tuple[str, str] | None:
    """A label that everything selected has; None where the selector demands none."""
    wanted = mapping(mapping(selector).get("matchLabels"))
    return min(((str(name), str(value)) for name, value in wanted.items()), default=None)


def label_pairs(labels: Tree) -> list[tuple[str, str]]:
    """The labels as pairs of texts."""
    return [(str(name), str(value)) for name, value in labels.items()]


def _expression(item: Tree, labels: Tree) -> bool:
    value = labels.get(str(item.get("key")))
    listed = item.get("values")
    allowed = listed if isinstance(listed, list) else []
    match str(item.get("operator")):
        case "In":
            return value in allowed
        case "NotIn":
            return value not in allowed
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
    return False


_NAMED: Final[dict[str, tuple[str, str]]] = {
    "configMap": ("ConfigMap", "name"),
    "configMapKeyRef": ("ConfigMap", "name"),
    "configMapRef": ("ConfigMap", "name"),
    "persistentVolumeClaim": ("PersistentVolumeClaim", "claimName"),
    "secret": ("Secret", "secretName"),
    "secretKeyRef": ("Secret", "name"),
    "secretRef": ("Secret", "name"),
}


def names_used(obj: KubernetesObject) -> Iterator[tuple[str, str]]:
    """Kind and name of each object that this one names and cannot do without."""
    if obj.kind in WORKLOADS:
        pod = mapping(obj.pod.get("spec"))
        yield from _named_in(pod)
        account = pod.get("serviceAccountName") or pod.get("serviceAccount")
        if isinstance(account, str):
            yield "ServiceAccount", account
        for item in members(pod.get("imagePullSecrets")):
            yield "Secret", str(item.get("name"))
    elif obj.kind == "Ingress":
        yield from _named_by_ingress(obj.spec)
    elif obj.kind == "HorizontalPodAutoscaler":
        target = mapping(obj.spec.get("scaleTargetRef"))
        yield str(target.get("kind")), str(target.get("name"))
    elif obj.kind == "ServiceAccount":
        for item in members(obj.body.get("secret")) + members(obj.body.get("imagePullSecret")):
            yield "Secret", str(item.get("name"))


def _named_in(tree: Any) -> Iterator[tuple[str, str]]:
    if isinstance(tree, list):
        for item in tree:
            yield from _named_in(item)
    elif isinstance(tree, dict):
        for name, value in tree.items():
            kind, attribute = _NAMED.get(name, ("", ""))
            used = value.get(attribute, value.get("name")) if isinstance(value, dict) else None
            if kind and isinstance(used, str) and used:
                yield kind, used
            yield from _named_in(value)


def _named_by_ingress(spec: Tree) -> Iterator[tuple[str, str]]:
    for item in members(spec.get("tls")):
        if isinstance(item.get("secretName"), str):
            yield "Secret", item["secretName"]
    if isinstance(spec.get("ingressClassName"), str):
        yield "IngressClass", spec["ingressClassName"]
    for item in members(spec.get("rules")):
        for path in members(mapping(item.get("http")).get("paths")):
            service = mapping(mapping(path.get("backend")).get("service"))
            if isinstance(service.get("name"), str):
                yield "Service", service["name"]

"""Which controllers of a cluster take the requests of a class, and who reaches them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from iacrisk.catalog.charts import chart_name
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.plan.kubernetes import KubernetesObject, Tree
from iacrisk.plan.values import mapping
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.kubernetes.chart_values import values_of
from iacrisk.rules.readers.kubernetes.objects import objects_of
from iacrisk.rules.readers.siblings import stays

_NOTE: Final = "kubernetes.io/ingress.class"
_CLASSES: Final = (
    "controller.ingressClassResource.name",
    "controller.ingressClass",
    "controller.ingressClass.name",
    "ingressClass.name",
    "ingressController.ingressClass",
)
_SERVICES: Final = ("controller.service", "service", "proxy")
_INTERNAL: Final[dict[str, tuple[str, ...]]] = {
    "cloud.google.com/load-balancer-type": ("internal",),
    "networking.gke.io/load-balancer-type": ("internal",),
    "service.beta.kubernetes.io/aws-load-balancer-internal": ("0.0.0.0/0", "true"),
    "service.beta.kubernetes.io/aws-load-balancer-scheme": ("internal",),
    "service.beta.kubernetes.io/azure-load-balancer-internal": ("true",),
}
_SCHEME: Final = "service.beta.kubernetes.io/aws-load-balancer-scheme"
_KIND: Final = "service.beta.kubernetes.io/aws-load-balancer-type"
_PUBLIC_GATEWAYS: Final = ("-external", "gxlb")
_INTERNAL_GATEWAYS: Final = ("-internal", "rilb")


class Controller(msgspec.Struct, frozen=True, kw_only=True):
    """What serves a class; `is_public` is None where the plan does not tell who reaches it."""

    change: ResourceChange
    chart: str
    is_public: bool | None


def class_of(ingress: KubernetesObject) -> str:
    """The class whose controller takes the ingress, "" where it names none."""
    name = ingress.spec.get("ingressClassName")
    noted = mapping(ingress.metadata.get("annotations")).get(_NOTE)
    return next((text for text in (name, noted) if isinstance(text, str) and text), "")


def controllers_of(name: str, context: Context) -> tuple[Controller, ...]:
    """The controllers of the plan that serve the class of an ingress afterwards."""

    def build() -> dict[str, list[Controller]]:
        found: dict[str, list[Controller]] = {}
        for change in context.changes_of("helm_release"):
            values = None if change.kind is ActionKind.DELETE else values_of(change.after)
            for served in _served(values or {}):
                one = Controller(
                    change=change,
                    chart=chart_name(change.after.get("chart")),
                    is_public=_is_public(values or {}),
                )
                found.setdefault(served, []).append(one)
        return found

    return tuple(once(context.plan, "ingress controllers", build).get(name, ())) if name else ()


def is_public(name: str, context: Context) -> bool | None:
    """Whether strangers reach what serves the class; None where the plan does not tell."""
    told = {one.is_public for one in controllers_of(name, context)}
    return told.pop() if len(told) == 1 else None


def names_follow(context: Context) -> bool:
    """Whether records are made after the ingresses by themselves: external-dns runs and stays."""
    return any(
        stays(one) and not one.changed and chart_name(one.after.get("chart")) == "external-dns"
        for one in context.changes_of("helm_release")
    )


def is_public_gateway(name: str, namespace: str, context: Context) -> bool | None:
    """Whether strangers reach a gateway, as its class tells by its name."""
    for item in objects_of(context, "Gateway"):
        one = item.after
        if one is not None and (one.name, one.namespace) == (name, namespace):
            class_name = str(one.spec.get("gatewayClassName"))
            if any(mark in class_name for mark in _INTERNAL_GATEWAYS):
                return False
            if any(mark in class_name for mark in _PUBLIC_GATEWAYS):
                return True
    return None


def _served(values: Tree) -> Iterator[str]:
    for path in _CLASSES:
        name = _at(values, path)
        if isinstance(name, str) and name:
            yield name
            return


def _is_public(values: Tree) -> bool | None:
    service = next((found for path in _SERVICES if (found := mapping(_at(values, path)))), {})
    kind = service.get("type") or mapping(service.get("spec")).get("type") or "LoadBalancer"
    if str(kind) != "LoadBalancer":
        return None
    notes = mapping(service.get("annotations"))
    for name, internal in _INTERNAL.items():
        if str(notes.get(name)).lower() in internal:
            return False
    if notes.get(_SCHEME) == "internet-facing":
        return True
    return None if _KIND in notes else True


def _at(tree: Any, path: str) -> Any:
    for step in path.split("."):
        tree = mapping(tree).get(step)
    return tree


def classes_left(change: ResourceChange, context: Context) -> set[str]:
    """The classes that a chart served, and that no controller of the plan serves afterwards."""
    before = values_of(change.before) if change.type == "helm_release" else None
    return {name for name in _served(before or {}) if not controllers_of(name, context)}


def classes_alone(before: Tree, after: Tree) -> bool:
    """Whether two values of a chart are the same but for the names of the class they serve."""
    paths = set(_CLASSES)
    return _without(before, paths) == _without(after, paths)


def _without(tree: Tree, paths: set[str], at: str = "") -> Tree:
    return {
        name: _without(value, paths, f"{at}{name}.") if isinstance(value, dict) else value
        for name, value in tree.items()
        if f"{at}{name}" not in paths
    }

"""C20: a controller of a cluster no longer looks at namespaces whose objects it serves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from iacrisk.catalog.charts import chart_name
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.plan.kubernetes import KubernetesObject
from iacrisk.plan.values import mapping
from iacrisk.rules.context import Context
from iacrisk.rules.readers.kubernetes.chart_values import values_of
from iacrisk.rules.readers.kubernetes.objects import objects_of
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

Values = Mapping[str, Any]
_CLASS_NOTE: Final = "kubernetes.io/ingress.class"


class _Scope(msgspec.Struct, frozen=True, kw_only=True):
    """Where a chart's values say which namespaces its controller watches, and its class."""

    namespaces: str
    switch: str = ""
    """Only where this is on; the release's own namespace where no other is named."""
    classes: tuple[str, ...] = ()
    usual: str = ""


_NGINX: Final = ("controller.ingressClassResource.name", "controller.ingressClass")
_SCOPES: Final[dict[str, tuple[_Scope, ...]]] = {
    "aws-load-balancer-controller": (
        _Scope(namespaces="watchNamespace", classes=("ingressClass",), usual="alb"),
    ),
    "external-dns": (_Scope(namespaces="namespace", switch="namespaced"),),
    "ingress": (
        _Scope(
            namespaces="ingressController.watchNamespaces",
            classes=("ingressController.ingressClass",),
            usual="kong",
        ),
    ),
    "ingress-nginx": (
        _Scope(
            namespaces="controller.scope.namespace",
            switch="controller.scope.enabled",
            classes=_NGINX,
            usual="nginx",
        ),
    ),
    "kong": (
        _Scope(
            namespaces="ingressController.watchNamespaces",
            classes=("ingressController.ingressClass",),
            usual="kong",
        ),
    ),
    "nginx-ingress": (
        _Scope(
            namespaces="controller.watchNamespace",
            classes=("controller.ingressClass.name", "controller.ingressClass"),
            usual="nginx",
        ),
    ),
    "traefik": (
        _Scope(
            namespaces="providers.kubernetesIngress.namespaces",
            classes=("ingressClass.name",),
            usual="traefik",
        ),
    ),
}


@rule(
    id="C20",
    name="controller-watches-less",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.UPDATE},
    types={"helm_release"},
    since="0.2",
)
def controller_watches_less(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """An ingress controller is told to look at fewer namespaces.

    What it flags
        Values of an ingress controller's chart that come to name namespaces, or name fewer,
        where an ingress of its class stands in another one; or where the plan shows no ingress
        of its class at all.

    Why it matters
        The proxy drops whatever it no longer sees from its configuration: the names still lead
        to it, and it answers 404. No ingress changes.

    When it is fine
        All ingresses of its class stand in the namespaces that are left.

    What to do instead
        Give the other ingresses a controller of their own first.

    References
        https://kubernetes.github.io/ingress-nginx/deploy/#scope
    """
    old, new = values_of(change.before), values_of(change.after)
    scopes = _SCOPES.get(chart_name(change.before.get("chart")), ())
    if old is None or new is None:
        if scopes:
            why = "Which namespaces it will watch is not known."
            yield Undecided(why=why, paths=(("values",),))
        return
    home = str(change.before.get("namespace"))
    for scope in scopes:
        was, becomes = _watched(scope, old, home), _watched(scope, new, home)
        if becomes is None or (was is not None and was <= becomes):
            continue
        served = [
            (item.change.label, one)
            for item in objects_of(context, "Ingress")
            if (one := item.before) is not None and _is_of_class(one, scope, old)
            if was is None or one.namespace in was
        ]
        lost = [label for label, one in served if one.namespace not in becomes]
        if lost or not served:
            yield Flag(
                what=f"It no longer serves {some_of(lost)}."
                if lost
                else f"It serves namespace {some_of(sorted(becomes))} alone from now on.",
                paths=(("values" if "values" in change.changed else "set",),),
                severity=Severity.HIGH if lost else Severity.MEDIUM,
                confidence=Confidence.HIGH if lost else Confidence.MEDIUM,
                hurts=tuple(lost),
            )


def _watched(scope: _Scope, values: Values, home: str) -> frozenset[str] | None:
    """The namespaces it watches; None for all of them."""
    if scope.switch and _at(values, scope.switch) is not True:
        return None
    named = _at(values, scope.namespaces)
    listed = named.split(",") if isinstance(named, str) else named
    texts = [str(one).strip() for one in listed if one] if isinstance(listed, list) else []
    if not texts:
        return frozenset({home}) if scope.switch else None
    return frozenset(texts)


def _is_of_class(ingress: KubernetesObject, scope: _Scope, values: Values) -> bool:
    if not scope.usual:
        return True
    own = next((one for path in scope.classes if isinstance(one := _at(values, path), str)), "")
    notes = mapping(mapping(ingress.body.get("metadata")).get("annotations"))
    named = ingress.spec.get("ingressClassName") or notes.get(_CLASS_NOTE)
    return bool(named == (own or scope.usual))


def _at(values: Values, path: str) -> Any:
    found: Any = values
    for step in path.split("."):
        found = found.get(step) if isinstance(found, dict) else None
    return found

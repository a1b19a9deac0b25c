"""X81: what was behind an inner entrance of a cluster comes behind one that strangers reach."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.plan.kubernetes import KubernetesObject
from iacrisk.plan.values import mapping, members
from iacrisk.rules.context import Context
from iacrisk.rules.hurt.names import behind_ingress
from iacrisk.rules.readers.kubernetes.ingress_controllers import (
    class_of,
    is_public,
    is_public_gateway,
)
from iacrisk.rules.readers.kubernetes.objects import objects_of, seen, types_of
from iacrisk.rules.readers.shapes import last_part
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, rule

_FENCES: Final = (
    "allowlist-source-range",
    "auth-signin",
    "auth-tls-secret",
    "auth-type",
    "auth-url",
    "router.middlewares",
    "whitelist-source-range",
)
"""Annotations by which a controller asks who comes."""

_ROUTES: Final = frozenset({"GRPCRoute", "HTTPRoute"})


@rule(
    id="X81",
    name="behind-a-public-entrance",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.EXPOSURE,
    kinds={ActionKind.UPDATE},
    types=types_of("Ingress"),
    since="0.2",
)
def behind_a_public_entrance(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """An ingress or route moves from a controller inside to one that strangers reach.

    What it flags
        Another class of an ingress, where the charts of the plan show that the old class is
        served behind an inner load balancer and the new one behind a public one; a route of the
        Gateway API that is attached to a public gateway instead of an inner one.

    Why it matters
        What stands behind it was made for people of the house, often without a login of its own.

    When it is fine
        It is meant to be public. Not flagged: an ingress whose annotations ask who comes.

    What to do instead
        Put a login or a list of addresses in front first.

    References
        https://kubernetes.io/docs/concepts/services-networking/ingress/#ingress-class
    """
    item = seen(change)
    if item is None or item.before is None or item.after is None:
        return
    argument = min(change.changed & {"spec", "metadata", "manifest", "yaml_body"}, default="")
    before, after = item.before, item.after
    if after.kind == "Ingress":
        classes = class_of(before), class_of(after)
        opened = (
            classes[0] != classes[1]
            and is_public(classes[0], context) is False
            and is_public(classes[1], context) is True
        )
        if opened and argument and not _is_fenced(after):
            yield Flag(
                what=f"Strangers come to it by the class {classes[1]}.",
                paths=((argument,),),
                hurts=tuple(behind_ingress(after, context)),
            )
    elif after.kind in _ROUTES and argument:
        sides = [_gateways(side, context) for side in (before, after)]
        if True in sides[1] and True not in sides[0] and False in sides[0]:
            yield Flag(
                what="Strangers come to it by another gateway.",
                paths=((argument,),),
                hurts=tuple(_behind_route(after, context)),
            )


def _is_fenced(ingress: KubernetesObject) -> bool:
    notes = mapping(ingress.metadata.get("annotations"))
    return any(last_part(name).startswith(_FENCES) for name in notes)


def _gateways(route: KubernetesObject, context: Context) -> list[bool | None]:
    return [
        is_public_gateway(
            str(one.get("name")), str(one.get("namespace") or route.namespace), context
        )
        for one in members(route.spec.get("parentRefs"))
    ]


def _behind_route(route: KubernetesObject, context: Context) -> Iterator[str]:
    names = {
        str(to.get("name"))
        for entry in members(route.spec.get("rules"))
        for to in members(entry.get("backendRefs"))
    }
    for item in objects_of(context, "Service"):
        one = item.before
        if one is not None and one.namespace == route.namespace and one.name in names:
            yield item.change.label

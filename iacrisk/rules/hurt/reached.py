"""Those whom a name or a right reaches: a class's ingresses, a role's secrets, a group's programs.

And the lists of others that hold an address which goes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from iacrisk.plan import ResourceChange
from iacrisk.plan.values import members
from iacrisk.rules.context import Context
from iacrisk.rules.readers.kubernetes.bound_roles import bindings_of, reads_secrets
from iacrisk.rules.readers.kubernetes.ingress_controllers import class_of, classes_left
from iacrisk.rules.readers.kubernetes.objects import objects_of
from iacrisk.rules.readers.shapes import texts
from iacrisk.rules.readers.siblings import stays

_MOST: Final = 50
_ASSIGNMENT: Final = "okta_app_group_assignment"
_ASSIGNMENTS: Final = "okta_app_group_assignments"
_APPS: Final = (
    "okta_app_auto_login",
    "okta_app_oauth",
    "okta_app_saml",
    "okta_app_swa",
)
_ADDRESSES: Final = {
    "aws_eip": "public_ip",
    "azurerm_public_ip": "ip_address",
    "google_compute_address": "address",
    "google_compute_global_address": "address",
}
_OWNERS: Final = frozenset({"server_id", "redis_cache_id", "account_name", "instance"})


def ingresses_left(change: ResourceChange, context: Context) -> Iterator[str]:
    """The ingresses of a class that no controller of the plan serves any more."""
    left = classes_left(change, context)
    for item in objects_of(context, "Ingress") if left else ():
        if item.before is not None and stays(item.change) and class_of(item.before) in left:
            yield item.change.label


def secrets_opened(change: ResourceChange, context: Context) -> Iterator[str]:
    """The secrets of the plan that a role of Kubernetes comes to read, where it is bound."""
    if not reads_secrets(change.after) or reads_secrets(change.before):
        return
    bound = bindings_of(change, context)
    everywhere = any(one.is_wide for one in bound)
    inside = {one.namespace for one in bound}
    found = [
        item.change.label
        for item in objects_of(context, "Secret")
        if item.before is not None
        and stays(item.change)
        and (everywhere or item.before.namespace in inside)
    ]
    yield from found if len(found) <= _MOST else ()


def opened_by_group(change: ResourceChange, context: Context) -> Iterator[str]:
    """The groups that a rule of Okta fills, and the applications that they open."""
    if change.type != "okta_group_rule":
        return
    groups = set(texts(change.after.get("group_assignments")))
    for group in filter(stays, context.changes_of("okta_group")):
        if group.before.get("id") in groups:
            yield group.label
    apps: set[object] = set()
    for one in filter(stays, context.changes_of(_ASSIGNMENT, _ASSIGNMENTS)):
        named = [one.before.get("group_id")]
        named += [block.get("id") for block in members(one.before.get("group"))]
        if groups.intersection(texts(named)):
            yield one.label
            apps.add(one.before.get("app_id"))
    for app in filter(stays, context.changes_of(*_APPS)):
        if app.before.get("id") in apps:
            yield app.label


def listing_the_address(change: ResourceChange, context: Context) -> Iterator[str]:
    """Lists and rules of the plan that hold a public address which goes, and whose they are."""
    address = change.before.get(_ADDRESSES.get(change.type, ""))
    if not isinstance(address, str) or not address:
        return
    written = [f'"{address}{mask}"'.encode() for mask in ("", "/32")]
    found: dict[str, None] = {}
    for one in filter(stays, context.plan.changes):
        if one.label == change.label or one.type in _ADDRESSES:
            continue
        if any(text in bytes(one.raw.change.after) for text in written):
            found[one.label] = None
            for use in context.graph.dependencies(one.label):
                if use.argument in _OWNERS and use.node.change is not None:
                    found[use.node.label] = None
    yield from found if len(found) <= _MOST else ()


_KEPT_FOR_OTHERS: Final = (
    "kubernetes_config_map",
    "kubernetes_config_map_v1",
    "kubernetes_secret",
    "kubernetes_secret_v1",
)


def naming_its_service(change: ResourceChange, context: Context) -> Iterator[str]:
    """The maps and secrets that name a service of a release, in the namespace that it leaves."""
    name, namespace = change.before.get("name"), change.before.get("namespace")
    if change.type != "helm_release" or not isinstance(name, str) or not name:
        return
    if not isinstance(namespace, str) or not namespace:
        return
    host = re.compile(rf"(?<![\w.-]){re.escape(name)}[\w-]*\.{re.escape(namespace)}(?![\w-])")
    for one in filter(stays, context.changes_of(*_KEPT_FOR_OTHERS)):
        data = one.after.get("data")
        values = data.values() if isinstance(data, dict) else ()
        if any(isinstance(value, str) and host.search(value) for value in values):
            yield one.label

"""I85: a cluster role adds strong rights to one that others are bound to."""

from __future__ import annotations

from collections.abc import Iterator

from iacrisk.catalog.permissions import Power
from iacrisk.plan import ResourceChange
from iacrisk.plan.kubernetes import KubernetesObject
from iacrisk.plan.values import mapping, members
from iacrisk.rules.context import Context
from iacrisk.rules.readers.access.role_grant import RoleGrant
from iacrisk.rules.readers.kubernetes.aggregation import (
    grants_of,
    is_more,
    reads_secrets,
    targets_of,
)
from iacrisk.rules.readers.kubernetes.objects import Seen, objects_of, seen, types_of
from iacrisk.rules.readers.settings.unknowns import holds_unknown
from iacrisk.rules.readers.siblings import stays
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import (
    CHANGES,
    Confidence,
    Flag,
    Harm,
    Outcome,
    Severity,
    Undecided,
    rule,
)


@rule(
    id="I85",
    name="rights-aggregated",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.EXPOSURE,
    kinds=CHANGES,
    types=types_of("ClusterRole"),
    since="0.2",
)
def rights_aggregated(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A cluster role becomes part of one that others are bound to, and gives them strong rights.

    What it flags
        A label by which a role is aggregated into `view`, `edit`, `admin` or a role of the plan
        with an aggregation rule, or further rules of a role that has one: reading secrets,
        getting into pods, running programs, giving rights, where the target gives less and a
        binding of the plan hands the target to somebody.

    Why it matters
        Nothing in the binding changes. Everybody who was to look gets to read the secrets of the
        whole cluster.

    When it is fine
        Everybody with the target may have these rights.

    What to do instead
        Split the role: aggregate what may be seen, and bind the rest to those who need it.

    References
        https://kubernetes.io/docs/reference/access-authn-authz/rbac/#aggregated-clusterroles
    """
    item = seen(change)
    if item is None or item.after is None or item.after.kind != "ClusterRole":
        return
    was = targets_of(item.before, context, planned=False)
    becomes = targets_of(item.after, context, planned=True)
    held = grants_of(item.before)
    for target in sorted(becomes):
        old = held if target in was else frozenset[RoleGrant]()
        others = _given_by_others(item, target, context)
        more = [
            grant
            for grant in sorted(grants_of(item.after) - old, key=lambda one: one.role)
            if is_more(grant, target) and grant.role not in others
        ]
        bound = _bindings(target, item.after.name, context) if more else []
        if bound:
            yield _flag(change, target, more, bound, context)
            return
    yield from _taken_over(change, item, item.after, context)
    if holds_unknown(item.after.metadata.get("labels")) and any(
        is_more(grant, "view") for grant in grants_of(item.after)
    ):
        yield Undecided(why="Which roles take over its rules is not known.", paths=_paths(change))


def _taken_over(
    change: ResourceChange, own: Seen, target: KubernetesObject, context: Context
) -> Iterator[Outcome]:
    """What the role gives more because its own rule comes to select others."""
    if own.before is None or own.before.body.get("aggregationRule") == target.body.get(
        "aggregationRule"
    ):
        return
    name = target.name
    had = _given_by_others(own, name, context)
    more = [
        grant
        for item in objects_of(context, "ClusterRole")
        if item.change is not change and name in targets_of(item.after, context, planned=True)
        for grant in sorted(grants_of(item.after), key=lambda one: one.role)
        if is_more(grant, name) and grant.role not in had
    ]
    bound = _bindings(name, "", context) if more else []
    if bound:
        yield _flag(change, name, more, bound, context)


def _flag(
    change: ResourceChange,
    target: str,
    more: list[RoleGrant],
    bound: list[tuple[Seen, KubernetesObject]],
    context: Context,
) -> Flag:
    hurts = [item.change.label for item, _ in bound if stays(item.change)]
    if any(map(reads_secrets, more)):
        spaces = {one.namespace for _, one in bound if one.kind == "RoleBinding"}
        wide = any(one.kind == "ClusterRoleBinding" for _, one in bound)
        for secret in objects_of(context, "Secret"):
            here = secret.before is not None and (wide or secret.before.namespace in spaces)
            if here and stays(secret.change):
                hurts.append(secret.change.label)
    return Flag(
        what=f"Whoever is bound to {target} gets {some_of([grant.role for grant in more])}.",
        paths=_paths(change),
        severity=Severity.CRITICAL if max(one.power for one in more) is Power.ADMIN else None,
        hurts=tuple(hurts),
    )


def _paths(change: ResourceChange) -> tuple[tuple[str, ...], ...]:
    names = ("metadata", "aggregation_rule", "rule", "manifest", "yaml_body")
    return tuple((name,) for name in names if name in change.changed)


def _given_by_others(own: Seen, target: str, context: Context) -> frozenset[str]:
    """What the target's holders get today by other roles of the plan, or by its own rules."""
    found: set[str] = set()
    for item in objects_of(context, "ClusterRole"):
        if item.change is own.change or item.before is None or not stays(item.change):
            continue
        if item.before.name == target or target in targets_of(item.before, context, planned=False):
            found |= {grant.role for grant in grants_of(item.before)}
    return frozenset(found)


def _bindings(target: str, own: str, context: Context) -> list[tuple[Seen, KubernetesObject]]:
    """The bindings that hand the target to somebody who has neither the role itself nor all."""
    spared = {
        subject
        for item in objects_of(context, "ClusterRoleBinding")
        if item.before is not None and _role(item.before) in {own, "cluster-admin"}
        for subject in _subjects(item.before)
    }
    return [
        (item, item.after)
        for kind in ("ClusterRoleBinding", "RoleBinding")
        for item in objects_of(context, kind)
        if item.after is not None and _role(item.after) == target
        if set(_subjects(item.after)) - spared
    ]


def _role(binding: KubernetesObject) -> str:
    reference = mapping(binding.body.get("roleRef"))
    return str(reference.get("name")) if reference.get("kind") == "ClusterRole" else ""


def _subjects(binding: KubernetesObject) -> Iterator[tuple[str, str, str]]:
    for one in members(binding.body.get("subjects")):
        yield str(one.get("kind")), str(one.get("namespace") or ""), str(one.get("name"))

"""C80: pods that say nothing of their size, where a quota wants them to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.plan.kubernetes import KubernetesObject, Tree
from iacrisk.plan.values import mapping, members
from iacrisk.rules.context import Context
from iacrisk.rules.readers.kubernetes.objects import (
    Seen,
    objects_of,
    seen,
    types_of,
    workloads_of,
)
from iacrisk.rules.readers.settings.unknowns import holds_unknown
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, rule

_KINDS: Final = ("LimitRange", "ResourceQuota")
_ASKED: Final[dict[str, tuple[str, str]]] = {
    "cpu": ("requests", "cpu"),
    "limits.cpu": ("limits", "cpu"),
    "limits.memory": ("limits", "memory"),
    "memory": ("requests", "memory"),
    "requests.cpu": ("requests", "cpu"),
    "requests.memory": ("requests", "memory"),
}
"""What a quota counts, and what every container then has to say."""

_ARGUMENTS: Final = frozenset({"manifest", "spec", "yaml_body"})
Demand = tuple[str, str]


@rule(
    id="C80",
    name="pods-without-a-size",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.CREATE, ActionKind.UPDATE, ActionKind.DELETE},
    types=types_of(*_KINDS),
    since="0.2",
)
def pods_without_a_size(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """Pods come to say nothing of a size that a quota of their namespace counts.

    What it flags
        A limit range that goes, or loses a default, while a quota counts what it filled in; and
        a quota that begins to count it. A workload of the plan has a container that says nothing
        of it, and no other limit range does.

    Why it matters
        The API server refuses such pods. Those that run stay, so the harm shows at the next
        restart, and in jobs at once: no more backups, no more imports.

    When it is fine
        The workloads say what they need in the same plan. Not flagged: quotas for a class of pods.

    What to do instead
        Give every container its requests and limits first.

    References
        https://kubernetes.io/docs/concepts/policy/resource-quotas/
        https://kubernetes.io/docs/concepts/policy/limit-range/
    """
    item = seen(change)
    one = (item.before or item.after) if item is not None else None
    if item is None or one is None or one.kind not in _KINDS:
        return
    space = one.namespace
    missed = _demanded(space, context) - _filled_in(space, context, after=True)
    missed -= _demanded(space, context, after=False) - _filled_in(space, context, after=False)
    refused = [
        work
        for work in workloads_of(context, space)
        if work.after is not None and any(lacks(work.after, demand) for demand in missed)
    ]
    if refused and _is_about_it(item, missed):
        names = some_of(work.change.label for work in refused)
        yield Flag(
            what=f"New pods are refused that do not say what the quota counts: {names}.",
            paths=tuple((name,) for name in sorted(change.changed & _ARGUMENTS)),
            hurts=tuple(work.change.label for work in refused),
        )


def _is_about_it(item: Seen, missed: frozenset[Demand]) -> bool:
    """Whether this object is what makes the difference."""
    one = item.before or item.after
    if one is not None and one.kind == "ResourceQuota":
        return bool((_counts(item.after) - _counts(item.before)) & missed)
    return bool((_defaults(item.before) - _defaults(item.after)) & missed)


def lacks(work: KubernetesObject, demand: Demand) -> bool:
    """Whether a container does not say it; who says a limit asks for as much."""
    kind, name = demand
    pod = mapping(work.pod.get("spec"))
    for container in (*members(pod.get("containers")), *members(pod.get("initContainers"))):
        resources = mapping(container.get("resources"))
        if holds_unknown(resources):
            continue
        said = {*mapping(resources.get("limits"))}
        if kind == "requests":
            said |= {*mapping(resources.get("requests"))}
        if name not in said:
            return True
    return False


def _demanded(space: str, context: Context, *, after: bool = True) -> frozenset[Demand]:
    quotas = (item.after if after else item.before for item in objects_of(context, "ResourceQuota"))
    return frozenset[Demand]().union(
        *(_counts(one) for one in quotas if one is not None and one.namespace == space)
    )


def _filled_in(space: str, context: Context, *, after: bool) -> frozenset[Demand]:
    ranges = (item.after if after else item.before for item in objects_of(context, "LimitRange"))
    return frozenset[Demand]().union(
        *(_defaults(one) for one in ranges if one is not None and one.namespace == space)
    )


def _counts(quota: KubernetesObject | None) -> frozenset[Demand]:
    """What the quota counts, where it is for all pods."""
    spec = quota.spec if quota is not None else {}
    if spec.get("scopes") or spec.get("scopeSelector"):
        return frozenset()
    return frozenset(_ASKED[name] for name in mapping(spec.get("hard")) if name in _ASKED)


def _defaults(limits: KubernetesObject | None) -> frozenset[Demand]:
    """What the limit range fills in: a default, or the most, for both; the least for requests."""
    found: set[Demand] = set()
    for limit in _limits(limits):
        if str(limit.get("type")) == "Container":
            both = {*mapping(limit.get("default")), *mapping(limit.get("max"))}
            asked = {*mapping(limit.get("defaultRequest")), *mapping(limit.get("min"))}
            found |= {(kind, name) for kind in ("limits", "requests") for name in both}
            found |= {("requests", name) for name in asked}
    return frozenset(found)


def _limits(limits: KubernetesObject | None) -> list[Tree]:
    block = (limits.spec.get("limits") or limits.spec.get("limit")) if limits is not None else None
    return [block] if isinstance(block, dict) else members(block)

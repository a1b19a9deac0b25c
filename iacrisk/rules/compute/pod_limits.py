"""C19: a limit of a namespace is below what its pods ask for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.plan.kubernetes import KubernetesObject
from iacrisk.plan.values import mapping, members
from iacrisk.rules.context import Context
from iacrisk.rules.readers.kubernetes.objects import MANIFESTS, objects_of, seen, types_of
from iacrisk.rules.readers.kubernetes.pod_needs import Needs, amount, needs_of, total
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, rule

_SPEC: Final = (("spec",),)
_COUNTED: Final = ("requests.cpu", "requests.memory", "limits.cpu", "limits.memory", "cpu")
_ALL_COUNTED: Final = (*_COUNTED, "memory", "pods")


@rule(
    id="C19",
    name="limit-below-need",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.CREATE, ActionKind.UPDATE},
    types=types_of("LimitRange", "ResourceQuota") - MANIFESTS,
)
def limit_below_need(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A quota or a limit of a namespace is below what the pods of the plan ask for.

    What it flags
        A new or smaller quota under the sum of what the workloads of the plan ask for, at the
        number of pods that they have; a largest size for containers under one that runs.

    Why it matters
        Pods that run stay. The next one that is made is refused: a rollout stands still, and
        what a drained node loses does not come back.

    When it is fine
        The workloads become smaller in the same plan.

    What to do instead
        Make the workloads smaller first, then lower the limit.

    References
        https://kubernetes.io/docs/concepts/policy/resource-quotas/
        https://kubernetes.io/docs/concepts/policy/limit-range/
    """
    item = seen(change)
    if item is None or item.after is None:
        return
    needs = needs_of(context, item.after.namespace)
    if item.after.kind == "ResourceQuota":
        yield from _quota(item.before, item.after, needs, context)
    else:
        yield from _sizes(item.after, needs, context)


def _quota(
    before: KubernetesObject | None,
    after: KubernetesObject,
    needs: tuple[Needs, ...],
    context: Context,
) -> Iterator[Outcome]:
    if after.spec.get("scopes") or after.spec.get("scopeSelector"):
        return
    was = mapping(before.spec.get("hard")) if before is not None else {}
    for name, value in sorted(mapping(after.spec.get("hard")).items(), key=str):
        asked, limit = total(needs, str(name), at_most=False), amount(value)
        if name not in _ALL_COUNTED or was.get(name) == value or limit is None:
            continue
        if asked is not None and asked > limit:
            yield Flag(
                what=f"Its workloads ask for more {name} than the {value} that it allows.",
                paths=_SPEC,
                hurts=tuple(_hurt(needs, context)),
            )


def _sizes(
    after: KubernetesObject, needs: tuple[Needs, ...], context: Context
) -> Iterator[Outcome]:
    block = after.spec.get("limits") or after.spec.get("limit")
    for limit in [block] if isinstance(block, dict) else members(block):
        if str(limit.get("type")) != "Container":
            continue
        for name, value in sorted(mapping(limit.get("max")).items(), key=str):
            most = amount(value)
            large = [one for one in needs if most is not None and _largest(one, name) > most]
            if large:
                yield Flag(
                    what=f"A container asks for more {name} than the {value} that it allows.",
                    paths=_SPEC,
                    hurts=tuple(_hurt(large, context)),
                )


def _largest(need: Needs, name: str) -> float:
    """The most that one container asks for, or may use."""
    one = need.work.after
    pod = mapping(one.pod.get("spec")) if one is not None else {}
    found = [0.0]
    for container in members(pod.get("containers")):
        resources = mapping(container.get("resources"))
        found += [amount(mapping(resources.get(kind)).get(name)) or 0.0 for kind in _KINDS]
    return max(found)


_KINDS: Final = ("limits", "requests")


def _hurt(needs: tuple[Needs, ...] | list[Needs], context: Context) -> Iterator[str]:
    names = {(one.work.after.kind, one.work.after.name) for one in needs if one.work.after}
    yield from (one.work.change.label for one in needs)
    for item in objects_of(context, "HorizontalPodAutoscaler"):
        target = mapping(item.after.spec.get("scaleTargetRef")) if item.after is not None else {}
        if (str(target.get("kind")), str(target.get("name"))) in names:
            yield item.change.label

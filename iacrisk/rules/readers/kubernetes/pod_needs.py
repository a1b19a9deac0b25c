"""What the pods of a namespace ask for, at the most that their controllers may run."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from iacrisk.plan.kubernetes import KubernetesObject
from iacrisk.plan.values import mapping, members
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.kubernetes.objects import Seen, objects_of, workloads_of

_UNITS: Final = {
    "": 1.0, "m": 0.001, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12,
    "Ki": 2.0**10, "Mi": 2.0**20, "Gi": 2.0**30, "Ti": 2.0**40,
}  # fmt: skip
_QUARTER: Final = 0.25


class Needs(msgspec.Struct, frozen=True, kw_only=True):
    """What one workload asks for: `hard` names of a quota to amounts, for `pods` of them."""

    work: Seen
    pods: int
    most: int
    """With the autoscaler's largest number and the surge of a rollout."""
    each: dict[str, float]
    is_complete: bool
    """Whether every container says what it asks for."""


def needs_of(context: Context, namespace: str) -> tuple[Needs, ...]:
    """What each workload of the namespace asks for, as it runs today and stays."""

    def build() -> tuple[Needs, ...]:
        largest = largest_numbers(context, namespace)
        return tuple(_needs(work, largest) for work in workloads_of(context, namespace))

    return once(context.plan, ("pod needs", namespace), build)


def amount(value: Any) -> float | None:
    """A quantity of Kubernetes as a number: `500m`, `2Gi`, 16."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    text = str(value)
    number = text.rstrip("".join(sorted({sign for unit in _UNITS for sign in unit})))
    try:
        return float(number) * _UNITS[text[len(number) :]]
    except (KeyError, ValueError):
        return None


def largest_numbers(context: Context, namespace: str) -> dict[tuple[str, str], int]:
    """The largest number of pods of each workload with an autoscaler, by its kind and name."""
    found: dict[tuple[str, str], int] = {}
    for item in objects_of(context, "HorizontalPodAutoscaler"):
        one = item.after
        most = _whole(one.spec.get("maxReplicas")) if one is not None else None
        if one is not None and one.namespace == namespace and most is not None:
            target = mapping(one.spec.get("scaleTargetRef"))
            found[str(target.get("kind")), str(target.get("name"))] = most
    return found


def _needs(work: Seen, largest: dict[tuple[str, str], int]) -> Needs:
    one = work.after or work.before
    assert one is not None  # noqa: S101 - workloads_of lists those that exist
    pods = 1 if one.kind in {"CronJob", "Job", "Pod"} else (_whole(one.spec.get("replicas")) or 1)
    most = max(pods, largest.get((one.kind, one.name), 0))
    surge = math.ceil(most * _QUARTER) if one.kind == "Deployment" else 0
    each, is_complete = _of_containers(one)
    return Needs(
        work=work,
        pods=pods,
        most=most + surge,
        each=each,
        is_complete=is_complete and one.kind != "DaemonSet",
    )


def _of_containers(one: KubernetesObject) -> tuple[dict[str, float], bool]:
    each: dict[str, float] = {"pods": 1.0}
    is_complete = True
    containers = members(mapping(one.pod.get("spec")).get("containers"))
    for container in containers:
        resources = mapping(container.get("resources"))
        for kind in ("requests", "limits"):
            asked = mapping(resources.get(kind))
            for name in ("cpu", "memory"):
                value = amount(asked.get(name))
                is_complete = is_complete and (value is not None or kind == "limits")
                if value is not None:
                    key = f"{kind}.{name}"
                    each[key] = each.get(key, 0.0) + value
    return each, is_complete and bool(containers)


def _whole(value: Any) -> int | None:
    number = amount(value)
    return None if number is None else int(number)


def total(needs: Iterable[Needs], name: str, *, at_most: bool) -> float | None:
    """The sum of what is asked for under a quota's name; None where somebody does not say.

    `at_most`: with autoscalers and rollouts; else what is certain to run.
    """
    key = {"cpu": "requests.cpu", "memory": "requests.memory"}.get(name, name)
    found = 0.0
    for one in needs:
        if key not in one.each:
            if at_most:
                return None
            continue
        if at_most and not one.is_complete:
            return None
        found += one.each[key] * (one.most if at_most else one.pods)
    return found

"""BL-podsenough, BL-slotready: the pods that a service comes to select carry all of its load."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.plan.kubernetes import KubernetesObject
from iacrisk.plan.values import mapping, members
from iacrisk.rules.benign.served.programs.pods import selection
from iacrisk.rules.context import Context
from iacrisk.rules.readers.kubernetes.objects import containers_of, seen, workloads_of
from iacrisk.rules.readers.kubernetes.pod_needs import amount, largest_numbers

_COUNTED: Final = frozenset({"Deployment", "StatefulSet"})


def why_enough_left(change: ResourceChange, context: Context) -> str | None:
    """Why the pods that stay suffice; None where they may not."""
    chosen, item = selection(change, context), seen(change)
    service = item.after if item is not None else None
    if chosen is None or service is None or not chosen[1] or not chosen[1] < chosen[0]:
        return None
    if _is_headless(service):
        return None
    running = _counted(chosen[0], service, context)
    if running is None:
        return None
    before = _answering(running.values(), service)
    left = [running[label] for label in chosen[1]]
    after = _answering(left, service)
    if not after or not before:
        return None
    if after == before:
        return "the pods that leave do not listen on its port"
    largest = largest_numbers(context, service.namespace)
    most = sum(largest.get((one.kind, one.name), 0) for one in left)
    if 2 * after >= before and most >= before:
        return "the pods that stay were picked before, and their autoscaler may make them as many"
    return None


def why_slot_ready(change: ResourceChange, context: Context) -> str | None:
    """Why the pods of another slot, to which a service turns, are ready for all of its load."""
    chosen, item = selection(change, context), seen(change)
    if chosen is None or item is None or item.before is None or item.after is None:
        return None
    if not _turns_one_label(item.before, item.after) or chosen[0] & chosen[1]:
        return None
    old = _counted(chosen[0], item.before, context)
    new = _counted(chosen[1], item.after, context)
    if not old or not new or _is_headless(item.after):
        return None
    standing = all(_stands(label, context) for label in new)
    if not standing or _programs(old.values()) != _programs(new.values()):
        return None
    if _answering(new.values(), item.after) >= _answering(old.values(), item.before) > 0:
        return "the pods that it turns to run already, as many and of the same image's name"
    return None


def _is_headless(service: KubernetesObject) -> bool:
    return "None" in (service.spec.get("clusterIP"), service.spec.get("clusterIp"))


def _turns_one_label(before: KubernetesObject, after: KubernetesObject) -> bool:
    """Whether one label of several has another value: the slot, not the program."""
    was, becomes = mapping(before.spec.get("selector")), mapping(after.spec.get("selector"))
    turned = sum(was[name] != becomes.get(name) for name in was)
    return was.keys() == becomes.keys() and len(was) > 1 and turned == 1


def _counted(
    labels: frozenset[str], service: KubernetesObject, context: Context
) -> dict[str, KubernetesObject] | None:
    """The workloads of these labels as they will be; None where one's pods cannot be counted."""
    running = {
        work.change.label: work.after
        for work in workloads_of(context, service.namespace)
        if work.after is not None and work.change.label in labels
    }
    if len(running) != len(labels) or any(one.kind not in _COUNTED for one in running.values()):
        return None
    return running


def _stands(label: str, context: Context) -> bool:
    change = context.plan.by_label.get(label)
    return change is not None and change.kind is ActionKind.NO_OP


def _programs(works: Iterable[KubernetesObject]) -> set[str]:
    """The images of their containers, without versions."""
    return {
        str(one.get("image")).partition("@")[0].rpartition("/")[2].partition(":")[0]
        for work in works
        for one in containers_of(work)
    }


def _answering(works: Iterable[KubernetesObject], service: KubernetesObject) -> int:
    """How many pods of the workloads may listen on a port that the service leads to."""
    ports = members(service.spec.get("ports") or service.spec.get("port"))
    wanted = {str(port.get("targetPort") or port.get("port")) for port in ports}
    return sum(_pods(one) for one in works if _may_listen(one, wanted))


def _may_listen(one: KubernetesObject, wanted: set[str]) -> bool:
    listed = [port for each in containers_of(one) for port in members(each.get("ports"))]
    if not listed:
        return True
    told = {str(port.get(name)) for port in listed for name in ("containerPort", "name")}
    return bool(wanted & told)


def _pods(one: KubernetesObject) -> int:
    number = amount(one.spec.get("replicas"))
    return 1 if number is None else int(number)

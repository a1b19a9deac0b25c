"""BL-podsenough: a service keeps some of its pods, and these can carry all of the load."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from iacrisk.plan import ResourceChange
from iacrisk.plan.kubernetes import KubernetesObject
from iacrisk.plan.values import mapping, members
from iacrisk.rules.benign.served.pods import selection
from iacrisk.rules.context import Context
from iacrisk.rules.readers.kubernetes_objects import seen, workloads_of
from iacrisk.rules.readers.pod_needs import amount, largest_numbers

_COUNTED: Final = frozenset({"Deployment", "StatefulSet"})


def why_enough_left(change: ResourceChange, context: Context) -> str | None:
    """Why the pods that stay suffice; None where they may not."""
    chosen, item = selection(change, context), seen(change)
    service = item.after if item is not None else None
    if chosen is None or service is None or not chosen[1] or not chosen[1] < chosen[0]:
        return None
    if "None" in (service.spec.get("clusterIP"), service.spec.get("clusterIp")):
        return None
    running = {
        work.change.label: work.after
        for work in workloads_of(context, service.namespace)
        if work.after is not None and work.change.label in chosen[0]
    }
    if len(running) != len(chosen[0]) or any(one.kind not in _COUNTED for one in running.values()):
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


def _answering(works: Iterable[KubernetesObject], service: KubernetesObject) -> int:
    """How many pods of the workloads may listen on a port that the service leads to."""
    ports = members(service.spec.get("ports") or service.spec.get("port"))
    wanted = {str(port.get("targetPort") or port.get("port")) for port in ports}
    return sum(_pods(one) for one in works if _may_listen(one, wanted))


def _may_listen(one: KubernetesObject, wanted: set[str]) -> bool:
    containers = members(mapping(one.pod.get("spec")).get("containers"))
    listed = [port for each in containers for port in members(each.get("ports"))]
    if not listed:
        return True
    told = {str(port.get(name)) for port in listed for name in ("containerPort", "name")}
    return bool(wanted & told)


def _pods(one: KubernetesObject) -> int:
    number = amount(one.spec.get("replicas"))
    return 1 if number is None else int(number)

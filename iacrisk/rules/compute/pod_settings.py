"""C22, C23: settings of pods and of the objects around them that change in place."""

from __future__ import annotations

from collections.abc import Iterator

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.plan.kubernetes import WORKLOADS, KubernetesObject
from iacrisk.plan.values import mapping, members
from iacrisk.rules.context import Context
from iacrisk.rules.readers.kubernetes.objects import Seen, containers_of, objects_of, seen, types_of
from iacrisk.rules.readers.kubernetes.settings import (
    flags_of_kubernetes_settings,
    types_with_kubernetes_settings,
)
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, rule


@rule(
    id="C22",
    name="kubernetes-setting",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.UPDATE},
    types=types_with_kubernetes_settings("C22"),
)
def kubernetes_setting(change: ResourceChange, context: Context) -> Iterator[Outcome]:  # noqa: ARG001
    """A setting of pods, or of an object they depend on, changes in place.

    What it flags
        Probes that go or ask something else, variables, volumes and rights that programs no
        longer get, nodes that pods no longer find, budgets, schedules, annotations that a
        controller acts on: in typed resources and in manifests alike. The table below is the
        whole list, in the words of the Kubernetes API.

    Why it matters
        The rollout starts by itself, and the old pods go as soon as new ones look well.

    When it is fine
        The same image runs with these settings elsewhere. A variable that goes together with a
        new image passes.

    What to do instead
        Change one thing at a time, with a readiness probe that tells the truth.

    References
        https://kubernetes.io/docs/concepts/workloads/pods/
    """
    yield from flags_of_kubernetes_settings("C22", change)


@rule(
    id="C23",
    name="pods-leave-their-service",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.UPDATE},
    types=types_of(*WORKLOADS),
)
def pods_leave_their_service(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """Pods get other labels or ports than the service that leads to them asks for.

    What it flags
        A workload whose pods lose a label that a service of the plan selects, or a port that
        it leads to, while the service stays as it is.

    Why it matters
        The rollout succeeds, and the service has no pods: every request fails.

    When it is fine
        Other pods carry the label, or the program listens on a port that it does not name.

    What to do instead
        Change the service in the same plan, or let pods carry old and new label for a while.

    References
        https://kubernetes.io/docs/concepts/services-networking/service/
    """
    item = seen(change)
    if item is None or item.before is None or item.after is None or not item.after.pod:
        return
    before, after = item.before, item.after
    led = [one for one in objects_of(context, "Service") if _selects(one, before)]
    left = [one.change.label for one in led if not _selects(one, after)]
    argument = min(change.changed & {"spec", "manifest", "yaml_body"}, default="")
    if not argument:
        return
    if left:
        what = f"Its pods no longer carry what {some_of(left)} selects."
        yield Flag(what=what, paths=((argument,),), hurts=tuple(left))
    unheard = [
        one.change.label
        for one in led
        if _selects(one, after) and _targets(one) & _ports(before) - _ports(after)
    ]
    if unheard:
        what = f"Its pods no longer name the port that {some_of(unheard)} leads to."
        yield Flag(
            what=what,
            paths=((argument,),),
            hurts=tuple(unheard),
            severity=Severity.MEDIUM,
            confidence=Confidence.MEDIUM,
        )


def _selects(service: Seen, work: KubernetesObject) -> bool:
    """Whether the service, as it will be, leads to the pods."""
    one = service.after
    if one is None or one.namespace != work.namespace:
        return False
    wanted = mapping(one.spec.get("selector"))
    return bool(wanted) and all(work.pod_labels.get(key) == wanted[key] for key in wanted)


def _targets(service: Seen) -> set[str]:
    ports = service.after.spec.get("ports") if service.after else None
    return {
        str(port.get("targetPort") or port.get("port"))
        for port in members(ports)
        if port.get("targetPort") or port.get("port")
    }


def _ports(work: KubernetesObject) -> set[str]:
    """The ports that the containers name, by number and by name."""
    named = [port for one in containers_of(work) for port in members(one.get("ports"))]
    return {str(port[key]) for port in named for key in ("containerPort", "name") if port.get(key)}

"""Where the pods of a workload call, as far as the plan shows everything they are told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from iacrisk.patterns import regex
from iacrisk.plan.kubernetes import KubernetesObject, Tree, selects
from iacrisk.plan.values import mapping, members
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.kubernetes.objects import containers_of, objects_of, workloads_of
from iacrisk.rules.readers.settings.unknowns import holds_unknown

_URL: Final = regex(r"([a-z][a-z0-9+.-]*)://(?:[^\s/@]*@)?([\w.-]+)(?::(\d+))?", re.IGNORECASE)
_HOST: Final = regex(
    r"(?<![\w./:@-])([a-z0-9][\w-]*(?:\.[\w-]+)+)(?::(\d+))?(?![\w.-])", re.IGNORECASE
)
_SHORT: Final = regex(r"(?<![\w./:@-])([a-z0-9][a-z0-9-]*)(?::(\d+))?(?=$|[\s,;/])")
_NUMBER: Final = regex(r"v?\d+(\.\d+){0,2}[\w-]*$")
_ADDRESSED: Final = regex(
    r"(ADDR|API|BROKER|CONN|DSN|ENDPOINT|HOST|ORIGIN|SERVER|UPSTREAM|UR[IL]|WEBHOOK)", re.IGNORECASE
)
_CLUSTER: Final = regex(r"([a-z0-9-]+)\.([a-z0-9-]+)(?:\.svc(?:\.cluster\.local)?)?\.?$")
_PORTS: Final = {
    "amqp": 5672, "amqps": 5671, "http": 80, "https": 443, "mongodb": 27017, "mysql": 3306,
    "nats": 4222, "postgres": 5432, "postgresql": 5432, "redis": 6379, "rediss": 6379,
}  # fmt: skip


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """A call of pods: of other pods where `pods` is given, else of an address outside.

    `ports` are those on which the other side listens.
    """

    host: str
    ports: tuple[str, ...]
    pods: KubernetesObject | None = None


def calls_of(work: KubernetesObject, context: Context) -> tuple[Call, ...] | None:
    """All calls that the plan shows; None where something that may name one is hidden."""
    found: list[Call] = []
    pod = mapping(work.pod.get("spec"))
    if (
        holds_unknown(pod)
        or _has_files(pod)
        or str(pod.get("serviceAccountName") or "")
        not in (
            "",
            "default",
        )
    ):
        return None
    for container in (*containers_of(work), *members(pod.get("initContainers"))):
        told = _told(container)
        if told is None:
            return None
        for text in told:
            for host, port in _hosts(text, work, context):
                calls = list(_call(host, port, work, context))
                if not calls:
                    return None
                found += calls
    return tuple(found)


def _has_files(pod: Tree) -> bool:
    """Whether the pods read files that may name whom they call."""
    kinds = {"configMap", "csi", "projected", "secret"}
    return any(volume.get(kind) for volume in members(pod.get("volumes")) for kind in kinds)


def _told(container: Tree) -> list[str] | None:
    """The texts that the program is given; None where a source that may hold an address is hidden.

    A password from a secret, or the pod's own name, is no address.
    """
    if members(container.get("envFrom")):
        return None
    found: list[str] = []
    for one in members(container.get("env")):
        if one.get("valueFrom") and "fieldRef" not in mapping(one["valueFrom"]):
            if _ADDRESSED.search(str(one.get("name"))):
                return None
        elif one.get("value"):
            found.append(str(one["value"]))
    for name in ("args", "command"):
        listed = container.get(name)
        found += map(str, listed if isinstance(listed, list) else [])
    return found


def _hosts(text: str, work: KubernetesObject, context: Context) -> Iterator[tuple[str, str]]:
    """Each host in the text with its port, "" where none is given."""
    for scheme, host, port in _URL.findall(text):
        yield host.lower(), port or str(_PORTS.get(scheme.lower(), ""))
    rest = _URL.sub(" ", text)
    for host, port in _HOST.findall(rest):
        if not _NUMBER.match(host):
            yield host.lower(), port
    for host, port in _SHORT.findall(_HOST.sub(" ", rest)):
        if port or _service(host, work.namespace, context) is not None:
            yield host, port


def _call(host: str, port: str, work: KubernetesObject, context: Context) -> Iterator[Call]:
    matched = _CLUSTER.match(host)
    name, space = (matched[1], matched[2]) if matched else (host, work.namespace)
    service = _service(name, space, context)
    if service is not None:
        yield from _of_service(host, port, service, context)
        return
    governed = [
        one.after
        for one in workloads_of(context, space)
        if one.after is not None and str(one.after.spec.get("serviceName")) == name
    ]
    for pods in governed:
        listened = (port,) if port else tuple(_listened(pods))
        if listened:
            yield Call(host=host, ports=listened, pods=pods)
    inside = _is_inside(host, space if matched else "", context)
    if not governed and "." in host and not inside and port:
        yield Call(host=host, ports=(port,))


def _of_service(
    host: str, port: str, service: KubernetesObject, context: Context
) -> Iterator[Call]:
    wanted = mapping(service.spec.get("selector"))
    listed = members(service.spec.get("ports") or service.spec.get("port"))
    asked = [one for one in listed if not port or str(one.get("port")) == port]
    for work in workloads_of(context, service.namespace) if wanted and asked else ():
        pods = work.after
        if pods is not None and selects({"matchLabels": wanted}, pods.pod_labels):
            ports = [str(one.get("targetPort") or one.get("port")) for one in asked]
            numbers = tuple(number for one in ports for number in _numbers(one, pods))
            if numbers:
                yield Call(host=host, ports=numbers, pods=pods)


def _numbers(port: str, pods: KubernetesObject) -> list[str]:
    """The port's number, by its name where it has one."""
    if port.isdigit():
        return [port]
    named = [one for each in containers_of(pods) for one in members(each.get("ports"))]
    return [str(one.get("containerPort")) for one in named if one.get("name") == port]


def _listened(pods: KubernetesObject) -> Iterator[str]:
    for container in containers_of(pods):
        for port in members(container.get("ports")):
            if str(port.get("protocol") or "TCP") == "TCP":
                yield str(port.get("containerPort"))


def _service(name: str, space: str, context: Context) -> KubernetesObject | None:
    def build() -> dict[tuple[str, str], KubernetesObject]:
        index: dict[tuple[str, str], KubernetesObject] = {}
        for item in objects_of(context, "Service"):
            if item.after is not None:
                index.setdefault((item.after.name, item.after.namespace), item.after)
        return index

    return once(context.plan, "services by name", build).get((name, space))


def _is_inside(host: str, space: str, context: Context) -> bool:
    """Whether the name is one of the cluster, though the plan shows nothing behind it."""
    if ".svc" in host or host.endswith((".local", ".internal")):
        return True
    spaces = {one.after.name for one in objects_of(context, "Namespace") if one.after is not None}
    return space in spaces or bool(workloads_of(context, space))

"""The levels of Kubernetes' pod security standards, and which of them a workload's pods meet."""

from __future__ import annotations

from typing import Any, Final

from iacrisk.plan.kubernetes import KubernetesObject, Tree
from iacrisk.plan.values import mapping, members
from iacrisk.rules.readers.settings.unknowns import holds_unknown

LEVELS: Final = ("privileged", "baseline", "restricted")
_ADDED: Final = frozenset(
    {
        "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD",
        "NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
    }
)  # fmt: skip
_VOLUMES: Final = frozenset(
    {"configMap", "csi", "downwardApi", "downwardAPI", "emptyDir", "ephemeral"}
    | {"persistentVolumeClaim", "projected", "secret"}
)
_SELINUX: Final = frozenset({"", "container_t", "container_init_t", "container_kvm_t"})
_PROFILES: Final = frozenset({"Localhost", "RuntimeDefault"})
_ARMOUR: Final = "container.apparmor.security.beta.kubernetes.io/"


def meets(work: KubernetesObject, level: str) -> bool:
    """Whether the plan shows that the API server lets its pods in at the level."""
    if level == "privileged":
        return True
    pod = mapping(work.pod.get("spec"))
    containers = [
        one
        for name in ("containers", "initContainers", "ephemeralContainers")
        for one in members(pod.get(name))
    ]
    if not containers or holds_unknown(pod) or level not in LEVELS:
        return False
    if not _is_baseline(work, pod, containers):
        return False
    return level == "baseline" or _is_restricted(pod, containers)


def _is_baseline(work: KubernetesObject, pod: Tree, containers: list[Tree]) -> bool:
    shared = _context(pod)
    if any(pod.get(name) is True for name in ("hostIPC", "hostIpc", "hostNetwork", "hostPID")):
        return False
    if pod.get("hostPid") is True or any("hostPath" in _kinds(one) for one in _volumes(pod)):
        return False
    if shared.get("sysctls") or shared.get("sysctl"):
        return False
    notes = mapping(mapping(work.pod.get("metadata")).get("annotations"))
    if any(str(name).startswith(_ARMOUR) for name in notes):
        return False
    return _is_tame(shared) and all(map(_is_contained, containers))


def _is_contained(container: Tree) -> bool:
    own = _context(container)
    added = {str(name) for name in _texts(mapping(own.get("capabilities")).get("add"))}
    if any(port.get("hostPort") for port in members(container.get("ports"))):
        return False
    if own.get("privileged") is True or not added <= _ADDED:
        return False
    return str(own.get("procMount") or "Default") == "Default" and _is_tame(own)


def _is_tame(context: Tree) -> bool:
    """Whether profiles and labels of a security context are those that the baseline knows."""
    labels = mapping(context.get("seLinuxOptions"))
    kind = str(labels.get("type") or "")
    windows = mapping(context.get("windowsOptions"))
    profile = str(mapping(context.get("seccompProfile")).get("type") or "RuntimeDefault")
    armour = str(mapping(context.get("appArmorProfile")).get("type") or "RuntimeDefault")
    return (
        kind in _SELINUX
        and not labels.get("user")
        and not labels.get("role")
        and windows.get("hostProcess") is not True
        and {profile, armour} <= _PROFILES
    )


def _is_restricted(pod: Tree, containers: list[Tree]) -> bool:
    shared = _context(pod)
    if any(_kinds(one) - _VOLUMES for one in _volumes(pod)) or _is_root(shared):
        return False
    return all(_is_tight(_context(one), shared) for one in containers)


def _is_tight(own: Tree, shared: Tree) -> bool:
    powers = mapping(own.get("capabilities"))
    non_root = own.get("runAsNonRoot")
    if non_root is None:
        non_root = shared.get("runAsNonRoot")
    profile = mapping(own.get("seccompProfile")) or mapping(shared.get("seccompProfile"))
    return (
        own.get("allowPrivilegeEscalation") is False
        and "ALL" in _texts(powers.get("drop"))
        and set(_texts(powers.get("add"))) <= {"NET_BIND_SERVICE"}
        and non_root is True
        and not _is_root(own)
        and str(profile.get("type")) in _PROFILES
    )


def _is_root(context: Tree) -> bool:
    return str(context.get("runAsUser")) == "0"


def _context(one: Tree) -> Tree:
    return mapping(one.get("securityContext"))


def _volumes(pod: Tree) -> list[Tree]:
    return members(pod.get("volumes"))


def _kinds(volume: Tree) -> frozenset[str]:
    """What a volume is, beside its name; blocks that are not set are left out."""
    return frozenset(name for name, value in volume.items() if name != "name" and value != [])


def _texts(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []

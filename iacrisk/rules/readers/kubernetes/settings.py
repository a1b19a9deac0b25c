"""Flags for settings of Kubernetes objects whose change hurts, by the catalog's table of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.catalog.settings import Setting, kubernetes_kinds_of, kubernetes_settings_of
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.plan.kubernetes import WORKLOADS, KubernetesObject
from iacrisk.plan.values import mapping, members
from iacrisk.rules.readers.kubernetes.objects import containers_of, is_cache_path, seen, types_of
from iacrisk.rules.readers.settings.settings import outcomes, steps_of
from iacrisk.rules.rule import Flag, Outcome, Undecided

_VARIABLES: Final = "spec.containers.*.env"
_VOLUMES: Final = ("spec.volumes.", "spec.containers.*.volumeMounts")
_ARGUMENTS: Final = {"kubectl_manifest": "yaml_body", "kubernetes_manifest": "manifest"}


def types_with_kubernetes_settings(rule: str) -> frozenset[str]:
    """The resource types that may write an object of which the rule tells a setting."""
    kinds = kubernetes_kinds_of(rule)
    return types_of(*(kinds - {"pod"}), *(WORKLOADS if "pod" in kinds else ()))


def flags_of_kubernetes_settings(rule: str, change: ResourceChange) -> Iterator[Outcome]:
    """What the catalog says of the settings that change in the object of `change`."""
    item = seen(change)
    if change.kind is not ActionKind.UPDATE or item is None:
        return
    before, after = item.before, item.after
    if before is None or after is None or before.kind != after.kind:
        return
    told: set[str] = set()
    released = _of_containers(before, "image") != _of_containers(after, "image")
    only_caches = _only_caches_go(before, after)
    for setting, old, new in _settings(rule, before, after):
        if released and setting.path.startswith(_VARIABLES):
            continue  # other code may well read other variables
        if only_caches and setting.path.startswith(_VOLUMES):
            continue
        for outcome in outcomes(setting, old, new, steps_of(setting.path)):
            what = outcome.why if isinstance(outcome, Undecided) else outcome.what
            if what not in told:
                told.add(what)
                yield _at(outcome, change)


def _settings(
    rule: str, before: KubernetesObject, after: KubernetesObject
) -> Iterator[tuple[Setting, Any, Any]]:
    for setting in kubernetes_settings_of(rule, f"kind:{after.kind}"):
        yield setting, before.body, after.body
    if after.pod:
        for setting in kubernetes_settings_of(rule, "pod"):
            yield setting, before.pod, after.pod


def _at(outcome: Outcome, change: ResourceChange) -> Outcome:
    """The outcome with the argument of the resource; paths of the API are none of Terraform's."""
    metadata_alone = "spec" not in change.changed and "metadata" in change.changed
    argument = _ARGUMENTS.get(change.type, "metadata" if metadata_alone else "spec")
    paths = ((argument if argument in change.changed else min(change.changed),),)
    if isinstance(outcome, Undecided):
        return Undecided(why=outcome.why, paths=paths)
    return Flag(
        what=outcome.what, paths=paths, severity=outcome.severity, confidence=outcome.confidence
    )


def _only_caches_go(before: KubernetesObject, after: KubernetesObject) -> bool:
    """Whether the paths that are no longer mounted, or from elsewhere, hold nothing of value."""
    old, new = _mounts(before), _mounts(after)
    gone = {path for path, claim in old.items() if new.get(path, "") != claim}
    return bool(gone) and all(map(is_cache_path, gone))


def _mounts(item: KubernetesObject) -> dict[str, str]:
    """What the containers mount: the path, and the claim behind it or the volume's name."""
    spec = mapping(item.pod.get("spec"))
    claims = {
        str(volume.get("name")): str(mapping(volume.get("persistentVolumeClaim")).get("claimName"))
        for volume in members(spec.get("volumes"))
        if volume.get("persistentVolumeClaim")
    }
    return {
        str(mount.get("mountPath")): claims.get(str(mount.get("name")), str(mount.get("name")))
        for mounts in _of_containers(item, "volumeMounts")
        for mount in members(mounts)
    }


def _of_containers(item: KubernetesObject, name: str) -> list[Any]:
    return [one.get(name) for one in containers_of(item)]

"""Proofs for Google Cloud and Azure: networks listed whole, disks of caches, corrected subjects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.patterns import regex
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.plan.kubernetes import KubernetesObject
from iacrisk.plan.values import mapping, members
from iacrisk.rules.benign.harmless_attributes import explain
from iacrisk.rules.benign.served.networks.own_addresses import needs_none
from iacrisk.rules.context import Context
from iacrisk.rules.readers.kubernetes.objects import objects_of, workloads_of
from iacrisk.rules.readers.programs.running import object_named, programs_using
from iacrisk.rules.readers.shapes import last_part
from iacrisk.rules.readers.siblings import stays

# Subnets behind a NAT

_PORTS: Final = "min_ports_per_vm"
_MODE: Final = "source_subnetwork_ip_ranges_to_nat"
_ALL_RANGES: Final = "ALL_IP_RANGES"
_PRIMARY: Final = frozenset({_ALL_RANGES, "PRIMARY_IP_RANGE"})
_NOT_FOR_MACHINES: Final = frozenset(
    {"GLOBAL_MANAGED_PROXY", "INTERNAL_HTTPS_LOAD_BALANCER", "PRIVATE_SERVICE_CONNECT"}
    | {"REGIONAL_MANAGED_PROXY"}
)


def why_all_listed(change: ResourceChange, context: Context) -> str | None:
    """Why a NAT that names its subnets serves as many as before; None where one may be missing."""
    rest = change.changed - {_MODE, "subnetwork"}
    if _has_more_ports(change):
        rest -= {_PORTS}
    if _MODE not in change.changed or (rest and explain(change, context, *rest) is None):
        return None
    if change.after.get(_MODE) != "LIST_OF_SUBNETWORKS":
        return None
    network = _network_of(change, context)
    if network is None or network.after.get("auto_create_subnetworks") is not False:
        return None
    subnets = [
        one
        for one in context.changes_of("google_compute_subnetwork")
        if one.kind is not ActionKind.DELETE
        and one.after.get("purpose") not in _NOT_FOR_MACHINES
        and one.after.get("region") == change.after.get("region")
        and last_part(one.after.get("network")) == network.before.get("name")
    ]
    before = str(change.before.get(_MODE))
    listed = _listed(change)
    missing = [one for one in subnets if not _is_whole(one, listed, before)]
    if len(missing) == len(subnets) or not listed:
        return None
    if not missing:
        return "every subnet of the network in the region is listed with its ranges"
    if all(needs_none(str(one.after.get("name")), change, context) for one in missing):
        return "subnets are not listed whose machines all have an address of their own"
    return None


def _has_more_ports(change: ResourceChange) -> bool:
    """Whether each machine may hold more connections; whether they suffice is judged by itself."""
    sides = [change.before.get(_PORTS), change.after.get(_PORTS)]
    before, after = (side if isinstance(side, int) else 0 for side in sides)
    return after >= before > 0


def _network_of(change: ResourceChange, context: Context) -> ResourceChange | None:
    router = object_named(["google_compute_router"], change.before.get("router"), context)
    network = router.before.get("network") if router is not None else None
    return object_named(["google_compute_network"], network, context)


def _listed(change: ResourceChange) -> dict[str, frozenset[str]]:
    """The subnets by name, each with what of it is translated; {} where one is not known."""
    found: dict[str, frozenset[str]] = {}
    for block in members(change.after.get("subnetwork")):
        kinds = block.get("source_ip_ranges_to_nat")
        if block.get("name") is UNKNOWN or not isinstance(kinds, list):
            return {}
        found[last_part(block.get("name"))] = frozenset(map(str, kinds))
    return found


def _is_whole(subnet: ResourceChange, listed: dict[str, frozenset[str]], before: str) -> bool:
    kinds = listed.get(str(subnet.after.get("name")), frozenset())
    if _ALL_RANGES in kinds:
        return True
    needs_others = before.endswith("ALL_IP_RANGES") and bool(subnet.after.get("secondary_ip_range"))
    return bool(kinds & _PRIMARY) and not needs_others


# Disks that hold a cache

_DISKS: Final = {
    "azurerm_data_protection_backup_instance_disk": ("disk_id", "azurerm_managed_disk"),
    "google_compute_disk_resource_policy_attachment": ("disk", "google_compute_disk"),
    "google_compute_region_disk_resource_policy_attachment": ("disk", "google_compute_region_disk"),
}
DISK_BACKUPS: Final = frozenset(_DISKS)
_SCRATCH: Final = regex(r"(^|[^a-z])(build-?)?(caches?|scratch|tmp|temp|swap|spool)([^a-z]|$)")
_BUILDERS: Final = regex(
    r"(^|[^a-z])(ci|build(er|ers|s)?|runner|runners|(build|ci)-?agents?|agents?)([^a-z]|$)"
)
_KEEPS: Final = regex(
    r"redis|valkey|memcache|session|postgres|mysql|maria|mongo|elastic|kafka|rabbit|queue|db|"
    r"data(?!dog)|controller|master|registry|artifact"
)
_WORKER_NAMES: Final = ("name", "tags", "labels", "metadata", "computer_name", "hostname")
_BLOCKS: Final = ("attached_disk", "data_disk", "storage_data_disk")


def why_only_scratch(change: ResourceChange, context: Context) -> str | None:
    """Why nobody misses copies of a disk: workers that build things keep a cache on it."""
    argument, type_name = _DISKS[change.type]
    disk = object_named([type_name], change.before.get(argument), context)
    if disk is None or not stays(disk):
        return None
    own = _words(disk, ("name", "labels", "tags"))
    if not _SCRATCH.search(own) or _KEEPS.search(own):
        return None
    users = [one for one in programs_using(disk, context) if stays(one)]
    if users and all(_is_builder(one) and _mounts_scratch(one, disk) for one in users):
        return "it holds a cache of machines that build, and is filled again"
    return None


def _words(change: ResourceChange, names: tuple[str, ...]) -> str:
    values = (change.before.get(name) for name in names)
    return " ".join(_flat(value) for value in values if value).lower()


def _flat(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(_flat(item) for item in value.values())
    return " ".join(map(_flat, value)) if isinstance(value, list) else str(value)


def _is_builder(user: ResourceChange) -> bool:
    words = _words(user, _WORKER_NAMES)
    return bool(_BUILDERS.search(words)) and not _KEEPS.search(words)


def _mounts_scratch(user: ResourceChange, disk: ResourceChange) -> bool:
    """Whether no place at which the machine has the disk says that it holds more."""
    name = disk.before.get("name")
    places = [
        str(block.get("device_name") or block.get("name") or "")
        for block_name in _BLOCKS
        for block in members(user.before.get(block_name))
        if last_part(block.get("source") or block.get("managed_disk_id")) == name
    ]
    return all(not place or bool(_SCRATCH.search(place.lower())) for place in places)


# Subjects of pods

_SUBJECT: Final = regex(r"^system:serviceaccount:([\w.-]+):([\w.-]+)$")
_MEMBER: Final = regex(r"^serviceAccount:[\w-]+\.svc\.id\.goog\[([\w.-]+)/([\w.-]+)\]$")
_ARGUMENTS: Final = {
    "azuread_application_federated_identity_credential": ("subject", _SUBJECT),
    "azurerm_federated_identity_credential": ("subject", _SUBJECT),
    "google_service_account_iam_member": ("member", _MEMBER),
}
SUBJECTS: Final = frozenset(_ARGUMENTS)


def why_named_nobody(change: ResourceChange, context: Context) -> str | None:
    """Why nobody loses a login: it named no account of the plan, and now names one with pods."""
    name, form = _ARGUMENTS[change.type]
    rest = [one for one in change.changed - {name} if change.after.get(one) is not UNKNOWN]
    if name not in change.changed or rest:
        return None
    old, new = (form.match(str(side.get(name))) for side in (change.before, change.after))
    if old is None or new is None:
        return None
    if _account(old[1], old[2], context) or _runs_as(old[1], old[2], context):
        return None
    account = _account(new[1], new[2], context)
    if account is None or not _runs_as(new[1], new[2], context):
        return None
    if any(_places_elsewhere(old[1], context)):
        return None
    return "it named an account that is nowhere in the plan, and names one that pods run as"


def _account(namespace: str, name: str, context: Context) -> KubernetesObject | None:
    for item in objects_of(context, "ServiceAccount"):
        one = item.after
        if one is not None and (one.namespace or "default", one.name) == (namespace, name):
            return one
    return None


def _runs_as(namespace: str, name: str, context: Context) -> bool:
    for work in workloads_of(context, namespace):
        pod = mapping(work.after.pod.get("spec")) if work.after is not None else {}
        if (pod.get("serviceAccountName") or pod.get("serviceAccount")) == name:
            return True
    return False


def _places_elsewhere(namespace: str, context: Context) -> Iterator[str]:
    """Charts that may bring accounts and pods of the namespace."""
    for one in context.changes_of("helm_release", "argocd_application"):
        if one.kind is not ActionKind.DELETE and (one.before.get("namespace") or "") in {
            namespace,
            "",
        }:
            yield one.label


# Claims of a login

_CLAIMS: Final = "bound_claims"


def why_number_beside_name(change: ResourceChange) -> str | None:
    """Why nobody is refused: beside a name that is asked for stands its number from now on."""
    if change.changed - {_CLAIMS}:
        return None
    before, after = mapping(change.before.get(_CLAIMS)), mapping(change.after.get(_CLAIMS))
    new = after.keys() - before.keys()
    if not new or any(after.get(name) != value for name, value in before.items()):
        return None
    if all(name.endswith("_id") and name.removesuffix("_id") in before for name in new):
        return "beside a name that is asked for already comes its number, which never changes"
    return None

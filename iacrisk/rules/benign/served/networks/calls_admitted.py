"""BL-allcallsgo: a network policy lets out less, and still everybody whom the pods call."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

from iacrisk.plan import ResourceChange
from iacrisk.plan.kubernetes import KubernetesObject, Tree, required_label, selects
from iacrisk.plan.values import mapping, members
from iacrisk.rules.benign.served.programs.levels_met import runs_unseen
from iacrisk.rules.context import Context
from iacrisk.rules.readers.kubernetes.objects import Seen, objects_of, seen, workloads_of
from iacrisk.rules.readers.kubernetes.pod_calls import Call, calls_of


def why_all_calls_go(change: ResourceChange, context: Context) -> str | None:
    """Why everybody whom the pods call is still reached."""
    item = seen(change)
    policy = item.after if item is not None else None
    if policy is None or [str(kind) for kind in _kinds(policy)] != ["Egress"]:
        return None
    if item is not None and item.before is not None and item.before.spec != policy.spec:
        sides = [mapping(side.spec.get("podSelector")) for side in (item.before, policy)]
        if sides[0] != sides[1]:
            return None
    selector = mapping(policy.spec.get("podSelector"))
    held = [
        work
        for work in workloads_of(context, policy.namespace, required_label(selector))
        if work.after is not None and selects(selector, work.after.pod_labels)
    ]
    calls = [call for work in held for call in _calls(work, context)]
    if not calls or None in calls or runs_unseen(policy.namespace, context):
        return None
    if not _admits_names(policy):
        return None
    if all(call is not None and _admits(policy, call, context) for call in calls):
        return "everybody whom its pods name is admitted, and so are the cluster's names"
    return None


def _kinds(policy: KubernetesObject) -> list[Any]:
    kinds = policy.spec.get("policyTypes")
    return kinds if isinstance(kinds, list) else [kinds]


def _calls(work: Seen, context: Context) -> tuple[Call | None, ...]:
    """Whom the workload calls; None among them where the plan does not tell, or tells nobody."""
    found = calls_of(work.after, context) if work.after is not None else None
    return found or (None,)


def _admits(policy: KubernetesObject, call: Call, context: Context) -> bool:
    entries = members(policy.spec.get("egress"))
    return all(
        any(
            _has_port(entry, port, "TCP") and _has_peer(entry, call, policy, context)
            for entry in entries
        )
        for port in call.ports
    )


def _has_port(entry: Tree, port: str, protocol: str) -> bool:
    ports = members(entry.get("ports"))
    return not ports or any(
        str(one.get("protocol") or "TCP") == protocol
        and (not one.get("port") or _in_span(port, one))
        for one in ports
    )


def _in_span(port: str, listed: Tree) -> bool:
    first, last = str(listed.get("port")), str(listed.get("endPort") or 0)
    if port == first:
        return True
    if not (port.isdigit() and first.isdigit() and last.isdigit()):
        return False
    return int(first) <= int(port) <= int(last)


def _has_peer(entry: Tree, call: Call, policy: KubernetesObject, context: Context) -> bool:
    peers = members(entry.get("to"))
    if not peers:
        return True
    if call.pods is None:
        return any(_is_outside(mapping(peer.get("ipBlock"))) for peer in peers)
    return any(_is_peer(peer, call.pods, policy, context) for peer in peers)


def _is_outside(block: Tree) -> bool:
    """Whether all of the Internet is in the range, at most private ranges left out."""
    excepted = block.get("except")
    try:
        left_out = [ip_network(str(text)) for text in excepted or ()]
    except (TypeError, ValueError):
        return False
    return block.get("cidr") == "0.0.0.0/0" and all(one.is_private for one in left_out)


def _is_peer(
    peer: Tree, pods: KubernetesObject, policy: KubernetesObject, context: Context
) -> bool:
    if peer.get("ipBlock"):
        return False
    spaces, wanted = peer.get("namespaceSelector"), peer.get("podSelector")
    if not isinstance(spaces, dict):
        if pods.namespace != policy.namespace:
            return False
    elif not selects(spaces, _labels_of(pods.namespace, context)):
        return False
    return not isinstance(wanted, dict) or selects(wanted, pods.pod_labels)


def _labels_of(space: str, context: Context) -> Tree:
    """The labels of a namespace; Kubernetes adds its name."""
    found = next(
        (
            mapping(item.after.metadata.get("labels"))
            for item in objects_of(context, "Namespace")
            if item.after is not None and item.after.name == space
        ),
        {},
    )
    return {**found, "kubernetes.io/metadata.name": space}


def _admits_names(policy: KubernetesObject) -> bool:
    """Whether the cluster's name servers are admitted."""
    for entry in members(policy.spec.get("egress")):
        if not _has_port(entry, "53", "UDP"):
            continue
        peers = members(entry.get("to"))
        if not peers or any(map(_is_resolver, peers)):
            return True
    return False


def _is_resolver(peer: Tree) -> bool:
    spaces, pods = peer.get("namespaceSelector"), peer.get("podSelector")
    if peer.get("ipBlock") or not isinstance(spaces, dict):
        return False
    system = selects(spaces, {"kubernetes.io/metadata.name": "kube-system", "name": "kube-system"})
    return system and (not pods or selects(pods, {"k8s-app": "kube-dns"}))

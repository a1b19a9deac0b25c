"""N17: network policies that cut pods off, or open them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from iacrisk.plan import ActionKind
from iacrisk.plan.kubernetes import KubernetesObject, label_pairs, required_label, selects
from iacrisk.plan.values import mapping, members
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.kubernetes.objects import Seen, objects_of, workloads_of
from iacrisk.rules.readers.settings.unknowns import holds_unknown
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, plan_rule

_ALL: Final = "everything"
_SIDES: Final = (("Ingress", "ingress", "from"), ("Egress", "egress", "to"))
_SPEC: Final = ("spec",)
_WORDS: Final = {"Ingress": "be reached by", "Egress": "reach"}


@plan_rule(
    id="N17",
    name="pods-cut-off",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
)
def pods_cut_off(context: Context) -> Iterator[Outcome]:
    """A Kubernetes network policy cuts running pods off, or the last one that shields them goes.

    What it flags
        A new or changed policy that selects pods which no policy restricted before, a caller or
        target taken out of a policy that no other one of the same pods admits, and the removal
        of the last policy for the ingress of running pods. Typed resources and manifests are
        read alike, and all policies of a namespace together.

    Why it matters
        Policies only add up to what they admit: the first one that selects a pod closes it for
        everything else, DNS and health checks included, without an error anywhere.

    When it is fine
        No pod has these labels, the policy admits everything, or another one admits the same.
        Not flagged: a denial of callers for pods that listen to nothing.

    What to do instead
        Create the policies that admit first, watch dropped packets, then the one that denies.

    References
        https://kubernetes.io/docs/concepts/services-networking/network-policies/
    """
    for item in objects_of(context, "NetworkPolicy"):
        if item.change.kind not in {ActionKind.NO_OP, ActionKind.READ, ActionKind.FORGET}:
            yield from _judge(item, context)


def _judge(item: Seen, context: Context) -> Iterator[Outcome]:
    if any(_is_hidden(side) for side in (item.before, item.after)):
        if item.change.kind is not ActionKind.DELETE:
            yield Undecided(
                address=item.change.label,
                why="Which pods it selects, or what it admits, is not known.",
                paths=(_SPEC,),
            )
        return
    one = item.after or item.before
    if one is None:
        return
    running = workloads_of(context, one.namespace)
    if not running:
        yield from _unseen_pods(item, context)
        return
    for kind, _, _ in _SIDES:
        touched = {
            work.change.label: work
            for side in (item.before, item.after)
            if side is not None
            for work in workloads_of(context, one.namespace, required_label(_selector(side)))
        }
        changes = [_change_for(work, kind, item, context) for work in touched.values()]
        worst = max((found for found in changes if found), default=None)
        if worst is not None:
            yield _flag(item, kind, worst, sum(map(bool, changes)))


def _flag(item: Seen, kind: str, worst: tuple[int, str], count: int) -> Flag:
    weight, words = worst
    pods = "One workload" if count == 1 else f"{count} workloads"
    severity, confidence = _WEIGHTS[weight]
    return Flag(
        address=item.change.label,
        what=f"{pods} {words.format(verb=_WORDS[kind])}",
        paths=(_SPEC,) if item.change.kind is not ActionKind.DELETE else (),
        severity=severity,
        confidence=confidence,
    )


_WEIGHTS: Final = (
    (Severity.MEDIUM, Confidence.MEDIUM),
    (Severity.HIGH, Confidence.MEDIUM),
    (Severity.HIGH, Confidence.HIGH),
)


def _change_for(work: Seen, kind: str, item: Seen, context: Context) -> tuple[int, str] | None:
    """What this policy's change means to one workload: how grave, and in what words."""
    if work.before is None:
        return None
    was, becomes = (
        _selecting(item.before, work.before, kind),
        _selecting(item.after, work.before, kind),
    )
    if not was and not becomes:
        return None
    before, after = _state(work, kind, context)
    if before is None and after is not None and becomes:
        if _ALL in after or (
            kind == "Ingress" and not after and not _listens(work.before, context)
        ):
            return None
        return (1, "may now {verb} listed peers only.") if after else (2, "can {verb} nobody.")
    if before is not None and after is None and was:
        says = "may now {verb} everybody: the last policy for them goes."
        return (1 if kind == "Ingress" else 0), says
    if before is None or after is None or _ALL in after or not was:
        return None
    own_after = _admitted(item.after, kind) if becomes else frozenset[str]()
    lost = (_admitted(item.before, kind) - own_after) - after
    return (1, "can no longer {verb} a peer that was admitted.") if lost else None


_HEARS: Final = ("containerPort", "hostPort", "httpGet", "tcpSocket", "grpc", "prometheus.io")


def _listens(work: KubernetesObject, context: Context) -> bool:
    """Whether anything shows that the pods serve; unseen where the plan shows no service at all."""
    wanted = once(context.plan, "selectors of services", lambda: _selectors(context)).get(
        work.namespace, []
    )
    if not any(wanted) or holds_unknown(work.pod):
        return True
    if any(one and selects({"matchLabels": one}, work.pod_labels) for one in wanted):
        return True
    text = msgspec.json.encode(_plain(work.pod)).decode()
    return any(f'"{mark}' in text for mark in _HEARS)


def _selectors(context: Context) -> dict[str, list[dict[str, Any]]]:
    """What the services of each namespace select."""
    found: dict[str, list[dict[str, Any]]] = {}
    for item in objects_of(context, "Service"):
        for one in (item.before, item.after):
            if one is not None:
                selector = mapping(one.spec.get("selector"))
                found.setdefault(one.namespace, []).append(selector)
    return found


State = tuple[frozenset[str] | None, frozenset[str] | None]
"""What is admitted to or from a workload before and after; None where nothing restricts it."""


def _state(work: Seen, kind: str, context: Context) -> State:
    one = work.before
    if one is None:
        return None, None
    labels = repr(sorted(one.pod_labels.items(), key=str))

    def build() -> State:
        policies = _policies_near(context, one)
        return (
            _sum((policy.before for policy in policies), one, kind),
            _sum((policy.after for policy in policies), one, kind),
        )

    return once(context.plan, ("admitted", one.namespace, labels, kind), build)


def _policies_near(context: Context, work: KubernetesObject) -> list[Seen]:
    """The policies of the workload's namespace that may select its pods."""

    def build() -> dict[tuple[str, tuple[str, str] | None], dict[str, Seen]]:
        found: dict[tuple[str, tuple[str, str] | None], dict[str, Seen]] = {}
        for item in objects_of(context, "NetworkPolicy"):
            for side in filter(None, (item.before, item.after)):
                place = (side.namespace, required_label(_selector(side)))
                found.setdefault(place, {})[item.change.label] = item
        return found

    index = once(context.plan, "network policies by label", build)
    labels = (None, *label_pairs(work.pod_labels))
    near: dict[str, Seen] = {}
    for label in labels:
        near |= index.get((work.namespace, label), {})
    return list(near.values())


def _sum(
    policies: Iterable[KubernetesObject | None], work: KubernetesObject, kind: str
) -> frozenset[str] | None:
    chosen = [policy for policy in policies if _selecting(policy, work, kind)]
    return frozenset().union(*(_admitted(policy, kind) for policy in chosen)) if chosen else None


def _selecting(policy: KubernetesObject | None, work: KubernetesObject, kind: str) -> bool:
    if policy is None or policy.namespace != work.namespace:
        return False
    return kind in _kinds(policy) and selects(_selector(policy), work.pod_labels)


def _selector(policy: KubernetesObject) -> dict[str, Any]:
    return mapping(policy.spec.get("podSelector"))


def _kinds(policy: KubernetesObject) -> frozenset[str]:
    listed = policy.spec.get("policyTypes")
    if isinstance(listed, list) and listed:
        return frozenset(map(str, listed))
    return frozenset({"Ingress"} | ({"Egress"} if policy.spec.get("egress") else set()))


def _admitted(policy: KubernetesObject | None, kind: str) -> frozenset[str]:
    """What the policy admits, one text for each peer and port."""
    if policy is None:
        return frozenset()
    name, side = next((name, side) for of, name, side in _SIDES if of == kind)
    found: set[str] = set()
    for entry in members(policy.spec.get(name)):
        peers = members(entry.get(side)) or [{}]
        ports = members(entry.get("ports")) or [{}]
        for peer in peers:
            for port in ports:
                found.add(_ALL if not peer and not port else _text(peer, port))
    return frozenset(found)


def _text(peer: dict[str, Any], port: dict[str, Any]) -> str:
    return msgspec.json.encode([_plain(peer), _plain(port)], order="sorted").decode()


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items() if item not in (None, [], "")}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


def _is_hidden(policy: KubernetesObject | None) -> bool:
    return policy is not None and holds_unknown(policy.body.get("spec"))


def _unseen_pods(item: Seen, context: Context) -> Iterator[Outcome]:
    """The plan shows no workload of the namespace: only a denial for all of them is told."""
    after = item.after
    if after is None or (item.before is not None and item.change.kind is ActionKind.NO_OP):
        return
    if any(
        space.is_new and space.after is not None and space.after.name == after.namespace
        for space in objects_of(context, "Namespace")
    ):
        return
    for kind in sorted(_kinds(after)):
        was = item.before is not None and kind in _kinds(item.before)
        if not was and not any(_selector(after).values()) and not _admitted(after, kind):
            yield Flag(
                address=item.change.label,
                what=f"Whatever runs in namespace {after.namespace} can {_WORDS[kind]} nobody.",
                paths=(_SPEC,),
                confidence=Confidence.MEDIUM,
            )

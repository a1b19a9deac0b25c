"""C10: what a cluster no longer lets in, or no longer lets go."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.plan import UNKNOWN, ResourceChange
from iacrisk.plan.kubernetes import KubernetesObject
from iacrisk.plan.values import mapping, members
from iacrisk.rules.context import Context
from iacrisk.rules.readers.kubernetes.objects import Seen, seen, types_of
from iacrisk.rules.rule import CHANGES, Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

_WEBHOOKS: Final = frozenset({"MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"})
_CORE: Final = frozenset(
    {"", "*", "apps", "batch", "networking.k8s.io", "rbac.authorization.k8s.io"}
)
_LEVELS: Final = ("privileged", "baseline", "restricted")
_ENFORCE: Final = "pod-security.kubernetes.io/enforce"


@rule(
    id="C10",
    name="admission-closed",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds=CHANGES,
    types=types_of(*_WEBHOOKS, "Namespace", "PodDisruptionBudget") | {"kubernetes_labels"},
)
def admission_closed(change: ResourceChange, context: Context) -> Iterator[Outcome]:  # noqa: ARG001
    """The API server refuses what it let in: new pods, writes, or the drain of a node.

    What it flags
        An admission webhook that fails closed for core resources and does not leave out the
        system's namespace; a stricter pod security level that is enforced on a namespace; and
        a disruption budget that allows no pod at all to go.

    Why it matters
        While the webhook's own pods are down, nothing can be created, the webhook's pods
        included. Pods that run stay, so the harm shows at the next restart or node upgrade.

    When it is fine
        The webhook watches its own kinds only. The level was tried with `warn` or `audit`.

    What to do instead
        Start with `failure_policy = "Ignore"` and a namespace selector; look at warnings before
        a level is enforced; allow at least one pod to go.

    References
        https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
    """
    if change.type == "kubernetes_labels":
        labels = mapping(change.before.get("labels")), mapping(change.after.get("labels"))
        yield from _level_raised(*labels, ("labels",))
        return
    item = seen(change)
    if item is None or item.after is None:
        return
    if item.after.kind in _WEBHOOKS:
        yield from _closes(item, item.after)
    elif item.after.kind == "Namespace" and item.before is not None:
        before, after = (mapping(side.metadata.get("labels")) for side in (item.before, item.after))
        yield from _level_raised(before, after, ("metadata",))
    elif item.after.kind == "PodDisruptionBudget":
        yield from _holds_all(item, item.after)


def _closes(item: Seen, after: KubernetesObject) -> Iterator[Outcome]:
    known = (
        {_key(hook): hook for hook in members(item.before.body.get("webhooks"))}
        if (item.before)
        else {}
    )
    hooks = after.body.get("webhooks")
    if hooks is UNKNOWN:
        yield Undecided(why="Which requests it judges is not known.", paths=(("webhook",),))
        return
    for hook in members(hooks):
        if _is_closed(hook) and not _is_closed(known.get(_key(hook), {})):
            yield Flag(
                what="While it does not answer, the API server refuses to write core resources.",
                paths=(("webhook",),),
                confidence=None if not hook.get("objectSelector") else Confidence.MEDIUM,
            )
            return


def _key(hook: dict[str, Any]) -> str:
    return str(hook.get("name"))


def _is_closed(hook: dict[str, Any]) -> bool:
    if not hook or hook.get("failurePolicy") not in {None, "Fail"}:
        return False
    broad = any(
        not _CORE.isdisjoint(map(str, entry.get("apiGroups") or ())) and _takes_much(entry)
        for entry in members(hook.get("rules"))
    )
    return broad and not _leaves_out_system(hook)


def _takes_much(entry: dict[str, Any]) -> bool:
    resources = [str(item).partition("/")[0] for item in entry.get("resources") or ()]
    broad = {"*", "pods", "deployments", "namespaces", "nodes", "secrets", "configmaps", "services"}
    return not broad.isdisjoint(resources)


def _leaves_out_system(hook: dict[str, Any]) -> bool:
    selector = mapping(hook.get("namespaceSelector"))
    if mapping(selector.get("matchLabels")):
        return True
    return any(
        str(item.get("operator")) in {"In", "Exists"}
        or "kube-system" in (item.get("values") or ())
        or str(item.get("operator")) == "DoesNotExist"
        for item in members(selector.get("matchExpressions"))
    )


def _level_raised(
    before: dict[str, Any], after: dict[str, Any], path: tuple[str, ...]
) -> Iterator[Outcome]:
    old, new = before.get(_ENFORCE), after.get(_ENFORCE)
    if new is UNKNOWN and new != old:
        yield Undecided(why="The pod security level is not known.", paths=(path,))
    elif new in _LEVELS and _rank(new) > _rank(old):
        yield Flag(
            what=f"New pods below the level {new} are refused.",
            paths=(path,),
            confidence=Confidence.MEDIUM,
        )


def _rank(level: Any) -> int:
    return _LEVELS.index(level) if level in _LEVELS else 0


def _holds_all(item: Seen, after: KubernetesObject) -> Iterator[Outcome]:
    spec = after.spec
    held = spec.get("maxUnavailable") in {"0", 0, "0%"} or spec.get("minAvailable") == "100%"
    before = item.before.spec if item.before else {}
    held_before = before.get("maxUnavailable") in {"0", 0, "0%"} or (
        before.get("minAvailable") == "100%"
    )
    if held and not held_before:
        yield Flag(
            what="No pod may go: nodes cannot be drained or upgraded.",
            paths=(("spec",),),
            severity=Severity.MEDIUM,
        )

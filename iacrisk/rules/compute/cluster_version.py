"""C07: a cluster's control plane is asked for a version that it cannot go to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.patterns import regex
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

_VERSIONS: Final = {
    "aws_eks_cluster": "version",
    "azurerm_kubernetes_cluster": "kubernetes_version",
    "digitalocean_kubernetes_cluster": "version",
    "google_container_cluster": "min_master_version",
    "linode_lke_cluster": "k8s_version",
    "scaleway_k8s_cluster": "version",
}
_TOLD_BY_C15: Final = frozenset({"aws_eks_cluster", "azurerm_kubernetes_cluster"})
"""Types whose every change of version C15 holds already."""

_VERSION: Final = regex(r"v?(\d+)\.(\d+)(?:[.-].*)?")


@rule(
    id="C07",
    name="cluster-version-jump",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.UPDATE},
    types=_VERSIONS,
)
def cluster_version_jump(
    change: ResourceChange,
    context: Context,  # noqa: ARG001 - two values say it all
) -> Iterator[Outcome]:
    """The control plane of a cluster skips a minor version, goes back, or moves on.

    What it flags
        A Kubernetes version two or more minors above the one that runs, or below it. One minor
        up is of medium severity; for EKS and AKS that is said by C15.

    Why it matters
        No service goes back, and none skips a minor: the apply fails. One step up cannot be
        undone either, and removes API versions that manifests, charts and operators may use.

    When it is fine
        A patch of the same minor passes. One minor up is routine once the deprecated APIs were
        looked for and a cluster of the same kind went before.

    What to do instead
        Go up one minor after the other, nodes in between.

    References
        https://kubernetes.io/releases/version-skew-policy/
    """
    name = _VERSIONS[change.type]
    before, after = change.was(name), change.becomes(name)
    if before == after or not before:
        return
    if after is UNKNOWN:
        yield Undecided(why="Which version it goes to is not known yet.", paths=((name,),))
        return
    steps = _steps(before, after)
    if steps is None or steps == 0:
        return
    if steps == 1:
        if change.type not in _TOLD_BY_C15:
            yield Flag(
                what="It goes up one minor version, and there is no way back.",
                paths=((name,),),
                severity=Severity.MEDIUM,
                confidence=Confidence.MEDIUM,
            )
        return
    words = "goes back" if steps < 0 else f"skips {steps - 1} minor version(s)"
    yield Flag(what=f"It {words}, which no service does in place.", paths=((name,),))


def _steps(before: Any, after: Any) -> int | None:
    """How many minor versions up; None where it cannot be told."""
    found = [_VERSION.fullmatch(text) for text in (before, after) if isinstance(text, str)]
    if len(found) != 2 or found[0] is None or found[1] is None or found[0][1] != found[1][1]:
        return None
    return int(found[1][2]) - int(found[0][2])

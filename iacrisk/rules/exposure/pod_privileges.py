"""X21: pods that may do more on their node, and namespaces that let them."""

from __future__ import annotations

from collections.abc import Iterator

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.kubernetes.settings import (
    flags_of_kubernetes_settings,
    types_with_kubernetes_settings,
)
from iacrisk.rules.rule import Confidence, Harm, Outcome, Severity, rule


@rule(
    id="X21",
    name="pod-privilege",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    harm=Harm.EXPOSURE,
    kinds={ActionKind.UPDATE},
    types=types_with_kubernetes_settings("X21"),
)
def pod_privilege(change: ResourceChange, context: Context) -> Iterator[Outcome]:  # noqa: ARG001
    """Pods that run get rights on their node, or a namespace stops to refuse such pods.

    What it flags
        A container that becomes privileged, gains a grave capability or may run as root; pods
        that come to share network, processes or files of their node; and a namespace whose pod
        security level is lowered. The table below is the whole list.

    Why it matters
        Who takes over one such program has the node, and with it the secrets of every pod there.

    When it is fine
        An agent of the cluster that needs it, in a namespace of its own.

    What to do instead
        Give the one capability that is needed, to the one container that needs it.

    References
        https://kubernetes.io/docs/concepts/security/pod-security-standards/
    """
    yield from flags_of_kubernetes_settings("X21", change)

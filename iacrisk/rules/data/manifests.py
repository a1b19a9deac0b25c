"""D16: Kubernetes objects in manifests, destroyed with what they hold or run."""

from __future__ import annotations

from collections.abc import Iterator

from iacrisk.catalog.charts import DATA_KINDS, RUNNING_KINDS
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.plan.kubernetes import read_object
from iacrisk.plan.values import mapping
from iacrisk.rules.context import Context
from iacrisk.rules.readers.kubernetes.objects import MANIFESTS
from iacrisk.rules.readers.settings.left_alone import why_left_alone
from iacrisk.rules.rule import DESTROYS, Confidence, Flag, Harm, Outcome, Severity, rule


@rule(
    id="D16",
    name="kubernetes-object-destroyed",
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    harm=Harm.DATA,
    kinds=DESTROYS,
    types=MANIFESTS,
)
def kubernetes_object_destroyed(change: ResourceChange, context: Context) -> Iterator[Outcome]:  # noqa: ARG001
    """A manifest is destroyed whose object holds data, or runs or serves something.

    What it flags
        The delete or replacement of a manifest of a definition of kinds, a namespace, a volume
        claim, a database or queue of an operator; and, less gravely, of a workload, a route, a
        certificate, an issuer or what makes secrets.

    Why it matters
        The type of the resource says nothing. With a definition goes every object of its kind in
        the cluster; an operator deletes the volumes of a database that it no longer finds.

    When it is fine
        The definition has no objects, or the volumes are kept by their reclaim policy.

    What to do instead
        List the objects of the kind first, and hand the manifest over with a `removed` block.

    References
        Incidents R188, R189, R190, R191, R192.
    """
    if why_left_alone(change):
        return
    item = read_object(change.type, change.before)
    if item is None:
        return
    verb = "replaced" if change.kind is ActionKind.REPLACE else "deleted"
    notes = mapping(item.metadata.get("annotations"))
    kept = str(notes.get("helm.sh/resource-policy", "")) == "keep"
    if item.kind in DATA_KINDS and not kept:
        more = ", and every object of that kind with it" * (item.kind == "CustomResourceDefinition")
        yield Flag(what=f"A {item.kind} is {verb}{more}.", paths=change.replace_paths)
    elif item.kind in RUNNING_KINDS:
        yield Flag(
            what=f"A {item.kind} is {verb}: what it runs, serves or makes goes with it.",
            paths=change.replace_paths,
            severity=Severity.HIGH,
            confidence=Confidence.MEDIUM,
        )

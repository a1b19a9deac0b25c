"""C09: controllers of a cluster that are told to delete, to take over, to refuse or to stop."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.catalog.charts import chart_name, holds_data, rules_a_cluster, shows_only
from iacrisk.catalog.settings import controller_settings_of
from iacrisk.patterns import regex
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.plan.kubernetes import read_object
from iacrisk.rules.context import Context
from iacrisk.rules.readers.kubernetes.chart_values import values_of
from iacrisk.rules.readers.kubernetes.objects import MANIFESTS
from iacrisk.rules.readers.settings.settings import outcomes, steps_of
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

_MAJOR: Final = regex(r"v?(\d+)\.")
_SYSTEM: Final[dict[str, str]] = {
    "coredns": "Names in the whole cluster are resolved otherwise.",
    "coredns-custom": "Names in the whole cluster are resolved otherwise.",
    "kube-dns": "Names in the whole cluster are resolved otherwise.",
    "kube-proxy": "Services are reached otherwise, on every node.",
    "kube-proxy-config": "Services are reached otherwise, on every node.",
    "cilium-config": "The network of every node is set up otherwise.",
    "calico-config": "The network of every node is set up otherwise.",
    "cluster-autoscaler-priority-expander": "Other nodes are made for pods that wait.",
}
_MAPS: Final = frozenset(
    {"kubernetes_config_map", "kubernetes_config_map_v1", "kubernetes_config_map_v1_data"}
)


@rule(
    id="C09",
    name="controller-turned",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.CREATE, ActionKind.UPDATE},
    types=MANIFESTS | _MAPS | {"helm_release"},
)
def controller_turned(change: ResourceChange, context: Context) -> Iterator[Outcome]:  # noqa: ARG001
    """A controller of a cluster is told to delete, take over, refuse or stop.

    What it flags
        In the values of a chart (YAML or `set` blocks) and in custom objects: deletion allowed,
        ownership given up, kinds or volumes no longer kept, an entrance or a class renamed,
        another certificate authority, pruning, a backup schedule that goes; a new major version
        of a chart on which a cluster lives; and the configuration of the cluster's own DNS and
        proxy. `controllers.csv` of the catalog is the list.

    Why it matters
        One line in a text of values, and a controller acts on hundreds of objects that the plan
        does not list.

    When it is fine
        The controller owns nothing yet, or the new value was tried in another cluster.

    What to do instead
        Render the chart before and after (`helm template`) and compare; let the controller run
        dry where it can.

    References
        Incident R014.
    """
    if change.type == "helm_release":
        yield from _chart(change)
    elif change.type in MANIFESTS:
        yield from _manifest(change)
    elif change.kind is ActionKind.UPDATE:
        yield from _system_map(change)


def _chart(change: ResourceChange) -> Iterator[Outcome]:
    if change.kind is not ActionKind.UPDATE:
        return
    chart = chart_name(change.before.get("chart"))
    before, after = values_of(change.before), values_of(change.after)
    if after is None or before is None:
        yield Undecided(why="The new values of the chart are not known.", paths=(("values",),))
    elif before != after:
        path = "values" if "values" in change.changed else "set"
        yield from _told((f"chart:{chart}", "chart:*"), before, after, path)
    yield from _version(change, chart)
    becomes = change.after.get("chart")
    if becomes is not UNKNOWN and chart_name(becomes) != chart:
        yield Flag(what="Another chart takes its place.", paths=(("chart",),))


def _told(subjects: tuple[str, ...], before: Any, after: Any, argument: str) -> Iterator[Outcome]:
    for setting in controller_settings_of(*subjects):
        for outcome in outcomes(setting, before, after, steps_of(setting.path)):
            if isinstance(outcome, Flag):
                yield Flag(
                    what=outcome.what,
                    paths=((argument,),),
                    severity=outcome.severity,
                    confidence=outcome.confidence,
                )


def _version(change: ResourceChange, chart: str) -> Iterator[Outcome]:
    before, after = change.before.get("version"), change.after.get("version")
    old, new = (_MAJOR.match(side) if isinstance(side, str) else None for side in (before, after))
    if old is None or new is None or old[1] == new[1] or shows_only(chart):
        return
    grave = rules_a_cluster(chart) or holds_data(chart)
    back = int(new[1]) < int(old[1])
    yield Flag(
        what=f"The chart goes {'back ' if back else ''}from version {before} to {after}.",
        paths=(("version",),),
        severity=Severity.HIGH if grave else Severity.MEDIUM,
    )


def _manifest(change: ResourceChange) -> Iterator[Outcome]:
    before = read_object(change.type, change.before)
    after = read_object(change.type, change.after)
    if after is None:
        return
    argument = "yaml_body" if change.type == "kubectl_manifest" else "manifest"
    old = before.body if before is not None else {}
    if change.kind is ActionKind.CREATE or (before is not None and before.kind == after.kind):
        for outcome in _told((f"kind:{after.kind}",), old, after.body, argument):
            if change.kind is not ActionKind.CREATE:
                yield outcome


def _system_map(change: ResourceChange) -> Iterator[Outcome]:
    name, namespace = change.was("metadata.0.name"), change.was("metadata.0.namespace")
    if namespace == "kube-system" and name in _SYSTEM and "data" in change.changed:
        yield Flag(what=_SYSTEM[str(name)], paths=(("data",),))

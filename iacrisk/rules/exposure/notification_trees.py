"""X83: alarms that called people stop at another branch of the tree that leads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.plan.values import mapping, members
from iacrisk.rules.context import Context
from iacrisk.rules.readers.kubernetes.objects import MANIFESTS, objects_of, seen
from iacrisk.rules.readers.messages.notification_trees import (
    Branch,
    alertmanager_tree,
    asked_for,
    grafana_tree,
    labels_of_manifest,
    labels_of_rules,
    receivers_of,
)
from iacrisk.rules.readers.settings.unknowns import holds_unknown
from iacrisk.rules.readers.shapes import blocks
from iacrisk.rules.readers.siblings import stays
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

Values = Mapping[str, Any]
Alarms = list[tuple[dict[str, str], str]]
_GRAFANA: Final = "grafana_notification_policy"
_POINTS: Final = "grafana_contact_point"
_CALLING: Final = ("oncall", "opsgenie", "pagerduty", "pushover", "sns", "victorops")
_CALLING_CONFIGS: Final = (
    "opsgenieConfigs",
    "pagerdutyConfigs",
    "pushoverConfigs",
    "snsConfigs",
    "victoropsConfigs",
)


@rule(
    id="X83",
    name="alarm-led-elsewhere",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.DETECTION,
    kinds={ActionKind.UPDATE},
    types={_GRAFANA, *MANIFESTS},
    since="0.2",
)
def alarm_led_elsewhere(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A tree of notifications no longer leads to whoever is on call what it led there.

    What it flags
        A notification policy of Grafana, or an AlertmanagerConfig, after which alarms of the plan,
        or those that one of its own branches asks for, reach no receiver that calls people, where
        they reached one: a branch in front takes them and does not continue, their own branch
        goes or asks for more, or it names another receiver.

    Why it matters
        The first branch that fits takes an alarm. It still fires, in a channel that nobody reads
        at night.

    When it is fine
        The alarms are known to be nothing that somebody has to be woken for.

    What to do instead
        Let the branch in front continue, or put it behind those that call people.

    References
        https://prometheus.io/docs/alerting/latest/configuration/#route
        https://grafana.com/docs/grafana/latest/alerting/fundamentals/notifications/
    """
    is_grafana = change.type == _GRAFANA
    read = _grafana if is_grafana else _alertmanager
    found = read(change, context)
    if found is None:
        return
    before, after, calling, alarms = found
    if before == after:
        return
    path = ("policy",) if is_grafana and "policy" in change.changed else _path(change)
    if holds_unknown(change.after.get(path[0])):
        yield Undecided(why="Whom alarms will reach is not known yet.", paths=(path,))
        return
    lost = [
        (labels, where)
        for labels, where in alarms
        if receivers_of(before, labels) & calling[0]
        and not receivers_of(after, labels) & calling[1]
    ]
    if lost:
        missing = {name for labels, _ in lost for name in receivers_of(before, labels)}
        yield Flag(
            what=f"{some_of(map(_named, (one for one, _ in lost)))} no longer reaches "
            f"{some_of(sorted(missing & calling[0]))}.",
            paths=(path,),
            hurts=tuple(
                dict.fromkeys(
                    [where for _, where in lost if where]
                    + [
                        one.label
                        for one in context.changes_of(_POINTS)
                        if is_grafana and one.before.get("name") in missing & calling[0]
                    ]
                )
            ),
        )


def _path(change: ResourceChange) -> tuple[str]:
    return (min(change.changed),)


def _named(labels: Mapping[str, str]) -> str:
    return labels.get("alertname") or ", ".join(f"{name} {labels[name]}" for name in sorted(labels))


_Found = tuple[Branch, Branch, tuple[frozenset[str], frozenset[str]], Alarms]


def _grafana(change: ResourceChange, context: Context) -> _Found | None:
    before, after = grafana_tree(change.before), grafana_tree(change.after)
    points = context.changes_of(_POINTS)
    calling = frozenset(str(one.before.get("name")) for one in points if _calls(one.before))
    then = frozenset(str(one.after.get("name")) for one in points if _calls(one.after))
    known = {one.after.get("name") for one in points}
    alarms = [
        (labels, group.label)
        for group in filter(stays, context.changes_of("grafana_rule_group"))
        for labels in labels_of_rules(group.before)
    ]
    alarms += [(labels, "") for labels in asked_for(before)]
    outside = frozenset(_receivers(after)) - known
    return before, after, (calling, then | outside), alarms


def _calls(point: Values) -> bool:
    return any(blocks(point.get(name)) for name in _CALLING)


def _receivers(tree: Branch) -> Iterator[str]:
    yield tree.receiver
    for branch in tree.branches:
        yield from _receivers(branch)


def _alertmanager(change: ResourceChange, context: Context) -> _Found | None:
    one = seen(change)
    if one is None or one.before is None or one.after is None:
        return None
    if one.before.kind != "AlertmanagerConfig" or one.after.kind != one.before.kind:
        return None
    specs = [side.spec for side in (one.before, one.after)]
    before, after = (alertmanager_tree(mapping(spec.get("route"))) for spec in specs)
    calling = tuple(
        frozenset(
            str(item.get("name"))
            for item in members(spec.get("receivers"))
            if any(item.get(name) for name in _CALLING_CONFIGS)
        )
        for spec in specs
    )
    alarms = [
        (labels, other.change.label)
        for other in objects_of(context, "PrometheusRule")
        if other.before is not None and stays(other.change)
        for labels in labels_of_manifest(other.before.spec)
    ]
    alarms += [(labels, "") for labels in asked_for(before)]
    return before, after, (calling[0], calling[1]), alarms

"""X03: what happens is no longer recorded or watched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from iacrisk.catalog import facts
from iacrisk.catalog.exposure import (
    ALARM_TYPES,
    LOG_LISTS,
    MINOR_AUDIT_TYPES,
    MORE_AUDIT_TYPES,
    RECORDED,
    RECORDS_LESS,
)
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange, parse_path
from iacrisk.rules.context import Context
from iacrisk.rules.readers.access.effective_access import is_gone
from iacrisk.rules.readers.wording import texts
from iacrisk.rules.rule import (
    Confidence,
    Flag,
    Harm,
    Outcome,
    Severity,
    Undecided,
    rule,
)

_NARROWS: Final = frozenset({ActionKind.UPDATE, ActionKind.REPLACE, ActionKind.DELETE})


@rule(
    id="X03",
    name="audit-off",
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    harm=Harm.DETECTION,
    kinds=_NARROWS | {ActionKind.CREATE},
    types={
        *(facts.AUDIT_TYPES - ALARM_TYPES),
        *MORE_AUDIT_TYPES,
        *LOG_LISTS,
        "google_logging_folder_exclusion",
        "google_logging_organization_exclusion",
        "google_logging_project_exclusion",
    },
)
def audit_off(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A record of what happens, or the watch on it, is switched off.

    What it flags
        The delete or switching off of trails, flow logs, configuration recorders, GuardDuty,
        Security Hub, diagnostic settings, audit configs, log sinks and Vault audit devices, and
        narrower ones: fewer regions, events, categories.

    Why it matters
        The gap cannot be filled later. Nothing depends on a trail, so no graph shows the harm.

    When it is fine
        What it recorded is deleted too, or another of its kind records the same.

    What to do instead
        Create the new trail or sink first, check that it records, then remove the old one.

    References
        Incidents R140, R187, R231.
    """
    if change.type.endswith("_exclusion"):
        yield from _excluded(change)
    elif change.type in LOG_LISTS:
        yield from _logs_dropped(change)
    elif change.kind is ActionKind.DELETE:
        yield from _recording_deleted(change, context)
    elif change.kind is not ActionKind.CREATE:
        yield from _recording_narrowed(change)


def _recording_deleted(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    if _was_off(change) or is_gone(change, context, *RECORDED.get(change.type, ())):
        return
    if _has_twin(change, context):
        return
    yield Flag(
        what="It is deleted: nothing records or watches in its place.",
        severity=_audit_severity(change),
    )


def _audit_severity(change: ResourceChange) -> Severity:
    if change.type in MINOR_AUDIT_TYPES:
        return Severity.MEDIUM
    return Severity.HIGH if change.type in RECORDS_LESS else Severity.CRITICAL


def _was_off(change: ResourceChange) -> bool:
    """Whether its main switch was off before: then nothing is lost."""
    for name, on in facts.AUDIT_SWITCHES.get(change.type, {}).items():
        if name in _MAIN_SWITCHES:
            value = change.before.get(name)
            return value is not None and value != on
    return False


_MAIN_SWITCHES: Final = ("enable_logging", "enable", "enabled", "is_enabled", "status", "disabled")


def _has_twin(change: ResourceChange, context: Context) -> bool:
    """Whether another one, kept or new, records the same."""
    names = RECORDED.get(change.type)
    for other in context.changes_of(change.type):
        if other is change or other.kind is ActionKind.DELETE or _is_off(other):
            continue
        if change.type == "aws_cloudtrail":
            wide = other.after.get("is_multi_region_trail") is True
            if wide or not change.before.get("is_multi_region_trail"):
                return True
        elif _records_same(change, other, names):
            return True
    return False


def _records_same(
    change: ResourceChange, other: ResourceChange, names: tuple[str, ...] | None
) -> bool:
    if names is None:
        return other.kind is ActionKind.CREATE
    return all(other.after.get(name) in (change.before.get(name), UNKNOWN) for name in names)


def _is_off(change: ResourceChange) -> bool:
    switches = facts.AUDIT_SWITCHES.get(change.type, {})
    return any(
        name in switches and change.after.get(name) not in (None, UNKNOWN, switches[name])
        for name in _MAIN_SWITCHES
    )


def _recording_narrowed(change: ResourceChange) -> Iterator[Outcome]:
    for name, on in facts.AUDIT_SWITCHES.get(change.type, {}).items():
        if name not in change.changed or change.before.get(name) != on:
            continue
        after = change.after.get(name)
        if after is UNKNOWN:
            yield Undecided(why="Whether it stays on is not known.", paths=((name,),))
        elif name in _MAIN_SWITCHES or name == "tier":
            yield Flag(
                what="It is switched off: nothing is recorded or watched from now on.",
                paths=((name,),),
                severity=_audit_severity(change),
            )
        else:
            yield Flag(
                what=f"It records less: {name} is switched off.",
                paths=((name,),),
                severity=Severity.HIGH,
            )
    if change.kind is ActionKind.UPDATE:
        yield from _lists_narrowed(change)
    elif not change.creates_first:
        yield Flag(
            what="It is replaced: nothing is recorded between the delete and the create.",
            paths=change.replace_paths[:2],
            severity=Severity.LOW,
            confidence=Confidence.MEDIUM,
        )


_RECORD_LISTS: Final[dict[str, tuple[str, ...]]] = {
    "azurerm_monitor_aad_diagnostic_setting": ("enabled_log", "log"),
    "azurerm_monitor_diagnostic_setting": ("enabled_log", "log"),
    "google_folder_iam_audit_config": ("audit_log_config",),
    "google_organization_iam_audit_config": ("audit_log_config",),
    "google_project_iam_audit_config": ("audit_log_config",),
}
_CATEGORY_NAMES: Final = ("category", "category_group", "log_type")


def _lists_narrowed(change: ResourceChange) -> Iterator[Outcome]:
    for name in _RECORD_LISTS.get(change.type, ()):
        if name not in change.changed or change.after.get(name) is UNKNOWN:
            continue
        after = _categories(change.after.get(name))
        dropped = sorted(_categories(change.before.get(name)) - after)
        if dropped and "allLogs" not in after:
            yield Flag(
                what=f"It no longer records {', '.join(dropped[:3])}.",
                paths=((name,),),
                severity=Severity.HIGH,
            )
    yield from _trail_narrowed(change)
    yield from _sink_narrowed(change)


def _categories(value: Any) -> set[str]:
    blocks = value if isinstance(value, list) else []
    return {
        str(block[name])
        for block in blocks
        if isinstance(block, dict) and block.get("enabled") is not False
        for name in _CATEGORY_NAMES
        if block.get(name)
    }


def _trail_narrowed(change: ResourceChange) -> Iterator[Outcome]:
    if change.type == "aws_cloudtrail" and "event_selector" in change.changed:
        after = change.after.get("event_selector")
        selectors = after if isinstance(after, list) else []
        known = [item for item in selectors if isinstance(item, dict)]
        if known and not any(item.get("include_management_events") is not False for item in known):
            yield Flag(
                what="The trail no longer records management events.",
                paths=(("event_selector",),),
            )
    if change.type == "aws_config_configuration_recorder" and "recording_group" in change.changed:
        path = ("recording_group", 0, "all_supported")
        if change.was("recording_group.0.all_supported") is True and change.planned(path) is False:
            yield Flag(
                what="The recorder no longer records all types.",
                paths=(path,),
                severity=Severity.HIGH,
                confidence=Confidence.MEDIUM,
            )


def _sink_narrowed(change: ResourceChange) -> Iterator[Outcome]:
    if not change.type.endswith("_sink"):
        return
    before, after = change.before.get("filter"), change.after.get("filter")
    if "filter" in change.changed and after is not UNKNOWN and after:
        longer = isinstance(before, str) and str(after).startswith(before.strip())
        if not before or (longer and " OR " not in str(after)):
            yield Flag(
                what="The sink keeps fewer log entries: its filter got narrower.",
                paths=(("filter",),),
                severity=Severity.HIGH,
                confidence=Confidence.MEDIUM,
            )


def _excluded(change: ResourceChange) -> Iterator[Outcome]:
    if change.kind in {ActionKind.CREATE, ActionKind.UPDATE} and change.after.get("disabled"):
        return
    text = change.after.get("filter")
    if isinstance(text, str) and re.search(r"cloudaudit|audit_log", text):
        yield Flag(
            what="Audit logs are excluded from what is kept.",
            paths=(("filter",),),
            severity=Severity.HIGH,
        )


_AUDIT_LOGS: Final = frozenset({"api", "audit", "authenticator", "APISERVER", "SYSTEM_COMPONENTS"})


def _logs_dropped(change: ResourceChange) -> Iterator[Outcome]:
    if change.kind is not ActionKind.UPDATE:
        return
    for name in LOG_LISTS[change.type]:
        path = parse_path(name)
        after = change.planned(path)
        if path[0] not in change.changed or after is UNKNOWN:
            continue
        dropped = [item for item in texts(change.was(name)) if item not in texts(after)]
        if dropped:
            grave = bool(_AUDIT_LOGS.intersection(dropped))
            yield Flag(
                what=f"It no longer keeps these logs: {', '.join(dropped[:4])}.",
                paths=(path,),
                severity=Severity.HIGH if grave else Severity.LOW,
            )

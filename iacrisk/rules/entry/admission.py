"""E06, E09: what guards an entry point goes, or turns callers away who were let in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.catalog.admission import (
    ADMITTED,
    DEMANDS,
    ENTRANCE_TLS,
    FILTER_ARGUMENTS,
    FILTER_ATTACHMENTS,
    FILTER_MODES,
    PUBLIC_WAYS,
    WEB_FILTERS,
)
from iacrisk.catalog.exposure import TLS_VERSIONS
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange, parse_path
from iacrisk.rules.context import Context
from iacrisk.rules.entry.web_filters import blocking_after, blocking_before, default_action
from iacrisk.rules.readers.networks.outside_networks import users_outside
from iacrisk.rules.readers.networks.tls import lowest_tls
from iacrisk.rules.readers.shapes import blocks, texts
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import (
    DESTROYS,
    Confidence,
    Flag,
    Harm,
    Outcome,
    Severity,
    Undecided,
    rule,
)


@rule(
    id="E06",
    name="edge-protection-removed",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.EXPOSURE,
    kinds={*DESTROYS, ActionKind.UPDATE},
    types={*FILTER_ARGUMENTS, *FILTER_MODES, *FILTER_ATTACHMENTS, *WEB_FILTERS},
)
def edge_protection_removed(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A filter before an entry point goes, or only counts what it blocked.

    What it flags
        A web ACL, security policy or firewall policy taken off what stays; its rules taken out
        or turned from block to count; its mode from prevention to detection.

    Why it matters
        Nothing breaks, so nobody notices. What was kept out gets in from then on.

    When it is fine
        Another filter takes its place in the same plan.

    What to do instead
        Attach the new filter first. Turn single rules to count, not the whole filter.

    References
        https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-testing.html
    """
    if change.type in FILTER_ATTACHMENTS:
        yield from _detached(change, context)
    if change.kind is not ActionKind.UPDATE:
        return
    for path in FILTER_ARGUMENTS.get(change.type, ()):
        yield from _emptied(change, path)
    mode = FILTER_MODES.get(change.type, "")
    if mode and change.was(mode) == "Prevention" and change.becomes(mode) == "Detection":
        yield Flag(what="The filter only reports what it blocked.", paths=(parse_path(mode),))
    if change.type in WEB_FILTERS:
        yield from _relaxed(change)


@rule(
    id="E09",
    name="callers-turned-away",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.UPDATE},
    types={*DEMANDS, *ADMITTED, *ENTRANCE_TLS, *WEB_FILTERS},
)
def callers_turned_away(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """An entry point asks more of its callers, or admits fewer of them.

    What it flags
        A method that asks for authorization or a key, a default host name switched off, public
        networks shut out, HTTP methods, origins or countries that are no longer admitted, a web
        ACL that newly blocks, a higher lowest TLS version.

    Why it matters
        It is meant as hardening and is often right. Callers who were let in and did nothing
        wrong are refused from one second to the next, and who they are stands in no plan.

    When it is fine
        Access logs show that nobody is concerned. Not flagged: public networks shut out of what
        has a private endpoint already, unless an app of the plan uses it that is in no network.

    What to do instead
        Count before you block; announce, and read the logs of a week first.

    References
        https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-testing.html
    """
    yield from _demanded(change, context)
    yield from _fewer_admitted(change)
    yield from _newer_tls(change)
    if change.type in WEB_FILTERS:
        yield from _blocked(change)
    if change.type == "aws_cloudfront_distribution":
        yield from _fewer_viewers(change)


# What guards it


def _detached(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    place = FILTER_ATTACHMENTS[change.type]
    if not change.destroys or change.kind is ActionKind.REPLACE:
        return
    for use in context.graph.dependencies(change.label):
        if use.argument == place and use.node.change is not None and use.node.change.destroys:
            return
    target = change.was(place)
    takes_over = {ActionKind.CREATE, ActionKind.UPDATE, ActionKind.REPLACE}
    if any(
        other.kind in takes_over and other.becomes(place) in (target, UNKNOWN)
        for other in context.changes_of(change.type)
    ):
        return
    yield Flag(what="The filter is taken off an entry point that stays.", paths=((place,),))


def _emptied(change: ResourceChange, path: str) -> Iterator[Outcome]:
    before, after = change.was(path), change.becomes(path)
    if not before or before == after:
        return
    if after is UNKNOWN:
        yield Undecided(why="Whether the filter stays is not known yet.", paths=(parse_path(path),))
    elif not after:
        what = "The filter is taken off the entry point."
        yield Flag(what=what, paths=(parse_path(path),))


def _relaxed(change: ResourceChange) -> Iterator[Outcome]:
    if default_action(change.before) == "block" and default_action(change.after) == "allow":
        what = "What no rule names is let in; before it was blocked."
        yield Flag(what=what, paths=(("default_action",),), confidence=Confidence.HIGH)
    if change.after.get("rule") is UNKNOWN:
        yield Undecided(why="What the filter blocks is not known yet.", paths=(("rule",),))
    elif lifted := blocking_before(change) - blocking_after(change):
        what = f"The filter no longer blocks by {some_of(sorted(lifted))}."
        yield Flag(what=what, paths=(("rule",),))


# Whom it lets in


def _has_private_way(change: ResourceChange, context: Context) -> bool:
    """Whether a private endpoint leads to it today and stays."""
    return any(
        use.node.type == "azurerm_private_endpoint"
        and use.node.change is not None
        and use.node.change.kind in {ActionKind.NO_OP, ActionKind.UPDATE}
        for use in context.consumers(change)
    )


def _demanded(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    for demand in DEMANDS.get(change.type, ()):
        public = demand.path in PUBLIC_WAYS and change.was(demand.path) in demand.lenient
        outside = users_outside(change, context) if public else ()
        if demand.path in PUBLIC_WAYS and not outside and _has_private_way(change, context):
            continue
        path = parse_path(demand.path)
        before, after = change.was(demand.path), change.planned(path)
        if before == after or not any(before == value for value in demand.lenient):
            continue
        if before is None and change.was(str(path[0])) is None and len(path) > 1:
            continue
        if after is UNKNOWN:
            yield Undecided(why="What is asked of callers is not known yet.", paths=(path,))
        elif not any(after == value for value in demand.lenient):
            yield Flag(
                what=demand.says,
                paths=(path,),
                severity=Severity.HIGH if outside else None,
                hurts=outside,
            )


_ALL_WHILE_EMPTY: Final = frozenset({"kubernetes_service", "kubernetes_service_v1"})
_ANY: Final = "*"


def _fewer_admitted(change: ResourceChange) -> Iterator[Outcome]:
    for name in ADMITTED.get(change.type, ()):
        path = parse_path(name)
        before, after = change.was(name), change.planned(path)
        if before == after or not (before or change.type in _ALL_WHILE_EMPTY):
            continue
        if after is UNKNOWN or (isinstance(after, list) and UNKNOWN in after):
            yield Undecided(why="Who is let in is not known yet.", paths=(path,))
            continue
        left = texts(after)
        gone = [item for item in texts(before) if item not in left and _ANY not in left]
        if change.type in _ALL_WHILE_EMPTY and not (left and (gone or not before)):
            continue
        if gone or change.type in _ALL_WHILE_EMPTY:
            what = f"No longer let in: {some_of(gone) or 'all who are not listed'}."
            yield Flag(what=what, paths=(path,))


def _newer_tls(change: ResourceChange) -> Iterator[Outcome]:
    if change.type not in ENTRANCE_TLS:
        return
    name = TLS_VERSIONS[change.type]
    old, new = lowest_tls(change.was(name)), lowest_tls(change.becomes(name))
    if old is not None and new is not None and 0 <= old < new:
        what = f"Clients need TLS 1.{new}; before 1.{old} was enough."
        yield Flag(what=what, paths=(parse_path(name),))


def _blocked(change: ResourceChange) -> Iterator[Outcome]:
    if default_action(change.before) == "allow" and default_action(change.after) == "block":
        what = "What no rule names is blocked; before it was let in."
        yield Flag(what=what, paths=(("default_action",),), severity=Severity.HIGH)
    if change.after.get("rule") is UNKNOWN:
        return
    if new := blocking_after(change) - blocking_before(change):
        what = f"The filter newly blocks by {some_of(sorted(new))}."
        yield Flag(what=what, paths=(("rule",),))


def _fewer_viewers(change: ResourceChange) -> Iterator[Outcome]:
    before, after = _methods(change.before), _methods(change.after)
    lost = {
        f"{method} on {pattern}"
        for pattern, methods in before.items()
        for method in methods - after.get(pattern, methods)
    }
    if lost:
        what = f"No longer admitted: {some_of(sorted(lost))}."
        paths = tuple((name,) for name in _BEHAVIOURS if name in change.changed)
        yield Flag(what=what, paths=paths)
    if _countries_shut_out(change):
        what = "Viewers of some countries are turned away."
        yield Flag(what=what, paths=(("restrictions",),))


_BEHAVIOURS: Final = ("default_cache_behavior", "ordered_cache_behavior")


def _methods(values: dict[str, Any]) -> dict[str, frozenset[str]]:
    return {
        str(block.get("path_pattern") or "all paths"): frozenset(
            texts(block.get("allowed_methods"))
        )
        for name in _BEHAVIOURS
        for block in blocks(values.get(name))
        if block.get("allowed_methods") is not UNKNOWN
    }


def _countries_shut_out(change: ResourceChange) -> bool:
    path = "restrictions.0.geo_restriction.0"
    before, after = change.was(path), change.becomes(path)
    if not isinstance(before, dict) or not isinstance(after, dict):
        return False
    old, new = before.get("restriction_type"), after.get("restriction_type")
    was, becomes = set(texts(before.get("locations"))), set(texts(after.get("locations")))
    if new == "whitelist":
        return old != "whitelist" or bool(was - becomes)
    return new == "blacklist" and (bool(becomes - was) if old == "blacklist" else old == "none")

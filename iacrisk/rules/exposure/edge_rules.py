"""X11: rules at the edge that hold something off are switched off, weakened or removed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.entries import cloud_armor
from iacrisk.rules.readers.entries.edge_rulesets import rules_of
from iacrisk.rules.readers.entries.web_acl import is_wide, least_covered, passes, sets_let_through
from iacrisk.rules.readers.networks.ip_permissions import address_peer
from iacrisk.rules.readers.settings.removals import subject_goes
from iacrisk.rules.readers.shapes import texts
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

_RULESETS: Final = frozenset({"cloudflare_ruleset"})
_SETTINGS: Final = frozenset({"cloudflare_zone_setting"})
_WEB_ACLS: Final = frozenset({"aws_wafv2_rule_group", "aws_wafv2_web_acl"})
_ADDRESS_SETS: Final = frozenset({"aws_wafv2_ip_set"})
_SAFE: Final[dict[str, tuple[frozenset[str], str]]] = {
    "always_use_https": (frozenset({"on"}), "Plain HTTP is let in."),
    "security_level": (
        frozenset({"low", "medium", "high", "under_attack"}),
        "Clients with a bad name are no longer challenged.",
    ),
    "ssl": (
        frozenset({"full", "strict", "origin_pull"}),
        "Traffic to the origin is not encrypted or not checked.",
    ),
    "tls_client_auth": (frozenset({"on"}), "The origin can no longer tell who calls."),
    "waf": (frozenset({"on"}), "The firewall of the zone is off."),
}
_TLS: Final = ("1.0", "1.1", "1.2", "1.3")


@rule(
    id="X11",
    name="edge-rule-weakened",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.EXPOSURE,
    kinds={ActionKind.UPDATE, ActionKind.DELETE},
    types=_RULESETS
    | _SETTINGS
    | _WEB_ACLS
    | _ADDRESS_SETS
    | cloud_armor.POLICIES
    | cloud_armor.RULES,
)
def edge_rule_weakened(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """What was held off at the edge gets through.

    What it flags
        In a Cloudflare ruleset, a rule that blocks or challenges which is removed, switched off,
        or only logs from now on; the delete of a ruleset with such rules; and a setting of a
        zone that leaves its safe side: TLS to the origin, HTTPS for all, the firewall. In a
        security policy of Google Cloud, a rule that denies or throttles and is removed, put
        into preview or turned to allow. In a web ACL of AWS, a rule that lets through what
        nearly every client sends before later rules turn anybody away, a rule that comes to look
        at some paths only, and a set of addresses whose clients pass that gets a huge range.

    Why it matters
        A ruleset owns all rules of its phase: what is missing in the plan is gone at once, for
        every name of the zone.

    When it is fine
        Another rule holds the same off, or what was behind it is gone. Not flagged: a rule that
        lets through a set of addresses, a label, or the one path of a health check.

    What to do instead
        Let the rule log for a while and read who it would have stopped, then decide.

    References
        https://developers.cloudflare.com/ruleset-engine/about/rules/
        https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-processing-order.html
    """
    if change.type in _WEB_ACLS | _ADDRESS_SETS:
        if change.kind is ActionKind.UPDATE:
            yield from _passed(change) if change.type in _WEB_ACLS else _widened(change, context)
    elif change.type in cloud_armor.POLICIES | cloud_armor.RULES:
        yield from _armor_weakened(change, context)
    elif change.type in _SETTINGS:
        yield from _setting_relaxed(change)
    elif change.kind is ActionKind.DELETE:
        if rules_of(change.before, guarding=True) and not subject_goes(change, context):
            yield Flag(what="All its rules go: what they held off gets through.")
    else:
        yield from _rules_weakened(change)


def _passed(change: ResourceChange) -> Iterator[Outcome]:
    if "rule" not in change.changed or change.after.get("rule") is UNKNOWN:
        return
    known = list(passes(change.before))
    for item in passes(change.after):
        if not any((item.name, item.statement) == (one.name, one.statement) for one in known):
            yield Flag(
                what=f"The rule {item.name} lets nearly everything through before later rules "
                "look at it.",
                paths=(("rule",),),
            )
    before = least_covered(change.before)
    for name, scope in least_covered(change.after).items():
        if name in before and not before[name] and scope and _is_part(scope):
            yield Flag(what=f"The rule {name} looks at a part only.", paths=(("rule",),))


def _is_part(scope: dict[str, Any]) -> bool:
    """Whether a rule looks at little: at what is named, and not at all but what is named."""
    return "not_statement" not in scope and not is_wide(scope)


_HUGE: Final = 2 ** (32 - 16)


def _widened(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    if "addresses" not in change.changed:
        return
    arn = str(change.before.get("arn"))
    if not any(arn in sets_let_through(one.after) for one in context.changes_of(*_WEB_ACLS)):
        return
    known = texts(change.before.get("addresses"))
    new = [text for text in texts(change.after.get("addresses")) if text not in known]
    peers = [peer for peer in map(address_peer, new) if peer is not None and peer.is_public]
    huge = [peer for peer in peers if ":" not in peer.text and peer.last - peer.first + 1 >= _HUGE]
    if huge:
        yield Flag(what=f"All of {huge[0].text} passes the filter unseen.", paths=(("addresses",),))


def _armor_weakened(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    if subject_goes(change, context):
        return
    names = [name for name in _ARMOR_ARGUMENTS if name in change.changed]
    if change.kind is ActionKind.UPDATE:
        if not names:
            return
        if any(change.after.get(name) is UNKNOWN for name in names):
            yield Undecided(why="The new rules are not known.", paths=tuple((n,) for n in names))
            return
    elif change.type in cloud_armor.POLICIES:
        return
    kept = {
        rule.matches for rule in cloud_armor.edge_rules(change.type, change.after) if rule.holds_off
    }
    before = cloud_armor.edge_rules(change.type, change.before)
    lost = [rule for rule in before if rule.holds_off and rule.matches not in kept]
    if lost:
        first = lost[0]
        yield Flag(
            what=f"The rule at priority {first.priority} no longer holds off what it matches.",
            paths=tuple((name,) for name in names),
        )


_ARMOR_ARGUMENTS: Final = ("rule", "rules", "action", "match", "preview")


def _rules_weakened(change: ResourceChange) -> Iterator[Outcome]:
    if "rules" not in change.changed:
        return
    if change.after.get("rules") is UNKNOWN:
        yield Undecided(why="The new rules are not known.", paths=(("rules",),))
        return
    kept = {str(item.get("expression")) for item in rules_of(change.after, guarding=True)}
    lost = [
        item
        for item in rules_of(change.before, guarding=True)
        if str(item.get("expression")) not in kept
    ]
    after = {str(item.get("ref") or item.get("id")): item for item in _all_rules(change.after)}
    for item in lost:
        same = after.get(str(item.get("ref") or item.get("id")))
        rewritten = same is not None and same in rules_of(change.after, guarding=True)
        yield Flag(
            what="A rule that held requests off is changed: others get through now."
            if rewritten
            else "A rule that held requests off no longer does.",
            paths=(("rules",),),
            severity=Severity.MEDIUM if rewritten else None,
            confidence=Confidence.MEDIUM if rewritten else None,
        )


def _all_rules(values: dict[str, Any]) -> list[dict[str, Any]]:
    rules = values.get("rules")
    return [item for item in rules if isinstance(item, dict)] if isinstance(rules, list) else []


def _setting_relaxed(change: ResourceChange) -> Iterator[Outcome]:
    name, path = str(change.before.get("setting_id")), ("value",)
    before, after = change.before.get("value"), change.after.get("value")
    if change.kind is not ActionKind.UPDATE or before == after:
        return
    safe, says = _SAFE.get(name, (frozenset(), ""))
    if name == "min_tls_version" and before in _TLS:
        lower = _TLS[: _TLS.index(str(before))]
        safe, says = frozenset(_TLS) - frozenset(lower), "Old versions of TLS are let in."
    if before not in safe:
        return
    if after is UNKNOWN:
        yield Undecided(why="The new value is not known.", paths=(path,))
    elif after not in safe:
        yield Flag(what=says, paths=(path,))

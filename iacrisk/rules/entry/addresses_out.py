"""E37: an address leaves the set of those that a web filter lets in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.plan.values import members
from iacrisk.rules.context import Context
from iacrisk.rules.readers.networks.ip_permissions import address_peer
from iacrisk.rules.readers.shapes import texts
from iacrisk.rules.readers.siblings import stays
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

_FILTERS: Final = frozenset({"aws_wafv2_rule_group", "aws_wafv2_web_acl"})
_GUARDED: Final = frozenset({"aws_wafv2_web_acl_association"})
_SET: Final = "ip_set_reference_statement"


@rule(
    id="E37",
    name="address-no-longer-admitted",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.ACCESS,
    kinds={ActionKind.UPDATE},
    types={"aws_wafv2_ip_set"},
    since="0.2",
)
def address_no_longer_admitted(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A set of addresses loses some, and a web filter lets in by the set alone.

    What it flags
        An address or range that leaves a set which a rule lets in while the filter blocks by
        default, or by which a rule spares callers that it blocks otherwise.

    Why it matters
        Who calls from there gets a 403 within a minute. Partners and offices are not in the plan.

    When it is fine
        The partner is gone. Not flagged: sets of those kept out, ranges that others of the set
        hold, filters that let everybody in by default.

    What to do instead
        Look in the filter's log whether the address was seen lately, then take it out.

    References
        https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-ipset-match.html
    """
    if "addresses" not in change.changed:
        return
    if change.becomes("addresses") is UNKNOWN:
        yield Undecided(why="Which addresses stay is not known yet.", paths=(("addresses",),))
        return
    after = texts(change.after.get("addresses"))
    gone = [one for one in texts(change.before.get("addresses")) if one not in after]
    held = [one for one in gone if not _is_held(one, after)]
    filters = [one for one in _users(change, context) if _admits(one, change)]
    if held and filters:
        guarded = [
            use.node.label
            for one in filters
            for use in context.consumers(one)
            if use.node.type in _GUARDED and use.node.change is not None
        ]
        yield Flag(
            what=f"{some_of(held)} is no longer let in.",
            paths=(("addresses",),),
            hurts=(*(one.label for one in filters), *guarded),
        )


def _is_held(one: str, ranges: list[str]) -> bool:
    peer = address_peer(one)
    others = [other for other in map(address_peer, ranges) if other is not None]
    return peer is not None and any(other.holds(peer) for other in others)


def _users(change: ResourceChange, context: Context) -> list[ResourceChange]:
    uses = context.consumers(change)
    found = [use.node.change for use in uses if use.node.type in _FILTERS]
    return [one for one in found if one is not None and stays(one)]


def _admits(one: ResourceChange, change: ResourceChange) -> bool:
    """Whether a rule lets in by the set what is blocked without it."""
    closed = any(block.get("block") for block in members(one.after.get("default_action")))
    arn = change.before.get("arn")
    for item in members(one.after.get("rule")):
        action = next(iter(members(item.get("action"))), {})
        for statement in members(item.get("statement")):
            if action.get("allow") and closed and _is_set(statement, arn):
                return True
            spared = [
                inner
                for outer in members(statement.get("not_statement"))
                for inner in members(outer.get("statement"))
            ]
            if action.get("block") and any(_is_set(inner, arn) for inner in spared):
                return True
    return False


def _is_set(statement: dict[str, Any], arn: Any) -> bool:
    sets = members(statement.get(_SET))
    return any(not arn or block.get("arn") in {arn, None} for block in sets)

"""I21: policies of Azure that come to refuse what was let through."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from iacrisk.patterns import regex
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.access.role_grant import decoded
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

_DEFINITION: Final = "azurerm_policy_definition"
_WIDE: Final = frozenset(
    {
        "azurerm_management_group_policy_assignment",
        "azurerm_policy_assignment",
        "azurerm_subscription_policy_assignment",
    }
)
_ASSIGNMENTS: Final = _WIDE | {
    "azurerm_resource_group_policy_assignment",
    "azurerm_resource_policy_assignment",
}
_REFUSES: Final = frozenset({"deny", "denyaction"})
_PARAMETER: Final = regex(r"\[parameters\('([^']+)'\)\]", re.IGNORECASE)


@rule(
    id="I21",
    name="policy-comes-to-refuse",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.ACCESS,
    kinds={ActionKind.CREATE, ActionKind.UPDATE},
    types=_ASSIGNMENTS | {_DEFINITION},
)
def policy_comes_to_refuse(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A policy refuses from now on what it reported, or what nothing stopped.

    What it flags
        An Azure policy with the effect `deny` that is assigned and enforced, a definition in use
        whose effect becomes `deny`, an assignment whose enforcement is switched on.

    Why it matters
        What exists stays, but the next deployment, scaling or repair of something that the
        policy does not like is refused, everywhere below the scope.

    When it is fine
        The compliance report of the policy lists nothing. Not flagged: effects that only report
        or repair, assignments that are not enforced, definitions without an assignment.

    What to do instead
        Assign it with `enforce = false` first and read who would have been refused.

    References
        https://learn.microsoft.com/azure/governance/policy/concepts/safe-deployment-practices
    """
    if change.type == _DEFINITION:
        yield from _definition(change, context)
        return
    before, after = (_assigned_effect(side, change, context) for side in _sides(change))
    if after == "" and change.becomes("parameters") is UNKNOWN:
        yield Undecided(why="The effect is not known yet.", paths=(("parameters",),))
    elif after in _REFUSES and before not in _REFUSES:
        yield Flag(
            what="What the policy does not allow is refused below its scope from now on.",
            paths=tuple((name,) for name in ("enforce", "parameters") if name in change.changed)
            or (("policy_definition_id",),),
            severity=Severity.HIGH if change.type in _WIDE else Severity.MEDIUM,
        )


def _sides(change: ResourceChange) -> tuple[dict[str, Any], dict[str, Any]]:
    return change.before, change.after


def _definition(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    assigned = any(
        use.node.type in _ASSIGNMENTS
        and use.node.change is not None
        and not use.node.change.destroys
        and use.node.change.after.get("enforce") is not False
        for use in context.consumers(change)
    )
    if change.kind is not ActionKind.UPDATE or not assigned:
        return
    if change.becomes("policy_rule") is UNKNOWN:
        yield Undecided(why="The new rule is not known.", paths=(("policy_rule",),))
    elif _effect(change.after, {}) in _REFUSES and _effect(change.before, {}) not in _REFUSES:
        yield Flag(
            what="What the policy only reported is refused wherever it is assigned.",
            paths=(("policy_rule",),),
        )


def _assigned_effect(values: dict[str, Any], change: ResourceChange, context: Context) -> str:
    """The effect of an assignment in lower case; "" where it has none or the plan cannot tell."""
    if not values or values.get("enforce") is False:
        return ""
    given = decoded(values.get("parameters"))
    for name, item in given.items():
        if name.lower() == "effect" and isinstance(item, dict):
            return str(item.get("value")).lower()
    definition = _definition_of(change, context)
    return _effect(definition.after or definition.before, given) if definition is not None else ""


def _definition_of(change: ResourceChange, context: Context) -> ResourceChange | None:
    for use in context.graph.dependencies(change.label):
        if use.node.type == _DEFINITION and use.node.change is not None:
            return use.node.change
    return None


def _effect(definition: dict[str, Any], given: dict[str, Any]) -> str:
    then = decoded(definition.get("policy_rule")).get("then")
    effect = then.get("effect") if isinstance(then, dict) else None
    if not isinstance(effect, str):
        return ""
    match = _PARAMETER.fullmatch(effect)
    if match is None:
        return effect.lower()
    own = given.get(match[1])
    declared = decoded(definition.get("parameters")).get(match[1])
    value = own.get("value") if isinstance(own, dict) else None
    default = declared.get("defaultValue") if isinstance(declared, dict) else None
    return str(value or default or "").lower()

"""A rule of the policy file as a rule like any other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from weakref import WeakKeyDictionary

from iacrisk.catalog import ResourceClass, resource_type
from iacrisk.errors import RuleNotCarriedOut
from iacrisk.graph import impaired
from iacrisk.plan import UNKNOWN, ActionKind, Path, ResourceChange, lookup
from iacrisk.rules.context import Context
from iacrisk.rules.own.attributes import ANY_STEP, Watched, differing
from iacrisk.rules.own.evaluation import Budget, Side, evaluate
from iacrisk.rules.own.expression import Expression
from iacrisk.rules.own.logic import Answer, Partial, both
from iacrisk.rules.rule import ChangeCheck, Confidence, Flag, Harm, Outcome, Rule, Severity
from iacrisk.rules.rule import Undecided as NotDecided

STEPS_PER_PLAN: Final = 1_000_000
"""What one rule may spend on a whole plan, some seconds, and for each of its changes more."""
STEPS_FOR_EACH: Final = 200
DOES_SOMETHING: Final = frozenset(ActionKind) - {ActionKind.NO_OP, ActionKind.READ}

_GLOB: Final = frozenset("*?[")

_NOT_KNOWN: Final = "The value that decides is not known yet."


def declare(
    *,
    id: str,  # noqa: A002 - the field's own name
    name: str,
    severity: Severity,
    confidence: Confidence,
    harm: Harm,
    message: str,
    page: str,
    origin: str,
    types: tuple[str, ...] = (),
    classes: frozenset[ResourceClass] = frozenset(),
    kinds: frozenset[ActionKind] = DOES_SOMETHING,
    attribute: Path = (),
    when: Expression | None = None,
) -> Rule:
    """The rule; `types` are globs, and either they or `classes` are enough, none means all."""
    named = frozenset(name for name in types if not _GLOB & frozenset(name))
    return Rule(
        id=id,
        name=name,
        severity=severity,
        confidence=confidence,
        harm=harm,
        since="",
        kinds=kinds,
        types=named or None,
        classes=classes or None,
        globs=tuple(glob for glob in types if glob not in named),
        page=page,
        origin=origin,
        on_change=_check(message, named, attribute, when),
    )


def _check(
    message: str, named: frozenset[str], attribute: Path, when: Expression | None
) -> ChangeCheck:
    budgets: WeakKeyDictionary[Context, Budget] = WeakKeyDictionary()

    def check(change: ResourceChange, context: Context) -> Iterator[Outcome]:
        budget = budgets.setdefault(context, _budget(context))
        watched: list[Watched] = []
        if attribute:
            watched = _watched(change, context, attribute, budget, is_named=change.type in named)
            if not watched:
                return
        answer: Answer = not watched or any(equal is False for _, equal in watched) or UNKNOWN
        if when is not None:
            answer = both(answer, evaluate(when, scope_of(when, change, context), budget))
        if answer is False:
            return
        paths = (*(path for path, _ in watched), *(when.reads if when else ()))
        known = tuple(dict.fromkeys(path for path in paths if _is_there(change, path)))
        if answer is UNKNOWN:
            open_ = tuple(path for path in known if _is_open(change, path))
            yield NotDecided(why=_NOT_KNOWN, paths=open_)
        else:
            yield Flag(what=message, paths=known)

    return check


def _budget(context: Context) -> Budget:
    return Budget(STEPS_PER_PLAN + STEPS_FOR_EACH * len(context.plan.pending))


def _watched(
    change: ResourceChange, context: Context, attribute: Path, budget: Budget, *, is_named: bool
) -> list[Watched]:
    """Where the attribute differs; a type named in full has to have it."""
    name = attribute[0]
    if name != ANY_STEP and name not in change.before and name not in change.after:
        if context.source.provisional is not None:
            return [(attribute[:1], UNKNOWN)]
        if is_named:
            raise RuleNotCarriedOut(f"attribute: there is no attribute {name!r}")
        return []

    def spend(steps: int) -> None:
        budget.left -= steps
        if budget.left < 0:
            raise RuleNotCarriedOut("attribute: too many steps on this plan")

    return differing(change, attribute, spend)


def scope_of(when: Expression, change: ResourceChange, context: Context) -> dict[str, Any]:
    """The names of `when` that concern `change`; who depends on it only where it is asked."""
    names = frozenset(change.before) | frozenset(change.after)
    is_open = context.source.provisional is not None
    scope: dict[str, Any] = {
        "before": Side(change.before, names, is_open=is_open) if change.before else None,
        "after": Side(change.after, names, is_open=is_open) if change.after else None,
        "changed": sorted(change.changed),
        "address": change.address,
        "type": change.type,
        "name": change.name,
        "module": change.module_address,
        "provider": change.provider,
        "action": change.kind.value,
        "resource_class": resource_type(change.type).resource_class.value,
        "environment": context.environment_at(change.label),
    }
    if "dependents" in when.text:
        scope["dependents"] = _dependents(change, context)
    return scope


def _dependents(change: ResourceChange, context: Context) -> list[dict[str, Any]]:
    direct = {use.node.label for use in context.consumers(change)}
    found = [
        {
            "address": node.label,
            "type": node.type,
            "resource_class": resource_type(node.type).resource_class.value,
            "action": node.change.kind.value if node.change else ActionKind.NO_OP.value,
            "direct": node.label in direct,
        }
        for node in impaired(context.graph, change.label)
        if node.is_resource
    ]
    found.sort(key=lambda item: str(item["address"]))
    return found if context.graph.has_configuration else Partial(found)


def _is_there(change: ResourceChange, path: Path) -> bool:
    return lookup(change.before, path) is not None or change.planned(path) is not None


def _is_open(change: ResourceChange, path: Path) -> bool:
    after = change.planned(path)
    return after is UNKNOWN or _holds_unknown(after)


def _holds_unknown(tree: Any) -> bool:
    """Whether something in the tree is unknown."""
    if isinstance(tree, dict):
        return any(map(_holds_unknown, tree.values()))
    if isinstance(tree, list):
        return any(map(_holds_unknown, tree))
    return tree is UNKNOWN

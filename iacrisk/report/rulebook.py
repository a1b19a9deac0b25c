"""`iacrisk rules`: the list, and one rule's page."""

from __future__ import annotations

import inspect
import textwrap

from iacrisk.rules import RULES, SUPPRESSORS, Rule, Suppressor, find_rule

_WIDTH = 80


def render_rules(own: tuple[Rule, ...] = ()) -> str:
    """Every rule and suppressor, one line each, and a team's own."""
    lines = list(map(_line, RULES))
    if own:
        lines += ["", "Your own rules", *(f"{_line(rule):<64} {rule.origin}" for rule in own)]
    lines += ["", "Harmless look-alikes that take findings back"]
    lines += [f"{item.id:<12} {item.name}" for item in SUPPRESSORS]
    return "\n".join(lines) + "\n"


def render_rule(rule_id: str, own: tuple[Rule, ...] = ()) -> str:
    """The page of one rule or suppressor; raises UnknownRule."""
    item = find_rule(rule_id, own)
    title = f"{item.id} {item.name}"
    page = inspect.cleandoc(item.page)
    return "\n".join([title, "=" * len(title), "", *_facts(item), "", page]) + "\n"


def _line(rule: Rule) -> str:
    return f"{rule.id:<10} {rule.severity.name.lower():<9} {rule.name:<32} {rule.harm}"


def _facts(item: Rule | Suppressor) -> list[str]:
    match item:
        case Rule():
            facts = [
                f"Severity: {item.severity.name.lower()}",
                f"Confidence: {item.confidence}",
                f"Harm: {item.harm}",
            ]
        case Suppressor(suppresses=None):
            facts = ["Explains a whole change as harmless"]
        case Suppressor(suppresses=ids):
            facts = [f"Takes back: {', '.join(sorted(ids or ()))}"]
    if isinstance(item, Rule) and item.origin:
        facts.append(f"Declared in: {item.origin}")
    else:
        facts.append(f"Since: {item.since}")
    return [line for fact in facts for line in textwrap.wrap(fact, _WIDTH)]

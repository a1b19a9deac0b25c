"""I21: policies that come to refuse."""

from __future__ import annotations

import json

import pytest

from iacrisk.graph import build_graph
from iacrisk.rules import Review, review
from iacrisk.rules.context import Context
from iacrisk.rules.identity.policy_denials import policy_comes_to_refuse
from tests.plans import Json, create, noop, plan, update

DEFINITION = "azurerm_policy_definition.d"
ASSIGNMENT = "azurerm_subscription_policy_assignment.a"
ID = "/subscriptions/s/providers/Microsoft.Authorization/policyDefinitions/no-public-ip"
REFERENCES = {ASSIGNMENT: {"policy_definition_id": [f"{DEFINITION}.id"]}}


def definition(effect: str, default: str = "") -> Json:
    declared = {"effect": {"type": "String", "defaultValue": default}} if default else {}
    rule = {"if": {}, "then": {"effect": effect}}
    return {"id": ID, "policy_rule": json.dumps(rule), "parameters": json.dumps(declared)}


def assignment(effect: str = "", *, enforce: bool = True) -> Json:
    given = json.dumps({"effect": {"value": effect}}) if effect else None
    return {"policy_definition_id": ID, "enforce": enforce, "parameters": given}


def said(*changes: Json) -> Review:
    made = plan(*changes, references=REFERENCES)
    context = Context(made, build_graph(made))
    return review(context, rules=(policy_comes_to_refuse,), suppressors=())


def addresses(*changes: Json) -> list[str]:
    return [finding.address for finding in said(*changes).findings]


BY_PARAMETER = noop(DEFINITION, definition("[parameters('effect')]", "Audit"))


@pytest.mark.parametrize(
    ("declared", "made", "flagged"),
    [
        (noop(DEFINITION, definition("deny")), assignment(), True),
        (noop(DEFINITION, definition("deny")), assignment(enforce=False), False),
        (noop(DEFINITION, definition("audit")), assignment(), False),
        (BY_PARAMETER, assignment(), False),
        (BY_PARAMETER, assignment("Deny"), True),
    ],
)
def test_a_new_assignment_counts_by_its_effect(declared: Json, made: Json, flagged: bool) -> None:
    assert addresses(declared, create(ASSIGNMENT, made)) == ([ASSIGNMENT] if flagged else [])


def test_enforcement_that_is_switched_on_is_flagged() -> None:
    declared = noop(DEFINITION, definition("deny"))
    on = update(ASSIGNMENT, assignment(enforce=False), assignment())
    off = update(ASSIGNMENT, assignment(), assignment(enforce=False))
    assert (addresses(declared, on), addresses(declared, off)) == ([ASSIGNMENT], [])


def test_a_definition_counts_where_it_is_assigned() -> None:
    change = update(DEFINITION, definition("audit"), definition("deny"))
    assert addresses(change) == []
    assert addresses(change, noop(ASSIGNMENT, assignment())) == [DEFINITION]


def test_what_is_not_known_is_undecided() -> None:
    hidden = update(DEFINITION, definition("audit"), {}, after_unknown={"policy_rule": True})
    result = said(hidden, noop(ASSIGNMENT, assignment()))
    assert [item.rule for item in result.undecided] == ["I21"]


@pytest.mark.parametrize("odd", [None, "text", 7, [], {"then": 1}, "{", "[]"])
def test_odd_rules_do_not_make_it_raise(odd: object) -> None:
    broken = {"id": ID, "policy_rule": odd, "parameters": odd}
    made = update(DEFINITION, definition("audit"), broken)
    assert said(made, noop(ASSIGNMENT, {**assignment(), "parameters": odd})).failures == ()

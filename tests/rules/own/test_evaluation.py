"""What expressions answer: true, false, not known; and when they fail rather than guess."""

from __future__ import annotations

from typing import Any

import pytest

from iacrisk.errors import RuleNotCarriedOut
from iacrisk.plan import UNKNOWN
from iacrisk.rules.own.evaluation import STEPS, Budget, Side, evaluate
from iacrisk.rules.own.expression import parse_expression
from iacrisk.rules.own.logic import Partial

BEFORE = {"n": 3, "s": "text", "yes": True, "no": False, "none": None, "v": "16.10", "port": "22"}
AFTER = {
    **BEFORE,
    "list": [1, 2, None],
    "some": [1, UNKNOWN],
    "open": UNKNOWN,
    "tags": {"team": "a", "cost": UNKNOWN},
    "rules": [{"port": 22, "from": "10.1.0.0/16"}, {"port": UNKNOWN, "from": "0.0.0.0/0"}],
    "v": "16.9",
}


def answer(text: str, budget: int = STEPS, **scope: Any) -> Any:
    names = frozenset(BEFORE) | frozenset(AFTER)
    sides = {
        "before": Side(BEFORE, names, is_open=False),
        "after": Side(AFTER, names, is_open=False),
    }
    return evaluate(parse_expression(text), {**sides, **scope}, Budget(budget))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("after.n == 3", True),
        ("after.n == 3.0", True),
        ("after.n != 3", False),
        ("2 < after.n <= 3", True),
        ("2 < after.n < 3", False),
        ("after.n * 2 - 1 == 5", True),
        ("-after.n < 0", True),
        ("after.none == null", True),
        ("before.list == null", True),
        ("before.list[0] == null", True),
        ("before.rules[0].port == null", True),
        ("before['absent'] == null", True),
        ("after.list[7] == null", True),
        ("after.list[-1] == null", True),
        ("after.tags['absent'] == null", True),
        ("not after.none", True),
        ("after.yes and not after.no", True),
        ("'ex' in after.s", True),
        ("2 in after.list", True),
        ("3 not in after.list", True),
        ("'team' in after.tags", True),
        ("'absent' in after.tags", False),
        ("'x' in before.tags", False),
        ("after.s if after.yes else 1 == 1", None),
        ("(after.n if after.no else 7) == 7", True),
        ("any(r.port == 22 for r in after.rules)", True),
        ("any(r.port == 22 for r in before.rules)", False),
        ("all(r['from'] != null for r in after.rules)", True),
        ("any(a == b for a in after.list for b in [2] if a != null)", True),
        ("count(x for x in after.list if x != null) == 2", True),
        ("any([after.no, after.yes])", True),
        ("all([])", True),
        ("any(key == 'team' for key in after.tags)", True),
        ("len(after.s) == 4 and len(before.list) == 0", True),
        ("number(after.port) == 22", True),
        ("number('-1.5') < -1", True),
        ("lower('ABC') == 'abc'", True),
        ("matches('module.db[0].x', 'module.db[*')", True),
        ("matches(after.none, '*')", False),
        ("starts_with(after.s, 'te') and ends_with(after.s, 'xt')", True),
        ("version(after.v) < version(before.v)", True),
        ("version('v1.2.3-rc1') == version('1.2.3')", True),
        ("within('10.1.0.0/16', '10.0.0.0/8')", True),
        ("within('0.0.0.0/0', '10.0.0.0/8')", False),
        ("within('2001:db8::/48', '2001:db8::/32')", True),
        ("within('2001:db8::/48', '10.0.0.0/8')", False),
        ("before == before", True),
        ("before == after", False),
    ],
)
def test_known_values_decide(text: str, expected: bool | None) -> None:
    if expected is None:
        with pytest.raises(RuleNotCarriedOut):
            answer(text)
    else:
        assert answer(text) is expected


@pytest.mark.parametrize(
    "text",
    [
        "after.open == 1",
        "after.open != 1",
        "not after.open",
        "after.open < 1",
        "after.open.deeper[3].still == 'x'",
        "after.open and after.yes",
        "after.no or after.open",
        "after.open == null",
        "1 if after.open else 2",
        "9 in after.some",
        "9 not in after.some",
        "after.open in after.list",
        "after.some == [1, 2]",
        "after.tags == before.tags or after.open",
        "'cost' in after.tags",
        "any(r.port == 23 for r in after.rules)",
        "all(r.port == 22 for r in after.rules)",
        "count(r for r in after.rules if r.port == 22) == 1",
        "any(x == 1 for x in after.open)",
        "count(x for x in after.open) == 0",
        "len(after.open) > 0",
        "version(after.open) < version('2')",
        "after.open + 1 == 2",
        "any(d == 1 for d in dependents)",
        "all(d == 1 for d in dependents)",
        "count(d for d in dependents) == 1",
        "len(dependents) == 1",
        "dependents[4] == null",
    ],
)
def test_an_unknown_value_leaves_the_answer_open(text: str) -> None:
    dependents = Partial([2]) if "any(d" in text else Partial([1])

    assert answer(text, dependents=dependents) is UNKNOWN


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("after.yes or after.open", True),
        ("after.open or after.yes", True),
        ("after.open and after.no", False),
        ("1 in after.some", True),
        ("after.some == [2, 2]", False),
        ("after.some == [1]", False),
        ("'team' in after.tags", True),
        ("any(r.port == 22 for r in after.rules)", True),
        ("all(r.port == 23 for r in after.rules)", False),
        ("any(r.port == 22 for r in after.rules if r['from'] == '1')", False),
        ("any(d == 1 for d in dependents)", True),
    ],
)
def test_what_is_known_decides_where_it_is_enough(text: str, expected: bool) -> None:
    assert answer(text, dependents=Partial([1])) is expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("after.typo == 1", "when, column 1: there is no attribute 'typo'"),
        ("after.tags.typo == 'x'", "there is no attribute 'typo'"),
        ("any(r.prot == 1 for r in after.rules)", "when, column 5: there is no attribute 'prot'"),
        ("after.s.x == 1", ".x is asked of a text"),
        ("after.s[0] == 't'", "a number is no key of a text"),
        ("after.port == 22", "a number and a text are compared"),
        ("22 in [after.port]", "a number and a text are compared"),
        ("after.yes == 1", "a number and true or false are compared"),
        ("after.s < 'u'", "a text and a text have no order"),
        ("after.none < 3", "null and a number have no order"),
        ("after.s", "this has to be true or false and is a text"),
        ("after.n and after.yes", "this has to be true or false and is a number"),
        ("after.s + 1 == 2", "this has to be a number and is a text"),
        ("after.n / 0 == 1", "the arithmetic has no result"),
        ("any(x for x in after.s)", "a loop runs over a list or a map and this is a text"),
        ("1 in after.n", "a number is looked for in a number"),
        ("len(after.n) == 1", "len(): a number has no length"),
        ("number(after.s) == 1", "number(): the text is no number"),
        ("number('nan') == 1", "number(): the text is no number"),
        ("version(after.s) < version('2')", "version(): the text does not begin with a version"),
        ("within(after.s, '10.0.0.0/8')", "within(): the text is no address range"),
        ("lower(after.n) == 'x'", "lower(): a text is wanted, not a number"),
        ("after.yes and\n after.typo == 1", "when, line 2, column 2: there is no attribute"),
    ],
)
def test_it_fails_rather_than_guess(text: str, why: str) -> None:
    with pytest.raises(RuleNotCarriedOut) as failed:
        answer(text)

    assert why in str(failed.value)
    assert "text" not in str(failed.value).replace("a text", "").replace("the text", "")


def test_loops_within_loops_end_by_their_steps() -> None:
    numbers = list(range(1000))
    text = "all(a + b + c >= 0 for a in changed for b in changed for c in changed)"

    with pytest.raises(RuleNotCarriedOut, match="more than 100,000 steps on one change"):
        answer(text, changed=numbers, budget=10 * STEPS)


def test_large_texts_and_trees_cost_steps() -> None:
    tree = [{"a": [str(number)] * 10} for number in range(20_000)]

    with pytest.raises(RuleNotCarriedOut, match="more than 100,000 steps"):
        answer("changed == changed", changed=tree)
    with pytest.raises(RuleNotCarriedOut, match="more than 100,000 steps"):
        answer("any('b' in t for t in changed)", changed=["a" * 1_000_000] * 10)


def test_a_plan_has_a_budget_of_its_own() -> None:
    with pytest.raises(RuleNotCarriedOut, match="too many steps on this plan"):
        answer("after.n == 3", budget=2)


def test_what_no_plan_has_decided_is_open() -> None:
    side = Side({"n": 1}, frozenset({"n"}), is_open=True)

    assert evaluate(parse_expression("after.m == 1"), {"after": side}, Budget(9)) is UNKNOWN
    assert evaluate(parse_expression("after['m'] == 1"), {"after": side}, Budget(9)) is UNKNOWN

"""An answer that does not wait for an unknown value stays right, whatever the value turns out."""

from __future__ import annotations

from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from iacrisk.errors import RuleNotCarriedOut
from iacrisk.plan import UNKNOWN
from iacrisk.rules.own.evaluation import STEPS, Budget, Side, evaluate
from iacrisk.rules.own.expression import Expression, parse_expression
from iacrisk.rules.own.logic import Answer

LEAVES = st.sampled_from([None, True, False, 0, 1, 2, "a", "b", "1.2"])
VALUES = st.one_of(
    LEAVES,
    st.lists(LEAVES, max_size=3),
    st.dictionaries(st.sampled_from(["a", "b"]), LEAVES, max_size=2),
)
ATOMS = st.sampled_from(
    [
        "after.x == 1",
        "after.x != after.y",
        "after.x == [1, after.y]",
        "after.y in after.x",
        "1 in after.x",
        "'a' in after.x",
        "after.x['a'] == after.y",
        "after.x[0] == 1",
        "after.x == null",
        "not after.x",
        "after.x < 2 <= after.y",
        "number(after.x) > after.y",
        "lower(after.x) == 'a'",
        "version(after.x) == version('1.2')",
        "matches(after.y, after.x)",
        "starts_with(after.x, 'a')",
        "len(after.x) > 1",
        "after.x + 1 == after.y",
        "(after.y if after.x else 1) == 1",
        "any(i == after.y for i in after.x)",
        "all(i == after.y for i in after.x if i != null)",
        "count(i for i in after.x if i == after.y) == 1",
        "any([after.x, after.y])",
        "after.z",
    ]
)
EXPRESSIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda two: f"({two[0]} and {two[1]})"),
        st.tuples(inner, inner).map(lambda two: f"({two[0]} or {two[1]})"),
        inner.map(lambda one: f"(not {one})"),
    ),
    max_leaves=4,
)


@settings(max_examples=150)
@given(EXPRESSIONS, VALUES, VALUES, st.booleans(), st.data())
def test_what_is_decided_early_is_decided_rightly(
    text: str, x: Any, y: Any, z: bool, data: st.DataObject
) -> None:
    expression = parse_expression(text)
    hidden = {"x": data.draw(_partly_hidden(x)), "y": data.draw(_partly_hidden(y)), "z": z}
    early = _answer(expression, hidden)
    late = _answer(expression, {"x": x, "y": y, "z": z})

    assume(early is not UNKNOWN and early is not None and late is not None)
    assert early is late


@given(EXPRESSIONS, VALUES, VALUES, st.booleans())
def test_known_values_always_decide_or_fail(text: str, x: Any, y: Any, z: bool) -> None:
    assert _answer(parse_expression(text), {"x": x, "y": y, "z": z}) in (True, False, None)


def _partly_hidden(value: Any) -> st.SearchStrategy[Any]:
    """The value, nothing of it, or some of its parts."""
    whole = [st.just(value), st.just(UNKNOWN)]
    if isinstance(value, list):
        return st.one_of(*whole, st.tuples(*map(_partly_hidden, value)).map(list))
    if isinstance(value, dict):
        parts = {name: _partly_hidden(item) for name, item in value.items()}
        return st.one_of(*whole, st.fixed_dictionaries(parts))
    return st.one_of(*whole)


def _answer(expression: Expression, values: dict[str, Any]) -> Answer | None:
    """None where the rule fails."""
    side = Side(values, frozenset(values), is_open=False)
    try:
        return evaluate(expression, {"after": side}, Budget(STEPS))
    except RuleNotCarriedOut:
        return None

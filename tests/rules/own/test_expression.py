"""What an own rule may say, and how it is told that it may not."""

from __future__ import annotations

import pytest

from iacrisk.rules.own import BadExpression, parse_expression


@pytest.mark.parametrize(
    ("text", "what", "line", "column"),
    [
        ("befor.x == 1", "there is no name 'befor'. Did you mean 'before'?", 1, 1),
        ("type == 'a' and\n  enviroment == 'b'", "there is no name 'enviroment'", 2, 3),
        ("count == 1", "count is a function", 1, 1),
        ("lenght(address) > 3", "there is no function 'lenght'. Did you mean 'len'?", 1, 1),
        ("len(address, type)", "len() takes 1 value", 1, 1),
        ("matches(address)", "matches() takes 2 values", 1, 1),
        ("address.startswith('a')", "only functions are called, not methods", 1, 1),
        ("address ==", "it ends too early", 1, 11),
        ("address == 'x", "unterminated string literal", 1, 12),
        ("(address == 'x'", "its brackets do not match", 1, 1),
        ("address == 'x')", "its brackets do not match", 1, 15),
        ("address) == (type", "its brackets do not match", 1, 8),
        ("address, type", "it is not one expression", 1, 1),
        ("address], [type", "it is not one expression", 1, 1),
        ("x for x in changed", "it is not one expression", 1, 1),
        ("", "it is not one expression", 1, 1),
        ("# nothing", "it is not one expression", 1, 1),
        ("__import__('os')", "there is no function '__import__'", 1, 1),
        ("lambda: 1", "this is not used", 1, 1),
        ("[x for x in changed]", "this is not used", 1, 1),
        ("f'{address}'", "this is not used", 1, 1),
        ("(a := address) == ''", "this is not used", 1, 2),
        ("b'x' == address", "such a literal is not used", 1, 1),
        ("2 ** 9 > 1", "this is not used", 1, 1),
        ("changed[0:1] == changed", "parts of a list are not used", 1, 1),
        ("len(x for x in changed) > 1", "a loop stands inside any(), all() or count()", 1, 4),
        ("any(address == x for x, y in changed)", "a loop has one name", 1, 22),
        ("any(type == 'a' for type in changed)", "type means something else already", 1, 21),
        ("count(x == 'a' for x in changed) > 1", "count() is written count(x for x", 1, 1),
        ("count(changed) > 1", "count() is written count(x for x", 1, 1),
        ("any(x == 'a' for x in changed) and x == 'b'", "there is no name 'x'", 1, 36),
        ("address == '\\d'", "invalid escape", 1, 12),
        ("not " * 900 + "true", "nested too deeply", 1, 1),
        ("-" * 3000 + "1 == 1", "nested too deeply", 1, 1),
        ("address == '" + "x" * 4000 + "'", "it is longer than 4,000 characters", 1, 1),
    ],
)
def test_a_broken_expression_is_refused_with_its_place(
    text: str, what: str, line: int, column: int
) -> None:
    with pytest.raises(BadExpression) as refused:
        parse_expression(text)

    assert what in refused.value.what
    if "brackets" not in what:  # Pythons differ in which of two brackets they blame
        assert (refused.value.line, refused.value.column) == (line, column)


def test_a_comment_does_not_swallow_the_next_line() -> None:
    text = "type == 'a' # only these\nand action == 'delete'"

    assert parse_expression(text).body.__class__.__name__ == "BoolOp"


def test_the_attributes_that_are_read_are_known() -> None:
    read = parse_expression(
        "before.engine == after.engine or after.tags['a.b'] == '' or after.rule[0].port > 1"
        " or any(r.port == 1 for r in after.ingress) or after['x'][address] == 1"
    ).reads

    assert read == (
        ("engine",),
        ("tags", "a.b"),
        ("rule", 0, "port"),
        ("ingress",),
        ("x",),
    )

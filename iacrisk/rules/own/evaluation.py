"""What an expression says of one change: true, false, or UNKNOWN.

It fails, and so holds the plan, rather than guess: an attribute that does not exist, a text
compared with a number, more steps than the budget has. Steps are counted and not timed, so that
the same plan gives the same answer on every machine.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Final, NoReturn

from iacrisk.errors import RuleNotCarriedOut
from iacrisk.plan import UNKNOWN
from iacrisk.rules.own import functions
from iacrisk.rules.own.expression import CONSTANTS, Expression, place_of
from iacrisk.rules.own.logic import Answer, Partial, both, either, kind_of, negated, same, unknown

STEPS: Final = 100_000
"""What one expression may spend on one change."""

_ORDER: Final[Mapping[type[ast.cmpop], Callable[[Any, Any], bool]]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_ARITHMETIC: Final[Mapping[type[ast.operator], Callable[[Any, Any], Any]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}

Scope = Mapping[str, Any]
Element = tuple[Answer, Callable[[], Answer]]
"""One turn of a loop: whether its conditions take it, and what it answers when asked."""


class Side(dict[str, Any]):
    """`before` or `after`: `names` are the attributes that the resource has on either side.

    `open`: the text of the configuration alone is known, so others may exist.
    """

    def __init__(self, tree: dict[str, Any], names: frozenset[str], *, is_open: bool) -> None:
        """Wrap an attribute tree."""
        super().__init__(tree)
        self.names = names
        self.is_open = is_open


class Budget:
    """How many steps may still be taken."""

    def __init__(self, steps: int) -> None:
        """Start with `steps`."""
        self.left = steps


def evaluate(expression: Expression, scope: Scope, budget: Budget) -> Answer:
    """The answer; raises RuleNotCarriedOut where there is none."""
    run = _Run(expression.text, budget)
    try:
        return run.condition(expression.body, scope)
    except RecursionError:
        raise RuleNotCarriedOut("when: it is nested too deeply") from None


class _Run:
    def __init__(self, text: str, budget: Budget) -> None:
        self._text = text
        self._budget = budget
        self._steps = STEPS

    def condition(self, node: ast.expr, scope: Scope) -> Answer:
        """A value that has to be true or false; null is false."""
        return self._truth(node, self.value(node, scope))

    def _truth(self, node: ast.expr, value: Any) -> Answer:
        if unknown(value):
            return UNKNOWN
        if not isinstance(value, bool | None):
            self._fail(node, f"this has to be true or false and is {kind_of(value)}")
        return bool(value)

    def value(self, node: ast.expr, scope: Scope) -> Any:  # noqa: PLR0912 - one line for each
        """The value of a node that `expression` has admitted."""
        self._spend(1)
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name):
                return scope[name] if name in scope else CONSTANTS[name]
            case ast.Attribute(value=inner, attr=name):
                return self._attribute(node, self.value(inner, scope), name)
            case ast.Subscript(value=inner, slice=key):
                return self._key(node, self.value(inner, scope), self.value(key, scope))
            case ast.BoolOp(op=op, values=values):
                return self._connected(op, values, scope)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return negated(self.condition(operand, scope))
            case ast.UnaryOp(operand=operand):
                number = self._number(operand, self.value(operand, scope))
                return UNKNOWN if number is UNKNOWN else -number
            case ast.BinOp(left=left, op=op, right=right):
                return self._arithmetic(node, type(op), left, right, scope)
            case ast.Compare():
                return self._compared(node, scope)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                answer = self.condition(test, scope)
                if answer is UNKNOWN:
                    return UNKNOWN
                return self.value(body if answer else orelse, scope)
            case ast.List(elts=items) | ast.Tuple(elts=items):
                return [self.value(item, scope) for item in items]
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return self._called(node, name, arguments, scope)
        return self._fail(node, "this cannot be evaluated")

    def _attribute(self, node: ast.expr, value: Any, name: str) -> Any:
        """After a dot stands an attribute that exists; null has every attribute, and it is null."""
        if value is UNKNOWN or value is None:
            return value
        if isinstance(value, Side):
            if name not in value.names:
                return UNKNOWN if value.is_open else self._fail(node, _absent(name))
            return value.get(name)
        if not isinstance(value, dict):
            self._fail(node, f".{name} is asked of {kind_of(value)}")
        if name not in value:
            self._fail(node, _absent(name))
        return value[name]

    def _key(self, node: ast.expr, value: Any, key: Any) -> Any:
        """In brackets stands a key or an index that may be absent; then it is null."""
        if value is None or value is UNKNOWN or key is UNKNOWN:
            return None if value is None else UNKNOWN
        if isinstance(value, dict) and isinstance(key, str):
            if isinstance(value, Side) and value.is_open and key not in value.names:
                return UNKNOWN
            return value.get(key)
        if isinstance(value, list) and isinstance(key, int) and not isinstance(key, bool):
            if -len(value) <= key < len(value):
                return value[key]
            return UNKNOWN if isinstance(value, Partial) else None
        return self._fail(node, f"{kind_of(key)} is no key of {kind_of(value)}")

    def _connected(self, op: ast.boolop, values: list[ast.expr], scope: Scope) -> Answer:
        """From left to right, and no further than the answer is decided."""
        decided = isinstance(op, ast.Or)
        answer: Answer = not decided
        for node in values:
            found = self.condition(node, scope)
            answer = either(answer, found) if decided else both(answer, found)
            if answer is decided:
                return answer
        return answer

    def _compared(self, node: ast.Compare, scope: Scope) -> Answer:
        answer: Answer = True
        left = self.value(node.left, scope)
        for op, right_node in zip(node.ops, node.comparators, strict=True):
            right = self.value(right_node, scope)
            answer = both(answer, self._comparison(node, op, left, right))
            if answer is False:
                return False
            left = right
        return answer

    def _comparison(self, node: ast.expr, op: ast.cmpop, left: Any, right: Any) -> Answer:
        match op:
            case ast.Eq() | ast.Is():
                return self._equal(node, left, right)
            case ast.NotEq() | ast.IsNot():
                return negated(self._equal(node, left, right))
            case ast.In():
                return self._contains(node, left, right)
            case ast.NotIn():
                return negated(self._contains(node, left, right))
        if unknown(left, right):
            return UNKNOWN
        if not functions.have_order(left, right):
            self._fail(node, f"{kind_of(left)} and {kind_of(right)} have no order")
        return bool(_ORDER[type(op)](left, right))

    def _equal(self, node: ast.expr, left: Any, right: Any) -> Answer:
        kinds = {kind_of(left), kind_of(right)} - {"null"}
        if len(kinds) == 2 and not unknown(left, right):
            self._fail(node, f"{' and '.join(sorted(kinds))} are compared")
        return same(left, right, self._spend)

    def _contains(self, node: ast.expr, item: Any, container: Any) -> Answer:
        if unknown(item, container):
            return UNKNOWN
        if container is None:
            return False
        if isinstance(container, str) and isinstance(item, str):
            self._spend(len(container) // 64)
            return item in container
        if isinstance(container, dict) and isinstance(item, str):
            found = self._key(node, container, item)
            return UNKNOWN if found is UNKNOWN else found is not None
        if not isinstance(container, list):
            self._fail(node, f"{kind_of(item)} is looked for in {kind_of(container)}")
        answer: Answer = UNKNOWN if isinstance(container, Partial) else False
        for each in container:
            answer = either(answer, self._equal(node, each, item))
            if answer is True:
                return True
        return answer

    def _arithmetic(
        self,
        node: ast.expr,
        op: type[ast.operator],
        left: ast.expr,
        right: ast.expr,
        scope: Scope,
    ) -> Any:
        one = self._number(left, self.value(left, scope))
        other = self._number(right, self.value(right, scope))
        if unknown(one, other):
            return UNKNOWN
        try:
            return _ARITHMETIC[op](one, other)
        except (ArithmeticError, ValueError):
            return self._fail(node, "the arithmetic has no result")

    def _number(self, node: ast.expr, value: Any) -> Any:
        if value is UNKNOWN or kind_of(value) == "a number":
            return value
        return self._fail(node, f"this has to be a number and is {kind_of(value)}")

    def _called(self, node: ast.expr, name: str, arguments: list[ast.expr], scope: Scope) -> Any:
        match name:
            case "any":
                return self._any(arguments[0], scope)
            case "all":
                return self._all(arguments[0], scope)
            case "count":
                return self._count(arguments[0], scope)
        values = [self.value(argument, scope) for argument in arguments]
        self._spend(sum(len(value) // 64 for value in values if isinstance(value, str)))
        try:
            return functions.call(name, values)
        except functions.Unfit as error:
            return self._fail(node, f"{name}(): {error}")

    def _any(self, loop: ast.expr, scope: Scope) -> Answer:
        answer: Answer = False
        for taken, ask in self._elements(loop, scope):
            answer = either(answer, both(taken, ask()))
            if answer is True:
                return True
        return answer

    def _all(self, loop: ast.expr, scope: Scope) -> Answer:
        answer: Answer = True
        for taken, ask in self._elements(loop, scope):
            answer = both(answer, either(negated(taken), ask()))
            if answer is False:
                return False
        return answer

    def _count(self, loop: ast.expr, scope: Scope) -> Any:
        number = 0
        for taken, _ in self._elements(loop, scope):
            if taken is UNKNOWN:
                return UNKNOWN
            number += 1
        return number

    def _elements(self, loop: ast.expr, scope: Scope) -> Iterator[Element]:
        if isinstance(loop, ast.GeneratorExp):
            yield from self._looped(loop, 0, True, scope)
            return
        for known, value in self._items(loop, scope):
            yield known, partial(self._truth, loop, value)

    def _looped(
        self, loop: ast.GeneratorExp, depth: int, taken: Answer, scope: Scope
    ) -> Iterator[Element]:
        if depth == len(loop.generators):
            yield taken, partial(self.condition, loop.elt, scope)
            return
        each = loop.generators[depth]
        assert isinstance(each.target, ast.Name)  # noqa: S101 - `expression` admits nothing else
        for known, value in self._items(each.iter, scope):
            if known is UNKNOWN:
                yield UNKNOWN, _not_known
                continue
            inner = {**scope, each.target.id: value}
            answer = taken
            for condition in each.ifs:
                answer = both(answer, self.condition(condition, inner))
                if answer is False:
                    break
            if answer is not False:
                yield from self._looped(loop, depth + 1, answer, inner)

    def _items(self, node: ast.expr, scope: Scope) -> Iterator[tuple[Answer, Any]]:
        """What is looped over; UNKNOWN in front where it is not known whether there is more."""
        value = self.value(node, scope)
        if value is UNKNOWN:
            yield UNKNOWN, UNKNOWN
            return
        if value is None:
            return
        if not isinstance(value, list | dict):
            self._fail(node, f"a loop runs over a list or a map and this is {kind_of(value)}")
        for item in value:
            self._spend(1)
            yield True, item
        if isinstance(value, Partial):
            yield UNKNOWN, UNKNOWN

    def _spend(self, steps: int) -> None:
        self._steps -= steps
        self._budget.left -= steps
        if self._steps < 0:
            raise RuleNotCarriedOut(f"when: more than {STEPS:,} steps on one change")
        if self._budget.left < 0:
            raise RuleNotCarriedOut("when: too many steps on this plan")

    def _fail(self, node: ast.AST, what: str) -> NoReturn:
        line, column = place_of(self._text, node)
        place = f"line {line}, column {column}" if "\n" in self._text else f"column {column}"
        raise RuleNotCarriedOut(f"when, {place}: {what}")


def _not_known() -> Answer:
    return UNKNOWN


def _absent(name: str) -> str:
    return f"there is no attribute {name!r}; a key that may be absent is asked as [{name!r}]"

"""The expressions of own rules: read and checked once, before any plan.

They are written in Python's expression syntax, of which `ast` parses all and this module admits a
little: names, attributes, keys, literals, comparisons, `and`, `or`, `not`, arithmetic, `x if y
else z`, a few functions, and loops inside `any`, `all` and `count`. Nothing is ever handed to
`eval`; `evaluation` walks the tree.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Final, NoReturn

import msgspec

from iacrisk.plan import Path
from iacrisk.plan.values import PathStep

LONGEST: Final = 4000
DEEPEST: Final = 50
NAMES: Final[Mapping[str, str]] = {
    "before": "the attributes today; null on a create",
    "after": "the planned attributes; null on a delete",
    "changed": "the names of the top-level attributes that differ or become unknown",
    "address": "the address",
    "type": "the resource type",
    "name": "the block's name",
    "module": 'the address of the module instance, `""` for the root',
    "provider": "the provider's short name: `aws`",
    "action": "`create`, `update`, `replace`, `delete`, `forget`, `read` or `no-op`",
    "resource_class": "the catalog's class of the type: `STATEFUL`, `IDENTITY`, …",
    "environment": "`production`, `staging`, `development` or `preview`",
    "dependents": "the existing resources that stay and live on this one, at any hop",
}
FUNCTIONS: Final[Mapping[str, tuple[int, str]]] = {
    "any": (1, "`any(x.port == 22 for x in after.ingress)`: whether it holds for one"),
    "all": (1, "the same, whether it holds for each"),
    "count": (1, '`count(d for d in dependents if d.type == "aws_instance")`: how many'),
    "len": (1, "length of a list, a map or a text"),
    "number": (1, 'the number in a text: `number("7") == 7`'),
    "lower": (1, "a text in lower case"),
    "matches": (2, '`matches(address, "module.db*")`: whether a text fits a glob'),
    "starts_with": (2, "whether a text starts with another"),
    "ends_with": (2, "whether a text ends with another"),
    "version": (1, "`version(after.engine_version) < version(before.engine_version)`"),
    "within": (2, '`within(cidr, "10.0.0.0/8")`: whether an address range lies in another'),
}
LOOPING: Final = frozenset({"any", "all", "count"})
CONSTANTS: Final = {"true": True, "false": False, "null": None}
SIDES: Final = frozenset({"before", "after"})

_Pair = tuple[str, Path]


class BadExpression(Exception):
    """An expression that cannot be used; the text holds nothing but the expression's own words."""

    def __init__(self, what: str, line: int = 1, column: int = 1) -> None:
        """`line` and `column` count from 1 inside the expression."""
        super().__init__(what)
        self.what = what
        self.line = line
        self.column = column


class Expression(msgspec.Struct, frozen=True, kw_only=True):
    """A checked expression. `reads`: the attribute paths that it looks at."""

    text: str
    body: ast.expr
    reads: tuple[Path, ...]


def parse_expression(text: str) -> Expression:
    """The expression in `text`; raises BadExpression."""
    if len(text) > LONGEST:
        raise BadExpression(f"it is longer than {LONGEST:,} characters")
    try:
        body = _parse(text)
        if _is_deeper(body, DEEPEST):
            raise BadExpression("it is nested too deeply")
        _Check(text).check(body, frozenset())
        reads = dict.fromkeys(path for _, path in _reads(body))
    except (ValueError, MemoryError, RecursionError):
        raise BadExpression("it cannot be read, or is nested too deeply") from None
    return Expression(text=text, body=body, reads=tuple(reads))


def place_of(text: str, node: ast.AST) -> tuple[int, int]:
    """Line and column of a node, both from 1."""
    line = getattr(node, "lineno", 2) - 1  # the bracket of `_parse` stands on a line of its own
    lines = text.splitlines() or [""]
    head = lines[min(line, len(lines)) - 1].encode()[: getattr(node, "col_offset", 0)]
    return line, len(head.decode("utf-8", "replace")) + 1


def _parse(text: str) -> ast.expr:
    """Inside brackets an expression may span lines; only one element between them is one."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # such as for an escape that means nothing
            body = ast.parse(f"[\n{text}\n]", mode="eval").body
    except SyntaxError as error:
        raise _unreadable(text, error) from None
    if not isinstance(body, ast.List) or len(body.elts) != 1:
        raise BadExpression("it is not one expression")
    return body.elts[0]


def _unreadable(text: str, error: SyntaxError) -> BadExpression:
    lines = text.splitlines() or [""]
    line, column = (error.lineno or 2) - 1, error.offset or 1
    what = (error.msg or "it cannot be read").partition(" (detected at")[0]
    if line > len(lines):
        line, column = len(lines), len(lines[-1]) + 1
        what = what if "parenthesis" in what else "it ends too early"
    if "parenthesis" in what or "never closed" in what:  # it may speak of our own bracket
        what = "its brackets do not match"
    return BadExpression(f"{what[0].lower()}{what[1:]}", max(line, 1), column)


def _is_deeper(node: ast.AST, most: int) -> bool:
    level = [node]
    for _ in range(most):
        level = [child for each in level for child in ast.iter_child_nodes(each)]
    return bool(level)


class _Check:
    """Refuses all that an own rule may not say, with the place."""

    def __init__(self, text: str) -> None:
        self._text = text

    def check(  # noqa: PLR0912 - one case for each form that is admitted
        self, node: ast.expr, bound: frozenset[str]
    ) -> None:
        """Raise BadExpression unless `node` is admitted; `bound` are the loops' names."""
        match node:
            case ast.Constant(value=value):
                if not isinstance(value, str | int | float | None):
                    self._refuse(node, "such a literal is not used here")
            case ast.Name(id=name):
                self._name(node, name, bound)
            case ast.Attribute(value=value):
                self.check(value, bound)
            case ast.Subscript(value=value, slice=key):
                if isinstance(key, ast.Slice | ast.Tuple):
                    self._refuse(node, "parts of a list are not used here")
                self._each((value, key), bound)
            case ast.BoolOp(values=values):
                self._each(values, bound)
            case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
                self.check(operand, bound)
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div(), right=r):
                self._each((left, r), bound)
            case ast.Compare(left=left, comparators=others):
                self._each((left, *others), bound)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                self._each((test, body, orelse), bound)
            case ast.List(elts=items) | ast.Tuple(elts=items):
                self._each(items, bound)
            case ast.Call():
                self._call(node, bound)
            case ast.GeneratorExp():
                self._refuse(node, "a loop stands inside any(), all() or count()")
            case _:
                self._refuse(node, "this is not used in expressions of own rules")

    def _each(self, nodes: Iterable[ast.expr], bound: frozenset[str]) -> None:
        for node in nodes:
            self.check(node, bound)

    def _name(self, node: ast.Name, name: str, bound: frozenset[str]) -> None:
        if name in bound or name in NAMES or name in CONSTANTS:
            return
        if name in FUNCTIONS:
            self._refuse(node, f"{name} is a function: {name}(…)")
        known = (*NAMES, *CONSTANTS, *bound)
        self._refuse(node, f"there is no name {name!r}", _closest(name, known))

    def _call(self, node: ast.Call, bound: frozenset[str]) -> None:
        if not isinstance(node.func, ast.Name):
            self._refuse(node, "only functions are called, not methods", _listed(FUNCTIONS))
        name = node.func.id
        if name not in FUNCTIONS:
            self._refuse(node, f"there is no function {name!r}", _closest(name, FUNCTIONS))
        wanted, _ = FUNCTIONS[name]
        if node.keywords or len(node.args) != wanted:
            self._refuse(node, f"{name}() takes {wanted} value{'s' if wanted > 1 else ''}")
        for argument in node.args:
            if isinstance(argument, ast.GeneratorExp) and name in LOOPING:
                self._loop(argument, bound)
                if name == "count" and not isinstance(argument.elt, ast.Name):
                    self._refuse(node, "count() is written count(x for x in … if …)")
            elif name == "count":
                self._refuse(node, "count() is written count(x for x in … if …); or take len()")
            else:
                self.check(argument, bound)

    def _loop(self, node: ast.GeneratorExp, bound: frozenset[str]) -> None:
        for each in node.generators:
            self.check(each.iter, bound)
            if not isinstance(each.target, ast.Name) or each.is_async:
                self._refuse(each.target, "a loop has one name")
            name = each.target.id
            if name in NAMES or name in CONSTANTS or name in FUNCTIONS:
                self._refuse(each.target, f"{name} means something else already")
            bound |= {name}
            self._each(each.ifs, bound)
        self.check(node.elt, bound)

    def _refuse(self, node: ast.AST, what: str, hint: str = "") -> NoReturn:
        line, column = place_of(self._text, node)
        raise BadExpression(what + hint, line, column)


def _reads(node: ast.AST) -> Iterator[_Pair]:
    """Side and path of every attribute that is named by constants alone."""
    found = _constant_path(node)
    if found is not None:
        if found[1]:
            yield found
        return
    for child in ast.iter_child_nodes(node):
        yield from _reads(child)


def _constant_path(node: ast.AST) -> _Pair | None:
    match node:
        case ast.Name(id=name) if name in SIDES:
            return name, ()
        case ast.Attribute(value=value, attr=attr):
            return _longer(value, attr)
        case ast.Subscript(value=value, slice=ast.Constant(value=str() | int() as key)):
            return _longer(value, key)
    return None


def _longer(node: ast.AST, step: PathStep) -> _Pair | None:
    found = _constant_path(node)
    return None if found is None else (found[0], (*found[1], step))


def _closest(word: str, known: Iterable[str]) -> str:
    matches = get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return f". Did you mean {matches[0]!r}?" if matches else _listed(known)


def _listed(known: Iterable[str]) -> str:
    return f". Known: {', '.join(sorted(known))}"

"""Terraform files as blocks, attributes and expressions that know where they stand.

An edit has to leave everything it does not mean to change as it was, comments and layout
included. So nothing is printed from a tree: positions come from the tree, changes are splices of
the text. Positions count characters; the files of the lab are ASCII, which `parse` checks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Literal

from iacrisk.errors import SettingsError

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

Kind = Literal[
    "text", "template", "number", "truth", "null", "list", "object", "call", "reference", "other"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """What stands right of an equals sign, in a list, or as an argument of a call."""

    path: str
    start: int
    end: int
    text: str
    kind: Kind
    items: tuple[Expression, ...] = ()
    """Elements of a list, arguments of a call."""
    entries: tuple[Attribute, ...] = ()
    """Entries of an object, in order."""
    name: str = ""
    """The function that is called."""

    @property
    def literal(self) -> str:
        """A text without its quotes; anything else as it is written."""
        return self.text[1:-1] if self.kind in {"text", "template"} else self.text

    def entry(self, name: str) -> Attribute | None:
        """The entry of an object, whether its key is quoted or not."""
        return next((entry for entry in self.entries if entry.name == name), None)

    def walk(self) -> Iterator[Expression]:
        """The expression and everything inside it."""
        yield self
        for item in self.items:
            yield from item.walk()
        for entry in self.entries:
            yield from entry.value.walk()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """`name = value`, in a block, a variables file or an object."""

    path: str
    start: int
    end: int
    name: str
    key_end: int
    value: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A block with its labels; the whole file is the block of kind `file`."""

    path: str
    start: int
    end: int
    kind: str
    labels: tuple[str, ...]
    body_start: int
    """Right behind the opening brace."""
    body_end: int
    """At the closing brace."""
    attributes: tuple[Attribute, ...] = ()
    blocks: tuple[Block, ...] = ()

    @property
    def address(self) -> str:
        """What it is called inside its module: `aws_vpc.main`, `module.network`, `local`."""
        match self.kind, self.labels:
            case "resource", (kind, name):
                return f"{kind}.{name}"
            case "data", (kind, name):
                return f"data.{kind}.{name}"
            case "variable", (name,):
                return f"var.{name}"
            case _:
                return ".".join((self.kind, *self.labels))

    @property
    def type(self) -> str:
        """The resource type; empty for other blocks."""
        return self.labels[0] if self.kind in {"resource", "data"} and self.labels else ""

    def attribute(self, name: str) -> Attribute | None:
        """The attribute of this name, if the block sets it."""
        return next((found for found in self.attributes if found.name == name), None)

    def value(self, name: str) -> Expression | None:
        """The value of an attribute, if the block sets it."""
        found = self.attribute(name)
        return found.value if found else None

    def nested(self, kind: str) -> tuple[Block, ...]:
        """The blocks of a kind directly inside."""
        return tuple(block for block in self.blocks if block.kind == kind)

    def walk(self) -> Iterator[Block]:
        """The block and all blocks inside it."""
        yield self
        for block in self.blocks:
            yield from block.walk()

    def expressions(self) -> Iterator[Expression]:
        """Every expression inside, at any depth."""
        for block in self.walk():
            for attribute in block.attributes:
                yield from attribute.value.walk()


@lru_cache(maxsize=4096)
def parse(path: str, text: str) -> Block:
    """The file as a block of kind `file`. Raises SettingsError where it is not Terraform."""
    if not text.isascii():
        raise SettingsError(f"{path}: the lab's files are plain ASCII.")
    root = _parser().parse(text.encode()).root_node
    if root.has_error:
        raise SettingsError(f"{path}: this is not valid Terraform configuration.")
    reader = _Reader(path, text)
    body = _child(root, "body")
    attributes, blocks = reader.body(body) if body else ((), ())
    return Block(
        path=path,
        start=0,
        end=len(text),
        kind="file",
        labels=(),
        body_start=0,
        body_end=len(text),
        attributes=attributes,
        blocks=blocks,
    )


@cache
def _parser() -> Parser:
    import tree_sitter  # noqa: PLC0415 - part of the extra `lab`
    import tree_sitter_hcl  # noqa: PLC0415

    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_hcl.language()))


def _child(node: Node, kind: str) -> Node | None:
    return next((child for child in node.children if child.type == kind), None)


_LITERALS: dict[str, Kind] = {
    "string_lit": "text",
    "numeric_lit": "number",
    "bool_lit": "truth",
    "null_lit": "null",
}


class _Reader:
    """Turns nodes into values; holds what every value needs."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text

    def body(self, node: Node) -> tuple[tuple[Attribute, ...], tuple[Block, ...]]:
        attributes = [self.attribute(child) for child in node.children if child.type == "attribute"]
        blocks = [self.block(child) for child in node.children if child.type == "block"]
        return tuple(attributes), tuple(blocks)

    def block(self, node: Node) -> Block:
        names = [child for child in node.children if child.type in {"identifier", "string_lit"}]
        body = _child(node, "body")
        attributes, blocks = self.body(body) if body else ((), ())
        opening, closing = _child(node, "block_start"), _child(node, "block_end")
        assert opening is not None  # noqa: S101 - the grammar has them
        assert closing is not None  # noqa: S101
        return Block(
            path=self.path,
            start=node.start_byte,
            end=node.end_byte,
            kind=self._text(names[0]),
            labels=tuple(self._text(name).strip('"') for name in names[1:]),
            body_start=opening.end_byte,
            body_end=closing.start_byte,
            attributes=attributes,
            blocks=blocks,
        )

    def attribute(self, node: Node) -> Attribute:
        """An attribute of a body or an entry of an object."""
        key, value = node.children[0], node.children[-1]
        return Attribute(
            path=self.path,
            start=node.start_byte,
            end=node.end_byte,
            name=self._text(key).strip('"'),
            key_end=key.end_byte,
            value=self.expression(value),
        )

    def expression(self, node: Node) -> Expression:
        inner = node
        while inner.type in {"expression", "collection_value", "literal_value", "template_expr"}:
            if inner.child_count != 1:
                break
            (inner,) = inner.children
        kind, items, entries, name = self._contents(inner)
        return Expression(
            path=self.path,
            start=node.start_byte,
            end=node.end_byte,
            text=self._text(node),
            kind=kind,
            items=items,
            entries=entries,
            name=name,
        )

    def _contents(
        self, node: Node
    ) -> tuple[Kind, tuple[Expression, ...], tuple[Attribute, ...], str]:
        match node.type:
            case "tuple":
                return "list", self._expressions(node), (), ""
            case "object":
                elements = [child for child in node.children if child.type == "object_elem"]
                return "object", (), tuple(map(self.attribute, elements)), ""
            case "function_call":
                arguments = _child(node, "function_arguments")
                name = self._text(node.children[0])
                return "call", self._expressions(arguments) if arguments else (), (), name
            case "quoted_template":
                return "template", (), (), ""
            case "expression" if node.children[0].type == "variable_expr":
                return "reference", (), (), ""
            case "variable_expr":
                return "reference", (), (), ""
            case other:
                return _LITERALS.get(other, "other"), (), (), ""

    def _expressions(self, node: Node) -> tuple[Expression, ...]:
        return tuple(self.expression(c) for c in node.children if c.type == "expression")

    def _text(self, node: Node) -> str:
        return self.text[node.start_byte : node.end_byte]

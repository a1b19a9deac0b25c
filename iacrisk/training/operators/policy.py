"""Statements of policies, whichever way they are written.

A statement is a `statement` block of a policy document or an object inside `jsonencode`. The names
of its parts differ; what an edit does to them does not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from iacrisk.training.operators.stack import Operator, Site, Splice, Stack, cut, drop_item
from iacrisk.training.operators.syntax import Attribute, Block, Expression

_BLOCK_NAMES = {
    "Sid": "sid",
    "Effect": "effect",
    "Action": "actions",
    "Resource": "resources",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement with what surrounds it."""

    where: str
    owner: Block
    """The resource or document it belongs to."""
    block: Block | None = None
    siblings: tuple[Expression, ...] = ()
    index: int = 0

    @property
    def form(self) -> Expression:
        """The object of a statement written in JSON."""
        return self.siblings[self.index]

    @property
    def trust(self) -> bool:
        """Whether it says who may assume a role."""
        return self.service == "sts" and self.part("Resource") is None

    def part(self, name: str) -> Attribute | None:
        """The attribute that holds Sid, Effect, Action or Resource."""
        if self.block is not None:
            return self.block.attribute(_BLOCK_NAMES[name])
        return self.form.entry(name)

    def words(self, name: str) -> tuple[Expression, ...]:
        """The actions or resources one by one, whether a list or a single text."""
        part = self.part(name)
        if part is None:
            return ()
        return part.value.items if part.value.kind == "list" else (part.value,)

    def removed(self, stack: Stack) -> Splice:
        """The splice that drops the statement."""
        if self.block is not None:
            return cut(stack, self.block)
        return drop_item(self.siblings, self.index)

    @property
    def service(self) -> str:
        """The one service of the actions; empty when there are several or any."""
        services = {word.literal.partition(":")[0] for word in self.words("Action")}
        (only,) = services if len(services) == 1 else ("",)
        return only if only.isalnum() else ""

    @property
    def alone(self) -> bool:
        """Whether the policy would be empty without it."""
        if self.block is not None:
            return len(self.owner.nested("statement")) == 1
        return len(self.siblings) == 1


@lru_cache(maxsize=32)
def statements(stack: Stack) -> tuple[Statement, ...]:
    """Every statement of every policy, in order."""
    return tuple(_statements(stack))


def _statements(stack: Stack) -> Iterator[Statement]:
    for file in stack.files:
        for block in file.blocks:
            if block.type == "aws_iam_policy_document" and block.kind == "data":
                for index, inner in enumerate(block.nested("statement")):
                    yield Statement(
                        where=f"{block.path}:{block.address}.statement[{index}]",
                        owner=block,
                        block=inner,
                    )
            elif block.kind in {"resource", "locals", "module"}:
                yield from _encoded(block)


def _encoded(block: Block) -> Iterator[Statement]:
    for attribute in block.attributes:
        for value in attribute.value.walk():
            listed = value.entry("Statement") if value.kind == "object" else None
            if listed is None:
                continue
            items = listed.value.items if listed.value.kind == "list" else (listed.value,)
            for index, item in enumerate(items):
                if item.kind == "object":
                    yield Statement(
                        where=f"{block.path}:{block.address}.{attribute.name}[{index}]",
                        owner=block,
                        siblings=items,
                        index=index,
                    )


Offers = Iterator[tuple[str, tuple[Splice, ...]]]
"""What can be done to a statement: the parameter and the splices of each edit."""


def on_statements(
    name: str,
    family: str,
    offer: Callable[[Stack, Statement], Offers],
    *,
    calm: bool = False,
    silent: bool = False,
    share: float = 1.0,
) -> Operator:
    """An operator that tries `offer` on every statement."""

    def find(stack: Stack) -> Iterator[Site]:
        for statement in statements(stack):
            for parameter, splices in offer(stack, statement):
                yield Site(where=statement.where, parameter=parameter, splices=splices)

    return Operator(name=name, family=family, find=find, calm=calm, silent=silent, share=share)

"""Finds values by the name they go under, wherever a stack sets them.

A size may stand in the resource, in the call of the module, in a local value or in the variables
file; the same edit applies to all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from iacrisk.training.operators.stack import Operator, Site, Stack, replace
from iacrisk.training.operators.syntax import Attribute, Block, Expression

_CODE = frozenset({"resource", "module", "locals", "file", "data"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """An attribute or entry with the name it goes under and the block around it."""

    where: str
    name: str
    attribute: Attribute
    block: Block
    """The resource, module call, locals or file that it stands in."""

    @property
    def value(self) -> Expression:
        return self.attribute.value


@lru_cache(maxsize=32)
def settings(stack: Stack) -> tuple[Setting, ...]:
    """Every named value of the stack: attributes, entries of objects, defaults of variables."""
    return tuple(_settings(stack))


def _settings(stack: Stack) -> Iterator[Setting]:
    given = {attribute.name for file in stack.files for attribute in file.attributes}
    for file in stack.files:
        for attribute in file.attributes:
            yield from _inside(attribute, file, f"{file.path}:")
        for block in file.blocks:
            where = f"{file.path}:{block.address}."
            if block.kind in _CODE:
                yield from _attributes(block, block, where)
            elif block.kind == "variable" and (default := block.attribute("default")):
                name = block.labels[0]
                if "/" in file.path or name not in given:
                    where = f"{file.path}:{block.address}"
                    yield Setting(where=where, name=name, attribute=default, block=block)


def _attributes(block: Block, outer: Block, where: str) -> Iterator[Setting]:
    for attribute in block.attributes:
        yield from _inside(attribute, outer, where)
    seen: dict[str, int] = {}
    for nested in block.blocks:
        number = seen[nested.kind] = seen.get(nested.kind, -1) + 1
        yield from _attributes(nested, outer, f"{where}{nested.kind}[{number}].")


def _inside(attribute: Attribute, outer: Block, where: str) -> Iterator[Setting]:
    place = f"{where}{attribute.name}"
    yield Setting(where=place, name=attribute.name, attribute=attribute, block=outer)
    for position, value in enumerate(_objects(attribute.value)):
        index = f"[{position}]" if position else ""
        for entry in value.entries:
            yield from _inside(entry, outer, f"{place}{index}.")


def _objects(value: Expression) -> Iterator[Expression]:
    if value.kind == "object":
        yield value
    else:
        for item in value.items:
            yield from _objects(item)


Choose = Callable[[Expression], Iterable[str]]


def change(
    name: str,
    family: str,
    names: Collection[str],
    kinds: Collection[str],
    choose: Choose,
    *,
    types: Collection[str] = (),
    calm: bool = False,
    share: float = 1.0,
) -> Operator:
    """An operator that replaces literals of certain names by what `choose` offers.

    With `types`, only inside resources of these types.
    """

    def find(stack: Stack) -> Iterator[Site]:
        for setting in settings(stack):
            if setting.name not in names or setting.value.kind not in kinds:
                continue
            if types and setting.block.type not in types:
                continue
            yield from offered(setting, choose(setting.value))

    return Operator(name=name, family=family, find=find, calm=calm, share=share)


def offered(setting: Setting, texts: Iterable[str]) -> Iterator[Site]:
    """A site for each text that differs from the value."""
    for text in dict.fromkeys(texts):
        if text != setting.value.text:
            yield Site(
                where=setting.where,
                parameter=f"{short(setting.value.text)} to {short(text)}",
                splices=(replace(setting.value, text),),
            )


def short(text: str, limit: int = 48) -> str:
    """A value on one line, cut when long."""
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 3]}..."


def quoted(text: str) -> str:
    """The text as a Terraform literal."""
    return f'"{text}"'

"""A base stack as text and blocks, the splices that change it, and what operators offer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import replace as replacing
from functools import cached_property
from itertools import pairwise
from pathlib import Path, PurePosixPath

from iacrisk.errors import SettingsError
from iacrisk.training.operators.syntax import Attribute, Block, Expression, parse

_SUFFIXES = (".tf", ".tfvars")
_OTHER_ENVIRONMENTS = "env"
"""Folder of the variables of the environments that the lab does not apply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Splice:
    """The characters from `start` to `end` of a file become `text`."""

    path: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One place where an operator applies, with the change it makes there."""

    where: str
    """File and block: `modules/db/main.tf:aws_db_instance.main`, unique with the parameter."""
    parameter: str
    splices: tuple[Splice, ...]


Finder = Callable[["Stack"], Iterator[Site]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """A kind of edit. It says nothing about the outcome: probes do."""

    name: str
    family: str
    find: Finder
    silent: bool = False
    """Alone it changes no resource: such plans serve as controls, and combined it may matter."""
    calm: bool = False
    """Its author expects that it mostly does no harm. This balances the draw and nothing else."""
    share: float = 1.0
    """How often it is drawn, against the others of its family."""


class Stack:
    """The files of a stack, parsed once. Never changed: `edited` gives new texts."""

    def __init__(self, name: str, texts: Mapping[str, str]) -> None:
        self.name = name
        self.texts = dict(sorted(texts.items()))

    @classmethod
    def read(cls, folder: Path) -> Stack:
        """The stack in a folder. Raises SettingsError where a file is not Terraform."""
        paths = [path for path in folder.rglob("*") if path.suffix in _SUFFIXES]
        return cls(
            folder.name,
            {
                path.relative_to(folder).as_posix(): path.read_text(encoding="ascii")
                for path in paths
                if not any(part.startswith(".") for part in path.relative_to(folder).parts)
            },
        )

    @cached_property
    def files(self) -> tuple[Block, ...]:
        """The files that the lab applies, as blocks, in order of their paths."""
        return tuple(
            parse(path, text)
            for path, text in self.texts.items()
            if PurePosixPath(path).parts[0] != _OTHER_ENVIRONMENTS
        )

    def blocks(self, kind: str) -> Iterator[Block]:
        """The top-level blocks of a kind in all files."""
        for file in self.files:
            yield from file.nested(kind)

    def resources(self, *types: str) -> Iterator[Block]:
        """The resources of these types; all resources without a type."""
        for block in self.blocks("resource"):
            if not types or block.type in types:
                yield block

    def module_files(self, path: str) -> Iterator[Block]:
        """The files of the module that a file belongs to."""
        folder = folder_of(path)
        for file in self.files:
            if folder_of(file.path) == folder:
                yield file

    def edited(self, splices: Iterable[Splice]) -> dict[str, str]:
        """The texts with the splices made. Raises SettingsError where two overlap."""
        texts = dict(self.texts)
        ordered = _joined(sorted(splices, key=_position))
        for earlier, later in pairwise(ordered):
            if collide(earlier, later):
                raise SettingsError(f"{later.path}: two edits change the same characters.")
        for splice in reversed(ordered):
            text = texts.get(splice.path, "")
            texts[splice.path] = text[: splice.start] + splice.text + text[splice.end :]
        return texts


def _position(splice: Splice) -> tuple[str, int, int]:
    return splice.path, splice.start, splice.end


def _joined(ordered: list[Splice]) -> list[Splice]:
    """The splices with deletions that overlap made one: neighbours may share a blank line."""
    joined: list[Splice] = []
    for splice in ordered:
        last = joined[-1] if joined else None
        if last and not last.text and not splice.text and collide(last, splice):
            joined[-1] = replacing(last, end=max(last.end, splice.end))
        else:
            joined.append(splice)
    return joined


def folder_of(path: str) -> str:
    """The folder of a file in a stack; empty for the root."""
    return path.rpartition("/")[0]


def collide(first: Splice, second: Splice) -> bool:
    """Whether two splices cannot both be made. Insertions at one place can."""
    if first.path != second.path:
        return False
    if first.start == first.end == second.start == second.end:
        return False
    return first.start < second.end and second.start < first.end


def place(block: Block, detail: str = "") -> str:
    """Where a block is, as the name of a site."""
    return f"{block.path}:{block.address}{f'.{detail}' if detail else ''}"


def replace(value: Expression | Attribute | Block, text: str) -> Splice:
    """The value, attribute or block becomes `text`."""
    return Splice(path=value.path, start=value.start, end=value.end, text=text)


def cut(stack: Stack, value: Attribute | Block) -> Splice:
    """The attribute or block goes, with its lines and the blank line above it."""
    text = stack.texts[value.path]
    start = text.rfind("\n", 0, value.start) + 1
    end = text.find("\n", value.end) + 1 or len(text)
    if text[max(0, start - 2) : start] == "\n\n":
        start -= 1
    elif start == 0 and text[end : end + 1] == "\n":
        end += 1
    if text[start:end].lstrip("\n").strip() != text[value.start : value.end].strip():
        start, end = value.start, value.end  # something else stands on its lines
    return Splice(path=value.path, start=start, end=end, text="")


def drop_item(items: tuple[Expression | Attribute, ...], index: int) -> Splice:
    """An element of a list or object goes, with the comma between it and its neighbour."""
    item = items[index]
    if index + 1 < len(items):
        return Splice(path=item.path, start=item.start, end=items[index + 1].start, text="")
    start = items[index - 1].end if index else item.start
    return Splice(path=item.path, start=start, end=item.end, text="")


def add_line(stack: Stack, block: Block, line: str) -> Splice:
    """A line (or several, indented as for the left margin) before the block's closing brace."""
    text = stack.texts[block.path]
    margin = _margin(text, block.start)
    lines = "".join(f"{margin}  {part}\n" if part else "\n" for part in line.split("\n"))
    start = text.rfind("\n", 0, block.body_end) + 1
    if text[start : block.body_end].strip():
        return Splice(
            path=block.path,
            start=block.body_end,
            end=block.body_end,
            text="\n" + lines + margin,
        )
    return Splice(path=block.path, start=start, end=start, text=lines)


def append(stack: Stack, path: str, text: str) -> Splice:
    """Text at the end of a file, after a blank line; a file that is not there is made."""
    end = len(stack.texts.get(path, ""))
    return Splice(path=path, start=end, end=end, text=f"\n{text}" if end else text)


def _margin(text: str, start: int) -> str:
    line = text[text.rfind("\n", 0, start) + 1 : start]
    return line[: len(line) - len(line.lstrip())]

"""Lists that number things: appended to, inserted into, shortened and put in another order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from ipaddress import IPv4Network

from iacrisk.training.operators.literals import Setting, offered, settings
from iacrisk.training.operators.stack import Operator, Site, Stack
from iacrisk.training.operators.syntax import Expression

_FAMILY = "lists"
_KINDS = frozenset({"locals", "file", "variable", "module"})
_Order = Callable[[list[str]], Iterator[list[str]]]


def _lists(stack: Stack) -> Iterator[tuple[Setting, tuple[Expression, ...]]]:
    """Lists of texts in values that a module or the stack counts over."""
    for setting in settings(stack):
        value = setting.value
        if value.kind == "call" and value.name == "toset" and len(value.items) == 1:
            (value,) = value.items
        if value.kind != "list" or not value.items:
            continue
        counted = setting.block.kind in _KINDS or setting.name == "for_each"
        if counted and all(item.kind in {"text", "template"} for item in value.items):
            yield setting, value.items


def _operator(
    name: str, order: _Order, *, fresh: bool = False, calm: bool = False, share: float = 1.0
) -> Operator:
    """With `fresh` the order brings a new word, which inside an object may be a key of nothing."""

    def find(stack: Stack) -> Iterator[Site]:
        for setting, items in _lists(stack):
            if fresh and not _outermost(setting) and "/" not in items[0].text:
                continue
            for words in order([item.text for item in items]):
                text = f"[{', '.join(words)}]"
                whole = f"toset({text})" if setting.value.kind == "call" else text
                yield from offered(setting, [whole])

    return Operator(name=name, family=_FAMILY, find=find, calm=calm, share=share)


def _outermost(setting: Setting) -> bool:
    """Whether the value is an attribute itself and not an entry of an object."""
    place = setting.where.partition(":")[2]
    address = setting.block.address
    return place in {setting.name, address, f"{address}.{setting.name}"}


def _append(words: list[str]) -> Iterator[list[str]]:
    yield [*words, _another(words)]


def _insert(words: list[str]) -> Iterator[list[str]]:
    yield [_another(words), *words]


def _another(words: list[str]) -> str:
    """A word like the others that is not among them; the next free range for address ranges."""
    last = words[-1].strip('"')
    try:
        network = IPv4Network(last)
    except ValueError:
        stem, _, zone = last.rpartition("us-east-1")
        return f'"{stem}us-east-1{chr(ord(zone) + 1)}"' if len(zone) == 1 else f'"{last}-two"'
    size = network.num_addresses
    return f'"{IPv4Network((int(network.network_address) + 32 * size, network.prefixlen))}"'


def _drop_first(words: list[str]) -> Iterator[list[str]]:
    if len(words) > 1:
        yield words[1:]


def _drop_last(words: list[str]) -> Iterator[list[str]]:
    if len(words) > 1:
        yield words[:-1]


def _swap(words: list[str]) -> Iterator[list[str]]:
    if len(words) > 1:
        yield [words[1], words[0], *words[2:]]


def _reverse(words: list[str]) -> Iterator[list[str]]:
    if len(words) > 2:
        yield words[::-1]


def _sort(words: list[str]) -> Iterator[list[str]]:
    yield sorted(words)


OPERATORS: tuple[Operator, ...] = (
    _operator("append-item", _append, fresh=True, calm=True, share=2),
    _operator("insert-item", _insert, fresh=True),
    _operator("drop-first-item", _drop_first),
    _operator("drop-last-item", _drop_last),
    _operator("swap-items", _swap),
    _operator("reverse-items", _reverse),
    _operator("sort-items", _sort),
)

"""Keys: maps that things are made from, and the ways from count to for_each and back."""

from __future__ import annotations

import re
from collections.abc import Iterator

from iacrisk.training.operators.literals import Setting, settings
from iacrisk.training.operators.names import moved, references
from iacrisk.training.operators.stack import (
    Operator,
    Site,
    Splice,
    Stack,
    append,
    drop_item,
    folder_of,
    place,
    replace,
)
from iacrisk.training.operators.syntax import Attribute, Block, Expression

_FAMILY = "keys"
_KINDS = frozenset({"locals", "file", "variable"})


def _maps(stack: Stack) -> Iterator[tuple[Setting, Expression]]:
    """Objects that for_each walks: written there, or a local or input value that it names."""
    walked = {
        found
        for file in stack.files
        for block in file.blocks
        if (each := block.value("for_each")) is not None
        for found in re.findall(r"\b(?:local|var)\.(\w+)", each.text)
    }
    for setting in settings(stack):
        if setting.value.kind != "object" or len(setting.value.entries) < 1:
            continue
        direct = setting.name == "for_each" and setting.where.endswith(".for_each")
        if direct or (setting.block.kind in _KINDS and setting.name in walked):
            yield setting, setting.value


def _twins(stack: Stack, setting: Setting, value: Expression) -> list[Expression]:
    """The map and the others of its module that have the same keys and are looked up by them."""
    keys = {entry.name for entry in value.entries}
    folder = folder_of(setting.attribute.path)
    return [
        other
        for found, other in _maps(stack)
        if folder_of(found.attribute.path) == folder
        and {entry.name for entry in other.entries} == keys
    ]


def _rekey(stack: Stack) -> Iterator[Site]:
    """Another key for one entry; other maps with the same keys and `name["old"]` follow."""
    for setting, value in _maps(stack):
        twins = _twins(stack, setting, value)
        for entry in value.entries:
            new = f"{entry.name}v2"
            keys = [_key(one, new) for twin in twins if (one := twin.entry(entry.name))]
            splices = (*keys, *_indexes(stack, twins, entry.name, new))
            yield Site(where=f"{setting.where}.{entry.name}", parameter=new, splices=splices)


def _key(entry: Attribute, new: str) -> Splice:
    return Splice(path=entry.path, start=entry.start, end=entry.key_end, text=f'"{new}"')


def _indexes(stack: Stack, maps: list[Expression], old: str, new: str) -> Iterator[Splice]:
    """`["old"]` anywhere outside the maps themselves."""
    pattern = re.compile(rf'(?<=\[)"{re.escape(old)}"(?=\])')
    for path, text in stack.texts.items():
        for found in pattern.finditer(text):
            inside = (one.path == path and one.start <= found.start() < one.end for one in maps)
            if not any(inside):
                yield Splice(path=path, start=found.start(), end=found.end(), text=f'"{new}"')


def _drop_key(stack: Stack) -> Iterator[Site]:
    for setting, value in _maps(stack):
        if len(value.entries) < 2:
            continue
        twins = _twins(stack, setting, value)
        for entry in value.entries:
            if f'["{entry.name}"]' not in "".join(stack.texts.values()):
                splices = (
                    _drop_entry(stack, twin.entries, index)
                    for twin in twins
                    for index, one in enumerate(twin.entries)
                    if one.name == entry.name
                )
                yield Site(
                    where=f"{setting.where}.{entry.name}", parameter="", splices=tuple(splices)
                )


def _drop_entry(stack: Stack, entries: tuple[Attribute, ...], index: int) -> Splice:
    """An entry with its line or its comma."""
    entry = entries[index]
    text = stack.texts[entry.path]
    start = text.rfind("\n", 0, entry.start) + 1
    end = text.find("\n", entry.end) + 1
    alone = not text[start : entry.start].strip() and not text[entry.end : end].strip(" \n,")
    if alone:
        return Splice(path=entry.path, start=start, end=end, text="")
    return drop_item(entries, index)


def _add_key(stack: Stack) -> Iterator[Site]:
    """One entry more, like the last one; other maps with the same keys get one, too."""
    for setting, value in _maps(stack):
        last = value.entries[-1].name
        splices = [
            _copied(stack, twin, entry)
            for twin in _twins(stack, setting, value)
            if (entry := twin.entry(last))
        ]
        yield Site(where=setting.where, parameter=f"{last}2", splices=tuple(splices))


def _copied(stack: Stack, value: Expression, entry: Attribute) -> Splice:
    text = stack.texts[entry.path]
    line = text[text.rfind("\n", 0, entry.start) + 1 : entry.start]
    joint = f"\n{line}" if not line.strip() and "\n" in value.text else ", "
    new = f'{joint}"{entry.name}2" = {entry.value.text}'
    return Splice(path=entry.path, start=entry.end, end=entry.end, text=new)


def _counted(stack: Stack) -> Iterator[tuple[Block, Attribute, str, list[Expression]]]:
    """Resources that count over a list of texts whose items are known, with list and items."""
    for block in stack.resources():
        count = block.attribute("count")
        found = re.fullmatch(r"length\(((?:local|var)\.(\w+))\)", count.value.text if count else "")
        if count is None or found is None:
            continue
        items = _items(stack, found[2])
        if _indexed_otherwise(stack, block):
            continue
        if items and f"{found[1]}[count.index]" in stack.texts[block.path]:
            yield block, count, found[1], items


def _indexed_otherwise(stack: Stack, block: Block) -> bool:
    """Whether somewhere an instance is picked by a number that is computed."""
    texts = (stack.texts[found.path][found.end :] for found in references(stack, block))
    return any(text.startswith("[") and not _INDEX.match(text) for text in texts)


_INDEX = re.compile(r"\[(?:\*|\d+|count\.index)\]")


def _items(stack: Stack, name: str) -> list[Expression]:
    for setting in settings(stack):
        if setting.name == name and setting.value.kind == "list":
            words = [item for item in setting.value.items if item.kind == "text"]
            if words and len(words) == len(setting.value.items):
                return words
    return []


def _to_for_each(stack: Stack, *, tell: bool) -> Iterator[Site]:
    for block, count, name, items in _counted(stack):
        splices = [replace(count, f"for_each = toset({name})")]
        splices += _replaced(stack, block, f"{name}[count.index]", "each.value")
        if "count.index" in _rest(stack, block, name):
            splices += [
                splice
                for splice in _replaced(stack, block, "count.index", f"index({name}, each.value)")
                if not any(_inside(splice, other) for other in splices)
            ]
        splices += _references_to_values(stack, block)
        if tell:
            text = "\n".join(
                moved(f"{block.address}[{index}]", f'{block.address}["{item.literal}"]')
                for index, item in enumerate(items)
            )
            splices.append(append(stack, block.path, text))
        yield Site(where=place(block), parameter=name, splices=tuple(splices))


def _inside(splice: Splice, other: Splice) -> bool:
    return splice.path == other.path and other.start <= splice.start and splice.end <= other.end


def _rest(stack: Stack, block: Block, name: str) -> str:
    body = stack.texts[block.path][block.start : block.end]
    return body.replace(f"{name}[count.index]", "")


def _replaced(stack: Stack, block: Block, old: str, new: str) -> list[Splice]:
    body = stack.texts[block.path][block.start : block.end]
    return [
        Splice(
            path=block.path,
            start=block.start + found.start(),
            end=block.start + found.end(),
            text=new,
        )
        for found in re.finditer(re.escape(old), body)
    ]


def _references_to_values(stack: Stack, block: Block) -> list[Splice]:
    """`name[*].id`, `name[0].id` and `name[count.index].id` become values by position."""
    splices = []
    for found in references(stack, block):
        rest = stack.texts[found.path][found.end :]
        index = _INDEX.match(rest)
        if index is not None:
            splices.append(
                Splice(
                    path=found.path,
                    start=found.start,
                    end=found.end,
                    text=f"values({block.address})",
                )
            )
    return splices


def _to_for_each_silently(stack: Stack) -> Iterator[Site]:
    yield from _to_for_each(stack, tell=False)


def _to_for_each_with_moved(stack: Stack) -> Iterator[Site]:
    yield from _to_for_each(stack, tell=True)


def _to_count(stack: Stack) -> Iterator[Site]:
    """A set walked by for_each is counted instead."""
    for block in stack.resources():
        each = block.attribute("for_each")
        body = stack.texts[block.path][block.start : block.end]
        if each is None or "each.value." in body or any(True for _ in references(stack, block)):
            continue
        listed = (
            f"tolist({each.value.text})"
            if "toset" in each.value.text
            else f"keys({each.value.text})"
        )
        splices = [replace(each, f"count = length({each.value.text})")]
        splices += _replaced(stack, block, "each.key", f"{listed}[count.index]")
        if "toset" in each.value.text:
            splices += _replaced(stack, block, "each.value", f"{listed}[count.index]")
        else:
            splices += _replaced(
                stack, block, "each.value", f"values({each.value.text})[count.index]"
            )
        yield Site(where=place(block), parameter="", splices=tuple(splices))


def _single(stack: Stack) -> Iterator[Block]:
    for block in stack.resources():
        if block.attribute("count") is None and block.attribute("for_each") is None:
            yield block


def _make_optional(stack: Stack) -> Iterator[Site]:
    """`count = 1` on a single resource; Terraform sees by itself that it moves to `[0]`."""
    yield from _counted_once(stack, "1", followed=True)


def _switch_off(stack: Stack) -> Iterator[Site]:
    """`count = 0` on a resource to which nothing refers."""
    yield from _counted_once(stack, "0", followed=False)


def _counted_once(stack: Stack, number: str, *, followed: bool) -> Iterator[Site]:
    for block in _single(stack):
        found = list(references(stack, block))
        if found and not followed:
            continue
        start = block.body_start
        head = Splice(path=block.path, start=start, end=start, text=f"\n  count = {number}\n")
        follow = (
            Splice(path=one.path, start=one.start, end=one.end, text=f"{one.text}[0]")
            for one in found
        )
        yield Site(where=place(block), parameter="", splices=(head, *follow))


def _condition_off(stack: Stack) -> Iterator[Site]:
    """A condition that decides over a count is turned."""
    for setting in settings(stack):
        value = setting.value
        named = setting.name in {"versioned", "enabled", "create", "public"} or (
            setting.name.startswith(("enable_", "create_", "with_"))
            and setting.block.kind in {"locals", "file", "module", "variable"}
        )
        if named and value.kind == "truth":
            new = "false" if value.text == "true" else "true"
            yield Site(
                where=setting.where,
                parameter=f"{value.text} to {new}",
                splices=(replace(value, new),),
            )


OPERATORS: tuple[Operator, ...] = (
    Operator(name="rekey", family=_FAMILY, find=_rekey),
    Operator(name="drop-key-of-map", family=_FAMILY, find=_drop_key),
    Operator(name="add-key", family=_FAMILY, find=_add_key, calm=True, share=2),
    Operator(name="count-to-for-each", family=_FAMILY, find=_to_for_each_silently),
    Operator(
        name="count-to-for-each-with-moved",
        family=_FAMILY,
        find=_to_for_each_with_moved,
        silent=True,
    ),
    Operator(name="for-each-to-count", family=_FAMILY, find=_to_count),
    Operator(name="make-optional", family=_FAMILY, find=_make_optional, silent=True),
    Operator(name="switch-off", family=_FAMILY, find=_switch_off),
    Operator(name="turn-condition", family=_FAMILY, find=_condition_off),
)

"""Ties by plain names at the many other providers: an alarm's contact, a login's policy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.catalog.named import Naming, named_by, namings_of
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange, lookup
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.siblings import stays

_MOST: Final = 50


def naming_it(change: ResourceChange, context: Context) -> Iterator[str]:
    """Those of the plan that name the object by its name or id, and stay."""
    if change.kind is ActionKind.CREATE:
        return
    found: dict[str, None] = {}
    for naming in namings_of(change.type):
        for name in _values(change.before, naming.attribute.split(".")):
            users = _index(naming, context).get(_bare(name), ())
            found |= dict.fromkeys(one.label for one in users if stays(one))
    if len(found) <= _MOST:
        yield from found


def named_by_it(change: ResourceChange, context: Context) -> Iterator[str]:
    """Those that the object names today, and stay."""
    yield from _named(change, context, lost=False)


def no_longer_named_by_it(change: ResourceChange, context: Context) -> Iterator[str]:
    """Those that the object names today and will not name, and stay."""
    if change.kind is ActionKind.UPDATE:
        yield from _named(change, context, lost=True)


def _named(change: ResourceChange, context: Context, *, lost: bool) -> Iterator[str]:
    if change.kind is ActionKind.CREATE:
        return
    found: dict[str, None] = {}
    for naming in named_by(change.type):
        steps = naming.path.split(".")
        names = set(map(_bare, _values(change.before, steps)))
        if lost:
            names -= set(map(_bare, _values(change.after, steps)))
        index = _objects(naming, context) if names else {}
        for name in sorted(names):
            found |= dict.fromkeys(one.label for one in index.get(name, ()) if stays(one))
    if len(found) <= _MOST:
        yield from found


def _objects(naming: Naming, context: Context) -> dict[str, list[ResourceChange]]:
    def build() -> dict[str, list[ResourceChange]]:
        index: dict[str, list[ResourceChange]] = {}
        for one in context.changes_of(naming.type):
            for name in _values(one.before, naming.attribute.split(".")):
                index.setdefault(_bare(name), []).append(one)
        return index

    return once(context.plan, ("known by", naming.type, naming.attribute), build)


def _index(naming: Naming, context: Context) -> dict[str, list[ResourceChange]]:
    def build() -> dict[str, list[ResourceChange]]:
        index: dict[str, list[ResourceChange]] = {}
        for one in context.changes_of(naming.user):
            for name in _values(one.before, naming.path.split(".")):
                index.setdefault(_bare(name), []).append(one)
        return index

    return once(context.plan, ("named", naming.user, naming.path), build)


def _values(tree: Any, steps: list[str]) -> Iterator[str]:
    if not steps:
        if isinstance(tree, str | int) and not isinstance(tree, bool) and tree != "":
            yield str(tree)
    elif steps[0] == "*":
        for item in tree if isinstance(tree, list) else ():
            yield from _values(item, steps[1:])
    elif tree is not UNKNOWN:
        step = steps[0].replace("!", ".")
        yield from _values(lookup(tree, (int(step) if step.isdigit() else step,)), steps[1:])


def _bare(name: str) -> str:
    """`User:sa-1` names the account `sa-1`."""
    return name.removeprefix("User:").lower()

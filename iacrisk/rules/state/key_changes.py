"""What becomes of an object when its index or its for_each key changes."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from iacrisk.catalog import facts
from iacrisk.plan import Key, ResourceChange, unset
from iacrisk.rules.readers.siblings import Group, keys_of, skeleton
from iacrisk.rules.rule import Confidence
from iacrisk.rules.state.same_object import Pair, has_unknown, pair_up

_NOT_TELLING: Final = (
    facts.COMPUTED_NOISE
    | facts.TAG_ATTRIBUTES
    | facts.DESCRIPTION_ATTRIBUTES
    | {"ami", "engine_version", "image_id", "instance_class", "instance_type", "user_data"}
)


Words = tuple[str, ...]


def distinct_values(group: Iterable[ResourceChange]) -> dict[tuple[str, Words], str]:
    """Attribute values that one sibling alone has today, with its address."""
    owners: dict[tuple[str, Words], str] = {}
    shared: set[tuple[str, Words]] = set()
    for item in group:
        for name, value in item.before.items():
            words = _words(value) if name not in _NOT_TELLING else ()
            if words:
                if (name, words) in owners:
                    shared.add((name, words))
                owners[name, words] = item.label
    return {key: label for key, label in owners.items() if key not in shared}


def is_neighbour(item: ResourceChange, name: str, today: dict[tuple[str, Words], str]) -> bool:
    words = _words(item.after.get(name))
    return bool(words) and today.get((name, words), item.label) != item.label


def _words(value: Any) -> Words:
    """A text or a list of texts; nothing for any other value."""
    if isinstance(value, str):
        return (value,) if value else ()
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    return ()


_FEW: Final = 400


def renamed(gone: Group, made: Group) -> Iterator[Pair]:
    taken: set[str] = set()
    for pair in pair_up(gone, made):
        if is_key_churn(pair.deleted, pair.created):
            taken |= {pair.deleted.label, pair.created.label}
            yield pair
    if len(gone) * len(made) > _FEW:
        return
    for deleted in gone:
        for created in made:
            if taken.isdisjoint({deleted.label, created.label}) and _is_respelled(deleted, created):
                taken |= {deleted.label, created.label}
                yield Pair(deleted=deleted, created=created, confidence=Confidence.MEDIUM, paths=())


def is_key_churn(deleted: ResourceChange, created: ResourceChange) -> bool:
    """Whether the two addresses differ in one string key and nothing else."""
    return _key_change(deleted.address, created.address) is not None


def _key_change(old: str, new: str) -> tuple[str, str] | None:
    if "[" not in old or "[" not in new or skeleton(old) != skeleton(new):
        return None
    pairs = zip(keys_of(old), keys_of(new), strict=True)
    differing: list[tuple[Key, Key]] = [pair for pair in pairs if pair[0] != pair[1]]
    match differing:
        case [(str(old_key), str(new_key))]:
            return old_key, new_key
    return None


def _is_respelled(deleted: ResourceChange, created: ResourceChange) -> bool:
    keys = _key_change(deleted.address, created.address)
    return keys is not None and _alike(*keys) and _equal_but_for(keys, deleted, created)


_SAME_WORD: Final = 0.85


def _alike(old: str, new: str) -> bool:
    """Whether one key is another spelling of the other, not merely the next number."""
    plain_old, plain_new = (re.sub(r"[\W_]+", "", key).casefold() for key in (old, new))
    if plain_old == plain_new:
        return True
    if re.sub(r"\d+", "", plain_old) == re.sub(r"\d+", "", plain_new):
        return False
    shorter, longer = sorted((plain_old, plain_new), key=len)
    if len(shorter) > 2 and shorter in longer:
        return True
    return difflib.SequenceMatcher(None, plain_old, plain_new).ratio() >= _SAME_WORD


_MOSTLY: Final = 0.8


def _equal_but_for(keys: tuple[str, str], deleted: ResourceChange, created: ResourceChange) -> bool:
    """Whether the attributes are equal once the old key is read as the new one."""
    after = {
        name: value
        for name, value in created.after.items()
        if not unset(value) and not has_unknown(value) and name not in facts.COMPUTED_NOISE
    }
    if not after:
        return False
    equal = sum(
        _with_key(deleted.before.get(name), keys) == json.dumps(value, sort_keys=True)
        for name, value in after.items()
    )
    return equal / len(after) >= _MOSTLY


def _with_key(value: Any, keys: tuple[str, str]) -> str:
    return json.dumps(value, sort_keys=True, default=str).replace(*keys)

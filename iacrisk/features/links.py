"""Links between resources that no reference shows: one's name stands in another's values.

A function reads a table's name from its environment, a policy names a bucket by its ARN, a record
points at a host. Cutting such a link hurts although no edge of the graph is touched.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec

from iacrisk.patterns import regex
from iacrisk.plan import ActionKind, Plan, ResourceChange

_SHORTEST: Final = 4
_MOST_OWNERS: Final = 4
_TOKEN: Final = regex(r"[^\s\"'/:,;{}\[\]()=$\\|]+")
_SEPARATORS: Final = b" \t\n\r\"'/:,;{}[]()=$\\|"
_TO_QUOTE: Final = bytes.maketrans(_SEPARATORS, b'"' * len(_SEPARATORS))
_NOT_THERE: Final = frozenset({ActionKind.CREATE, ActionKind.READ})
_COMMON: Final = frozenset(
    {"default", "main", "enabled", "disabled", "true", "false", "http", "https", "standard"}
)


class _Identity(msgspec.Struct, gc=False):
    """The attributes by which others name a resource."""

    id: Any = None
    arn: Any = None
    name: Any = None
    bucket: Any = None
    identifier: Any = None
    function_name: Any = None
    cluster_identifier: Any = None
    address: Any = None
    endpoint: Any = None
    dns_name: Any = None
    fqdn: Any = None
    domain_name: Any = None
    private_ip: Any = None
    public_ip: Any = None
    self_link: Any = None
    url: Any = None


_identity = msgspec.json.Decoder(_Identity)
_FIELDS: Final = _Identity.__struct_fields__


class Links:
    """Who is known by which words; made once for a plan."""

    def __init__(self, plan: Plan) -> None:
        """Read the identities of everything that exists today."""
        self._owners: dict[str, tuple[str, ...]] = {}
        self._words: dict[str, tuple[str, ...]] = {}
        self._goes = frozenset(change.label for change in plan.changes if change.destroys)
        for change in plan.changes:
            if change.kind in _NOT_THERE or change.mode != "managed" or change.deposed:
                continue
            words = self._words[change.label] = tuple(_identity_words(change))
            for word in words:
                owners = self._owners.get(word, ())
                if change.label not in owners and len(owners) < _MOST_OWNERS:
                    self._owners[word] = _with_owner(plan, owners, change)

    def words(self, label: str) -> tuple[str, ...]:
        """What the resource at `label` is known by, beside what it shares with a main owner."""
        words = self._words.get(label, ())
        return tuple(word for word in words if label in self._owners.get(word, ()))

    def living(self, values: Iterable[Any], but: str) -> frozenset[str]:
        """Labels of resources that stay and whose words stand in `values`; `but` left out."""
        words = {word for value in values for word in _words_in(value)}
        owners = {owner for word in words for owner in self._owners.get(word, ())}
        return frozenset(owners - {but}) - self._goes


class NoLinks(Links):
    """For who does not ask about links: nobody is linked, and no plan is read."""

    def __init__(self) -> None:
        """Know nobody."""
        self._owners = {}
        self._words = {}
        self._goes = frozenset()

    def living(self, values: Iterable[Any], but: str) -> frozenset[str]:
        """Nobody."""
        del values, but
        return frozenset()


def mentions(plan: Plan, wanted: Mapping[str, str]) -> dict[str, int]:
    """How many resources still hold a word in their planned values, by the word's owner.

    `wanted`: the words that go to the label of the resource that was known by them. Resources
    that go themselves are not counted, nor is the owner.
    """
    counts: dict[str, int] = {}
    if not wanted:
        return counts
    raw_wanted = {word.encode(): owner for word, owner in wanted.items()}
    for change in plan.changes:
        if change.mode != "managed" or not _stays(change):
            continue
        words = bytes(change.raw.change.after).translate(_TO_QUOTE).split(b'"')
        found = raw_wanted.keys() & set(words)
        for owner in {raw_wanted[word] for word in found} - {change.label}:
            counts[owner] = counts.get(owner, 0) + 1
    return counts


def words_of_identity(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """The words by which an object is known today and will not be known any more."""
    for name in _FIELDS:
        was, becomes = before.get(name), after.get(name)
        if isinstance(was, str) and isinstance(becomes, str) and was != becomes:
            kept = _TOKEN.findall(becomes)
            yield from (word for word in _own_words(was) if word not in kept)


def _stays(change: ResourceChange) -> bool:
    return change.kind not in {ActionKind.DELETE, ActionKind.READ, ActionKind.CREATE}


def _identity_words(change: ResourceChange) -> Iterator[str]:
    try:
        identity = _identity.decode(change.raw.change.before)
    except msgspec.DecodeError:
        return
    for name in _FIELDS:
        value = getattr(identity, name)
        if isinstance(value, str):
            yield from _own_words(value)


def _own_words(value: str) -> Iterator[str]:
    """The value itself where it is one word, else the last word of an ARN, URL or path."""
    value = value.rstrip("/:")
    word = value[max(value.rfind("/"), value.rfind(":")) + 1 :]
    is_own = len(word) >= _SHORTEST and not word.isdigit() and word.lower() not in _COMMON
    if is_own and _TOKEN.fullmatch(word):
        yield word


def _with_owner(plan: Plan, owners: tuple[str, ...], change: ResourceChange) -> tuple[str, ...]:
    """A bucket and its settings share the bucket's name: the type the other begins with owns it."""
    types = [plan.by_label[owner].type for owner in owners]
    if any(change.type.startswith(f"{type_}_") for type_ in types):
        return owners
    kept = [
        owner
        for owner, type_ in zip(owners, types, strict=True)
        if not type_.startswith(f"{change.type}_")
    ]
    return (*kept, change.label)


def _words_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from _TOKEN.findall(value)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _words_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from _words_in(item)

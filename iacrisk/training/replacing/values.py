"""Values to try: a resource that can be planned, with one argument of our choice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, Final

import msgspec

from iacrisk.training.replacing.schema import Argument, Block, Nested

Texts = tuple[str, str]
_PAIRS: Final[Mapping[str, tuple[str, str]]] = {
    "word": ("alpha", "beta"),
    "arn": ("arn:aws:iam::123456789012:role/alpha", "arn:aws:iam::123456789012:role/beta"),
    "document": ('{"Version":"2012-10-17","a":"b"}', '{"Version":"2012-10-17","a":"c"}'),
    "range": ("10.0.0.0/24", "10.1.0.0/24"),
    "address": ("10.0.0.1", "10.0.0.2"),
    "time": ("2031-01-01T00:00:00Z", "2032-01-01T00:00:00Z"),
    "number": ("1", "2"),
    "version": ("1.1", "1.2"),
    "switch": ("true", "false"),
    "account": ("123456789012", "210987654321"),
    "region": ("us-east-1", "us-west-2"),
    "range6": ("2001:db8:1::/64", "2001:db8:2::/64"),
    "duration": ("1h", "2h"),
    "items": ('[{"name":"alpha","image":"a"}]', '[{"name":"beta","image":"a"}]'),
}
KINDS: Final = tuple(_PAIRS)
"""Kinds of text to try where the provider refuses one."""
_NAMED: Final = (
    ("arn", ("arn", "arns", "role")),
    ("range", ("cidr", "cidrs", "cidr_block")),
    ("items", ("container_definitions",)),
    ("document", ("policy", "json", "document", "definition", "definitions", "template", "body")),
    ("time", ("time", "date", "timestamp", "at", "modified")),
    ("duration", ("rto", "rpo")),
    ("version", ("version",)),
    ("account", ("account_id", "owner_id")),
    ("region", ("region",)),
    ("address", ("ip", "address")),
)
KNOWN: Final[Mapping[str, Mapping[str, Texts]]] = {
    "aws_cloudcontrolapi_resource": {"schema": ('{"a":"b"}', '{"a":"c"}')},
    "aws_directory_service_trust": {
        "trust_direction": ("One-Way: Outgoing", "Two-Way"),
        "trust_type": ("Forest", "External"),
    },
    "aws_docdbelastic_cluster": {"auth_type": ("PLAIN_TEXT", "SECRET_ARN")},
    "aws_elasticache_cluster": {"engine": ("redis", "memcached"), "engine_version": ("7.1", "7.0")},
    "aws_elasticache_replication_group": {
        "engine": ("redis", "valkey"),
        "engine_version": ("7.1", "7.0"),
    },
    "aws_kinesis_firehose_delivery_stream": {"destination": ("extended_s3", "http_endpoint")},
    "aws_lightsail_instance": {"availability_zone": ("us-east-1a", "us-east-1b")},
    "aws_m2_environment": {
        "preferred_maintenance_window": ("sun:01:00-sun:02:00", "mon:01:00-mon:02:00"),
    },
}
"""Texts without which a plan of the type is refused, or ends the provider."""
DEPTH: Final = 4
_NOT_TRIED: Final = frozenset({"id", "tags_all"})
_FULL_DEPTH: Final = 2
_MOST_PATHS: Final = 160
_HUGE: Final = 2000
"""Types with more arguments take the provider many seconds a question."""


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """An argument or block whose change is tried, and how."""

    path: str
    type: Any
    is_block: bool = False
    repeats: bool = False
    computed: bool = False
    required: bool = False


class Role(StrEnum):
    """Which of the three values of a plan's question it is."""

    PRIOR = "prior"
    PROPOSED = "proposed"
    CONFIG = "config"


class Filling(msgspec.Struct, frozen=True, kw_only=True):
    """How a resource is filled: `full` with every argument, else with the required ones.

    `target`: what is tried, with the value `put`. `defaults`: what the state holds where a
    top-level argument is absent. `learned`: two texts that the provider takes, by path.
    """

    role: Role
    target: str = ""
    put: Any = None
    full: bool = False
    defaults: Mapping[str, Any] = msgspec.field(default_factory=dict)
    learned: Mapping[str, Texts] = msgspec.field(default_factory=dict)

    def texts(self, path: str) -> Texts:
        """Two texts for an argument, as learned, or else as its name asks for."""
        return self.learned.get(path) or texts_of(kind_of(path.rpartition(".")[2]))

    def reaches(self, path: str) -> bool:
        """Whether the target stands in the block at `path`, or is it."""
        return self.target == path or self.target.startswith(f"{path}.")


def targets(block: Block) -> tuple[tuple[Target, ...], tuple[str, ...]]:
    """What can be changed in a type, and the blocks that lie too deep to be tried."""
    for depth in range(1 if _size(block) > _HUGE else DEPTH, 0, -1):
        found = tuple(_targets(block, "", depth))
        if len(found) <= _MOST_PATHS or depth == 1:
            return found, tuple(_beyond(block, "", depth))
    return (), ()


def candidates(target: Target, texts: Texts) -> tuple[Any, Any]:
    """Two different values for an argument, made of two texts."""
    return _sample(target.type, texts, 0), _sample(target.type, texts, 1)


def texts_of(kind: str) -> Texts:
    """Two texts of a kind."""
    return _PAIRS[kind]


def kind_of(name: str) -> str:
    """The kind of text that an argument's name asks for."""
    for kind, words in _NAMED:
        if any(name == word or name.endswith(f"_{word}") for word in words):
            return kind
    return "word"


def fill(block: Block, filling: Filling, path: str = "", depth: int = 1) -> dict[str, Any]:
    """The block as a value of its type."""
    found: dict[str, Any] = {}
    for argument in block.arguments:
        found[argument.name] = _value(argument, filling, path + argument.name, depth)
    for nested in block.blocks:
        found[nested.name] = _nested_value(nested, filling, path + nested.name, depth)
    return found


def _value(argument: Argument, filling: Filling, path: str, depth: int) -> Any:
    kept = filling.defaults.get(path)
    is_kept = filling.role is Role.PRIOR or (filling.role is Role.PROPOSED and argument.computed)
    if path == filling.target and (filling.put is not None or not is_kept):
        return filling.put
    is_full = filling.full and argument.is_given and depth <= _FULL_DEPTH
    if argument.required or (is_full and path != filling.target):
        return _sample(argument.type, filling.texts(path), 0)
    if not is_kept or kept is not None:
        return kept if is_kept else None
    is_computed = argument.computed and path != filling.target
    return _sample(argument.type, filling.texts(path), 0) if is_computed else None


def _nested_value(nested: Nested, filling: Filling, path: str, depth: int) -> Any:
    if path == filling.target:
        items = [
            fill(nested.block, msgspec.structs.replace(filling, target=""), f"{path}.", depth + 1)
            for _ in range(filling.put)
        ]
        _tell_apart(items, nested, filling, path)
    else:
        is_full = filling.full and depth <= _FULL_DEPTH and nested.name != "timeouts"
        is_there = nested.required or is_full or filling.reaches(path)
        inner = [fill(nested.block, filling, f"{path}.", depth + 1)] if is_there else []
        items = inner
    return (items[0] if items else None) if nested.single else items


def _tell_apart(items: list[dict[str, Any]], nested: Nested, filling: Filling, path: str) -> None:
    """The second of two items gets another text, or it would be the first again in a set."""
    if len(items) > 1:
        for argument in nested.block.arguments:
            if argument.is_given and argument.type in ("string", "number"):
                texts = filling.texts(f"{path}.{argument.name}")
                items[1][argument.name] = _sample(argument.type, texts, 1)
                return


def _sample(type_: Any, texts: Texts, index: int) -> Any:
    match type_:
        case "string" | "dynamic":
            return texts[index]
        case "number":
            return 1 + index
        case "bool":
            return index == 0
        case [("list" | "set"), inner]:
            return [_sample(inner, texts, index)]
        case ["map", inner]:
            return {"key": _sample(inner, texts, index)}
        case ["object", members, *_]:
            return {
                name: _sample(inner, texts_of(kind_of(name)), index)
                for name, inner in members.items()
            }
        case ["tuple", members]:
            return [_sample(inner, texts, index) for inner in members]
        case _:
            raise ValueError(f"no value for the type {type_}")


def _targets(block: Block, path: str, depth: int) -> Iterator[Target]:
    for argument in block.arguments:
        if argument.is_given and path + argument.name not in _NOT_TRIED:
            yield Target(
                path=path + argument.name,
                type=argument.type,
                computed=argument.computed,
                required=argument.required,
            )
    for nested in block.blocks:
        if nested.name == "timeouts":
            continue
        at = path + nested.name
        yield Target(
            path=at, type=None, is_block=True, repeats=nested.repeats, required=nested.required
        )
        if depth > 1:
            yield from _targets(nested.block, f"{at}.", depth - 1)


def _size(block: Block) -> int:
    return len(block.arguments) + sum(1 + _size(nested.block) for nested in block.blocks)


def _beyond(block: Block, path: str, depth: int) -> Iterator[str]:
    for nested in block.blocks:
        if nested.name == "timeouts":
            continue
        if depth == 1:
            yield path + nested.name
        else:
            yield from _beyond(nested.block, f"{path}{nested.name}.", depth - 1)

"""Sizes and engines: class, storage, memory, engine, version, encryption and key."""

from __future__ import annotations

from collections.abc import Iterator

from iacrisk.training.operators.literals import change
from iacrisk.training.operators.numbers import doubled, fixed, halved, mapped, turned
from iacrisk.training.operators.stack import Operator, Site, Stack, cut, place, replace
from iacrisk.training.operators.syntax import Expression

_CLASSES = frozenset(
    {"instance_class", "instance_type", "class", "node_type", "instance_types", "node_class"}
)
_STORAGE = frozenset({"allocated_storage", "storage", "size", "volume_size", "disk_size"})
_STORAGE_KINDS = frozenset({"storage_type", "volume_type"})
_FAMILY = "sizes"
_LADDER = ("micro", "small", "medium", "large", "xlarge", "2xlarge", "4xlarge")


def _bigger(value: Expression) -> Iterator[str]:
    yield from _resized(value, (1, 2))


def _smaller(value: Expression) -> Iterator[str]:
    yield from _resized(value, (-1, -2))


def _resized(value: Expression, steps: tuple[int, int]) -> Iterator[str]:
    family, _, size = value.literal.rpartition(".")
    if size in _LADDER:
        for step in steps:
            position = _LADDER.index(size) + step
            least = 0 if ".t" in f".{family}" else _LADDER.index("large")
            if least <= position < len(_LADDER):
                yield f'"{family}.{_LADDER[position]}"'


_GENERATIONS = {"t3": ("t4g",), "m5": ("m6i", "r5"), "r5": ("r6i",), "t2": ("t3",), "c5": ("c6i",)}


def _other_family(value: Expression) -> Iterator[str]:
    parts = value.literal.split(".")
    for position, part in enumerate(parts):
        for newer in _GENERATIONS.get(part, ()):
            yield '"' + ".".join([*parts[:position], newer, *parts[position + 1 :]]) + '"'


_VERSIONS = {
    "15.4": ("15.5", "16.1"),
    "14.9": ("14.10", "15.4"),
    "8.0.35": ("8.0.36",),
    "7.1": ("7.0",),
    "6.2": ("7.0",),
    "1.29": ("1.30",),
    "1.30": ("1.31",),
    "OpenSearch_2.11": ("OpenSearch_2.13",),
}
_ENGINES = {
    "postgres": ("mysql", "mariadb"),
    "mysql": ("mariadb", "postgres"),
    "redis": ("memcached",),
}
_KEY_ARGUMENTS = (
    "kms_key_id",
    "kms_key_arn",
    "kms_master_key_id",
    "kms_key",
    "encryption_key",
)


def _drop_key(stack: Stack) -> Iterator[Site]:
    for block in stack.resources():
        for inner in block.walk():
            for attribute in inner.attributes:
                if attribute.name in _KEY_ARGUMENTS:
                    detail = "" if inner is block else f"{inner.kind}."
                    yield Site(
                        where=place(block, f"{detail}{attribute.name}"),
                        parameter="",
                        splices=(cut(stack, attribute),),
                    )


def _swap_key(stack: Stack) -> Iterator[Site]:
    """Another key of the same module takes the place of the key."""
    for block in stack.resources():
        keys = [
            key.labels[1]
            for file in stack.module_files(block.path)
            for key in file.nested("resource")
            if key.type == "aws_kms_key"
        ]
        for inner in block.walk():
            for attribute in inner.attributes:
                if attribute.name not in (*_KEY_ARGUMENTS, "target_key_id"):
                    continue
                for key in keys:
                    parts = attribute.value.text.split(".")
                    if parts[0] == "aws_kms_key" and len(parts) == 3 and parts[1] != key:
                        detail = "" if inner is block else f"{inner.kind}."
                        yield Site(
                            where=place(block, f"{detail}{attribute.name}"),
                            parameter=f"aws_kms_key.{key}",
                            splices=(replace(attribute.value, f"aws_kms_key.{key}.{parts[2]}"),),
                        )


_ENCRYPTED = frozenset({"storage_encrypted", "encrypted", "sqs_managed_sse_enabled"})
_TEXT, _NUMBER, _TRUTH = ("text",), ("number",), ("truth",)
_MEMORY = frozenset({"memory", "memory_size", "cpu"})

OPERATORS: tuple[Operator, ...] = (
    change("bigger-class", _FAMILY, _CLASSES, _TEXT, _bigger, calm=True),
    change("smaller-class", _FAMILY, _CLASSES, _TEXT, _smaller),
    change("other-class-family", _FAMILY, _CLASSES, _TEXT, _other_family, calm=True),
    change("grow-storage", _FAMILY, _STORAGE, _NUMBER, doubled(), calm=True),
    change("shrink-storage", _FAMILY, _STORAGE, _NUMBER, halved(5), share=0.5),
    change(
        "storage-type",
        _FAMILY,
        _STORAGE_KINDS,
        _TEXT,
        mapped({"gp2": ("gp3",), "gp3": ("gp2", "io1"), "io1": ("gp3",)}),
        share=0.5,
    ),
    change(
        "engine-version",
        _FAMILY,
        {"engine_version", "version"},
        _TEXT,
        mapped(_VERSIONS),
        calm=True,
    ),
    change("engine", _FAMILY, {"engine"}, _TEXT, mapped(_ENGINES), share=0.5),
    change("encryption-off", _FAMILY, _ENCRYPTED, _TRUTH, turned(False), share=0.5),
    change("encryption-on", _FAMILY, _ENCRYPTED, _TRUTH, turned(True), calm=True),
    change(
        "encryption-algorithm",
        _FAMILY,
        {"sse_algorithm"},
        _TEXT,
        mapped({"aws:kms": ("AES256",), "AES256": ("aws:kms",)}),
    ),
    Operator(name="drop-key", family=_FAMILY, find=_drop_key),
    Operator(name="swap-key", family=_FAMILY, find=_swap_key),
    change("more-memory", _FAMILY, _MEMORY, ("number", "text"), doubled(10240), calm=True),
    change("less-memory", _FAMILY, _MEMORY, ("number",), halved(128)),
    change(
        "multi-zone",
        _FAMILY,
        {"multi_az", "multi_az_enabled"},
        _TRUTH,
        fixed("true", "false"),
        calm=True,
    ),
)

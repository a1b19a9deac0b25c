"""A rule of a bucket comes to delete what jobs keep for a while, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from iacrisk.catalog.retention import EXPIRATIONS
from iacrisk.patterns import regex
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.plan.values import mapping
from iacrisk.rules.benign.harmless_attributes import explain
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.programs.lifetimes import SCRATCH, days_to_live
from iacrisk.rules.readers.shapes import last_part
from iacrisk.rules.readers.siblings import stays

BUCKETS: Final = frozenset(
    {
        "aws_s3_bucket",
        "aws_s3_bucket_lifecycle_configuration",
        "azurerm_storage_management_policy",
        "google_storage_bucket",
    }
)
_URI: Final = regex(r"(?:gs|s3[an]?)://([^/\s\"',]+)/?([^\s\"',]*)")
_AZURE: Final = regex(r"(?:abfss?|wasbs?)://([^@/\s\"']+)@([\w-]+)\.[\w.]+/?([^\s\"',]*)")
_MARKS: Final = (b"gs://", b"s3://", b"s3a://", b"abfs", b"wasb")
_WHILE: Final = regex(
    r"(^|[^a-z])(temp|tmp|temporary|scratch|spill|staging|stage)(?![a-z])"
    r"|(temp|tmp|scratch|spill|staging)_?(bucket|dir|directory|folder|gcs|location|path|prefix|uri)",
    re.IGNORECASE,
)
_WEEK: Final = 7


def why_only_scratch_prefix(change: ResourceChange, context: Context) -> str | None:
    """Why nobody misses what comes to be deleted: jobs alone put it there, for a while."""
    rules, block = EXPIRATIONS[change.type]
    rest = change.changed - {rules}
    planned = change.becomes(rules)
    if planned is UNKNOWN or (rest and explain(change, context, *rest) is None):
        return None
    before, after = days_to_live(change.was(rules), block), days_to_live(planned, block)
    new = {
        scope: days
        for scope, days in after.items()
        if days < before.get(scope, before.get("", days + 1)) and not SCRATCH.match(scope)
    }
    places = _places(context).get(_bucket(change), [])
    if new and all(days >= _WEEK and _is_for_a_while(scope, places) for scope, days in new.items()):
        return "jobs of the plan keep there what they need for a while, and nobody else names it"
    return None


_NAMES: Final = {
    "azurerm_storage_management_policy": "storage_account_id",
    "google_storage_bucket": "name",
}


def _bucket(change: ResourceChange) -> str:
    """The bucket or account that the rules are for."""
    return last_part(change.before.get(_NAMES.get(change.type, "bucket")))


def _is_for_a_while(scope: str, places: list[tuple[str, bool]]) -> bool:
    """Whether all that stands for a place under the prefix, or around it, is for a while."""
    near = [
        is_while
        for path, is_while in places
        if path.startswith(scope) or (scope.startswith(path.rstrip("*")) and not is_while)
    ]
    return bool(scope) and bool(near) and all(near)


def _places(context: Context) -> dict[str, list[tuple[str, bool]]]:
    """By bucket, each path that anything of the plan names, and whether as a place for a while."""

    def build() -> dict[str, list[tuple[str, bool]]]:
        index: dict[str, list[tuple[str, bool]]] = {}
        for one in context.plan.changes:
            if one.mode != "managed" or one.kind is ActionKind.DELETE:
                continue
            raw = bytes(one.raw.change.after)
            if any(mark in raw for mark in _MARKS):
                for bucket, path, is_while in _named(one.after, ""):
                    if path or one.type not in BUCKETS:
                        index.setdefault(bucket, []).append((path, is_while and stays(one)))
        return index

    return once(context.plan, "places in buckets", build)


def _named(value: Any, name: str) -> Iterator[tuple[str, str, bool]]:
    """Each address of an object in the value: the bucket, the path, whether for a while."""
    if isinstance(value, list):
        for item in value:
            yield from _named(item, name)
    elif isinstance(value, dict):
        inner = mapping(value)
        own = inner.get("name")
        for key, item in inner.items():
            is_variable = key == "value" and isinstance(own, str)
            yield from _named(item, str(own) if is_variable else str(key))
    elif isinstance(value, str):
        for found in _URI.finditer(value):
            yield found[1], found[2], _is_while(value, found.start(), name)
        for found in _AZURE.finditer(value):
            path = f"{found[1]}/{found[3]}"
            yield found[2], path, _is_while(value, found.start(), name)


def _is_while(text: str, start: int, name: str) -> bool:
    label = text[max(0, start - _LABEL) : start]
    return bool(_WHILE.search(label if "=" in label else name))


_LABEL: Final = 24
"""How much of a text before an address may say what it is for, as in `--temp_location=gs://…`."""

"""Which settings of a live object an update takes away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.catalog import facts
from iacrisk.plan import UNKNOWN, Path, ResourceChange, unset

_REMOVED_FREELY: Final = (
    facts.TAG_ATTRIBUTES
    | facts.DESCRIPTION_ATTRIBUTES
    | facts.COMPUTED_NOISE
    | {
        "allow_overwrite",
        "apply_immediately",
        "final_snapshot_identifier",
        "force_delete",
        "force_destroy",
        "force_detach_policies",
        "name_prefix",
        "skip_destroy",
        "skip_final_snapshot",
        "timeouts",
        "wait_for_deployment",
        "wait_for_steady_state",
    }
)


def removed_settings(change: ResourceChange) -> list[Path]:
    """Where something is set today and will not be, words and bookkeeping left out."""
    return [
        path
        for name in sorted(change.changed - _REMOVED_FREELY)
        for path in _removed(change.before.get(name), change.after.get(name), (name,))
    ]


def _removed(before: Any, after: Any, path: Path) -> Iterator[Path]:
    """Where something is set today and will not be."""
    if _is_default(before) or after is UNKNOWN:
        return
    if unset(after):
        yield path
    elif isinstance(before, dict) and isinstance(after, dict):
        for name in sorted(before):
            yield from _removed(before[name], after.get(name), (*path, name))
    elif isinstance(before, list) and isinstance(after, list):
        yield from _removed_items(before, after, path)


def _removed_items(before: list[Any], after: list[Any], path: Path) -> Iterator[Path]:
    if any(item is UNKNOWN for item in after):
        return
    missing = [index for index, item in enumerate(before) if item not in after]
    if len(before) > len(after) or not all(isinstance(item, dict) for item in before):
        yield from ((*path, index) for index in missing)
    elif len(before) == len(after):
        for index in missing:
            yield from _removed(before[index], after[index], (*path, index))


def _is_default(value: Any) -> bool:
    """Whether losing the value loses nothing: it is unset, false or zero throughout."""
    if isinstance(value, dict):
        return all(map(_is_default, value.values()))
    if isinstance(value, list):
        return all(map(_is_default, value))
    return unset(value) or value in (False, 0)

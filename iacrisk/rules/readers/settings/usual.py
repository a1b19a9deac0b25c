"""Flags for settings that mean the same almost everywhere, on types of which no row tells more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.catalog.capacity import is_counted
from iacrisk.catalog.settings import has_rows, is_settled, usual_settings
from iacrisk.plan import Path, ResourceChange
from iacrisk.rules.readers.settings.settings import outcomes
from iacrisk.rules.rule import Flag, Outcome

_DEEPEST: Final = 4
_WITHOUT_THE_WORLD: Final = frozenset(
    {
        "archive",
        "external",
        "http",
        "local",
        "null",
        "random",
        "template",
        "terraform",
        "time",
        "tls",
    }
)
"""Providers whose objects are nowhere but in the state."""

_SPOKEN: Final = frozenset({"labels", "metadata", "tags", "tags_all"})
"""Maps whose keys are somebody's own words."""


def flags_of_usual_settings(rule: str, change: ResourceChange) -> Iterator[Outcome]:
    """What the names of the changed settings tell; what is not known yet tells nothing."""
    if change.type.partition("_")[0] in _WITHOUT_THE_WORLD:
        return
    any_name = not has_rows(change.type)
    for root in sorted(map(str, change.changed)):
        if root in _SPOKEN or is_settled(change.type, root) or is_counted(change.type, root):
            continue
        for path, name in _places(change.before.get(root), change.after.get(root), (root,)):
            for setting in usual_settings(rule, name, any_name=any_name):
                for outcome in outcomes(setting, change.before, change.after, path):
                    if isinstance(outcome, Flag):
                        yield outcome


def _places(before: Any, after: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """The setting and, where it is a single block on both sides, those inside that differ."""
    yield path, str(path[-1] if isinstance(path[-1], str) else path[-2])
    old, new = _block(before), _block(after)
    if old is None or new is None or len(path) >= _DEEPEST:
        return
    step: Path = (0,) if isinstance(before, list) else ()
    for name in sorted(old.keys() & new.keys()):
        if old[name] != new[name]:
            yield from _places(old[name], new[name], (*path, *step, name))


def _block(value: Any) -> dict[str, Any] | None:
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return value if isinstance(value, dict) else None

"""Which environment the tags of an object name, today and after the plan."""

from __future__ import annotations

from typing import Any, Final

from iacrisk.catalog.environments import NAMING_KEYS, environment_named
from iacrisk.plan import UNKNOWN

_TAGS: Final = ("tags", "labels", "tags_all")


def environment_in(values: dict[str, Any]) -> str | None:
    """The environment that the object's tags name, None where they name none."""
    for tags in _tag_maps(values):
        for key, value in sorted(tags.items()):
            named = environment_named(value) if key.lower() in NAMING_KEYS else None
            if named:
                return named
    return None


def is_environment_hidden(values: dict[str, Any]) -> bool:
    """Whether a tag that names the environment gets a value that is not known yet."""
    return any(
        value is UNKNOWN and key.lower() in NAMING_KEYS
        for tags in _tag_maps(values)
        for key, value in tags.items()
    )


def _tag_maps(values: dict[str, Any]) -> list[dict[str, Any]]:
    maps = [values.get(name) for name in _TAGS]
    return [{str(key): value for key, value in tags.items()} for tags in maps
            if isinstance(tags, dict)]  # fmt: skip

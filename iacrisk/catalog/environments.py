"""Words by which names and tags tell of an environment, strictest environment first."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from iacrisk.patterns import regex

ENVIRONMENT_WORDS: Final[dict[str, frozenset[str]]] = {
    "production": frozenset({"prod", "production", "prd", "live"}),
    "staging": frozenset({"staging", "stage", "stg", "uat", "preprod", "preproduction"}),
    "development": frozenset({"dev", "develop", "development", "test", "testing", "qa"}),
    "preview": frozenset(
        {
            "demo",
            "ephemeral",
            "playground",
            "poc",
            "preview",
            "review",
            "sandbox",
            "sbx",
            "scratch",
        }
    ),
}
NAMING_KEYS: Final = frozenset({"environment", "env", "stage", "tier", "deployment_environment"})
"""Tags and variables that are there to name the environment."""

_SEPARATORS: Final = regex(r"[-_./\s]+")
_PULL_REQUEST: Final = regex(r"(?:^|[-_/.])pr[-_]?\d+(?:$|[-_/.])")


def words_of(text: str) -> set[str]:
    """The words of a name, in lower case."""
    return set(_SEPARATORS.split(text.lower()))


def environment_named(text: Any) -> str | None:
    """The strictest environment that a word of `text` names."""
    return _named_in(text) if isinstance(text, str) else None


@lru_cache(maxsize=4096)
def _named_in(text: str) -> str | None:
    words = words_of(text)
    for environment, known in ENVIRONMENT_WORDS.items():
        if words & known:
            return environment
    return "preview" if _PULL_REQUEST.search(text.lower()) else None

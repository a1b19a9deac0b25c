"""Downtimes of Datadog: which monitors of the plan they mute, and whether those wake people."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from iacrisk.catalog.environments import NAMING_KEYS, environment_named
from iacrisk.patterns import regex
from iacrisk.plan import ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.alternatives import Alternative, alternatives
from iacrisk.rules.readers.settings.unknowns import holds_unknown
from iacrisk.rules.readers.shapes import first_block, texts
from iacrisk.rules.readers.siblings import stays

DOWNTIMES: Final = frozenset({"datadog_downtime", "datadog_downtime_schedule"})
EVERYTHING: Final = frozenset({"*", "env:*", "*:*"})
WAKES: Final = regex(r"@(pagerduty|opsgenie|oncall|victorops|webhook)", re.IGNORECASE)

Values = Mapping[str, Any]
_TERM: Final = regex(r"[\w./-]+:[^\s(){},]+")
_NEGATED: Final = regex(r"^\s*(?:not\b|[!-])", re.IGNORECASE)


def scopes_of(values: Values) -> tuple[Alternative, ...]:
    """The alternatives of the scope; of each, the terms that all have to hold.

    Empty where the scope is not known.
    """
    if holds_unknown(values.get("scope")):
        return ()
    return alternatives(" and ".join(f"({text})" for text in texts(values.get("scope"))))


def names_environment(values: Values) -> bool:
    """Whether each alternative of the scope says in plain words for which environment it is."""
    return all(
        any(_is_environment(term) for term in terms if not _NEGATED.match(term))
        for terms in scopes_of(values)
    )


def _is_environment(term: str) -> bool:
    key, _, value = term.partition(":")
    return key.strip().lower() in NAMING_KEYS and "*" not in value


def muted(values: Values, context: Context) -> Iterator[ResourceChange]:
    """Monitors that stay and have all tags that the downtime asks for, and see its scope."""
    block = first_block(values.get("monitor_identifier"))
    tags = [*texts(values.get("monitor_tags")), *texts(block.get("monitor_tags"))]
    wanted = {tag for tag in tags if tag not in EVERYTHING}
    chosen = {str(one) for one in (values.get("monitor_id"), block.get("monitor_id")) if one}
    for one in filter(stays, context.changes_of("datadog_monitor")):
        own = texts(one.before.get("tags"))
        if wanted <= set(own) and (not chosen or str(one.before.get("id")) in chosen):
            seen = [*own, *_TERM.findall(str(one.before.get("query")))]
            if any(all(_fits(term, seen) for term in terms) for terms in scopes_of(values)):
                yield one


def wakes_for_production(monitor: ResourceChange) -> bool:
    """Whether the monitor calls somebody, also at night, and is about production."""
    values = monitor.before
    calls = WAKES.search(str(values.get("message") or "")) is not None
    told = " ".join([*texts(values.get("tags")), *_TERM.findall(str(values.get("query")))])
    return calls and environment_named(re.sub(r"[:,]", "/", told)) == "production"


def _fits(term: str, seen: list[str]) -> bool:
    """Whether something that the monitor sees has the term; all things have `*`."""
    found = _TERM.search(term)
    if found is None:
        return term.strip() in {"", "*"}
    has = any(fnmatch.fnmatchcase(one, found[0]) for one in seen)
    return has is (_NEGATED.match(term) is None)

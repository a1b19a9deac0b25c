"""Rules of a cache at the edge: what it comes to keep that is made for one client."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from iacrisk.patterns import regex
from iacrisk.plan import UNKNOWN, ResourceChange
from iacrisk.rules.readers.entries.edge_rulesets import rules_of
from iacrisk.rules.readers.shapes import blocks
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import Confidence, Flag, Outcome, Severity, Undecided

Values = Mapping[str, Any]
_FASTLY: Final = "fastly_service_vcl"
TYPES: Final = frozenset({"cloudflare_ruleset", _FASTLY})
_PHASE: Final = "http_request_cache_settings"
_PERSONAL: Final = regex(
    r"http\.cookie|http\.request\.cookies|authorization|/(api|account|admin|cart|checkout|login|me|"
    r"my|order|profile|session|user)s?\b",
    re.IGNORECASE,
)
_LIMITS: Final = regex(
    r"uri\.path|http\.request\.uri\b|full_uri|extension|file_extension|cookie|headers",
    re.IGNORECASE,
)
"""What makes an expression mean a part of a site; a host alone means all of it."""
_PREFIX: Final = regex(r'starts_with\(http\.request\.uri(?:\.path)?,\s*"([^"]+)"\)')


def personal_answers_kept(change: ResourceChange) -> Iterator[Outcome]:
    """What the rules of a cache newly keep, or no longer leave alone."""
    if change.type == _FASTLY:
        yield from _kept_by_fastly(change)
        return
    if change.before.get("phase") != _PHASE or "rules" not in change.changed:
        return
    if change.after.get("rules") is UNKNOWN:
        yield Undecided(why="The new rules are not known.", paths=(("rules",),))
        return
    before, after = (rules_of(side, guarding=False) for side in (change.before, change.after))
    kept = {_text(one) for one in before if _keeps(one)}
    left = {_text(one) for one in after if _spares(one)}
    lost = [one for one in before if _spares(one) and _text(one) not in left]
    wide = [one for one in after if _keeps(one) and _is_wide(one) and _text(one) not in kept]
    if lost and any(map(_keeps, after)) and any(_PERSONAL.search(_text(one)) for one in lost):
        grave = bool(wide) or any(map(_is_forced, after))
        yield Flag(
            what="The rule that kept personal answers out of the cache goes.",
            paths=(("rules",),),
            severity=Severity.HIGH if grave else Severity.MEDIUM,
            confidence=Confidence.HIGH if wide else Confidence.MEDIUM,
        )
    elif wide and not _is_spared_afterwards(wide, after):
        yield Flag(what="The cache comes to keep all answers of a site.", paths=(("rules",),))
    elif wider := _wider_paths(before, after):
        what = f"The cache comes to keep all answers under {some_of(wider)}."
        yield Flag(what=what, paths=(("rules",),))


def _wider_paths(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[str]:
    """Paths that forced rules come to cover, which are the beginning of one they covered."""
    old = {path for one in before if _keeps(one) for path in _PREFIX.findall(_text(one))}
    new = {path for one in after if _is_forced(one) for path in _PREFIX.findall(_text(one))}
    return sorted(path for path in new - old if any(other.startswith(path) for other in old - new))


def _is_spared_afterwards(wide: list[dict[str, Any]], after: list[dict[str, Any]]) -> bool:
    """Whether a later rule, which wins, leaves personal answers alone, and nothing is forced."""
    last = max(after.index(one) for one in wide)
    spares = any(_spares(one) and _PERSONAL.search(_text(one)) for one in after[last + 1 :])
    return spares and not any(map(_is_forced, wide))


def _text(item: Values) -> str:
    return str(item.get("expression"))


def _settings(item: Values) -> Values:
    return next(iter(blocks(item.get("action_parameters"))), {})


def _keeps(item: Values) -> bool:
    return _settings(item).get("cache") is True


def _spares(item: Values) -> bool:
    return _settings(item).get("cache") is False


def _is_forced(item: Values) -> bool:
    """Whether answers are kept whatever the origin says of them."""
    return _keeps(item) and any(
        one.get("mode") == "override_origin" for one in blocks(_settings(item).get("edge_ttl"))
    )


def _is_wide(item: Values) -> bool:
    return not _LIMITS.search(_text(item))


# Fastly

_NAMES_PATHS: Final = regex(
    r"""req\.url(?:\.path|\.ext|\.dirname)?\s*(?:~|==)\s*"([^"]*)"|beresp\.http\.content-type\s*~"""
    r"""\s*"([^"]*)\"""",
    re.IGNORECASE,
)
"""A part of the site that a condition names, not one that it leaves out."""


def _kept_by_fastly(change: ResourceChange) -> Iterator[Outcome]:
    if "cache_setting" not in change.changed:
        return
    if change.after.get("cache_setting") is UNKNOWN or change.after.get("condition") is UNKNOWN:
        yield Undecided(why="The new cache settings are not known.", paths=(("cache_setting",),))
        return
    before, after = (_by_action(side) for side in (change.before, change.after))
    new = after["cache"] - before["cache"]
    wide = sorted(one for one in new if not _NAMES_PATHS.search(one))
    personal = sorted(one for one in new if any(map(_PERSONAL.search, _parts(one))))
    passed = [
        one for one in before["pass"] - after["pass"] if any(map(_PERSONAL.search, _parts(one)))
    ]
    if wide or personal:
        yield Flag(
            what="The cache comes to keep answers whatever the origin says of them: "
            f"{some_of(one or 'all' for one in [*wide, *personal])}.",
            paths=(("cache_setting",),),
        )
    elif passed:
        yield Flag(
            what="The setting that kept personal answers out of the cache goes.",
            paths=(("cache_setting",),),
            severity=Severity.MEDIUM,
            confidence=Confidence.MEDIUM,
        )


def _parts(statement: str) -> list[str]:
    """The paths and kinds that a condition names, each choice of them behind a slash."""
    return [re.sub(r"[(|]", "/", path or kind) for path, kind in _NAMES_PATHS.findall(statement)]


def _by_action(values: Values) -> dict[str, set[str]]:
    """The statements on which a cache keeps answers, and on which it passes."""
    statements = {
        str(one.get("name")): str(one.get("statement")) for one in blocks(values.get("condition"))
    }
    found: dict[str, set[str]] = {"cache": set(), "pass": set()}
    for one in blocks(values.get("cache_setting")):
        name = one.get("cache_condition")
        found.setdefault(str(one.get("action")), set()).add(statements.get(str(name), ""))
    return found

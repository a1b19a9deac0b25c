"""Why a changed attribute of an update in place harms nobody, one attribute at a time.

An update is harmless as a whole only when every changed attribute is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cache
from typing import Any, Final

import msgspec

from iacrisk.catalog import ResourceClass, facts, harmless
from iacrisk.plan import UNKNOWN, ResourceChange
from iacrisk.plan.policy_document import parse_policy, same_policy
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.tag_readers import acts


class Harmless(StrEnum):
    """Why an attribute may change; the most telling first."""

    POLICY = "policy"
    REWRITTEN = "rewritten"
    DESCRIPTION = "description"
    TAGS = "tags"
    IMPORTED = "imported"
    COMPUTED = "computed"


_ORDER: Final = tuple(Harmless)
_JSON_ARGUMENTS: Final = harmless.POLICY_ARGUMENTS | {
    "dashboard_body",
    "event_pattern",
    "filter_policy",
}


def explain(change: ResourceChange, context: Context, *names: str) -> Harmless | None:
    """The main reason why the changed attributes `names` (default: all) harm nobody.

    None where one of them is not explained, or where nothing changes at all.
    """
    if names:
        return _explain(change, context, names)
    explained: dict[ResourceChange, Harmless | None] = once(context.plan, "explained", dict)
    if change not in explained:
        explained[change] = _explain(change, context, change.changed)
    return explained[change]


def _explain(change: ResourceChange, context: Context, names: Iterable[str]) -> Harmless | None:
    reasons: set[Harmless] = set()
    for name in names:
        reason = _reason(change, context, name)
        if reason is None:
            return None
        reasons.add(reason)
    return next((reason for reason in _ORDER if reason in reasons), None)


def _reason(change: ResourceChange, context: Context, name: str) -> Harmless | None:
    before, after = change.before.get(name), change.after.get(name)
    if name in facts.COMPUTED_NOISE and name not in facts.TAG_ATTRIBUTES:
        return Harmless.COMPUTED if _is_noise(change, context, name) else None
    if name in facts.TAG_ATTRIBUTES:
        return Harmless.TAGS if _only_words(change, context, name) else None
    if _unknown_inside(after):
        return None
    if name in facts.DESCRIPTION_ATTRIBUTES:
        return Harmless.DESCRIPTION if _is_only_text(change, context, name) else None
    if name in harmless.POLICY_ARGUMENTS and _says_the_same(before, after):
        return Harmless.POLICY
    if _same_content(name, before, after):
        return Harmless.REWRITTEN
    if name == "timeouts" or (change.imports and _is_import_only(name, before, after)):
        return Harmless.IMPORTED
    return None


def _is_noise(change: ResourceChange, context: Context, name: str) -> bool:
    """Whether the provider recomputes the attribute and nothing is destroyed over it.

    A known new value was written by somebody: the etag of an uploaded object, for one.
    """
    if change.after.get(name) is not UNKNOWN:
        return False
    return not any(
        use.reference.attribute in {name, ""} and use.node.change and use.node.change.destroys
        for use in context.consumers(change)
    )


def _only_words(change: ResourceChange, context: Context, name: str) -> bool:
    """Whether only tags change that no machine is known to act on."""
    if not _describes(change.type, name):
        return False
    before, after = change.before.get(name), change.after.get(name)
    if after is UNKNOWN:
        return name in {"tags_all", "effective_labels", "terraform_labels"}
    if not all(isinstance(tree, dict | None) for tree in (before, after)):
        return False
    old, new = before or {}, after or {}
    for key in old.keys() | new.keys():
        value = new.get(key)
        if old.get(key) != value and (value is UNKNOWN or acts(context.plan, str(key))):
            return False
    return True


@cache
def _describes(type_name: str, name: str) -> bool:
    """Whether this attribute of the type holds words for people and nothing else."""
    family = type_name.partition("_")[0]
    if family not in harmless.TAG_PROVIDERS or (family, name) in harmless.NOT_JUST_TAGS:
        return False
    return name not in facts.TAGS_THAT_ACT.get(type_name, ())


def _is_only_text(change: ResourceChange, context: Context, name: str) -> bool:
    is_name = name in {"display_name", "friendly_name", "name_tag"}
    return not (is_name and context.type_of(change).resource_class is ResourceClass.IDENTITY)


def _says_the_same(before: Any, after: Any) -> bool:
    if parse_policy(before) is not None and parse_policy(after) is not None:
        return same_policy(before, after)
    return False


def _same_content(name: str, before: Any, after: Any) -> bool:
    in_json = name in _JSON_ARGUMENTS
    old, new = _spelled_out(before, in_json), _spelled_out(after, in_json)
    if old == new:
        return True
    if name not in harmless.UNORDERED or not isinstance(old, list) or not isinstance(new, list):
        return False
    return Counter(map(_fingerprint, old)) == Counter(map(_fingerprint, new))


def _spelled_out(value: Any, in_json: bool = False) -> Any:
    """The value without what is not set, JSON text decoded; null where nothing is left."""
    if isinstance(value, str):
        return _decoded(value) if in_json else value or None
    if isinstance(value, dict):
        kept = {name: _spelled_out(item) for name, item in value.items()}
        return {name: item for name, item in kept.items() if item is not None} or None
    if isinstance(value, list):
        return [_spelled_out(item) for item in value] or None
    return value


def _decoded(text: str) -> Any:
    if not text:
        return None
    try:
        return ("json", msgspec.json.decode(text))
    except (msgspec.DecodeError, RecursionError):
        return text


def _fingerprint(value: Any) -> str:
    return repr(sorted(value.items())) if isinstance(value, dict) else repr(value)


def _is_import_only(name: str, before: Any, after: Any) -> bool:
    if name not in harmless.IMPORT_ONLY or before not in (None, "", [], False):
        return False
    risky = harmless.RISKY_AT_IMPORT.get(name, ())
    return not any(type(after) is type(value) and after == value for value in risky)


def _unknown_inside(value: Any) -> bool:
    return any(item is UNKNOWN for item in _leaves(value))


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item)
    else:
        yield value

"""Which tag keys something in the plan reads: policies, selections, look-ups by tag."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from iacrisk.catalog import facts
from iacrisk.plan import Plan, wire
from iacrisk.rules.indexes import once

_MENTIONS: Final = tuple(
    (hint, re.compile(re.escape(hint) + key))
    for hint, key in (
        (b"ResourceTag/", rb"([^\"\\/}]+)"),
        (b"PrincipalTag/", rb"([^\"\\/}]+)"),
        (b"ObjectTag/", rb"([^\"\\/}]+)"),
        (b"RequestTag/", rb"([^\"\\/}]+)"),
        (b'"tag:', rb"([^\"\\]+)"),
        (b"tag_key", rb"[= ]+([\w:./-]+)"),
        (b"resource.labels.", rb"([\w:./-]+)"),
        (b"resource.tags.", rb"([\w:./-]+)"),
        (b"labels.", rb"([\w-]+)\s*[=:]"),
    )
)
_SELECTORS: Final = frozenset(
    {
        "aws_backup_selection",
        "aws_codedeploy_deployment_group",
        "aws_dlm_lifecycle_policy",
        "aws_fms_policy",
        "aws_inspector_resource_group",
        "aws_resourcegroups_group",
        "azurerm_maintenance_assignment_dynamic_scope",
        "azurerm_policy_definition",
    }
)
"""Types that choose their targets by tags written as plain keys."""

_KEYS_IN_SELECTORS: Final = frozenset({"key", "target_tags", "tags", "resource_tags", "tag"})


def acts(plan: Plan, key: str) -> bool:
    """Whether a machine is known to act on the tag `key`."""
    known: dict[str, bool] = once(plan, "tags that act", dict)
    if key not in known:
        lower = key.lower()
        by_name = lower.startswith(facts.TAG_KEYS_READ_BY_AUTOMATION)
        known[key] = by_name or lower in _read_keys(plan)
    return known[key]


def is_read(plan: Plan, key: str) -> bool:
    """Whether something in the plan itself reads the tag `key`."""
    return key.lower() in _read_keys(plan)


def readers_of(plan: Plan, key: str) -> tuple[str, ...]:
    """The selections of the plan that choose by the tag `key`."""

    def build() -> dict[str, list[str]]:
        index: dict[str, list[str]] = {}
        for change in plan.changes:
            if change.type in _SELECTORS:
                for item in {str(item).lower() for item in _selected(change.before)}:
                    index.setdefault(item, []).append(change.label)
        return index

    return tuple(once(plan, "selections by tag", build).get(key.lower(), ()))


def _read_keys(plan: Plan) -> frozenset[str]:
    return once(plan, "tags read", lambda: frozenset(str(key).lower() for key in _keys(plan)))


def _keys(plan: Plan) -> Iterator[Any]:
    for text in _texts(plan):
        if _hints_at_tags(text):
            yield from _mentioned(text)
    for change in plan.changes:
        if change.type in _SELECTORS:
            yield from _selected(change.before)
            yield from _selected(change.after)
    looks_up = _types_that_look_up(plan.document)
    for resource in _data_sources(plan.document):
        if resource.type in looks_up:
            yield from _own_tags(resource)


def _texts(plan: Plan) -> Iterator[bytes]:
    """The attributes of all that the plan shows, as JSON."""
    for change in plan.changes:
        before, after = change.raw.change.before, change.raw.change.after
        yield bytes(before)
        if after != before:
            yield bytes(after)
    for resource in _data_sources(plan.document):
        yield bytes(resource.values)


def _mentioned(text: bytes) -> Iterator[str]:
    for hint, pattern in _MENTIONS:
        if hint in text:
            yield from (key.decode("utf-8", "replace") for key in pattern.findall(text))


def _hints_at_tags(text: bytes) -> bool:
    """Whether one of the hints can stand in a text: hardly any text gets past this."""
    return (
        b"Tag/" in text
        or b"labels." in text
        or b'"tag:' in text
        or b"tag_key" in text
        or b"resource.tags." in text
    )


def _selected(tree: Any) -> Iterator[Any]:
    """Plain tag keys in a block that chooses by tags."""
    if isinstance(tree, dict):
        for name, value in tree.items():
            if name in _KEYS_IN_SELECTORS:
                yield from value if isinstance(value, dict) else (value,)
            yield from _selected(value)
    elif isinstance(tree, list):
        for item in tree:
            yield from _selected(item)


def _types_that_look_up(document: wire.Plan) -> frozenset[str]:
    """Data source types with a block that sets `tags`, which means: find the one with these."""
    found: set[str] = set()
    modules = [document.configuration.root_module] if document.configuration else []
    while modules:
        module = modules.pop()
        modules += [call.module for call in (module.module_calls or {}).values()]
        found |= {
            block.type
            for block in module.resources or ()
            if block.mode == "data" and "tags" in (block.expressions or {})
        }
    return frozenset(found)


def _data_sources(document: wire.Plan) -> Iterator[wire.StateResource]:
    values = document.prior_state and document.prior_state.values
    modules = [values.root_module] if values and values.root_module else []
    while modules:
        module = modules.pop()
        modules += module.child_modules or ()
        yield from (item for item in module.resources or () if item.mode == "data")


def _own_tags(resource: wire.StateResource) -> Iterator[str]:
    values = msgspec.json.decode(resource.values)
    tags = values.get("tags") if isinstance(values, dict) else None
    yield from tags if isinstance(tags, dict) else ()

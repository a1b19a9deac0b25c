"""Proof that nothing starts from a machine image any more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.plan import ActionKind, ResourceChange, wire
from iacrisk.plan.values import members
from iacrisk.rules.benign.whole import shows_users
from iacrisk.rules.context import Context
from iacrisk.rules.readers.shapes import texts
from iacrisk.rules.readers.siblings import stays

_TEMPLATE: Final = "aws_launch_template"
_GROUPS: Final = ("aws_autoscaling_group", "aws_eks_node_group", "aws_instance")


def why_nothing_starts_from_it(change: ResourceChange, context: Context) -> str | None:
    """Why no machine is missed: others of its block are started from, and nothing names it."""
    identity = change.before.get("id")
    if not isinstance(identity, str) or not identity or not shows_users(change, context):
        return None
    if change.before.get("public") is True or _older_versions(context):
        return None
    gone = [name.encode() for name in (identity, *_snapshots(change.before))]
    if any(_names(one, gone) for one in context.plan.changes if one is not change):
        return None
    if any(name in bytes(item.values) for item in _read(context) for name in gone):
        return None
    others = [
        str(one.before.get("id")).encode()
        for one in context.siblings(change)
        if stays(one) and one.before.get("id")
    ]
    templates = [one for one in context.changes_of(_TEMPLATE) if stays(one)]
    if any(any(name in bytes(one.raw.change.after) for name in others) for one in templates):
        return "templates start other images of the block, and nothing names this one"
    return None


def _names(one: ResourceChange, gone: list[bytes]) -> bool:
    """Whether it names the image or its snapshots today or afterwards, unless it goes as well."""
    if one.kind is ActionKind.DELETE:
        return False
    texts_of = bytes(one.raw.change.before) + bytes(one.raw.change.after)
    return any(name in texts_of for name in gone)


def _snapshots(values: dict[str, Any]) -> Iterator[str]:
    yield from texts(values.get("root_snapshot_id"))
    for block in members(values.get("ebs_block_device")):
        yield from filter(None, texts(block.get("snapshot_id")))


def _read(context: Context) -> Iterator[wire.StateResource]:
    """What data sources of the plan found."""
    document = context.plan.document
    values = document.prior_state.values if document.prior_state else None
    modules = [values.root_module] if values and values.root_module else []
    while modules:
        module = modules.pop()
        modules += module.child_modules or ()
        yield from (one for one in module.resources or () if one.mode == "data")


def _older_versions(context: Context) -> bool:
    """Whether something starts a version of a template whose image the plan does not show."""
    shown: dict[object, set[str]] = {}
    for one in context.changes_of(_TEMPLATE):
        latest, default = (str(one.before.get(f"{name}_version")) for name in ("latest", "default"))
        versions = {"$Latest", latest, *({"$Default", "", default} if default == latest else ())}
        for name in ("id", "name"):
            shown[one.before.get(name)] = versions
    return any(
        str(block.get("version") or "") not in shown.get(_key(block), ())
        for one in context.changes_of(*_GROUPS)
        if one.kind is not ActionKind.DELETE
        for values in (one.before, one.after)
        for block in _templates(values)
    )


def _key(block: dict[str, Any]) -> object:
    names = ("id", "launch_template_id", "name", "launch_template_name")
    return next((block[name] for name in names if block.get(name)), None)


def _templates(value: Any) -> Iterator[dict[str, Any]]:
    """The blocks that name a launch template, at any depth."""
    if isinstance(value, dict):
        yield from (one for one in members(value.get("launch_template")) if _key(one))
        yield from members(value.get("launch_template_specification"))
        for item in value.values():
            yield from _templates(item)
    elif isinstance(value, list):
        for item in value:
            yield from _templates(item)

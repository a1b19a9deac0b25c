"""Buckets that are meant to be read by everyone: those that serve a website."""

from __future__ import annotations

from typing import Any

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context


def is_website(change: ResourceChange, context: Context) -> bool:
    """Whether the bucket, or the bucket that a setting is for, is configured to serve one."""
    if change.after.get("website"):
        return True
    return any(
        site.after and _same_bucket(change, site, context)
        for site in context.changes_of("aws_s3_bucket_website_configuration")
    )


def is_new_bucket(change: ResourceChange, context: Context) -> bool:
    """Whether the bucket exists only after this plan."""
    if change.type == "aws_s3_bucket":
        return change.kind is ActionKind.CREATE
    made = {
        item.label: item
        for item in context.changes_of("aws_s3_bucket")
        if item.kind is ActionKind.CREATE
    }
    name = _text(change.after.get("bucket"))
    return any(name and item.after.get("bucket") == name for item in made.values()) or bool(
        made.keys() & _buckets(change, context)
    )


def _same_bucket(change: ResourceChange, site: ResourceChange, context: Context) -> bool:
    name = _text(change.after.get("bucket")) or _text(change.before.get("bucket"))
    other = _text(site.after.get("bucket"))
    if name and other:
        return name == other
    return bool(_buckets(change, context) & _buckets(site, context))


def _buckets(change: ResourceChange, context: Context) -> set[str]:
    """The buckets that it refers to, or itself."""
    if change.type == "aws_s3_bucket":
        return {change.label}
    return {
        use.node.label
        for use in context.graph.dependencies(change.label)
        if use.node.type == "aws_s3_bucket" and use.argument in {"bucket", ""}
    }


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""

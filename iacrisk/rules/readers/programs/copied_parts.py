"""Which part of a store is copied elsewhere, by prefixes, and where programs write in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from iacrisk.patterns import regex
from iacrisk.plan import ActionKind
from iacrisk.plan.policy_document import Effect, every_grant, parse_policy, pattern_covers
from iacrisk.plan.values import members
from iacrisk.rules.context import Context
from iacrisk.rules.readers.access.policy_changes import policies_now
from iacrisk.rules.readers.networks.client_addresses import values_of
from iacrisk.rules.readers.programs.running import programs_naming
from iacrisk.rules.readers.shapes import texts

Values = Mapping[str, Any]
_PREFIX: Final = regex(r"[\w.=-]+(?:/[\w.=-]+)*/")


def prefixes_copied(rules: Any) -> list[str]:
    """The prefixes that rules of a bucket's replication copy whole; "" for everything."""
    return [
        prefix
        for rule in members(rules)
        if rule.get("status") == "Enabled" and (prefix := _prefix(rule)) is not None
    ]


def _prefix(rule: Values) -> str | None:
    """The prefix of the rule; None where it asks for tags as well."""
    blocks = members(rule.get("filter"))
    if not blocks:
        return str(rule.get("prefix") or "")
    both = members(blocks[0].get("and"))
    if members(blocks[0].get("tag")) or any(block.get("tags") for block in both):
        return None
    return str((both[0] if both else blocks[0]).get("prefix") or "")


def prefixes_written(bucket: str, context: Context) -> dict[str, tuple[str, ...]]:
    """Where policies and variables of the plan say that somebody writes: prefix, by whom.

    Who may write anywhere tells nothing of where it does.
    """
    found: dict[str, dict[str, None]] = {}
    for prefix, label in (*_by_policies(bucket, context), *_by_programs(bucket, context)):
        if prefix:
            found.setdefault(prefix, {})[label] = None
    return {prefix: tuple(labels) for prefix, labels in found.items()}


def _by_policies(bucket: str, context: Context) -> Iterator[tuple[str, str]]:
    arn = f":s3:::{bucket}/".encode()
    for one in context.plan.changes:
        if one.kind is ActionKind.DELETE or not one.type.startswith(("aws_iam_", "aws_s3_bucket_")):
            continue
        if arn not in bytes(one.raw.change.after):
            continue
        tree = one.after
        policy = parse_policy(tree.get("policy")) or policies_now(one, tree)
        for grant in every_grant(policy) if policy is not None else ():
            text = grant.resource.patterns[0]
            _, here, prefix = text.partition(f":s3:::{bucket}/")
            verbs = [] if grant.action.negated else list(grant.action.patterns)
            writes = any(pattern_covers(verb.lower(), "s3:putobject") for verb in verbs)
            if here and writes and grant.effect is Effect.ALLOW and not grant.resource.negated:
                yield prefix.partition("*")[0].partition("$")[0], one.label


def _by_programs(bucket: str, context: Context) -> Iterator[tuple[str, str]]:
    """A variable that is an address in the bucket."""
    for one in programs_naming(bucket.lower(), context):
        for value in values_of(one, context):
            _, here, path = value.partition(f"s3://{bucket}/")
            if here and _PREFIX.fullmatch(path):
                yield path, one.label


def repositories_copied(values: Values, names: list[str]) -> set[str]:
    """Which of the repositories of a registry are copied elsewhere."""
    found: set[str] = set()
    for block in members(values.get("replication_configuration")):
        for rule in members(block.get("rule")):
            filters = [
                str(one.get("filter"))
                for one in members(rule.get("repository_filter"))
                if one.get("filter")
            ]
            if not members(rule.get("destination")):
                continue
            found |= {name for name in names if not filters or name.startswith(tuple(filters))}
    return found


def names_of_type(type_name: str, context: Context) -> dict[str, str]:
    """The objects of the type that stay: name, by label."""
    return {
        text: one.label
        for one in context.changes_of(type_name)
        if one.before and one.after and not one.destroys
        for text in texts(one.before.get("name"))
    }

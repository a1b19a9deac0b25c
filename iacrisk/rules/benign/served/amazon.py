"""Proofs on AWS: a range that still holds its users, names, buckets and logs nobody needs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Network, ip_network
from typing import Any, Final

from iacrisk.catalog.interfaces import CALLERS, GROUP_LISTS
from iacrisk.patterns import regex
from iacrisk.plan import ActionKind, ResourceChange, lookup, parse_path
from iacrisk.rules.benign.harmless_attributes import explain
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.programs.running import programs, shows_all_names
from iacrisk.rules.readers.siblings import stays
from iacrisk.rules.readers.wording import texts

RANGE_LISTS: Final = {
    "aws_security_group_rule": "cidr_blocks",
    "aws_vpc_security_group_ingress_rule": "cidr_ipv4",
}
_NETWORKS: Final = ("aws_default_subnet", "aws_subnet", "aws_vpc")
_MORE_NETWORKS: Final = "aws_vpc_ipv4_cidr_block_association"
_WAYS_IN: Final = regex(rb'"(?:pcx|tgw|vgw|cgw|cvpn-endpoint|lgw|dxgw)-')
_FROM_AFAR: Final = regex(
    r"vpn|office|on.?prem|peer|partner|datacent|remote|corp|bastion", re.IGNORECASE
)


def why_range_holds(change: ResourceChange, context: Context) -> str | None:
    """Why nobody is cut off by the narrower range; None where somebody may be."""
    name = RANGE_LISTS[change.type]
    rest = change.changed - {name}
    if name not in change.changed or (rest and explain(change, context, *rest) is None):
        return None
    before, after = _ranges(change.before.get(name)), _ranges(change.after.get(name))
    if not before or not after or any(not one.is_private for one in before):
        return None
    if speaks_of_others(change) or has_ways_in(context):
        return None
    home = _home(change, context)
    lived = [one for one in _known_networks(context) if _within(one, before)]
    if (
        not home
        or not _holds_a_caller(context, after)
        or not all(_within(one, after) for one in home)
    ):
        return None
    if all(_within(one, after) for one in lived):
        return "the narrower range still holds the network and all subnets of the plan"
    return None


def _ranges(value: Any) -> list[IPv4Network]:
    try:
        found = [ip_network(text, strict=False) for text in texts(value)]
    except ValueError:
        return []
    return [one for one in found if isinstance(one, IPv4Network)]


def _within(one: IPv4Network, ranges: list[IPv4Network]) -> bool:
    return any(one.subnet_of(wide) for wide in ranges)


def speaks_of_others(change: ResourceChange) -> bool:
    """Whether the name or description of an entry speaks of people or networks elsewhere."""
    return bool(_FROM_AFAR.search(f"{change.name} {change.before.get('description')}"))


def has_ways_in(context: Context) -> bool:
    """Whether anything leads into the networks from others: a peering, a gateway."""

    def search() -> bool:
        return any(_WAYS_IN.search(bytes(one.raw.change.after)) for one in context.plan.changes)

    return once(context.plan, "ways into networks", search)


def _home(change: ResourceChange, context: Context) -> list[IPv4Network]:
    """The ranges of the network that the rule's group is in."""
    group = change.before.get("security_group_id")
    networks = {
        one.before.get("vpc_id")
        for one in context.changes_of("aws_security_group")
        if one.before.get("id") == group
    }
    return [
        found
        for one in context.changes_of("aws_vpc")
        if one.before.get("id") in networks
        for found in _ranges(one.before.get("cidr_block"))
    ]


def _known_networks(context: Context) -> list[IPv4Network]:
    return [
        found
        for one in context.changes_of(*_NETWORKS, _MORE_NETWORKS)
        for found in _ranges(one.before.get("cidr_block"))
    ]


def _holds_a_caller(context: Context, ranges: list[IPv4Network]) -> bool:
    """Whether the plan shows something that opens connections from within the ranges."""
    for one in context.changes_of(*sorted(CALLERS)):
        if stays(one) and any(_within(home, ranges) for home in _subnets(one, context)):
            return True
    return False


def _subnets(user: ResourceChange, context: Context) -> Iterator[IPv4Network]:
    named = {
        text
        for path in map(parse_path, GROUP_LISTS[user.type])
        for beside in ("subnets", "subnet_ids", "subnet_id")
        for text in texts(lookup(user.before, (*path[:-1], beside)))
    }
    for one in context.changes_of("aws_subnet"):
        if one.before.get("id") in named:
            yield from _ranges(one.before.get("cidr_block"))


# Names of keys


def why_alias_unused(change: ResourceChange, context: Context) -> str | None:
    """Why nobody misses the alias; None where somebody may."""
    name, key = change.before.get("name"), change.before.get("target_key_id")
    others = [
        one
        for one in context.changes_of("aws_kms_alias")
        if one is not change
        and one.kind is not ActionKind.CREATE
        and stays(one)
        and one.before.get("target_key_id") == key
        and one.after.get("name") == one.before.get("name")
    ]
    if not isinstance(name, str) or not key or not others or context.consumers(change):
        return None
    if _is_named(name, change, context) or not all(map(shows_all_names, programs(context))):
        return None
    used = [str(one.before.get("name")) for one in others] + [str(key)]
    if not any(_names(one, text) for one in programs(context) for text in used):
        return None
    return (
        "the key keeps another alias, which its users in the plan name, and nothing names this one"
    )


def _is_named(name: str, own: ResourceChange, context: Context) -> bool:
    """Whether anything else in the plan that is not deleted with it names it."""
    return any(
        _names(one, name)
        for one in context.plan.changes
        if one is not own and one.kind is not ActionKind.DELETE
    )


def _names(one: ResourceChange, text: str) -> bool:
    pattern = rb"(?<![\w-])" + re.escape(text.encode()) + rb"(?![\w-])"
    return re.search(pattern, bytes(one.raw.change.after)) is not None


# Scratch space

_SCRATCH: Final = frozenset({"disposable", "ephemeral", "scratch", "temp", "temporary", "tmp"})
_TELLS: Final = regex(r"class|content|data|kind|lifetime|purpose|retention|usage", re.IGNORECASE)
_CARED_FOR: Final = (
    "aws_s3_bucket_object_lock_configuration",
    "aws_s3_bucket_replication_configuration",
    "aws_s3_bucket_versioning",
)


def why_scratch_unused(change: ResourceChange, context: Context) -> str | None:
    """Why nobody misses the bucket; None where somebody may."""
    tags, name = change.before.get("tags"), change.before.get("bucket")
    if not isinstance(tags, dict) or not isinstance(name, str) or not name:
        return None
    if not any(
        str(value).lower() in _SCRATCH and _TELLS.search(key) for key, value in tags.items()
    ):
        return None
    if any(one.before.get("bucket") == name for one in context.changes_of(*_CARED_FOR)):
        return None
    if _is_named(name, change, context) or any(
        _stays(use.node.change) for use in context.consumers(change)
    ):
        return None
    others = [
        str(one.before.get("bucket")) for one in context.changes_of("aws_s3_bucket") if stays(one)
    ]
    speaking = [one for one in context.plan.changes if one.type in _SPEAKING and stays(one)]
    if any(_names(one, other) for one in speaking for other in others):
        return "it is tagged as scratch, and those who use buckets in the plan name other ones"
    return None


_SPEAKING: Final = frozenset(
    {*CALLERS, "aws_ecs_task_definition", "aws_iam_policy", "aws_iam_role_policy"}
)


def _stays(change: ResourceChange | None) -> bool:
    return change is None or change.kind is not ActionKind.DELETE


# Logs of one program

_OF_ONE_PROGRAM: Final = regex(r"^/aws/(?:batch|codebuild|glue|lambda)/")
_KEPT_FOR_A_REASON: Final = regex(
    r"audit|trail|flow|access|auth|secur|login|compli|legal|gdpr|hipaa|pci|sox|pay|billing|invoice",
    re.IGNORECASE,
)
_MONTH: Final = 30
_HALF_A_YEAR: Final = 180


def why_run_logs(change: ResourceChange, context: Context) -> str | None:
    """Why the older logs are not missed; None where they may be."""
    rest = change.changed - {"retention_in_days"}
    if rest and explain(change, context, *rest) is None:
        return None
    name = str(change.before.get("name"))
    tags = change.before.get("tags")
    reasons = [name, *(tags if isinstance(tags, dict) else ())]
    if not _OF_ONE_PROGRAM.match(name) or any(map(_KEPT_FOR_A_REASON.search, reasons)):
        return None
    before, after = change.was("retention_in_days"), change.becomes("retention_in_days")
    known = isinstance(before, int) and isinstance(after, int)
    if known and _MONTH <= after < before <= _HALF_A_YEAR:
        return "what one program writes when it runs is still kept for a month"
    return None

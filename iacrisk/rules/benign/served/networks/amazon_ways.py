"""Proofs on AWS that whoever comes is still served, or that nobody new gets in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from iacrisk.patterns import regex
from iacrisk.plan import ActionKind, ResourceChange, lookup
from iacrisk.plan.policy_document import Effect, every_grant, parse_policy
from iacrisk.plan.values import members
from iacrisk.rules.benign.served.amazon_glue import is_health_route
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.access.effective_access import own_accounts
from iacrisk.rules.readers.networks.routes import route_tables, table_named, tables_of_subnets
from iacrisk.rules.readers.shapes import texts
from iacrisk.rules.readers.siblings import stays

# Methods without an authorizer

_INTEGRATION: Final = "aws_api_gateway_integration"
_RESOURCE: Final = "aws_api_gateway_resource"
_AUTHORISATION: Final = frozenset(
    {"authorization", "authorization_scopes", "authorizer_id", "api_key_required"}
)


def why_method_says_little(change: ResourceChange, context: Context) -> str | None:
    """Why anybody may call it: the gateway itself answers, or it says that the service is well."""
    if change.changed - _AUTHORISATION:
        return None
    verb = str(change.before.get("http_method"))
    here = {name: change.before.get(name) for name in ("rest_api_id", "resource_id")}
    answers = [
        one
        for one in context.changes_of(_INTEGRATION)
        if one.kind is not ActionKind.DELETE
        and one.after.get("http_method") == verb
        and all(value and one.after.get(name) == value for name, value in here.items())
    ]
    if answers and all(
        one.after.get("type") == one.before.get("type") == "MOCK" for one in answers
    ):
        return "the gateway answers it by itself, and nothing is behind it"
    for one in context.changes_of(_RESOURCE):
        path = one.before.get("path")
        same = one.before.get("id") == here["resource_id"] and stays(one)
        if same and isinstance(path, str) and is_health_route(f"{verb} {path}"):
            return "it is the route of the health check"
    return None


# Endpoints of services

_SUBNETS: Final = "aws_subnet"
_WORLD: Final = "0.0.0.0/0"
_GROUP_RULES: Final = ("aws_security_group_rule", "aws_vpc_security_group_egress_rule")
_IN_NETWORK: Final = regex(
    r"^aws_(batch_|codebuild_|db_|ecs_|eks_|instance$|lambda_function$|launch_template$)"
)


def why_other_way_out(change: ResourceChange, context: Context) -> str | None:
    """Why the service is still reached: every subnet of the network leads out through a NAT."""
    identity, home = (str(change.before.get(name) or "") for name in ("id", "vpc_id"))
    if not identity or not home or not _lets_all_through(change.before.get("policy")):
        return None
    if _is_named(identity, change, context) or _asks_for_the_way(context):
        return None
    ways = tables_of_subnets(context)
    there = {*texts(change.before.get("subnet_ids")), *_lived_in(home, context)}
    led = [_table_label(ways.get(subnet), context) for subnet in sorted(there)]
    led += [_table_label(table, context) for table in texts(change.before.get("route_table_ids"))]
    if not led or not all(_leads_out(label, context) for label in led):
        return None
    if not _may_leave(change, context):
        return None
    return "its subnets reach the service through a NAT gateway, and no policy asks for the way"


def _lets_all_through(policy: Any) -> bool:
    """Whether the endpoint's own policy keeps nothing back, which would be lost with it."""
    parsed = parse_policy(policy)
    if parsed is None:
        return policy in (None, "")
    grants = list(every_grant(parsed))
    return all(grant.effect is Effect.ALLOW for grant in grants) and any(
        grant.action.is_any and grant.resource.is_any and not grant.condition for grant in grants
    )


def _lived_in(network: str, context: Context) -> frozenset[str]:
    """The subnets of the network in which something of the plan runs."""
    subnets = {
        str(one.before.get("id"))
        for one in context.changes_of(_SUBNETS)
        if stays(one) and one.before.get("vpc_id") == network
    }
    return _ids_in_use(_SUBNET, context) & subnets


_SUBNET: Final = regex(r"subnet-[0-9a-z]+")


def _ids_in_use(kind: re.Pattern[str], context: Context) -> frozenset[str]:
    """The ids of this form in the values of all that runs in a network."""

    def build() -> frozenset[str]:
        return frozenset(
            found
            for one in context.plan.changes
            if stays(one) and _IN_NETWORK.match(one.type)
            for found in kind.findall(bytes(one.raw.change.after).decode("utf-8", "replace"))
        )

    return once(context.plan, ("ids in use", kind), build)


def _table_label(name: str | None, context: Context) -> str:
    """The key of the route table with this id."""
    return table_named(context, name) if name else ""


def _leads_out(label: str, context: Context) -> bool:
    table = route_tables(context).get(label)
    if table is None:
        return False
    both = (table.before, table.after)
    return all(
        any(route.destination.text == _WORLD and route.kind == "NAT gateway" for route in routes)
        for routes in both
    )


def _is_named(text: str, change: ResourceChange, context: Context) -> bool:
    needle = text.encode()
    return any(
        needle in bytes(one.raw.change.after)
        for one in context.plan.changes
        if one is not change and one.kind is not ActionKind.DELETE
    )


_ASKS: Final = regex(rb"aws:(via)?sourcevpce?\b", re.IGNORECASE)


def _asks_for_the_way(context: Context) -> bool:
    """Whether a policy of the plan lets in by the network or its endpoint."""

    def build() -> bool:
        return any(
            _ASKS.search(bytes(one.raw.change.after))
            for one in context.plan.changes
            if one.kind is not ActionKind.DELETE
        )

    return once(context.plan, "policies that ask for the way", build)


def _may_leave(change: ResourceChange, context: Context) -> bool:
    """Whether the filters of all that runs in the network let it out to everywhere."""
    held = set(texts(change.before.get("security_group_ids")))
    used = _ids_in_use(_GROUP, context)
    open_groups = set(_open_groups(context))
    known = {str(one.before.get("id")) for one in context.changes_of("aws_security_group")}
    return (used - held) & known <= open_groups


_GROUP: Final = regex(r"sg-[0-9a-z]+")


def _open_groups(context: Context) -> Iterator[str]:
    for one in context.changes_of("aws_security_group"):
        for block in members(one.after.get("egress")):
            if _WORLD in texts(block.get("cidr_blocks")) and _holds_https(block):
                yield str(one.before.get("id"))
    for one in context.changes_of(*_GROUP_RULES):
        if one.kind is ActionKind.DELETE or one.after.get("type") == "ingress":
            continue
        wide = _WORLD in texts(one.after.get("cidr_blocks"), one.after.get("cidr_ipv4"))
        if wide and _holds_https(one.after):
            yield str(one.after.get("security_group_id"))


def _holds_https(block: dict[str, Any]) -> bool:
    if str(block.get("protocol", block.get("ip_protocol"))) in {"-1", "all"}:
        return True
    first, last = block.get("from_port"), block.get("to_port")
    return isinstance(first, int) and isinstance(last, int) and first <= 443 <= last


# Blocks against the public

_ACCOUNT_BLOCK: Final = "aws_s3_account_public_access_block"
_SWITCHES: Final = (
    "block_public_acls",
    "block_public_policy",
    "ignore_public_acls",
    "restrict_public_buckets",
)


def why_account_blocks(context: Context) -> str | None:
    """Why nobody new gets in: the block of the whole account stays up."""
    if len(own_accounts(context)) > 1:
        return None  # nothing tells which of them the bucket is in
    for one in context.changes_of(_ACCOUNT_BLOCK):
        up = all(one.before.get(name) is True for name in _SWITCHES)
        if one.kind is ActionKind.NO_OP and up:
            return f"{one.label} blocks the same for the whole account"
    return None


_PREVENTION: Final = "storage.publicAccessPrevention"


def why_organisation_prevents(change: ResourceChange, context: Context) -> str | None:
    """Why nobody new gets in: the project's policy prevents it for all buckets."""
    if change.changed - {"public_access_prevention"}:
        return None
    project = str(change.before.get("project") or "")
    for one in context.changes_of("google_org_policy_policy"):
        here = str(one.before.get("name")).startswith(f"projects/{project}/")
        enforced = str(lookup(one.before, ("spec", 0, "rules", 0, "enforce"))).upper() == "TRUE"
        single = len(members(lookup(one.before, ("spec", 0, "rules")))) == 1
        named = str(one.before.get("name")).endswith(f"/policies/{_PREVENTION}")
        if one.kind is ActionKind.NO_OP and project and here and named and enforced and single:
            return f"{one.label} prevents it for all buckets of the project"
    for one in context.changes_of("google_project_organization_policy"):
        named = str(one.before.get("constraint")).endswith(_PREVENTION)
        enforced = lookup(one.before, ("boolean_policy", 0, "enforced")) is True
        same = project and one.before.get("project") == project
        if one.kind is ActionKind.NO_OP and named and enforced and same:
            return f"{one.label} prevents it for all buckets of the project"
    return None

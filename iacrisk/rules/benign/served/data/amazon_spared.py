"""Proofs on AWS that nobody uses what goes off, or that it is made or kept elsewhere."""

from __future__ import annotations

from typing import Final

from iacrisk.plan import ActionKind, ResourceChange, lookup
from iacrisk.plan.values import members
from iacrisk.rules.benign.harmless_attributes import explain
from iacrisk.rules.context import Context
from iacrisk.rules.readers.access.effective_access import access_of, principal_name
from iacrisk.rules.readers.networks.client_addresses import calls_to, hosts_of
from iacrisk.rules.readers.programs.running import programs_using, shows_all_names
from iacrisk.rules.readers.programs.variables import known_as_cache, known_as_passing
from iacrisk.rules.readers.shapes import texts
from iacrisk.rules.readers.siblings import stays

# Backups

_BACKUPS: Final = frozenset({"backup_retention_period", "backup_window"})


def why_backed_up_at_source(change: ResourceChange, context: Context) -> str | None:
    """Why nothing is lost: it is a replica, and its source keeps backups."""
    rest = change.changed - _BACKUPS
    if rest and explain(change, context, *rest) is None:
        return None
    source = change.after.get("replicate_source_db")
    if not source or source != change.before.get("replicate_source_db"):
        return None
    for one in context.changes_of(change.type, "aws_rds_cluster"):
        names = {one.before.get(name) for name in ("arn", "id", "identifier")}
        days = one.after.get("backup_retention_period")
        if stays(one) and source in names and isinstance(days, int) and days > 0:
            return f"it is a replica of {one.label}, which keeps its backups"
    return None


def why_only_cached(change: ResourceChange, context: Context) -> str | None:
    """Why nothing of value is lost: programs know it as a cache, or keep items for a while only."""
    name = "point_in_time_recovery" if change.type == _TABLE else "snapshot_retention_limit"
    rest = change.changed - {name, "snapshot_window"}
    if name not in change.changed or (rest and explain(change, context, *rest) is None):
        return None
    if change.type != _TABLE:
        return _CACHED if known_as_cache([change], context) else None
    expires = lookup(change.before, ("ttl", 0, "enabled")) is True
    table = change.before.get("name")
    if expires and "ttl" not in change.changed and isinstance(table, str):
        return _CACHED if known_as_passing(table, context) else None
    return None


_TABLE: Final = "aws_dynamodb_table"
_CACHED: Final = "all programs of the plan know it as a cache, which fills itself again"

# Ways to sign in


def why_key_rotated(change: ResourceChange, context: Context) -> str | None:
    """Why nobody signs with the key: another one of the user is on, and programs have that."""
    user, identity = change.before.get("user"), change.before.get("id")
    if not isinstance(identity, str) or not identity or not user:
        return None
    others = [
        one.before.get("id")
        for one in context.changes_of(change.type)
        if one is not change
        and stays(one)
        and one.kind is ActionKind.NO_OP
        and one.before.get("user") == user
        and one.before.get("status") in {None, "Active"}
    ]
    held = [str(other).encode() for other in others if other]
    old, taken = identity.encode(), False
    for one in context.plan.changes:
        if one is change or one.kind is ActionKind.DELETE:
            continue
        text = bytes(one.raw.change.after)
        if old in text:
            return None
        taken |= one.type != change.type and any(key in text for key in held)
    return "the user has another key, and that one is in use" if taken else None


def why_tokens_unused(change: ResourceChange, context: Context) -> str | None:
    """Why nobody is refused: no role of the plan may sign in to databases by a token."""
    name = "iam_database_authentication_enabled"
    rest = change.changed - {name}
    if name not in change.changed or (rest and explain(change, context, *rest) is None):
        return None
    called = [one for one, _ in calls_to(hosts_of(change), context)]
    users = list({one.label: one for one in (*programs_using(change, context), *called)}.values())
    if not users or any(b"rds-db" in bytes(one.raw.change.after) for one in context.plan.changes):
        return None
    access = access_of(context)
    roles = [principal_name(str(one.before.get("role"))) for one in users]
    if all(map(shows_all_names, users)) and all(role and access.knows(role) for role in roles):
        return "no role of the programs that use it may sign in by a token"
    return None


def why_flow_unused(change: ResourceChange, context: Context) -> str | None:
    """Why nobody signs in by the flow: the pool has no function that would carry it out."""
    name = "explicit_auth_flows"
    rest = change.changed - {name}
    if name not in change.changed or (rest and explain(change, context, *rest) is None):
        return None
    gone = set(texts(change.before.get(name))) - set(texts(change.after.get(name)))
    pools = [
        one
        for one in context.changes_of("aws_cognito_user_pool")
        if stays(one) and one.before.get("id") == change.before.get("user_pool_id")
    ]
    if not gone or not gone <= _CUSTOM or not pools:
        return None
    if any(
        block.get("define_auth_challenge")
        for pool in pools
        for block in members(pool.before.get("lambda_config"))
    ):
        return None
    return "the pool has no function for the flow, so nobody can use it"


_CUSTOM: Final = frozenset({"ALLOW_CUSTOM_AUTH", "CUSTOM_AUTH_FLOW_ONLY"})

# Places

_EMBARGO: Final = frozenset({"CU", "IR", "KP", "SY"})
"""Countries that companies of many places may not serve at all."""


def why_embargo(change: ResourceChange, context: Context) -> str | None:
    """Why no client is missed: only countries under embargo are kept out from now on."""
    name = "restrictions"
    rest = change.changed - {name}
    if name not in change.changed or (rest and explain(change, context, *rest) is None):
        return None
    path = (name, 0, "geo_restriction", 0)
    before, after = (lookup(tree, path) for tree in (change.before, change.after))
    if not isinstance(after, dict) or after.get("restriction_type") != "blacklist":
        return None
    kept_out = set(texts(after.get("locations")))
    if isinstance(before, dict) and before.get("restriction_type") == "blacklist":
        kept_out -= set(texts(before.get("locations")))
    elif isinstance(before, dict) and before.get("restriction_type") == "whitelist":
        return None
    return "only countries under embargo are kept out" if kept_out <= _EMBARGO else None

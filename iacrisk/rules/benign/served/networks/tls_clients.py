"""BL-tlsused, BL-ownname, BL-aclsunused: what is asked of clients from now on they do already."""

from __future__ import annotations

from typing import Any, Final

from iacrisk.catalog.databases import PARAMETER_GROUPS, SERVER_PARAMETERS
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.plan.values import members
from iacrisk.rules.benign.harmless_attributes import explain
from iacrisk.rules.context import Context
from iacrisk.rules.readers.networks.client_addresses import (
    calls_to,
    hosts_of,
    stores_of,
)
from iacrisk.rules.readers.networks.client_encryption import Caller
from iacrisk.rules.readers.programs.running import (
    names_of,
    programs_using,
    shows_all_names,
    words_of,
)
from iacrisk.rules.readers.shapes import texts
from iacrisk.rules.readers.siblings import stays

_ARGUMENTS: Final[dict[str, frozenset[str]]] = {
    "aws_db_proxy": frozenset({"require_tls"}),
    "aws_elasticache_replication_group": frozenset({"transit_encryption_mode"}),
    "aws_elasticsearch_domain": frozenset({"domain_endpoint_options"}),
    "aws_msk_cluster": frozenset({"encryption_info"}),
    "aws_opensearch_domain": frozenset({"domain_endpoint_options"}),
    "azurerm_mysql_server": frozenset({"ssl_enforcement_enabled"}),
    "azurerm_postgresql_server": frozenset({"ssl_enforcement_enabled"}),
    "google_sql_database_instance": frozenset({"settings"}),
    **dict.fromkeys(SERVER_PARAMETERS, frozenset({"value"})),
    **dict.fromkeys(PARAMETER_GROUPS, frozenset({"parameter"})),
}
"""Types that come to ask for TLS, with the argument that says so."""

ASKING: Final = frozenset(_ARGUMENTS)
_OWN_CERTIFICATE: Final = "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"


def why_tls_used(change: ResourceChange, context: Context) -> str | None:
    """Why nobody is refused: every program that calls it does so with TLS."""
    rest = change.changed - _ARGUMENTS[change.type]
    if rest == change.changed:
        return None
    if rest and explain(change, context, *rest) is None:
        return None
    if _asks_more(change):
        return None
    stores = stores_of(change, context)
    calls = calls_to({host for store in stores for host in hosts_of(store)}, context)
    seen = {one.label for one, _ in calls}
    users = [(one, store) for store in stores for one in programs_using(store, context)]
    if not calls or not all(
        one.label in seen or _only_runs(one, seen, store, context) for one, store in users
    ):
        return None
    if all(shows_all_names(one) and _is_tls(one, it, stores, context) for one, it in calls):
        return "every program of the plan that calls it does so with TLS"
    return None


def _only_runs(
    user: ResourceChange, seen: set[str], store: ResourceChange, context: Context
) -> bool:
    """Whether it comes by the store only over a program that is seen, as a service by its task."""
    near = {use.node.label for use in context.graph.dependencies(user.label)}
    named = names_of(store) & words_of(user, context)
    return bool(near & seen) and store.label not in near and not named


def _is_tls(
    program: ResourceChange, address: str, stores: list[ResourceChange], context: Context
) -> bool:
    return any(Caller(program, address, one).is_encrypted(context) for one in stores)


def _asks_more(change: ResourceChange) -> bool:
    """Whether it asks for a certificate too, or a change beside it is none of encryption."""
    if change.type in {*PARAMETER_GROUPS, *SERVER_PARAMETERS}:
        return False  # what other parameters do is told by other rules
    changed = [one for one in change.differences() if one.path[0] in _ARGUMENTS[change.type]]
    return any(one.path[-1] not in _SWITCHES or one.after == _OWN_CERTIFICATE for one in changed)


_SWITCHES: Final = frozenset(
    {
        "client_broker",
        "enforce_https",
        "require_ssl",
        "require_tls",
        "ssl_enforcement_enabled",
        "ssl_mode",
        "transit_encryption_mode",
    }
)


# Own names


def why_own_name(change: ResourceChange, context: Context) -> str | None:
    """Why nobody misses the default host: the API has a name of its own, and all call that."""
    name = "disable_execute_api_endpoint"
    rest = change.changed - {name}
    if name not in change.changed or (rest and explain(change, context, *rest) is None):
        return None
    identity = str(change.before.get("id") or "")
    mapped = [
        one
        for one in context.changes_of(
            "aws_api_gateway_base_path_mapping", "aws_apigatewayv2_api_mapping"
        )
        if stays(one) and identity and one.before.get("api_id") == identity
    ]
    default = f"{identity}.execute-api".encode()
    named = any(
        default in bytes(one.raw.change.after)
        for one in context.plan.changes
        if one.kind is not ActionKind.DELETE and one.type not in _OF_THE_API and one is not change
    )
    return (
        "it has a name of its own, and nothing calls its default host"
        if mapped and not named
        else None
    )


_OF_THE_API: Final = frozenset(
    {
        "aws_api_gateway_deployment",
        "aws_api_gateway_stage",
        "aws_apigatewayv2_stage",
    }
)
"""Parts of an API, which hold its default address as a computed value."""


# Lists on single objects


def why_acls_unused(change: ResourceChange, context: Context) -> str | None:
    """Why nobody misses the ACLs of a bucket: none is set, and nobody delivers by one."""
    bucket = change.before.get("bucket")
    if not isinstance(bucket, str) or not bucket:
        return None
    for one in context.plan.changes:
        if one.kind is ActionKind.DELETE or one is change:
            continue
        if one.type in _SETS_ACL and bucket in texts(one.after.get("bucket")) and _acl_of(one):
            return None
        if one.type == "aws_cloudfront_distribution":
            for block in members(one.after.get("logging_config")):
                if str(block.get("bucket")).startswith(f"{bucket}.s3"):
                    return None
    for store in context.changes_of("aws_s3_bucket"):
        if store.before.get("bucket") == bucket:
            grants = [str(grant) for grant in members(store.before.get("grant"))]
            if any("Group" in grant for grant in grants) or programs_using(store, context):
                return None
            return "no ACL of it is in the plan, and nobody there writes to it by one"
    return None


_SETS_ACL: Final = frozenset({"aws_s3_bucket_acl", "aws_s3_object", "aws_s3_object_copy"})


def _acl_of(one: ResourceChange) -> bool:
    value: Any = one.after.get("acl")
    return value not in {None, "", "private", "bucket-owner-full-control"} or bool(
        one.after.get("access_control_policy") and one.type == "aws_s3_bucket_acl"
    )

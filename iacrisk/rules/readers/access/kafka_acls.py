"""Access rules of Kafka, read alike whatever provider writes them, and which of them meet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from iacrisk.plan import ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.settings.unknowns import holds_unknown
from iacrisk.rules.readers.shapes import first_block
from iacrisk.rules.readers.siblings import stays

Values = Mapping[str, Any]
ACLS: Final = frozenset({"confluent_kafka_acl", "kafka_acl"})
EVERYBODY: Final = "User:*"
_TOPICS: Final = {"confluent_kafka_topic": "topic_name", "kafka_topic": "name"}
_ROLES: Final = "confluent_role_binding"
_IMPLIES: Final = {"describe": frozenset({"read", "write", "delete", "alter"})}
"""Who may do one of these has to be shown what it is."""

_DECIDES: Final = (
    "principal", "acl_principal", "resource_name", "resource_type", "pattern_type",
    "resource_pattern_type_filter", "operation", "acl_operation", "permission",
    "acl_permission_type",
)  # fmt: skip


class Acl(msgspec.Struct, frozen=True, kw_only=True):
    """One rule; all but principal and name in small letters, `cluster` "" where it is not told."""

    principal: str
    denies: bool
    operation: str
    kind: str
    name: str
    prefix: bool
    cluster: str = ""


def acl_of(values: Values) -> Acl | None:
    """The rule, None where something that decides is not known."""
    if not values or any(holds_unknown(values.get(name)) for name in _DECIDES):
        return None
    return Acl(
        principal=_first(values, "acl_principal", "principal"),
        denies=_first(values, "acl_permission_type", "permission").lower() == "deny",
        operation=_first(values, "acl_operation", "operation").lower(),
        kind=_first(values, "resource_type").lower(),
        name=_first(values, "resource_name"),
        prefix=_first(values, "pattern_type", "resource_pattern_type_filter").lower() == "prefixed",
        cluster=_first(first_block(values.get("kafka_cluster")), "id"),
    )


def may_deny(values: Values) -> bool:
    """Whether the rule denies, or may come to."""
    given = values.get("permission") or values.get("acl_permission_type")
    return holds_unknown(given) or str(given).lower() == "deny"


def refuses(deny: Acl, allow: Acl) -> bool:
    """Whether the denial takes something of what the other allows."""
    if deny.cluster and allow.cluster and deny.cluster != allow.cluster:
        return False
    who = deny.principal == allow.principal or EVERYBODY in {deny.principal, allow.principal}
    what = deny.kind == allow.kind or "any" in {deny.kind, allow.kind}
    does = deny.operation == allow.operation or "all" in {deny.operation, allow.operation}
    does = does or allow.operation in _IMPLIES.get(deny.operation, ())
    return who and what and does and _names_meet(deny, allow)


def allowed_by(deny: Acl, context: Context) -> Iterator[ResourceChange]:
    """The rules that stay and allow what the denial refuses."""
    for one in context.changes_of(*sorted(ACLS)):
        other = acl_of(one.before) if stays(one) else None
        if other is not None and not other.denies and refuses(deny, other):
            yield one


def hurt_by(deny: Acl, context: Context) -> Iterator[str]:
    """Whom the denial hurts: rules that allow, the accounts they are for, and the topics."""
    allows = list(allowed_by(deny, context))
    yield from (one.label for one in allows)
    rules = [rule for one in allows if (rule := acl_of(one.before)) is not None]
    clients = {rule.principal.removeprefix("User:") for rule in rules}
    for account in context.changes_of("confluent_service_account"):
        if account.before.get("id") in clients and stays(account):
            yield account.label
    for type_name, argument in _TOPICS.items():
        for topic in context.changes_of(type_name):
            name = str(topic.before.get(argument))
            mine = Acl(
                principal="", denies=False, operation="", kind="topic", name=name, prefix=False
            )
            both = any(_names_meet(rule, mine) for rule in rules if rule.kind == "topic")
            if both and _names_meet(deny, mine) and stays(topic):
                yield topic.label


def has_other_rights(principal: str, context: Context) -> bool:
    """Whether a role gives the client rights beside its access rules."""
    return any(one.after.get("principal") == principal for one in context.changes_of(_ROLES))


def _names_meet(one: Acl, other: Acl) -> bool:
    if "*" in {one.name, other.name}:
        return True
    if one.prefix and other.prefix:
        return one.name.startswith(other.name) or other.name.startswith(one.name)
    if one.prefix:
        return other.name.startswith(one.name)
    return one.name.startswith(other.name) if other.prefix else one.name == other.name


def _first(values: Values, *names: str) -> str:
    return next((value for name in names if isinstance(value := values.get(name), str)), "")

"""B, second half: parameters, encryption in transit, passwords and indexes of databases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.catalog.databases import (
    FLAGS,
    INDEX_TYPES,
    LEAST_TLS,
    PARAMETER_GROUP_ARGUMENTS,
    PARAMETER_GROUPS,
    PASSWORDS,
    SERVER_PARAMETERS,
    STATIC_PARAMETERS,
    TLS_PARAMETERS,
    TLS_SWITCHES,
)
from iacrisk.patterns import regex
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange, lookup, parse_path, unset
from iacrisk.plan.values import members
from iacrisk.rules.context import Context
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule


@rule(
    id="B03",
    name="parameters-need-restart",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.UPDATE},
    types={*PARAMETER_GROUP_ARGUMENTS, *PARAMETER_GROUPS, *FLAGS, *SERVER_PARAMETERS},
)
def parameters_need_restart(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A database gets another set of parameters, which takes a restart.

    What it flags
        A database that moves to another parameter or option group, worst back to the default
        one; changed Cloud SQL flags, but for those that only log or end statements; a static
        parameter of a flexible server on Azure, which the provider restarts for it; and, as a
        note, parameters that wait for a reboot.

    Why it matters
        All parameters that were tuned in the old group are gone at once. Static ones wait for a
        restart that comes when nobody expects it, or the service restarts right now.

    When it is fine
        A dynamic parameter changes inside the group.

    What to do instead
        Compare the two groups parameter by parameter, and plan the restart.

    References
    ----------
        https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithParamGroups.html
    """
    del context
    for name in PARAMETER_GROUP_ARGUMENTS.get(change.type, ()):
        before, after = change.before.get(name), change.after.get(name)
        if not unset(before) and before != after and after is not None:
            to_default = isinstance(after, str) and after.startswith("default")
            yield Flag(
                what="The database moves to "
                + ("the default parameters; tuned ones are lost." if to_default else "other ones."),
                paths=((name,),),
                severity=Severity.HIGH if to_default else None,
            )
    for text in FLAGS.get(change.type, ()):
        path = parse_path(text)
        before, after = lookup(change.before, path), change.planned(path)
        moved = before != after and after is not UNKNOWN and not (unset(before) and unset(after))
        if moved and not _all_dynamic(before, after):
            yield Flag(what="Changed flags can restart the instance at once.", paths=(path,))
    static = change.type in SERVER_PARAMETERS and change.was("name") in STATIC_PARAMETERS
    if static and "value" in change.changed:
        yield Flag(what="The server restarts for this parameter.", paths=(("value",),))
    waiting = [name for name, method, _ in _changed_parameters(change) if method == _AT_REBOOT]
    if waiting:
        yield Flag(
            what=f"Parameters wait for a reboot: {', '.join(sorted(waiting)[:3])}.",
            paths=(("parameter",),),
            severity=Severity.LOW,
        )


_DYNAMIC: Final = regex(
    r"^(log_(?!bin)\w+|general_log|idle_in_transaction_session_timeout|lock_timeout|"
    r"long_query_time|maintenance_work_mem|slow_query_log|statement_timeout|work_mem)$"
)
"""Flags that Cloud SQL takes over without a restart."""


def _all_dynamic(before: Any, after: Any) -> bool:
    sides = [
        {str(item.get("name")): item.get("value") for item in members(side)}
        if isinstance(side, list)
        else side
        for side in (before, after)
    ]
    old, new = (side if isinstance(side, dict) else {} for side in sides)
    names = [name for name in old.keys() | new.keys() if old.get(name) != new.get(name)]
    return bool(names) and all(map(_DYNAMIC.match, names))


_AT_REBOOT: Final = "pending-reboot"


def _changed_parameters(change: ResourceChange) -> Iterator[tuple[str, str, str]]:
    """Name, apply method and new value of each parameter that is new or gets another value."""
    if change.type not in PARAMETER_GROUPS or "parameter" not in change.changed:
        return
    before = {
        str(item.get("name")): item.get("value") for item in members(change.before.get("parameter"))
    }
    for item in members(change.after.get("parameter")):
        name, value = str(item.get("name")), item.get("value")
        if value is not UNKNOWN and before.get(name) != value:
            yield name, str(item.get("apply_method")), str(value)


@rule(
    id="B05",
    name="encryption-in-transit-enforced",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.UPDATE},
    types={*PARAMETER_GROUPS, *TLS_SWITCHES, *LEAST_TLS, *SERVER_PARAMETERS},
)
def encryption_enforced(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A database stops accepting connections without TLS, or with an old version of it.

    What it flags
        `rds.force_ssl`, `require_secure_transport` and their like turned on, Cloud SQL that
        requires TLS, required encryption in transit on a cache, a higher least TLS version.

    Why it matters
        It is right, and clients that are not ready for it fail all at once.

    When it is fine
        Every client connects with TLS already.

    What to do instead
        Look at the connections first, or go through a mode that accepts both.

    References
    ----------
        https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html
    """
    del context
    for name, _, value in _changed_parameters(change):
        if name in TLS_PARAMETERS and value.lower() in _ON:
            yield _tls_flag("parameter")
    if change.type in SERVER_PARAMETERS and str(change.after.get("name")) in TLS_PARAMETERS:
        before, after = (str(item.get("value")).lower() for item in (change.before, change.after))
        if after in _ON and before not in _ON:
            yield _tls_flag("value")
    for text, strict in TLS_SWITCHES.get(change.type, {}).items():
        path = parse_path(text)
        before, after = lookup(change.before, path), change.planned(path)
        if before != after and isinstance(after, bool | str) and after in strict:
            if isinstance(before, bool | str) and before in strict:
                continue
            yield _tls_flag(text)
    for name in LEAST_TLS.get(change.type, ()):
        before, after = _digits(change.before.get(name)), _digits(change.after.get(name))
        if before and after and before < after:
            yield _tls_flag(name)


_ON: Final = frozenset({"1", "on", "true", "enabled"})


def _tls_flag(path: str) -> Flag:
    return Flag(
        what="Clients that connect without TLS, or with an old version of it, are cut off.",
        paths=(parse_path(path),),
    )


def _digits(value: Any) -> str:
    return "".join(filter(str.isdigit, value)) if isinstance(value, str) else ""


@rule(
    id="B07",
    name="database-password-changed",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    harm=Harm.ACCESS,
    kinds={ActionKind.UPDATE},
    types=PASSWORDS,
)
def database_password_changed(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """The password of a database user changes.

    What it flags
        A new master or user password, or one that is handed over to the provider to manage.

    Why it matters
        Whoever holds the old password is locked out from the moment of the apply, connections
        from a pool only when they are opened anew.

    When it is fine
        Clients read it from a secret that changes in the same plan, and read it again.

    What to do instead
        Rotate with two users, or let the secrets manager rotate.

    References
    ----------
        https://docs.aws.amazon.com/secretsmanager/latest/userguide/getting-started.html
    """
    del context
    for name in PASSWORDS[change.type]:
        before, after = change.before.get(name), change.after.get(name)
        if after == before or after is None or (unset(before) and name not in _HAND_OVER):
            continue
        if name not in _HAND_OVER or after is True:
            yield Flag(what="Clients with the old password are locked out.", paths=((name,),))
            return


_HAND_OVER: Final = frozenset({"manage_master_password", "manage_master_user_password"})


@rule(
    id="B08",
    name="index-lost",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.UPDATE, ActionKind.DELETE, ActionKind.REPLACE},
    types={"aws_dynamodb_table", *INDEX_TYPES},
)
def index_lost(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """An index that queries need is removed or built again.

    What it flags
        A global secondary index of a DynamoDB table that is removed, or whose keys or
        projection change, which deletes and refills it; a Firestore index that goes.

    Why it matters
        Queries name the index. They fail from the moment it goes until it is filled again.

    When it is fine
        No query uses it any more. New indexes, and new capacities of old ones, pass.

    What to do instead
        Add the new index under another name, move the queries, then remove the old one.

    References
    ----------
        Incidents R122, R123.
    """
    if change.type in INDEX_TYPES:
        if change.destroys and not _parent_goes(change, context):
            yield Flag(what="The index goes; queries that need it fail.")
        return
    if change.kind is not ActionKind.UPDATE or "global_secondary_index" not in change.changed:
        return
    if change.after.get("global_secondary_index") is UNKNOWN:
        yield Undecided(
            why="Which indexes stay is known only at apply.", paths=(("global_secondary_index",),)
        )
        return
    before, after = _indexes(change.before), _indexes(change.after)
    lost = sorted(name for name, shape in before.items() if not _is_kept(shape, after.get(name)))
    if lost:
        yield Flag(
            what=f"Queries on these indexes fail: {', '.join(lost[:3])}.",
            paths=(("global_secondary_index",),),
        )


_SHAPE: Final = ("hash_key", "range_key", "projection_type", "non_key_attributes")


def _is_kept(before: tuple[Any, ...], after: tuple[Any, ...] | None) -> bool:
    if after is None:
        return False
    pairs = zip(before, after, strict=True)
    return all(old == new or new is UNKNOWN or (unset(old) and unset(new)) for old, new in pairs)


def _indexes(values: dict[str, Any]) -> dict[str, tuple[Any, ...]]:
    items = values.get("global_secondary_index")
    return {
        str(item.get("name")): tuple(_sorted(item.get(name)) for name in _SHAPE)
        for item in (items if isinstance(items, list) else ())
        if isinstance(item, dict)
    }


def _sorted(value: Any) -> Any:
    return sorted(value, key=str) if isinstance(value, list) else value


def _parent_goes(change: ResourceChange, context: Context) -> bool:
    holders = [use.node.change for use in context.graph.dependencies(change.label)]
    return any(holder is not None and holder.destroys for holder in holders)

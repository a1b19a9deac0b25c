"""X: exposure, encryption, and the recording of what happens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from iacrisk.catalog.exposure import (
    ACL_ARGUMENTS,
    BLOCK_SWITCHES,
    NETWORK_ACCESS,
    OPENINGS,
    PUBLIC_ACCESS_BLOCKS,
    PUBLIC_ACLS,
)
from iacrisk.patterns import regex
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange, parse_path
from iacrisk.rules.context import Context
from iacrisk.rules.exposure.switches import flags_of
from iacrisk.rules.readers.access.effective_access import is_gone, own_accounts
from iacrisk.rules.readers.entries.websites import is_new_bucket, is_website
from iacrisk.rules.readers.wording import texts
from iacrisk.rules.rule import (
    CHANGES,
    Confidence,
    Flag,
    Harm,
    Outcome,
    Severity,
    Undecided,
    rule,
)

_SNAPSHOT_SHARES: Final = ("shared_accounts", "account_id", "account_ids")
_SNAPSHOT_TYPES: Final = frozenset(
    {
        "aws_ami_launch_permission",
        "aws_db_cluster_snapshot",
        "aws_db_snapshot",
        "aws_db_snapshot_copy",
        "aws_rds_cluster_snapshot_copy",
        "aws_snapshot_create_volume_permission",
    }
)
_ACL_TYPES: Final = frozenset(
    {
        *ACL_ARGUMENTS,
        "google_storage_bucket_access_control",
        "google_storage_default_object_access_control",
        "google_storage_object_access_control",
    }
)


@rule(
    id="X01",
    name="made-public",
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    harm=Harm.EXPOSURE,
    kinds=CHANGES | {ActionKind.DELETE},
)
def made_public(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """Something becomes reachable or readable for everyone, or a barrier against that falls.

    What it flags
        A public access block that is lowered or deleted, public ACLs, blob containers, snapshots
        and images shared with everyone or a foreign account, internal load balancers and control
        planes made public, `default_action` from Deny to Allow, a repository made public.

    Why it matters
        What was public once counts as leaked. Several of these are one quiet word in an update
        in place.

    When it is fine
        The bucket serves a public website, or what is behind it goes in the same plan.

    What to do instead
        Serve files through a CDN with its own access identity, reach control planes through a
        private network, share with named accounts.

    References
        Incidents R216, R231.
    """
    if change.type in PUBLIC_ACCESS_BLOCKS:
        yield from _block_lowered(change, context)
    if change.type in _ACL_TYPES and change.kind is not ActionKind.DELETE:
        yield from _acl_opened(change, context)
    if change.type in _SNAPSHOT_TYPES and change.kind is not ActionKind.DELETE:
        yield from _shared(change, context)
    if change.type in OPENINGS:
        yield from flags_of(change, OPENINGS[change.type])
    elif change.type.startswith("azurerm_") and NETWORK_ACCESS in change.changed:
        yield from _network_opened(change)
    if change.type.startswith("kubernetes_service"):
        yield from _service_opened(change)


def _block_lowered(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    prefix = PUBLIC_ACCESS_BLOCKS[change.type]
    if change.kind is ActionKind.DELETE and is_gone(change, context, "bucket"):
        return
    lowered, unknown = [], []
    for name in BLOCK_SWITCHES:
        path = f"{prefix}{name}"
        before, after = change.was(path), change.becomes(path)
        if change.kind is ActionKind.CREATE:
            before = True
            after = after if after is not None or prefix else False
        if before is True and after is UNKNOWN:
            unknown.append(parse_path(path))
        elif before is True and after is not True and (after is not None or not prefix):
            lowered.append(name)
    if unknown:
        yield Undecided(why="Whether the block stays up is not known.", paths=tuple(unknown))
    if lowered:
        severity, confidence = _block_severity(change, context, lowered)
        says = ", ".join(BLOCK_SWITCHES[name] for name in lowered)
        yield Flag(
            what=f"The public access block falls: {says}.",
            paths=tuple(parse_path(f"{prefix}{name}") for name in lowered),
            severity=severity,
            confidence=confidence,
        )


def _block_severity(
    change: ResourceChange, context: Context, lowered: list[str]
) -> tuple[Severity, Confidence]:
    if is_website(change, context):
        is_new = is_new_bucket(change, context)
        return Severity.LOW if is_new else Severity.MEDIUM, Confidence.MEDIUM
    if change.kind is ActionKind.CREATE:
        return Severity.MEDIUM, Confidence.LOW
    acls_only = all("acls" in name for name in lowered)
    return Severity.HIGH if acls_only else Severity.CRITICAL, Confidence.HIGH


_EVERYONE: Final = regex(r"allUsers|allAuthenticatedUsers|/global/A(ll|uthenticated)Users")


def _acl_opened(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    name = ACL_ARGUMENTS.get(change.type, "entity")
    before, after = change.before.get(name), change.after.get(name)
    opened = [name] if _is_public(after) and not _is_public(before) else []
    for other in ("access_control_policy", "grant", "role_entity", "entity"):
        public = _names_everyone(change.after.get(other))
        if public and not _names_everyone(change.before.get(other)):
            opened.append(other)
    if opened:
        site = is_website(change, context)
        yield Flag(
            what="Everyone may read it by its ACL, whatever the policy says.",
            paths=tuple((item,) for item in opened),
            severity=Severity.MEDIUM if site else None,
            confidence=Confidence.MEDIUM if site else None,
        )
    elif after is UNKNOWN and name in change.changed and change.kind is ActionKind.UPDATE:
        yield Undecided(why="The new ACL is not known.", paths=((name,),))


def _is_public(acl: Any) -> bool:
    return isinstance(acl, str) and acl in PUBLIC_ACLS


def _names_everyone(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_names_everyone, value.values()))
    if isinstance(value, list):
        return any(map(_names_everyone, value))
    return isinstance(value, str) and bool(_EVERYONE.search(value))


def _shared(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    for name in _SNAPSHOT_SHARES:
        if name not in change.changed:
            continue
        before = texts(change.before.get(name))
        added = [item for item in texts(change.after.get(name)) if item not in before]
        if "all" in added:
            yield Flag(what="It is shared with everyone.", paths=((name,),))
        elif added and not set(added) <= own_accounts(context):
            yield Flag(
                what=f"It is shared with {', '.join(added[:3])}, who may copy all data in it.",
                paths=((name,),),
                severity=Severity.HIGH,
                confidence=Confidence.MEDIUM,
            )


def _network_opened(change: ResourceChange) -> Iterator[Outcome]:
    if change.type.startswith(_DATABASES) or change.kind is not ActionKind.UPDATE:
        return
    if change.before.get(NETWORK_ACCESS) is False and change.after.get(NETWORK_ACCESS) is True:
        yield Flag(
            what="It may be reached from public networks.",
            paths=((NETWORK_ACCESS,),),
            severity=Severity.HIGH,
        )


_DATABASES: Final = (
    "azurerm_cosmosdb", "azurerm_mariadb", "azurerm_mssql", "azurerm_mysql", "azurerm_postgresql",
    "azurerm_sql",
)  # fmt: skip
_INTERNAL: Final = regex(r"internal|private|scheme", re.IGNORECASE)


def _service_opened(change: ResourceChange) -> Iterator[Outcome]:
    if change.kind is not ActionKind.UPDATE:
        return
    path = ("spec", 0, "type")
    before, after = change.was("spec.0.type"), change.planned(path)
    if after != "LoadBalancer":
        return
    old, new = (_internal_notes(change.was(_NOTES)), _internal_notes(change.becomes(_NOTES)))
    if before == "LoadBalancer" and old and not new:
        yield Flag(
            what="Its load balancer is no longer kept internal.",
            paths=(("metadata", 0, "annotations"),),
            severity=Severity.HIGH,
        )
    elif before != "LoadBalancer" and not new:
        yield Flag(
            what="It gets a load balancer that the internet reaches.",
            paths=(path,),
            severity=Severity.HIGH,
            confidence=Confidence.MEDIUM,
        )


_NOTES: Final = "metadata.0.annotations"


def _internal_notes(notes: Any) -> bool:
    """Whether annotations keep the load balancer inside."""
    if notes is UNKNOWN:
        return True
    if not isinstance(notes, dict):
        return False
    return any(
        _INTERNAL.search(f"{name} {value}")
        and str(value).lower() in {"true", "internal", "0.0.0.0/0"}
        for name, value in notes.items()
    )

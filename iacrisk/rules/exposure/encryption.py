"""X02: encryption given up, old or plain connections let in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.catalog.exposure import (
    ENCRYPTION,
    FORCE_TLS_PARAMETERS,
    PARAMETER_LISTS,
    PARAMETER_TYPES,
    PLAIN_PROTOCOLS,
    TLS_VERSIONS,
)
from iacrisk.catalog.permissions import RESOURCE_POLICIES, PolicyKind
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange, parse_path
from iacrisk.plan.policy_document import Effect, grants_added
from iacrisk.rules.context import Context
from iacrisk.rules.exposure.switches import flags_of
from iacrisk.rules.readers.access.effective_access import is_gone
from iacrisk.rules.readers.access.policy_changes import policy_changes
from iacrisk.rules.readers.networks.tls import lowest_tls
from iacrisk.rules.rule import (
    Confidence,
    Flag,
    Harm,
    Outcome,
    Severity,
    Undecided,
    rule,
)

_NARROWS: Final = frozenset({ActionKind.UPDATE, ActionKind.REPLACE, ActionKind.DELETE})


@rule(
    id="X02",
    name="encryption-relaxed",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.EXPOSURE,
    kinds=_NARROWS,
    types={
        *ENCRYPTION,
        *TLS_VERSIONS,
        *PLAIN_PROTOCOLS,
        *PARAMETER_LISTS,
        *PARAMETER_TYPES,
        *RESOURCE_POLICIES,
        "cloudflare_zone_setting",
    },
)
def encryption_relaxed(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """Data is no longer encrypted, or plain or old connections are let in.

    What it flags
        Encryption at rest switched off or moved from one's own key to the provider's, TLS no
        longer demanded, a lower TLS version, a listener from HTTPS to HTTP, a statement that
        denied plain connections taken out of a policy.

    Why it matters
        It is done to make a client work and stays. What is written in the clear meanwhile stays
        in the clear.

    When it is fine
        The connection ends inside the same host, or another layer demands TLS.

    What to do instead
        Repair the client, or admit the old protocol on a second listener for it alone.

    References
        https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html,
        https://learn.microsoft.com/azure/storage/common/transport-layer-security-configure-minimum-version.
    """
    if change.kind is ActionKind.DELETE:
        yield from _default_removed(change, context)
        return
    yield from flags_of(change, ENCRYPTION.get(change.type, ()))
    yield from _version_lowered(change)
    yield from _protocol_plain(change)
    yield from _parameter_relaxed(change)
    if change.type in RESOURCE_POLICIES:
        yield from _transport_allowed(change, context)


_DEFAULTS: Final = {
    "aws_ebs_encryption_by_default": (Severity.HIGH, "New disks are no longer encrypted."),
    "aws_s3_bucket_server_side_encryption_configuration": (
        Severity.MEDIUM,
        "New objects are encrypted with the provider's key only.",
    ),
}


def _default_removed(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """Deletes of resources that do nothing but encrypt."""
    if change.type not in _DEFAULTS or is_gone(change, context, "bucket"):
        return
    severity, says = _DEFAULTS[change.type]
    algorithm = change.was("rule.0.apply_server_side_encryption_by_default.0.sse_algorithm")
    if change.type.startswith("aws_s3") and algorithm == "AES256":
        return
    yield Flag(what=says, severity=severity, confidence=Confidence.MEDIUM)


def _version_lowered(change: ResourceChange) -> Iterator[Outcome]:
    name = TLS_VERSIONS.get(change.type)
    if name is None or parse_path(name)[0] not in change.changed:
        return
    path = parse_path(name)
    after = change.planned(path)
    old, new = lowest_tls(change.was(name)), lowest_tls(after)
    if old is not None and after is UNKNOWN and change.kind is ActionKind.UPDATE:
        yield Undecided(why="The new TLS version is not known.", paths=(path,))
    elif old is not None and new is not None and new < old:
        least = f"TLS 1.{new}" if new >= 0 else "connections before TLS"
        yield Flag(
            what=f"It lets in {least}; before it was TLS 1.{old} at least.",
            paths=(path,),
            severity=Severity.HIGH if new < 2 else Severity.MEDIUM,
        )


def _protocol_plain(change: ResourceChange) -> Iterator[Outcome]:
    if change.type not in PLAIN_PROTOCOLS:
        return
    name, encrypted = PLAIN_PROTOCOLS[change.type]
    before, after = change.before.get(name), change.after.get(name)
    if name not in change.changed or not isinstance(before, str) or not isinstance(after, str):
        return
    if before in encrypted and after not in encrypted:
        if _redirects(change.after.get("default_action")):
            return
        yield Flag(what=f"It listens in the clear: {before} becomes {after}.", paths=((name,),))


def _redirects(actions: Any) -> bool:
    return isinstance(actions, list) and any(
        isinstance(action, dict) and action.get("type") == "redirect" for action in actions
    )


_OFF: Final = frozenset({"0", "off", "false", "disabled", "no"})


def _parameter_relaxed(change: ResourceChange) -> Iterator[Outcome]:
    if change.type in PARAMETER_TYPES:
        before = {str(change.before.get("name")): change.before.get("value")}
        after = {str(change.after.get("name")): change.after.get("value")}
        path = "value"
    elif change.type in PARAMETER_LISTS:
        path = PARAMETER_LISTS[change.type]
        before, after = _parameters(change.was(path)), _parameters(change.becomes(path))
    else:
        return
    for name in FORCE_TLS_PARAMETERS & before.keys():
        if _is_on(before[name]) and name in after and str(after[name]).lower() in _OFF:
            yield Flag(
                what=f"The database lets in plain connections: {name} is switched off.",
                paths=(parse_path(path),),
            )
        elif _is_on(before[name]) and name not in after and name == "rds.force_ssl":
            yield Flag(
                what=f"{name} is no longer set; before PostgreSQL 15 plain connections get in.",
                paths=(parse_path(path),),
                severity=Severity.MEDIUM,
                confidence=Confidence.MEDIUM,
            )


def _is_on(value: Any) -> bool:
    return isinstance(value, str) and value.lower() not in {*_OFF, ""}


def _parameters(value: Any) -> dict[str, Any]:
    items = value if isinstance(value, list) else []
    return {str(item.get("name")): item.get("value") for item in items if isinstance(item, dict)}


def _transport_allowed(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A deny of plain connections that goes."""
    for policy in policy_changes(change, context):
        if policy.kind is not PolicyKind.RESOURCE or policy.is_unknown:
            continue
        lifted = [
            grant
            for grant in grants_added(policy.before, policy.after)
            if grant.effect is Effect.DENY
            and any(clause.key == "aws:securetransport" for clause in grant.condition)
        ]
        if lifted:
            yield Flag(
                what="Its policy no longer denies connections without TLS.",
                paths=(policy.path,),
            )

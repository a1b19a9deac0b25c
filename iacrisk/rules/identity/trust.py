"""Whom a policy lets in that it did not let in before."""

from __future__ import annotations

from enum import IntEnum
from ipaddress import ip_network
from typing import Final

import msgspec

from iacrisk.catalog.permissions import PolicyKind
from iacrisk.plan.policy_document import Clause, Effect, Grant, account_of, name_principal
from iacrisk.rules.identity.grant_power import is_read, is_wildcard
from iacrisk.rules.readers.access.policy_changes import UNKNOWN_TEXT


class Stranger(IntEnum):
    """Who is let in, most familiar first."""

    NOBODY_NEW = 0
    """Principals of the same account, or a cloud service."""
    ACCOUNT = 1
    """Another account, narrowly or with a shared secret."""
    ACCOUNT_WIDE = 2
    """Another account, for whatever its administrators like."""
    FEDERATED = 3
    """More workloads of an identity provider than a named one."""
    EVERYONE = 4


class Trust(msgspec.Struct, frozen=True, kw_only=True):
    """Who is let in by a grant, in words."""

    stranger: Stranger
    who: str


_NOBODY: Final = Trust(stranger=Stranger.NOBODY_NEW, who="")


def trust_of(grant: Grant, kind: PolicyKind, own: frozenset[str], *, is_change: bool) -> Trust:
    """Whom a gained grant lets in; `own` are the accounts that count as ours."""
    if grant.effect is Effect.DENY:
        return _of_lifted_deny(grant, kind)
    if grant.principal.negated:
        return _everyone(f"everyone but {', '.join(grant.principal.patterns)}", grant)
    principal = grant.principal.patterns[0]
    if principal == "*":
        return _everyone("everyone", grant)
    if kind is PolicyKind.TRUST and _is_oidc(principal):
        return _of_provider(grant, is_change=is_change)
    return _of_account(grant, principal, own)


def _of_lifted_deny(grant: Grant, kind: PolicyKind) -> Trust:
    """A deny for outsiders is a fence: without it the allows decide alone."""
    fences = ("principalorg", "principalaccount", "sourcevpc", "sourceip", "principalarn")
    is_fence = any(fence in clause.key for clause in grant.condition for fence in fences)
    if kind is PolicyKind.RESOURCE and is_fence:
        return Trust(stranger=Stranger.ACCOUNT_WIDE, who="those whom a deny kept out")
    return _NOBODY


def _everyone(who: str, grant: Grant) -> Trust:
    if any(_restricts(clause) for clause in grant.condition):
        return _NOBODY
    return Trust(stranger=Stranger.EVERYONE, who=who)


_FENCES: Final = (
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorg",
    "aws:principaltag",
    "aws:resourceaccount",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourceorg",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:userid",
    "aws:username",
    "aws:vpcsourceip",
    "elasticfilesystem:accessedviamounttarget",
    "elasticfilesystem:accesspointarn",
    "kms:calleraccount",
    "lambda:eventsourcetoken",
    "s3:dataaccesspoint",
    "sns:endpoint",
)
"""Condition keys that say who may come; `aws:Referer` and user agents do not."""


def _restricts(clause: Clause) -> bool:
    """Whether the test keeps most of the world out."""
    if "not" in clause.operator or not clause.key.startswith(_FENCES):
        return False
    return not any(_lets_all_in(value) for value in clause.values)


def _lets_all_in(value: str) -> bool:
    if value.strip("*") == "" or value in {"arn:aws:iam::*:root", "arn:aws:iam::*:role/*"}:
        return True
    try:
        return ip_network(value, strict=False).prefixlen <= 1
    except ValueError:
        return False


# Identity providers


_WHO_IN_PROVIDER: Final = (":sub", ":repository", ":project_path", ":job_workflow_ref", ":oaud")


def _is_oidc(principal: str) -> bool:
    return ":oidc-provider/" in principal or principal == "cognito-identity.amazonaws.com"


def _of_provider(grant: Grant, *, is_change: bool) -> Trust:
    """A trust in a provider is as narrow as its test of who within it comes."""
    provider = grant.principal.patterns[0].partition("oidc-provider/")[2]
    who = f"workloads of {provider or 'the identity pool'}"
    tests = [clause for clause in grant.condition if clause.key.endswith(_tested(provider))]
    if not tests:
        return Trust(stranger=Stranger.FEDERATED, who=f"all {who}, whoever they are")
    values = [value for clause in tests for value in clause.values]
    if any(_is_whole_provider(value) for value in values):
        return Trust(stranger=Stranger.FEDERATED, who=f"all {who}")
    wide = [value for value in values if "*" in value]
    if wide and is_change:
        return Trust(stranger=Stranger.FEDERATED, who=f"{who} that match {wide[0]}")
    return _NOBODY


def _tested(provider: str) -> tuple[str, ...]:
    return (*_WHO_IN_PROVIDER, ":aud") if not provider else _WHO_IN_PROVIDER


def _is_whole_provider(value: str) -> bool:
    """`*`, `repo:*`, `repo:org/*`, `system:serviceaccount:*:*`, `project_path:*`."""
    kind, _, rest = value.partition(":")
    head = rest.partition(":")[0] if kind == "repo" else rest
    if value.startswith("system:serviceaccount:"):
        return value.split(":")[2].startswith("*")
    return value.startswith("*") or head.startswith("*") or head.endswith("/*") or "/*:" in head


# Accounts


def _of_account(grant: Grant, principal: str, own: frozenset[str]) -> Trust:
    account = account_of(principal)
    if account is None or not own or account in own or principal == UNKNOWN_TEXT:
        return _NOBODY
    who = name_principal(grant.principal)
    is_wide = principal == account and not _has_secret(grant)
    writes = is_wildcard(grant.action) or not is_read(grant.action.patterns[0])
    if is_wide and writes and not any(_restricts(clause) for clause in grant.condition):
        return Trust(stranger=Stranger.ACCOUNT_WIDE, who=who)
    return Trust(stranger=Stranger.ACCOUNT, who=who)


def _has_secret(grant: Grant) -> bool:
    return any(clause.key == "sts:externalid" for clause in grant.condition)

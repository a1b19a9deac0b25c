"""Roles that a change takes away, and what is as good as a role."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from iacrisk.catalog import attachment
from iacrisk.catalog.google_roles import gives_as_much
from iacrisk.catalog.permissions import Power
from iacrisk.patterns import regex
from iacrisk.plan import ResourceChange
from iacrisk.plan.policy_document import pattern_covers
from iacrisk.rules.context import Context
from iacrisk.rules.readers.access.cloud_grants import GOOGLE_IAM
from iacrisk.rules.readers.access.effective_access import Access, access_of
from iacrisk.rules.readers.access.role_grant import RoleGrant
from iacrisk.rules.readers.access.role_grants import role_grants


def role_losses(change: ResourceChange, context: Context) -> list[RoleGrant]:
    """Grants of roles that the change takes away and nothing else in the plan gives."""
    access = access_of(context)
    after = role_grants(change.type, change.after)
    if any(not grant.is_known for grant in after):
        return []
    return [
        grant
        for grant in sorted(role_grants(change.type, change.before), key=lambda item: item.text)
        if grant not in after
        and not _is_over(grant, access.gone)
        and not any(is_as_good(other, grant) for other in after)
        and not any(
            is_as_good(other, wider)
            for wider in _at_each_scope(grant)
            for other in access.roles_after(wider.principal, wider.scope)
        )
        and not _is_held_above(grant, change, access)
    ]


def _is_held_above(grant: RoleGrant, change: ResourceChange, access: Access) -> bool:
    """Whether the project that holds the resource gives the right as well."""
    if not GOOGLE_IAM.match(change.type) or change.type.startswith("google_project_iam"):
        return False
    return any(
        is_as_good(msgspec.structs.replace(other, scope=grant.scope), grant)
        for project in _projects(change, access)
        for other in access.roles_after(grant.principal, f"project {project}")
    )


_PROJECT_IN_PATH: Final = regex(r"(?:^|/)projects/([^/]+)/")


def _projects(change: ResourceChange, access: Access) -> Iterator[str]:
    """The projects that the scope of a grant names, or the object has to which it belongs."""
    named = change.before.get("project")
    if isinstance(named, str) and named:
        yield named
    for name in attachment(change.type):
        value = change.before.get(name)
        if isinstance(value, str):
            yield from _PROJECT_IN_PATH.findall(value)
            yield from access.projects_of(value)


def _at_each_scope(grant: RoleGrant) -> Iterator[RoleGrant]:
    """The grant, and the same one at a scope that holds its own."""
    yield grant
    if grant.scope.startswith("namespace "):
        yield msgspec.structs.replace(grant, scope="the cluster")
    for scope in scopes_above(grant.scope)[1:]:
        yield msgspec.structs.replace(grant, scope=scope)


_AZURE_LEVELS: Final = regex(r"/(?:providers|resourcegroups|subscriptions)/", re.IGNORECASE)


def scopes_above(scope: str) -> list[str]:
    """The scope and, on Azure, those that hold it: the vault of a secret, groups, subscription."""
    if not scope.lower().startswith("/subscriptions/"):
        return [scope]
    cuts = [match.start() for match in _AZURE_LEVELS.finditer(scope)][1:]
    return [scope, *_parents(scope), *(scope[:cut] for cut in reversed(cuts))]


def _parents(scope: str) -> Iterator[str]:
    """What holds the resource: `/providers/Space/type/name` without its later types and names."""
    head, provider, tail = scope.rpartition("/providers/")
    parts = tail.split("/")
    for length in range(len(parts) - 2, 1, -1):
        if provider and length % 2 == 1:
            yield f"{head}{provider}{'/'.join(parts[:length])}"


def _is_over(grant: RoleGrant, gone: frozenset[str]) -> bool:
    """Whether the holder or the scope goes in the same plan, or is gone already."""
    holder = grant.principal.partition(":")[2] or grant.principal
    parts = {grant.principal, holder, grant.scope, *grant.scope.split()}
    return bool(parts & gone) or grant.principal.startswith("deleted:")


def is_as_good(other: RoleGrant, grant: RoleGrant) -> bool:
    """Whether who holds `other` misses nothing of `grant`."""
    if other.principal != grant.principal or other.scope not in scopes_above(grant.scope):
        return False
    if other.condition not in {"", grant.condition}:
        return False
    if other.role == grant.role or pattern_covers(other.role, grant.role):
        return True
    known = gives_as_much(other.role, grant.role)
    if known is not None:
        return known
    if other.power is Power.ADMIN and "roles/iam" not in other.role:
        return not _AZURE_DATA_ROLE.search(grant.role)
    return _family(other.role) == _family(grant.role) and _rank(other.role) > _rank(grant.role) > 0


_AZURE_DATA_ROLE: Final = regex(r"\bData (?:Owner|Contributor|Reader|Sender|Receiver)$|^Key Vault ")
"""Roles on content, which Owner and Contributor do not include."""

_RANKS: Final = (
    r"guest|pull|read|reader|viewer|list|get",
    r"reporter|triage|accessor|user|invoker|subscriber|publisher|creator|member",
    r"developer|push|write|writer|editor|edit|contributor|officer|maintain|maintainer",
    r"admin|administrator|owner",
)


def _rank(role: str) -> int:
    last = _last_word(role)
    return next((rank for rank, words in enumerate(_RANKS, 1) if re.fullmatch(words, last)), 0)


def _family(role: str) -> str:
    return role[: len(role) - len(_last_word(role))]


def _last_word(role: str) -> str:
    """`Viewer` of `roles/storage.objectViewer`, `Reader` of `Storage Blob Data Reader`."""
    words = re.findall(r"[A-Z]?[a-z]+$", role.strip())
    return words[0].lower() if words else role.lower()

"""Roles that Google Cloud and Azure resources give."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from iacrisk.catalog.permissions import (
    AZURE_ROLE_IDS,
    AZURE_ROLES,
    GOOGLE_MILD_ADMINS,
    GOOGLE_ROLES,
    Power,
)
from iacrisk.patterns import regex
from iacrisk.plan import UNKNOWN
from iacrisk.plan.values import members
from iacrisk.rules.readers.access.policy_changes import UNKNOWN_TEXT
from iacrisk.rules.readers.access.role_grant import (
    HOLDERS,
    RoleGrant,
    Tree,
    all_texts,
    decoded,
    first,
    joined,
    text_of,
)
from iacrisk.rules.readers.shapes import last_part

GOOGLE_IAM: Final = regex(r"^google_(\w+)_iam_(member|binding|policy)$")


_WIDE: Final = frozenset({"billing_account", "folder", "organization", "project"})
_GOOGLE_NOT_SCOPE: Final = frozenset(
    {"condition", "etag", "id", "member", "members", "policy_data", "role"}
)


def google_grants(type_name: str, tree: Tree) -> Iterator[RoleGrant]:
    matched = GOOGLE_IAM.match(type_name)
    kind = matched[1] if matched else ""
    scope = _google_scope(kind, tree)
    for role, holders, condition in _google_bindings(tree):
        for holder in holders:
            yield RoleGrant(
                principal=holder,
                role=role,
                scope=scope,
                power=_google_power(kind, role),
                condition=condition,
            )


def _google_scope(kind: str, tree: Tree) -> str:
    names = sorted(tree.keys() - _GOOGLE_NOT_SCOPE)
    known = tuple(name for name in names if tree[name] is not UNKNOWN)
    return f"{kind} {joined(tree, known) or UNKNOWN_TEXT}"


def _google_bindings(tree: Tree) -> Iterator[tuple[str, list[str], str]]:
    if "policy_data" in tree:
        for binding in members(decoded(tree["policy_data"]).get("bindings")):
            condition = text_of(first(binding.get("condition")).get("expression"))
            yield text_of(binding.get("role")), all_texts(binding.get("members")), condition
        return
    holders = tree.get("members") if "members" in tree else tree.get("member")
    condition = text_of(first(tree.get("condition")).get("expression"))
    yield text_of(tree.get("role")), all_texts(holders), condition


def _google_power(kind: str, role: str) -> Power:
    """What a role gives on a project or above; on one resource it is that resource's matter."""
    if kind == "service_account":
        return Power.BROAD if GOOGLE_ROLES.get(role) is Power.ADMIN else Power.ORDINARY
    if kind not in _WIDE:
        return Power.ORDINARY
    if role in GOOGLE_ROLES:
        return GOOGLE_ROLES[role]
    if role in GOOGLE_MILD_ADMINS or not role.startswith("roles/"):
        return Power.ORDINARY
    if role.endswith((".admin", "Owner")):
        return Power.STRONG
    return Power.BROAD if role.endswith("Admin") else Power.ORDINARY


_GOOGLE_GRAVE_PERMISSIONS: Final = (
    "iam.serviceAccountKeys.create",
    "iam.serviceAccounts.actAs",
    "iam.serviceAccounts.getAccessToken",
    "iam.serviceAccounts.implicitDelegation",
    "iam.serviceAccounts.signBlob",
    "iam.serviceAccounts.signJwt",
    "iam.roles.update",
)


def google_custom_role(_: str, tree: Tree) -> Iterator[RoleGrant]:
    for permission in all_texts(tree.get("permissions")):
        grave = permission.endswith(".setIamPolicy") or permission in _GOOGLE_GRAVE_PERMISSIONS
        yield RoleGrant(
            principal=HOLDERS,
            role=permission,
            scope=f"role {text_of(tree.get('role_id'))}",
            power=Power.STRONG if grave else Power.ORDINARY,
        )


def bigquery_access(_: str, tree: Tree) -> Iterator[RoleGrant]:
    blocks = members(tree.get("access")) if "access" in tree else [tree]
    for block in blocks:
        names = ("special_group", "iam_member", "user_by_email", "group_by_email", "domain")
        for name in names:
            if block.get(name):
                yield RoleGrant(
                    principal=text_of(block[name]),
                    role=text_of(block.get("role")),
                    scope=f"dataset {text_of(tree.get('dataset_id'))}",
                )


_SUBSCRIPTION: Final = regex(
    r"^(/|/subscriptions/[^/]+|/providers/microsoft\.management/managementgroups/[^/]+)/?$",
    re.IGNORECASE,
)
_RESOURCE_GROUP: Final = regex(r"^/subscriptions/[^/]+/resourcegroups/[^/]+/?$", re.IGNORECASE)


def azure_assignment(_: str, tree: Tree) -> Iterator[RoleGrant]:
    role = _azure_role(tree)
    scope = text_of(tree.get("scope"))
    yield RoleGrant(
        principal=text_of(tree.get("principal_id")),
        role=role,
        scope=scope,
        power=_azure_power(role, scope),
        condition=text_of(tree.get("condition")),
    )


def _azure_role(tree: Tree) -> str:
    name, role_id = tree.get("role_definition_name"), tree.get("role_definition_id")
    if isinstance(name, str) and name:
        return name
    identifier = last_part(text_of(role_id)).lower()
    return AZURE_ROLE_IDS.get(identifier, identifier or text_of(name))


def _azure_power(role: str, scope: str) -> Power:
    power = AZURE_ROLES.get(role.lower(), Power.ORDINARY)
    if _SUBSCRIPTION.match(scope):
        return Power.ADMIN if role.lower() == "contributor" else power
    if scope == UNKNOWN_TEXT:
        return Power.BROAD if power else power
    if _RESOURCE_GROUP.match(scope):
        return Power(max(power - 1, 0))
    return Power(max(power - 2, 0))


def azure_role_definition(_: str, tree: Tree) -> Iterator[RoleGrant]:
    for block in members(tree.get("permissions")):
        for action in [*all_texts(block.get("actions")), *all_texts(block.get("data_actions"))]:
            yield RoleGrant(
                principal=HOLDERS,
                role=action,
                scope=f"role {text_of(tree.get('name'))}",
                power=_azure_action_power(action.lower()),
            )


def _azure_action_power(action: str) -> Power:
    if action in {"*", "*/write"} or action.startswith("microsoft.authorization/*"):
        return Power.ADMIN
    if action.startswith("microsoft.authorization/") and not action.endswith("/read"):
        return Power.ADMIN
    return Power.STRONG if re.fullmatch(r"microsoft\.[a-z]+/\*", action) else Power.ORDINARY


_VAULT_PERMISSIONS: Final = (
    "certificate_permissions",
    "key_permissions",
    "secret_permissions",
    "storage_permissions",
)


def key_vault(_: str, tree: Tree) -> Iterator[RoleGrant]:
    blocks = members(tree.get("access_policy")) if "access_policy" in tree else [tree]
    vault = text_of(tree.get("key_vault_id") or tree.get("id"))
    for block in blocks:
        for name in _VAULT_PERMISSIONS:
            for permission in all_texts(block.get(name)):
                yield RoleGrant(
                    principal=text_of(block.get("object_id")),
                    role=f"{name.partition('_')[0]} {permission}",
                    scope=vault,
                )

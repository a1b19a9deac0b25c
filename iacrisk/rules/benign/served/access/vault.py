"""BL-vaultgiven: Vault still gives what a policy or a role no longer does."""

from __future__ import annotations

import re
from typing import Final

from iacrisk.plan import ResourceChange
from iacrisk.plan.values import mapping
from iacrisk.rules.benign.harmless_attributes import explain
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.access.role_grants import role_grants
from iacrisk.rules.readers.access.role_losses import role_losses
from iacrisk.rules.readers.kubernetes.objects import workloads_of
from iacrisk.rules.readers.programs.running import words_of
from iacrisk.rules.readers.shapes import texts
from iacrisk.rules.readers.siblings import stays

POLICY: Final = "vault_policy"
ROLE: Final = "vault_kubernetes_auth_backend_role"
LOGINS: Final = (
    "vault_approle_auth_backend_role",
    "vault_aws_auth_backend_role",
    "vault_jwt_auth_backend_role",
    ROLE,
)
OTHERS: Final = (
    "vault_identity_entity",
    "vault_identity_entity_policies",
    "vault_identity_group",
    "vault_identity_group_policies",
    "vault_ldap_auth_backend_group",
    "vault_token",
    "vault_token_auth_backend_role",
)
_NOTE: Final = "vault.hashicorp.com/role"
_ACCOUNTS: Final = "bound_service_account_names"


def why_vault_gives(change: ResourceChange, context: Context) -> str | None:
    """Why everybody in the plan still gets in; None where one may not."""
    return _policy(change, context) if change.type == POLICY else _role(change, context)


def _policy(change: ResourceChange, context: Context) -> str | None:
    """Every role with the policy has another one that gives the same."""
    name = str(change.before.get("name"))
    rest = change.changed - {"policy"}
    if rest and explain(change, context, *rest) is None:
        return None
    if any(name.lower() in words_of(one, context) for one in context.changes_of(*OTHERS)):
        return None
    lost = {grant.role for grant in role_losses(change, context)}
    roles = [
        one
        for one in context.changes_of(*LOGINS)
        if stays(one) and name in texts(one.after.get("token_policies"))
    ]
    if not lost or not roles:
        return None
    given = once(
        context.plan,
        "what Vault's policies give",
        lambda: {
            str(one.after.get("name")): {grant.role for grant in role_grants(POLICY, one.after)}
            for one in context.changes_of(POLICY)
        },
    )
    for role in roles:
        held = {
            right
            for policy in texts(role.after.get("token_policies"))
            for right in (given.get(policy, ()) if policy != name else ())
        }
        if not all(any(covers(right, wanted) for right in held) for wanted in lost):
            return None
    return "every role with the policy has the same by another policy"


def covers(right: str, wanted: str) -> bool:
    """Whether one path gives another, by `*` at its end or `+` for a part."""
    held, _, path = right.partition(":")
    asked, _, place = wanted.partition(":")
    if held != asked:
        return False
    parts = re.escape(path.removesuffix("*")).replace(r"\+", "[^/]+")
    return bool(re.fullmatch(parts + (".*" if path.endswith("*") else ""), place))


def _role(change: ResourceChange, context: Context) -> str | None:
    """The pods of an account that goes name another role, which knows them."""
    rest = change.changed - {_ACCOUNTS}
    if rest and explain(change, context, *rest) is None:
        return None
    left = texts(change.after.get(_ACCOUNTS))
    gone = [name for name in texts(change.before.get(_ACCOUNTS)) if name not in left]
    spaces = texts(change.after.get("bound_service_account_namespaces"))
    if not gone or not left or "*" in (*gone, *spaces):
        return None
    own = change.before.get("role_name")
    if all(_use_another(name, spaces, own, context) for name in gone):
        return "the pods of the account that goes log in with another role"
    return None


def _use_another(account: str, spaces: list[str], own: object, context: Context) -> bool:
    asked: list[object] = []
    for space in spaces:
        for work in workloads_of(context, space):
            pod = work.after.pod if work.after is not None else {}
            if mapping(pod.get("spec")).get("serviceAccountName") == account:
                notes = mapping(mapping(pod.get("metadata")).get("annotations"))
                asked.append(notes.get(_NOTE))
    known = {
        one.after.get("role_name")
        for one in context.changes_of(ROLE)
        if stays(one) and account in texts(one.after.get(_ACCOUNTS))
    }
    return bool(asked) and all(name != own and name in known for name in asked)

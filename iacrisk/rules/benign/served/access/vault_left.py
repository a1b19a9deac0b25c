"""BL-vaultleft: a role of Vault and its policy go, and the pods have moved to another role."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.plan.values import mapping
from iacrisk.rules.benign.served.access.vault import LOGINS, OTHERS, POLICY, ROLE, covers
from iacrisk.rules.context import Context
from iacrisk.rules.readers.access.role_grants import role_grants, vault_denials
from iacrisk.rules.readers.kubernetes.objects import workloads_of
from iacrisk.rules.readers.programs.running import words_of
from iacrisk.rules.readers.shapes import texts
from iacrisk.rules.readers.siblings import stays

TYPES: Final = frozenset({POLICY, ROLE})
_NOTES: Final = "vault.hashicorp.com/"
_SECRET: Final = f"{_NOTES}agent-inject-secret-"
_TEMPLATE: Final = f"{_NOTES}agent-inject-template"
Notes = Mapping[str, Any]


def why_vault_left(change: ResourceChange, context: Context) -> str | None:
    """Why nobody in the plan uses the role or the policy; None where somebody may."""
    if change.type == ROLE:
        left = _is_left(change, context)
        return (
            "its pods log in with another role, which gives all that they ask for" if left else None
        )
    return _policy(change, context)


def _policy(change: ResourceChange, context: Context) -> str | None:
    """All roles with the policy go in this plan, and their pods have left them."""
    name = str(change.before.get("name"))
    if any(name.lower() in words_of(one, context) for one in context.changes_of(*OTHERS)):
        return None
    roles = [
        one
        for one in context.changes_of(*LOGINS)
        if name in texts(one.before.get("token_policies"), one.after.get("token_policies"))
    ]
    if roles and all(
        one.type == ROLE and one.kind is ActionKind.DELETE and _is_left(one, context)
        for one in roles
    ):
        return "the roles with the policy go too, and their pods log in with others"
    return None


def _is_left(role: ResourceChange, context: Context) -> bool:
    accounts = texts(role.before.get("bound_service_account_names"))
    spaces = texts(role.before.get("bound_service_account_namespaces"))
    if not accounts or not spaces or any("*" in text for text in (*accounts, *spaces)):
        return False
    found = list(_pods(accounts, spaces, context))
    return bool(found) and all(
        _has_moved(role, notes, account, space, context) for account, space, notes in found
    )


def _pods(
    accounts: list[str], spaces: list[str], context: Context
) -> Iterator[tuple[str, str, Notes]]:
    """The pods that the role knows, before and after the plan: account, namespace, notes."""
    for space in spaces:
        for work in workloads_of(context, space):
            for side in (work.before, work.after):
                pod = side.pod if side is not None else {}
                account = mapping(pod.get("spec")).get("serviceAccountName")
                if account in accounts:
                    notes = mapping(mapping(pod.get("metadata")).get("annotations"))
                    yield str(account), space, notes


def _has_moved(
    role: ResourceChange, notes: Notes, account: str, space: str, context: Context
) -> bool:
    """Whether the pods name another role that stays, knows them and gives what they ask for."""
    wanted = [text for name, text in notes.items() if name.startswith(_SECRET)]
    if not wanted or any(name.startswith(_TEMPLATE) for name in notes):
        return False
    for one in context.changes_of(ROLE):
        if (
            stays(one)
            and one is not role
            and one.before.get("role_name") == notes.get(f"{_NOTES}role")
            and one.after.get("role_name") == notes.get(f"{_NOTES}role")
            and _is_at(one, notes)
            and account in texts(one.after.get("bound_service_account_names"))
            and space in texts(one.after.get("bound_service_account_namespaces"))
        ):
            given = _given(one, context)
            return all(any(covers(right, f"read:{text}") for right in given) for text in wanted)
    return False


def _is_at(role: ResourceChange, notes: Notes) -> bool:
    """Whether the pods log in where the role is."""
    place = str(notes.get(f"{_NOTES}auth-path") or "auth/kubernetes")
    return place.removeprefix("auth/") == str(role.after.get("backend") or "kubernetes")


def _given(role: ResourceChange, context: Context) -> set[str]:
    """What the policies of the role give; nothing where one of them also denies."""
    names = set(texts(role.after.get("token_policies")))
    policies = [
        one for one in context.changes_of(POLICY) if stays(one) and one.after.get("name") in names
    ]
    if any(vault_denials(one.after) for one in policies):
        return set()
    return {grant.role for one in policies for grant in role_grants(POLICY, one.after)}

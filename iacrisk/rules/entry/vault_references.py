"""E12: something is told to read from a vault on which its identity has no right."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from iacrisk.patterns import regex
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.access.role_losses import scopes_above
from iacrisk.rules.readers.shapes import blocks, texts
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, rule

_READERS: Final = frozenset(
    {
        "azurerm_application_gateway",
        "azurerm_container_app",
        "azurerm_linux_function_app",
        "azurerm_linux_web_app",
        "azurerm_windows_function_app",
        "azurerm_windows_web_app",
    }
)
_VAULT: Final = regex(rb"([\w-]+)\.vault\.azure\.net|VaultName=([\w-]+)", re.IGNORECASE)
_ROLE: Final = regex(r"^(Key Vault (Administrator|Certificate User|Secrets (Officer|User))|Owner)$")
_UNNAMED_ROLE: Final = ""


@rule(
    id="E12",
    name="vault-out-of-reach",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.CREATE, ActionKind.UPDATE},
    types=_READERS,
)
def vault_out_of_reach(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A certificate or a secret is to be read from a vault on which the reader has no right.

    What it flags
        A gateway or an app that comes to name another Key Vault, which is in the plan, where
        none of its identities, which are in the plan as well, has a role or a policy on it.

    Why it matters
        The gateway switches the listener off, or the update fails half way; an app starts with
        the reference in place of the secret.

    When it is fine
        The right is given outside this plan, on the subscription or to a group.

    What to do instead
        Give the right first and let it become effective, then change the reference.

    References
        https://learn.microsoft.com/azure/application-gateway/key-vault-certs
    """
    new = _vaults_in(bytes(change.raw.change.after)) - _vaults_in(bytes(change.raw.change.before))
    vaults = {
        str(one.after.get("name")).lower(): one for one in context.changes_of("azurerm_key_vault")
    }
    principals = _principals(change, context)
    for name in sorted(new & vaults.keys()) if principals else ():
        if not _may_read(principals, vaults[name], context):
            yield Flag(
                what=f"None of its identities has a right on the vault {name}.",
                paths=tuple((argument,) for argument in sorted(change.changed - {"id"})),
            )


def _vaults_in(raw: bytes) -> frozenset[str]:
    return frozenset((found[1] or found[2]).decode().lower() for found in _VAULT.finditer(raw))


def _principals(change: ResourceChange, context: Context) -> frozenset[str]:
    """The principals of all its identities; none where one of them is not in the plan."""
    found: set[str] = set()
    identities = once(
        context.plan,
        "azure identities",
        lambda: {
            str(one.before.get("id")).lower(): one.before.get("principal_id")
            for one in context.changes_of("azurerm_user_assigned_identity")
        },
    )
    for block in blocks(change.after.get("identity")):
        kinds = str(block.get("type"))
        known = [identities.get(text.lower()) for text in texts(block.get("identity_ids"))]
        if "SystemAssigned" in kinds:
            known.append(block.get("principal_id"))
        if not known or not all(isinstance(one, str) and one for one in known):
            return frozenset()
        found.update(map(str, known))
    return frozenset(found)


def _may_read(principals: frozenset[str], vault: ResourceChange, context: Context) -> bool:
    """Whether somebody of them has a right on it; True too where a right cannot be read."""
    own = str(vault.before.get("id") or "").lower()
    if not own:
        return True
    wide = {scope.lower() for scope in scopes_above(own)}
    for one in context.changes_of("azurerm_role_assignment"):
        who, scope = one.after.get("principal_id"), one.after.get("scope")
        if one.kind is ActionKind.DELETE or (isinstance(who, str) and who not in principals):
            continue
        name = str(one.after.get("role_definition_name") or _UNNAMED_ROLE)
        is_right = not name or _ROLE.match(name)
        if is_right and (not isinstance(scope, str) or scope.lower() in wide):
            return True
    policies: list[tuple[Any, dict[str, Any]]] = [
        (one.after.get("key_vault_id"), one.after)
        for one in context.changes_of("azurerm_key_vault_access_policy")
        if one.kind is not ActionKind.DELETE
    ]
    policies += [(own, dict(block)) for block in blocks(vault.after.get("access_policy"))]
    for place, values in policies:
        who = values.get("object_id")
        here = not isinstance(place, str) or place.lower() == own
        if here and (not isinstance(who, str) or who in principals):
            return True
    return False

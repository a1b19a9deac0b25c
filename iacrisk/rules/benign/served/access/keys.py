"""BL-keysunused: keys and passwords that no user of the plan signs in with."""

from __future__ import annotations

import re
from typing import Final

from iacrisk.patterns import regex
from iacrisk.plan import ResourceChange
from iacrisk.rules.benign.harmless_attributes import explain
from iacrisk.rules.context import Context
from iacrisk.rules.readers.programs.running import programs_using, shows_all_names
from iacrisk.rules.readers.siblings import stays

KEY_SWITCHES: Final[dict[str, frozenset[str]]] = {
    name: frozenset(
        {
            "default_to_oauth_authentication",
            "local_auth_enabled",
            "local_authentication_disabled",
            "local_authentication_enabled",
            "shared_access_key_enabled",
        }
    )
    for name in (
        "azurerm_app_configuration",
        "azurerm_cognitive_account",
        "azurerm_cosmosdb_account",
        "azurerm_eventgrid_topic",
        "azurerm_eventhub_namespace",
        "azurerm_iothub",
        "azurerm_search_service",
        "azurerm_servicebus_namespace",
        "azurerm_storage_account",
    )
} | {
    "azurerm_mssql_server": frozenset({"azuread_administrator"}),
    "azurerm_postgresql_flexible_server": frozenset({"authentication"}),
}
"""The arguments by which signing in with a key or a password is switched off."""

_DATABASES: Final = frozenset({"azurerm_mssql_server", "azurerm_postgresql_flexible_server"})
_ASSIGNMENTS: Final = ("azurerm_cosmosdb_sql_role_assignment", "azurerm_role_assignment")
_SECRET: Final = regex(r"(^|_)(access_keys?|key|keys|connection_strings?|password|sas\w*)($|_)")
_IN_CLEAR: Final = regex(
    rb"accountkey=|sharedaccesskey|sharedaccesssignature|[?&;]sig=|password=|pwd=|user id="
    rb"|_access_key\"\s*:\s*\"[^\"]|[\w-]+:[^@\s/\"]+@[\w-]+\.postgres",
    re.IGNORECASE,
)
_BY_IDENTITY: Final = regex(
    rb"authentication=active directory|authentication=ad|managed ?identity|azure_client_id",
    re.IGNORECASE,
)
_IDENTITY: Final = regex(rb'"identity"\s*:\s*\[\s*\{')


def why_keys_unused(change: ResourceChange, context: Context) -> str | None:
    """Why nobody is refused whom the plan shows; None where somebody may be."""
    rest = change.changed - KEY_SWITCHES[change.type]
    if rest and explain(change, context, *rest) is None:
        return None
    users = programs_using(change, context)
    if not users or _reads_secrets(change, context):
        return None
    if not all(_signs_in_by_identity(user, change) for user in users):
        return None
    if change.type not in _DATABASES and not _has_roles(change, context):
        return None
    return "all its users in the plan come with an identity, and nothing reads its keys"


def _reads_secrets(change: ResourceChange, context: Context) -> bool:
    """Whether something reads a key of it, or of an object that makes keys for it."""
    for use in context.consumers(change):
        if _SECRET.search(use.reference.attribute):
            return True
        if re.search(r"authorization_rule|_sas$|shared_access", use.node.type) and any(
            context.graph.consumers(use.node.label)
        ):
            return True
    return False


def _signs_in_by_identity(user: ResourceChange, change: ResourceChange) -> bool:
    raw = bytes(user.raw.change.after)
    if not _IDENTITY.search(raw) or _IN_CLEAR.search(raw) or not shows_all_names(user):
        return False
    return change.type not in _DATABASES or bool(_BY_IDENTITY.search(raw))


def _has_roles(change: ResourceChange, context: Context) -> bool:
    """Whether some identity has a role on it."""
    own = str(change.before.get("id")).lower()
    return any(
        str(one.before.get("scope")).lower().startswith(own)
        for one in context.changes_of(*_ASSIGNMENTS)
        if stays(one)
    )

"""Types whose names are not given out again at once after a delete (D25).

"google" is the provider's or the service's documentation, "azurerm" that of the provider's
features block.
"""

from __future__ import annotations

from typing import Final

import msgspec


class BlockedName(msgspec.Struct, frozen=True, kw_only=True):
    """The argument that is the name, and for how long it is blocked.

    `unless`: an argument that, at 0, has the object deleted for good. `feature`: the block of
    azurerm's features that says whether a delete also purges, which it does by default.
    """

    name: str
    how_long: str
    unless: str = ""
    feature: str = ""


_UNTIL_PURGED: Final = "as long as the deleted one can be restored"

NAMES_BLOCKED: Final[dict[str, BlockedName]] = {
    "aws_secretsmanager_secret": BlockedName(
        name="name", how_long="the recovery window", unless="recovery_window_in_days"
    ),
    "azurerm_api_management": BlockedName(
        name="name", how_long=_UNTIL_PURGED, feature="api_management"
    ),
    "azurerm_app_configuration": BlockedName(
        name="name", how_long=_UNTIL_PURGED, feature="app_configuration"
    ),
    "azurerm_cognitive_account": BlockedName(
        name="name", how_long=_UNTIL_PURGED, feature="cognitive_account"
    ),
    "azurerm_key_vault": BlockedName(name="name", how_long=_UNTIL_PURGED, feature="key_vault"),
    "google_iam_workload_identity_pool": BlockedName(
        name="workload_identity_pool_id", how_long="30 days"
    ),
    "google_iam_workload_identity_pool_provider": BlockedName(
        name="workload_identity_pool_provider_id", how_long="30 days"
    ),
    "google_sql_database_instance": BlockedName(name="name", how_long="about a week"),
}
"""Not here: queues (the provider waits the 60 seconds), custom roles (the provider brings the
deleted one back), key rings (a delete only forgets them), buckets (usually free at once)."""

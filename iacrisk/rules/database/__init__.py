"""B: what happens to a database that stays where it is."""

from __future__ import annotations

from typing import Final

from iacrisk.rules.database.in_place import data_store_setting
from iacrisk.rules.database.operations import (
    database_address_changed,
    database_made_public,
    database_restarted_now,
    major_version_change,
    redundancy_lowered,
)
from iacrisk.rules.database.parameters import parameter_hurts
from iacrisk.rules.database.settings import (
    database_password_changed,
    encryption_enforced,
    index_lost,
    parameters_need_restart,
)
from iacrisk.rules.rule import Rule

RULES: Final[tuple[Rule, ...]] = (
    major_version_change,
    database_restarted_now,
    redundancy_lowered,
    database_made_public,
    database_address_changed,
    parameters_need_restart,
    encryption_enforced,
    database_password_changed,
    index_lost,
    data_store_setting,
    parameter_hurts,
)

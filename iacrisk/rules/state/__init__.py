"""S: addresses, state and plan hygiene."""

from __future__ import annotations

from typing import Final

from iacrisk.rules.rule import Rule
from iacrisk.rules.state.commands import opaque_command
from iacrisk.rules.state.configuration_edits import (
    backend_changed,
    create_first_dropped,
    destroy_time_provisioner,
    ignore_changes_removed,
    replacement_trigger_added,
    version_jump,
)
from iacrisk.rules.state.moved_objects import (
    for_each_key_renamed,
    index_shift,
    same_object_new_address,
)
from iacrisk.rules.state.ownership import (
    forgotten_object,
    import_strips_settings,
    import_with_destroy,
)
from iacrisk.rules.state.replacements import replacement_by_request, tainted_replacement
from iacrisk.rules.state.reverted_drift import drift_reverted
from iacrisk.rules.state.second_owner import second_owner
from iacrisk.rules.state.unfinished import deposed_object, errored_plan, incomplete_plan
from iacrisk.rules.state.whole_state import lost_state, mass_destroy
from iacrisk.rules.state.wrong_place import made_for_another_place

RULES: Final[tuple[Rule, ...]] = (
    same_object_new_address,
    index_shift,
    for_each_key_renamed,
    mass_destroy,
    lost_state,
    forgotten_object,
    import_with_destroy,
    import_strips_settings,
    incomplete_plan,
    deposed_object,
    tainted_replacement,
    replacement_by_request,
    made_for_another_place,
    drift_reverted,
    version_jump,
    ignore_changes_removed,
    errored_plan,
    opaque_command,
    second_owner,
    create_first_dropped,
    backend_changed,
    destroy_time_provisioner,
    replacement_trigger_added,
)

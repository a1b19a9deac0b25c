"""D: data destroyed, its guards and copies taken away."""

from __future__ import annotations

from typing import Final

from iacrisk.rules.data.arm_objects import arm_object_destroyed
from iacrisk.rules.data.backup_policies import policy_keeps_less
from iacrisk.rules.data.capacity import capacity_shrunk
from iacrisk.rules.data.columns import columns_dropped
from iacrisk.rules.data.copied_less import copied_less
from iacrisk.rules.data.deletion_guards import (
    force_destroy,
    guard_lowered,
    guarded_parent,
    vanished_prevent_destroy,
)
from iacrisk.rules.data.destruction import (
    container_destroyed,
    identity_changed,
    no_final_copy,
    stateful_delete,
    stateful_replace,
    unknown_type_destroyed,
)
from iacrisk.rules.data.in_place import recovery_setting
from iacrisk.rules.data.index_ages import indexes_deleted_earlier
from iacrisk.rules.data.injected import injected_replacement
from iacrisk.rules.data.keys_and_secrets import key_lost, secret_lost
from iacrisk.rules.data.manifests import kubernetes_object_destroyed
from iacrisk.rules.data.mount_targets import mount_target_gone
from iacrisk.rules.data.name_reuse import name_blocked
from iacrisk.rules.data.named_versions import named_version_gone
from iacrisk.rules.data.recoverability import recovery_cut, retention_shortened
from iacrisk.rules.data.selections import selection_finds_less
from iacrisk.rules.data.streams import stream_position_lost
from iacrisk.rules.data.usual import kept_shorter
from iacrisk.rules.rule import Rule

RULES: Final[tuple[Rule, ...]] = (
    stateful_delete,
    stateful_replace,
    no_final_copy,
    force_destroy,
    guard_lowered,
    vanished_prevent_destroy,
    guarded_parent,
    identity_changed,
    injected_replacement,
    container_destroyed,
    key_lost,
    secret_lost,
    capacity_shrunk,
    recovery_cut,
    retention_shortened,
    kubernetes_object_destroyed,
    name_blocked,
    unknown_type_destroyed,
    recovery_setting,
    columns_dropped,
    stream_position_lost,
    arm_object_destroyed,
    named_version_gone,
    selection_finds_less,
    kept_shorter,
    indexes_deleted_earlier,
    copied_less,
    mount_target_gone,
    policy_keeps_less,
)

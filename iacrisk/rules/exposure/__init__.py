"""X: exposure, encryption, and the recording of what happens."""

from __future__ import annotations

from typing import Final

from iacrisk.rules.exposure.alarms import alarm_silenced
from iacrisk.rules.exposure.approval_steps import approval_step_removed
from iacrisk.rules.exposure.caches import personal_answers_cached
from iacrisk.rules.exposure.deployers import unprotected_branches_deploy
from iacrisk.rules.exposure.edge_rules import edge_rule_weakened
from iacrisk.rules.exposure.encryption import encryption_relaxed
from iacrisk.rules.exposure.entrances_opened import behind_a_public_entrance
from iacrisk.rules.exposure.excluded_logs import logs_of_an_alarm_left_out
from iacrisk.rules.exposure.gateway_policies import gateway_checks_less
from iacrisk.rules.exposure.guards_gone import guard_destroyed
from iacrisk.rules.exposure.in_place import exposure_setting
from iacrisk.rules.exposure.log_metrics import alarm_on_other_lines
from iacrisk.rules.exposure.log_shares import share_of_logs_taken
from iacrisk.rules.exposure.made_public import made_public
from iacrisk.rules.exposure.metrics import alarm_without_metric
from iacrisk.rules.exposure.notification_trees import alarm_led_elsewhere
from iacrisk.rules.exposure.on_call import nobody_on_call
from iacrisk.rules.exposure.open_routes import open_route_before_guarded
from iacrisk.rules.exposure.organisation_policies import organisation_policy_weakened
from iacrisk.rules.exposure.origins import origin_unshielded
from iacrisk.rules.exposure.passed_over import filter_passed_over
from iacrisk.rules.exposure.password_policies import password_policy_weaker
from iacrisk.rules.exposure.pod_privileges import pod_privilege
from iacrisk.rules.exposure.protected_branches import protection_moved
from iacrisk.rules.exposure.recording import audit_off
from iacrisk.rules.exposure.secrets_in_clear import credential_in_clear
from iacrisk.rules.exposure.shares import shared_with_another_account
from iacrisk.rules.exposure.sign_on_order import weaker_sign_on_first
from iacrisk.rules.exposure.silences_widened import silence_widened
from iacrisk.rules.exposure.thrown_away import all_data_dropped, events_suppressed
from iacrisk.rules.exposure.usual import usual_guard_off
from iacrisk.rules.rule import Rule

RULES: Final[tuple[Rule, ...]] = (
    made_public,
    encryption_relaxed,
    audit_off,
    organisation_policy_weakened,
    credential_in_clear,
    shared_with_another_account,
    exposure_setting,
    guard_destroyed,
    alarm_silenced,
    edge_rule_weakened,
    gateway_checks_less,
    alarm_without_metric,
    origin_unshielded,
    protection_moved,
    personal_answers_cached,
    unprotected_branches_deploy,
    share_of_logs_taken,
    nobody_on_call,
    usual_guard_off,
    pod_privilege,
    approval_step_removed,
    logs_of_an_alarm_left_out,
    filter_passed_over,
    alarm_on_other_lines,
    all_data_dropped,
    events_suppressed,
    password_policy_weaker,
    weaker_sign_on_first,
    behind_a_public_entrance,
    silence_widened,
    open_route_before_guarded,
    alarm_led_elsewhere,
)

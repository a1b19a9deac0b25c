"""C: clusters, nodes, machines and functions, and how many of them run."""

from __future__ import annotations

from typing import Final

from iacrisk.rules.compute.admission import admission_closed
from iacrisk.rules.compute.capacity import (
    capacity_cut,
    cluster_destroyed,
    machine_destroyed,
    machine_restarted,
    node_pool_destroyed,
    service_destroyed,
)
from iacrisk.rules.compute.cluster_version import cluster_version_jump
from iacrisk.rules.compute.consumers import consumer_outlives_visibility
from iacrisk.rules.compute.controllers import controller_turned
from iacrisk.rules.compute.dead_letters import dead_letters_lost
from iacrisk.rules.compute.dry_runs import no_longer_dry
from iacrisk.rules.compute.filters import filter_narrowed
from iacrisk.rules.compute.fleet_templates import fleet_template_weakened
from iacrisk.rules.compute.in_place import workload_setting
from iacrisk.rules.compute.message_rules import subscription_hears_nothing
from iacrisk.rules.compute.metadata_tokens import metadata_out_of_reach
from iacrisk.rules.compute.pod_defaults import pods_without_a_size
from iacrisk.rules.compute.pod_inputs import pod_input_gone
from iacrisk.rules.compute.pod_limits import limit_below_need
from iacrisk.rules.compute.pod_settings import kubernetes_setting, pods_leave_their_service
from iacrisk.rules.compute.put_in_front import policy_put_in_front
from iacrisk.rules.compute.rollouts import refresh_of_all_at_once
from iacrisk.rules.compute.runtimes import runtime_without_code
from iacrisk.rules.compute.scheduled_capacity import scheduled_capacity_gone
from iacrisk.rules.compute.scheduled_outages import stopped_by_schedule
from iacrisk.rules.compute.schedules import runs_far_more_often
from iacrisk.rules.compute.spot_only import spare_capacity_only
from iacrisk.rules.compute.unfed import consumer_unfed
from iacrisk.rules.compute.usual import switched_off_or_halved
from iacrisk.rules.compute.watched_namespaces import controller_watches_less
from iacrisk.rules.rule import Rule

RULES: Final[tuple[Rule, ...]] = (
    cluster_destroyed,
    node_pool_destroyed,
    machine_destroyed,
    machine_restarted,
    capacity_cut,
    cluster_version_jump,
    service_destroyed,
    runtime_without_code,
    workload_setting,
    consumer_outlives_visibility,
    refresh_of_all_at_once,
    filter_narrowed,
    admission_closed,
    controller_turned,
    fleet_template_weakened,
    pod_input_gone,
    limit_below_need,
    controller_watches_less,
    switched_off_or_halved,
    consumer_unfed,
    runs_far_more_often,
    kubernetes_setting,
    pods_leave_their_service,
    no_longer_dry,
    scheduled_capacity_gone,
    stopped_by_schedule,
    spare_capacity_only,
    metadata_out_of_reach,
    subscription_hears_nothing,
    policy_put_in_front,
    pods_without_a_size,
    dead_letters_lost,
)

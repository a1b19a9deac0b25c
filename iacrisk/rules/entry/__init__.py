"""E: entry points, DNS and certificates; who knocks finds nobody, or somebody else."""

from __future__ import annotations

from typing import Final

from iacrisk.rules.entry.addresses_out import address_no_longer_admitted
from iacrisk.rules.entry.admission import callers_turned_away, edge_protection_removed
from iacrisk.rules.entry.certificates import certificate_narrowed
from iacrisk.rules.entry.checks import health_check_changed
from iacrisk.rules.entry.consul_entries import service_calls_led_otherwise
from iacrisk.rules.entry.edge_answers import edge_answers_everything, script_takes_paths
from iacrisk.rules.entry.filters_put_on import filter_blocks_by_default
from iacrisk.rules.entry.first_fit import entry_put_in_front
from iacrisk.rules.entry.gone import entry_point_gone
from iacrisk.rules.entry.in_place import entry_point_setting
from iacrisk.rules.entry.issuers_refused import issuer_left_out
from iacrisk.rules.entry.mail_texts import mail_text_doubled
from iacrisk.rules.entry.names import domain_wide_record_changed, record_gap, zone_destroyed
from iacrisk.rules.entry.parts_gone import needed_part_gone
from iacrisk.rules.entry.plain_callers import plain_callers_refused
from iacrisk.rules.entry.public_blocks import public_bucket_closed
from iacrisk.rules.entry.renewal import renewal_proof_gone
from iacrisk.rules.entry.requests import requests_led_elsewhere
from iacrisk.rules.entry.shadowed import behaviour_takes_paths, record_hides_wildcard
from iacrisk.rules.entry.shadows import names_hidden
from iacrisk.rules.entry.slowed import callers_slowed_down
from iacrisk.rules.entry.taken_first import name_answered_otherwise, requests_taken_at_the_edge
from iacrisk.rules.entry.vault_references import vault_out_of_reach
from iacrisk.rules.rule import Rule

RULES: Final[tuple[Rule, ...]] = (
    zone_destroyed,
    record_gap,
    domain_wide_record_changed,
    certificate_narrowed,
    entry_point_gone,
    edge_protection_removed,
    requests_led_elsewhere,
    entry_point_setting,
    callers_turned_away,
    health_check_changed,
    names_hidden,
    vault_out_of_reach,
    mail_text_doubled,
    record_hides_wildcard,
    behaviour_takes_paths,
    renewal_proof_gone,
    public_bucket_closed,
    filter_blocks_by_default,
    entry_put_in_front,
    plain_callers_refused,
    address_no_longer_admitted,
    name_answered_otherwise,
    requests_taken_at_the_edge,
    callers_slowed_down,
    needed_part_gone,
    edge_answers_everything,
    script_takes_paths,
    service_calls_led_otherwise,
    issuer_left_out,
)

"""N: packets no longer get there, or get in where they should not."""

from __future__ import annotations

from typing import Final

from iacrisk.rules.network.addresses import public_address_released
from iacrisk.rules.network.admitted_less import traffic_no_longer_admitted
from iacrisk.rules.network.admitted_more import opened_to_the_world
from iacrisk.rules.network.filters import filter_removed, inline_against_standalone
from iacrisk.rules.network.firewalls import firewall_lets_less_through
from iacrisk.rules.network.forwarded_names import own_names_forwarded
from iacrisk.rules.network.in_place import network_setting
from iacrisk.rules.network.interfaces import security_group_left
from iacrisk.rules.network.led_through import led_through_closed_firewall
from iacrisk.rules.network.links import link_cut, private_endpoint_removed
from iacrisk.rules.network.names_taken import public_api_names_taken
from iacrisk.rules.network.nat_ports import nat_ports_run_out
from iacrisk.rules.network.next_hops import next_hop_gone
from iacrisk.rules.network.objects import (
    filter_object_destroyed,
    network_changed,
    replaced_for_words,
)
from iacrisk.rules.network.pods import pods_cut_off
from iacrisk.rules.network.private_names import endpoint_shuts_out
from iacrisk.rules.network.propagated import propagated_route_shadowed
from iacrisk.rules.network.routing import route_dropped, route_table_taken_away
from iacrisk.rules.network.shadowing import range_in_use_dropped, zone_shadows_another
from iacrisk.rules.network.tailnets import tailnet_narrowed, tailnet_opened
from iacrisk.rules.network.unlisted_addresses import nat_address_not_listed
from iacrisk.rules.network.ways_out import outbound_rule_gone, zone_linked_without_names
from iacrisk.rules.rule import Rule

RULES: Final[tuple[Rule, ...]] = (
    filter_object_destroyed,
    replaced_for_words,
    inline_against_standalone,
    route_dropped,
    route_table_taken_away,
    network_changed,
    public_address_released,
    filter_removed,
    link_cut,
    opened_to_the_world,
    traffic_no_longer_admitted,
    private_endpoint_removed,
    security_group_left,
    network_setting,
    range_in_use_dropped,
    zone_shadows_another,
    pods_cut_off,
    firewall_lets_less_through,
    nat_ports_run_out,
    endpoint_shuts_out,
    own_names_forwarded,
    public_api_names_taken,
    next_hop_gone,
    led_through_closed_firewall,
    zone_linked_without_names,
    outbound_rule_gone,
    tailnet_narrowed,
    tailnet_opened,
    nat_address_not_listed,
    propagated_route_shadowed,
)

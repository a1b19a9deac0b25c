"""I: identity and access - rights given too widely, or taken from those who live on them."""

from __future__ import annotations

from typing import Final

from iacrisk.rules.identity.accounts_gone import account_still_named
from iacrisk.rules.identity.aggregated import rights_aggregated
from iacrisk.rules.identity.credentials import credential_rotated
from iacrisk.rules.identity.emergency_access import emergency_access_not_spared
from iacrisk.rules.identity.endpoint_policies import refused_on_the_way
from iacrisk.rules.identity.exclusive_lists import (
    authoritative_grant_destroyed,
    authoritative_membership,
    exclusive_attachment,
)
from iacrisk.rules.identity.federation import federated_login_narrowed
from iacrisk.rules.identity.federation_opened import (
    bound_attribute_unmapped,
    federation_open_to_strangers,
)
from iacrisk.rules.identity.federation_widened import federation_widened
from iacrisk.rules.identity.fenced_out import user_fenced_out
from iacrisk.rules.identity.grant_lists import grant_list_narrowed
from iacrisk.rules.identity.in_place import identity_setting
from iacrisk.rules.identity.invokers import invoker_refused
from iacrisk.rules.identity.lock_outs import (
    cluster_access_removed,
    resource_policy_lock_out,
    self_lock_out,
)
from iacrisk.rules.identity.new_denials import new_denial_takes_rights
from iacrisk.rules.identity.people import people_removed, role_of_people_lost
from iacrisk.rules.identity.permission_loss import permission_narrowed
from iacrisk.rules.identity.policy_denials import policy_comes_to_refuse
from iacrisk.rules.identity.principals import principal_recreated
from iacrisk.rules.identity.refused import everyone_refused
from iacrisk.rules.identity.refused_clients import client_denied
from iacrisk.rules.identity.rights_given import admin_rights_given, trust_widened
from iacrisk.rules.identity.rotations import rotated_while_copied
from iacrisk.rules.identity.secret_sources import secret_source_unreadable
from iacrisk.rules.identity.service_roles import service_role_off_key
from iacrisk.rules.identity.sign_on_refusals import refusal_put_first
from iacrisk.rules.identity.true_denials import denial_holds_for_users
from iacrisk.rules.identity.usual import somebody_left_out
from iacrisk.rules.identity.vault_denials import denied_what_another_grants
from iacrisk.rules.identity.ways_in import way_in_destroyed
from iacrisk.rules.rule import Rule

RULES: Final[tuple[Rule, ...]] = (
    authoritative_membership,
    exclusive_attachment,
    authoritative_grant_destroyed,
    admin_rights_given,
    trust_widened,
    principal_recreated,
    self_lock_out,
    resource_policy_lock_out,
    cluster_access_removed,
    credential_rotated,
    role_of_people_lost,
    people_removed,
    permission_narrowed,
    identity_setting,
    way_in_destroyed,
    everyone_refused,
    federated_login_narrowed,
    user_fenced_out,
    policy_comes_to_refuse,
    invoker_refused,
    secret_source_unreadable,
    denied_what_another_grants,
    account_still_named,
    somebody_left_out,
    new_denial_takes_rights,
    denial_holds_for_users,
    federation_open_to_strangers,
    bound_attribute_unmapped,
    federation_widened,
    grant_list_narrowed,
    client_denied,
    rotated_while_copied,
    refused_on_the_way,
    refusal_put_first,
    emergency_access_not_spared,
    service_role_off_key,
    rights_aggregated,
)

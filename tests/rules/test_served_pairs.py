"""Something is narrowed or goes: the plan shows that a user needs it, or that none does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pairs import Pair, is_held, told
from tests.rules.served.across_clouds import ACROSS_CLOUDS
from tests.rules.served.aggregated import AGGREGATED, AGGREGATED_CALM, AGGREGATED_TRAPS
from tests.rules.served.azure_hit import AZURE_HIT
from tests.rules.served.azure_in_place import AZURE_IN_PLACE
from tests.rules.served.azure_rights import AZURE
from tests.rules.served.backups_and_trees import BACKUPS_AND_TREES, BACKUPS_AND_TREES_TRAPS
from tests.rules.served.branches import BRANCH_TRAPS, BRANCHES
from tests.rules.served.cloud_siblings import CLOUD_SIBLING_TRAPS, CLOUD_SIBLINGS
from tests.rules.served.clouds import CLOUDS, CLOUDS_TRAPS
from tests.rules.served.clouds_in_place import CLOUDS_IN_PLACE, CLOUDS_IN_PLACE_TRAPS
from tests.rules.served.clouds_spared import CLOUDS_SPARED, CLOUDS_SPARED_TRAPS
from tests.rules.served.cluster_entrances import ENTRANCE_TRAPS, ENTRANCES
from tests.rules.served.dead_letters import DEAD_LETTERS, DEAD_LETTERS_TRAPS
from tests.rules.served.encrypted_clients import ENCRYPTED_CLIENTS, ENCRYPTED_CLIENTS_TRAPS
from tests.rules.served.google import GOOGLE
from tests.rules.served.google_in_place import GOOGLE_IN_PLACE
from tests.rules.served.in_place_siblings import IN_PLACE_SIBLINGS, IN_PLACE_TRAPS
from tests.rules.served.issuers import ISSUER_CALM, ISSUER_TRAPS, ISSUERS
from tests.rules.served.kafka import KAFKA, KAFKA_TRAPS
from tests.rules.served.kubernetes import KUBERNETES
from tests.rules.served.left_for_jobs import JOB_TRAPS, LEFT_FOR_JOBS
from tests.rules.served.logins_and_alarms import LOGIN_TRAPS, LOGINS_AND_ALARMS
from tests.rules.served.logins_opened import LOGINS_OPENED, LOGINS_OPENED_TRAPS
from tests.rules.served.messages_taken import MESSAGE_TRAPS, MESSAGES_TAKEN
from tests.rules.served.mutes_and_patterns import NINTH_OTHERS, NINTH_OTHERS_TRAPS
from tests.rules.served.nat_lists import NAT_LISTS, NAT_LISTS_TRAPS
from tests.rules.served.on_call import ON_CALL, ON_CALL_TRAPS
from tests.rules.served.outside_tables import OUTSIDE_TABLES, OUTSIDE_TABLES_TRAPS
from tests.rules.served.pods_refused import PODS_REFUSED, PODS_REFUSED_TRAPS
from tests.rules.served.reached import REACHED, REACHED_TRAPS
from tests.rules.served.record_keepers import KEEPER_TRAPS, KEEPERS
from tests.rules.served.rule_orders import RULE_ORDER_TRAPS, RULE_ORDERS
from tests.rules.served.secrets_branches_silences import (
    SECRETS_BRANCHES_SILENCES,
    SECRETS_BRANCHES_SILENCES_TRAPS,
)
from tests.rules.served.services import SERVICES
from tests.rules.served.shares_taken import SHARES_TAKEN, SHARES_TAKEN_TRAPS
from tests.rules.served.sign_ins import SIGN_IN_TRAPS, SIGN_INS
from tests.rules.served.silences import SILENCE_TRAPS, SILENCES
from tests.rules.served.traps import TRAPS
from tests.rules.served.worlds import Trap

PAIRS = [
    *GOOGLE,
    *AZURE,
    *KUBERNETES,
    *SERVICES,
    *ACROSS_CLOUDS,
    *SECRETS_BRANCHES_SILENCES,
    *SHARES_TAKEN,
    *CLOUDS,
    *GOOGLE_IN_PLACE,
    *AZURE_IN_PLACE,
    *IN_PLACE_SIBLINGS,
    *CLOUD_SIBLINGS,
    *CLOUDS_IN_PLACE,
    *PODS_REFUSED,
    *LOGINS_AND_ALARMS,
    *ENTRANCES,
    *SILENCES,
    *RULE_ORDERS,
    *CLOUDS_SPARED,
    *MESSAGES_TAKEN,
    *LEFT_FOR_JOBS,
    *SIGN_INS,
    *ISSUERS,
    *AGGREGATED,
    *BRANCHES,
    *ON_CALL,
    *KAFKA,
    *KEEPERS,
    *NAT_LISTS,
    *DEAD_LETTERS,
    *ENCRYPTED_CLIENTS,
    *LOGINS_OPENED,
    *OUTSIDE_TABLES,
    *AZURE_HIT,
    *BACKUPS_AND_TREES,
    *REACHED,
]
CALM = [*ISSUER_CALM, *AGGREGATED_CALM]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name[:80])
def test_the_danger_waits_and_its_twin_passes(pair: Pair) -> None:
    assert (is_held(pair.danger), is_held(pair.twin)) == (True, False)


@pytest.mark.parametrize("pair", NINTH_OTHERS, ids=lambda pair: pair.name[:80])
def test_a_ninth_danger_waits_and_its_twin_passes(pair: Pair) -> None:
    assert (is_held(pair.danger), is_held(pair.twin)) == (True, False)


def test_what_is_said_of_the_ninth_dangers_is_complete() -> None:
    known = Path(__file__).with_name("mutes_and_patterns.txt").read_text("utf-8")
    assert told(NINTH_OTHERS) == known


def test_what_is_said_of_the_dangers_is_complete() -> None:
    assert told(PAIRS) == Path(__file__).with_name("served_pairs.txt").read_text("utf-8")


@pytest.mark.parametrize(
    "trap",
    [
        *TRAPS,
        *SECRETS_BRANCHES_SILENCES_TRAPS,
        *SHARES_TAKEN_TRAPS,
        *CLOUDS_TRAPS,
        *IN_PLACE_TRAPS,
        *CLOUD_SIBLING_TRAPS,
        *CLOUDS_IN_PLACE_TRAPS,
        *PODS_REFUSED_TRAPS,
        *LOGIN_TRAPS,
        *ENTRANCE_TRAPS,
        *SILENCE_TRAPS,
        *RULE_ORDER_TRAPS,
        *CLOUDS_SPARED_TRAPS,
        *MESSAGE_TRAPS,
        *JOB_TRAPS,
        *SIGN_IN_TRAPS,
        *NINTH_OTHERS_TRAPS,
        *ISSUER_TRAPS,
        *AGGREGATED_TRAPS,
        *BRANCH_TRAPS,
        *ON_CALL_TRAPS,
        *KAFKA_TRAPS,
        *KEEPER_TRAPS,
        *NAT_LISTS_TRAPS,
        *DEAD_LETTERS_TRAPS,
        *ENCRYPTED_CLIENTS_TRAPS,
        *LOGINS_OPENED_TRAPS,
        *OUTSIDE_TABLES_TRAPS,
        *BACKUPS_AND_TREES_TRAPS,
        *REACHED_TRAPS,
    ],
    ids=lambda trap: trap.name[:80],
)
def test_a_plan_that_only_looks_so_waits(trap: Trap) -> None:
    assert is_held(trap.plan)


@pytest.mark.parametrize("calm", CALM, ids=lambda calm: calm.name[:80])
def test_a_plan_in_which_nobody_is_hurt_passes(calm: Trap) -> None:
    assert not is_held(calm.plan)

"""Changes on AWS whose harm the plan itself shows, or shows to be none, and their siblings."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pairs import Pair, is_held, told
from tests.rules.served.amazon_calendar import CALENDAR, CALENDAR_TRAPS
from tests.rules.served.amazon_callers import CALLER_TRAPS, CALLERS
from tests.rules.served.amazon_clients import CLIENT_TRAPS, CLIENTS
from tests.rules.served.amazon_copies import COPIES, COPY_TRAPS
from tests.rules.served.amazon_denials import DENIAL_TRAPS, DENIALS
from tests.rules.served.amazon_idle import IDLE, IDLE_TRAPS
from tests.rules.served.amazon_known import KNOWN, KNOWN_TRAPS
from tests.rules.served.amazon_limits import LIMIT_TRAPS, LIMITS
from tests.rules.served.amazon_ordinary import ORDINARY, ORDINARY_TRAPS
from tests.rules.served.amazon_paths import PATH_TRAPS, PATHS
from tests.rules.served.amazon_roles_and_routes import ROLES_AND_ROUTES, ROLES_AND_ROUTES_TRAPS
from tests.rules.served.amazon_siblings import SIBLING_TRAPS, SIBLINGS
from tests.rules.served.amazon_stopped import STOPPED, STOPPED_TRAPS
from tests.rules.served.amazon_taken import PASSES, TAKEN
from tests.rules.served.amazon_unmissed import UNMISSED, UNMISSED_TRAPS
from tests.rules.served.endpoint_policies import ENDPOINT_TRAPS, ENDPOINTS
from tests.rules.served.worlds import Trap

PAIRS = [
    *CALENDAR,
    *CALLERS,
    *CLIENTS,
    *COPIES,
    *DENIALS,
    *ENDPOINTS,
    *IDLE,
    *KNOWN,
    *LIMITS,
    *ROLES_AND_ROUTES,
    *ORDINARY,
    *PATHS,
    *SIBLINGS,
    *STOPPED,
    *TAKEN,
    *UNMISSED,
]
TRAPS = [
    *CALENDAR_TRAPS,
    *CALLER_TRAPS,
    *CLIENT_TRAPS,
    *COPY_TRAPS,
    *DENIAL_TRAPS,
    *ENDPOINT_TRAPS,
    *IDLE_TRAPS,
    *KNOWN_TRAPS,
    *LIMIT_TRAPS,
    *ROLES_AND_ROUTES_TRAPS,
    *ORDINARY_TRAPS,
    *PATH_TRAPS,
    *SIBLING_TRAPS,
    *STOPPED_TRAPS,
    *UNMISSED_TRAPS,
]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name[:80])
def test_the_danger_waits_and_its_twin_passes(pair: Pair) -> None:
    assert (is_held(pair.danger), is_held(pair.twin)) == (True, False)


def test_what_is_said_of_the_dangers_is_complete() -> None:
    assert told(PAIRS) == Path(__file__).with_name("amazon_pairs.txt").read_text("utf-8")


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.name[:80])
def test_a_plan_that_only_looks_so_waits(trap: Trap) -> None:
    assert is_held(trap.plan)


@pytest.mark.parametrize("everyday", PASSES, ids=lambda one: one.name[:80])
def test_an_everyday_plan_passes(everyday: Trap) -> None:
    assert not is_held(everyday.plan)

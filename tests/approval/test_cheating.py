"""Ways to get a held plan past the gate. Each is refused, and the reason is the right one."""

from __future__ import annotations

import pytest

from iacrisk.gate import Verdict
from tests.approval.cheats.file import OTHER_FILE
from tests.approval.cheats.person import OTHER_PERSON
from tests.approval.cheats.place import OTHER_PLACE
from tests.approval.cheats.plan import OTHER_PLAN
from tests.approval.cheats.signature import OTHER_SIGNATURE
from tests.approval.cheats.time import OTHER_TIME
from tests.approval.world import World, needs_ssh_keygen

pytestmark = needs_ssh_keygen

CHEATS = {
    f"{group}: {name}": cheat
    for group, cheats in {
        "plan": OTHER_PLAN,
        "place": OTHER_PLACE,
        "time": OTHER_TIME,
        "signature": OTHER_SIGNATURE,
        "file": OTHER_FILE,
        "person": OTHER_PERSON,
    }.items()
    for name, cheat in cheats.items()
}


def test_an_honest_approval_lets_the_plan_go(world: World) -> None:
    world.approve()
    found = world.outcome()
    assert found.decision.verdict is Verdict.ALLOWED
    assert found.approval is not None
    assert [grant.signer for grant in found.approval.granted] == ["alice@example.com"]
    assert (found.approval.refused, found.approval.missing) == ((), ())


@pytest.mark.parametrize("name", CHEATS)
def test_a_cheat_is_refused_with_its_reason(name: str, world: World) -> None:
    cheat, reason = CHEATS[name]
    cheat(world)
    found = world.outcome()
    assert found.decision.verdict is not Verdict.ALLOWED
    assert found.approval is not None
    said = [*(item.why for item in found.approval.refused), *found.approval.missing]
    assert [line for line in said if reason in line], said
    assert [line for line in said if "\n" in line] == []


def test_there_are_many_cheats() -> None:
    assert len(CHEATS) >= 100

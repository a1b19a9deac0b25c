"""Q: dear machines, many at once, brakes taken off, purchases that bind."""

from __future__ import annotations

import pytest

from iacrisk.catalog.costs import DEAR
from iacrisk.rules.rule import Confidence, Severity
from tests.plans import Json, create, noop, tweak, update
from tests.rules.told import undecided, weights

REMARK = (Severity.MEDIUM, Confidence.LOW)
BOX = "aws_instance.box"

# Q01


@pytest.mark.parametrize(
    "name",
    ["p3.2xlarge", "g5.12xlarge", "m5.metal", "db.r6g.16xlarge", "u-6tb1.metal", "x1e.32xlarge",
     "Standard_NC24ads_A100_v4", "Standard_M128s", "a2-highgpu-1g", "m2-ultramem-208", "2X-LARGE"],
)  # fmt: skip
def test_names_of_dear_machines(name: str) -> None:
    assert DEAR.fullmatch(name)


@pytest.mark.parametrize(
    "name",
    ["t3.micro", "m5.2xlarge", "g4dn.xlarge", "db.r5.large", "Standard_D4s_v5", "e2-medium",
     "n2-standard-8", "MEDIUM", "X-SMALL", "ml.t3.medium", "c5.9xlarge"],
)  # fmt: skip
def test_names_of_usual_machines(name: str) -> None:
    assert DEAR.fullmatch(name) is None


def test_a_dear_machine_is_a_remark_and_a_usual_one_passes() -> None:
    assert weights(create(BOX, {"instance_type": "p4d.24xlarge"}), only=("Q01",)) == [
        (BOX, *REMARK)
    ]
    assert weights(create(BOX, {"instance_type": "m5.large"}), only=("Q01",)) == []


def test_a_machine_that_was_dear_before_passes() -> None:
    change = tweak(BOX, {"instance_type": "p4d.24xlarge"}, instance_type="p3.2xlarge")
    assert weights(change, only=("Q01",)) == []


def test_a_machine_of_unknown_size_is_undecided() -> None:
    hidden = {"instance_type": True}
    change = update(BOX, {"instance_type": "m5.large"}, {}, after_unknown=hidden)
    assert undecided(change, only=("Q01",)) == [BOX]


# Q02


def boxes(existing: int, new: int) -> list[Json]:
    old = [noop(f"aws_instance.box[{at}]", {"id": f"i-{at}"}) for at in range(existing)]
    return old + [create(f"aws_instance.box[{at}]") for at in range(existing, existing + new)]


def test_ten_times_the_machines_are_a_remark() -> None:
    assert weights(*boxes(2, 18), only=("Q02",)) == [("aws_instance.box[10]", *REMARK)]


@pytest.mark.parametrize(("existing", "new"), [(0, 30), (2, 6), (10, 12)])
def test_a_first_plan_and_growth_in_steps_pass(existing: int, new: int) -> None:
    assert weights(*boxes(existing, new), only=("Q02",)) == []


# Q03

GROUP: Json = {"min_size": 1, "max_size": 5, "desired_capacity": 2}
FLEET = "aws_autoscaling_group.fleet"


def rules(status: str) -> Json:
    return {"bucket": "b", "rule": [{"id": "old", "status": status}]}


def test_a_limit_that_triples_is_a_remark_and_a_step_passes() -> None:
    assert weights(tweak(FLEET, GROUP, max_size=50), only=("Q03",)) == [(FLEET, *REMARK)]
    assert weights(tweak(FLEET, GROUP, max_size=8), only=("Q03",)) == []


def test_an_unknown_limit_is_undecided() -> None:
    change = update(FLEET, GROUP, {"min_size": 1}, after_unknown={"max_size": True})
    assert undecided(change, only=("Q03",)) == [FLEET]


def test_a_rule_that_no_longer_clears_a_bucket_is_a_remark() -> None:
    address = "aws_s3_bucket_lifecycle_configuration.b"
    off = update(address, rules("Enabled"), rules("Disabled"))
    on = update(address, rules("Disabled"), rules("Enabled"))
    assert weights(off, only=("Q03",)) == [(address, *REMARK)]
    assert weights(on, only=("Q03",)) == []


# Q05


def test_what_binds_waits_and_what_can_be_given_back_passes() -> None:
    plan = create("aws_savingsplans_plan.year", {"commitment": "10"}, after_unknown={"term": True})
    assert weights(plan, only=("Q05",)) == [
        ("aws_savingsplans_plan.year", Severity.MEDIUM, Confidence.HIGH)
    ]
    assert weights(create("aws_ec2_capacity_reservation.r"), only=("Q05",)) == []

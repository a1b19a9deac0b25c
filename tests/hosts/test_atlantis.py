"""The recipe for Atlantis, its steps run as the server runs them."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from tests.hosts.conftest import ALLOWED, BLOCKED, Host, blocks
from tests.report.test_atlantis import RELEASES

RECIPE: Any = yaml.safe_load(blocks("atlantis.md", "yaml")[0])
WORKFLOW = RECIPE["workflows"]["iacrisk"]
CHECK = WORKFLOW["policy_check"]["steps"][1]["run"]
RECHECK = WORKFLOW["apply"]["steps"][0]["run"]


def test_the_workflow_is_used_and_printed_once() -> None:
    [repos] = RECIPE["repos"]
    steps = WORKFLOW["policy_check"]["steps"]

    assert repos["workflow"] in RECIPE["workflows"]
    assert (repos["policy_check"], repos["custom_policy_check"]) == (True, True)
    assert [step for step in steps if isinstance(step, str)] == ["show"]
    assert len(steps) - 1 == len(RECIPE["policies"]["policy_sets"])
    assert WORKFLOW["apply"]["steps"][-1] == "apply"


@pytest.mark.parametrize(("source", "passes"), [(ALLOWED, True), (BLOCKED, False)])
def test_the_check_is_read_the_same_by_every_release(source: Any, passes: bool, host: Host) -> None:
    shown = host.plan("default.json", source)
    ran = host.run(CHECK, SHOWFILE=str(shown), WORKSPACE="default", DIR=str(host.folder))

    assert {release(ran.out + ran.err, ran.code) for release in RELEASES} == {passes}


def test_the_items_of_a_sticky_approval_are_there(host: Host) -> None:
    [policy_set] = RECIPE["policies"]["policy_sets"]
    shown = host.plan("default.json", BLOCKED)
    ran = host.run(CHECK, SHOWFILE=str(shown))
    found = re.findall(policy_set["policy_item_regex"], ran.out)

    assert any("aws_db_instance.main" in item for item in found)
    assert any("iacrisk-plan/1:strict:sha256:" in item for item in found)


def test_the_check_fails_where_iacrisk_does_not_start(host: Host) -> None:
    host.program("iacrisk", "exit 127")
    ran = host.run(CHECK, SHOWFILE="default.json")

    assert {release(ran.out + ran.err, ran.code) for release in RELEASES} == {False}


@pytest.mark.parametrize(("source", "code"), [(ALLOWED, 0), (BLOCKED, 4)])
def test_a_blocked_plan_is_not_applied(source: Any, code: int, host: Host) -> None:
    host.plan("default.tfplan", source)
    host.program("terraform1.11.4", 'test "$1 $2" = "show -json" && exec cat "$3"')
    ran = host.run(RECHECK, PLANFILE="default.tfplan", ATLANTIS_TERRAFORM_VERSION="1.11.4")

    assert ran.code == code


def test_a_plan_that_cannot_be_shown_is_not_applied(host: Host) -> None:
    host.program("terraform1.11.4", "exit 1")
    ran = host.run(RECHECK, PLANFILE="default.tfplan", ATLANTIS_TERRAFORM_VERSION="1.11.4")

    assert ran.code == 2


@pytest.mark.parametrize(("source", "code"), [(ALLOWED, 0), (BLOCKED, 4)])
def test_with_signed_approvals_the_step_asks_for_those(source: Any, code: int, host: Host) -> None:
    [step] = yaml.safe_load(blocks("atlantis.md", "yaml")[1])
    (host.folder / "approvals").mkdir()
    signers = host.folder / "allowed_signers"
    signers.write_text("", "utf-8")
    host.plan("default.tfplan", source)
    host.program("terraform1.11.4", 'test "$1 $2" = "show -json" && exec cat "$3"')
    ran = host.run(
        step["run"].replace("/etc/iacrisk/allowed_signers", str(signers)),
        PLANFILE="default.tfplan",
        ATLANTIS_TERRAFORM_VERSION="1.11.4",
        PULL_AUTHOR="mallory",
    )

    assert ran.code == code, ran.err

"""A broken rule of one's own is a settings error with file and line, through the command line."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from iacrisk.config import read_settings
from iacrisk.gate.policy import OWN_ID
from iacrisk.rules import RULES, SUPPRESSORS
from tests.conftest import RunCli
from tests.plans import document, tweak, update

GOOD = """\
[thresholds]
hold = 40

[[own_rules]]
id = "ORG-001"
name = "smaller-disk"
severity = "high"
harm = "availability"
types = ["acme_disk"]
actions = ["update"]
attribute = "iops"
when = '''
  after.iops < before.iops
  and environment == "production"
'''
message = "The disk gets slower."
why = "Orders wait for it."
links = ["https://wiki.example/disks"]
"""
PLAN = document(tweak("acme_disk.main", {"iops": 3000}, iops=1000))


@pytest.fixture
def score(cli: RunCli, tmp_path: Path) -> Any:
    def run(policy: str, plan: Any = PLAN, *arguments: str) -> Any:
        (tmp_path / "iacrisk.toml").write_text(policy, "utf-8")
        (tmp_path / "plan.json").write_text(json.dumps(plan), "utf-8")
        return cli("score", "plan.json", *arguments)

    return run


def test_no_built_in_id_looks_like_an_own_one() -> None:
    ids = [item.id for item in RULES] + [item.id for item in SUPPRESSORS]

    assert [item for item in ids if re.match(OWN_ID, item)] == []


def test_its_findings_hold_the_plan_like_any(score: Any) -> None:
    ran = score(GOOD)

    assert ran.code == 3
    assert "ORG-001 smaller-disk (high): The disk gets slower." in ran.out
    assert "iops: 3000 -> 1000" in ran.out


def test_the_json_report_names_the_rules_and_has_a_digest_of_the_policy(score: Any) -> None:
    found = json.loads(score(GOOD, PLAN, "--format", "json").out)["policy"]
    other = json.loads(score(GOOD.replace("<", "<="), PLAN, "--format", "json").out)["policy"]
    commented = json.loads(score(f"# why\n{GOOD}", PLAN, "--format", "json").out)["policy"]

    rule = {"id": "ORG-001", "name": "smaller-disk", "origin": "iacrisk.toml:4"}
    assert (found["own_rules"], found["plugins"]) == ([rule], [])
    assert len(found["sha256"]) == 64
    assert found["sha256"] != other["sha256"]
    assert found["sha256"] == commented["sha256"]


@pytest.mark.parametrize(
    "more",
    [
        "[rules.ORG-001]\nenabled = false\n",
        '[rules.ORG-001]\nseverity = "info"\n',
        '[[waivers]]\nrule = "ORG-001"\naddress = "*"\nowner = "me"\nreason = "tried"\n'
        "expires = 2999-01-01\n",
    ],
)
def test_overrides_and_waivers_take_its_id(score: Any, more: str) -> None:
    assert score(GOOD + more).code == 0


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        (
            '"high"',
            '"hgh"',
            7,
            "Invalid enum value 'hgh'",
        ),
        ('"high"', '"hgh"', 7, "Did you mean 'high'?"),
        ('"availability"', '"availablity"', 8, "Did you mean 'availability'?"),
        ('["update"]', '["updaet"]', 10, "Did you mean 'update'?"),
        ("harm =", "hram =", 8, "Did you mean 'harm'?"),
        ('"ORG-001"', '"D01"', 5, "$.own_rules[0].id"),
        ('"ORG-001"', '""', 5, "$.own_rules[0].id"),
        ('name = "smaller-disk"\n', "", 4, "missing required field `name`"),
        ("before.iops", "befor.iops", 13, "column 16: there is no name 'befor'"),
        ("environment", "enviroment", 14, "Did you mean 'environment'?"),
        ('"production"', '"production', 14, "own rule ORG-001: when, column 22: unterminated"),
        ("  and", "  or or", 14, "when, column 6: invalid syntax"),
        ('"iops"', '"rule[0].iops"', 11, "attribute is a dotted path"),
        ('"smaller-disk"', '"recovery-cut"', 4, "a built-in rule has 'recovery-cut' already"),
        ('["acme_disk"]', "3", 9, "Expected `array`"),
    ],
)
def test_a_broken_rule_is_a_settings_error_that_names_its_line(
    score: Any, tmp_path: Path, old: str, new: str, line: int, what: str
) -> None:
    assert old in GOOD
    ran = score(GOOD.replace(old, new, 1))

    assert ran.code == 2
    assert f"{tmp_path / 'iacrisk.toml'}:{line}: " in ran.err
    assert what in ran.err


def test_two_rules_of_one_id_are_refused(score: Any, tmp_path: Path) -> None:
    ran = score(GOOD + GOOD.partition("hold = 40\n")[2].replace("smaller-disk", "slower-disk"))

    assert ran.code == 2
    assert f"{tmp_path / 'iacrisk.toml'}:20: own rule ORG-001" in ran.err
    assert "iacrisk.toml:4 has 'ORG-001' already" in ran.err


def test_a_rule_that_fails_on_a_plan_holds_it(score: Any) -> None:
    ran = score(GOOD.replace("after.iops", "after.iopps"))

    assert ran.code == 3
    assert "Rules failed on this plan, so their verdict is missing: ORG-001." in ran.out
    told = score(GOOD.replace("after.iops", "after.iopps"), PLAN, "--format", "json").out
    assert json.loads(told)["rule_failures"] == [
        {
            "rule": "ORG-001",
            "address": "acme_disk.main",
            "error": "when, line 1, column 3: there is no attribute 'iopps'; a key that may be "
            "absent is asked as ['iopps']",
        }
    ]


def test_the_rules_are_listed_and_have_a_page(cli: RunCli, tmp_path: Path) -> None:
    (tmp_path / "iacrisk.toml").write_text(GOOD, "utf-8")

    assert "ORG-001    high      smaller-disk" in cli("rules").out
    page = cli("rules", "org-001").out
    assert page.startswith("ORG-001 smaller-disk\n====================\n\nSeverity: high\n")
    assert "Declared in: iacrisk.toml:4" in page
    assert 'when: after.iops < before.iops and environment == "production"' in page
    assert "Why it matters\n    Orders wait for it." in page
    assert "References\n    https://wiki.example/disks" in page


def test_rules_can_be_tried_on_a_plan(cli: RunCli, tmp_path: Path) -> None:
    second = GOOD.partition("hold = 40\n")[2]
    for old, new in (("001", "002"), ("smaller", "lesser"), ("acme_disk", "acme_dsik")):
        second = second.replace(old, new)
    (tmp_path / "iacrisk.toml").write_text(GOOD + second, "utf-8")
    unknown = update("acme_disk.new", {"iops": 2}, {}, after_unknown={"iops": True})
    broken = update("acme_disk.odd", {"iops": 2}, {"iops": "fast"})
    changes = [*PLAN["resource_changes"], unknown, broken]
    (tmp_path / "plan.json").write_text(json.dumps(document(*changes)), "utf-8")

    assert cli("rules", "--test", "plan.json").out == (
        "ORG-001 smaller-disk: 3 changes seen\n"
        "  flagged: acme_disk.main\n"
        "  undecided: acme_disk.new (iops)\n"
        "  failed: acme_disk.odd: when, line 1, column 3: a text and a number have no order\n"
        "  note: the catalog does not know the type acme_disk\n"
        "ORG-002 lesser-disk: 0 changes seen\n"
        "  note: the catalog does not know the type acme_dsik\n"
    )
    assert cli("rules", "org-002", "--test", "plan.json").out.startswith("ORG-002 lesser-disk: 0")
    refused = cli("rules", "ORG-009", "--test", "plan.json")
    assert (refused.code, "there are: ORG-001, ORG-002" in refused.err) == (2, True)


def test_a_waived_or_disabled_rule_says_so_when_it_is_tried(cli: RunCli, tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text(json.dumps(PLAN), "utf-8")
    (tmp_path / "iacrisk.toml").write_text(f"{GOOD}[rules.ORG-001]\nenabled = false\n", "utf-8")

    tried = cli("rules", "--test", "plan.json").out
    assert "  flagged, not enabled: acme_disk.main\n" in tried


TAGS = """\
[[own_rules]]
id = "ORG-001"
name = "team-tag-gone"
severity = "high"
harm = "availability"
attribute = "tags"
when = 'after.tags["team"] == null'
message = "Nobody is told when it breaks."
"""


def test_a_harmless_look_alike_is_no_excuse_for_what_a_team_asks(score: Any) -> None:
    change = tweak("aws_instance.app", {"id": "i-1", "tags": {"team": "a"}}, tags={})
    plan = document(change)
    waived = '[[waivers]]\nrule = "ORG-001"\naddress = "*"\nowner = "me"\nreason = "tried"\n'

    usual = json.loads(score("", plan, "--format", "json").out)["changes"][0]
    asked = json.loads(score(TAGS, plan, "--format", "json").out)["changes"][0]
    excused = json.loads(
        score(f"{TAGS}{waived}expires = 2999-01-01\n", plan, "--format", "json").out
    )["changes"][0]

    assert (usual["benign"], usual["score"]) == ("BL-tags", 0)
    assert (asked["benign"], asked["suppressed"], asked["waits"]) == (None, [], True)
    assert (excused["benign"], excused["score"]) == ("BL-tags", 0)


def test_a_file_without_own_rules_brings_none(tmp_path: Path) -> None:
    file = tmp_path / "iacrisk.toml"
    file.write_text("[thresholds]\nhold = 50\n", "utf-8")

    assert read_settings(file).own.rules == ()

"""Claims on the command line, in the policy and in the reports."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from iacrisk.gate import Policy, Verdict
from iacrisk.gate.policy import AiScrutiny, ProvenanceSettings
from iacrisk.provenance import Author, Provenance, Told
from iacrisk.provenance.sentences import read_sentence
from tests.conftest import ROOT, Judge, RunCli
from tests.plans import create, document, plan, replace

MADE = document(
    create("aws_s3_bucket.logs", {"bucket": "logs"}),
    replace("aws_dynamodb_table.orders", {"name": "a"}, {"name": "b"}, "name"),
)
SCHEMA = Draft202012Validator(
    json.loads((ROOT / "docs" / "schema" / "claim.schema.json").read_text("utf-8"))
)


def run(cli: RunCli, tmp_path: Path, *arguments: Any) -> dict[str, Any]:
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(MADE))
    ran = cli("score", path, "--format", "json", *arguments)
    report: dict[str, Any] = json.loads(ran.out)
    return report


def flagged(report: dict[str, Any]) -> list[tuple[str, str]]:
    found = [
        (item["address"], finding["rule"])
        for item in report["changes"]
        for finding in item["findings"]
    ]
    found += [(item["address"], item["finding"]["rule"]) for item in report["plan_findings"]]
    return sorted(pair for pair in found if pair[1].startswith("A"))


def test_a_sentence_on_the_command_line(cli: RunCli, tmp_path: Path) -> None:
    report = run(cli, tmp_path, "--claim", "Adds a log bucket. Plan: 1 to add, 0 to destroy.")

    assert flagged(report) == [("", "A08"), ("aws_dynamodb_table.orders", "A05")]
    assert report["claims"] == [
        {
            "source": "--claim",
            "is_exact": False,
            "understood": [
                "create, update of *_bucket, *_bucket_*, google_storage_*",
                "1 to add, 0 to destroy",
            ],
        }
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("claim.toml", 'actions = ["create"]\n[counts]\nadd = 2\ndestroy = 1\n'),
        ("claim.json", '{"actions": ["create"], "counts": {"add": 2, "destroy": 1}}'),
    ],
)
def test_a_file(cli: RunCli, tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    report = run(cli, tmp_path, "--claim-file", tmp_path / name)

    assert flagged(report) == [("aws_dynamodb_table.orders", "A05")]
    assert report["claims"] == [
        {"source": name, "is_exact": True, "understood": ["create", "2 to add, 1 to destroy"]}
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "claims nothing"),
        ("types = [", "neither valid TOML nor JSON"),
        ('actions = ["vanish"]', "Invalid enum value 'vanish'"),
        ('actoins = ["create"]', "unknown field `actoins`"),
        ('types = "aws_s3_bucket"', "Expected `array`"),
    ],
)
def test_a_faulty_file_ends_the_run(cli: RunCli, tmp_path: Path, text: str, fault: str) -> None:
    (tmp_path / "claim.toml").write_text(text)
    (tmp_path / "plan.json").write_text(json.dumps(MADE))
    ran = cli("score", tmp_path / "plan.json", "--claim-file", tmp_path / "claim.toml")

    assert (ran.code, ran.out) == (2, "")
    assert fault in ran.err


@pytest.mark.parametrize(
    ("content", "is_right"),
    [
        ({"types": ["aws_s3_bucket"], "actions": ["create"]}, True),
        ({"changes": [{"addresses": ["module.x"]}], "counts": {"import": 1}}, True),
        ({"actions": ["no-op"]}, False),
        ({"type": []}, False),
    ],
)
def test_the_schema_of_a_file(content: dict[str, Any], is_right: bool) -> None:
    assert SCHEMA.is_valid(content) is is_right


def test_reports_say_what_a_claim_was_taken_for(cli: RunCli, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(MADE))
    understood = cli("score", path, "--claim", "adds a queue").out
    lost = cli("score", path, "--claim", "[x](http://y)", "--format", "markdown").out

    assert "Claimed (--claim): create, update of *_queue, *_queue_*." in understood
    assert "The claim (--claim) was not understood, so nothing is held against it." in lost
    assert "http://y" not in lost


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("", Verdict.APPROVAL_REQUIRED),
        ("see the ticket", Verdict.APPROVAL_REQUIRED),
        ("adds a bucket", Verdict.ALLOWED),
    ],
)
def test_a_policy_may_ask_an_ai_for_a_claim(judge: Judge, claim: str, verdict: Verdict) -> None:
    policy = Policy(provenance=ProvenanceSettings(ai=AiScrutiny(require_claim=True)))
    claims = (read_sentence(claim, "--claim"),) if claim else ()
    told = Told(provenance=Provenance(stated=Author.AI), claims=claims)
    made = plan(create("aws_s3_bucket.logs"))

    assert judge(made, policy=policy, told=told).decision.verdict is verdict
    assert judge(plan(), policy=policy, told=told).decision.verdict is Verdict.ALLOWED


@given(st.text(max_size=400))
def test_any_sentence_is_read_without_a_fault(text: str) -> None:
    assert read_sentence(text, "--claim").source == "--claim"


def test_numbers_are_not_held_against_one_of_several_plans(cli: RunCli, tmp_path: Path) -> None:
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_text(json.dumps(MADE))
    paths = (tmp_path / "a.json", tmp_path / "b.json")
    ran = cli("score", *paths, "--claim", "4 to add, 2 to destroy; replaces a table, adds a bucket")

    assert "A08" not in ran.out
    assert "A05" not in ran.out
    assert "numbers, which are not compared with several plans" in " ".join(ran.out.split())

"""The published schemas describe what the program writes and reads."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.conftest import ROOT, RunCli

SCHEMAS = ROOT / "docs" / "schema"
PLANS = ("rds-replaced", "ingress-narrowed", "tags-only", "targeted-danger")


def validator(name: str) -> Draft202012Validator:
    schema = json.loads((SCHEMAS / name).read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.mark.parametrize("name", PLANS)
def test_a_report_follows_its_schema(name: str, cli: RunCli) -> None:
    ran = cli("score", ROOT / "fixtures" / "plans" / name / "plan.json", "--format", "json")

    assert list(validator("assessment.schema.json").iter_errors(json.loads(ran.out))) == []


@pytest.mark.parametrize(
    ("policy", "is_right"),
    [
        ("[thresholds]\nhold = 30", True),
        ("[thresholds]\nhold = 102", False),
        ("[tresholds]\nhold = 30", False),
        ('[doubts]\nincomplete = "note"', True),
        ('[doubts]\nincomplete = "perhaps"', False),
        ('[[waivers]]\nrule = "D01"', False),
    ],
)
def test_editors_can_check_a_policy_file(policy: str, is_right: bool) -> None:
    settings: dict[str, Any] = tomllib.loads(policy)

    assert validator("policy.schema.json").is_valid(settings) is is_right

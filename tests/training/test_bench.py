"""A tiny stack, applied for real: what is edited breaks what it has to, and nothing else."""

import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from iacrisk.plan import decode_plan
from iacrisk.training import bench as benches
from iacrisk.training.bench import Base, Bench
from iacrisk.training.case import Case, Edit
from iacrisk.training.provider import ProviderMissing, find_provider

MISSING = [
    *(name for name in ("boto3", "grpc", "moto", "werkzeug") if find_spec(name) is None),
    *(["terraform"] if shutil.which("terraform") is None else []),
]

STACK = """
provider "aws" {
  region = "us-east-1"
}

resource "aws_s3_bucket" "media" {
  bucket        = "tiny-media"
  force_destroy = true
}

resource "aws_ssm_parameter" "bucket" {
  name  = "/tiny/bucket"
  type  = "String"
  value = aws_s3_bucket.media.bucket
}

resource "aws_iam_role" "app" {
  name = "tiny-app"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "app" {
  name = "app"
  role = aws_iam_role.app.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::tiny-*/*" }]
  })
}
"""

INTENTS = """
summary = "A role that reads a bucket whose name it looks up"

[[accesses]]
principal = "role:tiny-app"
action = "s3:GetObject"
resource = "bucket:${parameter:/tiny/bucket}/a.png"

[[trusts]]
role = "tiny-app"
principal = "service:ec2.amazonaws.com"
"""


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    if MISSING:
        pytest.skip(f"the lab needs {', '.join(MISSING)}")
    try:
        binary = find_provider()
    except ProviderMissing as error:
        pytest.skip(str(error))
    made = Bench(tmp_path_factory.mktemp("bench"), binary)
    yield made
    made.stop()


@pytest.fixture(scope="module")
def base(bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Base]:
    folder = tmp_path_factory.mktemp("tiny")
    (folder / "main.tf").write_text(STACK, encoding="utf-8")
    (folder / "intents.toml").write_text(INTENTS, encoding="utf-8")
    with bench.prepare(folder) as prepared:
        yield prepared


def edited(monkeypatch: pytest.MonkeyPatch, old: str, new: str) -> Case:
    """A case whose edit replaces one text by another."""

    def apply_edits(_case: Case, _source: Path, target: Path) -> None:
        assert old in STACK
        (target / "main.tf").write_text(STACK.replace(old, new), encoding="utf-8")

    monkeypatch.setattr(benches, "apply_edits", apply_edits)
    edit = Edit(operator="replace-text", family="test", site="main.tf", parameter=new)
    return Case(stack="tiny", edits=(edit,))


def test_everything_works_before_the_edit(base: Base) -> None:
    states = {name: answer.state for name, answer in base.answers.items()}
    assert states["access role:tiny-app s3:GetObject bucket:${parameter:/tiny/bucket}/a.png"]
    assert set(states.values()) == {"works"}
    assert base.noise == frozenset()


def test_the_control_breaks_nothing(bench: Bench, base: Base) -> None:
    row = bench.run(base, Case(stack="tiny"), {})
    assert (row.outcome.worst, row.outcome.replan) == ("clean", "clean")


def test_a_renamed_bucket_loses_its_objects(
    bench: Bench, base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = bench.run(base, edited(monkeypatch, '"tiny-media"', '"tiny-files"'), {})
    assert [(each.probe, each.address) for each in row.outcome.broken] == [
        ("data bucket:tiny-media", "aws_s3_bucket.media")
    ]
    assert row.outcome.worst == "data_loss"
    changed = {change.address: change.actions for change in decode_plan(row.plan_json).changes}
    assert changed["aws_s3_bucket.media"] == ("delete", "create")


def test_a_narrowed_policy_locks_the_role_out(
    bench: Bench, base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = bench.run(base, edited(monkeypatch, "tiny-*/*", "tiny-files/*"), {})
    assert [(each.harm, each.address) for each in row.outcome.broken] == [
        ("access_loss", "aws_iam_role.app")
    ]


def test_a_case_starts_where_the_last_one_started(
    bench: Bench, base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.run(base, edited(monkeypatch, '"tiny-media"', '"tiny-files"'), {})
    assert bench.run(base, Case(stack="tiny"), {}).outcome.worst == "clean"


def test_an_edit_that_does_not_plan_is_rejected(
    bench: Bench, base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = edited(monkeypatch, "aws_s3_bucket.media.bucket", "aws_s3_bucket.nobody.bucket")
    with pytest.raises(benches.CaseRejected, match="undeclared resource"):
        bench.run(base, case, {})

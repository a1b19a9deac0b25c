"""What of a large configuration is read for a comparison, and what is left out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from iacrisk.source.hcl import parse_document
from iacrisk.source.provisional import provisional_plan
from iacrisk.source.reading import read_versions
from iacrisk.source.trees import Directory

ROOT = """\
locals {
  zone = "a"
}
resource "aws_sns_topic" "t" {
  name = "t"
}
module "reads_topic" {
  source = "./modules/m"
  topic  = aws_sns_topic.t.arn
}
module "reads_local" {
  source = "./modules/m"
  topic  = local.zone
}
module "reads_module" {
  source = "./modules/n"
  topic  = module.reads_topic.out
}
module "alone" {
  source = "./modules/m"
  topic  = "x"
}
module "nested" {
  source = "./modules/outer"
  topic  = "y"
}
"""
INNER = """\
variable "topic" {}
resource "aws_sqs_queue" "q" {
  name = var.topic
}
output "out" {
  value = aws_sqs_queue.q.id
}
"""
OUTER = """\
module "in" {
  source = "../n"
  topic  = "z"
}
resource "aws_sqs_queue" "o" {
  name = "o"
}
"""


def written(folder: Path, **changed: str) -> Directory:
    files = {"main": ROOT, "modules/m/m": INNER, "modules/n/n": INNER, "modules/outer/o": OUTER}
    for name, text in (
        files | {name.replace("__", "/"): text for name, text in changed.items()}
    ).items():
        path = folder / f"{name}.tf"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return Directory(folder)


def read(base: Directory, head: Directory, large: int = 1) -> set[str]:
    """The calls of the root whose modules are read."""

    def parse(name: str, text: str | None) -> Any:
        return parse_document(name, text or "")

    before, after = read_versions(base, head, parse, large)
    assert before is not None
    assert after is not None
    assert before.children.keys() == after.children.keys()
    assert after.untouched == after.calls.keys() - after.children.keys()
    return set(after.children)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, set()),
        ({"main": ROOT.replace('"t"\n}', '"u"\n}')}, {"reads_topic", "reads_module"}),
        ({"main": ROOT.replace('= "a"', '= "b"')}, {"reads_local"}),
        ({"main": ROOT.replace('"x"', '"w"')}, {"alone"}),
        (
            {"modules__m__m": INNER.replace("var.topic", '"v"')},
            {"reads_topic", "reads_local", "reads_module", "alone"},
        ),
        ({"modules__n__n": INNER.replace("var.topic", '"v"')}, {"reads_module", "nested"}),
        (
            {"main": ROOT + "moved {\n  from = module.old\n  to   = module.alone\n}\n"},
            {"alone"},
        ),
    ],
)
def test_what_a_change_can_concern_is_read(
    tmp_path: Path, changed: dict[str, str], expected: set[str]
) -> None:
    base, head = written(tmp_path / "base"), written(tmp_path / "head", **changed)
    assert read(base, head) == expected


def test_a_small_configuration_is_read_whole(tmp_path: Path) -> None:
    base, head = written(tmp_path / "base"), written(tmp_path / "head")
    assert len(read(base, head, large=200)) == 5


def test_leaving_modules_out_changes_no_claim(tmp_path: Path, monkeypatch: Any) -> None:
    base = written(tmp_path / "base")
    head = written(tmp_path / "head", main=ROOT.replace('"t"\n}', '"u"\n}'))
    whole = provisional_plan(base, head)
    monkeypatch.setattr("iacrisk.source.provisional.LARGE", 1)
    part = provisional_plan(base, head)
    assert part.undecided == whole.undecided
    entries = [json.loads(made.plan_json)["resource_changes"] for made in (whole, part)]
    pending = [
        [item for item in found if item["change"]["actions"] != ["no-op"]] for found in entries
    ]
    assert pending[0] == pending[1]
    assert len(entries[1]) < len(entries[0])

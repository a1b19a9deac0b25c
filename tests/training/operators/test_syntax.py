"""Blocks with positions, and the splices that change texts."""

from __future__ import annotations

import pytest

pytest.importorskip("tree_sitter_hcl", reason="the lab's libraries are not installed")

from iacrisk.errors import SettingsError
from iacrisk.training.operators.literals import settings
from iacrisk.training.operators.policy import statements
from iacrisk.training.operators.resolve import physical_name
from iacrisk.training.operators.soundness import faults
from iacrisk.training.operators.stack import (
    Splice,
    Stack,
    add_line,
    append,
    cut,
    drop_item,
)
from iacrisk.training.operators.syntax import parse

TEXT = """\
# Where files go.
resource "aws_s3_bucket" "files" {
  bucket = "${var.name}-files" # not renamed
  tags   = { Team = "web", "cost:center" = 7 }

  timeouts {
    create = "5m"
  }
}

locals {
  ports = [80, 443]
}
"""


def stack(text: str = TEXT, **more: str) -> Stack:
    return Stack("sample", {"main.tf": text, **more})


def test_blocks_attributes_and_entries_stand_where_they_say() -> None:
    (bucket, local) = parse("main.tf", TEXT).blocks
    assert (bucket.address, local.address) == ("aws_s3_bucket.files", "locals")
    assert TEXT[bucket.start : bucket.end].splitlines()[0] == 'resource "aws_s3_bucket" "files" {'
    assert TEXT[bucket.body_end] == "}"
    assert [attribute.name for attribute in bucket.attributes] == ["bucket", "tags"]
    name, tags = bucket.attributes
    assert (name.value.kind, name.value.literal) == ("template", "${var.name}-files")
    assert [(e.name, e.value.kind, e.value.literal) for e in tags.value.entries] == [
        ("Team", "text", "web"),
        ("cost:center", "number", "7"),
    ]
    assert [block.kind for block in bucket.walk()] == ["resource", "timeouts"]
    ports = local.value("ports")
    assert ports is not None
    assert [TEXT[item.start : item.end] for item in ports.items] == ["80", "443"]


@pytest.mark.parametrize("text", ['resource "a" {', "name = ", 'tags = { Ort = "K\u00f6ln" }'])
def test_what_is_not_ascii_configuration_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match=r"^main\.tf: "):
        parse("main.tf", text)


def test_a_cut_takes_the_lines_and_the_blank_line_above() -> None:
    found = stack()
    (bucket, local) = found.files[0].blocks
    (timeouts,) = bucket.blocks
    assert found.edited([cut(found, timeouts)])["main.tf"] == TEXT.replace(
        '\n\n  timeouts {\n    create = "5m"\n  }', ""
    )
    assert found.edited([cut(found, local)])["main.tf"] == TEXT[: TEXT.index("\nlocals")]
    both = found.edited([cut(found, bucket), cut(found, local)])["main.tf"]
    assert both == "# Where files go.\n"


def test_a_cut_leaves_the_comment_beside_an_attribute() -> None:
    found = stack()
    name = found.files[0].blocks[0].attributes[0]
    assert "   # not renamed\n" in found.edited([cut(found, name)])["main.tf"]


@pytest.mark.parametrize(("index", "left"), [(0, "[443]"), (1, "[80]")])
def test_an_item_is_dropped_with_its_comma(index: int, left: str) -> None:
    found = stack()
    ports = found.files[0].blocks[1].value("ports")
    assert ports is not None
    assert left in found.edited([drop_item(ports.items, index)])["main.tf"]


def test_a_line_is_added_before_the_closing_brace() -> None:
    found = stack('resource "a" "b" {\n  c = 1\n}\n\nmodule "d" {}\n')
    first, second = found.files[0].blocks
    edited = found.edited(
        [add_line(found, first, "\ne {\n  f = 2\n}"), add_line(found, second, "g = 3")]
    )
    assert edited["main.tf"] == (
        'resource "a" "b" {\n  c = 1\n\n  e {\n    f = 2\n  }\n}\n\nmodule "d" {\n  g = 3\n}\n'
    )


def test_text_is_appended_after_a_blank_line_or_makes_a_file() -> None:
    found = stack("a = 1\n")
    edited = found.edited([append(found, "main.tf", "b = 2\n"), append(found, "new.tf", "c = 3\n")])
    assert edited == {"main.tf": "a = 1\n\nb = 2\n", "new.tf": "c = 3\n"}


def test_two_changes_of_the_same_characters_are_refused() -> None:
    one = Splice(path="main.tf", start=2, end=6, text="x")
    other = Splice(path="main.tf", start=4, end=4, text="y")
    with pytest.raises(SettingsError, match=r"^main\.tf: two edits change the same characters"):
        stack().edited([one, other])


def test_other_environments_are_carried_along_but_never_edited() -> None:
    found = stack("", **{"env/dev.tfvars": "days = 1\n", "terraform.tfvars": "days = 2\n"})
    assert [(setting.where, setting.value.text) for setting in settings(found)] == [
        ("terraform.tfvars:days", "2")
    ]
    assert found.edited([])["env/dev.tfvars"] == "days = 1\n"


def test_a_default_that_the_variables_file_overrides_is_no_setting() -> None:
    variables = 'variable "days" {\n  default = 1\n}\n\nvariable "hours" {\n  default = 2\n}\n'
    found = stack(variables, **{"terraform.tfvars": "days = 3\n"})
    assert [setting.where for setting in settings(found)] == [
        "main.tf:var.hours",
        "terraform.tfvars:days",
    ]


def test_statements_are_read_from_documents_and_from_json() -> None:
    text = """\
data "aws_iam_policy_document" "a" {
  statement {
    sid       = "One"
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["*"]
  }
}

resource "aws_iam_role" "b" {
  assume_role_policy = jsonencode({
    Statement = { Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "x" } }
  })
}
"""
    found = statements(stack(text))
    assert [(s.where, s.service, s.trust, s.alone) for s in found] == [
        ("main.tf:data.aws_iam_policy_document.a.statement[0]", "s3", False, True),
        ("main.tf:aws_iam_role.b.assume_role_policy[0]", "sts", True, True),
    ]
    assert [word.literal for word in found[0].words("Action")] == ["s3:GetObject", "s3:PutObject"]


def test_a_name_is_worked_out_through_modules_locals_and_variables() -> None:
    root = (
        'locals {\n  prefix = "shop-${var.stage}"\n}\n\nvariable "stage" {}\n\n'
        'module "q" {\n  source = "./q"\n  name   = "${local.prefix}-work"\n}\n'
    )
    inner = 'variable "name" {}\n\nresource "aws_sqs_queue" "this" {\n  name = "${var.name}-x"\n}\n'
    found = stack(root, **{"q/main.tf": inner, "terraform.tfvars": 'stage = "prod"\n'})
    (queue,) = found.resources()
    assert physical_name(found, queue) == "shop-prod-work-x"


def test_faults_are_found_without_terraform() -> None:
    root = (
        'module "q" {\n  source = "./q"\n  colour = "red"\n}\n\n'
        'resource "aws_sns_topic" "a" {\n  name = aws_sqs_queue.gone.name\n}\n\n'
        'resource "aws_sns_topic" "a" {\n  name = module.q.arn\n}\n\n'
        "moved {\n  from = aws_sns_topic.before\n  to   = aws_sns_topic.a\n}\n"
    )
    found = stack(root, **{"q/main.tf": 'variable "name" {}\n'})
    assert sorted(faults(found)) == [
        ".: aws_sns_topic.a stands 2 times",
        "main.tf: aws_sns_topic.a refers to aws_sqs_queue.gone, which is not there",
        "main.tf: aws_sns_topic.a refers to module.q, which is not there",
        "main.tf: module.q does not set name",
        "main.tf: module.q sets colour, which the module does not take",
    ]

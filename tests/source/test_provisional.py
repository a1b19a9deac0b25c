"""`iacrisk diff`: what it claims, and that a plan of the same edit shows at least that."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pytest

from fixtures import diffs
from iacrisk.assess import Assessment, Circumstances, assess
from iacrisk.errors import SettingsError
from iacrisk.gate import Policy, Verdict
from iacrisk.plan import ActionKind, Plan, decode_plan, read_plan
from iacrisk.source.provisional import Provisional, provisional_plan
from iacrisk.source.trees import Directory
from tests.conftest import ROOT, RunCli

PLANS = ROOT / "fixtures" / "plans"
CASES = sorted(path.parent.name for path in PLANS.glob("*/before.tf"))
KEPT = {row[1]: row for row in diffs.kept_rows()}
ALLOWED_WITH_A_PLAN = {"rule-removed-fine"}
"""Cases that `diff` holds and the plan does not: there the state tells what the text cannot."""
NOT_IN_THE_TEXT = {"destroy-everything-danger", "instance-replaced-danger", "lost-state-danger"}
"""Flags of the command line and an empty state did it."""
CUT = {"targeted-danger"}
"""Plans that a flag has cut: the text claims more."""
SHOWN_AS = {
    "create": {"create"},
    "delete": {"delete"},
    "forget": {"forget"},
    "update": {"update", "replace"},
    "replace": {"replace"},
}


def compared(tmp_path: Path, before: str, after: str) -> Provisional:
    for name, text in (("base", before), ("head", after)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.tf").write_text(text, "utf-8")
    return provisional_plan(Directory(tmp_path / "base"), Directory(tmp_path / "head"))


def kinds(plan: Plan) -> dict[str, str]:
    return {item.label: str(item.kind) for item in plan.changes if item.mode == "managed"}


def changed(made: Provisional) -> dict[str, str]:
    found = kinds(decode_plan(made.plan_json))
    return {label: kind for label, kind in found.items() if kind != "no-op"}


def judged(plan: Plan) -> Assessment:
    return assess(plan, Policy(), Circumstances(today=datetime.date(2026, 1, 1)))


@pytest.mark.parametrize("name", CASES)
def test_nothing_is_claimed_that_a_plan_of_the_same_edit_does_not_show(
    tmp_path: Path, name: str
) -> None:
    made = diffs.from_text(PLANS / name, tmp_path)
    provisional, planned = (
        decode_plan(made.plan_json),
        decode_plan(read_plan(str(PLANS / name / "plan.json"))),
    )
    real = kinds(planned)
    claims = changed(made)
    wrong = {at: kind for at, kind in claims.items() if real.get(at) not in SHOWN_AS[kind]}
    assert bool(wrong) == (name in CUT)
    silent = {at for at, kind in real.items() if kind != "no-op" and at not in claims}
    assert bool(silent and not made.undecided) == (name in NOT_IN_THE_TEXT)
    mine, theirs = judged(provisional), judged(planned)
    assert diffs.compared("fixtures", name, planned, made) == KEPT[name]
    assert mine.failures == ()
    overclaims = (
        mine.decision.verdict is not Verdict.ALLOWED and theirs.decision.verdict is Verdict.ALLOWED
    )
    assert overclaims == (name in ALLOWED_WITH_A_PLAN)


QUEUE = 'resource "aws_sqs_queue" "q" {\n  delay_seconds = 1\n  name = local.n\n}\n'
LOCAL = 'locals {\n  n = "q"\n}\n'


def test_literal_differences_are_what_the_provider_makes_of_them(tmp_path: Path) -> None:
    made = compared(tmp_path, LOCAL + QUEUE, LOCAL.replace('"q"', '"r"') + QUEUE)
    (change,) = decode_plan(made.plan_json).changes
    assert (change.kind, sorted(change.changed)) == (ActionKind.REPLACE, ["arn", "id", "name"])
    assert made.undecided == ()


def test_an_update_of_a_type_that_is_not_in_the_table_may_be_a_replacement(tmp_path: Path) -> None:
    other = QUEUE.replace("aws_sqs_queue", "google_pubsub_topic")
    made = compared(tmp_path, LOCAL + other, LOCAL + other.replace("= 1", "= 2"))
    assert changed(made) == {"google_pubsub_topic.q": "update"}
    assert made.undecided == (
        "google_pubsub_topic.q: whether it is changed in place or replaced is for the provider "
        "to say.",
    )


def test_differences_between_expressions_are_undecided(tmp_path: Path) -> None:
    made = compared(tmp_path, LOCAL + QUEUE, LOCAL + QUEUE.replace("= 1", "= var.delay"))
    assert changed(made) == {}
    assert made.undecided == ("aws_sqs_queue.q: delay_seconds changed as an expression.",)


def test_a_changed_default_of_a_variable_is_undecided(tmp_path: Path) -> None:
    variable = 'variable "v" {\n  default = 1\n}\n'
    made = compared(tmp_path, variable + QUEUE, variable.replace("1", "2") + QUEUE)
    assert changed(made) == {}
    assert made.undecided == ("var.v changed; what uses it may change with it.",)


def test_changed_values_of_variables_are_undecided(tmp_path: Path) -> None:
    compared(tmp_path, QUEUE, QUEUE)
    for folder, text in (("base", "v = 1\n"), ("head", "v = 2\n")):
        (tmp_path / folder / "terraform.tfvars").write_text(text, "utf-8")
        (tmp_path / folder / "same.auto.tfvars").write_text("w = 1\n", "utf-8")
    made = provisional_plan(Directory(tmp_path / "base"), Directory(tmp_path / "head"))
    assert made.undecided == (
        "terraform.tfvars changed; what uses its variables may change with it.",
    )


@pytest.mark.parametrize(
    "text",
    [
        'data "a_b" "c" {\n  x = 1\n}\n',
        'provider "aws" {\n  region = "eu-west-1"\n}\n',
        'locals {\n  l = ["1"]\n}\nresource "a_b" "c" {\n  x = join(",", local.l)\n}\n',
        'module "m" {\n  source = "acme/m/aws"\n  size = var.x1\n}\n',
        'module "m" {\n  source = "acme/m/aws"\n  version = "1.0.0"\n}\n',
    ],
)
def test_what_the_text_does_not_follow_is_undecided(tmp_path: Path, text: str) -> None:
    made = compared(tmp_path, text, text.replace("1", "2"))
    assert changed(made) == {}
    assert "changed; " in made.undecided[0]


def test_what_cannot_be_expanded_and_does_not_change_is_not_listed(tmp_path: Path) -> None:
    repeated = QUEUE.replace("{\n", "{\n  count = var.n\n", 1)
    made = compared(tmp_path, repeated, repeated + 'resource "a_b" "c" {\n}\n')
    assert (changed(made), made.undecided) == ({"a_b.c": "create"}, ())


def test_what_cannot_be_expanded_and_changes_is_listed(tmp_path: Path) -> None:
    repeated = QUEUE.replace("{\n", "{\n  count = var.n\n", 1)
    made = compared(tmp_path, repeated, repeated.replace("var.n", "var.m"))
    assert changed(made) == {}
    assert made.undecided == ("aws_sqs_queue.q: its count is an expression, ${var.m}.",)


def test_an_argument_given_as_nothing_is_no_difference(tmp_path: Path) -> None:
    more = QUEUE.replace("}\n", "  fifo_queue = false\n}\n")
    assert changed(compared(tmp_path, QUEUE, more)) == {}


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("", {"aws_sqs_queue.q": "delete"}),
        ("removed {\n  from = aws_sqs_queue.q\n  lifecycle {\n    destroy = false\n  }\n}\n", None),
        (QUEUE.replace('"q"', '"r"'), {"aws_sqs_queue.q": "delete", "aws_sqs_queue.r": "create"}),
        (
            QUEUE.replace('"q"', '"r"')
            + "moved {\n  from = aws_sqs_queue.q\n  to = aws_sqs_queue.r\n}\n",
            {},
        ),
        (QUEUE.replace("{\n", "{\n  count = 1\n", 1), {}),
        (QUEUE.replace("{\n", "{\n  count = var.n\n", 1), {}),
    ],
)
def test_blocks_that_come_go_or_move(
    tmp_path: Path, after: str, expected: dict[str, str] | None
) -> None:
    wanted = {"aws_sqs_queue.q": "forget"} if expected is None else expected
    assert changed(compared(tmp_path, QUEUE, after or "# nothing\n")) == wanted


def test_keys_that_go_are_deletes_with_their_reason(tmp_path: Path) -> None:
    counted = QUEUE.replace("{\n", "{\n  count = 2\n", 1)
    made = compared(tmp_path, counted, counted.replace("count = 2", "count = 1"))
    plan = decode_plan(made.plan_json)
    assert {item.label: item.action_reason for item in plan.pending} == {
        "aws_sqs_queue.q[1]": "delete_because_count_index"
    }


def test_a_side_without_configuration_is_refused(tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    with pytest.raises(SettingsError, match="holds no Terraform configuration"):
        provisional_plan(Directory(tmp_path / "base"), Directory(tmp_path / "base"))


def test_the_command_says_that_it_is_provisional(cli: RunCli, tmp_path: Path) -> None:
    table = 'resource "aws_dynamodb_table" "t" {\n  name = "t"\n  lifecycle {\n%s  }\n}\n'
    compared(tmp_path, table % "    prevent_destroy = true\n" + QUEUE, QUEUE)
    ran = cli("diff", "base", "head")
    assert ran.code == 4
    assert ran.out.startswith("PROVISIONAL, BLOCKED: risk ")
    assert "No plan was read" in ran.out
    assert "D06 vanished-prevent-destroy" in ran.out
    assert cli("diff", "head", "head").out.startswith("PROVISIONAL, NOTHING FOUND: risk 0 ")
    report = json.loads(cli("diff", "base", "head", "--format", "json").out)
    assert report["provisional"] == []
    assert (
        "> [!NOTE]\n> No plan was read" in cli("diff", "base", "head", "--format", "markdown").out
    )


def test_what_is_undecided_stands_in_every_report(cli: RunCli, tmp_path: Path) -> None:
    other = QUEUE.replace("aws_sqs_queue", "google_pubsub_topic")
    compared(tmp_path, other, other.replace("= 1", "= 2"))
    text = "whether it is changed in place or replaced"
    assert text in " ".join(cli("diff", "base", "head").out.split())
    assert text in cli("diff", "base", "head", "--format", "markdown").out
    assert text in cli("diff", "base", "head", "--format", "json").out
    assert "main.tf" in cli("diff", "base", "head", "--format", "json").out
    assert cli("diff", "base", "nowhere").code == 2


SUBNET = """\
resource "aws_subnet" "a" {
  vpc_id     = "vpc-1"
  cidr_block = "10.0.0.0/24"
%s}
resource "aws_instance" "i" {
  ami       = "ami-1"
  subnet_id = aws_subnet.a.id
%s}
resource "aws_eip" "e" {
  instance = aws_instance.i.id
%s}
resource "aws_ssm_parameter" "p" {
  name  = "p"
  value = aws_eip.e.public_ip
}
"""
FIRST = "  lifecycle {\n    create_before_destroy = true\n  }\n"


def change_of(made: Provisional, address: str) -> dict[str, Any]:
    document = json.loads(made.plan_json)
    entry = next(item for item in document["resource_changes"] if item["address"] == address)
    return {**entry["change"], "reason": entry.get("action_reason")}


def test_a_replacement_tells_its_paths_and_who_is_replaced_in_turn(tmp_path: Path) -> None:
    before = SUBNET % ("", "", "")
    made = compared(tmp_path, before, before.replace("10.0.0.0", "10.0.1.0"))
    assert changed(made) == {
        "aws_subnet.a": "replace",
        "aws_instance.i": "replace",
        "aws_eip.e": "update",
    }
    subnet, instance = (change_of(made, at) for at in ("aws_subnet.a", "aws_instance.i"))
    assert subnet["replace_paths"] == [["cidr_block"]]
    assert subnet["reason"] == "replace_because_cannot_update"
    assert (instance["replace_paths"], "subnet_id" in instance["after"]) == ([["subnet_id"]], False)
    assert change_of(made, "aws_eip.e")["after_unknown"] == {"instance": True}
    assert made.undecided == (
        "aws_ssm_parameter.p: reads aws_eip.e.public_ip, of what changes; it may change with it.",
    )


@pytest.mark.parametrize(
    ("lives", "expected"),
    [
        (("", "", ""), [["delete", "create"], ["delete", "create"]]),
        (("", FIRST, ""), [["create", "delete"], ["create", "delete"]]),
        ((FIRST, "", ""), [["create", "delete"], ["delete", "create"]]),
    ],
)
def test_what_is_created_first_is_read_from_lifecycles(
    tmp_path: Path, lives: tuple[str, ...], expected: list[list[str]]
) -> None:
    before = SUBNET % lives
    made = compared(tmp_path, before, before.replace("10.0.0.0", "10.0.1.0"))
    actions = [change_of(made, at)["actions"] for at in ("aws_subnet.a", "aws_instance.i")]
    assert actions == expected


def test_what_lifecycle_names_replaces(tmp_path: Path) -> None:
    trigger = "  lifecycle {\n    replace_triggered_by = [aws_subnet.a]\n  }\n"
    before = SUBNET % ("", "", trigger)
    made = compared(tmp_path, before, before.replace('"10.0.0.0/24"', '"10.0.0.0/24"\n  x = 1'))
    assert changed(made)["aws_eip.e"] == "replace"
    assert change_of(made, "aws_eip.e")["reason"] == "replace_by_triggers"


def test_what_lifecycle_ignores_is_no_change(tmp_path: Path) -> None:
    ignoring = "  lifecycle {\n    ignore_changes = [cidr_block]\n  }\n"
    before = SUBNET % (ignoring, "", "")
    made = compared(tmp_path, before, before.replace("10.0.0.0", "10.0.1.0"))
    assert (changed(made), made.undecided) == ({}, ())


def test_an_expression_that_would_replace_is_named(tmp_path: Path) -> None:
    before = SUBNET % ("", "", "")
    made = compared(tmp_path, before, before.replace('"10.0.0.0/24"', "var.range"))
    assert made.undecided == (
        "aws_subnet.a: cidr_block changed as an expression; another value replaces it.",
    )


def test_keys_of_the_replaced_are_told_apart(tmp_path: Path) -> None:
    before = """\
resource "aws_subnet" "a" {
  count      = 2
  vpc_id     = "vpc-1"
  cidr_block = "10.${count.index}.0.0/24"
}
resource "aws_instance" "i" {
  count     = 2
  ami       = "ami-1"
  subnet_id = aws_subnet.a[count.index].id
}
resource "aws_instance" "one" {
  ami       = "ami-1"
  subnet_id = aws_subnet.a[1].id
}
"""
    after = before.replace("count      = 2", "count = 1").replace("10.$", "11.$")
    made = compared(tmp_path, before, after)
    assert changed(made) == {
        "aws_subnet.a[0]": "replace",
        "aws_subnet.a[1]": "delete",
        "aws_instance.i[0]": "replace",
    }

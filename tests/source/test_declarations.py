"""The scan for blocks and their lines, without a parser."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iacrisk.source.declarations import scan_hcl, scan_json
from iacrisk.source.hcl import labelled, read_folder
from tests.conftest import ROOT

TRICKY = r"""# resource "not" "this" {
/* module "nor" {
   this */
resource "aws_instance" "app" {
  user_data = <<-EOT
    resource "not" "here" {
  EOT
  tags = { Name = "a } \" ${var.b == "}" ? "{" : "x"} $${ %%{" } // }
}

data "aws_ami" "base" {}
resource aws_eip old {
}
module "db" {
  source = "./db"
  other = { source = "no" }
}
terraform { source = "no" }
"""


def declared(text: str) -> list[tuple[str, int, str]]:
    return [(block.address, block.line, block.source) for block in scan_hcl(text).blocks]


def test_blocks_are_found_with_their_lines_and_nothing_inside_them_is() -> None:
    named = [block for block in declared(TRICKY) if block[0]]
    assert named == [
        ("aws_instance.app", 4, ""),
        ("data.aws_ami.base", 11, ""),
        ("aws_eip.old", 12, ""),
        ("module.db", 14, "./db"),
    ]
    assert scan_hcl(TRICKY).fault == ""


def test_windows_line_ends_change_nothing() -> None:
    assert declared(TRICKY.replace("\n", "\r\n")) == declared(TRICKY)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('x "a" "b" {\n  y {\n', "line 2: this block does not end."),
        ('\nresource "a" "b" {\n  c = "d\n}\n', "line 3: this text does not end."),
        ('a {\n b = "${c("\n}\n', "line 2: this text does not end."),
        ("a {\n b = <<E\n x\n}\n", "line 2: this heredoc does not end."),
        ("a {}\n/* b", "line 2: this comment does not end."),
        ("a {}\n}\n", "line 2: this brace closes nothing."),
        ('a = "' + '${"' * 3000, "line 1: it is nested too deeply."),
    ],
)
def test_a_file_that_does_not_add_up_is_faulted_with_its_line(text: str, fault: str) -> None:
    assert scan_hcl(text).fault == fault


def test_what_stands_before_a_fault_is_kept() -> None:
    scanned = scan_hcl('resource "a_b" "c" {}\nresource "a_b" "d" {\n x = "\n')
    assert [block.address for block in scanned.blocks] == ["a_b.c", "a_b.d"]


@given(st.text(alphabet='a"{}$%\\\n#/*<E ', max_size=60))
def test_no_text_is_too_odd_for_the_scan(text: str) -> None:
    for block in scan_hcl(text).blocks:
        assert 1 <= block.line <= text.count("\n") + 1


def test_json_is_read_with_lines() -> None:
    text = """{
  "resource": {
    "aws_instance": {
      "app": {"ami": "x"},
      "web": [{"ami": "y"}]
    }
  },
  "data": [{"aws_ami": {"base": {}}}],
  "module": {
    "db": {"source": "./db"}
  }
}"""
    assert [(block.address, block.line, block.source) for block in scan_json(text).blocks] == [
        ("aws_instance.app", 4, ""),
        ("aws_instance.web", 5, ""),
        ("data.aws_ami.base", 8, ""),
        ("module.db", 10, "./db"),
    ]


def test_json_that_is_none_is_faulted_with_its_line() -> None:
    assert scan_json('{\n  "resource": \n').fault == "line 3: this is not valid JSON."
    assert scan_json("[]").blocks == ()
    assert scan_json('{"resource": 3, "module": {"a": null}}').blocks[0].address == "module.a"


def test_the_scan_finds_what_the_parser_finds(tmp_path: Path) -> None:
    files = sorted((ROOT / "fixtures" / "lab").rglob("*.tf"))[::6]
    assert files
    for number, file in enumerate(files):
        folder = tmp_path / str(number)
        folder.mkdir()
        text = file.read_text("utf-8")
        (folder / "main.tf").write_text(text, "utf-8")
        scanned = scan_hcl(text)
        assert scanned.fault == ""
        found = {block.address for block in scanned.blocks if block.address}
        assert found == _parsed(folder), file
        for block in scanned.blocks:
            name = block.address.rpartition(".")[2]
            assert name in text.split("\n")[block.line - 1]


def _parsed(folder: Path) -> set[str]:
    (document,) = read_folder(folder)
    names = {f"module.{name}" for name, _ in labelled(document, "module")}
    for kind, prefix in (("resource", ""), ("data", "data.")):
        for type_name, body in labelled(document, kind):
            names |= {f"{prefix}{type_name}.{name}" for name in body}
    return names

"""The large configuration that `iacrisk diff` is measured with."""

from __future__ import annotations

from pathlib import Path

from iacrisk.source.declarations import scan_hcl
from iacrisk.source.hcl import parse_document
from iacrisk.source.provisional import provisional_plan
from iacrisk.source.trees import Directory
from tests.benchmark.measure_diff import edit_tree
from tests.benchmark.tree import write_tree


def test_every_file_is_different_and_parses(tmp_path: Path) -> None:
    files = write_tree(tmp_path, 47)
    texts = {path.read_text("utf-8") for path in files}
    assert len(files) == len(texts) == 47
    for path in files:
        text = path.read_text("utf-8")
        assert parse_document(path.name, text)
        assert scan_hcl(text).fault == ""


def test_each_edit_is_a_difference(tmp_path: Path) -> None:
    write_tree(tmp_path / "base", 47)
    edit_tree(tmp_path / "base", tmp_path / "head", 47)
    for path in (tmp_path / "base").rglob("*.tf"):
        other = tmp_path / "head" / path.relative_to(tmp_path / "base")
        assert path.read_text("utf-8") != other.read_text("utf-8")


def test_a_file_that_does_not_parse_is_named_with_its_line_and_the_rest_goes_on(
    tmp_path: Path,
) -> None:
    write_tree(tmp_path / "base", 47)
    edit_tree(tmp_path / "base", tmp_path / "head", 47)
    (tmp_path / "head" / "part_003.tf").write_text('locals {\n  a = = "b"\n}\n', "utf-8")
    made = provisional_plan(Directory(tmp_path / "base"), Directory(tmp_path / "head"))
    faults = [text for text in made.undecided if "not valid Terraform" in text]
    assert len(faults) == 1
    assert "part_003.tf, line 2" in faults[0]
    assert b'"actions":["update"]' in made.plan_json.replace(b" ", b"")

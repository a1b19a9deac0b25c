"""prevent_destroy, read from two versions of a configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from iacrisk.errors import SettingsError
from iacrisk.source.comparison import compare
from iacrisk.source.trees import Directory

GUARDED = """
resource "aws_db_instance" "main" {
  identifier = "orders"
  lifecycle {
    prevent_destroy = true
  }
}
"""
UNGUARDED = """
resource "aws_db_instance" "main" {
  identifier = "orders"
}
"""


def folder(path: Path, **files: str) -> Path:
    """A folder with `files`; `__` in a name stands for a slash, the suffix is `.tf`."""
    for name, text in files.items():
        target = path / f"{name.replace('__', '/')}.tf"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    path.mkdir(exist_ok=True)
    return path


def vanished_guards(base: Path, head: Path | None) -> frozenset[str]:
    return compare(Directory(base), Directory(head) if head else None).unguarded


def test_a_guard_that_stays_has_not_vanished(tmp_path: Path) -> None:
    base, head = folder(tmp_path / "a", main=GUARDED), folder(tmp_path / "b", main=GUARDED)
    assert vanished_guards(base, head) == frozenset()


def test_a_guard_removed_alone_has_vanished(tmp_path: Path) -> None:
    base, head = folder(tmp_path / "a", main=GUARDED), folder(tmp_path / "b", main=UNGUARDED)
    assert vanished_guards(base, head) == {"aws_db_instance.main"}


def test_a_guard_removed_with_its_block_has_vanished(tmp_path: Path) -> None:
    base, head = folder(tmp_path / "a", main=GUARDED), folder(tmp_path / "b", main="")
    assert vanished_guards(base, head) == {"aws_db_instance.main"}


def test_a_guard_set_to_false_has_vanished(tmp_path: Path) -> None:
    head = GUARDED.replace("true", "false")
    base, head_folder = folder(tmp_path / "a", main=GUARDED), folder(tmp_path / "b", main=head)
    assert vanished_guards(base, head_folder) == {"aws_db_instance.main"}


def test_without_a_head_every_guarded_address_is_named(tmp_path: Path) -> None:
    base = folder(
        tmp_path / "a",
        main=GUARDED + 'module "store" {\n  source = "./store"\n}\n',
        store__main=GUARDED.replace("aws_db_instance", "aws_s3_bucket").replace("true", '"true"'),
    )
    assert vanished_guards(base, None) == {
        "aws_db_instance.main",
        "module.store.aws_s3_bucket.main",
    }


def test_nested_local_modules_are_followed_without_instance_keys(tmp_path: Path) -> None:
    outer = 'module "outer" {\n  source   = "./outer"\n  for_each = toset(["x"])\n}\n'
    inner = 'module "inner" {\n  source = "../inner"\n  count  = 2\n}\n'
    base = folder(tmp_path / "a", main=outer, outer__main=inner, inner__main=GUARDED)
    head = folder(tmp_path / "b", main=outer, outer__main=inner, inner__main=UNGUARDED)
    assert vanished_guards(base, head) == {"module.outer.module.inner.aws_db_instance.main"}


def test_a_module_taken_from_elsewhere_in_the_head_hides_its_guards(tmp_path: Path) -> None:
    base = folder(tmp_path / "a", main='module "db" {\n  source = "./db"\n}\n', db__main=GUARDED)
    head = folder(tmp_path / "b", main='module "db" {\n  source = "acme/db/aws"\n}\n')
    assert vanished_guards(base, head) == frozenset()


def test_a_moved_block_takes_the_guard_along(tmp_path: Path) -> None:
    moved = "moved {\n  from = aws_db_instance.main\n  to   = aws_db_instance.orders[0]\n}\n"
    base = folder(tmp_path / "a", main=GUARDED)
    kept = folder(tmp_path / "b", main=GUARDED.replace('"main"', '"orders"') + moved)
    lost = folder(tmp_path / "c", main=UNGUARDED.replace('"main"', '"orders"') + moved)
    assert vanished_guards(base, kept) == frozenset()
    assert vanished_guards(base, lost) == {"aws_db_instance.main", "aws_db_instance.orders"}


def test_a_move_of_a_whole_module_takes_the_guards_along(tmp_path: Path) -> None:
    moved = "moved {\n  from = module.a\n  to   = module.b\n}\n"
    base = folder(tmp_path / "a", main='module "a" {\n  source = "./m"\n}\n', m__main=GUARDED)
    head = folder(
        tmp_path / "b", main='module "b" {\n  source = "./m"\n}\n' + moved, m__main=GUARDED
    )
    assert vanished_guards(base, head) == frozenset()


def test_moves_in_a_circle_end(tmp_path: Path) -> None:
    moved = (
        "moved {\n  from = aws_db_instance.main\n  to = aws_db_instance.b\n}\n"
        "moved {\n  from = aws_db_instance.b\n  to = aws_db_instance.main\n}\n"
    )
    base, head = folder(tmp_path / "a", main=GUARDED), folder(tmp_path / "b", main=moved)
    assert "aws_db_instance.main" in vanished_guards(base, head)


def test_an_override_file_has_the_last_word(tmp_path: Path) -> None:
    override = GUARDED.replace("true", "false")
    base = folder(tmp_path / "a", main=GUARDED)
    head = folder(tmp_path / "b", zz=GUARDED, aa_override=override)
    assert vanished_guards(base, head) == {"aws_db_instance.main"}


def test_configuration_in_json_is_read_too(tmp_path: Path) -> None:
    base, head = folder(tmp_path / "a"), folder(tmp_path / "b", main=UNGUARDED)
    text = '{"resource": {"aws_db_instance": {"main": {"lifecycle": {"prevent_destroy": true}}}}}'
    (base / "main.tf.json").write_text(text, encoding="utf-8")
    assert vanished_guards(base, head) == {"aws_db_instance.main"}


def test_a_guard_given_as_an_expression_counts_as_a_guard(tmp_path: Path) -> None:
    base = folder(tmp_path / "a", main=GUARDED)
    head = folder(tmp_path / "b", main=GUARDED.replace("= true", "= var.keep"))
    assert vanished_guards(base, head) == frozenset()


def test_a_word_in_a_heredoc_or_comment_is_no_guard(tmp_path: Path) -> None:
    text = (
        'resource "aws_instance" "a" {\n  user_data = <<-EOT\n    lifecycle {\n'
        "      prevent_destroy = true\n    }\n  EOT\n  # prevent_destroy = true\n}\n"
    )
    assert vanished_guards(folder(tmp_path / "a", main=text), None) == frozenset()


def test_a_module_that_calls_itself_does_not_hang(tmp_path: Path) -> None:
    text = GUARDED + 'module "again" {\n  source = "./../a"\n}\n'
    assert vanished_guards(folder(tmp_path / "a", main=text), None) == {"aws_db_instance.main"}


def problems(base: Path, head: Path) -> list[str]:
    """The problems of comparing, with file names instead of paths."""
    found = compare(Directory(base), Directory(head)).problems
    return [text.replace(f"{base}/", "").replace(f"{head}/", "") for text in found]


def test_a_file_that_does_not_parse_is_named_with_its_line_and_the_rest_goes_on(
    tmp_path: Path,
) -> None:
    broken = 'resource "a_b" "c" {\n  secret = "s3cr3t"\n  n = \n}\n'
    base = folder(tmp_path / "a", broken=broken, main=GUARDED)
    head = folder(tmp_path / "b", main=UNGUARDED)
    assert problems(base, head) == ["broken.tf, line 3: this is not valid Terraform configuration."]
    assert vanished_guards(base, head) == {"aws_db_instance.main"}


def test_a_block_that_may_stand_in_an_unread_file_is_not_lost(tmp_path: Path) -> None:
    base = folder(tmp_path / "a", main=GUARDED)
    head = folder(tmp_path / "b", main=GUARDED + "x = \n")
    assert vanished_guards(base, head) == frozenset()
    assert len(problems(base, head)) == 1


def test_a_file_in_broken_json_is_named_with_its_line(tmp_path: Path) -> None:
    base, head = folder(tmp_path / "a"), folder(tmp_path / "b")
    (base / "main.tf.json").write_text('{\n  "resource": \n', encoding="utf-8")
    assert problems(base, head) == ["main.tf.json, line 3: this is not valid JSON."]


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    base, head = folder(tmp_path / "a"), folder(tmp_path / "b")
    (base / "main.tf").write_bytes(b"\xff\xfe\x00")
    assert problems(base, head) == ["main.tf cannot be read as text."]


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="There is no folder"):
        vanished_guards(tmp_path / "nowhere", None)
    with pytest.raises(SettingsError, match="There is no folder"):
        vanished_guards(folder(tmp_path / "a", main=GUARDED), tmp_path / "nowhere")


def test_a_base_without_configuration_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="holds no Terraform configuration"):
        vanished_guards(folder(tmp_path / "a"), None)

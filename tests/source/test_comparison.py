"""What two versions of a configuration tell beside prevent_destroy."""

from __future__ import annotations

from pathlib import Path

import pytest

from iacrisk.source import Edits, Place, VersionJump
from iacrisk.source.comparison import compare
from iacrisk.source.trees import LOCK_FILE, Directory


def block(*lines: str, at: str = '"aws_autoscaling_group" "g"') -> str:
    return f"resource {at} {{\n" + "".join(f"  {line}\n" for line in lines) + "}\n"


def lifecycle(*lines: str) -> str:
    return block("lifecycle {", *lines, "}")


DESTROY = block('provisioner "local-exec" {', "  when    = destroy", '  command = "x"', "}")
GROUP = "aws_autoscaling_group.g"


def edits(tmp_path: Path, before: str, after: str, **more: str) -> Edits:
    """What is found between two versions of main.tf; `more` are files that both have."""
    folders = []
    for name, text in (("base", before), ("head", after)):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "main.tf").write_text(text, "utf-8")
        for other, held in more.items():
            (folder / f"{other}.tf").write_text(held, "utf-8")
        folders.append(folder)
    found = compare(Directory(folders[0]), Directory(folders[1]))
    assert found.problems == ()
    return found


def test_equal_versions_have_no_edits_and_nothing_is_parsed(tmp_path: Path) -> None:
    text = lifecycle("ignore_changes = all")
    parsed: list[int] = []
    assert edits(tmp_path, text, text) == Edits()
    folder = Directory(tmp_path / "base")
    compare(folder, Directory(tmp_path / "head"), parsed.append)
    assert parsed == []


@pytest.mark.parametrize(
    ("before", "after", "gone"),
    [
        ("[desired_capacity, tags]", "[tags]", ("desired_capacity",)),
        ('[tags["a"], tag[0].value]', "[]", ("tag[0].value", 'tags["a"]')),
        ("all", "[tags]", ("all",)),
        ("[tags]", "all", ()),
        ("[tags]", "[tags, name]", ()),
    ],
)
def test_paths_that_left_ignore_changes_are_told(
    tmp_path: Path, before: str, after: str, gone: tuple[str, ...]
) -> None:
    found = edits(
        tmp_path,
        lifecycle(f"ignore_changes = {before}"),
        lifecycle(f"ignore_changes = {after}"),
    )
    assert found.no_longer_ignored == ({GROUP: gone} if gone else {})


def test_a_lifecycle_block_that_goes_takes_its_settings_along(tmp_path: Path) -> None:
    before = lifecycle("create_before_destroy = true", "ignore_changes = [tags]")
    found = edits(tmp_path, before, block())
    assert found.no_longer_ignored == {GROUP: ("tags",)}
    assert found.no_longer_creates_first == {GROUP}


def test_a_block_that_goes_has_no_settings_to_lose(tmp_path: Path) -> None:
    before = lifecycle("create_before_destroy = true", "ignore_changes = [tags]")
    stood = Place((tmp_path / "base" / "main.tf").as_posix(), 1, in_base=True)
    assert edits(tmp_path, before, "") == Edits(places={GROUP: stood})


def test_settings_follow_a_moved_block(tmp_path: Path) -> None:
    moved = "moved {\n  from = aws_autoscaling_group.g\n  to = aws_autoscaling_group.h\n}\n"
    after = block(at='"aws_autoscaling_group" "h"') + moved
    found = edits(tmp_path, lifecycle("ignore_changes = [tags]"), after)
    assert found.no_longer_ignored == {"aws_autoscaling_group.h": ("tags",)}


def test_new_triggers_are_told(tmp_path: Path) -> None:
    after = lifecycle("replace_triggered_by = [aws_launch_template.t.id, terraform_data.x]")
    found = edits(tmp_path, lifecycle("replace_triggered_by = [terraform_data.x]"), after)
    assert found.new_triggers == {GROUP: ("aws_launch_template.t.id",)}


def test_actions_on_destroy_are_found_also_where_nothing_changed(tmp_path: Path) -> None:
    found = edits(tmp_path, "", "# more\n", other=DESTROY)
    assert found.acts_on_destroy == {GROUP}
    assert found.lost_destroy_action == frozenset()


@pytest.mark.parametrize("after", ["", block()])
def test_an_action_on_destroy_that_goes_is_told(tmp_path: Path, after: str) -> None:
    found = edits(tmp_path, DESTROY, after)
    assert found.acts_on_destroy == frozenset()
    assert found.lost_destroy_action == {GROUP}


def test_an_override_that_goes_leaves_what_it_overrode(tmp_path: Path) -> None:
    own = lifecycle("ignore_changes = [tags]")
    base, head = tmp_path / "base", tmp_path / "head"
    for folder in (base, head):
        folder.mkdir()
        (folder / "main.tf").write_text(own, "utf-8")
    (base / "override.tf").write_text(lifecycle("create_before_destroy = true"), "utf-8")
    found = compare(Directory(base), Directory(head))
    assert found.no_longer_creates_first == {GROUP}
    assert found.no_longer_ignored == {}


def call(source: str, version: str = "") -> str:
    return f'module "m" {{\n  source = "{source}"\n' + (
        f'  version = "{version}"\n}}\n' if version else "}\n"
    )


@pytest.mark.parametrize(
    ("before", "after", "jump"),
    [
        (call("a/b/c", "1.2.3"), call("a/b/c", "2.0.0"), ("1.2.3", "2.0.0")),
        (call("a/b/c", "~> 3.1"), call("a/b/c", "~> 3.2"), ("~> 3.1", "~> 3.2")),
        (call("a/b/c", "1.2.3"), call("a/b/c", "1.2.9"), None),
        (call("a/b/c", "1.2.3"), call("x/y/z", "9.0.0"), None),
        (call("git::x?ref=v1.0.0"), call("git::x?ref=v1.1.0"), ("v1.0.0", "v1.1.0")),
        (call("git::x?ref=v1.0.0"), call("git::x?ref=v1.0.1"), None),
        (call("git::x?ref=0a1b2c3d"), call("git::x?ref=main"), ("0a1b2c3d", "main")),
        (call("a/b/c", "1.2.3"), "", None),
    ],
)
def test_versions_of_modules_are_compared(
    tmp_path: Path, before: str, after: str, jump: tuple[str, str] | None
) -> None:
    found = edits(tmp_path, before, after)
    assert found.module_jumps == ({"module.m": VersionJump(*jump)} if jump else {})


@pytest.mark.parametrize(
    ("before", "after", "is_jump"),
    [("5.1.0", "6.0.0", True), ("5.1.0", "5.2.0", True), ("5.1.0", "5.1.9", False)],
)
def test_locked_versions_of_providers_are_compared(
    tmp_path: Path, before: str, after: str, is_jump: bool
) -> None:
    name = "registry.terraform.io/hashicorp/aws"
    for folder, version in (("base", before), ("head", after)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "main.tf").write_text("", "utf-8")
        lock = (
            f'provider "{name}" {{\n  version = "{version}"\n  hashes = [\n    "h1:x",\n  ]\n}}\n'
        )
        (tmp_path / folder / LOCK_FILE).write_text(lock, "utf-8")
    found = compare(Directory(tmp_path / "base"), Directory(tmp_path / "head"))
    assert found.provider_jumps == ({name: VersionJump(before, after)} if is_jump else {})


def backend(kind: str, **arguments: str) -> str:
    inner = "".join(f'    {name} = "{value}"\n' for name, value in arguments.items())
    return f'terraform {{\n  backend "{kind}" {{\n{inner}  }}\n}}\n'


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (backend("s3", key="a"), backend("gcs", prefix="a"), "s3 -> gcs"),
        (backend("s3", key="a"), "", "s3 -> local"),
        ("", "terraform {\n  cloud {\n  }\n}\n", "local -> cloud"),
        (backend("s3", key="a", region="x"), backend("s3", key="b", region="x"), "key"),
        (backend("s3", key="a"), "# why\n" + backend("s3", key="a"), ""),
    ],
)
def test_a_change_of_the_backend_is_told_without_its_values(
    tmp_path: Path, before: str, after: str, change: str
) -> None:
    assert edits(tmp_path, before, after).backend_change == change

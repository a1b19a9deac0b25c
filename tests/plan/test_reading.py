"""From a path or standard input to UTF-8 JSON."""

from __future__ import annotations

import gzip
import io
import json
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iacrisk.errors import BinaryPlan, BrokenPlan, InputError, UnreadableInput
from iacrisk.plan import STDIN, decode_plan, read_plan
from tests.plans import delete, document

TEXT = json.dumps(document(delete('aws_db_instance.main["\u00e9\u4e2d"]')), ensure_ascii=False)
PLAN = TEXT.encode()
BINARY = b"PK\x03\x04 a plan file"

same_directory = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the plan goes."""
    return tmp_path / "plan"


@pytest.mark.parametrize(
    "data",
    [
        PLAN,
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        b"\xff\xfe" + TEXT.encode("utf-16-le"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        TEXT.encode("utf-32"),
        b"\x00\x00\xfe\xff" + TEXT.encode("utf-32-be"),
        gzip.compress(PLAN),
        gzip.compress(TEXT.encode("utf-16")),
    ],
    ids=[
        "utf-8",
        "utf-8 with mark",
        "utf-16",
        "utf-16-le with mark",
        "utf-16-be with mark",
        "utf-16-le",
        "utf-16-be",
        "utf-32",
        "utf-32-be with mark",
        "gzip",
        "gzip of utf-16",
    ],
)
def test_a_plan_is_read_in_any_usual_encoding(data: bytes, file: Path) -> None:
    file.write_bytes(data)
    assert read_plan(str(file)) == PLAN


def test_a_dash_stands_for_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(gzip.compress(PLAN))))
    assert read_plan(STDIN) == PLAN


@same_directory
@given(length=st.integers(0, 10_000), packed=st.sampled_from(["gzip", "utf-16", "utf-16-le"]))
def test_a_truncated_file_is_never_a_plan(length: int, packed: str, file: Path) -> None:
    whole = gzip.compress(PLAN) if packed == "gzip" else TEXT.encode(packed)
    file.write_bytes(whole[: length % len(whole)])
    with pytest.raises(InputError):
        decode_plan(read_plan(str(file)))


def test_damaged_gzip_is_a_broken_plan(file: Path) -> None:
    data = bytearray(gzip.compress(PLAN))
    data[len(data) // 2] ^= 0xFF
    file.write_bytes(bytes(data))
    with pytest.raises(BrokenPlan, match="gzip data is truncated or damaged"):
        read_plan(str(file))


@pytest.mark.parametrize("name", ["missing", "."])
def test_a_file_that_is_none_cannot_be_read(name: str, tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="Cannot read"):
        read_plan(str(tmp_path / name))


def test_a_binary_plan_on_standard_input_is_refused_with_the_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(BINARY)))
    with pytest.raises(BinaryPlan) as raised:
        read_plan(STDIN)
    assert raised.value.remedy == ("Run `terraform show -json PLANFILE | iacrisk score -` instead.")


def test_a_plan_file_from_before_json_is_refused(file: Path) -> None:
    file.write_bytes(b"tfplan\x02 gob")
    with pytest.raises(BinaryPlan, match=r"before Terraform 0\.12"):
        read_plan(str(file))


@pytest.fixture
def binary(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A binary plan in an initialised directory, and nothing but /bin on PATH."""
    directory = tmp_path / "stack"
    (directory / ".terraform").mkdir(parents=True)
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/bin")
    monkeypatch.chdir(tmp_path)
    file = directory / "plan.out"
    file.write_bytes(BINARY)
    return file


def put_tool(tmp_path: Path, name: str, script: str) -> None:
    """A fake terraform or tofu on PATH."""
    tool = tmp_path / "bin" / name
    tool.write_text(f"#!/bin/sh\n{script}\n")
    tool.chmod(0o755)


SHOWS = 'echo "$PWD" "$@" > ../called; cat ../shown.json'


@pytest.mark.parametrize("tool", ["terraform", "tofu"])
def test_a_binary_plan_is_shown_with_the_tool_on_path(
    tool: str, binary: Path, tmp_path: Path
) -> None:
    (tmp_path / "shown.json").write_bytes(PLAN)
    put_tool(tmp_path, tool, SHOWS)
    assert read_plan("stack/plan.out") == PLAN
    called = (tmp_path / "called").read_text().split()
    assert called == [str(binary.parent), "show", "-json", "-no-color", str(binary)]


def test_where_terraform_cannot_show_it_tofu_may(binary: Path, tmp_path: Path) -> None:
    (tmp_path / "shown.json").write_bytes(PLAN)
    put_tool(tmp_path, "terraform", "exit 1")
    put_tool(tmp_path, "tofu", SHOWS)
    assert read_plan(str(binary)) == PLAN


@pytest.mark.parametrize(
    ("script", "initialised", "phrase"),
    [
        ("", True, "no terraform or tofu on PATH"),
        ("exit 0", False, "no initialised directory"),
        ("echo out; echo err >&2; exit 1", True, "`terraform show -json` failed"),
    ],
)
def test_a_binary_plan_that_cannot_be_shown_is_refused_with_the_command(
    script: str, initialised: bool, phrase: str, binary: Path, tmp_path: Path
) -> None:
    if script:
        put_tool(tmp_path, "terraform", script)
    if not initialised:
        (binary.parent / ".terraform").rmdir()
    with pytest.raises(BinaryPlan, match=phrase) as raised:
        read_plan("stack/plan.out")
    assert raised.value.remedy == (
        "In the directory it was planned in, run: terraform show -json stack/plan.out > plan.json"
    )


def test_a_tool_that_prints_something_else_does_not_make_a_plan(
    binary: Path, tmp_path: Path
) -> None:
    put_tool(tmp_path, "terraform", "echo No state.")
    with pytest.raises(InputError):
        decode_plan(read_plan(str(binary)))

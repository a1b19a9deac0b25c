"""Instances, as far as the text of a configuration tells."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from iacrisk.source.expansion import Expanded, expand, is_expression
from iacrisk.source.hcl import parse_document
from iacrisk.source.reading import read_versions
from iacrisk.source.trees import Directory


def expanded(tmp_path: Path, **files: str) -> Expanded:
    """What these files stand for; `__` in a name stands for a slash."""
    for name, text in files.items():
        path = tmp_path / (name.replace("__", "/") + ".tf")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    tree = Directory(tmp_path)
    module, _ = read_versions(tree, tree, lambda name, text: parse_document(name, text or ""))
    assert module is not None
    return expand(module)


def values(found: Expanded) -> dict[str, dict[str, Any]]:
    return {address: item.values for address, item in found.instances.items()}


def block(*lines: str) -> str:
    return 'resource "a_b" "c" {\n' + "".join(f"  {line}\n" for line in lines) + "}\n"


@pytest.mark.parametrize(
    ("repetition", "wanted"),
    [
        ("count = 2", {"a_b.c[0]": {"x": 0}, "a_b.c[1]": {"x": 1}}),
        ("count = local.n", {"a_b.c[0]": {"x": 0}}),
        ("count = 0", {}),
    ],
)
def test_literal_counts_are_expanded(
    tmp_path: Path, repetition: str, wanted: dict[str, dict[str, Any]]
) -> None:
    found = expanded(tmp_path, main="locals {\n  n = 1\n}\n" + block(repetition, "x = count.index"))
    assert values(found) == wanted
    assert found.undecided == {}


@pytest.mark.parametrize(
    "repetition",
    ['toset(["k", "l"])', "toset(local.names)", '{ k = "k", l = "l" }', "local.map"],
)
def test_literal_keys_are_expanded(tmp_path: Path, repetition: str) -> None:
    names = 'locals {\n  names = ["k", "l"]\n  map = { k = "k", l = "l" }\n}\n'
    text = names + block(f"for_each = {repetition}", 'x = "${each.key}-${each.value}"')
    assert values(expanded(tmp_path, main=text)) == {
        'a_b.c["k"]': {"x": "k-k"},
        'a_b.c["l"]': {"x": "l-l"},
    }


@pytest.mark.parametrize("repetition", ["count = var.n", "for_each = var.m"])
def test_what_a_variable_repeats_is_undecided(tmp_path: Path, repetition: str) -> None:
    text = 'variable "n" {\n  default = 2\n}\n' + block(repetition)
    found = expanded(tmp_path, main=text)
    assert list(found.instances) == ["a_b.c"]
    assert list(found.undecided) == ["a_b.c"]


def test_arguments_of_local_modules_are_followed(tmp_path: Path) -> None:
    found = expanded(
        tmp_path,
        main='module "m" {\n  source = "./m"\n  for_each = toset(["e"])\n  size = each.key\n}\n',
        m__main=block("x = var.size", "y = var.other", 'z = "${var.size}-${var.other}"'),
    )
    assert values(found) == {
        'module.m["e"].a_b.c': {"x": "e", "y": "${var.other}", "z": "e-${var.other}"}
    }


def test_modules_from_elsewhere_are_undecided(tmp_path: Path) -> None:
    found = expanded(tmp_path, main='module "m" {\n  source = "acme/m/aws"\n}\n')
    assert found == Expanded(undecided={"module.m": "the module's source is not at hand"})


def test_meta_arguments_are_no_attributes_and_dynamic_blocks_are_expressions(
    tmp_path: Path,
) -> None:
    text = block(
        "depends_on = [a_b.d]",
        "lifecycle {",
        "}",
        'dynamic "rule" {',
        "  for_each = var.r",
        "  content {",
        "  }",
        "}",
        "ingress {",
        "  port = 1",
        "}",
    )
    (found,) = values(expanded(tmp_path, main=text)).values()
    assert found["ingress"] == [{"port": 1}]
    assert sorted(found) == ["ingress", "rule"]
    assert is_expression(found["rule"])


def test_a_module_that_calls_itself_ends(tmp_path: Path) -> None:
    text = 'module "m" {\n  source = "./../x"\n}\n' + block()
    found = expanded(tmp_path / "x", main=text)
    assert list(found.instances) == ["a_b.c"]

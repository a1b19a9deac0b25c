"""Lines of tables and keys, whatever stands around them."""

from __future__ import annotations

import tomllib

import pytest

from iacrisk.config.toml_lines import TomlLines, TomlPath

TRICKY = '''\
# [[own_rules]] in a comment
top = "[[own_rules]]"
many = [
  "[[own_rules]]", # ]
  ["[own_rules]"],
]
block = """
[[own_rules]]
\\"""
id = "no"
"""

  [[ own_rules ]]
  id = "A-1"
"quoted key" = { x = 1, y = [1,
2] }
when = \'\'\'
[[own_rules]]
\'\'\'
[own_rules.inner]
deep.er = 1
[[own_rules]]
id = 'A-2'
empty = """"""
odd = \'\'\'it's''\'\'\'
last = 1'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("top",), 2),
        (("many",), 3),
        (("block",), 7),
        (("own_rules", 0), 13),
        (("own_rules", 0, "id"), 14),
        (("own_rules", 0, "quoted key"), 15),
        (("own_rules", 0, "when"), 17),
        (("own_rules", 0, "inner"), 20),
        (("own_rules", 0, "inner", "deep", "er"), 21),
        (("own_rules", 1), 22),
        (("own_rules", 1, "id"), 23),
        (("own_rules", 1, "last"), 26),
        (("own_rules", 1, "absent"), 22),
        (("absent",), 0),
    ],
)
def test_each_table_and_key_has_its_line(path: TomlPath, line: int) -> None:
    assert tomllib.loads(TRICKY)["own_rules"][1]["last"] == 1
    assert TomlLines(TRICKY).line_of(path) == line


def test_the_text_of_a_block_begins_on_the_next_line() -> None:
    lines = TomlLines('a = """\nx"""\nb = """x\ny"""\n')

    assert (lines.line_of_value(("a",)), lines.line_of_value(("b",))) == (2, 3)


def test_windows_line_ends_count_once() -> None:
    assert TomlLines("a = 1\r\n\r\n[b]\r\nc = 2\r\n").line_of(("b", "c")) == 4

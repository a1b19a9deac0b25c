"""Addresses: what Terraform writes is read, and written again as it was."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from iacrisk.plan import Address, ModuleStep, format_key, parse_address, parse_module

NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_-]{0,8}", fullmatch=True).filter(
    lambda name: name not in {"module", "data", "ephemeral"}
)
AWKWARD = st.text(alphabet='.[]"\\${}%\n\r\t\0\x1b\x7f\x85\u2028 a\u00e9\u4e2d\U0001f600\u00a0')
KEYS = st.none() | st.integers(0, 10**6) | AWKWARD | st.text()
STEPS = st.builds(ModuleStep, NAMES, KEYS)
ADDRESSES = st.builds(
    Address,
    module=st.lists(STEPS, max_size=3).map(tuple),
    mode=st.sampled_from(["managed", "data"]),
    type=NAMES,
    name=NAMES,
    key=KEYS,
)


@given(ADDRESSES)
def test_an_address_is_read_back_as_it_was_written(address: Address) -> None:
    assert parse_address(str(address)) == address


@given(st.lists(STEPS, max_size=3).map(tuple))
def test_a_module_path_is_read_back_as_it_was_written(module: tuple[ModuleStep, ...]) -> None:
    assert parse_module(".".join(map(str, module))) == module


@given(ADDRESSES)
def test_a_written_address_is_one_printable_line(address: Address) -> None:
    assert str(address).isprintable()


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("aws_instance.app", Address(type="aws_instance", name="app")),
        ("aws_instance.app[0]", Address(type="aws_instance", name="app", key=0)),
        ('aws_instance.app["0"]', Address(type="aws_instance", name="app", key="0")),
        ('aws_instance.app[""]', Address(type="aws_instance", name="app", key="")),
        (
            r'module.a["x.y"].aws_db_instance.main["a\"]b"]',
            Address(
                module=(ModuleStep("a", "x.y"),), type="aws_db_instance", name="main", key='a"]b'
            ),
        ),
        (
            "module.a.module.b[2].data.aws_ami.base",
            Address(
                module=(ModuleStep("a"), ModuleStep("b", 2)),
                mode="data",
                type="aws_ami",
                name="base",
            ),
        ),
        (
            "ephemeral.aws_secretsmanager_secret_version.db",
            Address(mode="ephemeral", type="aws_secretsmanager_secret_version", name="db"),
        ),
        (
            r'a_b.c["$${x}%%{y}\n\u0001\U0001f600\\"]',
            Address(type="a_b", name="c", key="${x}%{y}\n\x01\U0001f600\\"),
        ),
    ],
)
def test_addresses_that_terraform_writes_are_read(text: str, address: Address) -> None:
    assert parse_address(text) == address


@pytest.mark.parametrize(
    ("key", "written"),
    [
        (None, ""),
        (7, "[7]"),
        ("a", '["a"]'),
        ('a"b\\c', r'["a\"b\\c"]'),
        ("${a}", '["$${a}"]'),
        ("%{a}", '["%%{a}"]'),
        ("$a%", '["$a%"]'),
        ("\n\r\t\x1b", r'["\n\r\t\u001b"]'),
    ],
)
def test_keys_are_written_as_terraform_writes_them(key: str | int | None, written: str) -> None:
    assert format_key(key) == written


@pytest.mark.parametrize(
    "junk",
    [
        "",
        ".",
        "a",
        "a.",
        ".a",
        "a..b",
        "a.b.",
        "a.b.c",
        "a.b.c.d",
        "a[0].b",
        "a.b[",
        "a.b]",
        "a.b[x]",
        "a.b[]",
        "a.b[1.5]",
        'a.b["x]',
        'a.b["x"',
        'a.b["x"]c',
        'a.b["x"]["y"]',
        'a.b["x\\"]',
        "module",
        "module.a",
        "module.a.b",
        "module.a.module",
        "module.a.module.b",
        "module[0].a.b.c",
        "data[0].a.b",
        "a.b[0]\n",
    ],
)
def test_junk_is_no_resource_address(junk: str) -> None:
    with pytest.raises(ValueError, match="address"):
        parse_address(junk)


@pytest.mark.parametrize("junk", ["a", "module", "module.a.b", "module.a.", "x.a", "module.a[0]\n"])
def test_junk_is_no_module_address(junk: str) -> None:
    with pytest.raises(ValueError, match="address"):
        parse_module(junk)


@example(r'a.b["\U00ffffff"]')
@given(st.text(alphabet='ab.[]"\\01U$%{moduledata', max_size=30))
def test_any_text_is_an_address_or_refused_with_a_value_error(text: str) -> None:
    try:
        address = parse_address(text)
    except ValueError:
        return
    assert parse_address(str(address)) == address

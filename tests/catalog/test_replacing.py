"""What the table of forced replacements says, and that it is kept in order."""

from __future__ import annotations

import pytest

from iacrisk.catalog import table
from iacrisk.catalog.replacing import Effect, Turn, arguments_of
from iacrisk.plan import decode_plan, read_plan
from tests.conftest import ROOT

CHANGED, GIVEN, REMOVED = Turn


def effect(type_name: str, path: str, turn: Turn, *, is_block: bool = False) -> Effect:
    known = arguments_of(type_name)
    assert known is not None
    return known.effect(path, turn, is_block=is_block)


@pytest.mark.parametrize(
    ("type_name", "path", "expected"),
    [
        ("aws_subnet", "vpc_id", [Effect.REPLACED] * 3),
        ("aws_subnet", "tags.Name", [Effect.IN_PLACE] * 3),
        ("aws_db_instance", "kms_key_id", [Effect.REPLACED, Effect.UNDECIDED, Effect.NONE]),
        ("aws_vpc", "ipv6_cidr_block", [Effect.IN_PLACE, Effect.IN_PLACE, Effect.NONE]),
        (
            "aws_vpc_security_group_ingress_rule",
            "cidr_ipv4",
            [Effect.IN_PLACE, Effect.REPLACED, Effect.REPLACED],
        ),
        ("aws_sqs_queue", "name", [Effect.REPLACED, Effect.UNDECIDED, Effect.NONE]),
    ],
)
def test_each_way_to_change_an_argument_has_its_effect(
    type_name: str, path: str, expected: list[Effect]
) -> None:
    assert [effect(type_name, path, turn) for turn in (CHANGED, GIVEN, REMOVED)] == expected


def test_a_block_and_what_stands_in_it_are_told_apart() -> None:
    assert effect("aws_acm_certificate", "validation_option", GIVEN, is_block=True) is (
        Effect.REPLACED
    )
    assert effect("aws_instance", "root_block_device.volume_size", CHANGED) is Effect.IN_PLACE
    assert effect("aws_instance", "root_block_device.encrypted", CHANGED) is Effect.REPLACED


def test_a_type_that_nobody_asked_about_is_unknown() -> None:
    assert arguments_of("google_sql_database_instance") is None
    assert arguments_of("aws_") is None


def test_defaults_are_known() -> None:
    known = arguments_of("aws_vpc")
    assert known is not None
    assert known.defaults["instance_tenancy"] == "default"


def test_rows_are_sorted_and_whole() -> None:
    names = table.names("replacing")
    assert list(names) == sorted(set(names))
    for name in names:
        known = arguments_of(name)
        assert known is not None
        cells = table.row("replacing", name)
        assert cells is not None
        assert cells.count(",") == 6
        assert len(known.facts) == sum(len(cell.split()) for cell in cells.split(",")[:-1])


def test_the_table_knows_what_forced_the_replacements_of_real_plans() -> None:
    missed = []
    for path in sorted((ROOT / "fixtures" / "plans").glob("*/plan.json")):
        for change in decode_plan(read_plan(str(path))).changes:
            known = arguments_of(change.type)
            for at in change.replace_paths if known else ():
                name = ".".join(step for step in at if isinstance(step, str))
                harmless = {Effect.IN_PLACE, Effect.NONE}
                if known and name != "id" and known.effect(name, CHANGED) in harmless:
                    missed.append((path.parent.name, change.label, name))
    assert missed == []

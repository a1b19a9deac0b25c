"""One row per change."""

from __future__ import annotations

import json
from typing import Any

import pytest

from iacrisk.features import COLUMNS, extract_features
from iacrisk.graph import build_graph
from iacrisk.plan import decode_plan, read_plan
from tests.conftest import ROOT
from tests.plans import create, delete, document, noop, plan, replace, tweak, update

ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"
TABLE = {"id": "orders", "name": "orders", "arn": ARN}
NAMES = frozenset(column.name for column in COLUMNS)


def columns(*changes: Any, of: str, **more: Any) -> dict[str, float]:
    """The columns of the change at `of`."""
    decoded = plan(*changes, **more)
    rows = {row.label: row.values for row in extract_features(decoded, build_graph(decoded))}
    return rows[of]


def test_an_update_says_what_is_taken_and_who_lives_on_it() -> None:
    group = "aws_security_group.app"
    found = columns(
        tweak(
            group,
            {"id": "sg-12345678", "ingress": [{"cidr_blocks": ["10.0.0.0/8"], "from_port": 443}]},
            ingress=[{"cidr_blocks": ["10.1.0.0/16"], "from_port": 443}],
        ),
        noop("aws_instance.a", {"id": "i-1"}),
        noop("aws_instance.b", {"id": "i-2"}),
        of=group,
        references={
            "aws_instance.a": {"vpc_security_group_ids": [f"{group}.id"]},
            "aws_instance.b": {"vpc_security_group_ids": [f"{group}.id"]},
        },
    )

    assert found == {
        "action.update": 1,
        "updates.NETWORK_PATH": 1,
        "type.carrier": 1,
        "network.narrowed": 1,
        "takes": 1,
        "hit.near": 2,
        "hit.COMPUTE": 2,
        "hit.stay": 2,
        "users": 2,
        "takes.users": 2,
        "plan.changes": 1,
        "harm.cuts": 1,
    }


def test_a_link_to_a_living_resource_that_is_cut_is_seen_without_a_reference() -> None:
    function = {"id": "f", "environment": [{"variables": {"TABLE": "orders"}}]}
    found = columns(
        tweak("aws_lambda_function.f", function, environment=[{"variables": {"TABLE": "ordrs"}}]),
        noop("aws_dynamodb_table.orders", TABLE),
        of="aws_lambda_function.f",
    )

    assert found["link.cut"] == 1
    assert found["link.cut.run"] == 1
    assert found["link.lost"] == 1
    assert "link.made" not in found


def test_a_link_that_leads_elsewhere_is_moved_and_not_lost() -> None:
    other = {"id": "refunds", "name": "refunds"}
    function = {"id": "f", "environment": [{"variables": {"TABLE": "orders"}}]}
    found = columns(
        tweak("aws_lambda_function.f", function, environment=[{"variables": {"TABLE": "refunds"}}]),
        noop("aws_dynamodb_table.orders", TABLE),
        noop("aws_dynamodb_table.refunds", other),
        of="aws_lambda_function.f",
    )

    assert (found["link.cut"], found["link.made"], found["link.moved"]) == (1, 1, 1)
    assert "link.lost" not in found


def test_a_policy_that_drops_a_living_resource_says_so() -> None:
    def allowing(*resources: str) -> str:
        statement = {"Effect": "Allow", "Action": "dynamodb:Query", "Resource": list(resources)}
        return json.dumps({"Version": "2012-10-17", "Statement": [statement]})

    found = columns(
        tweak(
            "aws_iam_role_policy.p",
            {"id": "p", "policy": allowing(ARN, f"{ARN}/index/by_day")},
            policy=allowing(ARN),
        ),
        noop("aws_dynamodb_table.orders", TABLE),
        of="aws_iam_role_policy.p",
    )

    assert found["policy.taken"] == 1
    assert found["policy.taken.living"] == 1
    assert found["access.narrowed"] == 1
    assert "policy.given" not in found


def test_a_new_name_leaves_those_behind_who_hold_the_old_one() -> None:
    found = columns(
        replace("aws_dynamodb_table.orders", TABLE, {"name": "orders-v2"}, "name"),
        noop("aws_ssm_parameter.table", {"id": "/t", "value": "orders"}),
        noop("aws_lambda_function.f", {"id": "f", "environment": [{"variables": {"T": ARN}}]}),
        of="aws_dynamodb_table.orders",
    )

    assert found["mentions.old_name"] == 2
    assert found["renamed"] == 1
    assert found["forced_by.identity"] == 1
    assert found["destroys.STATEFUL"] == 1


def test_a_more_specific_route_in_the_same_table_overlaps() -> None:
    there = {"id": "r1", "route_table_id": "rtb-1", "destination_cidr_block": "10.0.0.0/8"}
    new = {"route_table_id": "rtb-1", "destination_cidr_block": "10.9.0.0/16"}
    elsewhere = {**new, "route_table_id": "rtb-2"}

    over = columns(noop("aws_route.all", there), create("aws_route.new", new), of="aws_route.new")
    beside = columns(
        noop("aws_route.all", there), create("aws_route.new", elsewhere), of="aws_route.new"
    )

    assert over["overlap.route"] == 1
    assert "overlap.route" not in beside


def test_a_rule_with_a_smaller_number_comes_first() -> None:
    there = {"id": "r1", "listener_arn": "l", "priority": 100}

    def first(priority: int) -> bool:
        new = {"listener_arn": "l", "priority": priority}
        changes = noop("aws_lb_listener_rule.a", there), create("aws_lb_listener_rule.b", new)
        return "overlap.first" in columns(*changes, of="aws_lb_listener_rule.b")

    assert first(50)
    assert not first(200)


def test_a_new_exclusive_attachment_takes_a_list_over() -> None:
    role = noop("aws_iam_role.app", {"id": "app", "name": "app"})
    found = columns(
        role,
        create("aws_iam_policy_attachment.all", {"name": "all"}),
        of="aws_iam_policy_attachment.all",
        references={"aws_iam_policy_attachment.all": {"roles": ["aws_iam_role.app.name"]}},
    )

    assert found["overlap.list"] == 1


def test_inline_rules_beside_standalone_ones_overlap() -> None:
    group, rule = "aws_security_group.app", "aws_security_group_rule.https"
    found = columns(
        tweak(group, {"id": "sg-12345678", "ingress": []}, ingress=[{"from_port": 22}]),
        noop(rule, {"id": "sgr-1"}),
        of=group,
        references={rule: {"security_group_id": [f"{group}.id"]}},
    )

    assert found["overlap.inline"] == 1


@pytest.mark.parametrize(
    ("type_", "values", "opens"),
    [
        ("aws_security_group_rule", {"type": "ingress", "cidr_blocks": ["0.0.0.0/0"]}, True),
        ("aws_security_group_rule", {"type": "egress", "cidr_blocks": ["0.0.0.0/0"]}, False),
        ("aws_route", {"destination_cidr_block": "0.0.0.0/0"}, False),
        ("aws_security_group", {"egress": [{"cidr_blocks": ["0.0.0.0/0"]}]}, False),
    ],
)
def test_only_ways_in_open_to_the_world(type_: str, values: dict[str, Any], opens: bool) -> None:
    address = f"{type_}.new"

    assert ("opens.world" in columns(create(address, values), of=address)) == opens


def trusting(*accounts: str) -> str:
    principal = {"AWS": [f"arn:aws:iam::{account}:root" for account in accounts]}
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.mark.parametrize(
    ("after", "outside"),
    [(("111122223333",), 0), (("111122223333", "444455556666"), 1), (("123456789012",), 0)],
)
def test_an_account_that_comes_in_is_an_outsider_unless_it_is_the_own_one(
    after: tuple[str, ...], outside: int
) -> None:
    before = {
        "id": "role",
        "arn": "arn:aws:iam::123456789012:role/role",
        "assume_role_policy": trusting("111122223333"),
    }
    changed = tweak("aws_iam_role.role", before, assume_role_policy=trusting(*after))
    found = columns(changed, of="aws_iam_role.role")

    assert found.get("policy.outside", 0) == outside
    assert found.get("harm.lets_in", 0) == outside


def test_what_comes_back_with_the_same_values_is_not_lost() -> None:
    values = {"role": "app", "policy_arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}
    old, new = "aws_iam_role_policy_attachment.a", "aws_iam_role_policy_attachment.b"
    role = noop("aws_iam_role.app", {"id": "app", "name": "app"})
    references = {new: {"role": ["aws_iam_role.app.name"]}}
    gone = delete(old, {"id": "app-1", **values})
    back = columns(role, gone, create(new, values), of=old, references=references)
    elsewhere = {**values, "role": "another"}
    other = columns(role, gone, create(new, elsewhere), of=old, references=references)

    assert back["twin.same_values"] == 1
    assert "twin.same_values" not in other


def test_words_alone_are_idle() -> None:
    before = {"id": "i-1", "tags": {"Owner": "a"}, "description": "old"}
    found = columns(
        tweak("aws_instance.a", before, tags={"Owner": "b"}, description="new"),
        of="aws_instance.a",
    )

    assert found["idle"] == 1
    assert NAMES.isdisjoint({"words.swapped"})


def test_a_replacement_does_not_count_what_is_computed_anew() -> None:
    before = {"id": "i-1", "ami": "a", "private_ip": "10.0.0.1", "cpu_options": [{"x": 1}]}
    found = columns(
        replace("aws_instance.a", before, {"ami": "b"}, "ami"),
        of="aws_instance.a",
    )

    assert found["swaps"] == 1
    assert found["code.swapped"] == 1
    assert "takes" not in found


def test_guards_are_read_from_what_exists() -> None:
    held = columns(
        delete("aws_db_instance.a", {"deletion_protection": True}), of="aws_db_instance.a"
    )
    forced = columns(delete("aws_s3_bucket.a", {"force_destroy": True}), of="aws_s3_bucket.a")

    assert held["guard.set"] == 1
    assert forced["guard.forced"] == 1


def test_a_delete_with_a_new_object_of_its_type_has_a_twin() -> None:
    changes = (
        delete("aws_s3_bucket.old", {"id": "photos", "bucket": "photos"}),
        create("aws_s3_bucket.new", {"bucket": "photos"}),
    )

    assert columns(*changes, of="aws_s3_bucket.old")["twin.same_name"] == 1
    assert columns(*changes, of="aws_s3_bucket.new")["twin.destroyed"] == 1


def test_names_of_resources_make_no_difference() -> None:
    """The same plan with other block names and modules of other names has the same rows."""
    before, after = {"id": "x", "size": 1}, {"id": "x", "size": 2}
    one = columns(
        update("module.a.aws_ebs_volume.b", before, after), of="module.a.aws_ebs_volume.b"
    )
    two = columns(
        update("module.prod.aws_ebs_volume.data", before, after),
        of="module.prod.aws_ebs_volume.data",
    )

    assert one == two


@pytest.mark.parametrize("path", sorted((ROOT / "fixtures" / "plans").glob("*/plan.json")))
def test_rows_hold_declared_columns_that_are_not_zero_in_any_order_of_input(path: Any) -> None:
    raw = json.loads(read_plan(str(path)))
    decoded = decode_plan(json.dumps(raw).encode())
    raw["resource_changes"] = raw["resource_changes"][::-1]
    shuffled = decode_plan(json.dumps(raw).encode())
    rows = extract_features(decoded, build_graph(decoded))

    assert {name for row in rows for name in row.values} <= NAMES
    assert all(value > 0 for row in rows for value in row.values.values())
    assert rows == extract_features(shuffled, build_graph(shuffled))


def test_names_of_columns_are_unique() -> None:
    assert len(NAMES) == len(COLUMNS)


def test_a_plan_without_changes_has_no_rows() -> None:
    empty = decode_plan(json.dumps(document()).encode())

    assert extract_features(empty, build_graph(empty)) == ()

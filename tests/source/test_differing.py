"""Two versions of a block's arguments: what differs for sure and what it leads to."""

from __future__ import annotations

from typing import Any

import pytest

from iacrisk.catalog.replacing import arguments_of
from iacrisk.source.differing import Around, Compared, compare_values, marked, without

DISK = {"device_name": "/dev/sdb", "volume_size": 10}


def compared(
    old: dict[str, Any], new: dict[str, Any], type_name: str = "aws_instance", **more: Any
) -> Compared:
    return compare_values(old, new, arguments_of(type_name), **more)


def test_an_argument_that_forces_a_replacement_is_told_with_its_path() -> None:
    found = compared(
        {"ami": "ami-1", "root_block_device": [{"encrypted": False, "volume_size": 8}]},
        {"ami": "ami-2", "root_block_device": [{"encrypted": True, "volume_size": 9}]},
    )
    assert sorted(found.changed, key=str) == [
        ("ami",),
        ("root_block_device", 0, "encrypted"),
        ("root_block_device", 0, "volume_size"),
    ]
    assert set(found.replaces) == {("ami",), ("root_block_device", 0, "encrypted")}
    assert (found.unsettled, found.opaque) == (False, ())


def test_a_type_that_nobody_asked_about_is_unsettled() -> None:
    found = compared({"a": 1}, {"a": 2}, "google_sql_database_instance")
    assert (found.changed, found.replaces, found.unsettled) == ((("a",),), (), True)


def test_what_an_object_keeps_is_no_difference() -> None:
    found = compared({"availability_zone": "eu-west-1a"}, {}, "aws_subnet")
    assert found == Compared(after={"availability_zone": "eu-west-1a"})


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({}, {"instance_tenancy": "default"}),
        ({"enable_dns_support": True}, {}),
        ({"ipv4_netmask_length": "16"}, {"ipv4_netmask_length": 16}),
        ({"enable_dns_support": "true"}, {"enable_dns_support": True}),
        ({"ipv4_ipam_pool_id": ""}, {"ipv4_ipam_pool_id": None}),
    ],
)
def test_what_is_the_same_to_the_provider_is_no_difference(
    old: dict[str, Any], new: dict[str, Any]
) -> None:
    assert compared(old, new, "aws_vpc").changed == ()


def test_a_default_that_is_left_is_a_difference() -> None:
    found = compared({}, {"instance_tenancy": "dedicated"}, "aws_vpc")
    assert found.replaces == (("instance_tenancy",),)
    assert compared({}, {"enable_dns_support": False}, "aws_vpc").changed == (
        ("enable_dns_support",),
    )


def test_an_expression_is_opaque_and_told_where_it_would_replace() -> None:
    found = compared(
        {"subnet_id": "subnet-1", "tags": {"a": "b", "c": "d"}},
        {"subnet_id": "${var.subnet}", "tags": {"a": "${var.b}", "c": "e"}},
    )
    assert found.changed == (("tags", "c"),)
    assert (sorted(found.opaque), found.forcing) == (["subnet_id", "tags.a"], ("subnet_id",))
    assert found.after == {"subnet_id": "subnet-1", "tags": {"a": "b", "c": "e"}}


def test_the_identity_of_another_object_is_a_difference() -> None:
    old, new = "${aws_subnet.a.id}", "${aws_subnet.b.id}"
    found = compared({"subnet_id": old}, {"subnet_id": new})
    assert (found.replaces, found.unknown) == ((("subnet_id",),), ("subnet_id",))
    moved = Around(moved={"aws_subnet.a": "aws_subnet.b"})
    assert compared({"subnet_id": old}, {"subnet_id": new}, around=moved).opaque == ("subnet_id",)
    assert compared({"subnet_id": "x"}, {"subnet_id": new}).opaque == ("subnet_id",)
    fresh = Around(fresh=frozenset({"aws_subnet.b"}))
    assert compared({"subnet_id": "x"}, {"subnet_id": new}, around=fresh).replaces == (
        ("subnet_id",),
    )
    variables = compared({"subnet_id": "${var.a.id}"}, {"subnet_id": "${var.b.id}"})
    assert variables.changed == ()


@pytest.mark.parametrize(
    ("ignored", "expected"),
    [
        ((), {("ami",), ("tags", "a")}),
        (("tags",), {("ami",)}),
        (('tags["a"]',), {("ami",)}),
        (('tags["b"]',), {("ami",), ("tags", "a")}),
        (("all",), set()),
    ],
)
def test_what_is_ignored_is_no_difference(ignored: tuple[str, ...], expected: set[Any]) -> None:
    old, new = {"ami": "1", "tags": {"a": "1"}}, {"ami": "2", "tags": {"a": "2"}}
    assert set(compared(old, new, ignored=ignored).changed) == expected


def test_items_of_blocks_are_matched_before_they_are_compared() -> None:
    other = {"device_name": "/dev/sdc", "volume_size": 20}
    bigger = DISK | {"volume_size": 30}
    found = compared({"ebs_block_device": [DISK, other]}, {"ebs_block_device": [other, bigger]})
    assert found.changed == (("ebs_block_device", 1, "volume_size"),)
    swapped = compared({"ebs_block_device": [DISK, other]}, {"ebs_block_device": [other, DISK]})
    assert (swapped.changed, swapped.reordered) == ((), ("ebs_block_device",))
    fewer = compared({"ebs_block_device": [DISK, other]}, {"ebs_block_device": [DISK]})
    assert fewer.changed == (("ebs_block_device",),)


def test_unknown_values_are_marked_and_left_out() -> None:
    paths = [("a",), ("b", 1, "c"), ("b", 1, "d"), ("e", "f")]
    assert marked(paths) == {"a": True, "b": [{}, {"c": True, "d": True}], "e": {"f": True}}
    value = {"a": 1, "b": [{"c": 1}, {"c": 2, "g": 3}], "e": {}}
    for path in paths:
        value = without(value, path)
    assert value == {"b": [{"c": 1}, {"g": 3}], "e": {}}

"""Which way values change."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iacrisk.features.directions import (
    GIVES,
    MEANING,
    TAKES,
    Direction,
    covers,
    directions_of,
    network_of,
)
from iacrisk.features.topics import Topic
from iacrisk.plan import UNKNOWN


def way(name: str, topic: Topic, before: Any, after: Any) -> set[str]:
    return {str(item) for item in directions_of(tuple(name.split(".")), topic, before, after)}


@pytest.mark.parametrize(
    ("name", "topic", "before", "after", "expected"),
    [
        ("memory_size", Topic.CAPACITY, 256, 512, "up"),
        ("memory", Topic.CAPACITY, "1024", "512", "down"),
        ("name", Topic.IDENTITY, "a", "b", "swapped"),
        ("name", Topic.IDENTITY, "a", UNKNOWN, "unknown"),
        ("subnet_ids", Topic.NETWORK, ["a", "b"], ["b"], "narrowed"),
        ("subnet_ids", Topic.NETWORK, ["a"], ["b", "a"], "widened"),
        ("subnet_ids", Topic.NETWORK, ["a"], ["b"], "swapped"),
        ("subnet_ids", Topic.NETWORK, ["a", "b"], [], "removed"),
        ("cidr_ipv4", Topic.NETWORK, "10.0.0.0/8", "10.1.0.0/16", "narrowed"),
        ("cidr_ipv4", Topic.NETWORK, "10.1.0.0/16", "10.0.0.0/8", "widened"),
        ("cidr_ipv4", Topic.NETWORK, "10.1.0.0/16", "10.2.0.0/16", "swapped"),
        ("cidr_blocks", Topic.NETWORK, ["10.0.0.0/8"], ["10.1.0.0/16"], "narrowed"),
        ("dead_letter", Topic.TARGET, None, "arn", "added"),
        ("dead_letter", Topic.TARGET, "arn", "", "removed"),
        ("deletion_protection", Topic.GUARD, True, False, "off"),
        ("skip_final_snapshot", Topic.GUARD, False, True, "off"),
        ("force_destroy", Topic.GUARD, True, False, "on"),
        ("publicly_accessible", Topic.EXPOSURE, False, True, "widened"),
        ("block_public_acls", Topic.EXPOSURE, True, False, "widened"),
        ("internal", Topic.EXPOSURE, False, True, "narrowed"),
        ("acl", Topic.EXPOSURE, "private", "public-read", "widened"),
        ("acl", Topic.EXPOSURE, "public-read", "private", "narrowed"),
        ("status", Topic.STATE, "Enabled", "Suspended", "off"),
        ("state", Topic.STATE, "DISABLED", "ENABLED", "on"),
        ("is_disabled", Topic.STATE, False, True, "off"),
        ("filter_policy", Topic.PATTERN, None, '{"kind":["a"]}', "removed"),
        ("event_pattern", Topic.PATTERN, '{"a":["x"]}', '{"a":["x"],"b":["y"]}', "narrowed"),
        ("event_pattern", Topic.PATTERN, '{"a":["x"],"b":["y"]}', '{"a":["x"]}', "widened"),
        ("event_pattern", Topic.PATTERN, '{"a":["x","y"]}', '{"a":["x"]}', "narrowed"),
        ("content", Topic.OTHER, '{"a":1}', '{ "a" : 1 }', ""),
    ],
)
def test_a_change_has_a_direction(
    name: str, topic: Topic, before: Any, after: Any, expected: str
) -> None:
    assert way(name, topic, before, after) == ({expected} if expected else set())


def policy(*actions: str, effect: str = "Allow") -> str:
    statement = {"Effect": effect, "Action": list(actions), "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_a_policy_is_compared_by_what_it_grants() -> None:
    wide, narrow = policy("s3:*"), policy("s3:GetObject")

    assert way("policy", Topic.ACCESS, wide, narrow) == {"narrowed"}
    assert way("policy", Topic.ACCESS, narrow, wide) == {"widened"}
    assert way("policy", Topic.ACCESS, narrow, policy("sqs:*")) == {"narrowed", "widened"}


def test_every_direction_has_a_meaning_and_takes_or_gives_or_neither() -> None:
    assert set(MEANING) == set(Direction)
    assert TAKES.isdisjoint(GIVES)


@given(st.sets(st.integers(0, 9)), st.sets(st.integers(0, 9)))
def test_taking_and_giving_are_mirror_images(old: set[int], new: set[int]) -> None:
    before, after = ([f"item-{n}" for n in sorted(items)] for items in (old, new))
    there = directions_of(("items",), Topic.OTHER, before, after)
    back = directions_of(("items",), Topic.OTHER, after, before)

    assert bool(there & TAKES) == bool(back & GIVES)
    assert bool(there & GIVES) == bool(back & TAKES)
    assert (there == frozenset()) == (old == new)


def test_networks_cover_what_lies_in_them() -> None:
    outer, inner = network_of("10.0.0.0/8"), network_of("10.200.3.0/24")

    assert outer is not None
    assert inner is not None
    assert covers(outer, inner)
    assert not covers(inner, outer)
    assert covers(outer, outer)
    assert network_of("10.0.0.0") is None
    assert network_of("10.0.0.256/8") is None
    assert network_of("10.0.0.0/33") is None

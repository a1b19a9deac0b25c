"""What attributes are about."""

from __future__ import annotations

import pytest

from iacrisk.features.topics import MEANING, Topic, topic_of


@pytest.mark.parametrize(
    ("path", "topic"),
    [
        ("tags.Owner", Topic.WORDS),
        ("alarm_description", Topic.WORDS),
        ("arn", Topic.COMPUTED),
        ("publicly_accessible", Topic.EXPOSURE),
        ("block_public_policy", Topic.EXPOSURE),
        ("internal", Topic.EXPOSURE),
        ("backup_retention_period", Topic.GUARD),
        ("skip_final_snapshot", Topic.GUARD),
        ("point_in_time_recovery.enabled", Topic.GUARD),
        ("rule.expiration.days", Topic.GUARD),
        ("kms_key_id", Topic.ENCRYPTION),
        ("assume_role_policy", Topic.ACCESS),
        ("policy", Topic.ACCESS),
        ("vpc_security_group_ids", Topic.NETWORK),
        ("ingress.cidr_blocks", Topic.NETWORK),
        ("redrive_policy", Topic.TARGET),
        ("alias.name", Topic.TARGET),
        ("records", Topic.TARGET),
        ("event_pattern", Topic.PATTERN),
        ("filter_policy", Topic.PATTERN),
        ("state", Topic.STATE),
        ("global_secondary_index.name", Topic.SCHEMA),
        ("attribute.name", Topic.SCHEMA),
        ("desired_count", Topic.CAPACITY),
        ("instance_class", Topic.CAPACITY),
        ("source_code_hash", Topic.CODE),
        ("container_definitions", Topic.CODE),
        ("environment.variables.TABLE_NAME", Topic.RUN),
        ("timeout", Topic.TIMING),
        ("identifier", Topic.IDENTITY),
        ("colour", Topic.OTHER),
    ],
)
def test_words_tell_the_topic(path: str, topic: Topic) -> None:
    assert topic_of(tuple(path.split("."))) is topic


def test_every_topic_has_a_meaning() -> None:
    assert set(MEANING) == set(Topic)

"""D14, D15: recovery and retention."""

from __future__ import annotations

import json
from typing import Any

import pytest

from iacrisk.graph import build_graph
from iacrisk.plan import Plan
from iacrisk.rules import Context, Review, review
from iacrisk.rules.data.recoverability import recovery_cut, retention_shortened
from iacrisk.rules.rule import Confidence, Severity
from tests.plans import create, delete, noop, plan, tweak, update

TABLE = {"name": "ledger", "point_in_time_recovery": [{"enabled": True}]}
LOGS = {"name": "/app", "retention_in_days": 90}
BUCKET_RULE = {"status": "Enabled", "filter": [{"prefix": "raw/"}], "expiration": [{"days": 365}]}


def said(judged: Plan) -> Review:
    return review(
        Context(judged, build_graph(judged)),
        rules=(recovery_cut, retention_shortened),
        suppressors=(),
    )


def found(judged: Plan) -> list[tuple[str, str]]:
    return [(finding.rule, finding.address) for finding in said(judged).findings]


@pytest.mark.parametrize(
    ("address", "before", "changed"),
    [
        ("aws_dynamodb_table.t", TABLE, {"point_in_time_recovery": [{"enabled": False}]}),
        ("aws_dynamodb_table.t", TABLE, {"point_in_time_recovery": []}),
        (
            "aws_s3_bucket_versioning.v",
            {"versioning_configuration": [{"status": "Enabled"}]},
            {"versioning_configuration": [{"status": "Suspended"}]},
        ),
        ("aws_db_instance.d", {"backup_retention_period": 7}, {"backup_retention_period": 0}),
        ("aws_db_instance.d", {"backup_retention_period": 35}, {"backup_retention_period": 7}),
    ],
)
def test_a_way_back_that_is_switched_off_or_halved_is_flagged(
    address: str, before: dict[str, Any], changed: dict[str, Any]
) -> None:
    assert found(plan(tweak(address, before, **changed))) == [("D14", address)]


@pytest.mark.parametrize(
    ("before", "changed"),
    [
        ({"backup_retention_period": 7}, {"backup_retention_period": 14}),
        ({"backup_retention_period": 0}, {"backup_retention_period": 7}),
        (TABLE, {"name": "other"}),
    ],
)
def test_a_longer_or_untouched_way_back_passes(
    before: dict[str, Any], changed: dict[str, Any]
) -> None:
    assert found(plan(tweak("aws_db_instance.d", before, **changed))) == []


def test_a_period_that_shrinks_a_little_is_a_remark() -> None:
    judged = plan(
        tweak("aws_db_instance.d", {"backup_retention_period": 35}, backup_retention_period=30)
    )

    assert [finding.severity for finding in said(judged).findings] == [Severity.LOW]


def test_an_unknown_period_is_undecided() -> None:
    before = {"backup_retention_period": 35}
    unknown = {"backup_retention_period": True}
    judged = plan(update("aws_db_instance.d", before, {}, after_unknown=unknown))

    assert [item.rule for item in said(judged).undecided] == ["D14"]


def test_versioning_that_goes_with_its_bucket_passes() -> None:
    bucket = {"id": "media-assets", "bucket": "media-assets"}
    versioning = {"id": "media-assets", "bucket": "media-assets"}
    prior = {
        "values": {
            "root_module": {
                "resources": [
                    {"address": "aws_s3_bucket.b", "type": "aws_s3_bucket", "name": "b"},
                    {
                        "address": "aws_s3_bucket_versioning.v",
                        "type": "aws_s3_bucket_versioning",
                        "name": "v",
                        "depends_on": ["aws_s3_bucket.b"],
                    },
                ]
            }
        }
    }
    together = plan(
        delete("aws_s3_bucket.b", bucket),
        delete("aws_s3_bucket_versioning.v", versioning),
        references={},
        prior_state=prior,
    )
    alone = plan(
        noop("aws_s3_bucket.b", bucket),
        delete("aws_s3_bucket_versioning.v", versioning),
        references={},
        prior_state=prior,
    )

    assert found(together) == []
    assert found(alone) == [("D14", "aws_s3_bucket_versioning.v")]


@pytest.mark.parametrize(
    ("before", "after", "confidence"),
    [(90, 7, Confidence.HIGH), (0, 30, Confidence.HIGH), (90, 60, Confidence.MEDIUM)],
)
def test_logs_that_are_kept_shorter_are_flagged(
    before: int, after: int, confidence: Confidence
) -> None:
    judged = plan(
        tweak("aws_cloudwatch_log_group.l", {"retention_in_days": before}, retention_in_days=after)
    )

    assert [(f.rule, f.confidence) for f in said(judged).findings] == [("D15", confidence)]


@pytest.mark.parametrize("after", [120, 0, None])
def test_logs_that_are_kept_longer_or_for_ever_pass(after: int | None) -> None:
    assert found(plan(tweak("aws_cloudwatch_log_group.l", LOGS, retention_in_days=after))) == []


def test_a_bucket_rule_that_deletes_earlier_is_flagged_and_one_that_deletes_later_passes() -> None:
    address = "aws_s3_bucket_lifecycle_configuration.c"

    def judged(days: int) -> Plan:
        changed = {**BUCKET_RULE, "expiration": [{"days": days}]}
        return plan(tweak(address, {"rule": [BUCKET_RULE]}, rule=[changed]))

    assert found(judged(30)) == [("D15", address)]
    assert found(judged(400)) == []


LIFECYCLE = "aws_s3_bucket_lifecycle_configuration.trail"
EXPIRES: dict[str, Any] = {
    "bucket": "trail",
    "rule": [{"status": "Enabled", "filter": [], "expiration": [{"days": 30}]}],
}


def test_a_new_rule_that_deletes_objects_of_an_existing_bucket_is_flagged() -> None:
    bucket = noop("aws_s3_bucket.trail", {"bucket": "trail"})
    uses = {LIFECYCLE: {"bucket": ["aws_s3_bucket.trail.id"]}}
    assert found(plan(bucket, create(LIFECYCLE, EXPIRES), references=uses)) == [("D15", LIFECYCLE)]


def test_a_new_rule_of_a_new_bucket_or_for_scratch_data_passes() -> None:
    new = create("aws_s3_bucket.trail", {"bucket": "trail"})
    uses = {LIFECYCLE: {"bucket": ["aws_s3_bucket.trail.id"]}}
    assert found(plan(new, create(LIFECYCLE, EXPIRES), references=uses)) == []
    scratch = [{**EXPIRES["rule"][0], "filter": [{"prefix": "tmp/"}]}]
    assert found(plan(create(LIFECYCLE, {"bucket": "trail", "rule": scratch}))) == []


def images(status: str, count: int) -> dict[str, Any]:
    chosen = {"tagStatus": status, "countType": "imageCountMoreThan", "countNumber": count}
    return {"repository": "api", "policy": json.dumps({"rules": [{"selection": chosen}]})}


def test_an_image_policy_that_deletes_more_tagged_images_is_flagged() -> None:
    address = "aws_ecr_lifecycle_policy.api"
    assert found(plan(update(address, images("any", 50), images("any", 3)))) == [("D15", address)]
    assert found(plan(update(address, images("untagged", 50), images("any", 50)))) == [
        ("D15", address)
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [(("untagged", 30), ("untagged", 14)), (("any", 3), ("any", 50)), (("any", 3), ("any", 3))],
)
def test_an_image_policy_that_keeps_tagged_images_passes(
    before: tuple[str, int], after: tuple[str, int]
) -> None:
    assert (
        found(plan(update("aws_ecr_lifecycle_policy.api", images(*before), images(*after)))) == []
    )


def test_an_image_policy_that_is_not_known_is_undecided() -> None:
    change = update(
        "aws_ecr_lifecycle_policy.api", images("any", 9), {}, after_unknown={"policy": True}
    )
    assert [item.rule for item in said(plan(change)).undecided] == ["D15"]


def table(attribute: str | None, *, enabled: bool = True) -> dict[str, Any]:
    return {"name": "ledger", "ttl": [{"attribute_name": attribute, "enabled": enabled}]}


def test_a_time_to_live_on_when_an_item_was_made_is_flagged() -> None:
    change = update("aws_dynamodb_table.t", table(None, enabled=False), table("created_at"))
    assert found(plan(change)) == [("D15", "aws_dynamodb_table.t")]


@pytest.mark.parametrize("attribute", ["expires_at", "ttl", "deleteAfter"])
def test_a_time_to_live_on_an_attribute_named_for_it_passes(attribute: str) -> None:
    change = update("aws_dynamodb_table.t", table(None, enabled=False), table(attribute))
    assert found(plan(change)) == []


def test_a_time_to_live_that_stays_or_goes_passes() -> None:
    stays = tweak("aws_dynamodb_table.t", table("created_at"), tags={"a": "b"})
    goes = update("aws_dynamodb_table.t", table("created_at"), table(None, enabled=False))
    assert found(plan(stays)) == found(plan(goes)) == []


def test_a_time_to_live_that_is_not_known_is_undecided() -> None:
    after = {"name": "ledger", "ttl": [{"enabled": True}]}
    unknown = {"ttl": [{"attribute_name": True}]}
    change = update(
        "aws_dynamodb_table.t", table(None, enabled=False), after, after_unknown=unknown
    )
    assert [item.rule for item in said(plan(change)).undecided] == ["D15"]


def test_versions_of_a_bucket_whose_objects_expire_soon_weigh_little() -> None:
    def suspended(days: int) -> list[tuple[Severity, Confidence]]:
        versions = tweak(
            "aws_s3_bucket_versioning.v",
            {"bucket": "results", "versioning_configuration": [{"status": "Enabled"}]},
            versioning_configuration=[{"status": "Suspended"}],
        )
        rules = [{"status": "Enabled", "filter": [], "expiration": [{"days": days}]}]
        expires = noop(
            "aws_s3_bucket_lifecycle_configuration.l", {"bucket": "results", "rule": rules}
        )
        return [(item.severity, item.confidence) for item in said(plan(versions, expires)).findings]

    assert suspended(7) == [(Severity.LOW, Confidence.LOW)]
    assert suspended(400) == [(Severity.HIGH, Confidence.HIGH)]

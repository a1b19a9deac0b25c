"""Traps beside the twins: what the proofs on small things must not take back, and rules spare."""

from __future__ import annotations

import json
from typing import Any

import pytest

from iacrisk.plan import Plan, ResourceChange
from tests.pairs import findings_of, is_held, judge
from tests.plans import create, delete, noop, plan, replace, tweak
from tests.rules import aws_glue_twins as twins

Json = dict[str, Any]


@pytest.mark.parametrize(
    "more",
    [
        twins.deny("s3:*"),
        twins.deny(["guardduty:DeleteDetector", "ec2:RunInstances"]),
        twins.deny("*"),
        twins.deny("*", Condition={"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}}),
    ],
)
def test_an_organisation_denies_more_than_guards(more: Json) -> None:
    harmless = twins.deny("organizations:LeaveOrganization")
    assert is_held(twins.service_control(harmless, more))


@pytest.mark.parametrize(
    "selection",
    [
        {"tagPrefixList": ["pr-", "v"]},
        {"tagPrefixList": ["production"]},
        {"tagStatus": "any"},
        {"tagPatternList": ["*"]},
    ],
)
def test_more_than_images_of_branches_expire(selection: Json) -> None:
    assert is_held(twins.image_lifecycle(twins.expiring(7, **selection)))


def test_a_branch_image_that_runs_is_missed() -> None:
    image = f"{twins.ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/shop:dev-7"
    runs = noop(
        "aws_ecs_task_definition.dev",
        {"id": "dev", "container_definitions": json.dumps([{"name": "a", "image": image}])},
    )
    quiet = twins.image_lifecycle(twins.expiring(7, tagPrefixList=["dev-"]))
    assert not is_held(quiet)
    policy = _of(quiet, "aws_ecr_lifecycle_policy")
    changed = tweak(policy.address, policy.before, policy=policy.after["policy"])
    repository = noop("aws_ecr_repository.shop", _of(quiet, "aws_ecr_repository").before)
    assert is_held(plan(changed, repository, runs))


def test_a_stream_that_a_program_names_as_well_is_missed() -> None:
    archived = twins.stream_keeps("archive")
    reader = twins.function("replay", environment=[{"variables": {"STREAM": "clicks"}}])
    stream = next(one for one in archived.changes if one.type == "aws_kinesis_stream")
    hose = next(one for one in archived.changes if one.type.startswith("aws_kinesis_fire"))
    changes = (
        tweak(stream.address, stream.before, retention_period=48),
        noop(hose.address, hose.before),
    )
    assert not is_held(plan(*changes))
    assert is_held(plan(*changes, reader))


@pytest.mark.parametrize("name", ["/shop/db/password", "/shop/api-key"])
def test_a_parameter_that_sounds_like_a_credential_is_missed(name: str) -> None:
    values = {"id": name, "name": name, "arn": twins.arn("ssm", f"parameter{name}")}
    reads = [{"name": "DB", "valueFrom": twins.arn("ssm", "parameter/shop/db")}]
    task = {"id": "t", "container_definitions": json.dumps([{"name": "a", "secrets": reads}])}
    gone = delete("aws_ssm_parameter.it", values | {"type": "String", "value": "x"})
    assert is_held(plan(gone, noop("aws_ecs_task_definition.t", task)))


@pytest.mark.parametrize(
    "key", ["GET /health/{proxy+}", "POST /health", "GET /healthcare/patients", "ANY /status"]
)
def test_a_route_that_only_sounds_like_a_health_check_waits(key: str) -> None:
    assert is_held(twins.opened(key))


@pytest.mark.parametrize(("path", "held"), [("/data", True), ("/home/ci/.m2", False)])
def test_only_caches_of_packages_may_go(path: str, held: bool) -> None:
    assert is_held(twins.file_system(path)) is held


def test_a_cache_that_a_machine_names_too_is_missed() -> None:
    old = {"id": "fs-1", "encrypted": False, "lifecycle_policy": []}
    mounts = [{"containerPath": "/root/.npm", "sourceVolume": "v"}]
    task = {
        "id": "t",
        "container_definitions": json.dumps([{"name": "a", "mountPoints": mounts}]),
        "volume": [{"name": "v", "efs_volume_configuration": [{"file_system_id": "fs-1"}]}],
    }
    change = replace("aws_efs_file_system.v", old, old | {"encrypted": True}, "encrypted")
    runner = noop("aws_ecs_task_definition.t", task)
    machine = noop("aws_instance.m", {"id": "i", "user_data": "mount -t efs fs-1:/ /srv"})
    assert not is_held(plan(change, runner))
    assert is_held(plan(change, runner, machine))


def test_a_function_that_leaves_its_network_in_the_same_plan_keeps_its_right() -> None:
    network = [{"subnet_ids": ["subnet-1"], "security_group_ids": ["sg-1"]}]
    twin = twins.detached("AWSLambdaVPCAccessExecutionRole")
    gone = next(one for one in twin.changes if one.type.endswith("_attachment"))
    role = f"arn:aws:iam::{twins.ACCOUNT}:role/export"
    runs = {"id": "export", "function_name": "export", "role": role, "vpc_config": network}
    leaving = tweak("aws_lambda_function.export", runs, vpc_config=[])
    references = {"aws_lambda_function.export": {"role": ["aws_iam_role.export.arn"]}}
    judged = plan(
        delete(gone.address, gone.before), twins.role("export"), leaving, references=references
    )
    assert any(text.startswith("I14") for text in findings_of(judge(judged)))


def test_a_wildcard_still_serves_the_host_of_a_login() -> None:
    quiet = twins.callbacks("old.shop.example")
    wild = {"id": "w", "zone_id": "Z1", "name": "*.shop.example", "type": "A"}
    client = _of(quiet, "aws_cognito_user_pool_client")
    zone, app = _of(quiet, "aws_route53_zone"), _of(quiet, "aws_route53_record")
    parts = (
        tweak(client.address, client.before, callback_urls=client.after["callback_urls"]),
        noop(zone.address, zone.before),
        noop(app.address, app.before),
    )
    assert not is_held(plan(*parts))
    assert is_held(plan(*parts, noop("aws_route53_record.wild", wild)))


def test_a_filter_by_severity_beside_an_address_is_aimed() -> None:
    wild = {"field": "resource.instanceDetails.instanceId", "equals": ["i-*"]}
    assert is_held(twins.findings_filter(wild))


# What the rules spare

_FILTER = ("aws_wafv2_web_acl", "aws_wafv2_web_acl_association")


def _of(judged: Plan, type_name: str) -> ResourceChange:
    [found] = [one for one in judged.changes if one.type == type_name]
    return found


def denied(statement: Json) -> Plan:
    return twins.new_denial(statement)


def test_a_denial_under_a_condition_or_elsewhere_is_spared() -> None:
    conditional = twins.deny("s3:PutObject", Condition={"Bool": {"aws:SecureTransport": "false"}})
    elsewhere = twins.deny("s3:PutObject", "arn:aws:s3:::archive/*")
    assert findings_of(judge(denied(conditional))) == ()
    assert findings_of(judge(denied(elsewhere))) == ()


def test_a_record_with_the_wildcards_own_target_is_spared() -> None:
    alias = [{"name": "lb.example", "zone_id": "Z2"}]
    wild = {"id": "w", "zone_id": "Z1", "name": "*.apps.shop.example", "type": "A", "alias": alias}
    condition = [{"host_header": [{"values": ["pay.apps.shop.example"]}]}]
    served = {"id": "r", "priority": 10, "condition": condition}
    new = {"zone_id": "Z1", "name": "pay.apps.shop.example", "type": "A", "alias": alias}
    judged = plan(
        create("aws_route53_record.pay", new),
        noop("aws_route53_record.wild", wild),
        noop("aws_lb_listener_rule.pay", served),
    )
    assert findings_of(judge(judged)) == ()


def test_a_behaviour_behind_the_others_is_spared() -> None:
    old = [{"path_pattern": "/api/*", "target_origin_id": "api"}]
    new = {"path_pattern": "/api/v2/*", "target_origin_id": "s3"}
    before = {"id": "E1", "aliases": ["shop.example"], "ordered_cache_behavior": old}
    behind = tweak("aws_cloudfront_distribution.d", before, ordered_cache_behavior=[*old, new])
    assert "E31 aws_cloudfront_distribution.d" not in findings_of(judge(plan(behind)))


def test_a_proof_that_is_made_again_is_spared() -> None:
    gone = twins.validation("_abc.api.shop.example")
    kinds = ("aws_route53_record", "aws_acm_certificate", "aws_lb_listener")
    record, certificate, listener = (_of(gone, name) for name in kinds)
    again = create("aws_route53_record.again", {"name": "_abc.api.shop.example", "type": "CNAME"})
    judged = plan(
        delete(record.address, record.before),
        noop(certificate.address, certificate.before),
        noop(listener.address, listener.before),
        again,
    )
    assert not any(text.startswith("E32") for text in findings_of(judge(judged)))


def test_a_domain_above_the_own_zone_is_spared() -> None:
    assert not is_held(twins.resolver("shop.example"))
    assert is_held(twins.resolver("db.internal.shop.example"))


def test_an_internal_balancer_may_get_a_filter_that_blocks() -> None:
    blocked = twins.firewall("block")
    balancer, acl, association = (_of(blocked, name) for name in ("aws_lb", *_FILTER))
    references = {
        "aws_wafv2_web_acl_association.front": {
            "resource_arn": ["aws_lb.front.arn"],
            "web_acl_arn": ["aws_wafv2_web_acl.w.arn"],
        }
    }
    ends = {"resource_arn": balancer.before["arn"], "web_acl_arn": acl.before["arn"]}
    parts = (create(association.address, ends), noop(acl.address, acl.before))
    inside = noop(balancer.address, {**balancer.before, "internal": True})
    assert is_held(plan(*parts, noop(balancer.address, balancer.before), references=references))
    assert not is_held(plan(*parts, inside, references=references))


@pytest.mark.parametrize(
    ("before", "after", "held"),
    [
        ({"DRY_RUN": "true"}, {"DRY_RUN": "false"}, True),
        ({"DRY_RUN": "true", "A": "1"}, {"A": "1"}, True),
        ({"DRY_RUN": "false"}, {"DRY_RUN": "true"}, False),
        ({"DRY_RUN_REPORT": "true"}, {"DRY_RUN_REPORT": "false"}, False),
    ],
)
def test_a_function_that_no_longer_runs_dry_waits(before: Json, after: Json, held: bool) -> None:
    values = {"id": "f", "function_name": "f", "environment": [{"variables": before}]}
    change = tweak("aws_lambda_function.f", values, environment=[{"variables": after}])
    assert ("C32 aws_lambda_function.f" in findings_of(judge(plan(change)))) is held


def test_a_private_policy_may_be_blocked_and_a_public_one_that_was_blocked_stays() -> None:
    on = {"bucket": "b", "restrict_public_buckets": True}
    assert not is_held(twins.public_block(website=False))
    again = tweak("aws_s3_bucket_public_access_block.b", on | {"id": "b"}, block_public_acls=True)
    assert not any(text.startswith("E33") for text in findings_of(judge(plan(again))))

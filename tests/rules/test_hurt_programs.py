"""Programs and fronts on AWS that a finding hurts: whom each tie names, and whom it leaves out."""

from __future__ import annotations

import json

import pytest

from iacrisk.plan import Plan
from tests.plans import Json, create, delete, noop, plan, tweak
from tests.rules.test_hurt import hurt_by, named

AT = "eu-west-1:123456789012"
FUNCTION = f"arn:aws:lambda:{AT}:function:rate"
BUCKET = {"bucket": "letters", "block_public_policy": True}


def task(*pairs: tuple[str, str], secrets: tuple[str, ...] = ()) -> Json:
    """A task whose container has these variables and secrets."""
    container = {
        "name": "main",
        "environment": [{"name": name, "value": value} for name, value in pairs],
        "secrets": [{"name": "S", "valueFrom": arn} for arn in secrets],
    }
    return {"family": "t", "container_definitions": json.dumps([container])}


RUNS = {"aws_ecs_service.s": {"task_definition": ["aws_ecs_task_definition.t.arn"]}}
SECRET = f"arn:aws:secretsmanager:{AT}:secret:mail-AbCdEf"
ROLE = "arn:aws:iam::123456789012:role/rate"


def admits(*roles: str) -> str:
    """A policy for these roles."""
    grant = {"Effect": "Allow", "Principal": {"AWS": [*roles]}, "Action": "sqs:*"}
    return json.dumps({"Statement": [grant]})


CASES: list[tuple[str, str, Plan, set[str]]] = [
    (
        "what runs as a role that a policy no longer names",
        "I14",
        plan(
            tweak("aws_sqs_queue.q", {"policy": admits(ROLE)}, policy=admits()),
            noop("aws_iam_role.r", {"id": "rate", "arn": ROLE}),
            noop("aws_lambda_function.f", {"id": "f"}),
            noop("aws_lambda_event_source_mapping.m", {"id": "m"}),
            noop("aws_lambda_function.other", {"id": "o"}),
            references={
                "aws_lambda_function.f": {"role": ["aws_iam_role.r.arn"]},
                "aws_lambda_event_source_mapping.m": {
                    "function_name": ["aws_lambda_function.f.arn"]
                },
            },
        ),
        {"aws_iam_role.r", "aws_lambda_function.f", "aws_lambda_event_source_mapping.m"},
    ),
    (
        "the task that reads a stream, and its service",
        "D15",
        plan(
            tweak("aws_kinesis_stream.k", {"name": "trips", "retention_period": 96}, x=1),
            noop("aws_ecs_task_definition.t", task(("STREAM", "trips"))),
            noop("aws_ecs_service.s", {"id": "s"}),
            noop("aws_ecs_task_definition.other", task(("STREAM", "trips-old"))),
            references=RUNS,
        ),
        {"aws_ecs_task_definition.t", "aws_ecs_service.s"},
    ),
    (
        "tasks with a secret lose the endpoint of the service that keeps it",
        "N12",
        plan(
            delete(
                "aws_vpc_endpoint.e", {"service_name": "com.amazonaws.eu-west-1.secretsmanager"}
            ),
            noop("aws_ecs_task_definition.t", task(secrets=(SECRET,))),
            noop("aws_ecs_service.s", {"id": "s"}),
            noop("aws_secretsmanager_secret.mail", {"id": SECRET, "arn": SECRET}),
            noop("aws_secretsmanager_secret.other", {"id": f"{SECRET}x", "arn": f"{SECRET}x"}),
            noop("aws_ecs_task_definition.other", task()),
            references=RUNS,
        ),
        {"aws_ecs_task_definition.t", "aws_ecs_service.s", "aws_secretsmanager_secret.mail"},
    ),
    (
        "the table of the function that works twice",
        "C16",
        plan(
            tweak("aws_sqs_queue.q", {"visibility_timeout_seconds": 900}, x=1),
            noop("aws_lambda_event_source_mapping.m", {"id": "m"}),
            noop("aws_lambda_function.f", {"environment": [{"variables": {"TABLE": "payments"}}]}),
            noop("aws_dynamodb_table.payments", {"id": "payments", "name": "payments"}),
            noop("aws_dynamodb_table.refunds", {"id": "refunds", "name": "refunds"}),
            references={
                "aws_lambda_event_source_mapping.m": {
                    "event_source_arn": ["aws_sqs_queue.q.arn"],
                    "function_name": ["aws_lambda_function.f.arn"],
                }
            },
        ),
        {"aws_dynamodb_table.payments"},
    ),
    (
        "the program whose metric goes unwatched",
        "X09",
        plan(
            tweak(
                "aws_cloudwatch_metric_alarm.a",
                {"metric_name": "LettersSent", "dimensions": {"Job": "nightly"}},
                x=1,
            ),
            noop("aws_ecs_task_definition.t", task(("METRIC", "LettersSent"))),
            noop("aws_ecs_task_definition.other", task(("METRIC", "LettersLost"))),
        ),
        {"aws_ecs_task_definition.t"},
    ),
    (
        "the site to which a login no longer leads back",
        "I15",
        plan(
            tweak(
                "aws_cognito_user_pool_client.c",
                {"callback_urls": ["https://a.example/in", "https://b.example/in"]},
                callback_urls=["https://b.example/in"],
            ),
            noop("aws_cloudfront_distribution.a", {"aliases": ["a.example"]}),
            noop("aws_cloudfront_distribution.b", {"aliases": ["b.example"]}),
        ),
        {"aws_cloudfront_distribution.a"},
    ),
    (
        "the policy of the bucket whose block falls",
        "X01",
        plan(
            delete("aws_s3_bucket_public_access_block.b", BUCKET),
            noop("aws_s3_bucket_policy.letters", {"bucket": "letters"}),
            noop("aws_s3_bucket_policy.bills", {"bucket": "bills"}),
        ),
        {"aws_s3_bucket_policy.letters"},
    ),
    (
        "the name of the tenant whose database goes",
        "D01",
        plan(
            delete('aws_db_instance.t["north"]', {"id": "north"}),
            noop('aws_route53_record.t["north"]', {"fqdn": "north.example"}),
            noop('aws_route53_record.t["south"]', {"fqdn": "south.example"}),
        ),
        {'aws_route53_record.t["north"]'},
    ),
    (
        "the network that a new route takes from, and what led there",
        "N15",
        plan(
            create(
                "aws_ec2_transit_gateway_route.r",
                {"destination_cidr_block": "10.9.0.0/16", "blackhole": True},
            ),
            noop("aws_vpc.nine", {"id": "vpc-9", "cidr_block": "10.9.0.0/16"}),
            noop("aws_vpc.eight", {"id": "vpc-8", "cidr_block": "10.8.0.0/16"}),
            noop("aws_ec2_transit_gateway_vpc_attachment.nine", {"id": "at-9"}),
            references={
                "aws_ec2_transit_gateway_vpc_attachment.nine": {"vpc_id": ["aws_vpc.nine.id"]}
            },
        ),
        {"aws_vpc.nine", "aws_ec2_transit_gateway_vpc_attachment.nine"},
    ),
    (
        "the balancer and the names behind an accelerator",
        "E08",
        plan(
            tweak("aws_globalaccelerator_endpoint_group.g", {"id": "g"}, traffic_dial_percentage=0),
            noop("aws_globalaccelerator_listener.l", {"id": "l"}),
            noop("aws_globalaccelerator_accelerator.a", {"id": "a"}),
            noop("aws_lb.b", {"id": "b"}),
            noop("aws_route53_record.www", {"fqdn": "www.example"}),
            noop("aws_route53_record.mail", {"fqdn": "mail.example"}),
            references={
                "aws_globalaccelerator_endpoint_group.g": {
                    "listener_arn": ["aws_globalaccelerator_listener.l.id"],
                    "endpoint_configuration": ["aws_lb.b.arn"],
                },
                "aws_globalaccelerator_listener.l": {
                    "accelerator_arn": ["aws_globalaccelerator_accelerator.a.id"]
                },
                "aws_route53_record.www": {
                    "alias": ["aws_globalaccelerator_accelerator.a.dns_name"]
                },
            },
        ),
        {"aws_lb.b", "aws_route53_record.www"},
    ),
    (
        "the function behind a method",
        "X01",
        plan(
            tweak(
                "aws_api_gateway_method.m",
                {"rest_api_id": "a", "resource_id": "r", "http_method": "GET"},
                authorization="NONE",
            ),
            noop(
                "aws_api_gateway_integration.m",
                {
                    "rest_api_id": "a",
                    "resource_id": "r",
                    "http_method": "GET",
                    "uri": f"arn:aws:apigateway:x:lambda:path/functions/{FUNCTION}/invocations",
                },
            ),
            noop(
                "aws_api_gateway_integration.post",
                {"rest_api_id": "a", "resource_id": "r", "http_method": "POST"},
            ),
            noop("aws_lambda_function.rate", {"arn": FUNCTION}),
            noop("aws_lambda_function.rates", {"arn": f"{FUNCTION}s"}),
        ),
        {"aws_api_gateway_integration.m", "aws_lambda_function.rate"},
    ),
]


@pytest.mark.parametrize(
    ("rule", "judged", "hurt"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_a_tie_names_those_it_leads_to_and_nobody_else(
    rule: str, judged: Plan, hurt: set[str]
) -> None:
    assert set(named(rule, judged)) == hurt


def test_who_reads_what_a_stopped_job_writes_is_hurt_with_it() -> None:
    def function(name: str, table: str) -> Json:
        return {
            "id": name,
            "function_name": name,
            "environment": [{"variables": {"TABLE": table}}],
        }

    judged = plan(
        tweak("aws_cloudwatch_event_rule.r", {"id": "r", "state": "ENABLED"}, state="DISABLED"),
        noop("aws_cloudwatch_event_target.t", {"id": "t"}),
        noop("aws_lambda_function.writes", function("writes", "exchange-rates")),
        noop("aws_lambda_function.reads", function("reads", "exchange-rates")),
        noop("aws_lambda_function.other", function("other", "holidays")),
        noop("aws_dynamodb_table.rates", {"id": "exchange-rates", "name": "exchange-rates"}),
        references={
            "aws_cloudwatch_event_target.t": {
                "rule": ["aws_cloudwatch_event_rule.r.name"],
                "arn": ["aws_lambda_function.writes.arn"],
            }
        },
    )
    assert set(named("C06", judged)) == {
        "aws_cloudwatch_event_target.t",
        "aws_dynamodb_table.rates",
        "aws_lambda_function.reads",
    }


def test_programs_that_ask_for_names_which_a_private_zone_hides_are_hurt() -> None:
    assert hurt_by(
        "N16",
        create("aws_route53_zone.inside", {"name": "post.example", "vpc": [{"vpc_id": "vpc-1"}]}),
        create("aws_route53_record.copy", {"name": "api.post.example", "type": "A"}),
        noop("aws_route53_zone.outside", {"id": "Z1", "name": "post.example"}),
        noop("aws_route53_record.login", {"fqdn": "login.post.example", "name": "login"}),
        noop("aws_route53_record.api", {"fqdn": "api.post.example", "name": "api"}),
        noop("aws_ecs_task_definition.t", task(("ISSUER", "https://login.post.example/x"))),
        noop("aws_ecs_service.s", {"id": "s"}),
        noop("aws_ecs_task_definition.other", task(("API", "https://api.post.example"))),
        aws_route53_record__copy={"zone_id": ["aws_route53_zone.inside.zone_id"]},
        aws_route53_record__login={"zone_id": ["aws_route53_zone.outside.zone_id"]},
        aws_route53_record__api={"zone_id": ["aws_route53_zone.outside.zone_id"]},
        aws_ecs_service__s={"task_definition": ["aws_ecs_task_definition.t.arn"]},
    ) == {
        "aws_route53_zone.outside",
        "aws_route53_record.login",
        "aws_ecs_task_definition.t",
        "aws_ecs_service.s",
    }

"""Whom a finding hurts beside those that the walk reaches."""

from __future__ import annotations

import json

import pytest

from iacrisk.graph import build_graph
from iacrisk.plan import Plan
from iacrisk.rules import RULES, Context, review
from iacrisk.rules.hurt import others_hurt
from tests.plans import Json, create, delete, noop, plan, replace, tweak

PASSWORDS = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:payments/api"
ROLE = "arn:aws:iam::123456789012:role/worker"
TABLE = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"


def named(rule: str, judged: Plan) -> tuple[str, ...]:
    """Whom a finding of the rule on the plan's first change hurts."""
    [change, *_] = judged.pending
    return others_hurt(rule, change, Context(judged, build_graph(judged)))


def policy(*arns: str) -> str:
    """A document that names them."""
    return json.dumps({"Statement": [{"Effect": "Allow", "Action": "x:y", "Resource": [*arns]}]})


CASES = [
    (
        "C06",
        plan(
            tweak("aws_lambda_function.f", {"id": "f"}, reserved_concurrent_executions=0),
            noop("aws_lambda_event_source_mapping.m", {"id": "m"}),
            noop("aws_lambda_permission.p", {"id": "p"}),
            references={
                "aws_lambda_event_source_mapping.m": {
                    "function_name": ["aws_lambda_function.f.arn"]
                },
                "aws_lambda_permission.p": {"function_name": ["aws_lambda_function.f.arn"]},
            },
        ),
        "aws_lambda_event_source_mapping.m",
    ),
    (
        "X09",
        plan(
            tweak("aws_cloudwatch_metric_alarm.a", {"id": "a"}, actions_enabled=False),
            noop("aws_db_instance.d", {"id": "d"}),
            noop("aws_sns_topic.t", {"id": "t"}),
            references={
                "aws_cloudwatch_metric_alarm.a": {
                    "dimensions": ["aws_db_instance.d.identifier"],
                    "alarm_actions": ["aws_sns_topic.t.arn"],
                },
            },
        ),
        "aws_db_instance.d",
    ),
    (
        "I14",
        plan(
            tweak("aws_iam_policy.p", {"policy": policy(TABLE, ROLE)}, policy=policy(ROLE)),
            noop("aws_dynamodb_table.t", {"id": "orders", "arn": TABLE}),
            noop("aws_iam_role.r", {"id": "worker", "arn": ROLE}),
        ),
        "aws_dynamodb_table.t",
    ),
    (
        "I14",
        plan(
            tweak("aws_iam_policy.p", {"policy": policy(f"{TABLE}-*")}, policy=policy(ROLE)),
            noop("aws_dynamodb_table.t", {"id": "orders", "arn": TABLE}),
        ),
        "",
    ),
    (
        "N07",
        plan(
            delete("azurerm_public_ip.p", {"ip_address": "203.0.113.8"}),
            noop("azurerm_dns_a_record.www", {"records": ["203.0.113.8"]}),
            noop("azurerm_dns_a_record.api", {"records": ["203.0.113.9"]}),
        ),
        "azurerm_dns_a_record.www",
    ),
    (
        "D10",
        plan(
            delete("google_project_service.s", {"service": "sqladmin.googleapis.com"}),
            noop("google_sql_database_instance.d", {"name": "d"}),
            noop("google_pubsub_topic.t", {"name": "t"}),
        ),
        "google_sql_database_instance.d",
    ),
    (
        "C08",
        plan(
            delete("helm_release.c", {"chart": "cert-manager"}),
            noop("kubernetes_manifest.cert", {"manifest": {"kind": "Certificate"}}),
            noop("kubernetes_manifest.map", {"manifest": {"kind": "ConfigMap"}}),
        ),
        "kubernetes_manifest.cert",
    ),
    (
        "D15",
        plan(
            create("aws_s3_bucket_lifecycle_configuration.l", {"bucket": "trail"}),
            noop("aws_s3_bucket.b", {"id": "trail"}),
            references={
                "aws_s3_bucket_lifecycle_configuration.l": {"bucket": ["aws_s3_bucket.b.id"]}
            },
        ),
        "aws_s3_bucket.b",
    ),
    (
        "D27",
        plan(
            tweak("snowflake_database.d", {"name": "D", "days": 14}, days=0),
            noop("snowflake_schema.s", {"name": "S"}),
            references={"snowflake_schema.s": {"database": ["snowflake_database.d.name"]}},
        ),
        "snowflake_schema.s",
    ),
    (
        "D02",
        plan(
            delete("google_bigquery_table.o", {"dataset_id": "sales", "table_id": "orders"}),
            noop(
                "google_bigquery_table.daily",
                {"view": [{"query": "SELECT x FROM `p.sales.orders`"}]},
            ),
            noop(
                "google_bigquery_table.other",
                {"view": [{"query": "SELECT x FROM `p.sales.orders_old`"}]},
            ),
        ),
        "google_bigquery_table.daily",
    ),
    (
        "I04",
        plan(
            create("azurerm_role_assignment.r", {"role_definition_name": "Owner"}),
            noop("azuread_service_principal.ci", {"id": "sp"}),
            noop("azuread_application.ci", {"id": "app"}),
            noop("azuread_application_federated_identity_credential.main", {"id": "cred"}),
            references={
                "azurerm_role_assignment.r": {
                    "principal_id": ["azuread_service_principal.ci.object_id"]
                },
                "azuread_service_principal.ci": {"client_id": ["azuread_application.ci.client_id"]},
                "azuread_application_federated_identity_credential.main": {
                    "application_id": ["azuread_application.ci.id"]
                },
            },
        ),
        "azuread_application_federated_identity_credential.main",
    ),
]


@pytest.mark.parametrize(("rule", "judged", "hurt"), CASES)
def test_a_finding_hurts_whom_its_tie_leads_to_and_nobody_else(
    rule: str, judged: Plan, hurt: str
) -> None:
    assert named(rule, judged) == ((hurt,) if hurt else ())


def test_a_rule_without_ties_hurts_nobody_more() -> None:
    assert named("D01", CASES[0][1]) == ()


def test_the_services_that_read_a_password_are_hurt_by_a_new_one() -> None:
    judged = plan(
        tweak("aws_db_instance.d", {"id": "d"}, manage_master_user_password=True),
        noop("aws_secretsmanager_secret_version.v", {"id": "v"}),
        noop(
            "aws_secretsmanager_secret.s",
            {"id": f"{PASSWORDS}-abcDEF", "arn": f"{PASSWORDS}-abcDEF"},
        ),
        noop("aws_ecs_task_definition.t", {"container_definitions": f'["{PASSWORDS}:KEY::"]'}),
        noop("aws_ecs_service.e", {"id": "e"}),
        references={
            "aws_secretsmanager_secret_version.v": {
                "secret_id": ["aws_secretsmanager_secret.s.id"],
                "secret_string": ["aws_db_instance.d.address"],
            },
            "aws_ecs_service.e": {"task_definition": ["aws_ecs_task_definition.t.arn"]},
        },
    )
    assert named("B07", judged) == ("aws_secretsmanager_secret_version.v", "aws_ecs_service.e")


def test_whoever_reads_the_queue_is_hurt_by_another_form_of_its_messages() -> None:
    judged = plan(
        tweak("aws_sns_topic_subscription.s", {"id": "s"}, raw_message_delivery=True),
        noop("aws_sqs_queue.q", {"id": "q"}),
        noop("aws_lambda_event_source_mapping.m", {"id": "m"}),
        noop("aws_lambda_function.f", {"id": "f"}),
        references={
            "aws_sns_topic_subscription.s": {"endpoint": ["aws_sqs_queue.q.arn"]},
            "aws_lambda_event_source_mapping.m": {
                "event_source_arn": ["aws_sqs_queue.q.arn"],
                "function_name": ["aws_lambda_function.f.arn"],
            },
        },
    )
    assert named("C15", judged) == ("aws_lambda_event_source_mapping.m", "aws_lambda_function.f")


def hurt_by(rule: str, *changes: Json, **references: dict[str, list[str]]) -> set[str]:
    """All that findings of the rule name on the plan."""
    uses = {name.replace("__", "."): value for name, value in references.items()}
    judged = plan(*changes, references=uses)
    found = review(Context(judged, build_graph(judged)), rules=RULES, suppressors=()).findings
    return {label for item in found if item.rule == rule for label in item.hurts}


def test_the_rule_that_loses_requests_its_name_and_the_new_server_are_hurt() -> None:
    def takes(host: str) -> list[Json]:
        return [{"host_header": [{"values": [host]}]}]

    def leads(group: str) -> list[Json]:
        return [{"type": "forward", "target_group_arn": f"arn:aws:elb:x:1:targetgroup/{group}"}]

    web = {"listener_arn": "arn:l", "priority": 100}
    account = {**web, "condition": takes("account.shop.example"), "action": leads("account")}
    assert hurt_by(
        "E07",
        noop(
            "aws_lb_listener_rule.web",
            web | {"condition": takes("www.shop.example"), "action": leads("web")},
        ),
        tweak(
            "aws_lb_listener_rule.account", account, priority=90, condition=takes("*.shop.example")
        ),
        noop("aws_lb_target_group.account", {"arn": "arn:aws:elb:x:1:targetgroup/account"}),
        noop("aws_ecs_service.account", {"id": "s"}),
        noop("aws_route53_record.www", {"fqdn": "www.shop.example"}),
        noop("aws_route53_record.mail", {"fqdn": "mail.shop.example"}),
        aws_ecs_service__account={"load_balancer": ["aws_lb_target_group.account.arn"]},
    ) == {"aws_lb_listener_rule.web", "aws_ecs_service.account", "aws_route53_record.www"}


def test_the_members_of_a_group_that_is_no_longer_admitted_are_hurt() -> None:
    def admits(*groups: str) -> list[Json]:
        entry = {"from_port": 5432, "to_port": 5432, "protocol": "tcp", "cidr_blocks": []}
        return [{**entry, "security_groups": list(groups)}] if groups else []

    assert "aws_instance.app" in hurt_by(
        "N11",
        tweak("aws_security_group.db", {"id": "sg-db", "ingress": admits("sg-app")}, ingress=[]),
        noop("aws_security_group.app", {"id": "sg-app"}),
        noop("aws_db_instance.db", {"id": "db"}),
        noop("aws_instance.app", {"id": "i-1"}),
        aws_db_instance__db={"vpc_security_group_ids": ["aws_security_group.db.id"]},
        aws_instance__app={"vpc_security_group_ids": ["aws_security_group.app.id"]},
    )


def test_the_route_that_loses_traffic_and_its_way_are_hurt() -> None:
    wide = {"route_table_id": "rtb-1", "destination_cidr_block": "10.50.0.0/16"}
    narrow = {"route_table_id": "rtb-1", "destination_cidr_block": "10.50.0.0/17"}
    assert hurt_by(
        "N04",
        noop("aws_route_table.t", {"id": "rtb-1"}),
        noop("aws_subnet.s", {"id": "subnet-1"}),
        noop("aws_route_table_association.a", {"route_table_id": "rtb-1", "subnet_id": "subnet-1"}),
        noop("aws_instance.i", {"id": "i-1"}),
        noop("aws_vpc_peering_connection.p", {"id": "pcx-1"}),
        noop("aws_route.wide", {**wide, "vpc_peering_connection_id": "pcx-1"}),
        create("aws_route.new", {**narrow, "transit_gateway_id": "tgw-1"}),
        aws_route__wide={
            "route_table_id": ["aws_route_table.t.id"],
            "vpc_peering_connection_id": ["aws_vpc_peering_connection.p.id"],
        },
        aws_route__new={"route_table_id": ["aws_route_table.t.id"]},
        aws_instance__i={"subnet_id": ["aws_subnet.s.id"]},
        aws_route_table_association__a={
            "route_table_id": ["aws_route_table.t.id"],
            "subnet_id": ["aws_subnet.s.id"],
        },
    ) == {"aws_route.wide", "aws_vpc_peering_connection.p"}


def test_the_selection_that_reads_a_tag_is_hurt_when_it_goes() -> None:
    chosen = {"selection_tag": [{"type": "STRINGEQUALS", "key": "backup-plan", "value": "gold"}]}
    assert hurt_by(
        "G11",
        noop("aws_backup_selection.gold", chosen),
        tweak("aws_db_instance.d", {"tags": {"backup-plan": "gold"}}, tags={}),
    ) == {"aws_backup_selection.gold"}


def test_the_names_that_a_certificate_loses_are_hurt() -> None:
    before = {"arn": "arn:c", "domain_name": "shop.example"}
    names = ["api.shop.example", "shop.example"]
    assert hurt_by(
        "E04",
        replace(
            "aws_acm_certificate.c",
            {**before, "subject_alternative_names": names},
            {"domain_name": "shop.example", "subject_alternative_names": ["shop.example"]},
            "subject_alternative_names",
            create_first=True,
        ),
        noop("aws_route53_record.api", {"fqdn": "api.shop.example"}),
        noop("aws_route53_record.shop", {"fqdn": "shop.example"}),
    ) == {"aws_route53_record.api"}


def test_the_object_at_the_new_address_is_hurt_with_the_old_one() -> None:
    queue = {"name": "jobs", "fifo_queue": False}
    found = hurt_by("S01", delete("aws_sqs_queue.old", queue), create("aws_sqs_queue.new", queue))
    assert found == {"aws_sqs_queue.new"}

"""Types that act on another object."""

import pytest

from iacrisk.catalog import attachment


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("aws_security_group_rule", ("security_group_id", "source_security_group_id")),
        ("aws_route", ("route_table_id",)),
        ("aws_route_table_association", ("subnet_id", "gateway_id")),
        ("aws_iam_policy_attachment", ("roles", "users", "groups")),
        ("aws_sns_topic_subscription", ("endpoint", "topic_arn")),
        ("aws_lambda_permission", ("function_name", "source_arn")),
        ("google_project_iam_binding", ("members",)),
        ("google_compute_firewall", ("network",)),
        ("azurerm_role_assignment", ("principal_id",)),
    ],
)
def test_an_attachment_names_what_it_acts_on(name: str, arguments: tuple[str, ...]) -> None:
    assert attachment(name) == arguments


@pytest.mark.parametrize(
    "name",
    [
        "aws_nat_gateway",
        "aws_s3_bucket",
        "aws_ecs_service",
        "aws_route53_record",
        "acme_rocket",
        "",
        "type",
    ],
)
def test_what_stands_alone_acts_on_nothing(name: str) -> None:
    assert attachment(name) == ()

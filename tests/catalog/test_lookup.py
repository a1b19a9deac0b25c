"""What the catalogue answers for single types."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iacrisk.catalog import Basis, ResourceClass, ResourceType, resource_type


def test_a_curated_type_is_known_with_its_note() -> None:
    assert resource_type("aws_db_instance") == ResourceType(
        name="aws_db_instance",
        provider="aws",
        resource_class=ResourceClass.STATEFUL,
        stateful=True,
        recoverability=0.2,
        authoritative=False,
        carrier=False,
        basis=Basis.CURATED,
        note=(
            "0.3-6 h from a snapshot; writes since then are lost; automated backups may go with it"
        ),
    )


def test_a_note_with_a_comma_is_read_whole() -> None:
    note = resource_type("aws_grafana_workspace").note

    assert note == "dashboards, alerts and users inside are lost"


def test_a_guessed_type_says_that_it_is_a_guess() -> None:
    assert resource_type("aws_wafregional_rule") == ResourceType(
        name="aws_wafregional_rule",
        provider="aws",
        resource_class=ResourceClass.CONTROL,
        stateful=False,
        recoverability=0.7,
        authoritative=False,
        carrier=True,
        basis=Basis.PATTERN,
    )


def test_a_type_nobody_has_heard_of_is_other_and_unknown() -> None:
    assert resource_type("acme_rocket_launcher") == ResourceType(
        name="acme_rocket_launcher",
        provider="acme",
        resource_class=ResourceClass.OTHER,
        stateful=False,
        recoverability=0.5,
        authoritative=False,
        carrier=False,
        basis=Basis.UNKNOWN,
    )


@pytest.mark.parametrize("name", ["", ",", "type", "aws_db", "aws_db_instance,STATEFUL", "a\nb"])
def test_half_a_row_is_not_a_type(name: str) -> None:
    assert resource_type(name).basis is Basis.UNKNOWN


@given(st.text())
def test_no_name_makes_the_lookup_raise(name: str) -> None:
    assert resource_type(name).name == name


@pytest.mark.parametrize(
    "name",
    [
        "aws_iam_role_policy",
        "aws_lambda_permission",
        "aws_s3_bucket_policy",
        "aws_s3_bucket_public_access_block",
        "aws_s3_bucket_server_side_encryption_configuration",
        "aws_s3_bucket_versioning",
        "aws_s3_object",
        "aws_sqs_queue_policy",
        "aws_rds_cluster_instance",
        "github_actions_variable",
        "google_storage_bucket_iam_member",
        "google_storage_bucket_object",
    ],
)
def test_a_setting_of_something_that_holds_data_does_not_itself_hold_data(name: str) -> None:
    assert (resource_type(name).stateful, resource_type(name).resource_class) != (
        True,
        ResourceClass.STATEFUL,
    )
    assert not resource_type(name).stateful


@pytest.mark.parametrize(
    ("name", "carrier"),
    [
        ("aws_security_group", True),
        ("aws_subnet", True),
        ("aws_route_table", True),
        ("aws_iam_role", True),
        ("aws_iam_instance_profile", True),
        ("aws_iam_policy", True),
        ("aws_db_subnet_group", True),
        ("aws_launch_template", True),
        ("aws_lb_target_group", True),
        ("aws_ssm_parameter", True),
        ("aws_secretsmanager_secret", True),
        ("aws_kms_key", True),
        ("aws_cloudwatch_log_destination", True),
        ("aws_instance", False),
        ("aws_lambda_function", False),
        ("aws_db_instance", False),
        ("aws_eks_cluster", False),
        ("aws_sqs_queue", False),
        ("aws_s3_bucket", False),
        ("aws_lb", False),
    ],
)
def test_harm_travels_through_carriers_and_stops_at_victims(name: str, carrier: bool) -> None:
    assert resource_type(name).carrier is carrier


@pytest.mark.parametrize(
    ("name", "authoritative"),
    [
        ("aws_iam_policy_attachment", True),
        ("aws_iam_role_policy_attachments_exclusive", True),
        ("aws_default_security_group", True),
        ("google_project_iam_policy", True),
        ("google_project_iam_binding", True),
        ("github_team_members", True),
        ("aws_iam_policy", False),
        ("aws_iam_role_policy_attachment", False),
        ("google_project_iam_member", False),
        ("aws_security_group", False),
    ],
)
def test_only_owners_of_a_whole_list_are_authoritative(name: str, authoritative: bool) -> None:
    assert resource_type(name).authoritative is authoritative


def test_importing_the_catalogue_stays_light() -> None:
    program = (
        "import sys, iacrisk.catalog, iacrisk.catalog.facts;"
        "print(sorted({'csv', 'dataclasses', 'networkx', 'pydantic'} & set(sys.modules)))"
    )
    python = [sys.executable, "-c", program]

    run = subprocess.run(python, capture_output=True, text=True, check=True)  # noqa: S603 - our own interpreter

    assert run.stdout == "[]\n"

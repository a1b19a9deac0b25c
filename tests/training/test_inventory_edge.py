"""Distributions and pools of users, read from what AWS answers."""

from types import SimpleNamespace
from typing import Any

from iacrisk.training.inventory import Thing
from iacrisk.training.inventory.edge import read_distributions, read_user_pools
from iacrisk.training.network import Network

DISTRIBUTION: dict[str, Any] = {
    "Id": "E1",
    "ARN": "arn:aws:cloudfront::123456789012:distribution/E1",
    "DomainName": "D1.cloudfront.net",
    "Enabled": True,
    "Aliases": {"Items": ["www.example.com", "example.com"]},
    "Origins": {"Items": [{"DomainName": "pages.s3.us-east-1.amazonaws.com"}]},
}
POOL: dict[str, Any] = {
    "Id": "us-east-1_1",
    "Name": "members",
    "Arn": "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_1",
    "DeletionProtection": "ACTIVE",
    "LambdaConfig": {"PostConfirmation": "arn:aws:lambda:us-east-1:123456789012:function:hi"},
}


def cloud(**answers: Any) -> Any:
    """Gives the same answers whatever service is asked."""
    return SimpleNamespace(
        ask=lambda _service, operation, **_: answers.get(operation),
        list=lambda _service, operation, _key, **_: answers.get(operation, []),
        client=lambda _service: SimpleNamespace(
            describe_user_pool=lambda **_: {"UserPool": answers["describe_user_pool"]}
        ),
    )


def distribution(**other: Any) -> Thing:
    answer = {"DistributionList": {"Items": [DISTRIBUTION | other]}}
    return next(read_distributions(cloud(list_distributions=answer), Network()))


def test_a_distribution_is_known_by_all_its_names_and_names_its_origins() -> None:
    assert distribution() == Thing(
        kind="distribution",
        name="example.com",
        identity="E1",
        handles=(DISTRIBUTION["ARN"], "E1", "example.com", "www.example.com"),
        addresses=("d1.cloudfront.net",),
        mentions=("pages.s3.us-east-1.amazonaws.com",),
    )


def test_a_distribution_that_is_switched_off_does_not_answer() -> None:
    assert distribution(Enabled=False).addresses == ()


def test_a_distribution_without_own_names_is_known_by_its_id() -> None:
    assert distribution(Aliases={"Quantity": 0}).name == "E1"


def test_a_pool_counts_its_clients_and_names_its_triggers() -> None:
    answers = {
        "list_user_pools": [{"Id": POOL["Id"]}],
        "list_user_pool_clients": [{"ClientId": "a"}, {"ClientId": "b"}],
        "describe_user_pool": POOL,
    }
    assert list(read_user_pools(cloud(**answers), Network())) == [
        Thing(
            kind="user-pool",
            name="members",
            identity="us-east-1_1",
            handles=(POOL["Arn"], "us-east-1_1"),
            mentions=("arn:aws:lambda:us-east-1:123456789012:function:hi",),
            units=2,
            facts={"protected": True},
        )
    ]

"""What stands before an application: distributions, and pools of users."""

from __future__ import annotations

from collections.abc import Iterator

from iacrisk.training.inventory.cloud import Cloud
from iacrisk.training.inventory.things import Thing
from iacrisk.training.network import Network


def read_distributions(cloud: Cloud, _network: Network) -> Iterator[Thing]:
    """CloudFront distributions, by any of their own host names; switched off, none answers."""
    answer = cloud.ask("cloudfront", "list_distributions") or {}
    for item in answer.get("DistributionList", {}).get("Items", ()):
        names = sorted(item.get("Aliases", {}).get("Items", ()))
        origins = [each["DomainName"] for each in item["Origins"].get("Items", ())]
        domain = item["DomainName"].lower()
        yield Thing(
            kind="distribution",
            name=names[0] if names else item["Id"],
            identity=item["Id"],
            handles=(item["ARN"], item["Id"], *names),
            addresses=(domain,) if item["Enabled"] else (),
            mentions=tuple(origins),
        )


def read_user_pools(cloud: Cloud, _network: Network) -> Iterator[Thing]:
    """Cognito user pools with their clients; the clients are the units."""
    for entry in cloud.list("cognito-idp", "list_user_pools", "UserPools", MaxResults=60):
        identity = entry["Id"]
        item = cloud.client("cognito-idp").describe_user_pool(UserPoolId=identity)["UserPool"]
        clients = cloud.list(
            "cognito-idp", "list_user_pool_clients", "UserPoolClients", UserPoolId=identity
        )
        yield Thing(
            kind="user-pool",
            name=item["Name"],
            identity=identity,
            handles=(item["Arn"], identity),
            mentions=tuple(str(value) for value in item.get("LambdaConfig", {}).values()),
            units=len(clients),
            facts={"protected": item.get("DeletionProtection") == "ACTIVE"},
        )


EDGE_READERS = {
    "cloudfront": (read_distributions,),
    "cognito-idp": (read_user_pools,),
}

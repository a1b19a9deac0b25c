"""The declarations of the proofs on AWS about what goes off and is not missed."""

from __future__ import annotations

from typing import Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.benign.served import amazon_spared
from iacrisk.rules.context import Context
from iacrisk.rules.rule import Suppressor, suppressor

_UPDATE: Final = frozenset({ActionKind.UPDATE})


@suppressor(
    id="BL-replicabackup",
    name="backed-up-at-its-source",
    suppresses={"D14"},
    kinds=_UPDATE,
    types={"aws_db_instance"},
    since="0.2",
)
def backed_up_at_its_source(change: ResourceChange, context: Context) -> str | None:
    """A replica is no longer backed up, and the database that it copies is.

    Harmless when
        It was a replica and stays one; its source is in the plan and keeps backups afterwards.

    Traps
        A replica that is made a database of its own; a source elsewhere, or without backups.

    References
        https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.html
    """
    return amazon_spared.why_backed_up_at_source(change, context)


@suppressor(
    id="BL-onlycached",
    name="known-as-a-cache",
    suppresses={"D14"},
    kinds=_UPDATE,
    types={"aws_dynamodb_table", "aws_elasticache_replication_group"},
    since="0.2",
)
def known_as_a_cache(change: ResourceChange, context: Context) -> str | None:
    """A cache is no longer backed up.

    Harmless when
        All programs of the plan that are told of it know it by variables that speak of a cache;
        for a table also of single requests, and its items expire.

    Traps
        One variable that speaks of a session, a cart, a queue or a lock; a table whose items
        stay; nobody in the plan who is told of it.

    References
        https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/backups-automatic.html
    """
    return amazon_spared.why_only_cached(change, context)


@suppressor(
    id="BL-keyrotated",
    name="key-rotated",
    suppresses={"I14", "I15", "I16"},
    kinds={ActionKind.UPDATE, ActionKind.DELETE},
    types={"aws_iam_access_key"},
    since="0.2",
)
def key_rotated(change: ResourceChange, context: Context) -> str | None:
    """An access key is switched off or goes after its successor was handed out.

    Harmless when
        Another key of the same user is on and stays as it is, something of the plan holds its
        id, and nothing holds the id of the old one.

    Traps
        A program that still has the old one; a successor that nobody has yet; one that this plan
        only makes.

    References
        https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html
    """
    return amazon_spared.why_key_rotated(change, context)


@suppressor(
    id="BL-tokensunused",
    name="tokens-unused",
    suppresses={"B11"},
    kinds=_UPDATE,
    types={"aws_db_instance", "aws_rds_cluster"},
    since="0.2",
)
def tokens_unused(change: ResourceChange, context: Context) -> str | None:
    """A database no longer takes tokens in place of passwords, and nobody signs in with one.

    Harmless when
        The plan shows who uses it, with the policies of their roles, and no policy anywhere in
        the plan speaks of `rds-db`.

    Traps
        A role whose policies are not in the plan; a program whose variables come from elsewhere.

    References
        https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html
    """
    return amazon_spared.why_tokens_unused(change, context)


@suppressor(
    id="BL-flowunused",
    name="sign-in-flow-unused",
    suppresses={"I15"},
    kinds=_UPDATE,
    types={"aws_cognito_user_pool_client"},
    since="0.2",
)
def sign_in_flow_unused(change: ResourceChange, context: Context) -> str | None:
    """A client loses the custom flow of signing in, which its pool cannot carry out.

    Harmless when
        Nothing but custom flows goes, and the pool is in the plan without a function that
        defines challenges.

    Traps
        Passwords, SRP or refresh tokens among what goes; a pool that is not in the plan.

    References
        https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-challenge.html
    """
    return amazon_spared.why_flow_unused(change, context)


@suppressor(
    id="BL-embargo",
    name="only-countries-under-embargo",
    suppresses={"E09"},
    kinds=_UPDATE,
    types={"aws_cloudfront_distribution"},
    since="0.2",
)
def only_countries_under_embargo(change: ResourceChange, context: Context) -> str | None:
    """A site keeps out a few countries that many companies may not serve.

    Harmless when
        From answering everywhere, or everywhere but some, it goes to keep out Cuba, Iran, North
        Korea or Syria as well, and no other.

    Traps
        One country more; a list of those let in; another setting changed beside it.

    References
        https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/georestrictions.html
    """
    return amazon_spared.why_embargo(change, context)


SUPPRESSORS: Final[tuple[Suppressor, ...]] = (
    backed_up_at_its_source,
    known_as_a_cache,
    key_rotated,
    tokens_unused,
    sign_in_flow_unused,
    only_countries_under_embargo,
)

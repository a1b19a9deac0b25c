"""The declarations of the proofs on AWS about what goes off and is not missed."""

from __future__ import annotations

from typing import Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.benign.served.data import amazon_spared, old_images
from iacrisk.rules.benign.served.networks import ports_shut
from iacrisk.rules.benign.served.programs import amazon_shares
from iacrisk.rules.benign.whole import whole
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


@suppressor(
    id="BL-shareempty",
    name="share-of-an-empty-group",
    suppresses={"E07"},
    kinds=_UPDATE,
    types={
        "aws_alb_listener",
        "aws_alb_listener_rule",
        "aws_lb_listener",
        "aws_lb_listener_rule",
    },
    since="0.2",
)
def share_of_an_empty_group(change: ResourceChange, context: Context) -> str | None:
    """A target group loses its share of the requests, and nothing is registered in it.

    Harmless when
        Only weights change; nothing in the plan but listeners knows the group that loses some;
        another group, which had a share and loses none, has a service or machines behind it.

    Traps
        A service, a group of machines or an attachment in it; a new group that gets the share;
        a binding of Kubernetes that names it.

    References
        https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html
    """
    return amazon_shares.why_share_empty(change, context)


@suppressor(
    id="BL-recordempty",
    name="share-of-an-empty-balancer",
    suppresses={"E02", "E08"},
    kinds=_UPDATE,
    types={"aws_route53_record"},
    since="0.2",
)
def share_of_an_empty_balancer(change: ResourceChange, context: Context) -> str | None:
    """A weighted record gets no share any more, and nothing is behind the balancer it leads to.

    Harmless when
        The plan shows the balancer with listeners and target groups that are empty, and another
        record of the name with a weight whose balancer has something behind it.

    Traps
        A balancer that is not in the plan; a record for the name that changes as well, or whose
        own balancer is empty.

    References
        https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-weighted.html
    """
    return amazon_shares.why_record_empty(change, context)


@suppressor(
    id="BL-regionskept",
    name="denied-to-no-account",
    suppresses={"I14"},
    kinds=_UPDATE,
    types={"aws_organizations_policy"},
    since="0.2",
)
def denied_to_no_account(change: ResourceChange, context: Context) -> str | None:
    """A policy of the organisation denies more, under a condition that no account below meets.

    Harmless when
        The plan shows where the policy is attached, and below each place accounts whose regions
        it knows from tags, names or what lives in them; for each of them a test fails.

    Traps
        An account whose region nothing tells; a place without accounts in the plan; a denial
        without a condition beside it.

    References
        https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_general.html
    """
    return amazon_shares.why_nobody_denied(change, context)


@suppressor(
    id="BL-logsarchived",
    name="logs-are-archived",
    suppresses={"D15"},
    kinds=_UPDATE,
    types={"aws_cloudwatch_log_group"},
    since="0.2",
)
def logs_are_archived(change: ResourceChange, context: Context) -> str | None:
    """Logs are kept for a shorter time where they are searched, and all are archived.

    Harmless when
        A filter without a pattern sends them to a delivery stream of the plan that writes to a
        bucket, and both stay as they are.

    Traps
        A pattern, which lets only some through; a stream that goes elsewhere; a filter that this
        plan only makes.

    References
        https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
    """
    return amazon_shares.why_logs_archived(change, context)


@whole(
    id="BL-oldimage",
    name="image-nothing-starts-from",
    kinds={ActionKind.DELETE},
    types={"aws_ami", "aws_ami_copy", "aws_ami_from_instance"},
)
def image_nothing_starts_from(change: ResourceChange, context: Context) -> str | None:
    """A machine image goes that nothing of the plan names any more.

    Harmless when
        Another image of the same block stays and a launch template names it; no other object and
        no data source of the plan names the image that goes, or one of its snapshots.

    Traps
        A template or a machine with the image, now or before this plan; a group that starts an
        older version of a template; a permission of another account; a public image; a parameter
        that hands its id on.

    References
        https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/deregister-ami.html
    """
    return old_images.why_nothing_starts_from_it(change, context)


@suppressor(
    id="BL-portsshut",
    name="ports-shut-behind",
    suppresses={"E05"},
    kinds=_UPDATE,
    types={"aws_globalaccelerator_listener"},
    since="0.2",
)
def ports_shut_behind(change: ResourceChange, context: Context) -> str | None:
    """A listener takes fewer ports, and behind it nobody lets the others in.

    Harmless when
        Nothing but the ports changes, every endpoint is a machine of the plan, and no entry of
        its security groups admits one of the ports that go, before or after.

    Traps
        An entry for one of the ports; a group or an endpoint that is not in the plan; a balancer
        as endpoint; a group of endpoints that maps ports to others.

    References
        https://docs.aws.amazon.com/global-accelerator/latest/dg/about-listeners.html
    """
    return ports_shut.why_ports_shut(change, context)


SUPPRESSORS: Final[tuple[Suppressor, ...]] = (
    backed_up_at_its_source,
    known_as_a_cache,
    key_rotated,
    tokens_unused,
    sign_in_flow_unused,
    only_countries_under_embargo,
    share_of_an_empty_group,
    share_of_an_empty_balancer,
    denied_to_no_account,
    logs_are_archived,
    image_nothing_starts_from,
    ports_shut_behind,
)

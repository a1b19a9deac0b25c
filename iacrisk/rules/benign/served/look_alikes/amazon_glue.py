"""The declarations of the proofs on AWS about small things, with their traps."""

from __future__ import annotations

from typing import Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.benign.served import amazon_glue
from iacrisk.rules.benign.served.data import amazon_streams
from iacrisk.rules.benign.whole import whole
from iacrisk.rules.context import Context
from iacrisk.rules.rule import Suppressor, suppressor

_UPDATE: Final = frozenset({ActionKind.UPDATE})


@suppressor(
    id="BL-guardsonly",
    name="denies-what-no-workload-does",
    suppresses={"I14"},
    kinds=_UPDATE,
    types={"aws_organizations_policy"},
    since="0.2",
)
def denies_what_no_workload_does(change: ResourceChange, context: Context) -> str | None:
    """A policy of the organisation newly denies only what switches guards off.

    Harmless when
        All that it newly denies is to leave the organisation, to stop or delete trails, detectors
        and recorders, or is denied to the root user alone.

    Traps
        One action more; a wildcard over a whole service; the same denial for everybody where the
        other ones are for root.

    References
        https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples.html
    """
    return amazon_glue.why_only_guards(change, context)


@suppressor(
    id="BL-branchimages",
    name="only-images-of-branches",
    suppresses={"D15"},
    kinds={ActionKind.UPDATE, ActionKind.REPLACE},
    types={"aws_ecr_lifecycle_policy"},
    since="0.2",
)
def only_images_of_branches(change: ResourceChange, context: Context) -> str | None:
    """A lifecycle comes to expire images of branches and pull requests.

    Harmless when
        All new rules name prefixes of tags such as `pr-`, `branch-` or `snapshot`, or images
        without a tag; the old rules stay; nothing in the plan runs an image with such a tag.

    Traps
        A rule for any tag; a prefix of releases beside it; an old rule that gets shorter; a task
        that runs a `dev-` image.

    References
        https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
    """
    return amazon_glue.why_branch_images(change, context)


@suppressor(
    id="BL-archived",
    name="all-is-archived",
    suppresses={"D15"},
    kinds=_UPDATE,
    types={"aws_kinesis_stream"},
    since="0.2",
)
def all_is_archived(change: ResourceChange, context: Context) -> str | None:
    """A stream keeps its records for a shorter time, and all of them are written down at once.

    Harmless when
        A delivery stream to a bucket reads it, which stays as it is, and so do functions by
        mappings that follow it without a break; records are kept for a day at least. A program
        that names it is started by rules alone, twice at least while a record is kept.

    Traps
        A pipe or program that reads the stream as well, or names it, and is started seldom; a
        mapping that is off or changes; a delivery stream that changes in the same plan.

    References
        https://docs.aws.amazon.com/firehose/latest/dev/what-is-this-service.html
    """
    return amazon_streams.why_archived(change, context)


@suppressor(
    id="BL-paramunread",
    name="parameter-nobody-reads",
    suppresses={"D01"},
    kinds={ActionKind.DELETE},
    types={"aws_ssm_parameter"},
    since="0.2",
)
def parameter_nobody_reads(change: ResourceChange, context: Context) -> str | None:
    """A parameter goes that no program of the plan reads, though they read others of its family.

    Harmless when
        Programs of the plan show all their names, name parameters below the same first part of
        the path, and none names this one.

    Traps
        A name that speaks of a password, key, address or certificate; a program whose variables
        come from elsewhere; nobody in the plan who reads any.

    References
        https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-hierarchies.html
    """
    return amazon_glue.why_parameter_unread(change, context)


@suppressor(
    id="BL-healthroute",
    name="route-of-the-health-check",
    suppresses={"X01", "X09"},
    kinds=_UPDATE,
    types={"aws_apigatewayv2_route"},
    since="0.2",
)
def route_of_the_health_check(change: ResourceChange, context: Context) -> str | None:
    """The route by which a service says that it is well is opened to everybody.

    Harmless when
        The route is a `GET` of `/health`, `/ping`, `/status` or their like, and nothing but the
        authorisation changes.

    Traps
        A path that goes on behind the word; another method; a greedy `{proxy+}`.

    References
        https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
    """
    return amazon_glue.why_health_route(change, context)


@suppressor(
    id="BL-ownfolder",
    name="own-folder",
    suppresses={"C15"},
    kinds=_UPDATE,
    types={"aws_transfer_user"},
    since="0.2",
)
def own_folder(change: ResourceChange, context: Context) -> str | None:
    """A partner's home moves within the folder that is called like the partner.

    Harmless when
        The user's name is a part of the old and of every new path.

    Traps
        The folder above, in which all partners are; another role for the user.

    References
        https://docs.aws.amazon.com/transfer/latest/userguide/logical-dir-mappings.html
    """
    return amazon_glue.why_own_folder(change, context)


@suppressor(
    id="BL-featureunused",
    name="right-of-an-unused-feature",
    suppresses={"I14"},
    kinds={ActionKind.DELETE},
    types={"aws_iam_role_policy_attachment"},
    since="0.2",
)
def right_of_an_unused_feature(change: ResourceChange, context: Context) -> str | None:
    """AWS's own policy for functions in a network goes from a role whose functions are in none.

    Harmless when
        The plan shows functions with the role, none has a `vpc_config` before or after, and the
        role keeps the basic policy for its logs.

    Traps
        A function that leaves its network in the same plan; no function with the role; a role
        without the basic policy.

    References
        https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaVPCAccessExecutionRole.html
    """
    return amazon_glue.why_feature_unused(change, context)


@suppressor(
    id="BL-aimedfilter",
    name="filter-for-single-machines",
    suppresses={"X09"},
    kinds={ActionKind.CREATE, ActionKind.UPDATE},
    types={"aws_guardduty_filter"},
    since="0.2",
)
def filter_for_single_machines(change: ResourceChange, context: Context) -> str | None:
    """Findings on single machines, addresses or people are archived.

    Harmless when
        One of the criteria, which all have to hold, names them in full.

    Traps
        A severity or a type of finding alone; a wildcard.

    References
        https://docs.aws.amazon.com/guardduty/latest/ug/findings_suppression-rule.html
    """
    return amazon_glue.why_aimed_filter(change, context)


@whole(
    id="BL-packagecache",
    name="cache-of-packages",
    kinds={ActionKind.DELETE, ActionKind.REPLACE},
    types={"aws_efs_file_system"},
)
def cache_of_packages(change: ResourceChange, context: Context) -> str | None:
    """A file system goes on which builds keep the packages that they have downloaded.

    Harmless when
        Task definitions of the plan mount it, each of them where a package manager keeps its
        cache, and nothing else names it.

    Traps
        One other place where it is mounted; a machine or function that names it; nobody in the
        plan who mounts it; a lifecycle that keeps old files.

    References
        https://docs.npmjs.com/cli/v10/configuring-npm/folders
    """
    return amazon_glue.why_package_cache(change, context)


@suppressor(
    id="BL-hostgone",
    name="host-without-a-record",
    suppresses={"I15"},
    kinds=_UPDATE,
    types={"aws_cognito_user_pool_client"},
    since="0.2",
)
def host_without_a_record(change: ResourceChange, context: Context) -> str | None:
    """A login no longer leads back to a host that has no record any more.

    Harmless when
        The plan shows the zone of the host and no record of it, and another address of the login
        stays whose host has one. An address of one's own machine may go with it where the login
        has a secret, so that it belongs to a server.

    Traps
        A wildcard record; an address that is exchanged; a host in another zone; a program on
        people's machines, which has no secret and comes back to them.

    References
        https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-app-idp-settings.html
    """
    return amazon_glue.why_host_gone(change, context)


SUPPRESSORS: Final[tuple[Suppressor, ...]] = (
    denies_what_no_workload_does,
    only_images_of_branches,
    all_is_archived,
    parameter_nobody_reads,
    route_of_the_health_check,
    own_folder,
    right_of_an_unused_feature,
    filter_for_single_machines,
    cache_of_packages,
    host_without_a_record,
)

"""The declarations of the proofs on AWS about what is idle, kept or reached another way."""

from __future__ import annotations

from typing import Final

from iacrisk.catalog.permissions import RESOURCE_POLICIES
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.benign.served.entries import certificate_names
from iacrisk.rules.benign.served.networks import amazon_ways, tls_clients
from iacrisk.rules.benign.served.programs import amazon_idle
from iacrisk.rules.context import Context
from iacrisk.rules.rule import Suppressor, suppressor

_UPDATE: Final = frozenset({ActionKind.UPDATE})


@suppressor(
    id="BL-dialempty",
    name="dial-of-an-empty-group",
    suppresses={"E08"},
    kinds=_UPDATE,
    types={"aws_globalaccelerator_endpoint_group"},
    since="0.2",
)
def dial_of_an_empty_group(change: ResourceChange, context: Context) -> str | None:
    """The dial of a group falls in which no endpoint gets requests.

    Harmless when
        The group has no endpoint, or only such of weight 0, and another group of the same
        listener, which stays as it is, has some and a dial above 0.

    Traps
        An endpoint without a weight, which has 128; endpoints that only this plan takes out; the
        other group dialled down as well.

    References
        https://docs.aws.amazon.com/global-accelerator/latest/dg/about-endpoint-groups-traffic-dial.html
    """
    return amazon_idle.why_dial_empty(change, context)


@suppressor(
    id="BL-roleidle",
    name="right-of-an-idle-role",
    suppresses={"I14"},
    kinds=_UPDATE,
    types=RESOURCE_POLICIES,
    since="0.2",
)
def right_of_an_idle_role(change: ResourceChange, context: Context) -> str | None:
    """A key, bucket, queue or secret no longer admits a role that nothing runs as.

    Harmless when
        Everybody who loses a right is a role of the plan that stays as it is, that only services
        may take on, that has no policy, and that nothing in the plan refers to or names.

    Traps
        One other principal among them; a role that people or other accounts take on; an
        instance profile, a function or a program that names it; a denial beside it.

    References
        https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_manage_delete.html
    """
    return amazon_idle.why_role_idle(change, context)


@suppressor(
    id="BL-schedulekept",
    name="schedule-kept-elsewhere",
    suppresses={"C06", "C30"},
    kinds={ActionKind.UPDATE, ActionKind.DELETE},
    types={"aws_cloudwatch_event_rule", "aws_scheduler_schedule", "google_cloud_scheduler_job"},
    since="0.2",
)
def schedule_kept_elsewhere(change: ResourceChange, context: Context) -> str | None:
    """A schedule is switched off, and another one starts the same.

    Harmless when
        All that it starts, with what it is told, is started at least as often by other schedules
        that are on; the role of such a schedule may start it.

    Traps
        A rarer schedule; another input or another task; a rule that waits for events too; a role
        without the right; a schedule that ends.

    References
        https://docs.aws.amazon.com/scheduler/latest/UserGuide/what-is-scheduler.html
    """
    if change.kind is ActionKind.UPDATE and change.changed - {"is_enabled", "paused", "state"}:
        return None
    return amazon_idle.why_schedule_kept(change, context)


@suppressor(
    id="BL-saidlittle",
    name="method-that-says-little",
    suppresses={"X01", "X09"},
    kinds=_UPDATE,
    types={"aws_api_gateway_method"},
    since="0.2",
)
def method_that_says_little(change: ResourceChange, context: Context) -> str | None:
    """A method asks for no authorization any more, and nothing is behind it.

    Harmless when
        Its integration is `MOCK` and stays so, or its path is that of a health check and it only
        reads. Nothing but the authorization changes.

    Traps
        An integration that becomes a real one in the same plan; a path that goes on behind the
        word; another method of the same path.

    References
        https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-mock-integration.html
    """
    return amazon_ways.why_method_says_little(change, context)


@suppressor(
    id="BL-certcovers",
    name="certificate-covers-what-leads-here",
    suppresses={"E04"},
    kinds=_UPDATE,
    types=certificate_names.PRESENTERS,
    since="0.2",
)
def certificate_covers_what_leads_here(change: ResourceChange, context: Context) -> str | None:
    """Another certificate covers fewer names, and all that clients come by.

    Harmless when
        It is issued and stays as it is; it covers the names of all records of the plan that lead
        to the balancer and of all rules of the listener, or all names that a distribution
        answers to. What it lacks of the old one is a wildcard, or its bare domain, below which
        the plan shows the records.

    Traps
        A name in full that the plan does not show; no record that leads here; a certificate that
        this plan only makes; one rule for a host that it lacks.

    References
        https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html
    """
    return certificate_names.why_certificate_covers(change, context)


@suppressor(
    id="BL-otherway",
    name="other-way-to-the-service",
    suppresses={"N12"},
    kinds={ActionKind.DELETE},
    types={"aws_vpc_endpoint"},
    since="0.2",
)
def other_way_to_the_service(change: ResourceChange, context: Context) -> str | None:
    """The endpoint of a service goes from a network that reaches it through a NAT gateway too.

    Harmless when
        The subnets of the endpoint, and all in which something of the plan runs, have a default
        route to a NAT gateway before and after; the filters of what runs there let it out; the
        endpoint let everything through; no policy of the plan asks for it or for the network.

    Traps
        A subnet without that route; a filter that lets out to the endpoint alone; a policy with
        `aws:SourceVpce`; a program that calls it by its own name.

    References
        https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
    """
    return amazon_ways.why_other_way_out(change, context)


@suppressor(
    id="BL-accountblock",
    name="blocked-for-the-whole-account",
    suppresses={"X01"},
    kinds={ActionKind.UPDATE, ActionKind.DELETE},
    types={"aws_s3_bucket_public_access_block", "google_storage_bucket"},
    since="0.2",
)
def blocked_for_the_whole_account(change: ResourceChange, context: Context) -> str | None:
    """The public access block of one bucket falls, and that of the account or project stays.

    Harmless when
        The account's block is in the plan, stays as it is and has all four settings on; for
        Google, the project's policy on public access prevention does, without exceptions.

    Traps
        One of the four off; the account's block changed or taken away in the same plan; the
        policy of another project.

    References
        https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
    """
    if change.type == "google_storage_bucket":
        return amazon_ways.why_organisation_prevents(change, context)
    return amazon_ways.why_account_blocks(context)


@suppressor(
    id="BL-tlsused",
    name="clients-use-tls-already",
    suppresses={"B05", "B11"},
    kinds=_UPDATE,
    types=tls_clients.ASKING,
    since="0.2",
)
def clients_use_tls_already(change: ResourceChange, context: Context) -> str | None:
    """A database, its proxy, a cache, cluster of brokers or search domain comes to ask for TLS.

    Harmless when
        The plan shows who calls it, and the address in each of these programs says that the
        connection is encrypted: `sslmode=require`, `rediss://`, `https://`, the port for TLS. Or
        a variable in the same container says so of it: `DB_SSLMODE` beside `DB_HOST`, or
        `PGSSLMODE` for PostgreSQL.

    Traps
        A program that holds the bare host, or gets its variables from elsewhere; `PGSSLMODE`
        beside the host of a cache; a variable of another host or container; `prefer`, which
        does without where it can; a program that only refers to it; a certificate that clients
        have to show from now on; another setting changed beside it.

    References
        https://www.postgresql.org/docs/current/libpq-ssl.html
    """
    return tls_clients.why_tls_used(change, context)


@suppressor(
    id="BL-ownname",
    name="called-by-its-own-name",
    suppresses={"E09"},
    kinds=_UPDATE,
    types={"aws_api_gateway_rest_api", "aws_apigatewayv2_api"},
    since="0.2",
)
def called_by_its_own_name(change: ResourceChange, context: Context) -> str | None:
    """The default host name of an API is switched off, which has a name of its own.

    Harmless when
        A mapping of a domain to the API stays, and nothing of the plan names the default host.

    Traps
        A distribution or a program that calls the default host; an API without a mapping.

    References
        https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-disable-default-endpoint.html
    """
    return tls_clients.why_own_name(change, context)


@suppressor(
    id="BL-aclsunused",
    name="acls-unused",
    suppresses={"B11"},
    kinds=_UPDATE,
    types={"aws_s3_bucket_ownership_controls"},
    since="0.2",
)
def acls_unused(change: ResourceChange, context: Context) -> str | None:
    """ACLs of a bucket no longer count, and the plan shows none.

    Harmless when
        The bucket is in the plan; neither it nor an object of it gets an ACL that lets others in,
        no distribution logs there, and no program of the plan uses it.

    Traps
        A distribution's standard logs, which come by an ACL; a program that may set one with
        each upload; a grant to a group.

    References
        https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
    """
    return tls_clients.why_acls_unused(change, context)


SUPPRESSORS: Final[tuple[Suppressor, ...]] = (
    dial_of_an_empty_group,
    right_of_an_idle_role,
    schedule_kept_elsewhere,
    method_that_says_little,
    certificate_covers_what_leads_here,
    other_way_to_the_service,
    blocked_for_the_whole_account,
    clients_use_tls_already,
    called_by_its_own_name,
    acls_unused,
)

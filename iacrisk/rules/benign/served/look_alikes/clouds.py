"""The declarations of what is proved in `clouds`."""

from __future__ import annotations

from typing import Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.benign.served import clouds
from iacrisk.rules.benign.served.data import unread
from iacrisk.rules.benign.served.networks import own_addresses
from iacrisk.rules.context import Context
from iacrisk.rules.rule import Suppressor, suppressor


@suppressor(
    id="BL-alllisted",
    name="all-subnets-listed",
    suppresses={"N14"},
    kinds={ActionKind.UPDATE},
    types={"google_compute_router_nat"},
)
def all_subnets_listed(change: ResourceChange, context: Context) -> str | None:
    """A NAT names its subnets one by one instead of all, and none is missing.

    Harmless when
        The network is in the plan and makes no subnets by itself, and the list names every
        subnet of the network in the region, with all ranges that were translated. One whose
        machines all have an external address of their own need not be listed.

    Traps
        A subnet that is missing or new and not listed; only the first range of a subnet with
        further ones; a network that stands elsewhere, or that makes its subnets by itself.

    References
        https://cloud.google.com/nat/docs/set-up-manage-network-address-translation
    """
    return clouds.why_all_listed(change, context)


@suppressor(
    id="BL-ownaddress",
    name="machines-with-own-addresses",
    suppresses={"N14"},
    kinds={ActionKind.UPDATE},
    types={"google_compute_router_nat"},
)
def machines_with_own_addresses(change: ResourceChange, context: Context) -> str | None:
    """A subnet leaves a NAT, and its machines have addresses of their own.

    Harmless when
        The subnet is in the plan, at least one machine of it is, and whatever names the subnet
        is a machine with an external address on its interface there, before and after. Such an
        interface never sends by the NAT.

    Traps
        A machine without an external address, or one that loses it in the same plan; further
        ranges of an interface, which containers use; a cluster, a connector or a service in the
        subnet; a subnet of which the plan shows no machine.

    References
        https://cloud.google.com/nat/docs/nat-product-interactions
    """
    return own_addresses.why_own_addresses(change, context)


@suppressor(
    id="BL-scratchdisk",
    name="disk-of-a-cache",
    suppresses={"D14"},
    kinds={ActionKind.DELETE},
    types=clouds.DISK_BACKUPS,
)
def disk_of_a_cache(change: ResourceChange, context: Context) -> str | None:
    """A disk that holds a cache is no longer copied.

    Harmless when
        The disk says by its name or labels that it holds a cache or scratch, the plan shows the
        machines that use it, and all of them build things: runners, agents, builders.

    Traps
        A cache with a server that keeps things (Redis, sessions); a machine that mounts it under
        another name; a controller of builds, which keeps its jobs; nobody in the plan who uses it.

    References
        https://cloud.google.com/compute/docs/disks/scheduled-snapshots
    """
    return clouds.why_only_scratch(change, context)


@suppressor(
    id="BL-namednobody",
    name="subject-that-named-nobody",
    suppresses={"I14"},
    kinds={ActionKind.UPDATE, ActionKind.REPLACE},
    types=clouds.SUBJECTS,
)
def subject_that_named_nobody(change: ResourceChange, context: Context) -> str | None:
    """A login for pods is corrected that named no account.

    Harmless when
        The account that it named is nowhere in the plan and no pods run as it; the one that it
        names now is, and pods of the plan run as it.

    Traps
        The old account, or pods that run as it, in the plan; a chart in its namespace; a new
        account as which nobody runs; a subject that is no pod's.

    References
        https://learn.microsoft.com/azure/aks/workload-identity-overview
    """
    return clouds.why_named_nobody(change, context)


@suppressor(
    id="BL-otherversion",
    name="version-nobody-reads",
    suppresses={"D12"},
    kinds={ActionKind.UPDATE, ActionKind.DELETE},
    types={"google_secret_manager_secret_version"},
)
def version_nobody_reads(change: ResourceChange, context: Context) -> str | None:
    """A version of a secret goes or is disabled, and its readers ask for a newer one.

    Harmless when
        A program of the plan reads a later version of the secret by its number, and none reads
        this one.

    Traps
        A program that reads this version; readers without a number, where this is the newest;
        nobody in the plan who reads the secret.

    References
        https://cloud.google.com/secret-manager/docs/disable-secret-version
    """
    return unread.why_other_version(change, context)


@suppressor(
    id="BL-unreadgroup",
    name="group-nobody-reads-by",
    suppresses={"D01"},
    kinds={ActionKind.DELETE},
    types=unread.GROUPS,
)
def group_nobody_reads_by(change: ResourceChange, context: Context) -> str | None:
    """A consumer group goes by which nobody reads; the programs of the plan name others.

    Harmless when
        A program names another group of the same hub, all that name the hub show every name that
        they are given, and none names this group. It holds no message, only a place to read from.

    Traps
        `$Default`; a program whose variables come from elsewhere; a stream job that reads by it;
        nobody in the plan who reads the hub.

    References
        https://learn.microsoft.com/azure/event-hubs/event-hubs-features#consumer-groups
    """
    return unread.why_unread_group(change, context)


@suppressor(
    id="BL-idleaccount",
    name="account-nobody-runs-as",
    suppresses={"I14"},
    kinds={ActionKind.UPDATE},
    types={"google_service_account"},
)
def account_nobody_runs_as(change: ResourceChange, context: Context) -> str | None:
    """A service account is disabled that holds no right and that nobody runs as.

    Harmless when
        Programs of the plan run as other accounts, and no program, key, grant or anything else of
        the plan names this one.

    Traps
        A grant to it or on it, which shows that somebody acts as it; a key; a plan that shows no
        accounts of programs.

    References
        https://cloud.google.com/iam/docs/service-accounts-disable-enable
    """
    return unread.why_idle_account(change, context)


@suppressor(
    id="BL-idletarget",
    name="target-that-took-none",
    suppresses={"E07", "E08"},
    kinds={ActionKind.UPDATE},
    types=unread.LISTS,
)
def target_that_took_none(change: ResourceChange, context: Context) -> str | None:
    """A list of targets loses one that took no requests.

    Harmless when
        All that go from the list are in the plan and switched off or run nothing, and one that
        runs stays.

    Traps
        A target that is not in the plan; another one that comes in the same list; a group that an
        autoscaler starts again.

    References
        https://developers.cloudflare.com/load-balancing/pools/
    """
    return unread.why_idle_left(change, context)


@suppressor(
    id="BL-unusedconnector",
    name="connector-nobody-takes",
    suppresses={"N12"},
    kinds={ActionKind.DELETE},
    types={"google_vpc_access_connector"},
)
def connector_nobody_takes(change: ResourceChange, context: Context) -> str | None:
    """A connector into a network goes that no program takes.

    Harmless when
        Nothing in the plan names it, and programs of the plan name another one that stays.

    Traps
        A program that names it; a plan that shows no program with a connector.

    References
        https://cloud.google.com/vpc/docs/configure-serverless-vpc-access
    """
    return unread.why_connector_unused(change, context)


@suppressor(
    id="BL-claimnumber",
    name="number-beside-the-name",
    suppresses={"I15"},
    kinds={ActionKind.UPDATE},
    types={"vault_jwt_auth_backend_role"},
)
def number_beside_the_name(change: ResourceChange, context: Context) -> str | None:  # noqa: ARG001
    """A login asks for the number of somebody whose name it asks for already.

    Harmless when
        Nothing but the claims changes, all that were asked for stay as they are, and each new one
        is that of a name among them with `_id` behind it.

    Traps
        A claim about something else, such as the branch; a name that changes as well.

    References
        https://docs.github.com/actions/reference/security/oidc
    """
    return clouds.why_number_beside_name(change)


SUPPRESSORS: Final[tuple[Suppressor, ...]] = (
    all_subnets_listed,
    machines_with_own_addresses,
    disk_of_a_cache,
    subject_that_named_nobody,
    version_nobody_reads,
    group_nobody_reads_by,
    account_nobody_runs_as,
    target_that_took_none,
    connector_nobody_takes,
    number_beside_the_name,
)

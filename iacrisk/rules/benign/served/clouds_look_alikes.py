"""The declarations of what is proved in `clouds`."""

from __future__ import annotations

from typing import Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.benign.served import clouds
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
        subnet of the network in the region, with all ranges that were translated.

    Traps
        A subnet that is missing or new and not listed; only the first range of a subnet with
        further ones; a network that stands elsewhere, or that makes its subnets by itself.

    References
        https://cloud.google.com/nat/docs/set-up-manage-network-address-translation
    """
    return clouds.why_all_listed(change, context)


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


SUPPRESSORS: Final[tuple[Suppressor, ...]] = (
    all_subnets_listed,
    disk_of_a_cache,
    subject_that_named_nobody,
)

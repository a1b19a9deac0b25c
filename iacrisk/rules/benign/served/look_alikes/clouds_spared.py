"""Look-alikes on clouds in which who is spared can be seen: the declarations and their traps."""

from __future__ import annotations

from typing import Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.benign.served.access import vault_left
from iacrisk.rules.benign.served.data import outside_data, scratch_prefixes
from iacrisk.rules.benign.served.networks import new_addresses
from iacrisk.rules.benign.served.programs import handed_over, scheduled_apps
from iacrisk.rules.context import Context
from iacrisk.rules.rule import Suppressor, suppressor

_UPDATE: Final = frozenset({ActionKind.UPDATE})


@suppressor(
    id="BL-listsknow",
    name="lists-know-new-addresses",
    suppresses={"N07"},
    kinds={ActionKind.UPDATE, ActionKind.REPLACE, ActionKind.DELETE},
    types=new_addresses.NATS,
    since="0.2",
)
def lists_know_new_addresses(change: ResourceChange, context: Context) -> str | None:
    """A NAT exchanges its addresses, and all lists of the plan hold the new ones already.

    Harmless when
        The new addresses are reserved, the old ones stay so and are drained, something in the
        plan lets the old ones in, and all that does holds the new ones today.

    Traps
        A list that holds the old address alone, or a range around it; one that learns the new
        address in the same plan; a record of the old address; a plan without any list, whose
        partners are elsewhere.

    References
        https://cloud.google.com/nat/docs/set-up-manage-network-address-translation
    """
    return new_addresses.why_lists_know(change, context)


@suppressor(
    id="BL-privatecallers",
    name="all-call-the-private-address",
    suppresses={"B11", "N11"},
    kinds=_UPDATE,
    types=new_addresses.DATABASES,
    since="0.2",
)
def all_call_the_private_address(change: ResourceChange, context: Context) -> str | None:
    """A database loses its public address, and all its users call the private one.

    Harmless when
        It has a private address today and keeps its network, every program of the plan that uses
        it names that address, nothing holds the public one, and the list of those let in names
        single addresses of a NAT alone.

    Traps
        A program that names the public address, or the instance for a proxy; an office or a
        partner on the list; a program whose variables come from elsewhere; nobody who uses it.

    References
        https://cloud.google.com/sql/docs/postgres/configure-private-ip
    """
    return new_addresses.why_private_callers(change, context)


@suppressor(
    id="BL-handedover",
    name="messages-handed-over",
    suppresses={"B11", "C17"},
    kinds=_UPDATE,
    types=handed_over.FILTERS,
    since="0.2",
)
def messages_handed_over(change: ResourceChange, context: Context) -> str | None:
    """A subscription leaves messages that another one takes, and nothing else.

    Harmless when
        The filters compare with plain values alone; each message that is lost is let through by
        another subscription of the topic, as it was before, which is read and takes nothing of
        what stays here.

    Traps
        An archive that takes everything; another subscription that lacks a value, is off or has
        no reader; a filter with a comparison that is not read.

    References
        https://learn.microsoft.com/azure/service-bus-messaging/topic-filters
    """
    return handed_over.why_handed_over(change, context)


@suppressor(
    id="BL-cachenotes",
    name="notes-to-a-cache",
    suppresses={"D02"},
    kinds={ActionKind.REPLACE},
    types=handed_over.NOTES,
    since="0.2",
)
def notes_to_a_cache(change: ResourceChange, context: Context) -> str | None:
    """A subscription with another filter is made anew that tells a cache what to forget.

    Harmless when
        It pushes at once, keeps messages for an hour at most, is called one that clears a cache,
        and the program that it calls keeps what it caches for an hour at most.

    Traps
        A subscription that is read now and then; one that fills a cache; a program that does not
        say how long it keeps things; another endpoint.

    References
        https://cloud.google.com/pubsub/docs/subscription-message-filter
    """
    return handed_over.why_only_notes(change, context)


@suppressor(
    id="BL-scratchprefix",
    name="scratch-of-jobs",
    suppresses={"D15"},
    kinds=_UPDATE,
    types=scratch_prefixes.BUCKETS,
    since="0.2",
)
def scratch_of_jobs(change: ResourceChange, context: Context) -> str | None:
    """A bucket comes to delete what lies under a prefix where jobs keep their temporary files.

    Harmless when
        The plan shows who uses the prefix, all name it as a place for temporary or staged files,
        and these are kept for a week at least.

    Traps
        A table or program that reads from there, or from the whole bucket; a prefix that nobody
        in the plan names; a rule for everything.

    References
        https://cloud.google.com/dataflow/docs/guides/setting-pipeline-options
    """
    return scratch_prefixes.why_only_scratch_prefix(change, context)


@suppressor(
    id="BL-scheduledleft",
    name="scheduled-apps-left",
    suppresses={"C06", "C15"},
    kinds=_UPDATE,
    types=scheduled_apps.PLANS,
    since="0.2",
)
def scheduled_apps_left(change: ResourceChange, context: Context) -> str | None:
    """A plan for apps is made smaller on which only apps with a schedule are left.

    Harmless when
        Every app on it says in its settings when it runs, nothing in the plan leads to it or
        names it, and other apps run on another plan that is as large as this one was.

    Traps
        An app that answers requests; one that another program calls; another plan that is
        smaller or empty; no machine left.

    References
        https://learn.microsoft.com/azure/app-service/overview-hosting-plans
    """
    return scheduled_apps.why_only_scheduled(change, context)


@suppressor(
    id="BL-vaultleft",
    name="vault-role-left",
    suppresses={"G05", "I14", "I16"},
    kinds={ActionKind.DELETE},
    types=vault_left.TYPES,
    since="0.2",
)
def vault_role_left(change: ResourceChange, context: Context) -> str | None:
    """A role of Vault for pods goes, or its policy, and all its pods have moved to another role.

    Harmless when
        The pods of all accounts that the role knows are in the plan and name another role of the
        same login, before the plan and after it; that role stays, knows the accounts, and its
        policies let read every secret that the pods' notes ask for. A policy: all roles with it
        go this way.

    Traps
        Pods that still name the role, or move in the same plan; a secret that the other role's
        policies do not give, or deny; notes with templates, which read what they like; a policy
        that a group, an entity or another login has, too.

    References
        https://developer.hashicorp.com/vault/docs/platform/k8s/injector/annotations
    """
    return vault_left.why_vault_left(change, context)


@suppressor(
    id="BL-outsidedata",
    name="table-over-files",
    suppresses={"D02", "D08"},
    kinds={ActionKind.REPLACE},
    types=outside_data.OUTSIDE,
    since="0.2",
)
def table_over_files(change: ResourceChange, context: Context) -> str | None:
    """A table is made anew that only describes files which lie elsewhere.

    Harmless when
        It is an external table before and after, keeps its name, reads the same files in the
        same way, loses no column, and no bucket or stage of it goes. Whoever names it are views
        and queries that ask when they run.

    Traps
        Rows of its own, an Iceberg or Delta table, whose entry knows which files count;
        partitions that were entered by hand or by a crawler; a right on the object, which goes
        with it; a program that asks at any time, a stream, a view that keeps its results;
        another path or pattern; an external table that comes up without reading its files.

    References
        https://cloud.google.com/bigquery/docs/external-tables
    """
    return outside_data.why_outside_data(change, context)


SUPPRESSORS: Final[tuple[Suppressor, ...]] = (
    lists_know_new_addresses,
    all_call_the_private_address,
    messages_handed_over,
    notes_to_a_cache,
    scratch_of_jobs,
    scheduled_apps_left,
    vault_role_left,
    table_over_files,
)

"""The declarations: which findings each proof takes back, when it holds, and its traps.

A proof names who would be hurt, so it needs at least one user in the plan: a plan that shows
nobody proves nothing.
"""

from __future__ import annotations

from typing import Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.benign.served.access import keys, vault
from iacrisk.rules.benign.served.access.rights import why_right_unused
from iacrisk.rules.benign.served.entries import entries
from iacrisk.rules.benign.served.networks import addresses, callers, filters, networks
from iacrisk.rules.benign.served.programs import pods
from iacrisk.rules.benign.whole import whole
from iacrisk.rules.context import Context
from iacrisk.rules.readers.kubernetes.objects import MANIFESTS, types_of
from iacrisk.rules.readers.networks.packet_filters import FILTER_OWNERS
from iacrisk.rules.rule import Suppressor, suppressor

_UPDATE: Final = frozenset({ActionKind.UPDATE})
_LESS: Final = frozenset({ActionKind.UPDATE, ActionKind.DELETE})
_SERVERS: Final = frozenset(
    name
    for name in FILTER_OWNERS
    if name.startswith("azurerm_") and name.endswith("_firewall_rule")
)
_WITH_PUBLIC_SIDE: Final = frozenset(
    {
        "azurerm_cognitive_account",
        "azurerm_container_registry",
        "azurerm_cosmosdb_account",
        "azurerm_eventhub_namespace",
        "azurerm_key_vault",
        "azurerm_servicebus_namespace",
        "azurerm_storage_account",
        "google_sql_database_instance",
    }
)


@suppressor(
    id="BL-unusedright",
    name="right-nobody-used",
    suppresses={"I01", "I14"},
    kinds=_LESS,
)
def right_nobody_used(change: ResourceChange, context: Context) -> str | None:
    """A right goes whose holder can be seen to use something else.

    Harmless when
        The programs that run as the holder are in the plan, show all their names, name other
        objects of the kind, and none leads to the one that the right was on. A service agent: the
        plan shows objects of its service, and none is encrypted with the key. Pods: their account
        is linked to another cloud account. A binding, or an account that is no longer linked to
        one: the plan shows pods of the namespace, and none runs as the account.

    Traps
        A right on a project or group of resources; a program whose variables come from elsewhere;
        a holder without a program in the plan; a name that only another object in between holds;
        a custom role, which says nothing of who holds it.

    References
        https://cloud.google.com/kms/docs/cmek
        https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity
    """
    return why_right_unused(change, context)


@suppressor(
    id="BL-local",
    name="only-local-addresses",
    suppresses={"B11", "C15", "E07", "E09", "I15"},
    kinds=_UPDATE,
)
def only_local_addresses(change: ResourceChange, context: Context) -> str | None:
    """A list of addresses for browsers loses only those of developers' machines or of previews.

    Harmless when
        All that goes from lists of redirects, callbacks, origins, domains and hosts is on the
        loopback address, or in a preview that no program and no record of the plan names; or a
        rule of a balancer sends all that comes to its host on to another address of the list,
        which stays and which a program names.

    Traps
        The list becomes empty; an address is exchanged for another one; a preview that stands in
        the same plan; any other argument; a host that sends on only some paths, or elsewhere, or
        that a program names.

    References
        https://datatracker.ietf.org/doc/html/rfc8252#section-7.3
    """
    return addresses.why_only_local(change, context)


@suppressor(
    id="BL-nobodysaddress",
    name="address-of-nobody",
    suppresses={"N11"},
    kinds={ActionKind.DELETE},
    types=addresses.ADDRESS_LISTS,
)
def address_of_nobody(change: ResourceChange, context: Context) -> str | None:
    """An access list loses a single address that no object of the plan has.

    Harmless when
        Other entries, which stay, hold addresses that objects of the plan have, such as those of
        its NAT gateways; so the plan shows where its programs come from.

    Traps
        A plan that shows no such object; a range; an address that an object keeps.

    References
        https://www.mongodb.com/docs/atlas/security/ip-access-list/
    """
    return addresses.why_nobodys_address(change, context)


@suppressor(
    id="BL-noeffect",
    name="list-without-effect",
    suppresses={"E09", "N11"},
    kinds=_LESS,
    types=_SERVERS | _WITH_PUBLIC_SIDE,
)
def list_without_effect(change: ResourceChange, context: Context) -> str | None:
    """A list of admitted networks changes on something whose public side is off.

    Harmless when
        The public side was off and stays off: then such a list lets nobody in, and whoever uses
        it comes by a private way.

    Traps
        The public side goes off, or on, in the same plan; a server that is not in the plan.

    References
        https://learn.microsoft.com/azure/azure-sql/database/connectivity-settings
    """
    return filters.why_without_effect(change, context)


@suppressor(
    id="BL-idleports",
    name="idle-ports-denied",
    suppresses={"N11"},
    kinds={ActionKind.CREATE, ActionKind.UPDATE},
    types={
        "azurerm_network_security_rule",
        "google_compute_firewall",
        "google_compute_firewall_policy_rule",
        "google_compute_network_firewall_policy_rule",
        "google_compute_region_network_firewall_policy_rule",
    },
)
def idle_ports_denied(change: ResourceChange, context: Context) -> str | None:
    """A new denial covers ports of administrators, file shares or mail that nobody uses.

    Harmless when
        No entry that the denial comes before opens the ports, no object of the plan listens on
        them, and nothing that would speak to them is in the plan.

    Traps
        An entry behind the denial that opens them; a bastion; a file share; a program that sends
        mail; any other port, or a range that holds one.

    References
        https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview
    """
    return filters.why_ports_idle(change, context)


@suppressor(
    id="BL-usersadmitted",
    name="all-users-admitted",
    suppresses={"E09", "N11"},
    kinds=_UPDATE,
    types=networks.NETWORK_LISTS,
)
def all_users_admitted(change: ResourceChange, context: Context) -> str | None:
    """A store or vault turns away all networks but those that its users are in.

    Harmless when
        Every program of the plan that names it lives in a subnet that is let in, and each of
        these subnets has the service's endpoint.

    Traps
        A user without a network of its own; a subnet without the endpoint, or outside the plan;
        Azure's own services, which were let in and are no more; something that strangers call and
        that reads from it; addresses instead of subnets.

    References
        https://learn.microsoft.com/azure/storage/common/storage-network-security
    """
    return networks.why_users_admitted(change, context)


@suppressor(
    id="BL-keysunused",
    name="keys-nobody-used",
    suppresses={"I15"},
    kinds=_UPDATE,
    types=keys.KEY_SWITCHES,
)
def keys_nobody_used(change: ResourceChange, context: Context) -> str | None:
    """Signing in with a key or a password is switched off, and all users have an identity.

    Harmless when
        Every program of the plan that names it has an identity and holds no key; nothing reads
        a key, a connection string or a signed address of it; roles on it are given. Of a database
        the programs say that they sign in by identity.

    Traps
        An authorization rule with a reader; a setting with a key in clear; a program whose
        variables come from elsewhere; nobody in the plan who uses it.

    References
        https://learn.microsoft.com/azure/storage/common/shared-key-authorization-prevent
    """
    return keys.why_keys_unused(change, context)


@suppressor(
    id="BL-waykept",
    name="way-of-all-users-kept",
    suppresses={"C15", "E09"},
    kinds=_UPDATE,
    types=entries.ENTRIES,
)
def way_of_all_users_kept(change: ResourceChange, context: Context) -> str | None:
    """An entry point shuts a way that nobody in the plan takes.

    Harmless when
        A service takes requests from the balancer alone, and has a backend there; or from its
        own project alone, and only services that count as inside call it; an app takes Front
        Door alone, and all that names it is Front Door; a container app loses its address
        outside, and only apps of its environment call it.

    Traps
        A program, a record or a mapping that holds its own address; a balancer before what takes
        calls from inside alone; an app in another environment.

    References
        https://cloud.google.com/run/docs/securing/ingress
        https://learn.microsoft.com/azure/frontdoor/origin-security
    """
    return entries.why_way_kept(change, context)


@suppressor(
    id="BL-samepods",
    name="same-pods-selected",
    suppresses={"E07"},
    kinds=_UPDATE,
    types=types_of("Service"),
)
def same_pods_selected(change: ResourceChange, context: Context) -> str | None:
    """A service selects by other labels, and has the same pods.

    Harmless when
        Nothing but the selector changes, and the workloads of the plan that it selects are the
        same before and after, by the labels that their pods have now and keep.

    Traps
        A label that only new pods get; another workload with the label; no workload in the plan.

    References
        https://kubernetes.io/docs/concepts/services-networking/service/
    """
    return pods.why_same_pods(change, context)


@suppressor(
    id="BL-previewled",
    name="only-previews-led",
    suppresses={"E07"},
    kinds=_UPDATE,
    types=types_of("Service"),
)
def only_previews_led(change: ResourceChange, context: Context) -> str | None:
    """A service to which only previews lead selects some of the pods that it had.

    Harmless when
        Nothing but the selector changes, the pods it selects are among those of before, every
        host of an ingress that leads to it is a preview's, and no workload names it.

    Traps
        A host that strangers know; a caller inside the cluster; no pods at all; a default
        backend, which has no host.

    References
        https://kubernetes.io/docs/concepts/services-networking/ingress/
    """
    return callers.why_only_previews(change, context)


@suppressor(
    id="BL-portunused",
    name="port-nobody-named",
    suppresses={"E07"},
    kinds=_UPDATE,
    types=types_of("Service"),
)
def port_nobody_named(change: ResourceChange, context: Context) -> str | None:
    """A service inside the cluster loses a port that nothing in the plan names.

    Harmless when
        Another port stays, no ingress leads to the one that goes, no program names the service
        with it, and no manifest names the port.

    Traps
        A service with an address outside; a monitor that finds the port by its name.

    References
        https://kubernetes.io/docs/concepts/services-networking/service/
    """
    return pods.why_port_unused(change, context)


@suppressor(
    id="BL-callersadmitted",
    name="all-callers-admitted",
    suppresses={"N17"},
    kinds={ActionKind.CREATE, ActionKind.UPDATE},
    types=types_of("NetworkPolicy") - MANIFESTS,
)
def all_callers_admitted(change: ResourceChange, context: Context) -> str | None:
    """A network policy admits fewer, and still everybody in the plan who calls the pods.

    Harmless when
        It is about what comes in alone, the pods have a service inside the cluster, and every
        workload of the plan that names the service is admitted by its labels.

    Traps
        No caller in the plan; a service that an ingress leads to or that has an address outside;
        pods that a monitor scrapes; a policy that comes to select other pods.

    References
        https://kubernetes.io/docs/concepts/services-networking/network-policies/
    """
    return callers.why_callers_admitted(change, context)


@suppressor(
    id="BL-enough",
    name="limit-above-all-needs",
    suppresses={"C15"},
    kinds=_UPDATE,
    types=types_of("ResourceQuota") - MANIFESTS,
)
def limit_above_all_needs(change: ResourceChange, context: Context) -> str | None:
    """A quota falls and stays above all that the namespace may ask for.

    Harmless when
        The sum over all workloads of the plan, with their autoscalers' largest numbers and the
        surge of a rollout, fits under each number that falls.

    Traps
        A container that does not say what it asks for; one pod on each node; no workload in
        the plan.

    References
        https://kubernetes.io/docs/concepts/policy/resource-quotas/
    """
    return pods.why_enough(change, context)


@whole(
    id="BL-cache",
    name="only-a-cache",
    kinds={ActionKind.DELETE, ActionKind.REPLACE},
    types=types_of("PersistentVolumeClaim") - MANIFESTS,
)
def only_a_cache(change: ResourceChange, context: Context) -> str | None:
    """A volume goes that holds a cache, and nobody waits for it.

    Harmless when
        Every pod of the plan that mounts it mounts it where caches are kept, or it is called a
        cache and jobs alone mount it; it is made anew between jobs, or no pod mounts it any more.

    Traps
        A stateful set; a service whose pods mount it and would not start; a place that only
        sounds temporary; nobody in the plan who mounts it.

    References
        https://kubernetes.io/docs/concepts/storage/persistent-volumes/
    """
    return pods.why_only_cache(change, context)


@suppressor(
    id="BL-vaultgiven",
    name="vault-gives-it-still",
    suppresses={"I14", "I15"},
    kinds=_UPDATE,
    types={"vault_kubernetes_auth_backend_role", "vault_policy"},
)
def vault_gives_it_still(change: ResourceChange, context: Context) -> str | None:
    """A Vault policy or role gives less, and everybody in the plan has it another way.

    Harmless when
        Each role with the policy has another policy that gives the same paths; or the pods of
        the account that a role drops name another role, which knows the account.

    Traps
        The policy is on entities, groups or tokens too; a role without the other policy; pods
        that name no role; names with wildcards.

    References
        https://developer.hashicorp.com/vault/docs/concepts/policies
    """
    return vault.why_vault_gives(change, context)


SUPPRESSORS: Final[tuple[Suppressor, ...]] = (
    right_nobody_used,
    only_local_addresses,
    address_of_nobody,
    list_without_effect,
    idle_ports_denied,
    all_users_admitted,
    keys_nobody_used,
    way_of_all_users_kept,
    same_pods_selected,
    only_previews_led,
    port_nobody_named,
    all_callers_admitted,
    limit_above_all_needs,
    only_a_cache,
    vault_gives_it_still,
)

"""Further proofs: messages that die in minutes, names of previews, callers and pods that stay."""

from __future__ import annotations

from typing import Final

from iacrisk.catalog import facts
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.benign.served.data import leftovers
from iacrisk.rules.benign.served.networks import only_callers
from iacrisk.rules.benign.served.programs import remaining_pods
from iacrisk.rules.context import Context
from iacrisk.rules.readers.kubernetes.objects import MANIFESTS, types_of
from iacrisk.rules.rule import Suppressor, suppressor

_UPDATE: Final = frozenset({ActionKind.UPDATE})


@suppressor(
    id="BL-shortlived",
    name="messages-of-minutes",
    suppresses={"D01", "D02"},
    kinds={ActionKind.DELETE, ActionKind.REPLACE},
    types=leftovers.MESSAGES,
)
def messages_of_minutes(change: ResourceChange, context: Context) -> str | None:
    """A queue or subscription goes that keeps messages for minutes, and nobody reads it.

    Harmless when
        A message is kept for a quarter of an hour at most, nothing is pushed on or written down
        from there, and nothing else in the plan refers to it or names it.

    Traps
        Messages that stay after they were read; a queue for what others could not deliver; an
        alarm, a right or a program that names it.

    References
        https://cloud.google.com/pubsub/docs/subscription-properties
    """
    return leftovers.why_short_lived(change, context)


@suppressor(
    id="BL-previewname",
    name="name-of-a-preview",
    suppresses={"E02"},
    kinds={ActionKind.DELETE},
    types=facts.RECORD_TYPES,
)
def name_of_a_preview(change: ResourceChange, context: Context) -> str | None:
    """The record of one pull request's preview goes.

    Harmless when
        A label of the name is a pull or merge request with its number, and nothing that stays
        in the plan names the host.

    Traps
        A route, a certificate or a check that still serves the name; a wildcard; the domain of
        all previews.

    References
        https://docs.gitlab.com/ci/review_apps/
    """
    return leftovers.why_preview_name(change, context)


@suppressor(
    id="BL-callerkept",
    name="all-callers-of-the-plan-kept",
    suppresses={"N11"},
    kinds=_UPDATE,
    types=only_callers.ENTRIES,
)
def all_callers_kept(change: ResourceChange, context: Context) -> str | None:
    """An entry of a filter is narrowed to the subnet in which its only callers live.

    Harmless when
        All that is shut out are addresses of the plan's own networks in whose subnets nothing
        lives, and something lives in a subnet that is still let in.

    Traps
        Addresses outside the plan's networks; a subnet with anybody in it that is shut out; only
        empty subnets let in.

    References
        https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview
    """
    return only_callers.why_callers_kept(change, context)


@suppressor(
    id="BL-podsenough",
    name="remaining-pods-enough",
    suppresses={"E07"},
    kinds=_UPDATE,
    types=types_of("Service"),
)
def remaining_pods_enough(change: ResourceChange, context: Context) -> str | None:
    """A service selects some of the pods that it had, and these can carry all of the load.

    Harmless when
        Nothing but the selector changes, and the pods that stay were picked like all others
        until now. They are as many as those that listened on the port; or half of them at
        least, with an autoscaler that may make them as many.

    Traps
        A service without an address of its own, whose pods are asked by name; pods that get
        other labels in this plan; a few pods of many; workloads that the plan does not show.

    References
        https://kubernetes.io/docs/concepts/services-networking/service/
    """
    return remaining_pods.why_enough_left(change, context)


@suppressor(
    id="BL-slotready",
    name="other-slot-ready",
    suppresses={"E07"},
    kinds=_UPDATE,
    types=types_of("Service"),
)
def other_slot_ready(change: ResourceChange, context: Context) -> str | None:
    """A service turns from one slot of a program to another, which runs as many pods already.

    Harmless when
        Nothing but one label of several in the selector changes. The workloads it comes to
        select stand as they are in this plan, run the same images, whatever their versions, and
        have at least as many pods that listen on the port as those of before.

    Traps
        A slot scaled to nothing, or made only by this plan; another program behind the label; a
        service without an address of its own.

    References
        https://kubernetes.io/docs/concepts/workloads/management/#canary-deployments
    """
    return remaining_pods.why_slot_ready(change, context)


@suppressor(
    id="BL-namesunserved",
    name="names-nobody-serves",
    suppresses={"C09"},
    kinds=_UPDATE,
    types=MANIFESTS,
)
def names_nobody_serves(change: ResourceChange, context: Context) -> str | None:
    """A certificate of cert-manager loses names that nothing serves any more.

    Harmless when
        Nothing but the names and the times of renewal changes, no other object of the plan has
        one of the names that go in its values, and an ingress serves one of those that stay.

    Traps
        A wildcard, which covers names that stand nowhere; an ingress that still asks for the
        name; a plan without any ingress, which does not show who serves what.

    References
        https://cert-manager.io/docs/usage/certificate/
    """
    return leftovers.why_names_unserved(change, context)


SUPPRESSORS: Final[tuple[Suppressor, ...]] = (
    messages_of_minutes,
    name_of_a_preview,
    all_callers_kept,
    remaining_pods_enough,
    other_slot_ready,
    names_nobody_serves,
)

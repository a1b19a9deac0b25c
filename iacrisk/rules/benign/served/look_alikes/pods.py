"""Look-alikes in Kubernetes in which no pod notices: a level, a policy, the name of an input."""

from __future__ import annotations

from typing import Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.plan.kubernetes import WORKLOADS
from iacrisk.rules.benign.served.entries.other_entrance import why_same_entrance
from iacrisk.rules.benign.served.networks.calls_admitted import why_all_calls_go
from iacrisk.rules.benign.served.programs.levels_met import why_level_met
from iacrisk.rules.benign.served.programs.renamed_inputs import why_input_renamed, why_input_same
from iacrisk.rules.context import Context
from iacrisk.rules.readers.kubernetes.objects import MANIFESTS, types_of
from iacrisk.rules.rule import Suppressor, suppressor

_UPDATE: Final = frozenset({ActionKind.UPDATE})


@suppressor(
    id="BL-levelmet",
    name="level-already-met",
    suppresses={"C10"},
    kinds=_UPDATE,
    types=types_of("Namespace"),
    since="0.2",
)
def level_already_met(change: ResourceChange, context: Context) -> str | None:
    """A stricter pod security level is enforced that all pods of the namespace meet.

    Harmless when
        The plan shows what runs in the namespace, and every container of every workload says all
        that the level asks for: capabilities, profile, user, volumes, ports, the node's spaces.

    Traps
        A value that the image decides, such as its user; a container that only prepares; a chart
        or a custom object in the namespace, whose pods the plan does not show; no workload at all.

    References
        https://kubernetes.io/docs/concepts/security/pod-security-standards/
    """
    return why_level_met(change, context)


@suppressor(
    id="BL-allcallsgo",
    name="all-calls-admitted",
    suppresses={"N17"},
    kinds={ActionKind.CREATE, ActionKind.UPDATE},
    types=types_of("NetworkPolicy") - MANIFESTS,
    since="0.2",
)
def all_calls_admitted(change: ResourceChange, context: Context) -> str | None:
    """A network policy for what goes out lists everybody whom its pods call, and the name servers.

    Harmless when
        The pods of the plan that it selects are told their addresses in plain variables and
        arguments, at least one each, and all are admitted with their ports: pods of the plan by
        their labels and the port on which they listen, addresses outside by a range that holds
        the Internet. The cluster's name servers are admitted over UDP.

    Traps
        Variables or files from elsewhere; an address in a secret; pods that ask the API server
        as an account of their own; the port of the service instead of the pods' own; names
        without the name servers; a host inside the cluster behind which the plan shows nothing.

    References
        https://kubernetes.io/docs/concepts/services-networking/network-policies/
    """
    return why_all_calls_go(change, context)


@suppressor(
    id="BL-inputrenamed",
    name="input-renamed",
    suppresses={"D02"},
    kinds={ActionKind.REPLACE},
    types=types_of("ConfigMap", "Secret") - MANIFESTS,
    since="0.2",
)
def input_renamed(change: ResourceChange, context: Context) -> str | None:
    """A config map or secret gets another name, and all that read it follow in the same plan.

    Harmless when
        The new one has the same content and is there before the old one goes, a workload of the
        plan reads it, and nothing that stays has the old name in its values.

    Traps
        Another content; a workload, a chart or a job that has the old name as a text; the old one
        goes first; nobody in the plan who reads it.

    References
        https://kubernetes.io/docs/concepts/configuration/configmap/
    """
    return why_input_renamed(change, context)


@suppressor(
    id="BL-inputsame",
    name="same-input-under-another-name",
    suppresses={"C22"},
    kinds=_UPDATE,
    types=types_of(*WORKLOADS) - MANIFESTS,
    since="0.2",
)
def same_input_under_another_name(change: ResourceChange, context: Context) -> str | None:
    """Pods read a config map or secret under its new name, with the content that they had.

    Harmless when
        Nothing but such names changes in the workload, and each of them is renamed in the same
        plan with its content and all of its readers.

    Traps
        Something else of the workload changes as well; the content differs.

    References
        https://kubernetes.io/docs/concepts/configuration/configmap/
    """
    return why_input_same(change, context)


@suppressor(
    id="BL-sameentrance",
    name="same-people-come-in",
    suppresses={"E07"},
    kinds=_UPDATE,
    types=types_of("Ingress") - MANIFESTS,
    since="0.2",
)
def same_people_come_in(change: ResourceChange, context: Context) -> str | None:
    """An ingress moves to another controller of the same kind that the same people reach.

    Harmless when
        The charts of the plan show both controllers: the same chart, both running, both behind an
        inner load balancer or both behind a public one; nothing but the class changes; and
        external-dns, which stays, gives the names the new address.

    Traps
        Records that somebody has to change; a controller that this plan makes; a load balancer of
        which the values do not tell who reaches it.

    References
        https://kubernetes-sigs.github.io/external-dns/
    """
    return why_same_entrance(change, context)


SUPPRESSORS: Final[tuple[Suppressor, ...]] = (
    level_already_met,
    all_calls_admitted,
    input_renamed,
    same_input_under_another_name,
    same_people_come_in,
)

"""The declarations of the proofs that what is left out of a list keeps out nobody of today."""

from __future__ import annotations

from typing import Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.benign.served.access import bounds as amazon_bounds
from iacrisk.rules.benign.served.entries import mail_senders
from iacrisk.rules.benign.served.networks import amazon_paths, inner_api
from iacrisk.rules.context import Context
from iacrisk.rules.rule import Suppressor, suppressor

_LESS: Final = frozenset({ActionKind.UPDATE, ActionKind.DELETE})


@suppressor(
    id="BL-nowayback",
    name="no-way-back-to-them",
    suppresses={"N11"},
    kinds=_LESS,
    types=amazon_paths.SUBNET_FILTERS,
    since="0.2",
)
def no_way_back_to_them(change: ResourceChange, context: Context) -> str | None:
    """A network ACL leaves out addresses to which its subnets have no route.

    Harmless when
        The plan shows the network's range, the route table of each subnet and all routes of it,
        and none of them leads to an address that is no longer let in: nobody there could be
        answered.

    Traps
        A route to a NAT gateway, a peering or a transit gateway; an endpoint of a service that
        works by routes; a subnet whose table is not in the plan; a second range of the network.

    References
        https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html
    """
    return amazon_paths.why_no_way_back(change, context)


@suppressor(
    id="BL-groupcallers",
    name="callers-come-in-by-other-entries",
    suppresses={"N11"},
    kinds=_LESS,
    types=amazon_paths.GROUP_ENTRIES,
    since="0.2",
)
def callers_come_in_by_other_entries(change: ResourceChange, context: Context) -> str | None:
    """A private range is let in no more, and the groups of those who call are.

    Harmless when
        Behind the security group are stores alone; every program of the plan that names one of
        them runs in a group or subnets that another entry lets in on the same ports; and all
        programs show their names.

    Traps
        One caller whose group no entry names; a machine, whose calls nothing tells; a peering,
        transit or VPN gateway; an entry that speaks of an office, a VPN or a bastion.

    References
        https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
    """
    return amazon_paths.why_callers_admitted(change, context)


@suppressor(
    id="BL-boundarykept",
    name="boundary-still-holds-its-roles",
    suppresses={"I14"},
    kinds={ActionKind.UPDATE},
    types={"aws_iam_policy"},
    since="0.2",
)
def boundary_still_holds_its_roles(change: ResourceChange, context: Context) -> str | None:
    """A permissions boundary allows less, and all that its roles' own policies allow.

    Harmless when
        It is the boundary of roles or users of the plan and nothing else names it; all their
        policies are in the plan, and what these allow within the boundary stays within it.

    Traps
        A role that uses what goes; a new denial; a policy that is attached from elsewhere; a
        policy that is attached as well, or lets others make roles with it as boundary.

    References
        https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    """
    return amazon_bounds.why_boundary_holds(change, context)


@suppressor(
    id="BL-senderunused",
    name="sender-signs-for-nothing",
    suppresses={"E03"},
    kinds={ActionKind.UPDATE},
    types=mail_senders.RECORDS,
    since="0.2",
)
def sender_signs_for_nothing(change: ResourceChange, context: Context) -> str | None:
    """A domain's text on senders loses a sender of mass mail that has no key there.

    Harmless when
        The sender's mail comes back to names of its own, so that the text is not asked for it;
        the plan shows keys of other senders and where the domain's mail goes; no record and no
        program names the sender; and another sender stays listed.

    Traps
        Any other sender; a key or a return path of it; a program that sends by it; a text on
        forged mail that changes as well.

    References
        https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-spf.html
        https://www.rfc-editor.org/rfc/rfc7208#section-2.4
    """
    return mail_senders.why_sender_unused(change, context)


@suppressor(
    id="BL-innerapi",
    name="api-reached-from-inside",
    suppresses={"C15", "N11"},
    kinds=frozenset({ActionKind.UPDATE}),
    types={"aws_eks_cluster"},
    since="0.2",
)
def api_reached_from_inside(change: ResourceChange, context: Context) -> str | None:
    """The API of a cluster is closed to the internet, and those who call it come from inside.

    Harmless when
        The private endpoint is on and stays on, and the plan shows nodes of the cluster. Some
        addresses are still let in, and nobody in the plan calls from elsewhere. Or none is: then
        entries alone let people in, all that run as a principal with an entry are in the plan, in
        subnets of the cluster and a group that it admits, and a VPN brings people to it.

    Traps
        The private endpoint is off; a pipeline whose role is assumed by the login of another
        house; an entry of somebody unseen; a cluster whose own map lets in more; a project outside
        its subnets or groups; objects that this plan manages through the API.

    References
        https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html
    """
    return inner_api.why_inner_api(change, context)


SUPPRESSORS: Final[tuple[Suppressor, ...]] = (
    no_way_back_to_them,
    callers_come_in_by_other_entries,
    boundary_still_holds_its_roles,
    sender_signs_for_nothing,
    api_reached_from_inside,
)

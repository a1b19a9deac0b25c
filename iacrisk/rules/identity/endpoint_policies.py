"""I61: the policy of a network's endpoint turns away who calls through it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from iacrisk.catalog.permissions import ENDPOINT_POLICIES
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.plan.policy_document import ANYTHING, Effect, Grant, Policy, Statement, parse_policy
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.access.azure_endpoint_policies import AZURE_POLICY, accounts_cut
from iacrisk.rules.readers.networks.endpoint_callers import Refused, endpoint_of, refused_by
from iacrisk.rules.readers.networks.image_layers import layers_cut
from iacrisk.rules.readers.settings.unknowns import holds_unknown
from iacrisk.rules.readers.siblings import stays
from iacrisk.rules.readers.wording import grants_text, some_of
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

_TASK: Final = "aws_ecs_task_definition"
_EVERYTHING: Final = Policy(
    (
        Statement(
            effect=Effect.ALLOW,
            principals=(ANYTHING,),
            actions=(ANYTHING,),
            resources=(ANYTHING,),
        ),
    )
)
"""What an endpoint without a policy lets through."""


@rule(
    id="I61",
    name="refused-on-the-way",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.ACCESS,
    kinds={ActionKind.CREATE, ActionKind.UPDATE},
    types=ENDPOINT_POLICIES | {AZURE_POLICY},
    since="0.2",
)
def refused_on_the_way(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """The policy of an endpoint leaves out what those behind it are allowed to call.

    What it flags
        The policy of an endpoint that stays, narrowed so that it lets a call no longer through
        which a role's own policies allow on an object by name, where something of the plan runs
        as the role in the endpoint's network. On Azure a storage account that a service endpoint
        policy of a subnet lists no more, where a program in the subnet names it. A policy of S3's
        endpoint that leaves out the bucket of image layers, where services behind it start from
        images of ECR or nodes of EKS do.

    Why it matters
        Both policies have to allow a call. The role looks as it did, the bucket too, and every
        call is refused from the moment of the apply.

    When it is fine
        The role's right is not used. Not flagged: rights on everything, and rights of which a
        part is let through.

    What to do instead
        List every bucket, table or queue that the roles of the network name, and those of AWS
        itself that image pulls and agents need.

    References
        https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
        https://learn.microsoft.com/azure/virtual-network/virtual-network-service-endpoint-policies-overview
    """
    if change.type == AZURE_POLICY:
        yield from _accounts_left_out(change, context)
        return
    after = change.after.get("policy")
    endpoint = endpoint_of(change, context)
    if "policy" not in change.changed or not stays(endpoint):
        return
    if after is UNKNOWN:
        yield Undecided(why="What it lets through is not known yet.", paths=(("policy",),))
        return
    becomes = parse_policy(after)
    if becomes is None:
        return
    before = parse_policy(change.before.get("policy")) or _EVERYTHING
    yield from _images_left_out(endpoint, before, becomes, context)
    refused = list(refused_by(endpoint, before, becomes, context))
    lost: list[Grant] = [grant for one in refused for grant in one.grants]
    if lost:
        yield Flag(
            what=f"Those behind it may no longer call {grants_text(lost)}.",
            paths=(("policy",),),
            hurts=tuple(dict.fromkeys(_hurt(refused, context))),
        )


def _images_left_out(
    endpoint: ResourceChange, before: Policy, after: Policy, context: Context
) -> Iterator[Outcome]:
    bucket, started = layers_cut(endpoint, before, after, context)
    if started:
        yield Flag(
            what=f"Images of {some_of(started)} are pulled from {bucket}, which it leaves out.",
            paths=(("policy",),),
            hurts=tuple(started),
        )


def _hurt(refused: list[Refused], context: Context) -> Iterator[str]:
    """What runs, its task definition, and the objects that it no longer reaches."""
    arns = once(context.plan, "labels by ARN", lambda: _by_arn(context))
    for one in refused:
        runs = one.caller.labels[-1]
        yield runs
        for use in context.graph.dependencies(runs):
            if use.node.type == _TASK:
                yield use.node.label
        for grant in one.grants:
            name = grant.resource.patterns[0].partition("/*")[0]
            if name in arns:
                yield arns[name]


def _by_arn(context: Context) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in context.plan.changes:
        wanted = one.mode == "managed" and stays(one)
        arn = msgspec.json.decode(one.identity.arn) if wanted else None
        if isinstance(arn, str):
            found[arn] = one.label
    return found


def _accounts_left_out(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    path = ("definition",)
    if change.kind is not ActionKind.UPDATE or "definition" not in change.changed:
        return
    if holds_unknown(change.after.get("definition")):
        yield Undecided(why="Which accounts it lets through is not known yet.", paths=(path,))
        return
    cut = accounts_cut(change, context)
    if cut:
        yield Flag(
            what=f"Programs of its subnets no longer reach {some_of(sorted(cut))}.",
            paths=(path,),
            hurts=tuple(dict.fromkeys(label for labels in cut.values() for label in labels)),
        )

"""I06: somebody else by the same name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.catalog import resource_type
from iacrisk.catalog.permissions import IDENTITY_PROVIDERS, PRINCIPAL_TYPES
from iacrisk.graph import Effect, Node, NodeKind, blast_radius
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.plan.policy_document import EMPTY, every_grant, parse_policy
from iacrisk.rules.context import Context
from iacrisk.rules.readers.access.effective_access import access_of
from iacrisk.rules.rule import (
    Confidence,
    Flag,
    Harm,
    Outcome,
    Severity,
    rule,
)

_SHOWN: Final = 3


@rule(
    id="I06",
    name="principal-recreated",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.ACCESS,
    kinds={ActionKind.REPLACE, ActionKind.DELETE},
    types=PRINCIPAL_TYPES,
)
def principal_recreated(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A role, user or service account is destroyed while others act as it or name it.

    What it flags
        The replacement of a principal, also as a delete here and a create by the same name
        there, and the delete of one that resources which stay still use.

    Why it matters
        The new principal has another unique id. Grants and trust that name the old one are kept
        and no longer match; what runs as it has no rights until the apply is through, and
        whatever knows the old name outside the plan is left behind.

    When it is fine
        Nothing uses it, or all that do are replaced with it.

    What to do instead
        Make the new principal beside the old one, move users over, then remove the old one. A
        move in the configuration needs a `moved` block.

    References
        Incidents R056, R057, R155, R168.
    """
    users = users_of(change, context)
    if change.kind is ActionKind.REPLACE:
        roots = ", ".join(sorted(change.replace_roots)) or "an argument"
        yield Flag(
            what=f"It is replaced because of {roots}; the new one is another principal.",
            paths=change.replace_paths[:_SHOWN],
            severity=Severity.HIGH if users else Severity.MEDIUM,
            confidence=None if users else _unseen_users(change),
        )
        return
    twin = _twin(change, context)
    if twin is not None:
        yield Flag(
            what="It is deleted and another one is made by the same name: a new principal.",
            paths=tuple((name,) for name in PRINCIPAL_TYPES[change.type]),
            severity=Severity.HIGH if users else Severity.MEDIUM,
        )
    elif change.type in IDENTITY_PROVIDERS:
        yield Flag(
            what="It is deleted: nobody gets in through it any more, whatever roles trust it.",
            confidence=Confidence.MEDIUM,
        )
    elif users:
        yield Flag(
            what="It is deleted while resources that stay act as it or name it.",
            confidence=Confidence.MEDIUM,
        )


def _unseen_users(change: ResourceChange) -> Confidence:
    """People and pipelines take on a role from outside the plan, services are seen in it."""
    if change.type != "aws_iam_role":
        return Confidence.MEDIUM
    trust = parse_policy(change.before.get("assume_role_policy")) or EMPTY
    services = all(
        grant.principal.patterns[0].endswith(".amazonaws.com") for grant in every_grant(trust)
    )
    return Confidence.LOW if services else Confidence.MEDIUM


def holders_of(change: ResourceChange, context: Context) -> tuple[str, ...]:
    """Some of those who live on the change's resource, or on the principals it is about."""
    users = users_of(change, context)
    if users or not change.type.startswith("aws_iam_"):
        return users
    roles = access_of(context).roles_of(change)
    return tuple(user for role in roles for user in users_of(role, context))


def users_of(change: ResourceChange, context: Context) -> tuple[str, ...]:
    """Some of those who live on the resource, and holders such as an instance profile."""
    holders = (
        use.node.label
        for use in context.consumers(change)
        if use.node.type in _HOLDERS and _stays(use.node)
    )
    radius = blast_radius(context.graph, change.label, Effect.IMPAIRED, limit=_ENOUGH)
    live = (
        hit.address
        for hit in radius.reached
        if hit.kind is NodeKind.RESOURCE and not resource_type(hit.type).carrier
    )
    return (*live, *holders)


_HOLDERS: Final = frozenset({"aws_iam_instance_profile", "aws_eks_pod_identity_association"})
_ENOUGH: Final = 32


def _stays(node: Node) -> bool:
    return node.change is not None and node.change.kind not in {
        ActionKind.CREATE,
        ActionKind.DELETE,
    }


def _twin(change: ResourceChange, context: Context) -> ResourceChange | None:
    names = PRINCIPAL_TYPES[change.type]
    own = [_name(change.before, name) for name in names]
    for other in context.changes_of(change.type):
        made = other.kind is ActionKind.CREATE
        if made and own[0] and own == [_name(other.after, name) for name in names]:
            return other
    return None


def _name(tree: dict[str, Any], name: str) -> Any:
    value = tree.get(name)
    if name == "metadata" and isinstance(value, list) and value and isinstance(value[0], dict):
        return value[0].get("name"), value[0].get("namespace")
    return value

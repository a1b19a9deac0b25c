"""Who calls a service through an endpoint of the network, and what its policy refuses them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from iacrisk.patterns import regex
from iacrisk.plan import ResourceChange
from iacrisk.plan.policy_document import (
    Effect,
    Grant,
    Matcher,
    Policy,
    Statement,
    grants_removed,
)
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.access.conditions import Facts, holds
from iacrisk.rules.readers.access.requests_of import Caller, callers_of
from iacrisk.rules.readers.shapes import texts
from iacrisk.rules.readers.siblings import stays

_ENDPOINT: Final = "aws_vpc_endpoint"
_IN_NETWORK: Final = regex(rb"(?:sg|subnet)-[0-9a-z]+")
_SERVICE: Final = regex(r"\.([a-z0-9-]+)(?:\.(?:api|dkr))?$")
_PARTS: Final = {"abortmultipartupload", "listmultipartuploadparts"}


class Refused(msgspec.Struct, frozen=True):
    """What a caller's own policies allow, and the endpoint's policy does not any more."""

    caller: Caller
    grants: tuple[Grant, ...]


def endpoint_of(change: ResourceChange, context: Context) -> ResourceChange:
    """The endpoint that the change is, or whose policy it is."""
    if change.type == _ENDPOINT:
        return change
    identity = change.before.get("vpc_endpoint_id")
    for one in context.changes_of(_ENDPOINT):
        if identity and one.before.get("id") == identity:
            return one
    return change


def refused_by(
    endpoint: ResourceChange, before: Policy, after: Policy, context: Context
) -> Iterator[Refused]:
    """The callers in the endpoint's network for whom something named is no longer let through."""
    found = _SERVICE.search(str(endpoint.before.get("service_name")))
    if found is None:
        return
    for caller in callers_of(context):
        runs = context.change_at(caller.labels[-1])
        if runs is None or not lives_behind(runs, endpoint, context):
            continue
        held = _as_requests(caller, found[1])
        was, becomes = (_for(caller.facts, policy) for policy in (before, after))
        kept = set(grants_removed(held, was))
        lost = [one for one in grants_removed(held, becomes) if one not in kept]
        lost = [one for one in lost if _is_named(one) and not _is_partly_kept(one, becomes)]
        if lost:
            yield Refused(caller, tuple(lost))


def _as_requests(caller: Caller, service: str) -> Policy:
    """What the caller may ask of the service, with the caller as principal."""
    own = (Matcher((caller.arn,)),)
    return Policy(
        tuple(
            msgspec.structs.replace(one, principals=own, actions=actions, condition=frozenset())
            for one in caller.policy.statements
            if one.effect is Effect.ALLOW and (actions := _of_service(one, service))
        )
    )


def _of_service(statement: Statement, service: str) -> tuple[Matcher, ...]:
    return tuple(
        action
        for action in statement.actions
        if not action.negated and action.patterns[0].lower().startswith(f"{service}:")
    )


def _for(facts: Facts, policy: Policy) -> Policy:
    """The policy for somebody: tests that it may pass count as passed."""
    return Policy(
        tuple(
            msgspec.structs.replace(one, condition=frozenset())
            for one in policy.statements
            if one.effect is Effect.ALLOW
            and not any(holds(clause, facts) is False for clause in one.condition)
        )
    )


def _is_named(grant: Grant) -> bool:
    """Whether it is about an object by name, and of the kind that the action is for."""
    resource, action = grant.resource, grant.action.patterns[0].partition(":")[2].lower()
    name = resource.patterns[0].split(":", 5)[-1]
    if resource.negated or not name or name[0] in "*?":
        return False
    if not grant.action.patterns[0].lower().startswith("s3:") or "*" in action:
        return True
    in_bucket = ("object" in action and "bucket" not in action) or action in _PARTS
    return in_bucket == ("/" in name)


def _is_partly_kept(grant: Grant, policy: Policy) -> bool:
    """Whether of a wildcard of actions some are let through on the object."""
    if "*" not in grant.action.patterns[0]:
        return False
    base = grant.resource.patterns[0].partition("/*")[0]
    return any(
        item.patterns[0] == "*" or base.startswith(item.patterns[0].partition("*")[0].rstrip("/"))
        for one in policy.statements
        for item in one.resources
        if not item.negated
    )


def lives_behind(runs: ResourceChange, endpoint: ResourceChange, context: Context) -> bool:
    """Whether what runs is in the network, and no other way out of its subnets is shown."""
    home = endpoint.before.get("vpc_id")
    if not home:
        return False
    named = {text.decode() for text in _IN_NETWORK.findall(bytes(runs.raw.change.after))}
    places = once(context.plan, "networks of places", lambda: _networks(context))
    if home not in {places.get(name) for name in named}:
        return False
    tables = set(texts(endpoint.before.get("route_table_ids")))
    ways = once(context.plan, "tables of subnets", lambda: _tables(context))
    known = {ways[name] for name in named if name in ways}
    return not tables or not known or bool(tables & known)


def _networks(context: Context) -> dict[str, object]:
    return {
        str(one.before.get("id")): one.before.get("vpc_id")
        for one in context.changes_of("aws_security_group", "aws_subnet")
        if stays(one)
    }


def _tables(context: Context) -> dict[str, str]:
    return {
        str(one.before.get("subnet_id")): str(one.before.get("route_table_id"))
        for one in context.changes_of("aws_route_table_association")
        if stays(one) and one.before.get("subnet_id")
    }

"""X32: a route without a check takes requests from one that asks who comes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.patterns import regex
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.siblings import stays
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

_ROUTE: Final = "aws_apigatewayv2_route"
_INTEGRATION: Final = "aws_apigatewayv2_integration"
_FUNCTION: Final = "aws_lambda_function"
_STORES: Final = ("aws_dynamodb_table", "aws_s3_bucket", "aws_sqs_queue")
_GREEDY: Final = regex(r"^\{[^{}]*\+\}$")
_VARIABLE: Final = regex(r"^\{[^{}+]*\}$")
_FOR_ALL: Final = regex(
    r"^(?:\.well-known|auth|callbacks?|docs|favicon\.ico|health\w*|hooks?|jwks|live|livez|login"
    r"|logout|oauth2?|openapi|ping|public|ready|readyz|register|sign-?in|sign-?up|static|status"
    r"|token|version|webhooks?)(?:\.\w+)?$"
)
"""Steps of paths that people and machines without a login call, or that check by themselves."""


@rule(
    id="X32",
    name="open-route-before-guarded",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.EXPOSURE,
    kinds={ActionKind.CREATE, ActionKind.UPDATE},
    types={_ROUTE},
    since="0.2",
)
def open_route_before_guarded(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A route without an authorizer takes requests from one that asks who comes.

    What it flags
        A new route of API Gateway, or a new key of one, with no authorization, whose requests go
        today to a wider route of the same API that has an authorizer.

    Why it matters
        The most specific route wins. Its requests were refused without a token until now, and
        what is behind it usually leaves the check to the gateway.

    When it is fine
        The path is for everybody. Not flagged: preflights, and paths that a step names as a
        login, a hook, a check of health or public.

    What to do instead
        Give the route the authorizer of the wider one.

    References
        https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
    """
    if change.kind is ActionKind.UPDATE and "route_key" not in change.changed:
        return
    values = change.after
    if any(values.get(name) is UNKNOWN for name in ("route_key", "authorization_type")):
        yield Undecided(why="Whom the route lets in is not known yet.", paths=(("route_key",),))
        return
    if not _is_open(values) or _is_for_all(values):
        return
    wider = _taken_from(change, context)
    if wider is not None and not _is_open(wider.before):
        yield Flag(
            what=f"It takes requests from {wider.label}, which asks who comes, and asks nobody.",
            paths=(("route_key",), ("authorization_type",)),
            hurts=tuple(dict.fromkeys(_behind(change, context))),
        )


def _is_open(values: dict[str, Any]) -> bool:
    kind = str(values.get("authorization_type") or "NONE")
    return kind == "NONE" and not values.get("api_key_required")


def _is_for_all(values: dict[str, Any]) -> bool:
    method, steps = _key(values)
    return method == "OPTIONS" or any(_FOR_ALL.match(step.lower()) for step in steps)


def _key(values: dict[str, Any]) -> tuple[str, list[str]]:
    method, _, path = str(values.get("route_key")).partition(" ")
    return method, [step for step in path.split("/") if step]


def _taken_from(change: ResourceChange, context: Context) -> ResourceChange | None:
    """The route that gets the requests today: the most specific one that covers the key."""
    found = [
        one
        for one in context.changes_of(_ROUTE)
        if stays(one)
        and one.label != change.label
        and one.before.get("api_id") == change.after.get("api_id")
        and one.before.get("route_key") != change.after.get("route_key")
        and _covers(one.before, change.after)
    ]
    return max(found, key=lambda one: _rank(one.before), default=None)


def _covers(wide: dict[str, Any], narrow: dict[str, Any]) -> bool:
    """Whether all requests for the narrow key fit the wide one."""
    (method, steps), (own, path) = _key(wide), _key(narrow)
    if method == "$default":
        return True
    if own == "$default" or method not in {"ANY", own}:
        return False
    for at, step in enumerate(steps):
        if _GREEDY.match(step):
            return len(path) > at
        if at >= len(path) or not (step == path[at] or _fills(step, path[at])):
            return False
    return len(path) == len(steps)


def _fills(step: str, other: str) -> bool:
    """Whether a variable of one step stands for the other."""
    return bool(_VARIABLE.match(step)) and not _GREEDY.match(other)


def _rank(values: dict[str, Any]) -> tuple[bool, bool, int, bool]:
    """How specific a route is; a full match comes before a greedy one, the default last."""
    method, steps = _key(values)
    greedy = bool(steps) and bool(_GREEDY.match(steps[-1]))
    return method != "$default", not greedy, len(steps), method != "ANY"


def _behind(change: ResourceChange, context: Context) -> Iterator[str]:
    """The function that the route leads to, and the stores that it names."""
    for first in context.graph.dependencies(change.label):
        if first.node.type != _INTEGRATION:
            continue
        for second in context.graph.dependencies(first.node.label):
            if second.node.type == _FUNCTION:
                yield second.node.label
                yield from _stores_of(second.node.label, context)


def _stores_of(label: str, context: Context) -> Iterator[str]:
    for use in context.graph.dependencies(label):
        if use.node.type in _STORES and use.argument.startswith("environment"):
            yield use.node.label

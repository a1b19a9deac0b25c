"""I22: who invokes a function is refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.patterns import regex
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.plan.policy_document import pattern_covers
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.programs.function_callers import ANY_STAGE, Caller, callers
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

Values = dict[str, Any]
_PERMISSION: Final = "aws_lambda_permission"
_STAGE: Final = regex(r"(arn:[^:]*:execute-api:[^/]*/)([^/]+)(/)")


@rule(
    id="I22",
    name="invoker-refused",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.UPDATE, ActionKind.DELETE, ActionKind.REPLACE},
    types={_PERMISSION},
    since="0.2",
)
def invoker_refused(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A permission to invoke a function goes, and what stays does not cover all its callers.

    What it flags
        A permission that is deleted or narrowed, where a route, event rule, topic or bucket of
        the plan invokes the function by it, and the permissions that stay are for other sources.

    Why it matters
        The other callers go on, so the function looks well. These get an error with every
        request, and events of them are dropped.

    When it is fine
        The caller is no longer used.

    What to do instead
        Give the permission that is to stay the sources of both, then delete the other one.

    References
        https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
    """
    function = _function(change.before)
    left = [
        one.after
        for one in context.changes_of(_PERMISSION)
        if one.after and _function(one.after) == function
    ]
    if not left:
        return
    found = once(context.plan, "who invokes functions", lambda: tuple(callers(context)))
    refused = [
        caller
        for caller in found
        if caller.function == function[0]
        and _admits(change.before, caller)
        and not any(_admits(values, caller) for values in left)
    ]
    if not refused:
        return
    if any(UNKNOWN in (one.get("source_arn"), one.get("principal")) for one in left):
        yield Undecided(why="Whom the other permissions admit is not known.", paths=())
        return
    labels = list(dict.fromkeys(caller.label for caller in refused))
    yield Flag(
        what=f"No permission that stays lets {some_of(labels)} invoke {function[0]}.",
        paths=(("source_arn",),),
        hurts=(*labels, *_named(function[0], context)),
    )


def _function(values: Values) -> tuple[str, str]:
    name = str(values.get("function_name")).rpartition(":function:")[2]
    return name, str(values.get("qualifier") or "")


def _admits(values: Values, caller: Caller) -> bool:
    if values.get("principal") != caller.principal:
        return False
    pattern = values.get("source_arn")
    if not pattern:
        return True
    source = caller.source
    stage = _STAGE.match(str(pattern))
    if ANY_STAGE in source and stage:
        source = source.replace(ANY_STAGE, stage[2])
    return isinstance(pattern, str) and pattern_covers(pattern, source)


def _named(function: str, context: Context) -> Iterator[str]:
    for one in context.changes_of("aws_lambda_function"):
        if one.before.get("function_name") == function:
            yield one.label

"""G07: one plan changes production and something else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.plan import ActionKind
from iacrisk.rules.context import Context
from iacrisk.rules.readers.environment_tags import environment_in
from iacrisk.rules.rule import (
    Confidence,
    Flag,
    Harm,
    Outcome,
    Severity,
    plan_rule,
)

_PRODUCTION: Final = "production"
_TOUCHES: Final = frozenset({ActionKind.UPDATE, ActionKind.DELETE, ActionKind.REPLACE})


@plan_rule(
    id="G07",
    name="mixed-environments",
    severity=Severity.MEDIUM,
    confidence=Confidence.LOW,
    harm=Harm.HYGIENE,
)
def mixed_environments(context: Context) -> Iterator[Outcome]:
    """The same plan changes objects of production and of another environment.

    What it flags
        Existing objects that change or go, some of which are tagged as production and others as
        staging, development or preview. It is a remark.

    Why it matters
        Nothing was tried out first: what is wrong for one is wrong for all of them at once, and
        who asked for a change in staging may not know of the other.

    When it is fine
        The root module holds what all environments share.

    What to do instead
        Give each environment a root module or workspace of its own; until then apply with
        `-target` to the lesser one first.

    References
        Incident R003.
    """
    named: dict[str, str] = {}
    for change in context.plan.pending:
        if change.kind not in _TOUCHES or change.mode != "managed":
            continue
        environment = environment_in(change.raw.change.before)
        if environment:
            named.setdefault(environment, change.label)
    others = sorted(named.keys() - {_PRODUCTION})
    if _PRODUCTION in named and others:
        yield Flag(
            address=named[_PRODUCTION],
            what=f"The same plan changes objects of production and of {', '.join(others)}.",
        )

"""How a suppressor is declared that explains a change as a whole, and what it may rely on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.settings.guard_values import lost_prevent_destroy
from iacrisk.rules.rule import Suppressor, SuppressorCheck, suppressor


def whole(
    *,
    id: str,  # noqa: A002 - the field's own name
    name: str,
    kinds: Iterable[ActionKind],
    types: Iterable[str] | None = None,
) -> Callable[[SuppressorCheck], Suppressor]:
    """Declare a suppressor that explains the change as a whole.

    No change is harmless whose block lost prevent_destroy: the attributes do not show that.
    """
    declare = suppressor(id=id, name=name, suppresses=None, kinds=kinds, types=types)

    def wrap(check: SuppressorCheck) -> Suppressor:
        @wraps(check)
        def guarded(change: ResourceChange, context: Context) -> str | None:
            if context.source.edits.unguarded and lost_prevent_destroy(change, context):
                return None
            return check(change, context)

        return declare(guarded)

    return wrap


def shows_users(change: ResourceChange, context: Context) -> bool:
    """Whether the plan would tell who refers to it: without a configuration nobody seems to."""
    if change.kind is ActionKind.DELETE:
        return context.plan.document.prior_state is not None
    return context.graph.has_configuration

"""Whether an argument that is not known yet follows the same object, or moves to a new one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from iacrisk.graph import Origin
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.rules.context import Context


def named_by(
    change: ResourceChange, roots: Iterable[str], context: Context
) -> Iterator[tuple[ResourceChange, str]]:
    """The resources that the configuration names in the arguments `roots`, with the attribute.

    What only the prior state shows is left out: it says where the argument led until now.
    """
    wanted = frozenset(roots)
    for use in context.graph.dependencies(change.label):
        named = use.argument.partition(".")[0] in wanted and use.node.is_resource
        if named and use.reference.origin is Origin.REFERENCE and use.node.change is not None:
            yield use.node.change, use.reference.attribute


def moves_to_new(change: ResourceChange, roots: Iterable[str], context: Context) -> bool | None:
    """Whether what the arguments `roots` name exists only after this plan.

    False where it is an object of today that changes or is made anew, so that the reference
    follows it. None where the plan does not tell.
    """
    is_new = False
    for other, attribute in named_by(change, roots, context):
        if other.kind is ActionKind.REPLACE or _is_recomputed(other, attribute):
            return False
        is_new |= other.kind is ActionKind.CREATE
    return True if is_new else None


def _is_recomputed(other: ResourceChange, attribute: str) -> bool:
    hidden = not attribute or other.after.get(attribute) is UNKNOWN
    return other.kind is ActionKind.UPDATE and hidden

"""I50: a list of grants, with who has what, in which somebody loses something."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.settings.unknowns import holds_unknown
from iacrisk.rules.readers.shapes import blocks, texts
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule


class _List(msgspec.Struct, frozen=True, kw_only=True):
    """Where a type keeps its grants: the blocks, who has them, and what is given.

    `ladder`: levels from the least to the most, each of which holds those below it.
    """

    block: str
    who: tuple[str, ...]
    what: str
    ladder: tuple[str, ...] = ()


_LISTS: Final = {
    "databricks_grants": _List(block="grant", who=("principal",), what="privileges"),
    "databricks_permissions": _List(
        block="access_control",
        who=("group_name", "service_principal_name", "user_name"),
        what="permission_level",
        ladder=(
            "can_view",
            "can_read",
            "can_use",
            "can_attach_to",
            "can_restart",
            "can_query",
            "can_view_metadata",
            "can_monitor",
            "can_run",
            "can_manage_run",
            "can_edit",
            "can_edit_metadata",
            "can_manage",
            "is_owner",
        ),
    ),
    "elasticstack_elasticsearch_security_role": _List(
        block="indices", who=("names",), what="privileges"
    ),
}
_ALL: Final = frozenset({"all", "all_privileges", "manage"})


@rule(
    id="I50",
    name="grant-list-narrowed",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.ACCESS,
    kinds={ActionKind.UPDATE},
    types=_LISTS,
    since="0.2",
)
def grant_list_narrowed(change: ResourceChange, context: Context) -> Iterator[Outcome]:  # noqa: ARG001
    """Somebody in a list of grants loses something that it gave him.

    What it flags
        In a list with who has what, such as `databricks_grants`: somebody who is no longer in it,
        a right that he loses, a level below his old one.

    Why it matters
        The resource owns the whole list. What it no longer names is taken away at once.

    When it is fine
        Nobody uses the right. Not flagged: more rights, and another order.

    What to do instead
        Look at who used the right lately, and give the new one before the old one goes.

    References
        https://registry.terraform.io/providers/databricks/databricks/latest/docs/resources/grants
    """
    listed = _LISTS[change.type]
    if listed.block not in change.changed:
        return
    if holds_unknown(change.after.get(listed.block)):
        yield Undecided(why="Who will have what is not known.", paths=((listed.block,),))
        return
    old, new = (_grants(side, listed) for side in (change.before, change.after))
    lost = sorted(name for name, rights in old.items() if _loses(rights, new.get(name), listed))
    if lost:
        yield Flag(what=f"{some_of(lost)} may do less than before.", paths=((listed.block,),))


def _grants(values: dict[str, Any], listed: _List) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for block in blocks(values.get(listed.block)):
        rights = {text.lower() for text in texts(block.get(listed.what))}
        for name in (text for key in listed.who for text in texts(block.get(key))):
            found.setdefault(name, set()).update(rights)
    return found


def _loses(old: set[str], new: set[str] | None, listed: _List) -> bool:
    if new is None:
        return bool(old)
    if new & _ALL:
        return False
    if not listed.ladder or not (old | new) <= set(listed.ladder):
        return bool(old - new)
    return max(map(listed.ladder.index, new), default=-1) < max(map(listed.ladder.index, old))

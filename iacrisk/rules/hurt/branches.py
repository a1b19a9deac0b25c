"""Ties of a branch's protection: the repository, and who deploys from it."""

from __future__ import annotations

from collections.abc import Iterator

from iacrisk.plan import ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.branch_names import (
    PROTECTIONS,
    USUAL,
    default_branches,
    names_of_repository,
    parts_of_repository,
    protected,
)


def leaning_on_branch(change: ResourceChange, context: Context) -> Iterator[str]:
    """Parts of the repository that lean on the protection of its default branch."""
    if change.type not in PROTECTIONS:
        return
    own = protected(change.type, change.before)
    if own is None or not own.repository:
        return
    names = names_of_repository(own.repository, change, context)
    default = default_branches(names, context)[0]
    if any(own.holds(branch, default) for branch in ((default,) if default else USUAL)):
        yield from parts_of_repository(names, context)

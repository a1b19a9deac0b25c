"""Flags for settings that mean the same almost everywhere, on types of which no row tells more."""

from __future__ import annotations

from collections.abc import Iterator

from iacrisk.catalog.settings import usual_settings
from iacrisk.plan import ResourceChange
from iacrisk.rules.readers.settings import outcomes
from iacrisk.rules.rule import Flag, Outcome


def flags_of_usual_settings(rule: str, change: ResourceChange) -> Iterator[Outcome]:
    """What the names of the changed settings tell; what is not known yet tells nothing."""
    for root in sorted(map(str, change.changed)):
        for setting in usual_settings(rule, change.type, root):
            for outcome in outcomes(setting, change.before, change.after, (root,)):
                if isinstance(outcome, Flag):
                    yield outcome

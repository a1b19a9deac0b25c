"""D09: a replacement that nobody asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.plan import UNKNOWN, ActionKind, Path, ResourceChange, format_path, lookup, unset
from iacrisk.rules.context import Context
from iacrisk.rules.readers.settings.configured import Setting, setting_of
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, rule

_EASY_TO_RESTORE: Final = 0.8
_HARD_TO_RESTORE: Final = 0.4


@rule(
    id="D09",
    name="default-injected-replacement",
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    harm=Harm.DATA,
    kinds={ActionKind.REPLACE},
)
def injected_replacement(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A default of the provider or a module forces a replacement that nobody asked for.

    What it flags
        A replacement forced by an argument that the state does not have and the block does
        not set, so that the new value comes from a default of the provider, or from a
        variable of the module that the caller does not set. Also an argument whose old and
        new value differ in spelling only.

    Why it matters
        It comes with an upgrade of the provider or module and not with an edit, so nobody
        reads the plan for it.

    When it is fine
        Types that are made again with nothing lost are not flagged.

    What to do instead
        Pin the version you had, or set the argument to the value the object really has.

    References
        Incidents R043, R045, R062, R080, R081, R091, R093, R129.
    """
    known = context.type_of(change)
    if not change.destroys or known.recoverability >= _EASY_TO_RESTORE:
        return
    bad = known.recoverability < _HARD_TO_RESTORE
    for path in change.replace_paths:
        what = _reason(change, context, path)
        if what:
            yield Flag(
                what=what,
                paths=(path,),
                severity=None if bad else Severity.HIGH,
                confidence=None if bad else Confidence.MEDIUM,
            )


def _reason(change: ResourceChange, context: Context, path: Path) -> str | None:
    before, after = lookup(change.before, path), change.planned(path)
    if after is UNKNOWN or before == after:
        return None
    name = format_path(path)
    if _same_but_for_spelling(before, after):
        return f"It is replaced because {name} is spelled differently, not because it differs."
    if not unset(before) or unset(after):
        return None
    setting = setting_of(context.plan, change, path)
    if setting is Setting.ABSENT:
        return f"It is replaced because of {name}, a default that the configuration does not set."
    if setting is Setting.MODULE_DEFAULT:
        return f"It is replaced because of {name}, a default of its module that nobody sets."
    return None


def _same_but_for_spelling(before: Any, after: Any) -> bool:
    return isinstance(before, str) and isinstance(after, str) and _plain(before) == _plain(after)


def _plain(text: str) -> str:
    return text.strip().rstrip("./").replace(" ", "").lower()

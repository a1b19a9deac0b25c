"""G04: a value known only after apply replaces what uses it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.catalog import ResourceClass, ResourceType, attachment
from iacrisk.plan import UNKNOWN, ActionKind, Path, ResourceChange, lookup, unset
from iacrisk.rules.context import Context
from iacrisk.rules.readers.siblings import goes_first
from iacrisk.rules.rule import (
    Confidence,
    Flag,
    Harm,
    Outcome,
    Severity,
    rule,
)

_DATA: Final = frozenset({ResourceClass.STATEFUL, ResourceClass.CONTAINER})
_SERIOUS: Final = frozenset(
    {
        *_DATA,
        ResourceClass.CLUSTER,
        ResourceClass.COMPUTE,
        ResourceClass.ENCRYPTION,
        ResourceClass.ENTRY_POINT,
        ResourceClass.IDENTITY,
        ResourceClass.NETWORK_PATH,
    }
)


@rule(
    id="G04",
    name="replaced-by-unknown-value",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.REPLACE},
)
def replaced_by_unknown_value(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A value that is not known yet forces a replacement that nobody wrote.

    What it flags
        A replacement whose deciding argument was known and becomes "known after apply" because
        something it refers to changes: an update in place upstream, a data source that is read
        during the apply, a new random name. What is rebuilt without loss is left out, and so is
        an attachment that only follows what it is attached to.

    Why it matters
        The value is often the same in the end. Terraform destroys the object all the same,
        because at plan time it cannot rule out that the value differs.

    When it is fine
        The upstream object is really a new one and this one is meant to follow it.

    What to do instead
        Find out why the value is unknown: a `depends_on` on a module, a computed attribute, a
        changed keeper. Apply the upstream change first, or write the value out.

    References
    ----------
        Incidents R033, R046, R065, R112, R163, R210.
    """
    paths = _unknown_causes(change)
    known = context.type_of(change)
    if not paths or not change.destroys or known.is_made_again:
        return
    causes = _upstream(change, context, {str(path[0]) for path in paths})
    renewed = any(item.destroys or item.kind is ActionKind.CREATE for item in causes)
    severity = _cascade_severity(change, known) if renewed else _surprise_severity(change, known)
    if severity is not None:
        yield Flag(
            what=_cascade_text(paths, renewed=renewed),
            paths=paths,
            severity=severity,
            confidence=Confidence.MEDIUM if renewed or not causes else Confidence.HIGH,
        )


def _cascade_text(paths: tuple[Path, ...], *, renewed: bool) -> str:
    name = paths[0][0]
    if renewed:
        return f"It is replaced because something that {name} refers to becomes a new object."
    return (
        f"It is replaced only because {name} is not known before the apply; "
        "the value may turn out to be the same."
    )


def _unknown_causes(change: ResourceChange) -> tuple[Path, ...]:
    """The replace paths that had a value and lose it; none where another path is reason enough."""
    causes = [path for path in change.replace_paths if path and _was_set(change, path)]
    unknown = tuple(path for path in causes if _is_unknown(change, path))
    return unknown if len(unknown) == len(causes) else ()


def _was_set(change: ResourceChange, path: Path) -> bool:
    """Null to unknown is an optional computed argument, which does not force anything alone."""
    return not unset(lookup(change.before, path)) or not _is_unknown(change, path)


def _is_unknown(change: ResourceChange, path: Path) -> bool:
    value = change.planned(path)
    if isinstance(value, list):
        return any(item is UNKNOWN for item in value)
    return value is UNKNOWN


def _upstream(change: ResourceChange, context: Context, names: set[str]) -> list[ResourceChange]:
    """The pending changes that the deciding arguments refer to."""
    uses = context.graph.dependencies(change.label)
    return [
        use.node.change
        for use in uses
        if use.node.change is not None
        and use.node.change.kind is not ActionKind.NO_OP
        and use.argument.partition(".")[0] in names | _EACH_VALUE
    ]


_EACH_VALUE: Final = frozenset({"for_each"})
"""`each.value.id` is listed as a reference of for_each alone."""


def _surprise_severity(change: ResourceChange, known: ResourceType) -> Severity | None:
    if known.resource_class in _DATA:
        return Severity.CRITICAL
    if attachment(change.type):
        return Severity.MEDIUM if goes_first(change) else None
    if known.resource_class in _SERIOUS and goes_first(change):
        return Severity.HIGH
    return Severity.MEDIUM


def _cascade_severity(change: ResourceChange, known: ResourceType) -> Severity | None:
    """What follows a new object by design is judged there, unless it is lost on the way."""
    if attachment(change.type) or known.resource_class not in _SERIOUS:
        return None
    if known.resource_class in _DATA:
        return Severity.CRITICAL
    return Severity.HIGH if goes_first(change) else None

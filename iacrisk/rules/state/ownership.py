"""S06 to S08: objects that enter the state or leave it."""

from __future__ import annotations

from collections.abc import Iterator

from iacrisk.catalog import ResourceClass
from iacrisk.plan import (
    ActionKind,
    ResourceChange,
)
from iacrisk.rules.context import Context
from iacrisk.rules.rule import (
    Confidence,
    Flag,
    Harm,
    Outcome,
    Severity,
    rule,
)
from iacrisk.rules.state.removed_settings import removed_settings


@rule(
    id="S06",
    name="forgotten-object",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    harm=Harm.HYGIENE,
    kinds={ActionKind.FORGET, ActionKind.REPLACE},
)
def forgotten_object(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """Terraform stops managing an object that keeps running.

    What it flags
        A `removed` block with `destroy = false`, and a replacement that leaves the old object
        behind.

    Why it matters
        Nothing breaks today. The object costs money, drifts and is seen by no policy.

    When it is fine
        Another root module imports it, or it is handed over to somebody else.

    What to do instead
        Import it where it is managed from now on, in the same change.

    References
    ----------
        Incidents R140, R197.
    """
    del context
    if "forget" in change.actions:
        yield Flag(what="Terraform forgets the object, which keeps running unmanaged.")


@rule(
    id="S07",
    name="import-with-destroy",
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    harm=Harm.DATA,
    kinds={ActionKind.REPLACE, ActionKind.DELETE},
)
def import_with_destroy(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """An object is imported and destroyed in one step.

    What it flags
        An import whose configuration differs in an argument that cannot be changed in place.

    Why it matters
        Whoever imports an object wants to keep it. The first apply destroys it.

    When it is fine
        Never on purpose; to replace an object, import it first and read the plan that follows.

    What to do instead
        Correct the configuration until the import plans no replacement.

    References
    ----------
        Incidents R077, R090, R094, R192.
    """
    if not (change.imports and change.destroys):
        return
    harmless = context.type_of(change).resource_class is ResourceClass.STATELESS
    yield Flag(
        what="The object is imported and destroyed in the same apply.",
        paths=change.replace_paths,
        severity=Severity.MEDIUM if harmless else None,
        confidence=Confidence.MEDIUM if harmless else None,
    )


@rule(
    id="S08",
    name="import-strips-settings",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.UPDATE},
)
def import_strips_settings(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """An import removes settings that the live object has.

    What it flags
        An imported object that is updated at once, where values or blocks it has today are
        missing afterwards: environment variables, rules, policies, alerts, members.

    Why it matters
        The configuration was written thinner than the object is. What it leaves out is taken
        away, and secret values often cannot be brought back.

    When it is fine
        Only tags, descriptions or arguments that exist in Terraform alone change.

    What to do instead
        Write the missing settings into the configuration until the import changes nothing, or
        name them in `ignore_changes`.

    References
    ----------
        Incident R102.
    """
    del context
    if not change.imports:
        return
    removed = removed_settings(change)
    if removed:
        roots = list(dict.fromkeys(str(path[0]) for path in removed))
        yield Flag(
            what=f"The import takes settings away from the live object: {', '.join(roots[:5])}.",
            paths=tuple(removed[:10]),
        )

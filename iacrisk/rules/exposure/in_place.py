"""X09: settings that shield or watch and change in place."""

from __future__ import annotations

from collections.abc import Iterator

from iacrisk.catalog.settings import types_with_settings
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.settings.settings import flags_of_settings
from iacrisk.rules.rule import Confidence, Harm, Outcome, Severity, rule


@rule(
    id="X09",
    name="exposure-setting",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    harm=Harm.EXPOSURE,
    kinds={ActionKind.CREATE, ActionKind.UPDATE},
    types=types_with_settings("X09"),
)
def exposure_setting(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A setting that shields something or watches it changes in place.

    What it flags
        A change of a setting that hides an origin, checks a client, encrypts, or records what
        happens, to the less safe side.
        The table below is the whole list.

    Why it matters
        The service works as before, which is why nobody notices.

    When it is fine
        Another layer does the same.

    What to do instead
        Put the new shield up before the old one comes down.

    References
        The providers' documentation of each argument.
    """
    yield from flags_of_settings("X09", change, context)

"""I15: settings of identities and sign-in that change in place."""

from __future__ import annotations

from collections.abc import Iterator

from iacrisk.catalog.settings import types_with_settings
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.settings.settings import flags_of_settings
from iacrisk.rules.rule import Confidence, Harm, Outcome, Severity, rule


@rule(
    id="I15",
    name="identity-setting",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    harm=Harm.ACCESS,
    kinds={ActionKind.CREATE, ActionKind.UPDATE},
    types=types_with_settings("I15"),
)
def identity_setting(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A setting on which access depends changes in place.

    What it flags
        A change of an identity provider, session, sign-in or policy setting that shuts people or
        machines out.
        The table below is the whole list.

    Why it matters
        Who is shut out often includes those who would repair it.

    When it is fine
        The new value was tried with a test principal, and a way in remains.

    What to do instead
        Keep a way in that the setting does not touch, then change it in steps.

    References
        The providers' documentation of each argument.
    """
    yield from flags_of_settings("I15", change, context)

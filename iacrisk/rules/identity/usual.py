"""I26: somebody loses access, or gets more of it."""

from __future__ import annotations

from collections.abc import Iterator

from iacrisk.catalog import ResourceClass
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.access.role_grants import grants_roles
from iacrisk.rules.readers.settings.usual import flags_of_usual_settings
from iacrisk.rules.rule import Confidence, Harm, Outcome, Severity, rule


@rule(
    id="I26",
    name="somebody-left-out",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    harm=Harm.ACCESS,
    kinds={ActionKind.UPDATE},
    since="0.2",
    tail=True,
)
def somebody_left_out(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """Somebody loses access, or gets more of it.

    What it flags
        A list of people, rights or addresses that gets shorter, or a role that changes, by a name
        that means the same almost everywhere (`members`, `roles`, `allowed_ips`), on a type for
        which no row tells more. The
        table below is the whole list.

    Why it matters
        Whoever is left out finds out when it is needed.

    When it is fine
        They left, or have the right from elsewhere.

    What to do instead
        Look at who used it lately, then take it away.

    References
        The providers' documentation of each argument.
    """
    is_filter = context.type_of(change).resource_class is ResourceClass.NETWORK_PATH
    if not is_filter and not grants_roles(change.type):
        yield from flags_of_usual_settings("I26", change)

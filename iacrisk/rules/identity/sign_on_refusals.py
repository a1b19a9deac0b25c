"""I80: a rule of a sign-on policy that is asked before others and refuses their people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.access.sign_on_rules import (
    SIGN_ON_RULES,
    applications,
    is_for_all_places,
    is_on,
    lets_in,
    overtaken,
    shares_groups,
)
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, rule

_PRIORITY: Final = (("priority",),)


@rule(
    id="I80",
    name="refusal-put-first",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.ACCESS,
    kinds={ActionKind.CREATE, ActionKind.UPDATE},
    types=SIGN_ON_RULES,
    since="0.2",
)
def refusal_put_first(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A rule of a sign-on policy refuses people whom later rules of the policy let in.

    What it flags
        A rule of Okta, new or moved forward, that denies from any network and is not for some
        devices, persons or platforms only, before rules that let in all or some of its groups.

    Why it matters
        The first rule that fits decides: nobody of the groups gets into the applications with the
        policy, administrators included.

    When it is fine
        The people have another way. Not flagged: a denial for some networks or risks.

    What to do instead
        Put the denial last.

    References
        https://developer.okta.com/docs/concepts/policies/
    """
    values = change.after
    if values.get("priority") is UNKNOWN or values.get("access") != "DENY" or not is_on(values):
        return
    if not is_for_all_places(values) or str(values.get("risk_score") or "ANY") != "ANY":
        return
    shut = [
        one
        for one in overtaken(change, context)
        if lets_in(one.after) and shares_groups(values, one.after)
    ]
    if shut:
        names = some_of(str(one.after.get("name") or one.label) for one in shut)
        yield Flag(
            what=f"It refuses people whom {names} let in.",
            paths=_PRIORITY,
            hurts=(*(one.label for one in shut), *applications(change, context)),
        )

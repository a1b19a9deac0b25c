"""X80: a rule of a sign-on policy that is asked before others and asks less than they do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.access.sign_on_rules import (
    SIGN_ON_RULES,
    applications,
    asks_less,
    is_for_all_places,
    lets_in,
    overtaken,
    shares_groups,
)
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

_PRIORITY: Final = (("priority",),)


@rule(
    id="X80",
    name="weaker-sign-on-first",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.EXPOSURE,
    kinds={ActionKind.CREATE, ActionKind.UPDATE},
    types=SIGN_ON_RULES,
    since="0.2",
)
def weaker_sign_on_first(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A rule of a sign-on policy comes before others of the policy and asks for less than they do.

    What it flags
        A rule of Okta, new or moved forward, that lets in from any network and is not for some
        devices, persons or platforms only, before rules which ask for a second factor where it
        asks for none, or for a factor that withstands phishing where it takes any.

    Why it matters
        The first rule that fits decides. The stronger ones stand there unchanged and are asked
        for nobody of the first one's groups, in every application with the policy.

    When it is fine
        It is for a group whose members none of the later rules is meant for. Not flagged: a rule
        for some networks, and one that asks for as much as those behind it.

    What to do instead
        Put it behind the rules for the groups that matter, or give the application its own policy.

    References
        https://developer.okta.com/docs/concepts/policies/
    """
    if change.after.get("priority") is UNKNOWN:
        yield Undecided(why="Its place among the rules is not known.", paths=_PRIORITY)
        return
    if not lets_in(change.after) or not is_for_all_places(change.after):
        return
    weak = [one for one in overtaken(change, context) if asks_less(change.after, one.after)]
    if weak:
        names = some_of(str(one.after.get("name") or one.label) for one in weak)
        sure = any(shares_groups(change.after, one.after) for one in weak)
        yield Flag(
            what=f"It comes before {names} and asks for less.",
            paths=_PRIORITY,
            confidence=None if sure else Confidence.MEDIUM,
            hurts=(*(one.label for one in weak), *applications(change, context)),
        )

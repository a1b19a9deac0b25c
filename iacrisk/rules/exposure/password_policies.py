"""X53: a password policy in words that asks for less."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.patterns import regex
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, rule

_TERM: Final = regex(r"(\w+)\s*(?:\(\s*([^()]*?)\s*\))?")
_LESS_IS_MORE: Final = frozenset({"forceExpiredPasswordChange", "maxLength"})
"""Terms whose number may fall: people change their password sooner."""


@rule(
    id="X53",
    name="password-policy-weaker",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.EXPOSURE,
    kinds={ActionKind.UPDATE},
    types={"keycloak_realm"},
    since="0.2",
)
def password_policy_weaker(change: ResourceChange, context: Context) -> Iterator[Outcome]:  # noqa: ARG001
    """The password policy of a realm of Keycloak asks for less.

    What it flags
        A term of `password_policy` that goes, or whose number falls, such as `length(12)` to
        `length(6)`.

    Why it matters
        Passwords that can be guessed are let in from now on.

    When it is fine
        People log in without a password. Not flagged: further terms, and higher numbers.

    What to do instead
        Leave the policy and explain it on the page where people choose their password.

    References
        https://www.keycloak.org/docs/latest/server_admin/#_password-policies
    """
    old, new = (_terms(side.get("password_policy")) for side in (change.before, change.after))
    if not new or not old:
        return
    weaker = sorted(name for name, number in old.items() if _is_weaker(name, number, new))
    if weaker:
        yield Flag(what=f"Less is asked of passwords: {some_of(weaker)}.", paths=_PATHS)


_PATHS: Final = (("password_policy",),)


def _terms(text: Any) -> dict[str, str]:
    parts = text.split(" and ") if isinstance(text, str) else []
    matches = [match for part in parts if (match := _TERM.fullmatch(part.strip()))]
    return {match[1]: match[2] or "" for match in matches}


def _is_weaker(name: str, number: str, new: dict[str, str]) -> bool:
    other = new.get(name)
    if other is None:
        return name not in _LESS_IS_MORE
    if name in _LESS_IS_MORE or not (number.isdigit() and other.isdigit()):
        return False
    return int(other) < int(number)

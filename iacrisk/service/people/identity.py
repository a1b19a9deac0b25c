"""From a provider's claims to a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from iacrisk.errors import SignInRefused
from iacrisk.service.people.admin_token import LONGEST_NAME, stated_name
from iacrisk.service.people.person import Person
from iacrisk.service.people.roles import claim_at

_ALIASES: Final = ("preferred_username", "email", "nickname", "upn")


class IdentityRules(msgspec.Struct, frozen=True, kw_only=True):
    """Which claim names a person. `verified`: an `email` counts only when its owner was asked."""

    claim: str = "email"
    verified: bool = True


def person_by_claims(issuer: str, claims: Mapping[str, Any], rules: IdentityRules) -> Person:
    """The person that the claims of a verified ID token name; raises SignInRefused."""
    name = claim_at(claims, rules.claim)
    if not isinstance(name, str) or not name.strip():
        raise SignInRefused(f"The sign-in provider does not say your {rules.claim}.")
    if rules.claim == "email" and rules.verified and claims.get("email_verified") is not True:
        raise SignInRefused("The sign-in provider does not say that your e-mail is verified.")
    return Person(
        issuer=issuer,
        subject=str(claims["sub"]),
        name=stated_name(name),
        aliases=tuple(_aliases(claims, name)),
    )


def _aliases(claims: Mapping[str, Any], name: str) -> Iterator[str]:
    """Other names of the same person; they only ever take the right to approve one's own run."""
    for claim in _ALIASES:
        found = claims.get(claim)
        if isinstance(found, str) and found.strip() and found != name:
            yield " ".join(found.split())[:LONGEST_NAME]

"""From a provider's claims to a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from iacrisk.errors import SignInRefused
from iacrisk.service.people.admin_token import stated_name
from iacrisk.service.people.person import Person
from iacrisk.service.people.roles import claim_at


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
    return Person(issuer=issuer, subject=str(claims["sub"]), name=stated_name(name))

"""Conditions on the tokens of an identity provider: do they tell whose token it must be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from iacrisk.patterns import regex
from iacrisk.rules.readers.alternatives import alternatives

_CLAIM: Final = regex(
    r"""(?:assertion|attribute|google|claims)(?:\.(\w+)|\[\s*['"]([^'"]+)['"]\s*\])"""
)
_LITERAL: Final = regex(r"""(['"])(.*?)\1""")
_OWNERS: Final = regex(
    r"^(account(_id)?|aws_role|arn|client_id|email|enterprise(_id)?|groups?|hd|job_workflow_ref|"
    r"kubernetes\.io.*|namespace(_id|_path)?|organization(_id|_name)?|org(_id)?|owner|"
    r"project(_id|_name|_path)?|repository(_id|_owner|_owner_id|uuid)?|sub(ject)?|tid|tenant|"
    r"terraform_(organization|project|workspace)_(id|name)|user(_email|_id|_login)?|uid|"
    r"workflow_ref|workspace(_id|uuid)?)$",
    re.IGNORECASE,
)
"""Claims that an issuer fills with somebody's own name; a branch or an event anybody may have."""

_OPEN: Final = regex(
    r"^\^?(\.\*|\[|\(|\*|\.\+|$|(organization|project_path|repo|system:serviceaccount):[\W]*$)"
)
_PREFIXED: Final = regex(r"startsWith|\.matches\(|\bmatches\b")
_PUBLIC_ISSUERS: Final = (
    "//agent.buildkite.com",
    "//api.bitbucket.org",
    "//app.terraform.io",
    "//gitlab.com",
    "//oidc.circleci.com",
    "//token.actions.githubusercontent.com",
    "accounts.google.com",
)
"""Issuers that anybody can get a token from."""


def names_an_owner(condition: object, mapped: Mapping[str, Any]) -> bool:
    """Whether each alternative of a condition tells whose token it has to be.

    `mapped` leads from attributes such as `attribute.owner` to claims.
    """
    if not isinstance(condition, str) or not condition.strip():
        return False
    return all(
        any(_pins(part, mapped) for part in parts) for parts in alternatives(condition.strip())
    )


def is_owners_claim(expression: object) -> bool:
    """Whether an attribute is made of a claim that the issuer fills with somebody's own name."""
    found = _CLAIM.findall(expression) if isinstance(expression, str) else []
    return any(_OWNERS.match(one or two) for one, two in found)


def is_public_issuer(uri: object) -> bool:
    """Whether anybody can get tokens from the issuer."""
    return isinstance(uri, str) and any(name in uri for name in _PUBLIC_ISSUERS)


def _pins(part: str, mapped: Mapping[str, Any]) -> bool:
    if part.startswith("!") or "!=" in part:
        return False
    if not any(_is_owner(part, found, mapped) for found in _CLAIM.finditer(part)):
        return False
    values = [found[1] for found in _LITERAL.findall(_CLAIM.sub("claim", part))]
    if not values or any(_OPEN.match(value) for value in values):
        return False
    return not _PREFIXED.search(part) or all(re.search(r"[/:]", value) for value in values)


def _is_owner(part: str, found: re.Match[str], mapped: Mapping[str, Any]) -> bool:
    claim = found[1] or found[2]
    if part[found.start() : found.start() + 9] in {"attribute", "google.su"}:
        leads = mapped.get(f"{part[found.start() : found.end()]}")
        if isinstance(leads, str):
            return is_owners_claim(leads)
    return bool(_OWNERS.match(claim))

"""Conditions on the claims of a token: do they admit tokens that were refused before."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from iacrisk.patterns import regex
from iacrisk.rules.readers.alternatives import alternatives

_NAME: Final = r"((?:assertion|attribute|google|claims)(?:\.\w+|\[\s*['\"][^'\"]+['\"]\s*\]))"
_TEXT: Final = r"""(?:'[^']*'|"[^"]*")"""
_EQUALS: Final = regex(rf"^{_NAME}\s*==\s*({_TEXT})$|^({_TEXT})\s*==\s*{_NAME}$")
_AMONG: Final = regex(rf"^{_NAME}\s+in\s+\[\s*({_TEXT}(?:\s*,\s*{_TEXT})*)\s*\]$")
_STARTS: Final = regex(rf"^{_NAME}\.startsWith\(\s*({_TEXT})\s*\)$")
_LITERAL: Final = regex(r"'([^']*)'|\"([^\"]*)\"")
_SUBJECT: Final = regex(r"^repo:(?P<repository>(?P<owner>[^/:*]+)/[^:*]+):(?:ref:(?P<ref>.+))?")
_ID: Final = regex(r"_?id$")


class Demand(msgspec.Struct, frozen=True):
    """What one part asks of a claim: one of the values, or to start with one of them.

    `claim` is "" for a part that is not understood; it is only ever the same as itself.
    """

    part: str
    claim: str = ""
    values: frozenset[str] = frozenset()
    is_prefix: bool = False

    def admits(self, value: str) -> bool:
        """Whether a claim with the value is let through by this part."""
        return value.startswith(tuple(self.values)) if self.is_prefix else value in self.values


Demands = tuple[Demand, ...]


def newly_admitted(before: object, after: object, mapped: Mapping[str, Any]) -> list[Demands]:
    """The alternatives after the change that let tokens in which none before let in.

    Only those of which that is sure: a claim that was asked for may now be another, or anything.
    """
    if not isinstance(before, str) or not isinstance(after, str) or not before.strip():
        return []
    old, new = demands_of(before, mapped), demands_of(after, mapped)
    return [one for one in new if all(_admits_more(one, other) for other in old)]


def demands_of(condition: str, mapped: Mapping[str, Any]) -> list[Demands]:
    """The alternatives of a condition, each with what it asks of the claims."""
    return [
        tuple(_demand(part, mapped) for part in parts) for parts in alternatives(condition.strip())
    ]


def admits(demands: Demands, claim: str, value: str) -> bool:
    """Whether a token with this claim may be let in, as far as the demands tell."""
    known = _told_by(claim, value)
    return all(
        any(one.admits(said) for said in [known[one.claim]])
        for one in demands
        if one.claim in known
    )


def claim_of(expression: str, mapped: Mapping[str, Any]) -> str:
    """The claim behind a name such as `attribute.repository` or `assertion['sub']`."""
    if expression.startswith(("attribute", "google")):
        leads = mapped.get(expression)
        return claim_of(leads, {}) if isinstance(leads, str) else expression
    found = re.fullmatch(
        r"(?:assertion|claims)(?:\.(\w+)|\[\s*['\"]([^'\"]+)['\"]\s*\])", expression
    )
    return (found[1] or found[2]) if found else expression


def _demand(part: str, mapped: Mapping[str, Any]) -> Demand:
    text = part.strip()
    for form, is_prefix in ((_EQUALS, False), (_AMONG, False), (_STARTS, True)):
        found = form.match(text)
        if found:
            groups = [one for one in found.groups() if one]
            name = next(one for one in groups if one[0] not in "'\"")
            literals = next(one for one in groups if one is not name)
            values = frozenset(one or two for one, two in _LITERAL.findall(literals))
            return Demand(text, claim_of(name, mapped), values, is_prefix)
    return Demand(text)


def _admits_more(new: Demands, old: Demands) -> bool:
    """Whether a token is let in by `new` and not by `old`, for sure."""
    kept = {one.part for one in new}
    dropped = {one.part for one in old} - kept
    if not dropped:
        return False
    if kept < {one.part for one in old}:
        return True
    return any(one.claim and not _ensured(one, new) for one in old if one.part in dropped)


def _ensured(old: Demand, new: Demands) -> bool:
    """Whether every token that `new` lets in meets the old demand, or may well do so."""
    for one in new:
        if not one.claim or _is_twin(one.claim, old.claim):
            return True
        told = [_told_by(one.claim, value) for value in one.values]
        if told and all(old.claim in known for known in told):
            open_end = one.is_prefix and not old.is_prefix
            return not open_end and all(old.admits(known[old.claim]) for known in told)
    return False


def _is_twin(one: str, other: str) -> bool:
    """Whether one claim is the number of what the other one names."""
    return one != other and _ID.sub("", one) == _ID.sub("", other)


def _told_by(claim: str, value: str) -> dict[str, str]:
    """What a claim tells of others: a repository of its owner, a subject of both."""
    known = {claim: value}
    if claim == "repository" and "/" in value:
        known["repository_owner"] = value.partition("/")[0]
    found = _SUBJECT.match(value) if claim == "sub" else None
    if found:
        known |= {"repository": found["repository"], "repository_owner": found["owner"]}
        known |= {"ref": found["ref"]} if found["ref"] else {}
    return known

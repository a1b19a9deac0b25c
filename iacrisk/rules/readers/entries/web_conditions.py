"""What requests a rule of a web filter matches, in one form for all clouds, and how wide it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from iacrisk.patterns import regex
from iacrisk.plan.values import members
from iacrisk.rules.readers.alternatives import alternatives
from iacrisk.rules.readers.networks.ip_permissions import address_peer
from iacrisk.rules.readers.shapes import texts

_HUGE: Final = 2 ** (32 - 16)
_SECRET: Final = 16
"""From this length on a value that a client has to send is taken for a secret."""

_PROBES: Final = regex(
    r"^/?(\.well-known|assets|favicon|fonts|health\w*|images|img|livez|ping|public|readyz|"
    r"robots|static|status)\b",
    re.IGNORECASE,
)
_ANYTHING: Final = regex(r"\(?(?:\?:)?\.?[*+]\??\)?[*+?]?")
"""A step of a pattern that any text fits: `*`, `.*`, `(.+)`."""

_LITERAL: Final = regex(r"""(['"])(.*?)\1""")
_FIELDS: Final = (
    ("address", regex(r"\b(?:inIpRange\(\s*origin\.(?:user_)?ip|ip\.src\b(?!\.))")),
    ("country", regex(r"\b(?:origin\.region_code|ip\.(?:geoip|src)\.(?:country|continent))")),
    ("network", regex(r"\b(?:origin\.asn|ip\.(?:geoip|src)\.asnum)\b")),
    ("path", regex(r"\b(?:request\.path|http\.request\.uri(?!\.query|\.args))\b")),
    ("method", regex(r"\b(?:request\.method|http\.request\.method)\b")),
    ("host", regex(r"""request\.headers\[['"]host['"]\]|\bhttp\.host\b""", re.IGNORECASE)),
    ("sent", regex(r"\b(?:request\.(?:headers|query)|http\.(?:user_agent|referer|cookie|"
                        r"request\.(?:headers|uri\.query)))")),
)  # fmt: skip
_BEGINS: Final = regex(r"startsWith|starts_with")
_CONTAINS: Final = regex(r"\bcontains\b|\.contains\(")
_EQUALS: Final = regex(r"==|\beq\b|\bin\b")
_WHOLE_FIELDS: Final = frozenset({"country", "host", "method", "network"})
_AZURE_FIELDS: Final = {
    "clientaddr": "address",
    "cookies": "sent",
    "postargs": "sent",
    "querystring": "sent",
    "remoteaddr": "address",
    "requestbody": "sent",
    "requestcookies": "sent",
    "requestheader": "sent",
    "requestheaders": "sent",
    "requestmethod": "method",
    "requesturi": "path",
    "socketaddr": "address",
}


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A test of one thing about a request. `field` is "" where nothing is known of it.

    `how`: `equals`, `begins`, `contains` or `other`.
    """

    field: str
    how: str
    values: tuple[str, ...]
    negated: bool = False

    @property
    def is_wide(self) -> bool:
        """Whether what nearly every client sends fits, or can be made to fit by the client.

        All but some are nearly all, whatever they are told by.
        """
        return self.field != "any" if self.negated else self._is_wide

    @property
    def _is_wide(self) -> bool:
        if self.field == "any" or self.field in _WHOLE_FIELDS:
            return True
        if self.field == "address":
            return any(map(_is_huge, self.values))
        if self.field == "path":
            anywhere = self.how == "contains"
            return self.how != "equals" and any(
                _is_much(value, anywhere=anywhere) for value in self.values
            )
        return self.field == "sent" and all(len(value) < _SECRET for value in self.values)

    def is_apart_from(self, other: Part) -> bool:
        """Whether no request fits both, as far as plain values tell."""
        if self.field != other.field or not self.field or self.negated or other.negated:
            return False
        if self.field == "path":
            told = {"begins", "equals"}
            return {self.how, other.how} <= told and not any(
                one.startswith(two) or two.startswith(one)
                for one in self.values
                for two in other.values
            )
        whole = self.how == other.how == "equals" and self.field in {"country", "host", "method"}
        return whole and not set(self.values) & set(other.values)


Match = tuple[tuple[Part, ...], ...]
"""Alternatives of which one has to fit; of each, the parts that all have to."""


def is_wide(match: Match) -> bool:
    """Whether nearly everybody fits, or can make himself fit."""
    return any(parts and all(part.is_wide for part in parts) for parts in match)


def are_apart(match: Match, other: Match) -> bool:
    """Whether no request fits both, as far as plain values tell."""
    return all(
        any(one.is_apart_from(two) for one in parts for two in others)
        for parts in match
        for others in other
    )


def adds_to(match: Match, refusal: Match) -> bool:
    """Whether a pass adds to a list of those let in: all that is not on it is refused.

    So it is where the refusal is of all but some, and the pass tells others by the same thing.
    """
    parts = refusal[0] if len(refusal) == 1 else ()
    fields = {part.field for part in parts if part.negated}
    if not fields or len(fields) != len(parts) or "" in fields:
        return False
    return bool(match) and all(
        any(part.field in fields and not part.negated for part in own) for own in match
    )


def of_expression(expression: str) -> Match:
    """The match of an expression of Cloud Armor or of Cloudflare."""
    return tuple(tuple(map(_part, parts)) for parts in alternatives(expression))


def of_ranges(ranges: Iterable[str]) -> Match:
    """The match of a list of addresses."""
    return ((Part(field="address", how="other", values=tuple(ranges)),),)


def of_azure(rule: Mapping[str, Any]) -> Match:
    """The match of a custom rule of Azure: all conditions have to fit."""
    listed = members(rule.get("match_conditions")) or members(rule.get("match_condition"))
    return (tuple(_condition(item) for item in listed),)


def _part(text: str) -> Part:
    plain = re.sub(r"^(?:!|not\b)\s*", "", text, flags=re.IGNORECASE)
    values = tuple(found[1] for found in _LITERAL.findall(_without_keys(plain)))
    negated = plain != text or bool(re.search(r"!=|\bne\b", plain))
    field = next((name for name, pattern in _FIELDS if pattern.search(plain)), "")
    if plain.strip().lower() == "true":
        field = "any"
    if field == "address" and not values:
        values = tuple(re.findall(r"[\d.]{7,}(?:/\d+)?|[0-9a-f:]*::[0-9a-f:]*(?:/\d+)?", plain))
    how = "contains" if _CONTAINS.search(plain) else "other"
    how = "begins" if _BEGINS.search(plain) else how
    if how == "other" and re.search(r"\.matches\(|\bmatches\b|contains", plain) is None:
        how = "equals" if _EQUALS.search(plain) or "!=" in plain else how
    return Part(field=field, how=how, values=values, negated=negated)


def _without_keys(text: str) -> str:
    """The text without names in square brackets, which are no values."""
    return re.sub(r"""(headers|cookies|args)\[(['"]).*?\2\]""", r"\1", text)


_OPERATORS: Final = {
    "beginswith": "begins",
    "contains": "contains",
    "equal": "equals",
    "geomatch": "equals",
}


def _condition(item: Mapping[str, Any]) -> Part:
    variables = members(item.get("match_variables"))
    names = texts(*(one.get("variable_name") for one in variables), item.get("match_variable"))
    operator = str(item.get("operator")).lower()
    fields = {_AZURE_FIELDS.get(name.lower(), "") for name in names}
    field = fields.pop() if len(fields) == 1 else ""
    if operator == "geomatch":
        field = "country"
    elif operator == "any":
        field = "any"
    selectors = texts(*(one.get("selector") for one in variables), item.get("selector"))
    if field == "sent" and [one.lower() for one in selectors] == ["host"]:
        field = "host"
    return Part(
        field=field,
        how=_OPERATORS.get(operator, "other"),
        values=tuple(texts(item.get("match_values"))),
        negated=item.get("negation_condition") is True,
    )


def _is_huge(text: str) -> bool:
    peer = address_peer("0.0.0.0/0" if text == "*" else text)
    if peer is None or not (peer.is_public or peer.is_world):
        return False
    return ":" not in peer.text and peer.last - peer.first + 1 >= _HUGE


def _is_much(path: str, *, anywhere: bool = False) -> bool:
    """Whether it is the beginning of many paths: one step at most, and none of the usual probes.

    A step that anything fits, as in `^/v2/.*$`, narrows nothing. What may stand `anywhere` in a
    path everybody can put there, a probe's name as well.
    """
    plain = path.removeprefix("^").removesuffix("$").replace("[^/]", ".")
    steps = [step for step in plain.split("/") if step and not _ANYTHING.fullmatch(step)]
    return (anywhere or not _PROBES.match(plain)) and len(steps) <= 1

"""Web ACLs of AWS: rules in their order, and how wide what they match is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from iacrisk.patterns import regex
from iacrisk.plan import UNKNOWN
from iacrisk.rules.readers.shapes import blocks

Values = dict[str, Any]

_TURNS_AWAY: Final = ("block", "captcha", "challenge")
_FORGEABLE: Final = frozenset({"user-agent", "referer", "origin", "accept", "accept-language"})
_PROBES: Final = regex(
    r"^/?(\.well-known|assets|favicon|fonts|health\w*|images|img|livez|ping|public|readyz|"
    r"robots|static|status)\b",
    re.IGNORECASE,
)
_SEGMENTS: Final = 1
_ANY_PATTERN: Final = regex(r"^\^?/?(\.\*|\.\+)?\$?$")


class AclRule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule of a web ACL; `statement` as its values stand in the plan, without what is unset."""

    name: str
    priority: float
    action: str
    """`allow`, `block` for all that turns away, `count`, or "" where it is not known."""
    statement: Values


def acl_rules(values: Values) -> tuple[AclRule, ...]:
    """The rules, first ones first."""
    found = [_rule(item) for item in blocks(values.get("rule"))]
    return tuple(sorted(found, key=lambda item: item.priority))


def passes(values: Values) -> Iterator[AclRule]:
    """The rules that let nearly everybody through before a later one could turn them away."""
    rules = acl_rules(values)
    for item in rules:
        later = any(one.action == "block" and one.priority > item.priority for one in rules)
        if item.action == "allow" and later and is_wide(item.statement):
            yield item


def is_wide(statement: Values) -> bool:
    """Whether a statement matches what nearly every client sends, or can send if he wants to."""
    kinds = list(statement)
    return len(kinds) == 1 and _is_wide(kinds[0], statement[kinds[0]])


def _is_wide(kind: str, inner: Any) -> bool:
    body = inner if isinstance(inner, dict) else {}
    match kind:
        case "and_statement":
            parts = _parts(body)
            return bool(parts) and all(map(is_wide, parts))
        case "or_statement":
            return any(map(is_wide, _parts(body)))
        case "not_statement":
            parts = _parts(body)
            return bool(parts) and not is_wide(parts[0])
        case "byte_match_statement":
            return _is_wide_text(body)
        case "regex_match_statement":
            return bool(_ANY_PATTERN.match(str(body.get("regex_string"))))
        case "geo_match_statement" | "size_constraint_statement":
            return True
        case _:
            return False


def _is_wide_text(body: Values) -> bool:
    field = next(iter(_first(body.get("field_to_match"))), "")
    text, how = body.get("search_string"), body.get("positional_constraint")
    if not isinstance(text, str):
        return False
    if field == "method":
        return True
    if field == "single_header":
        header = str(_first(_first(body["field_to_match"])[field]).get("name")).lower()
        return header in _FORGEABLE
    if field != "uri_path" or how not in {"STARTS_WITH", "CONTAINS"} or _PROBES.match(text):
        return False
    return len([part for part in text.split("/") if part]) <= _SEGMENTS


def _parts(body: Values) -> list[Values]:
    return [_set_only(part) for part in blocks(body.get("statement"))]


def _first(value: Any) -> Values:
    found = blocks(value)
    return _set_only(found[0]) if found else {}


def _set_only(values: Any) -> Values:
    """The block without what is empty; a block that says something by being there alone stays."""
    return {
        key: _first(value) if key.endswith("_statement") else value
        for key, value in dict(values).items()
        if value not in (None, "", [], {}, UNKNOWN)
    }


def _rule(item: Any) -> AclRule:
    priority = item.get("priority")
    return AclRule(
        name=str(item.get("name")),
        priority=priority if isinstance(priority, int | float) else 0,
        action=_action(item),
        statement=_first(item.get("statement")),
    )


def _action(item: Any) -> str:
    for action in blocks(item.get("action")):
        if any(blocks(action.get(verb)) for verb in _TURNS_AWAY):
            return "block"
        for verb in ("allow", "count"):
            if blocks(action.get(verb)):
                return verb
    for action in blocks(item.get("override_action")):
        if blocks(action.get("none")):
            return "block"
        if blocks(action.get("count")):
            return "count"
    return ""


def sets_let_through(values: Values) -> frozenset[str]:
    """The ARNs of the sets of addresses whose clients a rule lets through without more."""
    found = [item.statement for item in acl_rules(values) if item.action == "allow"]
    return frozenset(
        str(inner.get("arn"))
        for statement in found
        for kind, inner in statement.items()
        if kind == "ip_set_reference_statement" and isinstance(inner, dict)
    )


def least_covered(values: Values) -> dict[str, Values]:
    """By rule: the statement outside of which a rule that holds off no longer looks."""
    found: dict[str, Values] = {}
    for item in acl_rules(values):
        for body in item.statement.values():
            scope = _first(body.get("scope_down_statement")) if isinstance(body, dict) else {}
            if item.action == "block":
                found[item.name] = scope
    return found

"""Proof that an address of a browser's way back only led on to another one, which stays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.patterns import regex
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.plan.values import members
from iacrisk.rules.context import Context
from iacrisk.rules.readers.programs.running import programs_naming
from iacrisk.rules.readers.shapes import texts
from iacrisk.rules.readers.siblings import stays

_URL: Final = regex(r"^https://([\w.-]+)(/.*)?$")
_RULES: Final = ("aws_alb_listener_rule", "aws_lb_listener_rule")


def only_leads_on(text: str, change: ResourceChange, context: Context) -> bool:
    """Whether its host does nothing but send browsers to a listed address, which a program names.

    A program that names the host itself would still send browsers there to come back.
    """
    found = _URL.match(text)
    if found is None or programs_naming(found[1], context):
        return False
    targets = {_target(one, found[1].lower()) for one in _asked(found[1].lower(), context)}
    if len(targets) != 1:
        return False
    target = targets.pop()
    kept = {f"https://{target}{found[2] or ''}"} if target else set()
    return bool(kept & set(_lists(change.after))) and any(
        text in str(program.after) for text in kept for program in programs_naming(target, context)
    )


def _lists(values: dict[str, Any]) -> Iterator[str]:
    for value in values.values():
        if isinstance(value, list):
            yield from texts(value)


def _asked(host: str, context: Context) -> Iterator[ResourceChange]:
    """The rules that may answer for the host: those that name it, or no host at all."""
    for one in context.changes_of(*_RULES):
        if one.kind is not ActionKind.DELETE:
            named = _hosts(one.after)
            if not named or host in named or any("*" in name or "?" in name for name in named):
                yield one


def _hosts(values: dict[str, Any]) -> set[str]:
    return {
        name.lower()
        for condition in members(values.get("condition"))
        for block in members(condition.get("host_header"))
        for name in texts(block.get("values"))
    }


def _target(one: ResourceChange, host: str) -> str:
    """The host to which the rule sends all requests for this one, with their path; or nothing."""
    conditions = list(members(one.before.get("condition")))
    actions = list(members(one.before.get("action")))
    if not stays(one) or one.kind is not ActionKind.NO_OP or len(conditions) != 1:
        return ""
    if host not in _hosts(one.before) or len(actions) != 1 or actions[0].get("type") != "redirect":
        return ""
    for block in members(actions[0].get("redirect")):
        target = str(block.get("host") or "").lower()
        if block.get("path") == "/#{path}" and target != host and "#" not in target:
            return target
    return ""

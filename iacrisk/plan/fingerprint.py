"""What a plan would do, as one short text: approvals are bound to it.

Two plans have the same strict fingerprint when they do the same to the same objects with the same
values, whichever run, tool version or key order they come from. The loose one leaves the values
out: image tags and build numbers differ in every run, what is done to whom does not.

A fingerprint is public, and secrets are short, so no secret goes into it in a form that could be
guessed and compared: a sensitive value counts as a constant, with one bit for whether the change
alters it. Whoever wants a new password to void an approval gives a key; then sensitive values go in
as HMAC-SHA-256 under that key, which nobody without it can compare.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import partial
from hashlib import sha256
from typing import Any, Final

import msgspec

from iacrisk.errors import BrokenPlan
from iacrisk.plan import wire
from iacrisk.plan.change import ResourceChange
from iacrisk.plan.plan import Plan
from iacrisk.plan.redaction import SENSITIVE, Redactor
from iacrisk.plan.values import UNKNOWN, fill_unknown, lookup

FINGERPRINT_VERSION: Final = 1
"""Goes up whenever the same plan would get another fingerprint."""

_LONGEST_INTEGER: Final = 40
_decoder: Final = msgspec.json.Decoder(float_hook=Decimal)


class Fingerprint(msgspec.Struct, frozen=True, kw_only=True):
    """Both forms, written `iacrisk-plan/VERSION:strict:sha256:HEX` and `...:loose:...`."""

    strict: str
    loose: str


def fingerprint(plan: Plan, key: bytes = b"") -> Fingerprint:
    """The fingerprint of `plan`; with `key` it also tells sensitive values apart.

    Made once for a plan: an approval, a report and the audit log all ask for it. Raises BrokenPlan
    where a value cannot be decoded.
    """
    asked = (Fingerprint, key)
    if asked not in plan.index:
        plan.index[asked] = _made(plan, key)
    made: Fingerprint = plan.index[asked]
    return made


def canonical(value: Any) -> str:
    """JSON with one spelling for each value: sorted keys, no null members, ASCII, 1.0 as 1."""
    return "".join(_spelled(value))


def _made(plan: Plan, key: bytes) -> Fingerprint:
    veil = _Veil(plan.redactor, key)
    keyed = {"key": _keyed(key, "iacrisk")} if key else {}
    return Fingerprint(
        strict=_seal("strict", {**_frame(plan, veil), **keyed, "changes": _strict(plan, veil)}),
        loose=_seal("loose", {**_loose_frame(plan), "changes": list(map(_deed, plan.pending))}),
    )


def _seal(form: str, content: Mapping[str, Any]) -> str:
    head = f"iacrisk-plan/{FINGERPRINT_VERSION}:{form}"
    digest = sha256(canonical({"form": head, **content}).encode("ascii")).hexdigest()
    return f"{head}:sha256:{digest}"


def _loose_frame(plan: Plan) -> dict[str, Any]:
    """Everything beside the resource changes, without values."""
    document = plan.document
    return {
        "errored": document.errored is True,
        "incomplete": document.complete is False,
        "deferred": sorted(
            [
                item.resource_change.address,
                str(item.resource_change.deposed or ""),
                item.reason,
                *item.resource_change.change.actions,
            ]
            for item in document.deferred_changes or ()
        ),
        "outputs": {
            name: list(change.actions)
            for name, change in (document.output_changes or {}).items()
            if change.actions != ("no-op",)
        },
        "invocations": sorted(canonical(_trigger(item)) for item in _invocations(document)),
    }


def _frame(plan: Plan, veil: _Veil) -> dict[str, Any]:
    """Everything beside the resource changes."""
    document = plan.document
    outputs = {
        name: veil.values(change)
        for name, change in (document.output_changes or {}).items()
        if change.actions != ("no-op",)
    }
    configured = (
        canonical([_trigger(item), veil.over(item.get("config_values"), _marks(item))])
        for item in _invocations(document)
    )
    return {
        **_loose_frame(plan),
        "output values": outputs,
        "configured invocations": sorted(configured),
    }


def _invocations(document: wire.Plan) -> Iterator[dict[str, Any]]:
    yield from document.action_invocations or ()
    yield from document.deferred_action_invocations or ()


def _trigger(invocation: Mapping[str, Any]) -> dict[str, Any]:
    """An invocation without the values of its configuration."""
    left_out = ("config_values", "config_sensitive", "config_unknown")
    return {name: value for name, value in invocation.items() if name not in left_out}


def _marks(invocation: Mapping[str, Any]) -> Any:
    return invocation.get("config_sensitive")


def _deed(change: ResourceChange) -> dict[str, Any]:
    """What is done to whom, without values."""
    raw = change.raw
    return {
        "address": raw.address,
        "deposed": change.deposed,
        "previous address": raw.previous_address,
        "mode": raw.mode,
        "type": raw.type,
        "provider": raw.provider_name,
        "actions": list(raw.change.actions),
        "reason": raw.action_reason,
        "replace paths": sorted(map(canonical, map(list, change.replace_paths))),
        "imports": change.imports,
        "changed": sorted(change.changed),
        "unknown": sorted(name for name, value in change.after.items() if value is UNKNOWN),
    }


def _strict(plan: Plan, veil: _Veil) -> list[dict[str, Any]]:
    return [
        {
            **_deed(change),
            **veil.values(change.raw.change),
            "importing": veil.over(change.raw.change.importing, None),
        }
        for change in plan.pending
    ]


class _Veil:
    """Values as they may go into a fingerprint."""

    def __init__(self, redactor: Redactor, key: bytes) -> None:
        self._redactor = redactor
        self._hide = partial(_keyed, key) if key else _hide

    def values(self, change: wire.Change) -> dict[str, Any]:
        """Before and after, and whether what is sensitive differs between them."""
        before = _tree(change.before)
        after = fill_unknown(_tree(change.after), _tree(change.after_unknown))
        before_marks, after_marks = _tree(change.before_sensitive), _tree(change.after_sensitive)
        altered = [
            self.over(list(path), None)
            for path in {*_marked_paths(before_marks), *_marked_paths(after_marks)}
            if canonical(lookup(before, path)) != canonical(lookup(after, path))
        ]
        return {
            "before": self.over(before, before_marks),
            "after": self.over(after, after_marks),
            "altered secrets": sorted(map(canonical, altered)),
        }

    def over(self, value: Any, marks: Any) -> Any:
        """`value` with everything hidden that is marked, or holds a copy of what is."""
        if marks is True and value is not None:
            return self._hide(value)
        if isinstance(value, dict):
            return self._members(value, marks)
        if isinstance(value, list):
            return [self.over(item, lookup(marks, (at,))) for at, item in enumerate(value)]
        if value is None or value is UNKNOWN or isinstance(value, bool):
            return value
        if isinstance(value, str):
            masked = self._redactor.text(value)
            return masked if masked == value else self._hide(value, masked)
        return self._hide(value) if self._redactor.text(str(value)) == SENSITIVE else value

    def _members(self, value: dict[str, Any], marks: Any) -> dict[str, Any]:
        """Names that look the same once they are masked stay apart by their place."""
        members: dict[str, Any] = {}
        for name in sorted(value):
            shown = str(self._redactor.text(name))
            while shown in members:
                shown += "\0"
            members[shown] = self.over(value[name], lookup(marks, (name,)))
        return members


def _hide(_value: Any, masked: str = SENSITIVE) -> dict[str, str]:
    """The constant that stands for every sensitive value; unlike any value of a plan."""
    return {"\0hidden": masked}


def _keyed(key: bytes, value: Any, _masked: str = SENSITIVE) -> dict[str, str]:
    digest = hmac.new(key, canonical(value).encode("ascii"), sha256).hexdigest()
    return {"\0keyed": digest}


def _marked_paths(marks: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if marks is True:
        yield path
    elif isinstance(marks, dict | list):
        steps = marks.items() if isinstance(marks, dict) else enumerate(marks)
        for step, mark in steps:
            yield from _marked_paths(mark, (*path, step))


def _tree(raw: msgspec.Raw) -> Any:
    try:
        return _decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BrokenPlan(
            "The attribute values of a resource cannot be decoded.",
            "Use the untouched output of `terraform show -json`.",
        ) from None


def _spelled(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield "{"
        for at, name in enumerate(sorted(name for name, item in value.items() if item is not None)):
            yield f"{',' if at else ''}{json.dumps(name)}:"
            yield from _spelled(value[name])
        yield "}"
    elif isinstance(value, list | tuple):
        yield "["
        for at, item in enumerate(value):
            yield "," if at else ""
            yield from _spelled(item)
        yield "]"
    elif value is UNKNOWN:
        yield '{"\\u0000unknown":true}'
    elif value is None or isinstance(value, bool | str):
        yield json.dumps(value)
    else:
        yield _number(value)


def _number(value: int | float | Decimal) -> str:
    """One spelling for each number, exactly: 1, 1.0 and 10e-1 are the same."""
    number = Decimal(str(value))
    if not number.is_finite():
        return json.dumps(str(value))
    sign, digits, exponent = number.as_tuple()
    text = "".join(map(str, digits)).lstrip("0")
    kept = text.rstrip("0")
    power = int(exponent) + len(text) - len(kept)
    if not kept:
        return "0"
    whole = kept + "0" * power if 0 <= power <= _LONGEST_INTEGER else f"{kept}E{power}"
    return f"{'-' if sign else ''}{whole}"

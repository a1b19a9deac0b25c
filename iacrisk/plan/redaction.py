"""Masking by construction.

A report accepts `Shown` text for anything that came out of the plan, and only a `Redactor`
makes it. The redactor knows every value that is marked sensitive anywhere in the plan, so it
also catches the unmarked copies that Terraform leaves under other paths: whole values, and
inside longer text.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any, NewType
from urllib.parse import quote

import msgspec

from iacrisk.errors import BrokenPlan
from iacrisk.patterns import regex
from iacrisk.plan import wire
from iacrisk.plan.address import format_key
from iacrisk.plan.values import UNKNOWN, Path, any_mark, format_path, lookup

Shown = NewType("Shown", str)

SENSITIVE = Shown("(sensitive value)")
_SHORTEST_INSIDE_TEXT = 4
_LONGEST_SHOWN = 240
_TEXTS_KEPT = 4096
QUOTED_KEY = regex(r"\[\"((?:[^\"\\]|\\.)*)\"\]", re.DOTALL)
_attributes = msgspec.json.Decoder(dict[str, msgspec.Raw] | None)
_JSONENCODE = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}
"""What Terraform's jsonencode escapes beside what every JSON writer does."""
_COMMON = frozenset({"", "true", "false", "null", "none", "[]", "{}"})


class Redactor:
    """Turns plan values and plan text into `Shown` text."""

    def __init__(self, secrets: frozenset[str]) -> None:
        """`secrets` are the leaf values, as text, that must not leave the process."""
        self._secrets = secrets
        self._keys = frozenset(map(format_key, secrets))
        self._mask = lru_cache(maxsize=_TEXTS_KEPT)(Needles(secrets).mask)

    def text(self, text: str) -> Shown:
        """Text from the plan (a name, a message) with every secret inside it masked."""
        if text in self._secrets:
            return SENSITIVE
        return Shown(self._mask(text))

    def address(self, address: str) -> Shown:
        """An address; only its instance keys can carry a value, the rest is configuration."""
        if '["' not in address:
            return Shown(address)
        return Shown(QUOTED_KEY.sub(self._key, address))

    def _key(self, key: re.Match[str]) -> str:
        shown = SENSITIVE if key.group() in self._keys else self.text(key.group(1))
        return f'["{shown}"]'

    def path(self, path: Path) -> Shown:
        """An attribute path; map keys may carry a secret."""
        return self.text(format_path(path))

    def value(self, value: Any, *, sensitive: bool = False) -> Shown:
        """A value on one line, shortened; `sensitive` where the plan marks it."""
        if value is UNKNOWN:
            return Shown(UNKNOWN.value)
        if sensitive and value is not None:
            return SENSITIVE
        shown = self.text(json.dumps(self._masked(value), ensure_ascii=False))
        return shown if len(shown) <= _LONGEST_SHOWN else Shown(shown[: _LONGEST_SHOWN - 1] + "…")

    def lines(self, value: Any, *, sensitive: bool = False) -> tuple[Shown, ...]:
        """A value on as many lines as it takes: JSON indented, also that inside a text."""
        if value is UNKNOWN or (sensitive and value is not None):
            return (self.value(value, sensitive=sensitive),)
        if isinstance(value, str):
            masked = self.text(value)
            document = _document_in(value) if masked == value else None
            if document is None and "\n" in masked:
                return tuple(map(Shown, masked.splitlines()))
            value = value if document is None else document
        text = self.text(json.dumps(self._masked(value), indent=2, ensure_ascii=False))
        return tuple(map(Shown, text.split("\n")))

    def _masked(self, value: Any) -> Any:
        if value is UNKNOWN:
            return UNKNOWN.value
        if isinstance(value, dict):
            return {self.text(str(name)): self._masked(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self._masked(item) for item in value]
        if isinstance(value, str):
            return self.text(value)
        return SENSITIVE if as_text(value) in self._secrets else value


class Needles:
    """Secrets to be found inside text, by their first characters: linear in that text."""

    def __init__(
        self, secrets: Iterable[str], stand_in: Callable[[str], str] | None = None
    ) -> None:
        """`stand_in` gives what is put in a secret's place; SENSITIVE without it."""
        self._stand_in = stand_in or (lambda _: SENSITIVE)
        self._secret_of = {
            form: secret
            for secret in sorted(secrets, reverse=True)
            if len(secret) >= _SHORTEST_INSIDE_TEXT
            for form in _written_forms(secret)
        }
        self._by_head: dict[str, list[str]] = {}
        for form in sorted(self._secret_of, key=lambda text: (-len(text), text)):
            self._by_head.setdefault(form[:_SHORTEST_INSIDE_TEXT], []).append(form)

    def mask(self, text: str) -> str:
        """`text` with every secret in it replaced, the longest first."""
        kept: list[str] = []
        start = 0
        for position in self._heads_in(text):
            found = self._at(text, position) if position >= start else ""
            if found:
                kept += (text[start:position], self._stand_in(self._secret_of[found]))
                start = position + len(found)
        return "".join(kept) + text[start:] if kept else text

    def _heads_in(self, text: str) -> list[int]:
        """Where a secret may begin."""
        heads, length = self._by_head, _SHORTEST_INSIDE_TEXT
        positions = range(len(text) - length + 1) if heads else ()
        return [at for at in positions if text[at : at + length] in heads]

    def _at(self, text: str, position: int) -> str:
        forms = self._by_head[text[position : position + _SHORTEST_INSIDE_TEXT]]
        return next((form for form in forms if text.startswith(form, position)), "")


def _document_in(text: str) -> Any:
    """The object or list that a text writes as JSON; None where it writes none, or hides a key."""
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        return json.loads(text, object_pairs_hook=_each_key_once)
    except (ValueError, RecursionError):
        return None


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


def find_secrets(document: wire.Plan) -> frozenset[str]:
    """Every leaf that the plan marks as sensitive, as text, save the likes of "" and true.

    Raises BrokenPlan where a value cannot be decoded.
    """
    try:
        texts = frozenset(map(as_text, _marked_values(document)))
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise BrokenPlan(
            "A sensitive value cannot be decoded, so it could not be masked.",
            "Use the untouched output of `terraform show -json`.",
        ) from None
    return texts - _COMMON


def _marked_values(document: wire.Plan) -> Iterator[Any]:
    changes = [change.change for change in document.resource_changes or ()]
    changes += [change.change for change in document.resource_drift or ()]
    changes += [change.resource_change.change for change in document.deferred_changes or ()]
    changes += (document.output_changes or {}).values()
    for change in changes:
        yield from _marked_leaves(change.before, change.before_sensitive)
        yield from _marked_leaves(change.after, change.after_sensitive)
    prior = document.prior_state.values if document.prior_state else None
    listed = frozenset(change.address for change in document.resource_changes or ())
    for values in (prior, document.planned_values):
        if values is not None:
            yield from _values_secrets(values, listed)
    yield from _variable_secrets(document)
    for invocation in document.action_invocations or ():
        yield from _leaves(invocation.get("config_values"), invocation.get("config_sensitive"))


def _values_secrets(values: wire.Values, listed: frozenset[str]) -> Iterator[Any]:
    """Those of a values tree; what stands in a listed change as well was looked at there."""
    for raw in (values.outputs or {}).values():
        output = msgspec.json.decode(raw)
        if isinstance(output, dict) and output.get("sensitive"):
            yield from _leaves(output.get("value"), True)
    modules = [values.root_module] if values.root_module else []
    while modules:
        module = modules.pop()
        modules += module.child_modules or ()
        for resource in module.resources or ():
            if resource.address not in listed:
                yield from _marked_leaves(resource.values, resource.sensitive_values)


def _variable_secrets(document: wire.Plan) -> Iterator[Any]:
    if document.configuration is None:
        return
    root = document.configuration.root_module
    values = document.variables or {}
    for name, variable in (root.variables or {}).items():
        if variable.sensitive and name in values:
            yield from _leaves(values[name].value, True)
    modules = [root]
    while modules:
        module = modules.pop()
        modules += [call.module for call in (module.module_calls or {}).values()]
        for variable in (module.variables or {}).values():
            if variable.sensitive:
                yield from _leaves(msgspec.json.decode(variable.default), True)


def _marked_leaves(value: msgspec.Raw, marks: msgspec.Raw) -> Iterator[Any]:
    """The marked leaves; of an object only the marked attributes are decoded."""
    if b"true" not in bytes(marks):
        return
    mirror = msgspec.json.decode(marks)
    if not isinstance(mirror, dict):
        yield from _leaves(msgspec.json.decode(value), mirror)
        return
    attributes = _attributes.decode(value) or {}
    for name, mark in mirror.items():
        if name in attributes and any_mark(mark):
            yield from _leaves(msgspec.json.decode(attributes[name]), mark)


def _leaves(value: Any, marks: Any) -> Iterator[Any]:
    """The leaves of `value` that the mirror tree covers."""
    if not marks or value is None:
        return
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _leaves(item, marks if marks is True else lookup(marks, (name,)))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _leaves(item, marks if marks is True else lookup(marks, (index,)))
    elif marks is True:
        yield value


def as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _written_forms(secret: str) -> Iterator[str]:
    """The secret as it may stand inside other text: plain, JSON-escaped, URL-quoted, base64."""
    yield secret
    if len(secret.strip()) >= _SHORTEST_INSIDE_TEXT:
        yield secret.strip()
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1].translate(_JSONENCODE)
    yield format_key(secret)[2:-2]
    yield quote(secret, safe="")
    yield base64.b64encode(secret.encode("utf-8", "surrogatepass")).decode("ascii")
    for line in secret.splitlines():
        if len(line.strip()) >= 2 * _SHORTEST_INSIDE_TEXT:
            yield line.strip()

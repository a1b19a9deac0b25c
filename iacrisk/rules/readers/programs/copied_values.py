"""Values of a secret that programs hold as a copy, made when Terraform applied them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from iacrisk.patterns import regex
from iacrisk.plan import ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.programs.running import programs
from iacrisk.rules.readers.shapes import json_in, texts
from iacrisk.rules.readers.siblings import stays

_VERSION: Final = "aws_secretsmanager_secret_version"
_TELLING: Final = ("key", "pass", "pwd", "secret", "token")
_SHORTEST: Final = 8
"""A shorter text stands in other values by chance."""


def holders_of_copies(secret: ResourceChange, context: Context) -> list[ResourceChange]:
    """The programs that stay and hold a value of the secret, or take one over by reference."""
    values = [_quoted(text) for text in _credentials_of(secret, context)]
    read = {use.node.label for use in context.consumers(secret) if use.node.type == _VERSION}
    return [
        one
        for one in programs(context)
        if stays(one) and (_holds(one, values) or _takes_over(one, read, context))
    ]


def _credentials_of(secret: ResourceChange, context: Context) -> Iterator[str]:
    names = set(texts(secret.before.get("id"), secret.before.get("arn")))
    for one in context.changes_of(_VERSION):
        if stays(one) and one.before.get("secret_id") in names:
            yield from _credentials(one.before.get("secret_string"))


def _credentials(value: Any) -> Iterator[str]:
    """What of the value one signs in with: the whole text, or the telling fields of an object."""
    if not isinstance(value, str):
        return
    fields = json_in(value)
    if not isinstance(fields, dict):
        fields = {_TELLING[0]: value}
    for name, text in fields.items():
        is_telling = any(word in name.lower() for word in _TELLING)
        if is_telling and isinstance(text, str) and len(text) >= _SHORTEST:
            yield text


def _quoted(text: str) -> bytes:
    """As it stands within a value in JSON."""
    return msgspec.json.encode(text)[1:-1]


def _holds(one: ResourceChange, values: list[bytes]) -> bool:
    raw = bytes(one.raw.change.after) if values else b""
    return any(value in raw or _quoted(value.decode()) in raw for value in values)


def _takes_over(one: ResourceChange, read: set[str], context: Context) -> bool:
    """Whether its variables are made of the value that one of the labels stands for."""
    return any(
        use.node.label in read and use.reference.attribute.startswith("secret_")
        for use in (context.graph.dependencies(one.label) if read else ())
        if use.reference.attribute not in {"secret_id", "secret_arn"}
    )


# Logins whose password another system sets from now on

_TELLS: Final = r"[\w.-]*(?:pass|pwd)(?![\w.-]*(?:arn|file|path|ref|secret|vault))[\w.-]*"
_PLAIN: Final = regex(
    rf'"name":\s*"{_TELLS}",\s*"value":\s*"[^"]+"|"{_TELLS}":\s*"[^"]+"', re.IGNORECASE
)


def holders_of_login(user: Any, context: Context) -> list[ResourceChange]:
    """The programs that stay and are given the user's name, with a password in plain beside it."""
    if not isinstance(user, str) or len(user) < _SHORTEST_USER:
        return []
    named = re.compile(rf'"{re.escape(user)}"')
    address = re.compile(rf"://{re.escape(user)}:[^@$\s\"{{]+@")
    return [
        one
        for one in programs(context)
        if stays(one)
        and user.encode() in bytes(one.raw.change.after)
        and (text := bytes(one.raw.change.after).decode("utf-8", "replace").replace("\\", ""))
        and (address.search(text) or (named.search(text) and _PLAIN.search(text)))
    ]


_SHORTEST_USER: Final = 4

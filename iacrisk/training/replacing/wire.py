"""The few messages of the plugin protocol that planning needs, as bytes.

The field numbers are those of Terraform's published protocol, version 5.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from iacrisk.training.protobuf import fields, number_part, part

UNKNOWN: Final = msgspec.msgpack.Ext(0, b"\0")
"""A value that is known after apply."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What came back of a plan: the state it leads to, and why it would replace."""

    planned: Any = None
    replaces: tuple[str, ...] = ()
    """Paths without keys of elements, `root_block_device.encrypted`."""
    errors: tuple[str, ...] = ()


def configure_request(config: Any) -> bytes:
    """A Configure.Request."""
    return part(1, b"1.11.0") + part(2, _dynamic(config))


def plan_request(type_name: str, prior: Any, proposed: Any, config: Any) -> bytes:
    """A PlanResourceChange.Request."""
    states = (_dynamic(state) for state in (prior, proposed, config))
    return part(1, type_name.encode()) + b"".join(
        part(number, state) for number, state in enumerate(states, start=2)
    )


def plan_answer(message: bytes) -> Answer:
    """A PlanResourceChange.Response."""
    planned: Any = None
    replaces: list[str] = []
    for number, content in fields(message):
        if number == 1 and isinstance(content, bytes):
            planned = _static(content)
        elif number == 2 and isinstance(content, bytes):
            replaces.append(_path(content))
    return Answer(planned=planned, replaces=tuple(replaces), errors=errors_in(message, 4))


def error_answer(summary: str) -> bytes:
    """A PlanResourceChange.Response that holds nothing but an error."""
    return part(4, number_part(1, 1) + part(2, summary.encode()))


def errors_in(message: bytes, number: int) -> tuple[str, ...]:
    """The errors among a response's diagnostics, which stand in the field `number`."""
    found = []
    for field, content in fields(message):
        if field == number and isinstance(content, bytes):
            diagnostic = dict(fields(content))
            if diagnostic.get(1) == 1:
                texts = (diagnostic.get(2, b""), diagnostic.get(3, b""))
                found.append(": ".join(t.decode() for t in texts if isinstance(t, bytes) and t))
    return tuple(found)


def _path(message: bytes) -> str:
    return ".".join(
        name.decode()
        for _, step in fields(message)
        if isinstance(step, bytes)
        for number, name in fields(step)
        if number == 1 and isinstance(name, bytes)
    )


def _dynamic(value: Any) -> bytes:
    return part(1, msgspec.msgpack.encode(value))


def _static(message: bytes) -> Any:
    for number, content in fields(message):
        if number == 1 and isinstance(content, bytes):
            try:
                return msgspec.msgpack.decode(content)
            except UnicodeDecodeError:  # a text that is no text, of a type that nobody gave one
                return None
    return None

"""Values: time-outs, environment variables, paths, images and all the other everyday settings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from iacrisk.training.operators.literals import change, settings
from iacrisk.training.operators.numbers import doubled, halved
from iacrisk.training.operators.stack import Operator, Site, Splice, Stack, drop_item, replace
from iacrisk.training.operators.syntax import Expression

_FAMILY = "values"
_NUMBER = ("number",)
_TIMEOUTS = frozenset(
    {
        "timeout",
        "idle_timeout",
        "visibility_timeout_seconds",
        "deregistration_delay",
        "interval",
        "cooldown",
        "default_cooldown",
        "health_check_grace_period",
        "health_check_grace_period_seconds",
        "buffering_interval",
        "max_age",
        "max_session_duration",
        "timeout_milliseconds",
    }
)
_LIMITS = {
    "timeout": 900,
    "idle_timeout": 4000,
    "visibility_timeout_seconds": 43200,
    "interval": 300,
    "max_session_duration": 43200,
    "buffering_interval": 900,
    "timeout_milliseconds": 30000,
}
_SMALL = frozenset(
    {
        "ttl",
        "batch_size",
        "delay_seconds",
        "buffering_size",
        "healthy_threshold",
        "unhealthy_threshold",
        "maximum_batching_window_in_seconds",
        "max_receive_count",
        "maxReceiveCount",
        "minimum_password_length",
    }
)
_THRESHOLDS = frozenset({"healthy_threshold", "unhealthy_threshold", "minimum_password_length"})
"""AWS wants at least two, or six."""
_PATHS = frozenset({"health_path", "path", "health_check_path"})
_ENVIRONMENT = frozenset({"environment", "variables"})
_RELEASES = frozenset({"release", "image_tag", "version_tag", "tag"})


def _timeouts(stack: Stack, *, up: bool) -> Iterator[Site]:
    for setting in settings(stack):
        if setting.name not in _TIMEOUTS or setting.value.kind != "number":
            continue
        number = int(setting.value.text)
        new = min(_LIMITS.get(setting.name, 2**31), number * 2) if up else number // 2
        if new not in {0, number} and (up or setting.name != "max_session_duration"):
            yield Site(
                where=setting.where,
                parameter=f"{number} to {new}",
                splices=(replace(setting.value, str(new)),),
            )


def _longer(stack: Stack) -> Iterator[Site]:
    yield from _timeouts(stack, up=True)


def _shorter(stack: Stack) -> Iterator[Site]:
    yield from _timeouts(stack, up=False)


def _variables(stack: Stack) -> Iterator[tuple[str, Expression]]:
    """Maps of environment variables, of functions and of containers."""
    for setting in settings(stack):
        value = setting.value
        if setting.name in _ENVIRONMENT and value.kind == "object" and value.entries:
            yield setting.where, value


def _add_variable(stack: Stack) -> Iterator[Site]:
    for where, value in _variables(stack):
        last = value.entries[-1]
        text = stack.texts[last.path]
        line = text[text.rfind("\n", 0, last.start) + 1 : last.start]
        joint = f"\n{line}" if not line.strip() else ", "
        splice = Splice(
            path=last.path, start=last.end, end=last.end, text=f'{joint}FEATURE_PREVIEW = "off"'
        )
        yield Site(where=where, parameter="FEATURE_PREVIEW", splices=(splice,))


def _drop_variable(stack: Stack) -> Iterator[Site]:
    for where, value in _variables(stack):
        if len(value.entries) > 1:
            for index, entry in enumerate(value.entries):
                splice = drop_item(value.entries, index)
                yield Site(where=f"{where}.{entry.name}", parameter="", splices=(splice,))


def _rename_variable(stack: Stack) -> Iterator[Site]:
    for where, value in _variables(stack):
        for entry in value.entries:
            splice = Splice(
                path=entry.path,
                start=entry.start,
                end=entry.key_end,
                text=f"{entry.name.strip(chr(34))}_V2",
            )
            yield Site(where=f"{where}.{entry.name}", parameter="", splices=(splice,))


def _change_variable(stack: Stack) -> Iterator[Site]:
    """Another value: of a plain setting, or a guessed name where a reference was."""
    for where, value in _variables(stack):
        for entry in value.entries:
            if entry.value.kind in {"text", "template"}:
                new = f'"{entry.value.literal}-v2"'
            elif entry.value.kind == "reference":
                new = f'"{entry.name.lower().replace("_", "-")}-prod"'
            else:
                continue
            yield Site(
                where=f"{where}.{entry.name}",
                parameter=new,
                splices=(replace(entry.value, new),),
            )


def _deeper(value: Expression) -> Iterator[str]:
    if value.literal.startswith("/"):
        yield f'"{value.literal}/live"'


def _next_release(value: Expression) -> Iterator[str]:
    found = re.fullmatch(r"(.*?)(\d+)", value.literal)
    if found:
        yield f'"{found[1]}{int(found[2]) + 1}"'


def _script(value: Expression) -> Iterator[str]:
    """Another start script."""
    text = value.text
    if '"#!/bin/sh' in text:
        yield text.replace("#!/bin/sh", "#!/bin/sh\\nset -eu", 1)


_STATUS = frozenset({"matcher", "code", "status_code"})


def _codes(value: Expression) -> Iterator[str]:
    if value.literal == "200":
        yield '"200-399"'


OPERATORS: tuple[Operator, ...] = (
    Operator(name="longer-time", family=_FAMILY, find=_longer, calm=True, share=2),
    Operator(name="shorter-time", family=_FAMILY, find=_shorter, calm=True),
    change("raise-number", _FAMILY, _SMALL, _NUMBER, doubled(900), calm=True),
    change("lower-number", _FAMILY, _SMALL - _THRESHOLDS, _NUMBER, halved(1), calm=True),
    Operator(name="add-variable", family=_FAMILY, find=_add_variable, calm=True, share=2),
    Operator(name="drop-variable", family=_FAMILY, find=_drop_variable),
    Operator(name="rename-variable", family=_FAMILY, find=_rename_variable),
    Operator(name="change-variable", family=_FAMILY, find=_change_variable),
    change("health-path", _FAMILY, _PATHS, ("text",), _deeper, calm=True),
    change("next-release", _FAMILY, _RELEASES, ("text",), _next_release, calm=True, share=2),
    change("start-script", _FAMILY, {"user_data"}, ("call",), _script, calm=True),
    change("status-codes", _FAMILY, _STATUS, ("text",), _codes, calm=True),
)

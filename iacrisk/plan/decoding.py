"""From bytes to a plan, or to the reason why they are none."""

from __future__ import annotations

import shlex
from typing import Any

import msgspec

from iacrisk.errors import BrokenPlan, InputError, NotAPlan, UnsupportedFormat
from iacrisk.plan import wire
from iacrisk.plan.plan import Plan

_PLAN_KEYS = frozenset({"resource_changes", "planned_values", "configuration", "prior_state"})
_STREAM_KEYS = frozenset({"@level", "@message", "@module", "@timestamp"})
_SHOW = "terraform show -json PLANFILE > plan.json"
_NESTED_DEPTH = 4

_decoder = msgspec.json.Decoder(wire.Plan)
_values = msgspec.json.Decoder(dict[str, msgspec.Raw])


def decode_plan(data: bytes) -> Plan:
    """The plan in `data`, UTF-8 JSON as `terraform show -json` prints it.

    Raises InputError: NotAPlan, BrokenPlan or UnsupportedFormat.
    """
    try:
        document = _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _explain(data, error) from None
    if not document.format_version:
        raise _explain_missing_version(data)
    if _major(document.format_version) not in (None, 0, 1):
        raise UnsupportedFormat(
            f"Plan format {document.format_version[:16]!r} is newer than this release knows.",
            "Update iacrisk; formats 0.1 to 1.x are read today.",
        )
    if not _has_plan_keys(document):
        raise _explain_missing_keys(data)
    return Plan(document)


def _has_plan_keys(document: wire.Plan) -> bool:
    return any(getattr(document, key) is not None for key in _PLAN_KEYS)


def _major(version: str) -> int | None:
    major = version.partition(".")[0]
    return int(major) if major.isascii() and major.isdigit() else None


def _explain(data: bytes, error: Exception) -> InputError:
    text = data.lstrip()
    if not text:
        return NotAPlan("The input is empty.", f"Make the plan's JSON with: {_SHOW}")
    if not _is_utf8(text):
        return _not_utf8()
    if text[:1] == b"<":
        return NotAPlan(
            "This is an HTML or XML page, not plan JSON.",
            "Look at how it was downloaded: an error or sign-in page often comes instead.",
        )
    if _is_log_stream(text):
        return NotAPlan(
            "This is the log stream of `terraform plan -json`, not the plan.",
            f"Save the plan with `terraform plan -out PLANFILE`, then run: {_SHOW}",
        )
    syntax = _syntax_error(text)
    if syntax is None and text[:1] != b"{":
        return NotAPlan("This is JSON, but no plan: it is not an object.", f"Run: {_SHOW}")
    if syntax is None:
        return BrokenPlan(f"The plan does not have the expected shape: {error}.", f"Run: {_SHOW}")
    if "truncated" in syntax:
        return BrokenPlan("The JSON ends too early: the file is truncated.", f"Run: {_SHOW}")
    if text[:1] not in b"{[" or (text[:1] == b"[" and text[1:2].isalpha()):
        return BrokenPlan(
            "This is not JSON, or there is other text before it.",
            f"Keep only the output of: {_SHOW}",
        )
    if "trailing characters" in syntax:
        return BrokenPlan(f"There is other text after the plan: {syntax}.", f"Keep only: {_SHOW}")
    return BrokenPlan(f"The JSON does not parse: {syntax}.", f"Run again: {_SHOW}")


def _syntax_error(text: bytes) -> str | None:
    try:
        msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return str(error)
    except RecursionError:
        return "the JSON is nested too deeply"
    return None


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_log_stream(text: bytes) -> bool:
    try:
        first = _values.decode(text.partition(b"\n")[0])
    except (msgspec.DecodeError, RecursionError):
        return False
    return not _STREAM_KEYS.isdisjoint(first)


def _explain_missing_version(data: bytes) -> InputError:
    if _is_utf8(data) and not _PLAN_KEYS.isdisjoint(_values.decode(data)):
        return BrokenPlan(
            "The plan has no format_version: it was pruned, redacted or made by hand.",
            f"Judge the untouched output of: {_SHOW}",
        )
    return _explain_missing_keys(data)


def _state() -> InputError:
    return NotAPlan("This is a state, not a plan.", f"Save a plan and run: {_SHOW}")


def _not_utf8() -> InputError:
    return BrokenPlan("This is not UTF-8 text.", f"Save the untouched output of: {_SHOW}")


def _explain_missing_keys(data: bytes) -> InputError:
    """Why an object without any key of a plan is none; a state and other output look alike."""
    if not _is_utf8(data):
        return _not_utf8()
    keys = _values.decode(data)
    if _is_log_stream(data.lstrip()):
        return _explain(data, ValueError())
    if "errors" in keys:
        return NotAPlan("This is an API error body, not plan JSON.", "Fetch the plan again.")
    if "values" in keys or ("lineage" in keys and "serial" in keys):
        return _state()
    nested = _nested_plan(msgspec.json.decode(data))
    if nested:
        return NotAPlan(
            f"The plan is nested at {nested}.",
            f"Take it out first: jq {shlex.quote(nested.removeprefix('$'))} FILE | iacrisk score -",
        )
    return NotAPlan("This JSON is not a Terraform plan.", f"Make the plan's JSON with: {_SHOW}")


def _nested_plan(value: Any, path: str = "$", depth: int = 0) -> str:
    if not isinstance(value, dict) or depth > _NESTED_DEPTH:
        return ""
    if depth and not _PLAN_KEYS.isdisjoint(value):
        return path
    for name, item in value.items():
        step = f".{name}" if name.isidentifier() else f"[{msgspec.json.encode(name).decode()}]"
        found = _nested_plan(item, path + step, depth + 1)
        if found:
            return found
    return ""

"""C32: what only looked comes to act."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from iacrisk.patterns import regex
from iacrisk.plan import UNKNOWN, ActionKind, Path, ResourceChange, lookup, parse_path
from iacrisk.rules.context import Context
from iacrisk.rules.readers.messages.feeding import fed_by
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, rule

_PLACES: Final[dict[str, tuple[str, ...]]] = {
    "aws_cloudwatch_event_target": ("input", "input_transformer.0.input_template"),
    "aws_ecs_task_definition": ("container_definitions",),
    "aws_glue_job": ("default_arguments",),
    "aws_lambda_function": ("environment.0.variables",),
    "aws_scheduler_schedule": ("target.0.input",),
    "google_cloud_run_v2_job": ("template",),
    "google_cloud_scheduler_job": ("http_target.0.body", "pubsub_target.0.data"),
    "google_cloudfunctions2_function": ("service_config.0.environment_variables",),
    "google_cloudfunctions_function": ("environment_variables",),
    "azurerm_linux_function_app": ("app_settings",),
    "azurerm_windows_function_app": ("app_settings",),
    "kubernetes_cron_job_v1": ("spec",),
    "kubernetes_deployment": ("spec",),
    "kubernetes_deployment_v1": ("spec",),
}
"""Where a type holds what a program is told."""

_DRY: Final = regex(
    r"^-*(is|enable)?_?(dry_?run|no_?op|simulat(e|ion)|preview_?only|read_?only)$", re.IGNORECASE
)
_ON: Final = frozenset({"1", "true", "yes", "on"})
_OFF: Final = frozenset({"0", "false", "no", "off", ""})


@rule(
    id="C32",
    name="no-longer-dry",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.DATA,
    kinds={ActionKind.UPDATE, ActionKind.REPLACE},
    types=_PLACES,
    since="0.2",
)
def no_longer_dry(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A job or program that only looked comes to act.

    What it flags
        A setting such as `dryRun`, `DRY_RUN` or `noop`, in the input or the environment of a job
        or function, that goes from on to off, or is taken out.

    Why it matters
        It deletes, sends or writes from its next run on, for the first time with everything it
        finds.

    When it is fine
        Somebody has read what its dry runs said, of today.

    What to do instead
        Let it act on a part first.

    References
        https://en.wikipedia.org/wiki/Dry_run_(testing)
    """
    for text in _PLACES[change.type]:
        path = parse_path(text)
        if path[0] not in change.changed:
            continue
        before, after = lookup(change.before, path), change.planned(path)
        if after is UNKNOWN:
            continue
        known = dict(_switches(_decoded(after)))
        for name, value in _switches(_decoded(before)):
            if value in _ON and known.get(name, "") in _OFF and after:
                yield Flag(
                    what=f"It no longer runs dry: {name} is off.",
                    paths=(path,),
                    hurts=tuple(one.label for one in fed_by(change, context)),
                )
                return


def _decoded(value: Any) -> Any:
    try:
        return msgspec.json.decode(value) if isinstance(value, str) else value
    except (msgspec.DecodeError, RecursionError):
        return None


def _switches(tree: Any, at: Path = ()) -> Iterator[tuple[str, str]]:
    """Names of switches that make something run dry, with their values as text."""
    if isinstance(tree, dict):
        name, value = tree.get("name"), tree.get("value")
        if isinstance(name, str) and _DRY.match(name):
            yield name, str(value).lower()
        for key, item in tree.items():
            if isinstance(item, dict | list):
                yield from _switches(item, (*at, str(key)))
            elif _DRY.match(str(key)):
                yield str(key), str(item).lower()
    elif isinstance(tree, list):
        for number, item in enumerate(tree):
            yield from _switches(item, (*at, number))

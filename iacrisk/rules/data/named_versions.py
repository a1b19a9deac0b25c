"""D31: a version of a secret goes that programs name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.plan import UNKNOWN, ActionKind, Path, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.access.secret_versions import readers_of_label, readers_of_number
from iacrisk.rules.readers.settings.left_alone import why_left_alone
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

_AWS: Final = "aws_secretsmanager_secret_version"
_NUMBERED: Final = frozenset(
    {"google_secret_manager_regional_secret_version", "google_secret_manager_secret_version"}
)
_KEPT: Final = "AWSCURRENT"
"""The label that AWS leaves on a version, whatever is asked for."""


@rule(
    id="D31",
    name="named-version-gone",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.UPDATE, ActionKind.DELETE, ActionKind.REPLACE},
    types=_NUMBERED | {_AWS},
)
def named_version_gone(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A version of a secret is disabled or destroyed that programs of the plan name.

    What it flags
        A version of a secret in Google's Secret Manager, or of AWS's, that goes, is disabled or
        loses a label, while a program still asks for that number, id or label after the plan.

    Why it matters
        What runs goes on; the next instance that starts cannot read the secret and does not come
        up. That is often at night, with the next peak or the next deployment.

    When it is fine
        All that read the secret ask for the latest version, or for another one.

    What to do instead
        Move the programs to the new version, wait until all have restarted, then disable the old.

    References
        https://cloud.google.com/secret-manager/docs/disable-secret-version
        https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
    """
    if change.type == _AWS:
        yield from _label_gone(change, context)
        return
    paths: tuple[Path, ...]
    if change.kind is ActionKind.UPDATE:
        if change.before.get("enabled") is False or "enabled" not in change.changed:
            return
        if change.after.get("enabled") is UNKNOWN:
            why = "Whether the version stays enabled is not known."
            yield Undecided(why=why, paths=(("enabled",),))
            return
        verb, paths = "is disabled", (("enabled",),)
    elif change.before.get("enabled") is False or why_left_alone(change):
        return
    else:
        verb, paths = "is destroyed", change.replace_paths
    secret, version = change.before.get("secret"), change.before.get("version")
    if isinstance(secret, str) and version not in (None, ""):
        yield from _flag(readers_of_number(secret, str(version), context), verb, paths)


def _label_gone(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    secret, before = change.before.get("secret_id"), _labels(change.before)
    if not isinstance(secret, str) or not secret:
        return
    if change.kind is ActionKind.UPDATE:
        if change.after.get("version_stages") is UNKNOWN:
            return
        lost, version_id, verb = before - _labels(change.after), "", "loses the label"
    else:
        lost, version_id, verb = before, str(change.before.get("version_id") or ""), "goes"
    moved = {
        label
        for one in context.changes_of(_AWS)
        if one is not change and one.kind is not ActionKind.DELETE
        if one.after.get("secret_id") == secret
        for label in _labels(one.after)
    }
    readers = readers_of_label(secret, lost - moved - {_KEPT}, version_id, context)
    paths: tuple[Path, ...] = (("version_stages",),) if change.kind is ActionKind.UPDATE else ()
    yield from _flag(readers, verb, paths)


def _labels(values: dict[str, Any]) -> frozenset[str]:
    listed = values.get("version_stages")
    return frozenset(map(str, listed)) if isinstance(listed, list) else frozenset()


def _flag(readers: list[ResourceChange], verb: str, paths: tuple[Path, ...]) -> Iterator[Outcome]:
    if readers:
        count = "One program asks" if len(readers) == 1 else f"{len(readers)} programs ask"
        yield Flag(
            what=f"The version {verb}. {count} for this very one and cannot start without it.",
            paths=paths,
            hurts=tuple(one.label for one in readers),
        )

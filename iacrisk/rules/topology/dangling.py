"""G05: those who stay refer to what goes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from iacrisk.catalog import ResourceClass, ResourceType, attachment, resource_type
from iacrisk.graph import NodeKind, Origin, Use
from iacrisk.plan import ActionKind, ResourceChange, unset
from iacrisk.rules.context import Context
from iacrisk.rules.readers.settings.configured import Setting, setting_of
from iacrisk.rules.readers.settings.left_alone import why_left_alone
from iacrisk.rules.readers.shapes import last_part
from iacrisk.rules.readers.siblings import goes_first, stays
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import (
    DESTROYS,
    Confidence,
    Flag,
    Harm,
    Outcome,
    Severity,
    rule,
)


@rule(
    id="G05",
    name="dangling-dependents",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds=DESTROYS,
)
def dangling_dependents(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """Something is destroyed while another resource that stays still refers to it.

    What it flags
        A delete or replacement of an object whose id, ARN or name stands in a resource that is
        not changed accordingly; settings that live on a replaced object of the same name and
        are not made again (a bucket's policy, a role's inline policy); and a replacement that
        deletes first what its users let go of only afterwards.

    Why it matters
        Either the provider refuses the delete and the apply stops half-way, or the user points
        at an object that is gone. A later plan may not even notice.

    When it is fine
        The users go in the same plan, or the new object exists first and they are switched over
        before the old one goes.

    What to do instead
        Use `create_before_destroy` with a generated name, and refer to ids rather than names, so
        that users follow. Detach first and delete in a second plan.

    References
    ----------
        Incidents R031, R057, R168, R169, R171.
    """
    known = context.type_of(change)
    if (
        known.resource_class is ResourceClass.STATELESS
        or not change.destroys
        or change.mode != "managed"
        or change.deposed
        or why_left_alone(change)
    ):
        return
    names = _identity(change)
    lost: list[str] = []
    stale: list[str] = []
    late: list[str] = []
    for use, user in _staying_users(change, context):
        arguments = _needed_arguments(use, user, names, context)
        if _goes_with(change, user, arguments):
            lost.append(user.label)
        elif _still_names(user, arguments, names):
            stale.append(user.label)
        elif _lets_go_late(change, known, user, arguments):
            late.append(user.label)
    yield from _dangling(change, lost, stale, late)


_USERS_LOOKED_AT: Final = 300


def _dangling(
    change: ResourceChange, lost: list[str], stale: list[str], late: list[str]
) -> Iterator[Outcome]:
    if lost:
        yield Flag(
            what="Settings that live on it go with it and are not made again: "
            f"{some_of(sorted(lost))}.",
            paths=change.replace_paths,
        )
    elif stale:
        yield Flag(
            what=f"Others still refer to it and are not changed: {some_of(sorted(stale))}.",
            paths=change.replace_paths or (("id",),),
        )
    elif late:
        yield Flag(
            what=f"It is deleted while still in use; only afterwards its users change: "
            f"{some_of(sorted(late))}.",
            paths=change.replace_paths,
            confidence=Confidence.MEDIUM,
        )


def _staying_users(
    change: ResourceChange, context: Context
) -> Iterator[tuple[Use, ResourceChange]]:
    """Existing resources that refer to the object, work with it, and are not destroyed."""
    for use in context.consumers(change)[:_USERS_LOOKED_AT]:
        user = use.node.change
        if use.node.kind is not NodeKind.RESOURCE or user is None or not stays(user):
            continue
        if user.kind is not ActionKind.FORGET and _works_with_it(use, user):
            yield use, user


def _works_with_it(use: Use, user: ResourceChange) -> bool:
    known = resource_type(user.type)
    if use.reference.origin in {Origin.DEPENDS_ON, Origin.PROVIDER}:
        return False
    if known.resource_class is ResourceClass.CONTROL:
        return bool(attachment(user.type))
    return known.resource_class is not ResourceClass.STATELESS


_NOT_AT_RUN_TIME: Final = frozenset(
    {
        "ami",
        "count",
        "depends_on",
        "for_each",
        "image",
        "image_id",
        "key_name",
        "provider",
        "snapshot_id",
        "snapshot_identifier",
        "source_ami_id",
        "source_image",
        "source_image_id",
        "tags",
        "tags_all",
    }
)
"""Arguments that are read once, when the user is made."""


def _needed_arguments(
    use: Use, user: ResourceChange, names: tuple[str, ...], context: Context
) -> frozenset[str]:
    """The arguments through which the user works with the object."""
    found = {use.argument.partition(".")[0]} if use.argument else _holding(user, names)
    by_value = use.reference.origin is Origin.MATCHING_VALUE
    return frozenset(
        name
        for name in found - _NOT_AT_RUN_TIME
        if not (by_value and setting_of(context.plan, user, (name,)) is Setting.ABSENT)
    )


def _holding(user: ResourceChange, names: tuple[str, ...]) -> set[str]:
    """The attributes in which a name of the object stands today.

    Where the configuration does not set one, the provider only reports the name there.
    """
    return {name for name, value in user.before.items() if _names_one(value, names)}


def _names_one(value: Any, names: tuple[str, ...]) -> bool:
    text = json.dumps(value, default=str) if names else ""
    return any(f'"{name}"' in text or f'\\"{name}\\"' in text for name in names)


def _goes_with(change: ResourceChange, user: ResourceChange, arguments: frozenset[str]) -> bool:
    """Whether the user is a setting of the replaced object and Terraform leaves it as it is."""
    if change.kind is not ActionKind.REPLACE:
        return False
    return any(
        not unset(user.before.get(name)) and user.before.get(name) == user.after.get(name)
        for name in arguments
        if _lives_on(change, user, name)
    )


def _lives_on(change: ResourceChange, user: ResourceChange, argument: str) -> bool:
    """`aws_s3_bucket_policy.bucket`, `aws_iam_role_policy.role`: part of what they name."""
    if argument in attachment(user.type)[:1]:
        return True
    return user.type.startswith(f"{change.type}_") and argument in {
        change.type.rpartition("_")[2],
        "name",
        "id",
    }


_GENERIC: Final = 6
"""A shorter text may stand somewhere by chance."""


def _identity(change: ResourceChange) -> tuple[str, ...]:
    """What others may call the object by and what it will not be called any more."""
    found = []
    for name in ("id", "arn", "self_link", "unique_id"):
        value = change.before.get(name)
        if isinstance(value, str) and len(value) >= _GENERIC and change.after.get(name) != value:
            found.append(value)
    if change.kind is ActionKind.REPLACE:
        kept = {value for value in change.after.values() if isinstance(value, str)}
        found = [value for value in found if not _is_kept(value, kept)]
    return tuple(found)


def _is_kept(value: str, kept: set[str]) -> bool:
    """An id made of the name comes back with the name, as a bucket's or a role's does."""
    return value in kept or (":" in value and last_part(value) in kept)


def _still_names(user: ResourceChange, arguments: frozenset[str], names: tuple[str, ...]) -> bool:
    return any(_names_one(user.after.get(name), names) for name in arguments)


def _lets_go_late(
    change: ResourceChange,
    known: ResourceType,
    user: ResourceChange,
    arguments: frozenset[str],
) -> bool:
    """Whether a delete-first replacement runs into a user that is switched over only later."""
    return (
        change.kind is ActionKind.REPLACE
        and goes_first(change)
        and known.carrier
        and not attachment(change.type)
        and known.resource_class is not ResourceClass.CONTROL
        and not known.is_made_again
        and user.kind is ActionKind.UPDATE
        and bool(arguments & user.changed)
    )

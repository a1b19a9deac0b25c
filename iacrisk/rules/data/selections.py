"""D32: a selection by tags that no longer finds what it found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, Final

from iacrisk.catalog.retention import BACKED_UP
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.settings.unknowns import holds_unknown
from iacrisk.rules.readers.shapes import blocks, texts
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

Values = Mapping[str, Any]
_SELECTION: Final = "aws_backup_selection"
_SNAPSHOTS: Final = "aws_dlm_lifecycle_policy"
_CHOOSE: Final = {
    _SELECTION: ("selection_tag", "condition", "resources", "not_resources"),
    _SNAPSHOTS: ("policy_details",),
}
_DISKS: Final = {"INSTANCE": "aws_instance", "VOLUME": "aws_ebs_volume"}


@rule(
    id="D32",
    name="selection-finds-less",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.RECOVERY,
    kinds={ActionKind.UPDATE, ActionKind.REPLACE},
    types=frozenset(_CHOOSE),
    since="0.2",
)
def selection_finds_less(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A backup selection or snapshot policy no longer chooses something that it chose.

    What it flags
        A selection of AWS Backup, or a policy of the Data Lifecycle Manager, whose tags,
        conditions or list of resources matched something in the plan that stays, and after the
        change match it no longer; and no other selection does.

    Why it matters
        Nothing fails. The next backup simply leaves these out, and it is noticed on the day when
        one has to be restored.

    When it is fine
        They are backed up by something that is not in the plan.

    What to do instead
        Tag what is to be backed up first, then move the selection to the new tag.

    References
        https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html
        https://docs.aws.amazon.com/ebs/latest/userguide/snapshot-lifecycle.html
    """
    changed = [name for name in _CHOOSE[change.type] if _is_changed(change, name, context)]
    chosen = [one for one in _objects(context) if _chooses(change.type, change.before, one.before)]
    if not changed or not chosen:
        return
    if any(holds_unknown(change.after.get(name)) for name in changed):
        yield Undecided(why="What it chooses is not known yet.", paths=((changed[0],),))
        return
    left_out = [one.label for one in chosen if not _is_chosen(one, context)]
    if left_out:
        yield Flag(
            what=f"It no longer chooses {some_of(left_out)}, which nothing else backs up.",
            paths=tuple((name,) for name in changed),
            hurts=tuple(left_out),
        )


def _is_changed(change: ResourceChange, name: str, context: Context) -> bool:
    """Whether it changes; one that nobody configured is only unknown on a new object."""
    if name not in change.changed:
        return False
    if change.after.get(name) is not UNKNOWN or change.before.get(name):
        return True
    uses = context.graph.dependencies(change.label)
    return any(use.argument.partition(".")[0] == name for use in uses)


def _objects(context: Context) -> tuple[ResourceChange, ...]:
    """What exists, stays and can be backed up."""
    return tuple(
        one
        for one in context.changes_of(*sorted(BACKED_UP))
        if one.before and one.after and not one.destroys
    )


def _is_chosen(one: ResourceChange, context: Context) -> bool:
    """Whether any selection will choose it."""

    def build() -> list[tuple[str, Values]]:
        found = context.changes_of(_SELECTION, _SNAPSHOTS)
        return [(other.type, other.after) for other in found if other.after]

    selections = once(context.plan, "selections that will be", build)
    return any(_chooses(type_name, values, one.after) for type_name, values in selections)


def _chooses(type_name: str, selection: Values, values: Values) -> bool:
    tags = values.get("tags_all") or values.get("tags")
    known = tags if isinstance(tags, dict) else {}
    if type_name == _SNAPSHOTS:
        return selection.get("state") != "DISABLED" and any(
            _names_kind(block, values) and known.get(key) == value
            for block in blocks(selection.get("policy_details"))
            for key, value in (block.get("target_tags") or {}).items()
        )
    name = str(values.get("arn") or "")
    if any(fnmatchcase(name, text) for text in texts(selection.get("not_resources"))):
        return False
    listed = any(fnmatchcase(name, text) for text in texts(selection.get("resources")))
    tagged = any(
        known.get(str(block.get("key"))) == block.get("value")
        for block in blocks(selection.get("selection_tag"))
    )
    return (listed or tagged) and all(
        _meets(block, known) for block in blocks(selection.get("condition"))
    )


def _names_kind(block: Values, values: Values) -> bool:
    """Whether a snapshot policy is for disks, or for machines, like this one."""
    kinds = {_DISKS.get(text) for text in texts(block.get("resource_types"))}
    return ("aws_instance" if "ami" in values else "aws_ebs_volume") in kinds


def _meets(condition: Values, tags: Values) -> bool:
    """All tests of a condition; a key is written as `aws:ResourceTag/tier`."""
    for name in ("string_equals", "string_like", "string_not_equals", "string_not_like"):
        for test in blocks(condition.get(name)):
            value = str(tags.get(str(test.get("key")).partition("/")[2], ""))
            wanted = str(test.get("value"))
            met = fnmatchcase(value, wanted) if name.endswith("like") else value == wanted
            if met == ("_not_" in name):
                return False
    return True

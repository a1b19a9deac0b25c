"""G11: a tag by which something finds its objects."""

from __future__ import annotations

from collections.abc import Iterator

from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.tag_readers import is_read, readers_of
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

_TAGS = ("labels", "tags", "tags_all")


@rule(
    id="G11",
    name="read-tag-taken-away",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    harm=Harm.RECOVERY,
    kinds={ActionKind.UPDATE},
)
def read_tag_taken_away(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A tag goes or changes by which something in the plan finds its objects.

    What it flags
        A tag or label that is removed, renamed or gets another value, where a backup selection,
        a policy, a deployment group or a look-up of the same plan reads that key.

    Why it matters
        A tag looks like a note. To who selects by it, the object is gone: no backup is taken, no
        right holds, nothing is deployed, and nobody is told.

    When it is fine
        The selection changes to the new tag in the same plan.

    What to do instead
        Set the new tag beside the old one, move the selections, then remove the old tag.

    References
        https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html
    """
    for name in _TAGS:
        if name not in change.changed:
            continue
        before, after = change.before.get(name), change.planned((name,))
        if not isinstance(before, dict):
            continue
        if after is UNKNOWN or not isinstance(after, dict | None):
            yield Undecided(why="The new tags are not known.", paths=((name,),))
            return
        for key in sorted(before):
            if (after or {}).get(key) != before[key] and is_read(context.plan, key):
                yield Flag(
                    what=f"Something in this plan finds its objects by the tag {key}.",
                    paths=((name, key),),
                    hurts=readers_of(context.plan, key),
                )
                return

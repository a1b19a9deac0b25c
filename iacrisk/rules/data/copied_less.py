"""D60: copies in another place lack from now on what is still written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.programs.copied_parts import (
    names_of_type,
    prefixes_copied,
    prefixes_written,
    repositories_copied,
)
from iacrisk.rules.readers.settings.unknowns import holds_unknown
from iacrisk.rules.readers.shapes import texts
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

_BUCKETS: Final = "aws_s3_bucket_replication_configuration"
_REGISTRY: Final = "aws_ecr_replication_configuration"
_ARGUMENTS: Final = {_BUCKETS: "rule", _REGISTRY: "replication_configuration"}


@rule(
    id="D60",
    name="copied-less",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.RECOVERY,
    kinds={ActionKind.UPDATE},
    types=frozenset(_ARGUMENTS),
    since="0.2",
)
def copied_less(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """Replication leaves out what programs of the plan go on writing.

    What it flags
        Rules of a bucket's replication that copied a prefix and copy it no longer, where a policy
        or a program of the plan writes there; rules of a registry that leave out a repository of
        the plan.

    Why it matters
        Nothing fails. New objects simply do not appear in the other place, and that is noticed
        when they have to be brought back from there.

    When it is fine
        What is left out is written by nobody any more, or copied by something else.

    What to do instead
        Compare the prefixes with what the writers' policies allow before a rule for everything is
        split up.

    References
        https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html
        https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html
    """
    argument = _ARGUMENTS[change.type]
    if argument not in change.changed:
        return
    if holds_unknown(change.after.get(argument)):
        yield Undecided(why="What is copied is not known yet.", paths=((argument,),))
        return
    left_out = (_prefixes if change.type == _BUCKETS else _repositories)(change, context)
    if left_out:
        yield Flag(
            what=f"It no longer copies {some_of(left_out)}, where new objects go on coming.",
            paths=((argument,),),
            hurts=tuple(dict.fromkeys(label for labels in left_out.values() for label in labels)),
        )


def _prefixes(change: ResourceChange, context: Context) -> dict[str, tuple[str, ...]]:
    bucket = change.before.get("bucket")
    before, after = (prefixes_copied(tree.get("rule")) for tree in (change.before, change.after))
    if not isinstance(bucket, str) or not bucket or set(before) <= set(after):
        return {}
    places = _places(change, bucket, context)
    return {
        f"{prefix}*": (*places, *labels)
        for prefix, labels in prefixes_written(bucket, context).items()
        if prefix.startswith(tuple(before)) and not prefix.startswith(tuple(after))
    }


def _places(change: ResourceChange, bucket: str, context: Context) -> list[str]:
    """The bucket, and where its copies went."""
    targets = {
        text
        for rule in change.before.get("rule") or ()
        for place in rule.get("destination") or ()
        for text in texts(place.get("bucket"))
    }
    return [
        one.label
        for one in context.changes_of("aws_s3_bucket")
        if one.before.get("bucket") == bucket or one.before.get("arn") in targets
    ]


def _repositories(change: ResourceChange, context: Context) -> dict[str, tuple[str, ...]]:
    there = names_of_type("aws_ecr_repository", context)
    before, after = (
        repositories_copied(tree, list(there)) for tree in (change.before, change.after)
    )
    return {name: (there[name],) for name in sorted(before - after)}

"""D: nothing is lost today, but what will be lost tomorrow cannot be brought back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from iacrisk.catalog import attachment, retention
from iacrisk.patterns import regex
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange, lookup, parse_path
from iacrisk.plan.values import members
from iacrisk.rules.context import Context
from iacrisk.rules.readers.programs.lifetimes import SCRATCH, days_to_live, number_of
from iacrisk.rules.rule import (
    CHANGES,
    Confidence,
    Flag,
    Harm,
    Outcome,
    Severity,
    Undecided,
    rule,
)

_SOON: Final = 30
_EXPIRY: Final = regex(r"expir|ttl|delete|purge|valid|until|remove", re.IGNORECASE)


@rule(
    id="D14",
    name="recovery-cut",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.RECOVERY,
    kinds={ActionKind.UPDATE, ActionKind.DELETE},
)
def recovery_cut(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """Backups, versions or point-in-time recovery are switched off or cut short.

    What it flags
        A backup period set to 0 or lowered, a switch for versioning or point-in-time recovery
        turned off, and the delete of a backup plan, selection or versioning of something that
        stays. A period lowered by less than half is a remark.

    Why it matters
        Nothing happens today. The next mistake, by anybody, becomes final.

    When it is fine
        Another backup covers the same data, or the data can be made again.

    What to do instead
        Add the new way of recovery first and try a restore, then remove the old one.

    References
    ----------
        Incidents R003, R135, R231.
    """
    if change.kind is ActionKind.DELETE:
        if change.type in retention.BACKUP_TYPES and not _protected_goes_too(change, context):
            yield Flag(what="What it makes recoverable stays, and can be brought back no more.")
        return
    for path in retention.RECOVERY_SWITCHES.get(change.type, ()):
        yield from _switched_off(change, path, soon_gone=_expires_soon(change, context))
    for name in sorted(change.changed & retention.BACKUP_PERIODS):
        yield from _period_cut(change, name)


@rule(
    id="D15",
    name="retention-shortened",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    harm=Harm.DATA,
    kinds=CHANGES,
    types={
        *retention.RETENTION,
        *retention.EXPIRATIONS,
        *retention.IMAGE_POLICIES,
        "aws_dynamodb_table",
        "google_artifact_registry_repository",
    },
)
def retention_shortened(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """What is kept is deleted earlier than before.

    What it flags
        Logs, messages or stream records kept for less than half the time, a first limit on
        logs that were kept for ever; a bucket rule that now deletes objects, or deletes them
        earlier, unless its prefix tells of scratch data; an image policy that now deletes
        tagged images; a time to live on an attribute that is not named for it. Rules that are
        new count too where what they act on exists already.

    Why it matters
        The service deletes the older part in the background, within hours, for good.

    When it is fine
        The older part was archived elsewhere, or nobody is obliged to keep it.

    What to do instead
        Export what has to be kept before the limit is lowered.

    References
    ----------
        Incidents R198, R231.
    """
    name = retention.RETENTION.get(change.type, "")
    if change.kind is ActionKind.UPDATE and name in change.changed:
        yield from _kept_shorter(change, name)
    if change.type == "aws_dynamodb_table":
        yield from _items_expire(change)
        return
    if change.type == "google_artifact_registry_repository":
        yield from _versions_cleaned_up(change)
        return
    if change.kind is not ActionKind.UPDATE and not _acts_on_what_exists(change, context):
        return
    if change.type in retention.IMAGE_POLICIES:
        yield from _images_expire(change)
    if change.type in retention.EXPIRATIONS:
        yield from _expires_earlier(change, *retention.EXPIRATIONS[change.type])


def _protected_goes_too(change: ResourceChange, context: Context) -> bool:
    """Whether every object that the change acts on is destroyed in the same plan."""
    arguments = attachment(change.type)
    uses = context.graph.dependencies(change.label)
    targets = [use.node.change for use in uses if use.argument.partition(".")[0] in arguments]
    return bool(targets) and all(target is not None and target.destroys for target in targets)


def _switched_off(change: ResourceChange, path: str, *, soon_gone: bool) -> Iterator[Outcome]:
    before, after = change.was(path), change.becomes(path)
    if not _is_on(before) or before == after:
        return
    if after is UNKNOWN:
        yield Undecided(
            why="Whether recovery stays on is not known yet.", paths=(parse_path(path),)
        )
    elif not _is_on(after):
        yield Flag(
            what="Its way back after a mistake is switched off."
            + (" All that it holds expires within days anyway." if soon_gone else ""),
            paths=(parse_path(path),),
            severity=Severity.LOW if soon_gone else None,
            confidence=Confidence.LOW if soon_gone else None,
        )


def _expires_soon(change: ResourceChange, context: Context) -> bool:
    """Whether a rule that stays deletes every object of the bucket within days."""
    bucket = change.before.get("bucket")
    if change.type != "aws_s3_bucket_versioning" or not bucket:
        return False
    return any(
        days_to_live(rules.after.get("rule"), "expiration").get("", _SOON + 1) <= _SOON
        for rules in context.changes_of("aws_s3_bucket_lifecycle_configuration")
        if rules.before.get("bucket") == bucket and not rules.destroys
    )


def _is_on(value: Any) -> bool:
    if isinstance(value, str):
        return value.lower() in retention.ON
    return isinstance(value, bool | int | float) and value > 0


def _period_cut(change: ResourceChange, name: str) -> Iterator[Outcome]:
    before, after = number_of(change.was(name)), change.becomes(name)
    if after is UNKNOWN:
        yield Undecided(why="How long backups are kept is not known yet.", paths=((name,),))
        return
    kept = number_of(after)
    if before is None or (kept or 0) >= before:
        return
    what = f"Backups are kept for {kept or 0} days instead of {before}."
    halved = (kept or 0) * 2 <= before
    yield Flag(what=what, paths=((name,),), severity=None if halved else Severity.LOW)


def _kept_shorter(change: ResourceChange, name: str) -> Iterator[Outcome]:
    after = change.becomes(name)
    if after is UNKNOWN:
        yield Undecided(why="How long it keeps its content is not known yet.", paths=((name,),))
        return
    for_ever = change.type in retention.KEPT_FOREVER_WHEN_UNSET
    before, kept = number_of(change.was(name)), number_of(after)
    if for_ever:
        before, kept = before or None, kept or None
        if kept is None or (before is not None and kept >= before):
            return
    elif before is None or kept is None or kept >= before:
        return
    span = f"{before}" if before is not None else "for ever"
    halved = before is None or kept * 2 <= before
    yield Flag(
        what=f"Its content is kept for {kept} instead of {span}; the older part is deleted.",
        paths=((name,),),
        severity=None if halved else Severity.LOW,
        confidence=None if halved else Confidence.MEDIUM,
    )


def _expires_earlier(change: ResourceChange, rules: str, block: str) -> Iterator[Outcome]:
    if rules not in change.changed:
        return
    planned = change.becomes(rules)
    if planned is UNKNOWN or _hides(planned, block):
        yield Undecided(why="Which objects expire is not known yet.", paths=((rules,),))
        return
    before = days_to_live(change.was(rules), block)
    after = days_to_live(planned, block)
    for scope, days in sorted(after.items()):
        if SCRATCH.match(scope):
            continue
        known = before.get(scope, before.get(""))
        if known is None or days < known:
            yield Flag(
                what=f"Objects are now deleted after {days} days.",
                paths=((rules,),),
                confidence=None if known is None or days * 2 <= known else Confidence.MEDIUM,
            )


def _hides(rules: Any, block: str) -> bool:
    items = rules if isinstance(rules, list) else []
    return any(isinstance(item, dict) and item.get(block) is UNKNOWN for item in items)


def _acts_on_what_exists(change: ResourceChange, context: Context) -> bool:
    """Whether the object that a new rule acts on stands today, with its content."""
    arguments = attachment(change.type)
    named = [change.after.get(name) for name in arguments]
    if any(value is UNKNOWN for value in named):
        return False
    uses = context.graph.dependencies(change.label)
    targets = [use.node.change for use in uses if use.argument.partition(".")[0] in arguments]
    made = any(item is not None and item.kind is ActionKind.CREATE for item in targets)
    return bool(arguments) and not made


def _items_expire(change: ResourceChange) -> Iterator[Outcome]:
    """DynamoDB deletes items whose attribute lies in the past, whatever it was meant for."""
    path = ("ttl", 0, "attribute_name")
    enabled = ("ttl", 0, "enabled")
    if change.kind is not ActionKind.UPDATE or change.planned(enabled) is not True:
        return
    before, after = lookup(change.before, path), change.planned(path)
    if lookup(change.before, enabled) is True and before == after:
        return
    if after is UNKNOWN:
        yield Undecided(why="By which attribute items expire is not known.", paths=(path,))
    elif isinstance(after, str) and not _EXPIRY.search(after):
        yield Flag(
            what=f"Items are now deleted when {after} lies in the past.",
            paths=(path,),
            severity=Severity.HIGH,
        )


def _images_expire(change: ResourceChange) -> Iterator[Outcome]:
    """An ECR lifecycle policy that takes more tagged images than before."""
    if change.becomes("policy") is UNKNOWN:
        yield Undecided(why="Which images expire is not known yet.", paths=(("policy",),))
        return
    before = _kept_images(change.before.get("policy"))
    for scope, kept in sorted(_kept_images(change.after.get("policy")).items()):
        known = before.get(scope)
        if known is None or kept < known:
            yield Flag(
                what="Tagged images are now deleted, those that run or are rolled back to as well.",
                paths=(("policy",),),
            )


def _versions_cleaned_up(change: ResourceChange) -> Iterator[Outcome]:
    """Artifact Registry comes to delete tagged images by their age, however many are left."""
    path = ("cleanup_policies",)
    if change.kind is not ActionKind.UPDATE or change.after.get("cleanup_policy_dry_run") is True:
        return
    before, after = (members(side.get(path[0])) for side in (change.before, change.after))
    if any(item.get("action") == "KEEP" for item in after):
        return
    known = [item for item in before if _takes_tagged(item)]
    if change.before.get("cleanup_policy_dry_run") is True:
        known = []
    if any(_takes_tagged(item) and item not in known for item in after):
        yield Flag(
            what="Tagged images are now deleted, those that run or are rolled back to as well.",
            paths=(path,),
            severity=Severity.HIGH,
        )


def _takes_tagged(policy: dict[str, Any]) -> bool:
    condition = next(iter(members(policy.get("condition"))), {})
    narrow = condition.get("tag_prefixes") or condition.get("package_name_prefixes")
    return policy.get("action") == "DELETE" and not (
        narrow or condition.get("tag_state") == "UNTAGGED"
    )


def _kept_images(policy: Any) -> dict[str, int]:
    """How many tagged images, or days of them, each rule keeps, by what it selects."""
    try:
        document = msgspec.json.decode(policy) if isinstance(policy, str) else {}
    except msgspec.DecodeError:
        return {}
    rules = document.get("rules") if isinstance(document, dict) else None
    found: dict[str, int] = {}
    for item in rules if isinstance(rules, list) else ():
        chosen = item.get("selection") if isinstance(item, dict) else None
        if not isinstance(chosen, dict) or chosen.get("tagStatus") == "untagged":
            continue
        prefixes = chosen.get("tagPrefixList") or chosen.get("tagPatternList") or []
        scope = f"{chosen.get('tagStatus')} {prefixes} {chosen.get('countType')}"
        found[scope] = number_of(chosen.get("countNumber")) or 0
    return found

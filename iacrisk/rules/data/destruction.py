"""D01-D03, D08, D10, D26: objects destroyed with what they hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.catalog import Basis, ResourceClass, ResourceType, destroying, facts
from iacrisk.plan import UNKNOWN, ActionKind, Path, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.settings.guard_values import guard_of
from iacrisk.rules.readers.settings.left_alone import why_left_alone
from iacrisk.rules.readers.settings.provider_settings import provider_setting
from iacrisk.rules.rule import (
    DESTROYS,
    Confidence,
    Flag,
    Harm,
    Outcome,
    Severity,
    Undecided,
    rule,
)

_HARD_TO_RESTORE: Final = 0.4
_SHORT_LOGS: Final = 30
_EVIDENCE_WORDS: Final = (
    "access", "audit", "auth", "flow", "guardduty", "login", "security", "trail", "waf",
)  # fmt: skip


@rule(
    id="D01",
    name="stateful-delete",
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    harm=Harm.DATA,
    kinds={ActionKind.DELETE},
    classes={ResourceClass.STATEFUL, ResourceClass.CONTAINER},
)
def stateful_delete(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A resource that holds data is deleted.

    What it flags
        The delete of a database, bucket, disk, queue, table or another type whose own
        deletion can lose data. It weighs less where the delete stops while something is
        inside, where another object holds the same data (a read replica), and where the
        configuration holds the content.

    Why it matters
        The object goes, and on most services its automated backups go with it.

    When it is fine
        The data was moved or is worthless. A delete that leaves the real object alone
        (`skip_destroy`, `deletion_policy = "ABANDON"`) is not flagged, nor is a log group
        that keeps its lines for 30 days at most, unless its name tells of audit or access.

    What to do instead
        Take a copy outside the plan first. To hand the object over to another root module,
        use a `removed` block with `destroy = false`.

    References
        Incidents R001, R003, R004, R019, R106, R107.
    """
    known = context.type_of(change)
    if not known.stateful or why_left_alone(change) or _keeps_little(change):
        return
    if change.type == "google_project_service":
        return
    if change.type in destroying.CONTENT_IN_CONFIGURATION:
        yield _content_lost(change, context, "is deleted")
        return
    words, severity, confidence = _loss(change, known, context)
    yield Flag(
        what=f"This {known.name} holds data and is deleted.{words}",
        severity=severity,
        confidence=confidence,
    )


@rule(
    id="D02",
    name="stateful-replace",
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    harm=Harm.DATA,
    kinds={ActionKind.REPLACE},
    classes={ResourceClass.STATEFUL},
)
def stateful_replace(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A resource that holds data is replaced by an empty one.

    What it flags
        The replacement of a database, bucket, disk, queue, table or another type that holds
        data, in either order: creating the new object first keeps the service up, but no
        provider copies the data over.

    Why it matters
        The new object often has the old name, so that everything looks right and is empty.

    When it is fine
        The content stands in the configuration (a parameter, a config map) and the name
        stays. A read replica is filled again from its source and counts less.

    What to do instead
        Look for a way to change the argument in place, or restore a snapshot into a new
        address, move the users and delete the old object in a later plan.

    References
        Incidents R050, R058, R061, R062, R065, R066, R067, R084.
    """
    known = context.type_of(change)
    if not known.stateful or not change.destroys or _keeps_little(change):
        return
    if change.type in destroying.CONTENT_IN_CONFIGURATION:
        if not _same_name(change):
            yield _content_lost(change, context, "gets another name")
        return
    if why_left_alone(change):
        yield Flag(
            what="A new, empty one takes its place; the old one stays, managed by nobody.",
            severity=Severity.MEDIUM,
            confidence=Confidence.MEDIUM,
            paths=change.replace_paths,
        )
        return
    words, severity, confidence = _loss(change, known, context)
    yield Flag(
        what=_how_replaced(change) + words,
        severity=severity,
        confidence=confidence,
        paths=change.replace_paths,
    )


@rule(
    id="D03",
    name="no-final-copy",
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    harm=Harm.DATA,
    kinds=DESTROYS,
    types={
        *facts.FINAL_COPY,
        *facts.FINAL_COPY_NAME,
        *facts.AUTOMATED_BACKUPS,
        "google_sql_database_instance",
    }
    - {
        "aws_ebs_volume",
        "aws_neptune_cluster_instance",
        "google_compute_disk",
        "google_compute_region_disk",
    },
)
def no_final_copy(
    change: ResourceChange,
    context: Context,  # noqa: ARG001 - the state says it all
) -> Iterator[Outcome]:
    """A database is destroyed without keeping a last copy.

    What it flags
        The delete or replacement of a database whose state says that no final snapshot is
        taken, or that its backups go with it. Only the state counts: a `skip_final_snapshot`
        changed in the same plan is too late.

    Why it matters
        It turns an outage into a loss.

    When it is fine
        A copy was taken by hand. Read replicas are not flagged, nor are plain disks, which
        keep no last copy unless asked to.

    What to do instead
        Apply `skip_final_snapshot = false` with a `final_snapshot_identifier` in a plan of
        its own, then destroy.

    References
        Incidents R001, R063.
    """
    if not change.destroys or _is_replica(change) or why_left_alone(change):
        return
    for name, value in facts.FINAL_COPY.get(change.type, {}).items():
        if change.before.get(name) == value:
            yield Flag(what="It is destroyed without a final copy.", paths=((name,),))
            return
    yield from _lesser_copies(change)


@rule(
    id="D08",
    name="identity-changed",
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    harm=Harm.DATA,
    kinds={ActionKind.REPLACE},
    classes={ResourceClass.STATEFUL, ResourceClass.CONTAINER, ResourceClass.ENCRYPTION},
)
def identity_changed(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """An argument that says which object it is forces a resource with data to be replaced.

    What it flags
        A replacement caused by a name, a key, an encryption setting, a place or a source
        image of a resource that holds data. It explains the replacement that D02 flags.

    Why it matters
        It looks like a rename or a hardening. Providers cannot do either in place.

    When it is fine
        The object is new and still empty.

    What to do instead
        Leave the argument as it is. For encryption, copy a snapshot with the new key and
        restore it under a new address; for a name, plan a migration.

    References
        Incidents R055, R064, R092, R097, R103, R125, R126, R127.
    """
    known = context.type_of(change)
    if not known.stateful or not change.destroys or _keeps_little(change):
        return
    if change.type in destroying.CONTENT_IN_CONFIGURATION or why_left_alone(change):
        return
    mild = known.recoverability > _HARD_TO_RESTORE or _is_replica(change)
    for path in change.replace_paths:
        root = str(path[0]) if path else ""
        if root not in facts.IDENTITY_ATTRIBUTES | destroying.MORE_IDENTITY:
            continue
        before, after = change.was(root), change.becomes(root)
        if after is UNKNOWN:
            yield Undecided(why=f"Whether {root} stays the same is not known yet.", paths=(path,))
        elif before != after:
            yield Flag(
                what=_identity_words(root, before, after),
                paths=(path,),
                severity=Severity.HIGH if mild else None,
                confidence=Confidence.MEDIUM if mild else None,
            )


@rule(
    id="D10",
    name="container-destroyed",
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    harm=Harm.DATA,
    kinds=DESTROYS,
    classes={ResourceClass.CONTAINER},
)
def container_destroyed(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A container is destroyed together with everything inside, seen or not.

    What it flags
        The delete or replacement of a resource group, project, namespace, secret mount,
        schema, dataset, account or stack. It weighs less where the container must be empty
        before it can go.

    Why it matters
        The plan lists only what this root module manages. Whatever else is inside goes too.

    When it is fine
        Everything inside is managed here and meant to go.

    What to do instead
        List what is inside with the provider's own tool before you apply. For an API
        (`google_project_service`) set `disable_on_destroy = false` in an earlier plan.

    References
        Incidents R018, R052, R085, R088, R089, R101, R153, R154.
    """
    if not change.destroys or why_left_alone(change):
        return
    known = context.type_of(change)
    if change.type == "google_project_service":
        yield _service_off(change)
    elif not known.stateful or _must_be_empty(change, context):
        yield Flag(
            what="It is a container and goes; whatever is inside loses its place.",
            severity=Severity.HIGH if known.stateful else Severity.MEDIUM,
            confidence=Confidence.MEDIUM,
        )
    else:
        yield Flag(what="Everything inside it goes too, also what this plan does not list.")


Weight = tuple[str, Severity, Confidence]


@rule(
    id="D26",
    name="unknown-type-destroyed",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    harm=Harm.DATA,
    kinds=DESTROYS,
    classes={ResourceClass.OTHER},
)
def unknown_type_destroyed(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """An object is destroyed, and the catalog does not know what its type holds.

    What it flags
        The delete or the replacement of a resource whose type is neither in the catalog nor
        classed by its name: a new service, or a provider of one's own.

    Why it matters
        What nobody has looked at may hold data. A tool that does not know must not say yes.

    When it is fine
        The type holds nothing. Lower the rule for it with a waiver, or tell the catalog.

    What to do instead
        Have a person say what goes with the object.

    References
        The catalog: iacrisk/catalog; how to add a type: docs/adding-a-catalog-fact.md.
    """
    known = context.type_of(change)
    if known.basis is Basis.CURATED or change.mode != "managed" or why_left_alone(change):
        return
    yield Flag(
        what=f"It is not known what a {known.name} holds, and it is destroyed.",
        paths=change.replace_paths,
    )


def _loss(change: ResourceChange, known: ResourceType, context: Context) -> Weight:
    """How much is lost with the object: words to add, severity and confidence."""
    if _is_replica(change):
        severity = Severity.HIGH if context.live_users(change) else Severity.MEDIUM
        return " Its source keeps the data; its readers lose it.", severity, Confidence.MEDIUM
    if change.deposed:
        return " It is left over from an earlier replacement.", Severity.HIGH, Confidence.MEDIUM
    if guard_of(change):
        words = " Its deletion guard is still on, so the apply stops in the middle."
        return words, Severity.HIGH, Confidence.MEDIUM
    argument = destroying.REFUSES_WHILE_FULL.get(change.type)
    if argument and change.before.get(argument) is not True:
        return " The delete fails while it is not empty.", Severity.HIGH, Confidence.MEDIUM
    window = destroying.RECOVERY_WINDOWS.get(change.type)
    days = change.before.get(window) if window else None
    if isinstance(days, int) and days > 0 and not context.consumers(change):
        words = f" It can be brought back for {days} days, and nothing here is seen to use it."
        return words, Severity.MEDIUM, Confidence.LOW
    if change.type in destroying.FLOWING:
        return " What was not read yet is lost.", Severity.HIGH, Confidence.MEDIUM
    guess, mild = known.basis is not Basis.CURATED, known.recoverability >= _HARD_TO_RESTORE
    if guess or mild:
        return "", Severity.MEDIUM if guess and mild else Severity.HIGH, Confidence.MEDIUM
    return "", Severity.CRITICAL, Confidence.HIGH


def _content_lost(change: ResourceChange, context: Context, verb: str) -> Flag:
    used = bool(context.live_users(change))
    return Flag(
        what=f"This {change.type} {verb}; those who read it find nothing.",
        paths=change.replace_paths,
        severity=Severity.HIGH if used else Severity.MEDIUM,
        confidence=Confidence.MEDIUM,
    )


def _how_replaced(change: ResourceChange) -> str:
    source = next((name for name in destroying.SOURCE_ARGUMENTS if _filled_from(change, name)), "")
    if source:
        return f"It is replaced by one filled from its {source}; what was written since is lost."
    if change.creates_first:
        return "It is replaced: the new one is created first, but nothing copies the data into it."
    return "It is deleted and created again, empty."


def _filled_from(change: ResourceChange, name: str) -> bool:
    value = change.after.get(name)
    return name.startswith("snapshot") and isinstance(value, str) and value != ""


def _is_replica(change: ResourceChange) -> bool:
    arguments = destroying.REPLICA_OF.get(change.type, ())
    if not any(change.before.get(name) for name in arguments):
        return False
    mode = change.before.get("create_mode")
    return mode is None or "replica" in str(mode).lower()


def _keeps_little(change: ResourceChange) -> bool:
    """Whether it is a log store of a few weeks that nobody investigates with."""
    days = change.before.get(destroying.LOG_RETENTION.get(change.type, ""))
    if not isinstance(days, int | float) or not 0 < days <= _SHORT_LOGS:
        return False
    name = str(change.before.get("name") or change.before.get("bucket_id") or "")
    words = f"{name} {change.name}".lower()
    return not any(word in words for word in _EVIDENCE_WORDS)


def _same_name(change: ResourceChange) -> bool:
    names = ("name", "metadata.0.name", "metadata.0.namespace", "key", "file", "repository")
    return all(change.was(name) == change.becomes(name) for name in names)


def _lesser_copies(change: ResourceChange) -> Iterator[Outcome]:
    name = facts.FINAL_COPY_NAME.get(change.type)
    if name and not change.before.get(name) and change.before.get("engine") != "memcached":
        yield _lesser_copy("It is destroyed without a final snapshot.", name)
    for argument, value in facts.AUTOMATED_BACKUPS.get(change.type, {}).items():
        if change.before.get(argument) == value:
            yield _lesser_copy("Its automated backups go with it.", argument)
    if change.type == "google_sql_database_instance" and not _google_keeps_backups(change):
        yield Flag(
            what="Its backups go with it, and no final one is taken.",
            paths=(("settings",),),
            confidence=Confidence.MEDIUM,
        )


def _lesser_copy(what: str, name: str) -> Flag:
    return Flag(what=what, paths=((name,),), severity=Severity.MEDIUM, confidence=Confidence.MEDIUM)


def _google_keeps_backups(change: ResourceChange) -> bool:
    return (
        change.was("settings.0.retain_backups_on_delete") is True
        or change.was("settings.0.final_backup_config.0.enabled") is True
        or change.was("final_backup_config.0.enabled") is True
    )


def _identity_words(root: str, before: Any, after: Any) -> str:
    if root in destroying.ENCRYPTION_ARGUMENTS:
        return f"Its {root} changes, which cannot be done in place: the data does not come along."
    if root in destroying.PLACE_ARGUMENTS:
        return f"Its {root} changes{_from_to(before, after)}: it cannot move, so it is made anew."
    if root in destroying.SOURCE_ARGUMENTS:
        return f"Its {root} changes: it starts over from another source."
    return f"Its {root} changes{_from_to(before, after)}: what knows the old one finds nothing."


def _from_to(before: Any, after: Any) -> str:
    texts = [item for item in (before, after) if isinstance(item, str) and item]
    return f" from {texts[0]} to {texts[1]}" if len(texts) == 2 else ""


def _must_be_empty(change: ResourceChange, context: Context) -> bool:
    argument = destroying.REFUSES_WHILE_FULL.get(change.type)
    if argument:
        return change.before.get(argument) is not True
    if change.type == "google_folder":
        return True
    if change.type != "azurerm_resource_group":
        return False
    path: Path = ("resource_group", "prevent_deletion_if_contains_resources")
    return provider_setting(context.plan, "azurerm", "features", *path) is not False


def _service_off(change: ResourceChange) -> Flag:
    cascades = change.before.get("disable_dependent_services") is True
    words = " and every API that depends on it" if cascades else ""
    return Flag(
        what=f"The API{words} is switched off for the whole project.",
        paths=(("disable_on_destroy",), ("disable_dependent_services",)),
        severity=Severity.CRITICAL if cascades else Severity.HIGH,
        confidence=Confidence.HIGH if cascades else Confidence.MEDIUM,
    )

"""D11, D12: keys and secrets lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.catalog import ResourceClass, destroying
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import others_with
from iacrisk.rules.readers.settings.left_alone import why_left_alone
from iacrisk.rules.readers.settings.provider_settings import provider_setting
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

_DECRYPTS: Final = frozenset({"decrypt", "unwrapKey"})
_REPLICAS: Final = frozenset({"aws_kms_replica_key", "aws_kms_replica_external_key"})


@rule(
    id="D11",
    name="key-lost",
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    harm=Harm.DATA,
    kinds={ActionKind.UPDATE, ActionKind.DELETE, ActionKind.REPLACE},
    classes={ResourceClass.ENCRYPTION},
)
def key_lost(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """An encryption key is destroyed, switched off or easier to lose.

    What it flags
        The destroy of a key, key vault or certificate authority; a key disabled; decryption
        taken from what it may do; its deletion window shortened; the alias by which programs
        find it destroyed.

    Why it matters
        Data, snapshots and disks under the key cannot be read without it, wherever they are:
        most of them are not in this plan, so a key without users here still has users.

    When it is fine
        The key was disabled long ago and nobody missed it. Pointing an alias at another key
        is not flagged: old data keeps its own key.

    What to do instead
        Disable the key first and wait for those who miss it. Re-encrypt what it locks, then
        delete it with the longest window.

    References
        Incidents R074, R075, R076, R219.
    """
    if change.kind is ActionKind.UPDATE:
        yield from _key_changed(change)
    elif change.destroys and not why_left_alone(change):
        yield from _key_destroyed(change, context)


@rule(
    id="D12",
    name="secret-lost",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.DATA,
    kinds={ActionKind.UPDATE, ActionKind.DELETE, ActionKind.REPLACE},
    types=destroying.SECRET_TYPES,
)
def secret_lost(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A secret is deleted with no way back, or its way back is closed.

    What it flags
        A secret destroyed with no recovery window, or purged; its recovery window lowered;
        a secret version that programs read disabled or destroyed with no other left.

    Why it matters
        Whoever reads it fails at the next start, and the value cannot be had again.

    When it is fine
        The credential behind it was revoked before.

    What to do instead
        Keep a window of at least 7 days, and apply it in an earlier plan: the state counts.

    References
        Incident R220.
    """
    if change.type == "google_secret_manager_secret_version":
        yield from _version_gone(change, context)
    elif change.kind is ActionKind.UPDATE:
        yield from _window_lowered(change)
    elif change.destroys and not why_left_alone(change):
        yield from _secret_destroyed(change, context)


def _key_destroyed(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    known = context.type_of(change)
    if change.type == "aws_kms_alias":
        yield from _alias_gone(change, context)
    elif not known.stateful or change.type in destroying.SECRET_TYPES:
        return
    elif change.type == "tls_private_key" or change.type not in destroying.KEY_TYPES:
        yield _lesser_key(change, context)
    elif change.type in _REPLICAS or _was_off(change, context):
        yield Flag(
            what="The key goes; it was disabled, or another region still has it.",
            severity=Severity.HIGH if change.type in _REPLICAS else Severity.MEDIUM,
            confidence=Confidence.MEDIUM,
        )
    else:
        what = f"What is encrypted with it can no longer be read.{_users(change, context)}"
        yield Flag(what=what)


def _lesser_key(change: ResourceChange, context: Context) -> Flag:
    used = bool(context.live_users(change))
    return Flag(
        what=f"Key material goes; what trusts or uses it has to change.{_users(change, context)}",
        severity=Severity.HIGH if used or change.type != "tls_private_key" else Severity.MEDIUM,
        confidence=Confidence.MEDIUM,
    )


def _was_off(change: ResourceChange, context: Context) -> bool:
    switches = destroying.KEY_SWITCHES.get(change.type, ())
    off = any(change.before.get(name) is False for name in switches)
    return (off or _state_off(change.before.get("state"))) and not context.live_users(change)


def _alias_gone(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    stays = change.after.get("name") == change.before.get("name")
    if stays or others_with(change, context, "name"):
        return
    used = bool(context.live_users(change))
    yield Flag(
        what=f"Programs that use this alias no longer find the key.{_users(change, context)}",
        paths=(("name",),),
        severity=Severity.HIGH if used else Severity.MEDIUM,
        confidence=Confidence.MEDIUM,
    )


def _users(change: ResourceChange, context: Context) -> str:
    count = len(context.live_users(change))
    if not count:
        return ""
    return " One resource here uses it." if count == 1 else f" {count} resources here use it."


def _key_changed(change: ResourceChange) -> Iterator[Outcome]:
    yield from _switched_off(change)
    yield from _window_shortened(change)
    if "key_opts" in change.changed:
        yield from _operations_lost(change)
    if "min_decryption_version" in change.changed and _less(
        change.was("min_decryption_version"), change.becomes("min_decryption_version")
    ):
        what = "What was encrypted with its older versions can no longer be read."
        yield Flag(what=what, paths=(("min_decryption_version",),))


def _switched_off(change: ResourceChange) -> Iterator[Outcome]:
    for name in destroying.KEY_SWITCHES.get(change.type, ()):
        after = change.after.get(name)
        if change.before.get(name) is not True or after is True:
            continue
        if after is UNKNOWN:
            yield Undecided(why="Whether the key stays enabled is not known.", paths=((name,),))
        elif after is False:
            what = "The key is disabled: nothing encrypted with it can be read."
            yield Flag(what=what, paths=((name,),))
    for name in ("state", "desired_state"):
        if _state_off(change.after.get(name)) and not _state_off(change.before.get(name)):
            what = "The key is disabled or destroyed: nothing encrypted with it can be read."
            yield Flag(what=what, paths=((name,),))


def _state_off(state: Any) -> bool:
    return isinstance(state, str) and state.upper() in destroying.KEY_STATES_OFF


def _window_shortened(change: ResourceChange) -> Iterator[Outcome]:
    name = destroying.KEY_WINDOWS.get(change.type)
    if name is None or name not in change.changed:
        return
    before, after = change.before.get(name), change.after.get(name)
    if after is UNKNOWN:
        yield Undecided(why="How long a deleted key can be saved is not known.", paths=((name,),))
    elif _less(after, before):
        what = f"A deleted key can be called back for {after} days instead of {before}."
        yield Flag(what=what, paths=((name,),), severity=Severity.MEDIUM)


def _operations_lost(change: ResourceChange) -> Iterator[Outcome]:
    before, after = change.before.get("key_opts"), change.after.get("key_opts")
    if after is UNKNOWN:
        why = "What the key may still be used for is not known."
        yield Undecided(why=why, paths=(("key_opts",),))
    elif isinstance(before, list) and isinstance(after, list):
        lost = sorted(item for item in _DECRYPTS if item in before and item not in after)
        if lost:
            what = f"The key may no longer be used to {' and '.join(lost)}."
            yield Flag(what=what, paths=(("key_opts",),))


def _window_lowered(change: ResourceChange) -> Iterator[Outcome]:
    name = "recovery_window_in_days"
    if change.type != "aws_secretsmanager_secret" or name not in change.changed:
        return
    before, after = change.before.get(name), change.after.get(name)
    if after is UNKNOWN:
        why = "How long the deleted secret can be restored is not known."
        yield Undecided(why=why, paths=((name,),))
    elif after == 0 and _less(0, 30 if before is None and not change.imports else before):
        what = "A later delete of the secret will be final: its recovery window is 0 days."
        yield Flag(what=what, paths=((name,),))
    elif _less(after, before):
        what = f"A deleted secret can be restored for {after} days instead of {before}."
        yield Flag(
            what=what,
            paths=((name,),),
            severity=Severity.MEDIUM,
            confidence=Confidence.MEDIUM,
        )


def _secret_destroyed(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    if change.type == "aws_secretsmanager_secret":
        if change.before.get("recovery_window_in_days") == 0:
            what = "The secret is deleted at once, with no recovery window."
            paths = (("recovery_window_in_days",),)
            yield Flag(what=what, paths=paths, severity=Severity.CRITICAL)
    elif change.type == "vault_kv_secret_v2":
        if change.before.get("delete_all_versions") is True:
            what = "All versions of the secret are deleted for good."
            yield Flag(what=what, paths=(("delete_all_versions",),), severity=Severity.CRITICAL)
    elif change.type == "azurerm_key_vault_secret":
        yield _vault_secret(change, context)


def _vault_secret(change: ResourceChange, context: Context) -> Flag:
    if _purges(context):
        what = "The secret is deleted and, unless the vault forbids it, purged."
        return Flag(what=what, confidence=Confidence.MEDIUM)
    used = bool(context.live_users(change))
    return Flag(
        what="The secret is deleted; it can be recovered, but those who read it fail now.",
        severity=Severity.HIGH if used else Severity.MEDIUM,
        confidence=Confidence.MEDIUM,
    )


def _purges(context: Context) -> bool:
    """Whether the azurerm provider purges what it deletes, which is its default."""
    switches = ("purge_soft_delete_on_destroy", "purge_soft_deleted_secrets_on_destroy")
    settings = (
        provider_setting(context.plan, "azurerm", "features", "key_vault", name)
        for name in switches
    )
    return all(setting is not False for setting in settings)


def _version_gone(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    if change.kind is ActionKind.REPLACE or why_left_alone(change):
        return
    if change.kind is ActionKind.UPDATE:
        if change.before.get("enabled") is not True or change.after.get("enabled") is not False:
            return
        yield from _last_version(change, context, "disabled")
    elif change.before.get("enabled") is not False:
        yield from _last_version(change, context, "destroyed")


def _last_version(change: ResourceChange, context: Context, verb: str) -> Iterator[Outcome]:
    left = others_with(change, context, "secret")
    if any(other.after.get("enabled") is not False for other in left):
        return
    what = f"This version of the secret is {verb}, and the plan shows no other."
    yield Flag(what=what, confidence=Confidence.MEDIUM)


def _less(small: Any, large: Any) -> bool:
    return isinstance(small, int | float) and isinstance(large, int | float) and small < large

"""Look-alikes that are bookkeeping: moved, imported, left alone, recoverable, used by nobody."""

from __future__ import annotations

from typing import Final

from iacrisk.catalog import destroying, harmless
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.benign.harmless_attributes import explain
from iacrisk.rules.benign.unnamed import why_unnamed
from iacrisk.rules.benign.whole import shows_users, whole
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.settings.configured import block_of
from iacrisk.rules.readers.settings.left_alone import why_left_alone

_TRIGGERED: Final = "replace_by_triggers"
_WEEK: Final = 7


@whole(
    id="BL-import",
    name="import-only",
    kinds={ActionKind.NO_OP, ActionKind.UPDATE},
)
def import_only(change: ResourceChange, context: Context) -> str | None:
    """An object is brought under management and stays as it is.

    Harmless when
        The import changes nothing, or nothing but tags, descriptions and arguments that only
        Terraform knows (timeouts, waits).

    Traps
        Settings that the configuration lacks and the import therefore removes; a
        `force_destroy` or a recovery window of 0 set on the way; an import that replaces.

    References
        Incidents R195, R196, R199.
    """
    if not change.imports:
        return None
    if change.kind is ActionKind.NO_OP or explain(change, context) is not None:
        return "it is only brought under management"
    return None


@whole(id="BL-moved", name="moved-only", kinds={ActionKind.NO_OP})
def moved_only(change: ResourceChange, context: Context) -> str | None:  # noqa: ARG001 - all look alike
    """An object gets another address and nothing else.

    Harmless when
        The change is a no-op with a previous address.

    Traps
        An object that the move missed shows as a delete and a create and is judged as such.

    References
        Incidents R194, R196, R203.
    """
    return "it only gets another address" if change.is_moved else None


@whole(id="BL-abandon", name="left-alone", kinds={ActionKind.DELETE})
def left_alone(change: ResourceChange, context: Context) -> str | None:  # noqa: ARG001 - all look alike
    """A delete that leaves the real object alone.

    Harmless when
        The state says so (`skip_destroy`, `deletion_policy = "ABANDON"`,
        `disable_on_destroy = false`, `archive_on_destroy`), or the type has nothing real.

    Traps
        The argument set in the new configuration only: the state counts. Arguments of a
        similar name that do disable something (`retain_on_delete` of CloudFront).

    References
        Incidents R143, R152.
    """
    return why_left_alone(change)


@whole(
    id="BL-window",
    name="can-be-brought-back",
    kinds={ActionKind.DELETE},
    types=destroying.RECOVERY_WINDOWS,
)
def can_be_brought_back(change: ResourceChange, context: Context) -> str | None:
    """The delete of a secret that nobody is seen to use and that can be restored for days.

    Harmless when
        The state keeps a recovery window of at least 7 days, nothing in the plan refers to the
        secret or names it, and it replicates to no other region.

    Traps
        A window of 0; a user by name or ARN in a policy, a task or a function.

    References
        https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_delete-secret.html
    """
    days = change.before.get(destroying.RECOVERY_WINDOWS[change.type])
    if not isinstance(days, int) or days < _WEEK or context.consumers(change):
        return None
    if change.before.get("replica") or _is_named_elsewhere(change, context):
        return None
    return f"nobody here uses it, and it can be brought back for {days} days"


def _is_named_elsewhere(change: ResourceChange, context: Context) -> bool:
    """Whether the text of something that stays holds the object's ARN or name."""
    names = [change.before.get(name) for name in ("arn", "name")]
    texts = [name.encode() for name in names if isinstance(name, str) and name]
    return any(
        text in bytes(other.raw.change.after)
        for other in context.plan.changes
        for text in texts
        if other is not change and not other.destroys
    )


@whole(
    id="BL-null",
    name="marker-replaced",
    kinds={ActionKind.REPLACE, ActionKind.DELETE},
    types=harmless.MARKERS,
)
def marker_replaced(change: ResourceChange, context: Context) -> str | None:
    """A resource without a real object is replaced, and nobody uses its value.

    Harmless when
        It is a null resource, a random value or a time marker without provisioners to which
        nothing refers.

    Traps
        Provisioners run again; a random value that names or seeds something; a credential
        (`random_password`); a resource that is replaced by trigger in the same plan.

    References
        Incidents R144, R145, R204.
    """
    if not shows_users(change, context) or context.consumers(change):
        return None
    if _something_is_triggered(context):
        return None
    if change.type in harmless.RUN_PROVISIONERS and not _has_no_provisioners(change, context):
        return None
    return "it exists in the state only, and nothing uses its value"


@whole(
    id="BL-unnamed",
    name="named-by-nobody",
    kinds={ActionKind.DELETE},
    types={
        "kubernetes_config_map",
        "kubernetes_config_map_v1",
        "kubernetes_secret",
        "kubernetes_secret_v1",
        "kubernetes_service_account",
        "kubernetes_service_account_v1",
    },
)
def named_by_nobody(change: ResourceChange, context: Context) -> str | None:
    """A secret, config map or service account goes that nobody in the cluster names any more.

    Harmless when
        The plan shows workloads of its namespace (or ingresses, for a TLS secret), none of them
        names it, and its name stands nowhere in what Kubernetes and Helm resources will say.

    Traps
        Objects that are found by label or by kind: sealing keys, Helm's own records, registry
        logins, tokens; those of the system's namespaces; a namespace whose workloads stand
        elsewhere; a name in the values of a chart.

    References
        https://kubernetes.io/docs/concepts/configuration/secret/
    """
    return why_unnamed(change, context)


def _something_is_triggered(context: Context) -> bool:
    return once(
        context.plan,
        "something is triggered",
        lambda: any(one.action_reason == _TRIGGERED for one in context.plan.changes),
    )


def _has_no_provisioners(change: ResourceChange, context: Context) -> bool:
    if change.kind is ActionKind.DELETE:
        return False
    block = block_of(context.plan, change)
    return block is not None and not block.provisioners

"""BL: look-alikes of danger that are harmless, each with the traps in which it is not.

All of these explain the change as a whole, so each accounts for every changed attribute. What it
cannot account for it leaves to the rules.
"""

from __future__ import annotations

import re
from typing import Any, Final

from iacrisk.catalog import destroying, facts, harmless
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange, lookup, parse_path
from iacrisk.rules.benign.growth import all_grow, grows, is_number, larger_class
from iacrisk.rules.benign.harmless_attributes import Harmless, explain
from iacrisk.rules.benign.new_release import only_image_changes, same_repository, same_versions
from iacrisk.rules.benign.tail import is_spare_tail
from iacrisk.rules.benign.unnamed import why_unnamed
from iacrisk.rules.benign.whole import whole
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.settings.configured import block_of
from iacrisk.rules.readers.settings.left_alone import why_left_alone
from iacrisk.rules.rule import Suppressor

_UPDATE: Final = frozenset({ActionKind.UPDATE})
_REPLACE: Final = frozenset({ActionKind.REPLACE})
_FOLLOWS: Final = frozenset(
    {ActionKind.CREATE, ActionKind.UPDATE, ActionKind.REPLACE, ActionKind.DELETE}
)
_AS_GOOD_AS_NEW: Final = 0.9
_TRIGGERED: Final = "replace_by_triggers"
_WEEK: Final = 7
_NAMES: Final = frozenset({"name", "name_prefix", "self_link_unique", "tags_fingerprint"})


@whole(id="BL-tags", name="only-tags", kinds=_UPDATE)
def only_tags(change: ResourceChange, context: Context) -> str | None:
    """Only tags or labels change that describe and do nothing else.

    Harmless when
        Nothing but tags, labels and what is computed from them changes, on AWS, Azure or
        Google.

    Traps
        Tag keys that machines act on: those of Kubernetes, autoscalers and backup plans, and
        every key that a policy, a selection or a look-up by tag in this plan reads. Google's
        network tags, node labels, and providers whose tags choose targets.

    References
        Incidents R199, R211.
    """
    if explain(change, context) is Harmless.TAGS:
        return "only tags change, and nothing in this plan reads them"
    return None


@whole(id="BL-desc", name="only-description", kinds=_UPDATE)
def only_description(change: ResourceChange, context: Context) -> str | None:
    """Only a description changes, in place.

    Harmless when
        Nothing but words for people changes (and perhaps tags).

    Traps
        A description that forces a replacement, as on `aws_security_group` and
        `aws_iam_policy`; the display name of an identity, which look-ups use.

    References
        Incidents R223, R224.
    """
    if explain(change, context) is Harmless.DESCRIPTION:
        return "only a description changes"
    return None


@whole(id="BL-policy", name="same-policy", kinds=_UPDATE)
def reordered_policy(change: ResourceChange, context: Context) -> str | None:
    """A policy document is written differently and grants the same.

    Harmless when
        Old and new document hold the same grants: order, a scalar for a list of one, the
        case of actions, an account number for its root.

    Traps
        One principal or action less within the noise; the account instead of a service's own
        role, whose rights are fixed; a document that does not parse or is not known yet.

    References
        Incidents R147, R148, R149, R150.
    """
    if explain(change, context) is Harmless.POLICY:
        return "the policy is written differently but grants the same"
    return None


@whole(id="BL-set", name="same-content", kinds=_UPDATE)
def same_content(change: ResourceChange, context: Context) -> str | None:
    """A list or block has the same content in another order or with defaults spelled out.

    Harmless when
        Null, an empty text and an empty list take each other's place, or the members of a
        list without order change places.

    Traps
        A member truly added, removed or doubled; lists whose order decides (cache
        behaviours, firewall rule sets, commands).

    References
        Incident R179.
    """
    if explain(change, context) is Harmless.REWRITTEN:
        return "the same content is written differently"
    return None


@whole(id="BL-known", name="recomputed", kinds=_UPDATE)
def recomputed(change: ResourceChange, context: Context) -> str | None:
    """Only values that the provider computes are "known after apply".

    Harmless when
        Nothing but etags, timestamps, versions, ids and the like becomes unknown.

    Traps
        A consumer of that value is destroyed or replaced in the same plan.

    References
        Incident R210.
    """
    if explain(change, context) is Harmless.COMPUTED:
        return "only values that the provider computes change"
    return None


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
    if not _shows_users(change, context) or context.consumers(change):
        return None
    if _something_is_triggered(context):
        return None
    if change.type in harmless.RUN_PROVISIONERS and not _has_no_provisioners(change, context):
        return None
    return "it exists in the state only, and nothing uses its value"


@whole(
    id="BL-ecs",
    name="task-definition-release",
    kinds=_REPLACE,
    types={"aws_ecs_task_definition"},
)
def task_definition_release(change: ResourceChange, context: Context) -> str | None:
    """A new revision of a task definition with a newer image.

    Harmless when
        Nothing but the tag or digest of images changes. Running tasks keep the old revision
        until the service rolls.

    Traps
        Another family, role, network mode or environment; an image from another repository
        or not known yet; a container less.

    References
        Incidents R142, R143, R214.
    """
    changed = change.changed - harmless.TASK_COMPUTED
    if change.replace_roots - {"container_definitions"} or "container_definitions" not in changed:
        return None
    rest = changed - {"container_definitions"}
    if rest and explain(change, context, *rest) is None:
        return None
    before, after = change.was("container_definitions"), change.becomes("container_definitions")
    if only_image_changes(before, after):
        return "only the version of container images changes"
    return None


@whole(
    id="BL-lt",
    name="template-release",
    kinds=_UPDATE,
    types={"aws_launch_template"},
)
def template_release(change: ResourceChange, context: Context) -> str | None:
    """A launch template gets a newer image, and nothing rolls.

    Harmless when
        Only the image, tags and version numbers change, and no user of the template
        refreshes its instances.

    Traps
        An autoscaling group with instance refresh; a node group, which rolls by itself; any
        other argument (a smaller disk counts later); an image not known yet.

    References
        Incidents R182, R183, R215.
    """
    if change.changed - harmless.TEMPLATE_RELEASE or change.becomes("image_id") is UNKNOWN:
        return None
    if not _shows_users(change, context):
        return None
    words = change.changed & facts.TAG_ATTRIBUTES
    if words and explain(change, context, *words) is None:
        return None
    for use in context.consumers(change):
        user = use.node.change
        rolls = use.node.type != "aws_autoscaling_group" or not user or _refreshes(user)
        if use.node.is_resource and rolls:
            return None
    return "the template changes, and no running instance is replaced for it"


@whole(
    id="BL-lambda",
    name="code-release",
    kinds=_UPDATE,
    types={*harmless.SOURCE_ONLY, *harmless.IMAGE_ONLY},
)
def code_release(change: ResourceChange, context: Context) -> str | None:
    """A function or service gets new code and nothing else.

    Harmless when
        Only the code artefact, the image version or layer versions change.

    Traps
        Runtime, architecture, role, network or environment change along; an image from
        another repository; a layer less; versions no longer published.

    References
        Incidents R146, R227.
    """
    own = harmless.SOURCE_ONLY.get(change.type, frozenset())
    release, rest = change.changed & own, change.changed - own
    if release and all(_is_release(change, name) for name in release):
        if not rest or explain(change, context, *rest) is not None:
            return "only its code changes"
    elif change.type in harmless.IMAGE_ONLY and _only_image(change, context):
        return "only the version of its image changes"
    return None


@whole(
    id="BL-cbd",
    name="stateless-created-first",
    kinds=_REPLACE,
)
def stateless_created_first(change: ResourceChange, context: Context) -> str | None:
    """A stateless resource gets another name; the new one stands before the old one goes.

    Harmless when
        Only its name, description and tags change, the new one is created first, and every
        user follows in the same plan.

    Traps
        A user that stays with the old one; any other argument.

    References
        Incident R221.
    """
    known = context.type_of(change)
    if not change.creates_first or known.stateful or known.recoverability < _AS_GOOD_AS_NEW:
        return None
    if not _shows_users(change, context):
        return None
    rest = change.changed - facts.COMPUTED_NOISE - _NAMES
    if rest and explain(change, context, *rest) not in {Harmless.TAGS, Harmless.DESCRIPTION}:
        return None
    users = [use.node for use in context.consumers(change)]
    if all(node.change and node.change.kind in _FOLLOWS for node in users):
        return "the new one stands before the old one goes, and every user follows"
    return None


@whole(id="BL-scaleout", name="scale-out", kinds=_UPDATE)
def scale_out(change: ResourceChange, context: Context) -> str | None:
    """More of the same: numbers of instances or capacity grow.

    Harmless when
        Only counts change and all of them grow, none to more than three times.

    Traps
        One count grows while another shrinks; a count not known yet; types that pause or
        move data to grow.

    References
        Incident R225.
    """
    if change.type in harmless.GROWS_WITH_A_PAUSE or change.type == "aws_lambda_function":
        return None
    numbers = change.changed.intersection(facts.CAPACITY_ATTRIBUTES.get(change.type, ()))
    rest = change.changed - numbers
    if numbers:
        if all(grows(change.was(name), change.becomes(name)) for name in numbers) and (
            not rest or explain(change, context, *rest) is not None
        ):
            return "it only grows"
    elif all_grow(change):
        return "it only grows"
    return None


@whole(
    id="BL-scalein",
    name="tail-scale-in",
    kinds={ActionKind.DELETE},
)
def tail_scale_in(change: ResourceChange, context: Context) -> str | None:
    """The last of several counted machines goes; the others keep their places.

    Harmless when
        The highest index goes, at least two machines and two thirds stay untouched, and
        nothing that stays refers to the one that goes.

    Traps
        An index out of the middle, which replaces the ones behind it; machines with disks of
        their own or with a vote (databases, brokers, control planes).

    References
        Incident R205.
    """
    if change.action_reason == "delete_because_count_index" and is_spare_tail(change, context):
        return "the last of several like it goes, the others stay"
    return None


@whole(
    id="BL-logret",
    name="kept-longer",
    kinds=_UPDATE,
    types=harmless.MORE_RETENTION,
)
def kept_longer(change: ResourceChange, context: Context) -> str | None:
    """Logs or messages are kept longer.

    Harmless when
        The retention grows, or becomes "for ever".

    Traps
        From "for ever" (0) to any number of days, which deletes history.

    References
        Incidents R198, R199.
    """
    name = harmless.MORE_RETENTION[change.type]
    rest = change.changed - {name}
    if name not in change.changed or (rest and explain(change, context, *rest) is None):
        return None
    before, after = change.was(name), change.becomes(name)
    if not is_number(before) or not is_number(after):
        return None
    forever = change.type == "aws_cloudwatch_log_group"
    if (forever and after == 0) or (after > before and not (forever and before == 0)):
        return "it is only kept longer"
    return None


@whole(
    id="BL-rds",
    name="deferred-or-calm-growth",
    kinds=_UPDATE,
    types={"aws_db_instance"},
)
def deferred_growth(change: ResourceChange, context: Context) -> str | None:
    """A database grows, at once without a pause or in its maintenance window.

    Harmless when
        Storage or throughput grows, or the instance class becomes larger without
        `apply_immediately`.

    Traps
        `apply_immediately`; a smaller class; any other argument, such as a version.

    References
        Incident R151.
    """
    calm = set(harmless.CALM_GROWTH[change.type])
    growing = change.changed & (calm | {"instance_class"})
    rest = change.changed - growing
    if not growing or (rest and explain(change, context, *rest) is None):
        return None
    if not all(grows(change.was(name), change.becomes(name)) for name in growing & calm):
        return None
    if "instance_class" not in growing:
        return "its storage only grows"
    if change.becomes("apply_immediately") in (None, False) and larger_class(
        change.was("instance_class"), change.becomes("instance_class")
    ):
        return "it becomes larger in its maintenance window"
    return None


@whole(id="BL-k8sanno", name="only-metadata", kinds=_UPDATE)
def only_metadata(change: ResourceChange, context: Context) -> str | None:  # noqa: ARG001 - all look alike
    """Only notes in the metadata of a Kubernetes object change.

    Harmless when
        Annotations such as owner, contact or change cause change, or labels that nothing
        selects by.

    Traps
        Everything else: controllers, load balancers, certificate issuers and scrapers read
        annotations, and labels select. A pod template is not metadata.

    References
        https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/
    """
    if not change.type.startswith("kubernetes_") or change.changed != {"metadata"}:
        return None
    for difference in change.differences():
        if not _is_note(difference.path, difference.before, difference.after):
            return None
    return "only notes in its metadata change"


@whole(
    id="BL-derived",
    name="computed-from-others",
    kinds={ActionKind.REPLACE, ActionKind.DELETE},
    types=harmless.DERIVED,
)
def computed_from_others(change: ResourceChange, context: Context) -> str | None:
    """A view that holds nothing of its own is made anew, or goes without a reader.

    Harmless when
        It is a view or a materialised view, it keeps its name, and what it reads stays; or it is
        deleted and nothing in the state refers to it.

    Traps
        Another name or dataset, under which readers do not find it; a table under the view that
        goes in the same plan; a table that becomes a view, or the other way round.

    References
        https://cloud.google.com/bigquery/docs/materialized-views-intro
    """
    query = _query_of(change, change.before)
    if query is None or _reads_what_goes(query, change, context):
        return None
    if change.kind is ActionKind.DELETE:
        if not _shows_users(change, context) or context.live_users(change):
            return None
        return "it is computed from what stays, and nothing refers to it"
    same = all(change.was(name) == change.becomes(name) for name in _PLACE_OF_A_VIEW)
    if same and _query_of(change, change.after) is not None:
        return "it is computed anew from what stays"
    return None


_PLACE_OF_A_VIEW: Final = ("project", "dataset_id", "table_id")


def _query_of(change: ResourceChange, tree: dict[str, Any]) -> str | None:
    texts = (lookup(tree, parse_path(path)) for path in harmless.DERIVED[change.type])
    return next((text for text in texts if isinstance(text, str) and text), None)


def _reads_what_goes(query: str, change: ResourceChange, context: Context) -> bool:
    words = frozenset(re.split(r"[^\w-]+", query))
    goers = once(
        context.plan,
        ("tables that go", change.type),
        lambda: [one for one in context.changes_of(change.type) if one.destroys],
    )
    return any(one is not change and one.before.get("table_id") in words for one in goers)


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


def _is_note(path: tuple[Any, ...], before: Any, after: Any) -> bool:
    if len(path) < 3 or path[:2] != ("metadata", 0):
        return False
    if path[2] in {"generation", "resource_version"}:
        return True
    if path[2] not in {"annotations", "labels"} or after is UNKNOWN:
        return False
    trees = (before or {}, after or {}) if len(path) == 3 else ({path[3]: before}, {})
    keys = {str(key) for tree in trees if isinstance(tree, dict) for key in tree}
    if path[2] == "labels":
        return keys <= harmless.INERT_LABELS
    return all(_is_inert(key) for key in keys)


def _is_inert(key: str) -> bool:
    prefix, _, last = key.rpartition("/")
    return last in harmless.INERT_ANNOTATIONS and "ingress" not in prefix


def _shows_users(change: ResourceChange, context: Context) -> bool:
    """Whether the plan would tell who refers to it: without a configuration nobody seems to."""
    if change.kind is ActionKind.DELETE:
        return context.plan.document.prior_state is not None
    return context.graph.has_configuration


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


def _refreshes(group: ResourceChange) -> bool:
    refresh = group.becomes("instance_refresh")
    return refresh is UNKNOWN or bool(refresh)


def _is_release(change: ResourceChange, name: str) -> bool:
    before, after = change.before.get(name), change.after.get(name)
    if name == "image_uri":
        return same_repository(before, after)
    if name == "layers":
        return same_versions(before, after)
    if name == "publish":
        return after is True
    computed = name not in {"filename", "s3_bucket", "s3_key", "source_archive_object"}
    return after is not UNKNOWN or computed


def _only_image(change: ResourceChange, context: Context) -> bool:
    found = False
    for difference in change.differences():
        if difference.path[-1:] == (harmless.IMAGE_ONLY[change.type],):
            found = True
            if not same_repository(difference.before, difference.after):
                return False
        elif explain(change, context, str(difference.path[0])) is None:
            return False
    return found


SUPPRESSORS: Final[tuple[Suppressor, ...]] = (
    moved_only,
    import_only,
    left_alone,
    can_be_brought_back,
    only_tags,
    only_description,
    reordered_policy,
    same_content,
    recomputed,
    marker_replaced,
    task_definition_release,
    template_release,
    code_release,
    stateless_created_first,
    scale_out,
    tail_scale_in,
    kept_longer,
    deferred_growth,
    only_metadata,
    computed_from_others,
    named_by_nobody,
)

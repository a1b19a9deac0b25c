"""Look-alikes that are releases: new code, images and templates beside the old ones."""

from __future__ import annotations

from typing import Final

from iacrisk.catalog import facts, harmless
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.rules.benign.harmless_attributes import Harmless, explain
from iacrisk.rules.benign.new_release import only_image_changes, same_repository, same_versions
from iacrisk.rules.benign.whole import shows_users, whole
from iacrisk.rules.context import Context

_UPDATE: Final = frozenset({ActionKind.UPDATE})
_REPLACE: Final = frozenset({ActionKind.REPLACE})
_FOLLOWS: Final = frozenset(
    {ActionKind.CREATE, ActionKind.UPDATE, ActionKind.REPLACE, ActionKind.DELETE}
)
_AS_GOOD_AS_NEW: Final = 0.9
_NAMES: Final = frozenset({"name", "name_prefix", "self_link_unique", "tags_fingerprint"})


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
    if not shows_users(change, context):
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
    if not shows_users(change, context):
        return None
    rest = change.changed - facts.COMPUTED_NOISE - _NAMES
    if rest and explain(change, context, *rest) not in {Harmless.TAGS, Harmless.DESCRIPTION}:
        return None
    users = [use.node for use in context.consumers(change)]
    if all(node.change and node.change.kind in _FOLLOWS for node in users):
        return "the new one stands before the old one goes, and every user follows"
    return None


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

"""What runs after the plan, and which names stand in it: who can be seen to use something."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from iacrisk.catalog import ResourceClass, resource_type
from iacrisk.patterns import regex
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.settings.unknowns import holds_unknown
from iacrisk.rules.readers.shapes import last_part
from iacrisk.rules.readers.siblings import stays

_WORD: Final = regex(r"[\w@.-]+")
_ALSO: Final = frozenset(
    {
        "aws_ecs_task_definition",
        "azurerm_application_gateway",
        "azurerm_kubernetes_cluster",
        "google_compute_instance_template",
        "google_compute_region_instance_template",
        "google_container_cluster",
        "google_container_node_pool",
        "kubectl_manifest",
        "kubernetes_manifest",
    }
)
_NOT_PROGRAMS: Final = regex(
    r"_(autoscaler|availability_set|elasticpool|environment|plan|pod_autoscaler\w*|scheduler_job)$"
)
_SOURCES: Final = regex(rb'"env_?[fF]rom"\s*:\s*\[\s*\{')
_NAMES: Final = ("name", "bucket", "secret_id", "dataset_id", "email", "url", "fqdn", "endpoint")
_GENERIC: Final = 3
_FAR: Final = 3
_MOST: Final = 200


def programs(context: Context) -> tuple[ResourceChange, ...]:
    """What runs code today and stays, or is made by this plan."""
    return once(
        context.plan,
        "programs",
        lambda: tuple(
            one
            for one in context.plan.changes
            if one.mode == "managed" and one.kind is not ActionKind.DELETE and _runs(one.type)
        ),
    )


def _runs(type_name: str) -> bool:
    if type_name in _ALSO:
        return True
    is_compute = resource_type(type_name).resource_class is ResourceClass.COMPUTE
    return is_compute and not _NOT_PROGRAMS.search(type_name)


def programs_naming(text: str, context: Context) -> tuple[ResourceChange, ...]:
    """The programs in whose values the text stands as a word, in any letter case."""

    def build() -> dict[str, list[ResourceChange]]:
        index: dict[str, list[ResourceChange]] = {}
        for one in programs(context):
            for word in words_of(one, context):
                index.setdefault(word, []).append(one)
        return index

    return tuple(once(context.plan, "programs by word", build).get(text.lower(), ()))


def words_of(change: ResourceChange, context: Context) -> frozenset[str]:
    """The words in the values after the plan, also behind `@`; and each host name's first label."""

    def build() -> frozenset[str]:
        text = bytes(change.raw.change.after).decode("utf-8", "replace").lower()
        words = set(_WORD.findall(text))
        words |= {word.rpartition("@")[2] for word in words if "@" in word}
        return frozenset(words | {word.partition(".")[0] for word in words if "." in word})

    return once(context.plan, ("words", change.label), build)


def shows_all_names(change: ResourceChange) -> bool:
    """Whether the plan shows every name that the program is given; sources of variables hide some.

    What is not known yet hides them as well.
    """
    if _SOURCES.search(bytes(change.raw.change.after)):
        return False
    return change.kind is ActionKind.NO_OP or not any(
        holds_unknown(change.after.get(name)) for name in change.changed & _TOLD
    )


_TOLD: Final = frozenset(
    {"app_settings", "environment", "manifest", "metadata", "spec", "template", "yaml_body"}
    | {"connection_string", "container", "container_definitions", "secret", "service_config"}
    | {"custom_data", "metadata_startup_script", "set", "site_config", "user_data", "values"}
)


def names_of(change: ResourceChange) -> frozenset[str]:
    """The names by which a program would call the object, in lower case."""
    texts = [change.before.get(name) for name in _NAMES]
    for name in ("id", "self_link", "arn"):
        value = change.before.get(name)
        texts.append(last_part(value) if isinstance(value, str) else None)
    return frozenset(
        text.lower() for text in texts if isinstance(text, str) and len(text) > _GENERIC
    )


def names(user: ResourceChange, used: ResourceChange, context: Context) -> bool:
    """Whether the program names the object, or refers to it over objects in between."""
    if names_of(used) & words_of(user, context):
        return True
    identity = used.before.get("id")
    if isinstance(identity, str) and identity and identity.encode() in bytes(user.raw.change.after):
        return True
    return used.label in _leads_to(user, context)


def programs_using(used: ResourceChange, context: Context) -> list[ResourceChange]:
    """The programs that name the object, or refer to it over objects in between."""
    near = {one.label: one for name in names_of(used) for one in programs_naming(name, context)}
    there = once(
        context.plan, "programs by label", lambda: {one.label: one for one in programs(context)}
    )
    seen, edge = {used.label}, [used.label]
    for _ in range(_FAR):
        uses = [use for label in edge for use in context.graph.consumers(label)]
        found = {use.node.label for use in uses if not _is_identity(use.node.type)} - seen
        near |= {label: there[label] for label in found & there.keys()}
        seen |= found
        edge = sorted(found)[:_MOST]
    near.pop(used.label, None)
    return list(near.values())


def names_another(user: ResourceChange, used: ResourceChange, context: Context) -> bool:
    """Whether the program names an object of the same type as `used`, other than it."""

    def build() -> dict[str, list[str]]:
        index: dict[str, list[str]] = {}
        for one in context.changes_of(used.type):
            for name in names_of(one):
                index.setdefault(name, []).append(one.label)
        return index

    index = once(context.plan, ("names of a type", used.type), build)
    by_name = (label for word in words_of(user, context) for label in index.get(word, ()))
    if any(label != used.label for label in by_name):
        return True
    labels = once(
        context.plan,
        ("labels of a type", used.type),
        lambda: frozenset(one.label for one in context.changes_of(used.type)),
    )
    return bool((_leads_to(user, context) & labels) - {used.label})


def _leads_to(user: ResourceChange, context: Context) -> frozenset[str]:
    """What the program refers to in a few steps, grants and identities left out."""

    def build() -> frozenset[str]:
        seen, edge = {user.label}, [user.label]
        for _ in range(_FAR):
            uses = [use for label in edge for use in context.graph.dependencies(label)]
            edge = [
                use.node.label
                for use in uses
                if use.node.label not in seen and not _is_identity(use.node.type)
            ][:_MOST]
            seen.update(edge)
        return frozenset(seen)

    return once(context.plan, ("leads to", user.label), build)


def _is_identity(type_name: str) -> bool:
    return resource_type(type_name).resource_class is ResourceClass.IDENTITY


def object_named(types: Iterable[str], text: object, context: Context) -> ResourceChange | None:
    """The object of one of the types that has this id or name today and stays."""
    if not isinstance(text, str) or not text:
        return None
    key = tuple(sorted(types))

    def build() -> dict[str, ResourceChange]:
        index: dict[str, ResourceChange] = {}
        for one in filter(stays, context.changes_of(*key)):
            identity = one.before.get("id")
            if isinstance(identity, str):
                index[identity.lower()] = one
            for name in names_of(one):
                index.setdefault(name, one)
        return index

    index = once(context.plan, ("objects named", key), build)
    found = index.get(text.lower())
    return found if found is not None else index.get(last_part(text).lower())

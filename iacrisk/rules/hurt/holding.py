"""Ties of what holds something: databases of a server, images of a repository, an API's objects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.catalog import attachment, resource_type
from iacrisk.catalog.charts import chart_name
from iacrisk.catalog.retention import IMAGE_POLICIES
from iacrisk.plan import ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.messages.subscriptions import readers_of_subscription
from iacrisk.rules.readers.programs.running import names_of, programs_naming
from iacrisk.rules.readers.siblings import stays
from iacrisk.rules.readers.tables import readers_of_table

_RUN_IMAGES: Final = ("aws_ecs_task_definition", "aws_lambda_function", "aws_apprunner_service")
_PARTS: Final = frozenset({"database", "database_name", "instance", "cluster", "server_id"})
"""Arguments by which what holds data names the object that it is kept in."""

_KINDS: Final = {
    "external-dns": ("Ingress",),
    "cert-manager": ("Certificate", "ClusterIssuer", "Issuer"),
}
"""Kinds of objects that live on a chart's controller."""


def acted_on(change: ResourceChange, context: Context) -> Iterator[str]:
    """What a settings object belongs to."""
    arguments = attachment(change.type)
    for use in context.graph.dependencies(change.label):
        other = use.node.change
        if use.argument.partition(".")[0] in arguments and other is not None and stays(other):
            yield use.node.label


def contents(change: ResourceChange, context: Context) -> Iterator[str]:
    """What is kept in the change and shares its backups and history."""
    for use in context.consumers(change):
        other = use.node.change
        is_part = use.argument in _PARTS and resource_type(use.node.type).stateful
        if is_part and other is not None and stays(other):
            yield use.node.label


def images(change: ResourceChange, context: Context) -> Iterator[str]:
    """What runs images of the repository whose policy changes."""
    if change.type not in IMAGE_POLICIES:
        return
    for label in acted_on(change, context):
        repository = context.change_at(label)
        url = repository.before.get("repository_url") if repository is not None else None
        if isinstance(url, str) and url:
            yield from _holding(f"{url}:".encode(), context)
            yield from _holding(f"{url}@".encode(), context)


def asking_in_queries(change: ResourceChange, context: Context) -> Iterator[str]:
    """The views, scheduled queries and the like whose query reads the table."""
    found = [one.label for one in readers_of_table(change, context)]
    yield from found if len(found) <= _MANY else ()


_MANY: Final = 50


def _holding(text: bytes, context: Context) -> Iterator[str]:
    for runner in context.changes_of(*_RUN_IMAGES):
        if text in bytes(runner.raw.change.before):
            yield runner.label


def services_of_api(change: ResourceChange, context: Context) -> Iterator[str]:
    """The objects of a Google API that is switched off."""
    name = str(change.before.get("service") or "").partition(".")[0].removesuffix("admin")
    if change.type != "google_project_service" or not name:
        return

    def build() -> list[tuple[str, str]]:
        return [
            (other.type.replace("_", ""), other.label)
            for other in context.plan.changes
            if other.type.startswith("google_") and other.mode == "managed" and stays(other)
        ]

    for type_name, label in once(context.plan, "objects of Google APIs", build):
        if type_name.startswith(f"google{name}"):
            yield label


def kinds_of_chart(change: ResourceChange, context: Context) -> Iterator[str]:
    """The objects that the chart's controller serves."""
    if change.type != "helm_release":
        return
    wanted = _KINDS.get(chart_name(change.before.get("chart")), ())
    for other in context.changes_of("kubernetes_manifest", "kubectl_manifest"):
        if _kind(other.before.get("manifest")) in wanted and stays(other):
            yield other.label
    if "Ingress" in wanted:
        for other in context.changes_of("kubernetes_ingress", "kubernetes_ingress_v1"):
            if stays(other):
                yield other.label


def _kind(manifest: Any) -> str:
    return str(manifest.get("kind")) if isinstance(manifest, dict) else ""


_MESSAGES: Final = frozenset(
    {
        "aws_sqs_queue",
        "azurerm_servicebus_queue",
        "azurerm_servicebus_subscription",
        "google_cloud_tasks_queue",
        "google_pubsub_lite_subscription",
        "google_pubsub_subscription",
    }
)
_FEW: Final = 4
"""More programs than this by a name mean that the name says little."""


def readers_of_messages(change: ResourceChange, context: Context) -> Iterator[str]:
    """The programs that name a queue or subscription and find it empty, or not at all."""
    if change.type not in _MESSAGES:
        return
    if change.type == "azurerm_servicebus_subscription":
        yield from readers_of_subscription(change, context)
        return
    found = {
        one.label
        for name in names_of(change)
        for one in programs_naming(name, context)
        if stays(one)
    }
    yield from sorted(found) if len(found) <= _FEW else ()

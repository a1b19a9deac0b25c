"""Ties by address and name: who answers at a URL, uses a store, or stands behind what opens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.catalog import ResourceClass, resource_type
from iacrisk.patterns import regex
from iacrisk.plan import ResourceChange
from iacrisk.plan.values import members
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.messages.subscriptions import readers_of_subscription
from iacrisk.rules.readers.networks.dns import record_before
from iacrisk.rules.readers.networks.network_users import users_of
from iacrisk.rules.readers.networks.packet_filters import FILTER_OWNERS, server_of
from iacrisk.rules.readers.programs.running import (
    names_of,
    object_named,
    programs,
    programs_naming,
    programs_using,
    words_of,
)
from iacrisk.rules.readers.shapes import last_part, texts
from iacrisk.rules.readers.siblings import stays

_MOST: Final = 8
"""More than this many mean none of them in particular."""

_HOST: Final = regex(rb"https?://([\w.-]+\.[a-z]+)")
_HOSTS: Final = (
    "default_hostname",
    "default_host_name",
    "fqdn",
    "latest_revision_fqdn",
    "uri",
    "url",
)
_CALLERS: Final = frozenset(
    {
        "aws_sns_topic_subscription",
        "azurerm_api_management_api",
        "azurerm_api_management_api_operation_policy",
        "azurerm_api_management_api_policy",
        "azurerm_eventgrid_event_subscription",
        "azurerm_eventgrid_system_topic_event_subscription",
        "google_cloud_scheduler_job",
        "google_cloud_tasks_queue",
        "google_pubsub_subscription",
    }
)
"""Types that call what stands in their values by its address."""


def answering_at(change: ResourceChange, context: Context) -> Iterator[str]:
    """The programs that answer at the addresses which the change calls."""
    if change.type not in _CALLERS:
        return
    hosts = {found.decode().lower() for found in _HOST.findall(bytes(change.raw.change.before))}
    known = once(context.plan, "programs by host", lambda: _by_host(context))
    found = [label for host in sorted(hosts) for label in known.get(host, ())]
    yield from found if len(found) <= _MOST else ()


def _by_host(context: Context) -> dict[str, list[str]]:
    index: dict[str, list[str]] = {}
    for one in filter(stays, programs(context)):
        for text in texts(*(one.before.get(name) for name in _HOSTS)):
            host = text.partition("://")[2] or text
            index.setdefault(host.partition("/")[0].lower(), []).append(one.label)
    return index


def users_of_store(change: ResourceChange, context: Context) -> Iterator[str]:
    """The programs that name a store whose content is deleted or no longer copied."""
    if not resource_type(change.type).stateful:
        return
    found = {
        one.label
        for name in names_of(change)
        for one in programs_naming(name, context)
        if stays(one) and not _HANDING_ON.search(one.type)
    }
    yield from sorted(found) if len(found) <= _FEW else ()


_FEW: Final = 3
"""More programs than this by a name mean that the name says little."""

_HANDING_ON: Final = regex(r"_(mapping|subscription|target|notification|trigger|task)$")


def machines_with_disk(change: ResourceChange, context: Context) -> Iterator[str]:
    """The machines that keep their data on a disk which is no longer copied."""
    named = change.before.get("disk") or change.before.get("disk_id")
    types = ("azurerm_managed_disk", "google_compute_disk", "google_compute_region_disk")
    disk = object_named(types, named, context)
    if disk is not None and change.type.startswith(("azurerm_", "google_")):
        users = [one.label for one in programs_using(disk, context) if stays(one)]
        yield from users if len(users) <= _MOST else ()


def subnets_left_out(change: ResourceChange, context: Context) -> Iterator[str]:
    """The subnets that a NAT of Google no longer serves, and who lives there."""
    if change.type != "google_compute_router_nat":
        return
    router = object_named(["google_compute_router"], change.before.get("router"), context)
    network = last_part(router.before.get("network")) if router is not None else ""
    listed = {last_part(block.get("name")) for block in members(change.after.get("subnetwork"))}
    for subnet in context.changes_of("google_compute_subnetwork"):
        same = subnet.before.get("region") == change.before.get("region")
        same = same and last_part(subnet.before.get("network")) == network
        if same and stays(subnet) and listed and str(subnet.before.get("name")) not in listed:
            yield subnet.label
            yield from users_of(subnet, context).live


def stores_behind(change: ResourceChange, context: Context) -> Iterator[str]:
    """The databases that a program names which strangers come to reach."""
    if resource_type(change.type).resource_class is not ResourceClass.COMPUTE:
        return
    words = words_of(change, context)
    found = [
        one.label
        for one in once(context.plan, "database servers", lambda: _databases(context))
        if names_of(one) & words or _socket(one) in words
    ]
    yield from found if len(found) <= _MOST else ()


def _databases(context: Context) -> list[ResourceChange]:
    return [
        one
        for one in context.plan.changes
        if one.mode == "managed"
        and stays(one)
        and resource_type(one.type).stateful
        and _DATABASES.search(one.type)
    ]


_DATABASES: Final = regex(
    r"_(sql_database_instance|alloydb_\w+|(mssql|mysql|postgresql)\w*_server|cosmosdb_account|"
    r"db_instance|docdb_cluster|neptune_cluster|rds_cluster|spanner_instance)$"
)


def _socket(server: ResourceChange) -> str:
    """The last part of `project:region:name`, by which programs on Google name a database."""
    return str(server.before.get("connection_name") or "-").rpartition(":")[2].lower()


def databases_behind_rule(change: ResourceChange, context: Context) -> Iterator[str]:
    """The databases of a server whose list of addresses opens."""
    server = server_of(change, context) if change.type in FILTER_OWNERS else None
    for use in context.consumers(server) if server is not None else ():
        is_part = use.argument in {"server_id", "server_name", "instance"}
        if is_part and resource_type(use.node.type).stateful and use.node.change is not None:
            yield use.node.label


# Alerts in the scope of a rule that mutes them

_MUTES: Final = "azurerm_monitor_alert_processing_rule_suppression"
_ALERTS: Final = (
    "azurerm_monitor_activity_log_alert",
    "azurerm_monitor_metric_alert",
    "azurerm_monitor_scheduled_query_rules_alert",
    "azurerm_monitor_scheduled_query_rules_alert_v2",
    "azurerm_monitor_smart_detector_alert_rule",
)


def alerts_muted(change: ResourceChange, context: Context) -> Iterator[str]:
    """The alerts on what a rule mutes, and the groups that they would have called."""
    if change.type != _MUTES:
        return
    muted = [text.lower().rstrip("/") for text in texts(change.after.get("scopes"))]
    groups: dict[str, None] = {}
    for alert in filter(stays, context.changes_of(*_ALERTS)):
        if alert.before.get("enabled") is False:
            continue
        watched = texts(alert.before.get("scopes"), alert.before.get("data_source_id"))
        if any(_lies_in(one.lower(), scope) for one in watched for scope in muted):
            yield alert.label
            groups |= dict.fromkeys(
                use.node.label
                for use in context.graph.dependencies(alert.label)
                if use.node.type == "azurerm_monitor_action_group"
            )
    yield from groups


def _lies_in(identity: str, scope: str) -> bool:
    return identity == scope or identity.startswith(f"{scope}/")


def backends_of_api(change: ResourceChange, context: Context) -> Iterator[str]:
    """What answers behind an API whose policy changes."""
    yield from answering_at(change, context)
    for use in context.graph.dependencies(change.label):
        if use.node.type == "azurerm_api_management_api" and use.node.change is not None:
            yield from answering_at(use.node.change, context)


# Users by name


def callers_of_name(change: ResourceChange, context: Context) -> Iterator[str]:
    """The programs that call a name whose record changes."""
    record = record_before(change)
    if record is None or "*" in record.name:
        return
    name = record.full_name
    found = [one.label for one in programs_naming(name, context) if stays(one)]
    yield from found if name.count(".") and len(found) <= _MOST else ()


def users_of_database(change: ResourceChange, context: Context) -> Iterator[str]:
    """The programs that name a database server, or the server that a database is on."""
    if not _DATABASES.search(change.type):
        server = object_named(_SERVERS, change.before.get("server_id"), context)
    else:
        server = change
    if server is None:
        return
    called = names_of(server) | {_socket(server), *_addresses(server)}
    naming = (one for name in sorted(called) for one in programs_naming(name, context))
    found = dict.fromkeys(one.label for one in naming if stays(one))
    yield from found if len(found) <= _FEW else ()


def _addresses(server: ResourceChange) -> list[str]:
    """The addresses of an instance of Cloud SQL; of one that loses the public side, that alone."""
    inside = "settings.0.ip_configuration.0"
    opened, network = f"{inside}.ipv4_enabled", f"{inside}.private_network"
    shut = server.was(opened) is True and server.becomes(opened) is False
    shut = shut and server.was(network) == server.becomes(network)
    names = ("public_ip_address",) if shut else ("public_ip_address", "private_ip_address")
    return texts(*(server.before.get(name) for name in names))


_SERVERS: Final = (
    "azurerm_mssql_server",
    "azurerm_mysql_flexible_server",
    "azurerm_postgresql_flexible_server",
)


def runs_as(change: ResourceChange, context: Context) -> Iterator[str]:
    """The programs that run as a service account of Google."""
    email = change.before.get("email")
    if change.type == "google_service_account" and isinstance(email, str):
        yield from (one.label for one in programs_naming(email, context) if stays(one))


_ROLE: Final = regex(r"^google_\w+_iam_(member|binding)$")


def holders_of_role(change: ResourceChange, context: Context) -> Iterator[str]:
    """The grants of a role of Google that gives less, and the programs that run as the holders."""
    if change.type not in {"google_organization_iam_custom_role", "google_project_iam_custom_role"}:
        return
    identity = change.before.get("id")
    for grant in context.plan.changes:
        if not _ROLE.match(grant.type) or grant.before.get("role") != identity:
            continue
        yield grant.label
        for member in texts(grant.before.get("member"), grant.before.get("members")):
            email = member.partition(":")[2]
            yield from (one.label for one in programs_naming(email, context) if stays(one))


def protected_by(change: ResourceChange, context: Context) -> Iterator[str]:
    """What a backup policy of Azure protects."""
    if not change.type.startswith("azurerm_"):
        return
    identity = str(change.before.get("id")).lower()
    for one in context.changes_of(*_PROTECTED):
        if stays(one) and str(one.before.get("backup_policy_id")).lower() == identity:
            yield one.label
            yield from (
                use.node.label
                for use in context.graph.dependencies(one.label)
                if use.argument in _SOURCES
            )


_PROTECTED: Final = (
    "azurerm_backup_protected_file_share",
    "azurerm_backup_protected_vm",
    "azurerm_data_protection_backup_instance_blob_storage",
    "azurerm_data_protection_backup_instance_disk",
    "azurerm_data_protection_backup_instance_postgresql_flexible_server",
)
_SOURCES: Final = frozenset({"disk_id", "server_id", "source_vm_id", "storage_account_id"})


def readers_of_rule(change: ResourceChange, context: Context) -> Iterator[str]:
    """The programs that read the subscription whose rule changes."""
    if change.type in {"azurerm_servicebus_subscription", "azurerm_servicebus_subscription_rule"}:
        yield from readers_of_subscription(change, context)


def readers_of_group(change: ResourceChange, context: Context) -> Iterator[str]:
    """The programs that name a group of readers which goes."""
    name = change.before.get("name")
    if change.type in _READER_GROUPS and isinstance(name, str):
        found = [one.label for one in programs_naming(name, context) if stays(one)]
        yield from found if len(found) <= _FEW else ()


_READER_GROUPS: Final = frozenset(
    {"azurerm_eventhub_consumer_group", "azurerm_iothub_consumer_group"}
)

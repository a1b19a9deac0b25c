"""Ties of databases to the tasks that read their log of changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.patterns import regex
from iacrisk.plan import ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.networks.client_addresses import hosts_of, stores_of
from iacrisk.rules.readers.shapes import texts
from iacrisk.rules.readers.siblings import stays

_LOGS: Final = regex(rb"logical_replication|logical_decoding|binlog_(format|row_image)|wal_level")


def readers_of_changes(change: ResourceChange, context: Context) -> Iterator[str]:
    """The DMS tasks that read the changes of a database whose log of them is touched."""
    if not _LOGS.search(bytes(change.raw.change.before)):
        return
    hosts = {host for store in stores_of(change, context) for host in hosts_of(store)}
    sources = {
        name
        for one in context.changes_of("aws_dms_endpoint")
        if one.before.get("server_name") in hosts
        for name in texts(one.before.get("endpoint_arn"))
    }
    for task in context.changes_of("aws_dms_replication_task"):
        is_reader = "cdc" in str(task.before.get("migration_type"))
        if is_reader and stays(task) and task.before.get("source_endpoint_arn") in sources:
            yield task.label

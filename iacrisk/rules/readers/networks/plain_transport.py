"""Who in the plan reaches a file system, bucket or queue without TLS."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from iacrisk.patterns import regex
from iacrisk.plan import ActionKind, ResourceChange, lookup
from iacrisk.plan.values import mapping, members
from iacrisk.rules.context import Context
from iacrisk.rules.readers.programs.running import programs
from iacrisk.rules.readers.shapes import json_in
from iacrisk.rules.readers.siblings import stays

_SYSTEM: Final = "aws_efs_file_system"
_BUCKET: Final = "aws_s3_bucket"
_DISTRIBUTION: Final = "aws_cloudfront_distribution"
_NFS: Final = regex(rb"mount[^\\\n]{0,80}\bnfs4?\b", re.IGNORECASE)
_SHORTEST: Final = 4


def without_tls(target: ResourceChange, context: Context) -> list[str]:
    """Labels of those who use the target over connections that are not encrypted."""
    if target.type == _SYSTEM:
        found = [*_mounts(target, context)]
    elif target.type == _BUCKET:
        found = [*_websites(target, context), *_plain_addresses(target, context)]
    else:
        found = [*_plain_addresses(target, context)]
    served = [label for one in found for label in _services_of(one, context)]
    return list(dict.fromkeys([*found, *served]))


def _services_of(label: str, context: Context) -> Iterator[str]:
    for use in context.graph.consumers(label):
        if use.node.type == "aws_ecs_service" and use.node.change and stays(use.node.change):
            yield use.node.label


# File systems


def _mounts(target: ResourceChange, context: Context) -> Iterator[str]:
    identity = str(target.before.get("id"))
    needle = identity.encode()
    for one in context.plan.changes:
        reader = _MOUNTS.get(one.type)
        if reader is None or not stays(one) or needle not in bytes(one.raw.change.after):
            continue
        if reader(one.after, identity):
            yield one.label


def _of_task(values: dict[str, Any], identity: str) -> bool:
    blocks = [
        block
        for volume in members(values.get("volume"))
        for block in members(volume.get("efs_volume_configuration"))
    ]
    return any(
        block.get("file_system_id") == identity and block.get("transit_encryption") != "ENABLED"
        for block in blocks
    )


def _of_job(values: dict[str, Any], identity: str) -> bool:
    told = mapping(json_in(values.get("container_properties")))
    for volume in members(told.get("volumes")):
        block = mapping(volume.get("efsVolumeConfiguration"))
        if block.get("fileSystemId") == identity and block.get("transitEncryption") != "ENABLED":
            return True
    return False


def _of_volume(values: dict[str, Any], identity: str) -> bool:
    """Of Kubernetes: plain NFS, or the driver told to do without."""
    source = lookup(values, ("spec", 0, "persistent_volume_source", 0))
    for block in members(mapping(source).get("nfs")):
        if str(block.get("server")).startswith(identity):
            return True
    for block in members(mapping(source).get("csi")):
        told = mapping(block.get("volume_attributes")).get("encryptInTransit")
        if str(block.get("volume_handle")).startswith(identity) and told == "false":
            return True
    return False


def _of_copy(values: dict[str, Any], identity: str) -> bool:
    del identity
    return values.get("in_transit_encryption") == "NONE"


def _of_machine(values: dict[str, Any], identity: str) -> bool:
    text = str(values.get("user_data")).encode()
    return identity.encode() in text and bool(_NFS.search(text)) and b"tls" not in text


_MOUNTS: Final = {
    "aws_batch_job_definition": _of_job,
    "aws_datasync_location_efs": _of_copy,
    "aws_ecs_task_definition": _of_task,
    "aws_instance": _of_machine,
    "aws_launch_template": _of_machine,
    "kubernetes_persistent_volume": _of_volume,
    "kubernetes_persistent_volume_v1": _of_volume,
}

# Buckets and others


def _websites(target: ResourceChange, context: Context) -> Iterator[str]:
    """Distributions and records that lead to the bucket's website, which knows no TLS."""
    name = str(target.before.get("bucket") or target.before.get("id"))
    for one in context.changes_of(_DISTRIBUTION):
        for origin in members(one.after.get("origin")):
            host = str(origin.get("domain_name"))
            if stays(one) and host.startswith(f"{name}.s3-website"):
                yield one.label
    for record in context.changes_of("aws_route53_record"):
        leads = str(lookup(record.after, ("alias", 0, "name")))
        known = str(record.after.get("fqdn") or record.after.get("name")).rstrip(".")
        if stays(record) and leads.startswith("s3-website") and known == name:
            yield record.label


def _plain_addresses(target: ResourceChange, context: Context) -> Iterator[str]:
    name = target.before.get("bucket") or target.before.get("name")
    if not isinstance(name, str) or len(name) < _SHORTEST:
        return
    called = re.compile(
        rb"http://(?:[^\"\\\s]*[/.])?" + re.escape(name).encode() + rb"(?![\w-])[^\"\\\s]*"
    )
    for one in programs(context):
        if one.kind is ActionKind.DELETE:
            continue
        found = called.search(bytes(one.raw.change.after))
        if found and b"amazonaws.com" in found[0]:
            yield one.label

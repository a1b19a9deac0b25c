"""Ties of programs: who runs as a role, reads a stream, lives on an endpoint, keeps data where."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import urlsplit

from iacrisk.catalog import ResourceClass, resource_type
from iacrisk.patterns import regex
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.plan.values import members
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.networks.client_addresses import calls_to, hosts_of, stores_of
from iacrisk.rules.readers.networks.client_encryption import Caller
from iacrisk.rules.readers.programs.running import (
    names_of,
    programs,
    programs_naming,
    programs_using,
)
from iacrisk.rules.readers.shapes import texts
from iacrisk.rules.readers.siblings import stays

_MOST: Final = 12
"""More than this many mean none of them in particular."""

_TASK: Final = "aws_ecs_task_definition"
_STARTS: Final = frozenset({"aws_cloudwatch_event_target", "aws_ecs_service"})
_FEEDERS: Final = frozenset({"aws_lambda_event_source_mapping", "aws_pipes_pipe"})


def started(labels: Iterable[str], context: Context) -> Iterator[str]:
    """Services and schedules that run the task definitions among the labels."""
    for label in labels:
        change = context.change_at(label)
        if change is not None and change.type == _TASK:
            yield from using(label, _STARTS, context)


def using(label: str, types: frozenset[str], context: Context) -> Iterator[str]:
    """Those of the types that use the object at the label, and stay."""
    for use in context.graph.consumers(label):
        if use.node.type in types and use.node.change is not None and stays(use.node.change):
            yield use.node.label


def running_as(role: str, context: Context) -> Iterator[str]:
    """What runs as the role at the label, and what hands work to it."""
    for use in context.graph.consumers(role):
        other = use.node.change
        if other is None or not stays(other) or use.argument.partition(".")[0] not in _ROLES:
            continue
        if resource_type(other.type).resource_class is ResourceClass.COMPUTE or other.type == _TASK:
            yield other.label
            yield from using(other.label, _FEEDERS, context)
            yield from started([other.label], context)


_ROLES: Final = frozenset({"iam_instance_profile", "role", "role_arn", "task_role_arn"})


# Streams


def readers_of_stream(change: ResourceChange, context: Context) -> Iterator[str]:
    """The programs that read the stream, with what starts them."""
    if change.type != "aws_kinesis_stream":
        return
    found = [one.label for one in programs_using(change, context) if stays(one)]
    if len(found) <= _MOST:
        yield from found
        yield from started(found, context)


# Data that programs share


def stores_of_consumers(change: ResourceChange, context: Context) -> Iterator[str]:
    """Where the functions that read the queue keep what they do, twice from now on."""
    for mapping in using(change.label, _FEEDERS, context):
        for use in context.graph.dependencies(mapping):
            if use.argument == "function_name" and use.node.change is not None:
                yield from (one.label for one in _stores_named(use.node.change, context))


def sharing_results(change: ResourceChange, context: Context) -> Iterator[str]:
    """The stores that a program fills which is no longer started, and who else reads them."""
    started_today = [
        target.node.change
        for label in using(change.label, frozenset({"aws_cloudwatch_event_target"}), context)
        for target in context.graph.dependencies(label)
        if target.argument == "arn" and target.node.change is not None
    ]
    for program in started_today if change.type == "aws_cloudwatch_event_rule" else ():
        for store in _stores_named(program, context):
            readers = [one for one in programs_using(store, context) if one is not program]
            if len(readers) <= _MOST:
                yield store.label
                yield from (one.label for one in readers if stays(one))


_STORES: Final = ("aws_db_instance", "aws_dynamodb_table", "aws_rds_cluster")


def _stores_named(program: ResourceChange, context: Context) -> list[ResourceChange]:
    def build() -> dict[str, list[ResourceChange]]:
        index: dict[str, list[ResourceChange]] = {}
        for store in context.changes_of(*_STORES):
            for name in names_of(store):
                index.setdefault(name, []).append(store)
        return index

    index = once(context.plan, "stores by name", build)
    variables = str(program.before.get("environment")).lower()
    words = set(_WORD.findall(variables))
    return [one for word in sorted(words & index.keys()) for one in index[word] if stays(one)]


_WORD: Final = regex(r"[\w.-]+")

# Endpoints of services

_SERVICE: Final = regex(r"\.([a-z0-9-]+)(?:\.(?:api|dkr))?$")


def users_of_endpoint(change: ResourceChange, context: Context) -> Iterator[str]:
    """What of the plan lives on the service: programs that name objects of it, and the objects."""
    found = _SERVICE.search(str(change.before.get("service_name")))
    if change.type != "aws_vpc_endpoint" or found is None:
        return
    mark = re.compile(rb"arn:aws[\w-]*:" + re.escape(found[1]).encode() + rb":[^\"\\\s]+")
    users, named = [], set[str]()
    for one in programs(context):
        arns = {
            text.decode("utf-8", "replace") for text in mark.findall(bytes(one.raw.change.after))
        }
        if stays(one) and arns:
            users.append(one.label)
            named |= arns
    if len(users) > _MOST:
        return
    yield from users
    yield from started(users, context)
    for one in context.plan.changes:
        arn = bytes(one.identity.arn).decode("utf-8", "replace").strip('"')
        if arn and stays(one) and any(text.startswith(arn) for text in named):
            yield one.label


# Transport


def calling_in_clear(change: ResourceChange, context: Context) -> Iterator[str]:
    """The programs that call a store without TLS, where it comes to ask for it."""
    for store in stores_of(change, context):
        for one, address in calls_to(hosts_of(store), context):
            if stays(one) and Caller(one, address, store).is_plain(context):
                yield one.label


# Metrics


def sending_the_metric(change: ResourceChange, context: Context) -> Iterator[str]:
    """The program whose metric an alarm looks at, by the names in its variables or its own."""
    if change.type != "aws_cloudwatch_metric_alarm":
        return
    names = [change.before.get("metric_name"), *_dimensions(change)]
    for name in names:
        if isinstance(name, str) and len(name) >= _SHORTEST:
            found = [one.label for one in programs_naming(name, context) if stays(one)]
            yield from found if len(found) <= 1 else ()


_SHORTEST: Final = 6


def _dimensions(change: ResourceChange) -> Iterator[str]:
    values = change.before.get("dimensions")
    yield from texts(list(values.values())) if isinstance(values, dict) else ()


# Addresses

_LISTS: Final = ("callback_urls", "logout_urls", "redirect_uris", "redirect_urls")
_FRONTS: Final = ("aws_cloudfront_distribution",)


def behind_addresses(change: ResourceChange, context: Context) -> Iterator[str]:
    """What answers at the hosts of addresses that a login no longer leads back to."""
    hosts = {
        urlsplit(text).hostname
        for name in _LISTS
        for text in texts(change.before.get(name))
        if text not in texts(change.after.get(name))
    }
    for one in context.changes_of(*_FRONTS) if hosts - {None} else ():
        if stays(one) and hosts & set(texts(one.before.get("aliases"))):
            yield one.label


def behind_method(change: ResourceChange, context: Context) -> Iterator[str]:
    """The integration of a method, and the function that it calls."""
    if change.type != "aws_api_gateway_method":
        return
    wanted = [change.before.get(name) for name in ("rest_api_id", "resource_id", "http_method")]
    for one in context.changes_of("aws_api_gateway_integration"):
        there = [one.before.get(name) for name in ("rest_api_id", "resource_id", "http_method")]
        if not stays(one) or there != wanted or None in wanted:
            continue
        yield one.label
        uri = str(one.before.get("uri"))
        for function in context.changes_of("aws_lambda_function"):
            arn = function.before.get("arn")
            if stays(function) and isinstance(arn, str) and arn and f"{arn}/" in uri:
                yield function.label


def policies_of_bucket(change: ResourceChange, context: Context) -> Iterator[str]:
    """The policy of the bucket whose block falls, which counts in full from now on."""
    if change.type != "aws_s3_bucket_public_access_block":
        return
    for one in context.changes_of("aws_s3_bucket_policy"):
        if stays(one) and one.before.get("bucket") == change.before.get("bucket"):
            yield one.label


def records_of_the_key(change: ResourceChange, context: Context) -> Iterator[str]:
    """The record of the same tenant: the one of a `for_each` block with the same key."""
    if change.kind is not ActionKind.DELETE or not isinstance(change.key, str):
        return
    for one in context.changes_of("aws_route53_record"):
        if stays(one) and one.key == change.key and one.module_address == change.module_address:
            yield one.label


def networks_in_range(change: ResourceChange, context: Context) -> Iterator[str]:
    """The networks that a new route of a transit gateway takes from, and what led to them."""
    if change.type != "aws_ec2_transit_gateway_route":
        return
    wanted = change.after.get("destination_cidr_block")
    for network in context.changes_of("aws_vpc"):
        blocks = [network.before.get("cidr_block")]
        blocks += [item.get("cidr_block") for item in members(network.before.get("cidr_blocks"))]
        if not stays(network) or not wanted or wanted not in blocks:
            continue
        yield network.label
        for label in using(network.label, frozenset({_ATTACHMENT}), context):
            yield label
            yield from using(label, frozenset({_PROPAGATION}), context)


_ATTACHMENT: Final = "aws_ec2_transit_gateway_vpc_attachment"
_PROPAGATION: Final = "aws_ec2_transit_gateway_route_table_propagation"

"""Ties of what feeds, serves and watches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.catalog.workloads import NODE_POOLS
from iacrisk.plan import ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.shapes import texts
from iacrisk.rules.readers.siblings import stays

_FEEDERS: Final = frozenset(
    {
        "aws_cloudwatch_event_target",
        "aws_lambda_event_source_mapping",
        "aws_pipes_pipe",
        "aws_scheduler_schedule",
        "google_cloud_scheduler_job",
        "google_eventarc_trigger",
        "google_pubsub_subscription",
    }
)
"""Types that hand work to what they refer to, and keep or lose it while that stands still."""

_LISTENERS: Final = frozenset({"aws_alb_listener", "aws_lb_listener"})
_GROUPS: Final = frozenset({"aws_alb_target_group", "aws_lb_target_group"})
_RECORDS: Final = (
    "aws_route53_record",
    "azurerm_dns_a_record",
    "azurerm_dns_aaaa_record",
    "azurerm_dns_cname_record",
    "azurerm_private_dns_a_record",
    "cloudflare_dns_record",
    "cloudflare_record",
    "digitalocean_record",
    "google_dns_record_set",
)
_SHORTEST_ADDRESS: Final = 7
_ADDRESSES: Final = (
    "ip_address",
    "public_ip",
    "address",
    "default_hostname",
    "default_host_name",
    "dns_name",
    "domain_name",
    "fqdn",
    "host_name",
    "website_endpoint",
)
"""Values by which a record leads to an object."""


def feeders(change: ResourceChange, context: Context) -> Iterator[str]:
    """What hands work to the change, which stops or is cut."""
    for use in context.consumers(change):
        if use.node.type in _FEEDERS and use.node.change is not None and stays(use.node.change):
            yield use.node.label


def readers_behind(change: ResourceChange, context: Context) -> Iterator[str]:
    """Who reads the queue that a subscription fills in another form."""
    if change.type == "aws_sns_topic_subscription":
        for queue in context.graph.dependencies(change.label):
            if queue.argument == "endpoint":
                yield from _reading(queue.node.label, context)


def hearing_less(change: ResourceChange, context: Context) -> Iterator[str]:
    """The targets of a rule on events, what they hand over to, and who reads that."""
    yield from readers_behind(change, context)
    for use in context.consumers(change) if change.type == "aws_cloudwatch_event_rule" else ():
        target = use.node.change
        if use.node.type != "aws_cloudwatch_event_target" or target is None or not stays(target):
            continue
        yield target.label
        for handed in context.graph.dependencies(target.label):
            if handed.argument == "arn":
                yield handed.node.label
                yield from _reading(handed.node.label, context)


def _reading(queue: str, context: Context) -> Iterator[str]:
    """What hands the messages of the queue to a function, and the function."""
    for use in context.graph.consumers(queue):
        if use.node.type == "aws_lambda_event_source_mapping":
            yield use.node.label
            yield from (
                reader.node.label
                for reader in context.graph.dependencies(use.node.label)
                if reader.argument == "function_name"
            )


def listeners(change: ResourceChange, context: Context) -> Iterator[str]:
    """The listeners of a balancer that nobody reaches, or that reaches nobody."""
    for use in context.consumers(change):
        if use.node.type in _LISTENERS and use.node.change is not None and stays(use.node.change):
            yield use.node.label


def groups_answering(change: ResourceChange, context: Context) -> Iterator[str]:
    """The target groups that the change, which rolls out, fills."""
    for use in context.graph.dependencies(change.label):
        if use.node.type in _GROUPS and use.node.change is not None and stays(use.node.change):
            yield use.node.label


def pool_clusters(change: ResourceChange, context: Context) -> Iterator[str]:
    """The cluster whose pods lose the pool."""
    argument = NODE_POOLS.get(change.type, "")
    for use in context.graph.dependencies(change.label):
        other = use.node.change
        if argument and use.argument == argument and other is not None and stays(other):
            yield use.node.label


def watched(change: ResourceChange, context: Context) -> Iterator[str]:
    """What an alarm looks at, which goes unwatched."""
    for use in context.graph.dependencies(change.label):
        if use.argument.partition(".")[0] in {"dimensions", "metric_query"}:
            yield use.node.label


def addresses_in_records(change: ResourceChange, context: Context) -> Iterator[str]:
    """Records that hold the address or name that goes as a constant."""

    def build() -> dict[str, list[str]]:
        index: dict[str, list[str]] = {}
        for record in context.changes_of(*_RECORDS):
            held = (
                record.before.get(name)
                for name in ("records", "rrdatas", "content", "value", "record")
            )
            for value in held:
                for text in value if isinstance(value, list) else (value,):
                    if isinstance(text, str):
                        index.setdefault(text.rstrip("."), []).append(record.label)
        return index

    for name in _ADDRESSES:
        text = change.before.get(name)
        if isinstance(text, str) and len(text) >= _SHORTEST_ADDRESS:
            yield from once(context.plan, "records by value", build).get(text.rstrip("."), ())


def behind_services(change: ResourceChange, context: Context) -> Iterator[str]:
    """The services whose pods a network policy cuts off."""
    for pods in context.consumers(change):
        for use in context.graph.consumers(pods.node.label):
            if use.node.type in {"kubernetes_service", "kubernetes_service_v1"}:
                yield use.node.label


def guards_beside(change: ResourceChange, context: Context) -> Iterator[str]:
    """What guards the way that the change leaves: rules of the zone, deployments of the branch."""
    if change.type in {"cloudflare_dns_record", "cloudflare_record"}:
        for ruleset in context.changes_of("cloudflare_ruleset"):
            same = ruleset.before.get("zone_id") == change.before.get("zone_id")
            filters = str(ruleset.before.get("phase")) in _FILTERS
            if same and filters and "proxied" in change.changed:
                yield ruleset.label
        yield from _certificates_for_the_edge(change, context)
    if change.type in {"github_branch_protection", "github_branch_protection_v3"}:
        for repository in context.graph.dependencies(change.label):
            for use in context.graph.consumers(repository.node.label):
                if use.node.type in _DEPLOYMENTS:
                    yield use.node.label


def _certificates_for_the_edge(record: ResourceChange, context: Context) -> Iterator[str]:
    """Certificates of the host that only the proxy trusts: who comes directly is refused."""
    host = str(record.before.get("hostname") or record.before.get("name")).rstrip(".").lower()
    for one in context.changes_of("cloudflare_origin_ca_certificate"):
        if stays(one) and "proxied" in record.changed:
            names = [name.lower() for name in texts(one.before.get("hostnames"))]
            if any(name in (host, f"*.{host.partition('.')[2]}") for name in names):
                yield one.label


_FILTERS: Final = frozenset(
    {
        "ddos_l7",
        "http_ratelimit",
        "http_request_firewall_custom",
        "http_request_firewall_managed",
        "http_request_sbfm",
    }
)
_DEPLOYMENTS: Final = frozenset(
    {"github_actions_environment_secret", "github_repository_environment"}
)

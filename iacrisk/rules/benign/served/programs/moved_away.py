"""BL-nameled, BL-topicended, BL-balanced: whoever used it was moved, or never comes by this way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from iacrisk.catalog import facts
from iacrisk.patterns import regex
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.benign.served.data.leftovers import is_named
from iacrisk.rules.context import Context
from iacrisk.rules.readers.networks.dns import record_after
from iacrisk.rules.readers.programs.running import names_of, object_named
from iacrisk.rules.readers.shapes import blocks, texts
from iacrisk.rules.readers.siblings import stays

# Sites whose names lead elsewhere

_SITES: Final = frozenset(
    {"azurerm_linux_web_app", "azurerm_static_web_app", "azurerm_windows_web_app"}
)
_BINDINGS: Final[dict[str, tuple[str, str]]] = {
    "azurerm_app_service_custom_hostname_binding": ("app_service_name", "hostname"),
    "azurerm_static_web_app_custom_domain": ("static_web_app_id", "domain_name"),
}
"""Types that give a site a name: the argument of the site, the argument of the name."""

SITES_AND_NAMES: Final = _SITES | _BINDINGS.keys()


def why_names_lead_elsewhere(change: ResourceChange, context: Context) -> str | None:
    """Why nobody looks for the site here: all its names lead to another place already."""
    site = change if change.type in _SITES else _site_of(change, context)
    if site is None or site.kind is not ActionKind.DELETE:
        return None
    own = {str(site.before.get(name)).lower() for name in ("default_hostname", "default_host_name")}
    own -= {"none", ""}
    bound = [one for one in context.changes_of(*_BINDINGS) if _site_of(one, context) is site]
    if not own or not bound or any(one.kind is not ActionKind.DELETE for one in bound):
        return None
    names = {str(one.before.get(_BINDINGS[one.type][1])).lower() for one in bound}
    led = _led(context)
    if any(name not in led or led[name] & own for name in names):
        return None
    if any(is_named(text, site, context) for text in own):
        return None
    return "every name it had leads to another place, and nothing in the plan names it"


def _site_of(binding: ResourceChange, context: Context) -> ResourceChange | None:
    named = binding.before.get(_BINDINGS[binding.type][0]) if binding.type in _BINDINGS else None
    for one in context.changes_of(*sorted(_SITES)):
        if named and named in (one.before.get("name"), one.before.get("id")):
            return one
    return None


def _led(context: Context) -> dict[str, set[str]]:
    """Where names of records that stay or come lead after the plan."""
    found: dict[str, set[str]] = {}
    for one in context.changes_of(*sorted(facts.RECORD_TYPES)):
        record = record_after(one) if one.kind is not ActionKind.DELETE else None
        if record is None or record.type not in {"A", "AAAA", "CNAME", "ALIAS"}:
            continue
        zone = one.after.get("zone_name")
        names = {record.name, str(one.after.get("hostname")), f"{record.written}.{zone}"}
        for name in names:
            found.setdefault(name.lower(), set()).update(text.lower() for text in record.values)
    return found


# Topics whose readers were moved

_TOPICS: Final[dict[str, str]] = {"confluent_kafka_topic": "topic_name", "kafka_topic": "name"}
_ACLS: Final = frozenset({"confluent_kafka_acl", "kafka_acl"})
TOPICS_AND_GRANTS: Final = frozenset(_TOPICS) | _ACLS


def why_topic_ended(change: ResourceChange, context: Context) -> str | None:
    """Why nobody reads or writes the topic any more: those who could use another one."""
    topic = change if change.type in _TOPICS else _topic_of(change, context)
    if topic is None or topic.kind is not ActionKind.DELETE:
        return None
    name = str(topic.before.get(_TOPICS[topic.type]))
    acls = [one for one in context.changes_of(*sorted(_ACLS)) if _is_on_topics(one.before)]
    own = [one for one in acls if _names_topic(one.before, name) and _is_same(one, topic)]
    if not own or any(not one.destroys for one in own):
        return None
    if not any(_operation(one.before) in {"READ", "ALL"} for one in own):
        return None
    moved = {
        _holder(one.before) for one in acls if stays(one) and not _names_topic(one.before, name)
    }
    if not {_holder(one.before) for one in own} <= moved or is_named(name, topic, context):
        return None
    return "its last grants go with it, and all who had them use other topics"


def _topic_of(acl: ResourceChange, context: Context) -> ResourceChange | None:
    if not _is_on_topics(acl.before) or _is_prefix(acl.before):
        return None
    for one in context.changes_of(*_TOPICS):
        if one.before.get(_TOPICS[one.type]) == acl.before.get("resource_name"):
            return one
    return None


def _is_on_topics(values: dict[str, Any]) -> bool:
    return str(values.get("resource_type")).upper() == "TOPIC"


def _is_prefix(values: dict[str, Any]) -> bool:
    pattern = values.get("pattern_type") or values.get("resource_pattern_type_filter")
    return str(pattern).upper() == "PREFIXED"


def _names_topic(values: dict[str, Any], topic: str) -> bool:
    name = str(values.get("resource_name"))
    return name in {topic, "*"} or (_is_prefix(values) and topic.startswith(name))


def _is_same(acl: ResourceChange, topic: ResourceChange) -> bool:
    """Whether both are of one cluster, as far as they say."""
    return acl.before.get("kafka_cluster") == topic.before.get("kafka_cluster")


def _holder(values: dict[str, Any]) -> str:
    return str(values.get("principal") or values.get("acl_principal"))


def _operation(values: dict[str, Any]) -> str:
    return str(values.get("operation") or values.get("acl_operation")).upper()


# Services that only a balancer reaches

_RUN: Final = ("google_cloud_run_service", "google_cloud_run_v2_service")
RUN_GRANTS: Final = frozenset(
    f"{name}_iam_{kind}" for name in _RUN for kind in ("binding", "member")
)
_BALANCED: Final = frozenset(
    {"INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER", "internal-and-cloud-load-balancing"}
)
_INGRESS_NOTE: Final = "run.googleapis.com/ingress"
_GROUPS: Final = "google_compute_region_network_endpoint_group"
_MODEST: Final = regex(
    r"^roles/(artifactregistry\.reader|cloudtrace\.agent|logging\.logWriter"
    r"|monitoring\.metricWriter|run\.invoker)$"
)


def why_only_balancer(change: ResourceChange, context: Context) -> str | None:
    """Why everybody may call it: a balancer stands in front, and it holds nothing."""
    if change.after.get("role") != "roles/run.invoker":
        return None
    name = change.after.get("name") or change.after.get("service")
    service = object_named(_RUN, name, context)
    if service is None or _ingress(service) not in _BALANCED:
        return None
    behind = any(
        block.get("service") in names_of(service) | {service.before.get("name")}
        for group in context.changes_of(_GROUPS)
        if group.kind is not ActionKind.DELETE
        for block in blocks(group.after.get("cloud_run"))
    )
    account = _account(service)
    if not behind or not account or any(_gives_data(one, account) for one in _grants(context)):
        return None
    if b'"secret_key_ref"' in _compact(service) or b'"cloud_sql_instance"' in _compact(service):
        return None
    return "only the load balancer reaches the service, whose account has no rights on data"


def _ingress(service: ResourceChange) -> object:
    notes = next(iter(blocks(service.after.get("metadata"))), {}).get("annotations")
    noted = notes.get(_INGRESS_NOTE) if isinstance(notes, dict) else None
    return service.after.get("ingress") or noted


def _account(service: ResourceChange) -> str:
    for template in blocks(service.after.get("template")):
        inner = next(iter(blocks(template.get("spec"))), {})
        account = template.get("service_account") or inner.get("service_account_name")
        if isinstance(account, str):
            return account
    return ""


def _compact(service: ResourceChange) -> bytes:
    """Its values without what is empty."""
    return re.sub(rb'"\w+":\s*(\[\]|null),?', b"", bytes(service.raw.change.after))


def _grants(context: Context) -> Iterator[ResourceChange]:
    for one in context.plan.changes:
        if one.type.startswith("google_") and one.type.endswith(("_iam_member", "_iam_binding")):
            yield one


def _gives_data(grant: ResourceChange, account: str) -> bool:
    if grant.kind is ActionKind.DELETE or _MODEST.match(str(grant.after.get("role"))):
        return False
    return f"serviceAccount:{account}" in texts(
        grant.after.get("member"), grant.after.get("members")
    )

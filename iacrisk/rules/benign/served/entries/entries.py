"""BL-waykept: an entry point shuts a way that no user of the plan takes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from iacrisk.patterns import regex
from iacrisk.plan import ResourceChange
from iacrisk.rules.benign.harmless_attributes import explain
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.programs.running import names_of, programs_naming, words_of
from iacrisk.rules.readers.siblings import stays

_INGRESS: Final = {
    "google_cloud_run_v2_service": ("ingress", "ingress"),
    "google_cloudfunctions2_function": ("service_config", "service_config.0.ingress_settings"),
    "google_cloudfunctions_function": ("ingress_settings", "ingress_settings"),
}
_NOTED: Final = frozenset(
    {"etag", "generation", "latest_created_revision", "observed_generation", "update_time"}
)
"""What Google writes down by itself at each change of a service."""

_WEB_APPS: Final = frozenset(
    {
        "azurerm_linux_function_app",
        "azurerm_linux_web_app",
        "azurerm_windows_function_app",
        "azurerm_windows_web_app",
    }
)
_CONTAINER_APP: Final = "azurerm_container_app"
ENTRIES: Final = frozenset({*_INGRESS, *_WEB_APPS, _CONTAINER_APP})

_BY_BALANCER: Final = frozenset(
    {"ALLOW_INTERNAL_AND_GCLB", "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"}
)
_INSIDE: Final = frozenset({"ALLOW_INTERNAL_ONLY", "INGRESS_TRAFFIC_INTERNAL_ONLY"})
_INSIDE_CALLERS: Final = frozenset(
    {
        "google_cloud_scheduler_job",
        "google_cloud_tasks_queue",
        "google_eventarc_trigger",
        "google_pubsub_subscription",
        "google_workflows_workflow",
    }
)
"""Services of the same project whose calls count as internal."""

_NEGS: Final = "google_compute_region_network_endpoint_group"
_BACKENDS: Final = frozenset(
    {"google_compute_backend_service", "google_compute_region_backend_service"}
)
_MAPPINGS: Final = ("google_cloud_run_domain_mapping",)
_ADDRESSES: Final = frozenset({"uri", "url", "urls", "service_config", "https_trigger_url"})
_ORIGINS: Final = frozenset({"azurerm_cdn_frontdoor_origin"})
_FRONT_DOOR: Final = "AzureFrontDoor.Backend"


def why_way_kept(change: ResourceChange, context: Context) -> str | None:
    """Why every user of the plan still gets in; None where one may not."""
    if change.type in _INGRESS:
        return _google(change, context)
    if change.type == _CONTAINER_APP:
        return _container_app(change, context)
    return _web_app(change, context)


# Google


def _google(change: ResourceChange, context: Context) -> str | None:
    argument, path = _INGRESS[change.type]
    rest = change.changed - {argument} - _NOTED
    if rest and explain(change, context, *rest) is None:
        return None
    if argument != path and not _only(change, argument, path.rpartition(".")[2]):
        return None
    if _callers_by_address(change, context) or _is_mapped(change, context):
        return None
    after = change.becomes(path)
    if after in _BY_BALANCER and _has_backend(change, context):
        return "its users in the plan come by the balancer"
    if after in _INSIDE and not _has_backend(change, context) and _called_inside(change, context):
        return "only services of its own project call it"
    return None


def _only(change: ResourceChange, argument: str, leaf: str) -> bool:
    paths = [item.path for item in change.differences() if item.path[0] == argument]
    return all(path[-1] == leaf for path in paths)


def _has_backend(change: ResourceChange, context: Context) -> bool:
    for group in context.changes_of(_NEGS):
        if stays(group) and _leads_to(group, change, context):
            uses = context.graph.consumers(group.label)
            if any(use.node.type in _BACKENDS for use in uses):
                return True
            own = str(group.before.get("id"))
            return any(
                own.encode() in bytes(one.raw.change.after)
                for one in context.changes_of(*sorted(_BACKENDS))
            )
    return False


def _leads_to(group: ResourceChange, change: ResourceChange, context: Context) -> bool:
    named = any(use.node.label == change.label for use in context.graph.dependencies(group.label))
    raw = bytes(group.raw.change.after)
    return named or f'"{change.before.get("name")}"'.encode() in raw


def _hosts(change: ResourceChange) -> Iterator[str]:
    """The host names that Google gave it."""
    texts = [change.before.get(name) for name in ("uri", "url", "https_trigger_url")]
    texts += [change.was("service_config.0.uri")]
    urls = change.before.get("urls")
    texts += urls if isinstance(urls, list) else []
    for text in texts:
        if isinstance(text, str) and "//" in text:
            yield text.partition("//")[2].partition("/")[0].lower()


def _callers_by_address(change: ResourceChange, context: Context) -> bool:
    """Whether somebody who does not count as internal calls it by its own address."""
    hosts = frozenset(_hosts(change))
    callers = [one for host in hosts for one in programs_naming(host, context)]
    if any(one is not change and one.type not in _INSIDE_CALLERS for one in callers):
        return True
    return any(
        use.reference.attribute.partition("[")[0] in _ADDRESSES
        and use.node.type not in _INSIDE_CALLERS
        for use in context.consumers(change)
        if use.node.is_resource
    )


def _is_mapped(change: ResourceChange, context: Context) -> bool:
    own = str(change.before.get("name"))
    return any(own in str(one.after) for one in context.changes_of(*_MAPPINGS))


def _called_inside(change: ResourceChange, context: Context) -> bool:
    hosts = frozenset(_hosts(change))
    return any(
        hosts & words_of(one, context)
        for one in context.changes_of(*sorted(_INSIDE_CALLERS))
        if stays(one)
    )


# Azure


def _container_app(change: ResourceChange, context: Context) -> str | None:
    """An app that only others of its environment call needs no address outside."""
    rest = change.changed - {"ingress"}
    if (rest and explain(change, context, *rest) is None) or not _only(
        change, "ingress", "external_enabled"
    ):
        return None
    home = change.before.get("container_app_environment_id")
    names = names_of(change) | frozenset(_fqdn(change))
    found = {one.label: one for name in names for one in programs_naming(name, context)}
    callers = [one for one in found.values() if one is not change]
    near = [
        one
        for one in callers
        if one.type == _CONTAINER_APP and one.before.get("container_app_environment_id") == home
    ]
    others = [
        use
        for use in context.consumers(change)
        if use.node.is_resource and use.node.type != _CONTAINER_APP
    ]
    if home and callers and len(near) == len(callers) and not others:
        return "only apps of its own environment call it"
    return None


def _fqdn(change: ResourceChange) -> Iterator[str]:
    for name in ("latest_revision_fqdn", "ingress.0.fqdn"):
        text = change.was(name)
        if isinstance(text, str) and text:
            yield text.lower()


def _web_app(change: ResourceChange, context: Context) -> str | None:
    """An app behind Front Door, and nothing of the plan leads past it."""
    rest = change.changed - {"site_config"}
    if rest and explain(change, context, *rest) is None:
        return None
    changed = [item for item in change.differences() if item.path[0] == "site_config"]
    if not all(re.match("ip_restriction", _leaf(item.path)) for item in changed):
        return None
    listed = change.becomes("site_config.0.ip_restriction")
    admitted = listed if isinstance(listed, list) else []
    if not any(
        isinstance(item, dict)
        and item.get("service_tag") == _FRONT_DOOR
        and item.get("action") == "Allow"
        for item in admitted
    ):
        return None
    return _behind_front_door(change, context)


def _leaf(path: tuple[Any, ...]) -> str:
    return str(path[2]) if len(path) > 2 else str(path[-1])


def _behind_front_door(change: ResourceChange, context: Context) -> str | None:
    host = str(change.before.get("default_hostname") or "").lower()
    leading = [one for one in _naming_apps(context).get(host, ()) if one is not change]
    if leading and all(one.type in _ORIGINS and stays(one) for one in leading):
        return "all that leads to it in the plan is Front Door"
    return None


_APP: Final = regex(rb"[\w-]+\.azurewebsites\.net", re.IGNORECASE)


def _naming_apps(context: Context) -> dict[str, list[ResourceChange]]:
    """Who names the host name of an app, by host name."""

    def build() -> dict[str, list[ResourceChange]]:
        index: dict[str, list[ResourceChange]] = {}
        for one in context.plan.changes:
            if one.mode == "managed":
                for host in set(_APP.findall(bytes(one.raw.change.after))):
                    index.setdefault(host.decode().lower(), []).append(one)
        return index

    return once(context.plan, "who names apps", build)

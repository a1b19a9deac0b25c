"""Where an entry point leads which requests, read alike whatever provider writes it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec

from iacrisk.catalog.requests import POINTERS
from iacrisk.patterns import regex
from iacrisk.plan import UNKNOWN, ResourceChange, lookup, parse_path
from iacrisk.rules.readers.shapes import blocks, texts

Values = Mapping[str, Any]

NOT_KNOWN: Final = "(known after apply)"
REST: Final = "all other requests"


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of requests and where it goes: target to share, the shares adding up to 1.

    `fallback`: the kind that takes these requests where this way is not there. `root`: the
    argument in which it is written.
    """

    requests: str
    root: str
    shares: dict[str, float]
    fallback: str = ""

    @property
    def is_hidden(self) -> bool:
        """Whether a target is not known yet."""
        return NOT_KNOWN in self.shares

    @property
    def is_refusal(self) -> bool:
        """Whether it is answered with a fixed text, so nobody behind it serves."""
        return bool(self.shares) and all(name.startswith(_FIXED) for name in self.shares)

    @property
    def is_upgrade(self) -> bool:
        """Whether it only asks the client to come back to the same place with TLS."""
        return list(self.shares) == [_SAME_PLACE_WITH_TLS]

    def moved_to(self, other: Way) -> float:
        """The share of the requests that goes elsewhere on the other way."""
        return sum(
            max(0.0, share - other.shares.get(name, 0)) for name, share in self.shares.items()
        )


def ways_before(change: ResourceChange) -> list[Way]:
    """Where requests go today."""
    return _read(change.type, change.before)


def ways_after(change: ResourceChange) -> list[Way]:
    """Where requests go once the plan is applied."""
    return _read(change.type, change.after)


def forwarding_types() -> frozenset[str]:
    """The types whose ways can be read."""
    return frozenset({*_READERS, *POINTERS})


def _read(type_name: str, values: Values) -> list[Way]:
    reader = _READERS.get(type_name)
    ways = list(reader(values)) if reader is not None else []
    for path in POINTERS.get(type_name, ()):
        value = _at(values, path)
        names = _names(value)
        if names:
            ways.append(_way(path, parse_path(path)[0], dict.fromkeys(names, 1.0)))
    return ways


def _way(requests: str, root: object, weights: Mapping[str, float], fallback: str = "") -> Way:
    total = sum(weights.values())
    shares = {name: weight / total for name, weight in weights.items() if weight} if total else {}
    return Way(requests=requests, root=str(root), shares=shares, fallback=fallback)


def _at(values: Values, path: str) -> Any:
    tree: Any = values
    for step in parse_path(path):
        if tree is UNKNOWN:
            return UNKNOWN
        tree = lookup(tree, (step,))
    return tree


def _names(value: Any) -> list[str]:
    """What a pointer names, in one spelling: without API host and without version of a function."""
    if isinstance(value, list):
        return [name for item in value for name in _names(item)]
    if value is UNKNOWN:
        return [NOT_KNOWN]
    if isinstance(value, int) and not isinstance(value, bool):
        return [str(value)]
    return [_plain(value)] if isinstance(value, str) and value else []


def _plain(name: str) -> str:
    if "/projects/" in name and name.startswith("https://"):
        return name[name.index("/projects/") + 1 :]
    return _FUNCTION_VERSION.sub(r"\1", name)


_FUNCTION_VERSION: Final = regex(r"(:function:[\w-]+):(?:\d+|\$LATEST)\b")


# Amazon

_FIXED: Final = "a fixed answer"
_SAME_PLACE_WITH_TLS: Final = "the same place with TLS"


def _listener(values: Values) -> Iterator[Way]:
    yield from _actions(values, "default_action", "requests that no rule matches")


def _listener_rule(values: Values) -> Iterator[Way]:
    yield from _actions(values, "action", "requests that the rule matches")


def _actions(values: Values, root: str, requests: str) -> Iterator[Way]:
    weights: dict[str, float] = {}
    if values.get(root) is UNKNOWN:
        weights[NOT_KNOWN] = 1
    for action in blocks(values.get(root)):
        for name, weight in _action(action):
            weights[name] = weights.get(name, 0) + weight
    if weights:
        yield _way(requests, root, weights)


def _action(action: Values) -> Iterator[tuple[str, float]]:
    for block in blocks(action.get("fixed_response")):
        yield f"{_FIXED} ({block.get('status_code')})", 1
    for block in blocks(action.get("redirect")):
        yield _redirect(block), 1
    groups = [
        item
        for block in blocks(action.get("forward"))
        for item in blocks(block.get("target_group"))
    ]
    for group in groups:
        weight = group.get("weight")
        name = next(iter(_names(group.get("arn"))), NOT_KNOWN)
        yield name, weight if isinstance(weight, int) else 1
    if not groups:
        for name in _names(action.get("target_group_arn")):
            yield name, 1


def _redirect(block: Values) -> str:
    keeps = block.get("host") in {"#{host}", None} and block.get("path") in {"/#{path}", None}
    if keeps and block.get("protocol") == "HTTPS":
        return _SAME_PLACE_WITH_TLS
    parts = (block.get(name) for name in ("protocol", "host", "port", "path"))
    return "a redirect to " + " ".join(str(part) for part in parts)


def _distribution(values: Values) -> Iterator[Way]:
    origins = _origins(values)
    for block in blocks(values.get("default_cache_behavior")):
        yield _behaviour(block, REST, "default_cache_behavior", origins, "")
    for block in blocks(values.get("ordered_cache_behavior")):
        pattern = str(block.get("path_pattern"))
        yield _behaviour(block, pattern, "ordered_cache_behavior", origins, REST)


def _origins(values: Values) -> dict[str, str]:
    origins: dict[str, str] = {}
    for block in blocks(values.get("origin")):
        host, path = block.get("domain_name"), block.get("origin_path")
        known = isinstance(host, str)
        text = f"{host}{path if isinstance(path, str) else ''}" if known else NOT_KNOWN
        origins[str(block.get("origin_id"))] = text
    for block in blocks(values.get("origin_group")):
        first = next(iter(blocks(block.get("member"))), {})
        origins[str(block.get("origin_id"))] = origins.get(str(first.get("origin_id")), NOT_KNOWN)
    return origins


def _behaviour(
    block: Values, requests: str, root: str, origins: Mapping[str, str], fallback: str
) -> Way:
    name = block.get("target_origin_id")
    target = origins.get(name, name) if isinstance(name, str) else NOT_KNOWN
    return _way(requests, root, {target: 1}, fallback)


# Google


def _url_map(values: Values) -> Iterator[Way]:
    yield from _service(values, REST, "default_service", "")
    matchers = {str(item.get("name")): item for item in blocks(values.get("path_matcher"))}
    for rule in blocks(values.get("host_rule")):
        matcher = matchers.get(str(rule.get("path_matcher")), {})
        for host in texts(rule.get("hosts")):
            yield from _service(matcher, host, "path_matcher", REST)
            for item in blocks(matcher.get("path_rule")):
                for path in texts(item.get("paths")):
                    yield from _service(item, f"{host}{path}", "path_matcher", host)
            for item in blocks(matcher.get("route_rules")):
                key = f"{host} rule {item.get('priority')}"
                yield from _service(item, key, "path_matcher", host)


def _service(block: Values, requests: str, root: str, fallback: str) -> Iterator[Way]:
    for verb in ("route_action", "default_route_action"):
        for action in blocks(block.get(verb)):
            weighted: dict[str, float] = {}
            for item in blocks(action.get("weighted_backend_services")):
                name = next(iter(_names(item.get("backend_service"))), NOT_KNOWN)
                weight = item.get("weight")
                weighted[name] = weight if isinstance(weight, int) else 0
            if weighted:
                yield _way(requests, root, weighted, fallback)
                return
    for verb in ("service", "default_service"):
        names = _names(block.get(verb))
        if names:
            yield _way(requests, root, {names[0]: 1}, fallback)
            return


# Azure


def _application_gateway(values: Values) -> Iterator[Way]:
    ports = {
        str(block.get("name")): block.get("port")
        for block in blocks(values.get("backend_http_settings"))
    }
    for rule in blocks(values.get("request_routing_rule")):
        pool, settings = (
            rule.get("backend_address_pool_name"),
            rule.get("backend_http_settings_name"),
        )
        other = rule.get("url_path_map_name") or rule.get("redirect_configuration_name")
        target = f"{pool} on port {ports.get(str(settings))}" if pool else str(other)
        key = f"requests to listener {rule.get('http_listener_name')}"
        yield _way(key, "request_routing_rule", {target: 1})
    for pool in blocks(values.get("backend_address_pool")):
        addresses = _names(pool.get("ip_addresses")) + _names(pool.get("fqdns"))
        key = f"requests to pool {pool.get('name')}"
        yield _way(key, "backend_address_pool", dict.fromkeys(addresses, 1.0))


# Kubernetes


def _ingress(values: Values) -> Iterator[Way]:
    for spec in blocks(values.get("spec")):
        for name in ("default_backend", "backend"):
            for block in blocks(spec.get(name)):
                yield _way(REST, "spec", {_backend(block): 1})
        for rule in blocks(spec.get("rule")):
            host = str(rule.get("host") or "*")
            for http in blocks(rule.get("http")):
                for path in blocks(http.get("path")):
                    for block in blocks(path.get("backend")):
                        key = f"{host}{path.get('path') or '/'}"
                        yield _way(key, "spec", {_backend(block): 1}, f"{host}/")
            if not blocks(rule.get("http")):
                yield _way(f"{host}/", "spec", {"the default backend": 1})


def _backend(block: Values) -> str:
    for service in blocks(block.get("service")):
        port = next(iter(blocks(service.get("port"))), {})
        return f"{service.get('name')}:{port.get('number') or port.get('name')}"
    return f"{block.get('service_name')}:{block.get('service_port')}"


def _cluster_service(values: Values) -> Iterator[Way]:
    for spec in blocks(values.get("spec")):
        selector = spec.get("selector")
        pairs = selector.items() if isinstance(selector, dict) else ()
        pods = ", ".join(f"{name}={value}" for name, value in sorted(pairs)) or "no pods"
        pods = NOT_KNOWN if selector is UNKNOWN else str(spec.get("external_name") or pods)
        for port in blocks(spec.get("port")):
            target = port.get("target_port") or port.get("port")
            hidden = pods == NOT_KNOWN or target is UNKNOWN
            name = NOT_KNOWN if hidden else f"{pods} on {target}"
            key = f"requests to {port.get('protocol') or 'TCP'} port {port.get('port')}"
            yield _way(key, "spec", {name: 1})


def _manifest(values: Values) -> Iterator[Way]:
    """A raw manifest of a service or an ingress, read like the typed resource."""
    manifest = values.get("manifest")
    spec = manifest.get("spec") if isinstance(manifest, dict) else None
    if not isinstance(manifest, dict) or not isinstance(spec, dict):
        return
    read = {"Ingress": _ingress, "Service": _cluster_service}.get(str(manifest.get("kind")))
    for way in read({"spec": [_in_blocks(spec)]}) if read is not None else ():
        yield msgspec.structs.replace(way, root="manifest")


_BLOCK_NAMES: Final = {"paths": "path", "ports": "port", "rules": "rule"}


def _in_blocks(value: Any) -> Any:
    """Names of the API as those of the provider's blocks; a selector keeps its own keys."""
    if isinstance(value, list):
        return [_in_blocks(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        _BLOCK_NAMES.get(name, re.sub("[A-Z]", lambda found: f"_{found[0].lower()}", name)): (
            item if name == "selector" else _in_blocks(item)
        )
        for name, item in value.items()
    }


Reader = Callable[[Values], Iterable[Way]]
_READERS: Final[dict[str, Reader]] = {
    "aws_alb_listener": _listener,
    "aws_alb_listener_rule": _listener_rule,
    "aws_cloudfront_distribution": _distribution,
    "aws_lb_listener": _listener,
    "aws_lb_listener_rule": _listener_rule,
    "azurerm_application_gateway": _application_gateway,
    "google_compute_region_url_map": _url_map,
    "google_compute_url_map": _url_map,
    "kubernetes_ingress": _ingress,
    "kubernetes_ingress_v1": _ingress,
    "kubernetes_manifest": _manifest,
    "kubernetes_service": _cluster_service,
    "kubernetes_service_v1": _cluster_service,
}

"""E35: in a list where the first entry that fits decides, one is put in front of others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, Final

import msgspec

from iacrisk.plan import ActionKind, ResourceChange, lookup
from iacrisk.plan.kubernetes import KubernetesObject, read_object
from iacrisk.plan.values import mapping, members
from iacrisk.rules.context import Context
from iacrisk.rules.readers.entries.entry_users import records_named
from iacrisk.rules.readers.kubernetes.objects import MANIFESTS
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, rule

_TUNNELS: Final = frozenset(
    {"cloudflare_tunnel_config", "cloudflare_zero_trust_tunnel_cloudflared_config"}
)
_DISPATCH: Final = "google_app_engine_application_url_dispatch_rules"
_MAPS: Final = frozenset({"google_compute_region_url_map", "google_compute_url_map"})
_ROOTS: Final = frozenset(
    {"config", "default_service", "dispatch_rules", "manifest", "path_matcher", "yaml_body"}
)
_ANY: Final = frozenset({"", "*", "/", "/*"})


class _Entry(msgspec.Struct, frozen=True, kw_only=True):
    """Requests of a host (a pattern) and path (its beginning), and where they go.

    `has_more`: further conditions decide, so that it holds no other entry for certain.
    """

    host: str
    path: str
    target: str
    has_more: bool = False

    def holds(self, other: _Entry) -> bool:
        """Whether all requests of the other one fit this one, too."""
        return not self.has_more and self._holds_host(other) and self._holds_path(other)

    def _holds_host(self, other: _Entry) -> bool:
        return self.host in _ANY or fnmatchcase(other.host, self.host)

    def _holds_path(self, other: _Entry) -> bool:
        return self.path in _ANY or other.path.startswith(self.path.rstrip("*"))

    def __str__(self) -> str:
        return f"{self.host}{self.path}" or "everything"


@rule(
    id="E35",
    name="entry-put-in-front",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.UPDATE},
    types={*_TUNNELS, _DISPATCH, *_MAPS, *MANIFESTS},
    since="0.2",
)
def entry_put_in_front(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """An entry comes to stand before others whose requests it takes.

    What it flags
        A list in which the first entry that fits decides: the ingress rules of a Cloudflare
        tunnel, the dispatch rules of App Engine, the route rules of a URL map of Google Cloud by
        their priority, the routes of an Istio `VirtualService`. An
        entry, new or moved forward, whose host and path hold all that a later one is for, with
        another target.

    Why it matters
        The later entry still stands there, unchanged, and gets nothing any more.

    When it is fine
        The requests are meant to move, and the later entry is left over.

    What to do instead
        Put what is general behind what is special.

    References
        https://developers.cloudflare.com/tunnel/advanced/local-management/configuration-file/
        https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPRoute
    """
    before, after = (list(_entries(change.type, side)) for side in (change.before, change.after))
    known = set(_pairs(before))
    taken = [
        (first, later)
        for first, later in _pairs(after)
        if later in before and (first, later) not in known
    ]
    if taken:
        shown = some_of(f"{later} by {first}" for first, later in taken)
        hosts = [later.host for _, later in taken if later.host]
        yield Flag(
            what=f"Requests go to another target: {shown}, which now comes first.",
            paths=tuple((name,) for name in sorted(change.changed & _ROOTS)),
            hurts=tuple(records_named(hosts, context)),
        )


def _pairs(entries: list[_Entry]) -> Iterator[tuple[_Entry, _Entry]]:
    """Those of which the first takes all requests of the second to another target."""
    for number, later in enumerate(entries):
        for first in entries[:number]:
            if first.target != later.target and first.holds(later):
                yield first, later


def _entries(type_name: str, values: dict[str, Any]) -> Iterator[_Entry]:
    if type_name in _TUNNELS:
        config = lookup(values, ("config", 0)) or mapping(values.get("config"))
        listed = members(config.get("ingress_rule") or config.get("ingress"))
        yield from (_entry(item, "hostname") for item in listed)
    elif type_name == _DISPATCH:
        listed = members(values.get("dispatch_rules"))
        yield from (_entry(item, "domain") for item in listed)
    elif type_name in _MAPS:
        for matcher in members(values.get("path_matcher")):
            yield from _route_rules(matcher)
    else:
        yield from _routes(read_object(type_name, values))


def _route_rules(matcher: Mapping[str, Any]) -> Iterator[_Entry]:
    """The route rules of one matcher by their priority, and what serves all others."""
    name = str(matcher.get("name"))
    rules = [item for item in members(matcher.get("route_rules")) if _number(item) is not None]
    for item in sorted(rules, key=lambda one: _number(one) or 0):
        action = next(iter(members(item.get("route_action"))), {})
        target = repr(item.get("service") or action.get("weighted_backend_services"))
        for match in members(item.get("match_rules")) or [{}]:
            more = ("full_path_match", "path_template_match", "regex_match", "header_matches",
                    "query_parameter_matches", "metadata_filters")  # fmt: skip
            path = match.get("prefix_match") or match.get("full_path_match") or ""
            has_more = any(match.get(one) for one in more)
            yield _Entry(host=name, path=str(path), target=target, has_more=has_more)
    if rules:
        yield _Entry(host=name, path="", target=repr(matcher.get("default_service")))


def _number(rule: Mapping[str, Any]) -> int | None:
    value = rule.get("priority")
    return value if isinstance(value, int) else None


def _entry(item: Mapping[str, Any], host: str) -> _Entry:
    return _Entry(
        host=str(item.get(host) or ""),
        path=str(item.get("path") or ""),
        target=str(item.get("service")),
    )


def _routes(found: KubernetesObject | None) -> Iterator[_Entry]:
    if found is None or found.kind != "VirtualService":
        return
    for route in members(found.spec.get("http")):
        target = repr({name: value for name, value in route.items() if name != "match"})
        for match in members(route.get("match")) or [{}]:
            uri = mapping(match.get("uri"))
            whole = uri.get("exact") or uri.get("regex")
            yield _Entry(
                host=str(mapping(match.get("authority")).get("exact") or ""),
                path=str(uri.get("prefix") or whole or ""),
                target=target,
                has_more=bool(whole or match.keys() - {"authority", "name", "uri"}),
            )

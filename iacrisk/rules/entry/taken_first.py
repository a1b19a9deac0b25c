"""E40, E41: a new record or rule takes requests that something else serves today."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.plan.values import mapping, members
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.entries.web_conditions import is_wide, of_expression
from iacrisk.rules.readers.networks.dns import Record, leads_somewhere, record_after, record_before
from iacrisk.rules.readers.programs.running import programs_naming
from iacrisk.rules.readers.shapes import texts
from iacrisk.rules.readers.siblings import stays
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, rule

_RECORDS: Final = (
    "azurerm_dns_a_record",
    "azurerm_dns_aaaa_record",
    "azurerm_dns_cname_record",
    "azurerm_private_dns_a_record",
    "azurerm_private_dns_aaaa_record",
    "azurerm_private_dns_cname_record",
    "cloudflare_dns_record",
    "cloudflare_record",
    "google_dns_record_set",
)
_ANSWER: Final = "google_dns_response_policy_rule"


@rule(
    id="E40",
    name="name-answered-otherwise",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.CREATE},
    types={*_RECORDS, _ANSWER},
    since="0.2",
)
def name_answered_otherwise(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A new record answers for a name that programs call and that is served otherwise today.

    What it flags
        A new record below a wildcard of the same zone, or a new rule of a response policy of
        Google Cloud over a record of the plan, with other answers, where a program of the plan
        calls the name.

    Why it matters
        The exact name wins over the wildcard, and a response policy over every zone. Callers go
        elsewhere though nothing that served them has changed.

    When it is fine
        The new answer serves the same. Not flagged: the same answer, a name that no program of
        the plan calls.

    What to do instead
        Lower the time to live first, and move the name when its new home answers.

    References
        https://datatracker.ietf.org/doc/html/rfc4592
        https://cloud.google.com/dns/docs/zones/manage-response-policies
    """
    for name, values in _new_answers(change, context):
        served = _served(name, change, context)
        if served is None or served[1] == values:
            continue
        callers = [one.label for one in programs_naming(name, context) if stays(one)]
        if callers:
            yield Flag(
                what=f"{name} no longer leads where {served[0]} leads it.",
                paths=(("name",) if change.type != _ANSWER else ("dns_name",),),
                hurts=(*callers, served[0]),
            )
            return


def _new_answers(change: ResourceChange, context: Context) -> Iterator[tuple[str, frozenset[str]]]:
    """The names that the change answers for, each with its answers."""
    if change.type == _ANSWER:
        for block in members(change.after.get("local_data")):
            for data in members(block.get("local_datas")):
                name = str(data.get("name")).rstrip(".").lower()
                if "*" in name:
                    for one in _exact(context):
                        if one.endswith(name[1:]):
                            yield one, frozenset(texts(data.get("rrdatas")))
                else:
                    yield name, frozenset(texts(data.get("rrdatas")))
        return
    record = record_after(change)
    if record is not None and leads_somewhere(record) and "*" not in record.name:
        yield record.full_name, record.values


def _served(
    name: str, change: ResourceChange, context: Context
) -> tuple[str, frozenset[str]] | None:
    """What leads the name today: the record of a wildcard, or any record under a policy."""
    if change.type == _ANSWER:
        return _exact(context).get(name)
    record = record_after(change)
    head, _, rest = name.partition(".")
    del head
    found = _wildcards(context).get(f"*.{rest}")
    if found is None or record is None or found[2] != record.zone:
        return None
    return None if name in _exact(context) else (found[0], found[1])


def _exact(context: Context) -> dict[str, tuple[str, frozenset[str]]]:
    def build() -> dict[str, tuple[str, frozenset[str]]]:
        return {
            record.full_name: (one.label, record.values)
            for one, record in _standing(context)
            if "*" not in record.name
        }

    return once(context.plan, "names served exactly", build)


def _wildcards(context: Context) -> dict[str, tuple[str, frozenset[str], str]]:
    def build() -> dict[str, tuple[str, frozenset[str], str]]:
        return {
            record.full_name: (one.label, record.values, record.zone)
            for one, record in _standing(context)
            if record.name.startswith("*")
        }

    return once(context.plan, "names served by wildcards", build)


def _standing(context: Context) -> Iterator[tuple[ResourceChange, Record]]:
    for one in context.changes_of(*_RECORDS):
        record = record_before(one) if stays(one) else None
        if record is not None and leads_somewhere(record):
            yield one, record


# Rules at the edge

_DOOR_RULE: Final = "azurerm_cdn_frontdoor_rule"
_RULESET: Final = "cloudflare_ruleset"
_REDIRECTS: Final = "http_request_dynamic_redirect"
_WHOLE: Final = frozenset(
    {"http_version_condition", "is_device_condition", "ssl_protocol_condition"}
)
_PATHS: Final = ("request_uri_condition", "url_path_condition")


@rule(
    id="E41",
    name="requests-taken-at-the-edge",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.CREATE, ActionKind.UPDATE},
    types={_DOOR_RULE, _RULESET},
    since="0.2",
)
def requests_taken_at_the_edge(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A rule at the edge sends nearly all requests of a site somewhere else.

    What it flags
        A rule of Azure Front Door without narrow conditions that redirects to another host or
        takes another group of origins, in a set that a route uses; a redirect of Cloudflare to
        another host whose expression fits nearly every request.

    Why it matters
        It comes before the routes, which stay as they are and get no request any more.

    When it is fine
        The site has moved. Not flagged: a redirect to TLS on the same host, a rule for some paths.

    What to do instead
        Try it on one path, and put the condition last that makes it wide.

    References
        https://learn.microsoft.com/azure/frontdoor/front-door-rules-engine
        https://developers.cloudflare.com/rules/url-forwarding/
    """
    if change.type == _RULESET:
        known = set(map(repr, _wide_redirects(change.before)))
        new = [one for one in _wide_redirects(change.after) if repr(one) not in known]
        if change.kind is ActionKind.UPDATE and new:
            yield Flag(what="Nearly all requests are sent to another host.", paths=(("rules",),))
        return
    if not _leads_away(change.after) or not _fits_all(change.after):
        return
    if change.kind is ActionKind.UPDATE and _leads_away(change.before) and _fits_all(change.before):
        return
    routes = _routes_with(change, context)
    if routes:
        yield Flag(
            what="Nearly all requests of the site are led elsewhere before its routes are asked.",
            paths=(("actions",), ("conditions",)),
            hurts=routes,
        )


def _leads_away(values: dict[str, Any]) -> bool:
    for block in members(values.get("actions")):
        for redirect in members(block.get("url_redirect_action")):
            if redirect.get("destination_hostname"):
                return True
        for other in members(block.get("route_configuration_override_action")):
            if other.get("cdn_frontdoor_origin_group_id"):
                return True
    return False


def _fits_all(values: dict[str, Any]) -> bool:
    for block in members(values.get("conditions")):
        for kind, listed in block.items():
            if members(listed) and not all(_is_wide(kind, item) for item in members(listed)):
                return False
    return True


def _is_wide(kind: str, condition: dict[str, Any]) -> bool:
    if kind in _WHOLE or condition.get("operator") == "Any":
        return True
    values = texts(condition.get("match_values"))
    if kind in _PATHS:
        return condition.get("operator") == "BeginsWith" and set(values) <= {"/", ""}
    return kind == "request_scheme_condition" and values == ["HTTPS"]


def _routes_with(change: ResourceChange, context: Context) -> tuple[str, ...]:
    """The routes that use the set of the rule today."""
    named = str(change.after.get("cdn_frontdoor_rule_set_id")).lower()
    return tuple(
        one.label
        for one in context.changes_of("azurerm_cdn_frontdoor_route")
        if stays(one)
        and one.before.get("enabled") is not False
        and named in [text.lower() for text in texts(one.after.get("cdn_frontdoor_rule_set_ids"))]
    )


def _wide_redirects(values: dict[str, Any]) -> Iterator[Any]:
    if values.get("phase") != _REDIRECTS:
        return
    for item in members(values.get("rules")):
        told = item.get("action_parameters")
        inner = mapping(told) or next(iter(members(told)), {})
        on = item.get("enabled") is not False and item.get("action") == "redirect"
        if on and inner.get("from_value") and is_wide(of_expression(str(item.get("expression")))):
            yield item.get("expression"), inner.get("from_value")

"""BL-certcovers: another certificate that covers every name by which clients come."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.catalog.entrances import CERTIFICATE_TYPES, NAMES_SERVED
from iacrisk.plan import ActionKind, ResourceChange, lookup, parse_path
from iacrisk.plan.values import members
from iacrisk.rules.benign.harmless_attributes import explain
from iacrisk.rules.context import Context
from iacrisk.rules.readers.networks.dns import covers_host
from iacrisk.rules.readers.shapes import texts
from iacrisk.rules.readers.siblings import stays

_LISTENERS: Final = frozenset({"aws_alb_listener", "aws_lb_listener"})
_PRESENTS: Final = {
    "aws_alb_listener": "certificate_arn",
    "aws_api_gateway_domain_name": "regional_certificate_arn",
    "aws_cloudfront_distribution": "viewer_certificate.0.acm_certificate_arn",
    "aws_lb_listener": "certificate_arn",
}
PRESENTERS: Final = frozenset(_PRESENTS)
"""Types that present a certificate."""

_ANSWERS_TO: Final = {
    "aws_api_gateway_domain_name": "domain_name",
    "aws_cloudfront_distribution": "aliases",
}
"""The argument that lists every name to which the type answers."""

_RULES: Final = ("aws_alb_listener_rule", "aws_lb_listener_rule")
_MORE: Final = ("aws_alb_listener_certificate", "aws_lb_listener_certificate")
_RECORDS: Final = ("aws_route53_record", "cloudflare_dns_record", "cloudflare_record")
_BALANCERS: Final = ("aws_alb", "aws_lb")


def why_certificate_covers(change: ResourceChange, context: Context) -> str | None:
    """Why no client meets a wrong name: the new certificate has all that lead here."""
    argument = _PRESENTS[change.type]
    path = parse_path(argument)
    if (rest := change.changed - {path[0]}) and explain(change, context, *rest) is None:
        return None
    old, new = (_certificate(lookup(it, path), context) for it in (change.before, change.after))
    if old is None or new is None or not _is_issued(new, context):
        return None
    if change.type not in _LISTENERS:
        served = {name.lower() for name in texts(change.after.get(_ANSWERS_TO[change.type]))}
        whole = bool(served) and all(covers_host(_names(new), name) for name in served)
        return "it is issued, and covers every name that is answered here" if whole else None
    covered = {*_names(new), *_beside(change, context)}
    coming = set(_records_of(change, context))
    asked = {*coming, *_hosts_of(change, context)}
    if not coming or not all(covers_host(covered, name) for name in asked):
        return None
    lost = [name for name in _names(old) if not covers_host(covered, name)]
    if all(_is_spare(name, coming, _names(old)) for name in lost):
        return "it is issued, and covers every name of the plan that leads here"
    return None


def _beside(change: ResourceChange, context: Context) -> Iterator[str]:
    """The names of the other certificates that the listener presents."""
    for one in context.changes_of(*_MORE):
        if stays(one) and one.before.get("listener_arn") == change.before.get("arn"):
            certificate = _certificate(one.before.get("certificate_arn"), context)
            yield from _names(certificate) if certificate is not None else ()


def _is_spare(name: str, coming: set[str], old: set[str]) -> bool:
    """Whether the plan shows the names below it: those of a wildcard, or of its bare domain."""
    base = name.removeprefix("*.")
    below = any(host.endswith(f".{base}") for host in coming)
    return below and (name.startswith("*.") or f"*.{base}" in old)


def _certificate(arn: Any, context: Context) -> ResourceChange | None:
    for one in context.changes_of(*sorted(CERTIFICATE_TYPES)):
        if stays(one) and arn and arn in {one.before.get("arn"), one.before.get("id")}:
            return one
    return None


def _is_issued(certificate: ResourceChange, context: Context) -> bool:
    if certificate.kind is not ActionKind.NO_OP:
        return False
    if certificate.before.get("status") in {"ISSUED", "ACTIVE"}:
        return True
    arn = certificate.before.get("arn")
    return any(
        stays(one) and one.before.get("certificate_arn") == arn
        for one in context.changes_of("aws_acm_certificate_validation")
    )


def _names(certificate: ResourceChange) -> set[str]:
    found = [name for path in NAMES_SERVED for name in texts(certificate.was(path))]
    return {name.lower() for name in found}


def _records_of(change: ResourceChange, context: Context) -> Iterator[str]:
    """The names that lead to the balancer of the listener."""
    home = change.before.get("load_balancer_arn")
    hosts = {
        str(one.before.get("dns_name")).lower()
        for one in context.changes_of(*_BALANCERS)
        if stays(one) and home and one.before.get("arn") == home and one.before.get("dns_name")
    }
    for record in context.changes_of(*_RECORDS):
        if record.kind is ActionKind.DELETE:
            continue
        leads = [
            *(block.get("name") for block in members(record.after.get("alias"))),
            *texts(record.after.get("records"), record.after.get("content")),
        ]
        name = record.after.get("fqdn") or record.after.get("hostname") or record.after.get("name")
        plain = {str(text).lower().rstrip(".").removeprefix("dualstack.") for text in leads}
        if plain & hosts and isinstance(name, str):
            yield name.lower().rstrip(".")


def _hosts_of(change: ResourceChange, context: Context) -> Iterator[str]:
    for one in context.changes_of(*_RULES):
        if one.kind is ActionKind.DELETE:
            continue
        if one.after.get("listener_arn") == change.before.get("arn"):
            for condition in members(one.after.get("condition")):
                for header in members(condition.get("host_header")):
                    yield from (host.lower() for host in texts(header.get("values")))

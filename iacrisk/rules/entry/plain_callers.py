"""E36: what answered without TLS no longer does, and programs of the plan call it so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.plan.values import members
from iacrisk.rules.context import Context
from iacrisk.rules.readers.networks.client_addresses import calls_to, is_plain
from iacrisk.rules.readers.shapes import texts
from iacrisk.rules.readers.siblings import stays
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, rule

_SITE: Final = "aws_cloudfront_distribution"
_STORAGE: Final = "azurerm_storage_account"
_REDIS: Final = "azurerm_redis_cache"
_ON: Final = ("enable_https_traffic_only", "https_traffic_only_enabled")
_OFF: Final = ("enable_non_ssl_port", "non_ssl_port_enabled")
_BEHAVIOURS: Final = ("default_cache_behavior", "ordered_cache_behavior")


@rule(
    id="E36",
    name="plain-callers-refused",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.UPDATE},
    types={_SITE, _STORAGE, _REDIS},
    since="0.2",
)
def plain_callers_refused(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """Plain connections are refused from now on, and programs of the plan make them.

    What it flags
        A distribution that comes to answer `https-only`, a storage account that takes HTTPS
        only, a cache whose port without TLS is closed, where a variable of a program that stays
        holds an `http://` or `redis://` address of it.

    Why it matters
        It is right, and the programs whose addresses were forgotten fail at once. A redirect
        would have led readers on; a refusal does not, and a redirected `POST` loses its body.

    When it is fine
        The programs get the new address first. Not flagged: where none of the plan calls it so.

    What to do instead
        Change the addresses of the programs, see them use TLS, then refuse the rest.

    References
        https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https.html
    """
    path = _refusing(change)
    if not path:
        return
    calls = calls_to(sorted(_hosts(change)), context)
    users = {one.label: None for one, value in calls if is_plain(value) and stays(one)}
    if users:
        yield Flag(
            what=f"Plain connections are refused, and {some_of(users)} makes them.",
            paths=((path,),),
            hurts=tuple(users),
        )


def _refusing(change: ResourceChange) -> str:
    """The argument that comes to refuse plain connections, "" where none does."""
    if change.type == _SITE:
        for name in _BEHAVIOURS:
            old = [_policy(block) for block in members(change.before.get(name))]
            new = [_policy(block) for block in members(change.after.get(name))]
            if new.count("https-only") > old.count("https-only"):
                return name
        return ""
    switches = [(name, True) for name in _ON] + [(name, False) for name in _OFF]
    for name, refuses in switches:
        before, after = change.before.get(name), change.after.get(name)
        if name in change.changed and after is refuses and before is (not refuses):
            return name
    return ""


def _policy(block: dict[str, Any]) -> str:
    return str(block.get("viewer_protocol_policy"))


def _hosts(change: ResourceChange) -> set[str]:
    values = change.before
    if change.type == _SITE:
        return set(texts(values.get("aliases"), values.get("domain_name")))
    if change.type == _REDIS:
        return set(texts(values.get("hostname")))
    return {
        text
        for name, value in values.items()
        if name.startswith("primary_") and name.endswith("_host")
        for text in texts(value)
    }

"""X14: a proxy in front of one's own server is taken away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

_ADDRESSES: Final = frozenset({"A", "AAAA"})
_CLOUDS: Final = (
    "amazonaws.com",
    "azure.com",
    "azurewebsites.net",
    "cloudapp.net",
    "googleusercontent.com",
    "ondigitalocean.app",
    "run.app",
    "windows.net",
)
"""Domains under which clouds name what their customers run."""


@rule(
    id="X14",
    name="origin-unshielded",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.EXPOSURE,
    kinds={ActionKind.UPDATE},
    types={"cloudflare_dns_record", "cloudflare_record"},
)
def origin_unshielded(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A record is no longer proxied, and names one's own server to everybody.

    What it flags
        `proxied` switched off on an address record, or on an alias of one's own domain or of
        something in one's own cloud account.

    Why it matters
        The origin's address becomes public and stays known. Firewall rules, rate limits, caching
        and protection from floods no longer apply to who comes to it directly.

    When it is fine
        The name leads to a vendor who asks for it: the vendor's own edge stands in front then.

    What to do instead
        Let the origin admit the proxy's ranges alone first, and change its address afterwards.

    References
        https://developers.cloudflare.com/dns/proxy-status/
    """
    del context
    if change.before.get("proxied") is not True or "proxied" not in change.changed:
        return
    after = change.planned(("proxied",))
    if after is UNKNOWN:
        yield Undecided(why="Whether it stays proxied is not known.", paths=(("proxied",),))
    elif after is not True and _is_own(change):
        yield Flag(
            what="The origin's address becomes public, and firewall, rate limits and caching no "
            "longer apply.",
            paths=(("proxied",),),
        )


def _is_own(change: ResourceChange) -> bool:
    """Whether the record leads to a server of one's own, as far as its target tells."""
    if change.before.get("type") != "CNAME":
        return True
    target = next(
        (str(change.before[name]) for name in ("content", "value") if change.before.get(name)), ""
    ).rstrip(".")
    host = str(change.before.get("hostname") or change.before.get("name") or "")
    domain = ".".join(host.rstrip(".").split(".")[-2:])
    return target == domain or target.endswith((*_CLOUDS, f".{domain}"))

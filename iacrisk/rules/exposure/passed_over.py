"""X40: a rule of a web filter lets nearly everything through before others look at it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.entries import cloud_armor
from iacrisk.rules.readers.entries.filter_chains import (
    TYPES,
    Link,
    passed_over,
    passes_in,
    policy_of,
)
from iacrisk.rules.readers.shapes import last_part
from iacrisk.rules.readers.siblings import stays
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

_ARGUMENTS: Final = (
    "action",
    "custom_rule",
    "custom_rules",
    "match",
    "preview",
    "priority",
    "rule",
    "rules",
)
_GUARDED: Final = (
    "google_compute_backend_bucket",
    "google_compute_backend_service",
    "google_compute_region_backend_service",
)


@rule(
    id="X40",
    name="filter-passed-over",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.EXPOSURE,
    kinds={ActionKind.CREATE, ActionKind.UPDATE},
    types=TYPES,
    since="0.2",
)
def filter_passed_over(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A rule of a web filter lets nearly everything through before others look at it.

    What it flags
        A rule that allows or skips, new, moved forward or widened, before rules that refuse or
        slow down: in a security policy of Google Cloud, in a firewall policy of Azure (whose own
        rules come before the managed ones), in a ruleset of Cloudflare. What it matches is what
        nearly every client sends or can choose: a country, the first step of a path, a user
        agent, a huge range of addresses.

    Why it matters
        The first rule that fits decides. Injections, floods and guessed passwords that fit it are
        never looked at, and no request fails that would tell.

    When it is fine
        What it lets through is known: addresses of one's own, one exact path, a long secret in a
        header. Not flagged: a rule behind those that inspect, one before a last refusal of
        everything else or of all countries, hosts or networks but some, to which it adds one; one
        whose paths, hosts or countries no later rule is about.

    What to do instead
        Put it behind the rules that inspect, or exempt what is known from the one rule that
        hinders it.

    References
        https://cloud.google.com/armor/docs/security-policy-overview#eval-order
        https://learn.microsoft.com/azure/web-application-firewall/ag/custom-waf-rules-overview
        https://developers.cloudflare.com/waf/custom-rules/skip/
    """
    told = [name for name in _ARGUMENTS if name in change.changed]
    if change.kind is ActionKind.UPDATE and not told:
        return
    paths = tuple((name,) for name in told)
    if any(change.after.get(name) is UNKNOWN for name in told):
        yield Undecided(why="What the filter lets through is not known yet.", paths=paths)
        return
    known = {_pair(*found) for found in passes_in(change, context, after=False)}
    own = _own_orders(change)
    for link, over in passes_in(change, context, after=True):
        if _pair(link, over) in known or (own and link.order not in own):
            continue
        passing = "It" if change.type in cloud_armor.RULES else f"The rule {link.name}"
        yield Flag(
            what=f"{passing} lets nearly everything through before the rule {over.name} is asked.",
            paths=paths[:2],
            hurts=(*_guarded(change, context), *passed_over(change, context)),
        )
        return


def _pair(link: Link, over: Link) -> tuple[object, ...]:
    return link.match, over.match


def _own_orders(change: ResourceChange) -> set[object]:
    """The place of a rule that stands alone; empty for a list of rules."""
    return {change.after.get("priority")} if change.type in cloud_armor.RULES else set()


def _guarded(change: ResourceChange, context: Context) -> Iterator[str]:
    """The policy that a rule belongs to, and what has the policy before it."""
    name = policy_of(change)
    if not name or change.type not in cloud_armor.POLICIES | cloud_armor.RULES:
        return
    for one in context.changes_of(*sorted(cloud_armor.POLICIES), *_GUARDED):
        texts = [one.before.get(key) for key in ("security_policy", "edge_security_policy")]
        named = one.before.get("name") if one.type in cloud_armor.POLICIES else None
        if stays(one) and name in {named, *(last_part(text) for text in texts)}:
            yield one.label

"""X16: a cache gives one client the answer that was made for another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from iacrisk.plan import ActionKind, ResourceChange, lookup
from iacrisk.rules.context import Context
from iacrisk.rules.exposure import edge_caches
from iacrisk.rules.readers.shapes import blocks
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, rule

Values = Mapping[str, Any]
_POLICY: Final = "aws_cloudfront_cache_policy"
_REQUESTS: Final = "aws_cloudfront_origin_request_policy"
_SITE: Final = "aws_cloudfront_distribution"
_BEHAVIOURS: Final = ("default_cache_behavior", "ordered_cache_behavior")
_KEY: Final = "parameters_in_cache_key_and_forwarded_to_origin"
_ALL_OF_THE_VIEWER: Final = frozenset(
    {
        "216adef6-5c7f-47e4-b989-5492eafa07d3",
        "33f36d7e-f396-46d9-90e0-52428a34d9dc",
        "b689b0a8-53d0-40ab-baf2-68738e2966ac",
    }
)
"""Managed origin request policies that pass cookies and headers on: AllViewer and its kin.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
"""
_KEPT_FOR_ALL: Final = frozenset(
    {"658327ea-f89d-4fab-a63d-7e88639e58f6", "b2884449-e4de-46a7-ac36-70bc7f1ddd6d"}
)
"""Managed cache policies that keep answers without cookies in their key: CachingOptimized.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
"""


class _Cache(msgspec.Struct, frozen=True, kw_only=True):
    """How long answers are kept, at least and by default, and what tells clients apart."""

    least: float = 0
    default: float = 0
    cookies: bool = False
    authorization: bool = False

    @property
    def keeps(self) -> bool:
        """Whether it keeps answers that do not ask for it."""
        return max(self.least, self.default) > 0

    @property
    def tells_apart(self) -> frozenset[str]:
        """What of the client is in its key."""
        told = {"cookies": self.cookies, "headers": self.authorization}
        return frozenset(name for name, is_in in told.items() if is_in)


_SHARED: Final = _Cache(least=1, default=86_400)


@rule(
    id="X16",
    name="personal-answers-cached",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.EXPOSURE,
    kinds={ActionKind.UPDATE},
    types=edge_caches.TYPES | {_POLICY, _SITE},
    since="0.2",
)
def personal_answers_cached(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A cache comes to keep answers that depend on who asks, and does not tell clients apart.

    What it flags
        A cache policy, or a behaviour with another policy, that newly keeps answers, keeps them
        whatever the origin says, or loses cookies or the Authorization header from its key,
        while the behaviour passes the client's cookies or all its headers on to the origin. Of
        Cloudflare, a cache rule that is widened to all of a site or to a shorter path, and the
        end of a rule that keeps sessions, accounts or interfaces out of the cache; of Fastly, a
        cache setting that keeps everything but some paths, or paths of accounts and sessions.

    Why it matters
        The origin answers for the one who asks. The cache then gives that answer to everybody
        who asks for the same path: other people's accounts, baskets and sessions.

    When it is fine
        The origin marks every personal answer as private, and the least time to live is 0; the
        cache takes more kinds of files.

    What to do instead
        Put the session's cookie or the header into the cache key, or do not cache the path.

    References
        https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Cookies.html
        https://developers.cloudflare.com/cache/how-to/cache-rules/order/
    """
    if change.type in edge_caches.TYPES:
        yield from edge_caches.personal_answers_kept(change)
    elif change.type == _POLICY:
        yield from _policy_changed(change, context)
    else:
        yield from _behaviour_changed(change, context)


def _policy_changed(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    name = change.before.get("id")
    hit: dict[str, list[str]] = {}
    for site in context.changes_of(_SITE):
        for path, block in _behaviours(site.after):
            passed = _passed_on(block, context)
            named = name and block.get("cache_policy_id") == name and passed
            if named and _mixes(_cache(change.before), _cache(change.after), passed):
                hit.setdefault(site.label, []).append(path)
    if hit:
        shown = some_of(path for paths in hit.values() for path in paths)
        roots = ("min_ttl", "default_ttl", _KEY)
        yield _flag(shown, [root for root in roots if root in change.changed], tuple(hit))


def _behaviour_changed(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    before = dict(_behaviours(change.before))
    mixed = []
    for path, block in _behaviours(change.after):
        old = _named(before.get(path, {}).get("cache_policy_id"), context, planned=False)
        new = _named(block.get("cache_policy_id"), context, planned=True)
        passed = _passed_on(block, context)
        if old is not None and new is not None and passed and _mixes(old, new, passed):
            mixed.append(path)
    if mixed:
        yield _flag(some_of(mixed), [one for one in _BEHAVIOURS if one in change.changed], ())


def _flag(shown: str, roots: list[str], hurts: tuple[str, ...]) -> Flag:
    return Flag(
        what=f"Answers for {shown} are kept and given to others, though the origin sees who asks.",
        paths=tuple((root,) for root in roots),
        hurts=hurts,
    )


def _mixes(before: _Cache, after: _Cache, passed: frozenset[str]) -> bool:
    """Whether clients newly get each other's answers."""
    told, tells = before.tells_apart & passed, after.tells_apart & passed
    if not after.keeps or tells == passed:
        return False
    return not before.keeps or bool(told - tells) or before.least == 0 < after.least


def _behaviours(values: Values) -> Iterator[tuple[str, Values]]:
    for name in _BEHAVIOURS:
        for block in blocks(values.get(name)):
            yield str(block.get("path_pattern") or "all other paths"), block


def _passed_on(behaviour: Values, context: Context) -> frozenset[str]:
    """What of the client the origin gets to see beyond the cache key."""
    name = behaviour.get("origin_request_policy_id")
    if name in _ALL_OF_THE_VIEWER:
        return frozenset({"cookies", "headers"})
    found = set()
    for one in context.changes_of(_REQUESTS):
        if name and one.before.get("id") == name:
            if _behaviour_of(one.after, "cookies", "cookie") not in {"none", ""}:
                found.add("cookies")
            if _behaviour_of(one.after, "headers", "header").startswith("allViewer"):
                found.add("headers")
    return frozenset(found)


def _named(name: object, context: Context, *, planned: bool) -> _Cache | None:
    """The policy with this id; None where the plan does not show it."""
    if name in _KEPT_FOR_ALL:
        return _SHARED
    if name == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad":
        return _Cache()
    for one in context.changes_of(_POLICY):
        if isinstance(name, str) and one.before.get("id") == name:
            return _cache(one.after if planned else one.before)
    return None


def _cache(values: Values) -> _Cache:
    key = lookup(values, (_KEY, 0))
    inside: Values = key if isinstance(key, dict) else {}
    headers = lookup(inside, ("headers_config", 0, "headers", 0, "items"))
    names = headers if isinstance(headers, list) else []
    cookies = _behaviour_of(inside, "cookies", "cookie")
    return _Cache(
        least=_seconds(values.get("min_ttl"), 0),
        default=_seconds(values.get("default_ttl"), 86_400),
        cookies=cookies not in {"none", ""},
        authorization=any(str(name).lower() == "authorization" for name in names),
    )


def _seconds(value: Any, default: float) -> float:
    return value if isinstance(value, int | float) else default


def _behaviour_of(values: Values, block: str, what: str) -> str:
    return str(lookup(values, (f"{block}_config", 0, f"{what}_behavior")) or "")

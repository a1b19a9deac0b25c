"""E51, E52: requests at the edge that are answered there, or by another script."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, Final

from iacrisk.patterns import regex
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.shapes import blocks
from iacrisk.rules.readers.siblings import stays
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, rule

_ERROR: Final = regex(r"^\s*error\s+\d{3}", re.MULTILINE)
_BRACES: Final = regex(r"\{[^{}]*\}")
_ALWAYS: Final = frozenset({"", "true", "req.url", "req.http.host"})


@rule(
    id="E51",
    name="edge-answers-everything",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.UPDATE},
    types={"fastly_service_vcl"},
    since="0.2",
)
def edge_answers_everything(change: ResourceChange, context: Context) -> Iterator[Outcome]:  # noqa: ARG001
    """A service of Fastly answers every request itself.

    What it flags
        A new `response_object` without a condition, or whose condition always holds, and a new
        snippet for `recv` that ends every request with `error`.

    Why it matters
        No request reaches an origin any more. Every client sees the page.

    When it is fine
        The whole site is to be shut for a while.

    What to do instead
        Give it a condition, such as a path or a header of the test.

    References
        https://www.fastly.com/documentation/guides/full-site-delivery/custom-responses/
    """
    if "response_object" in change.changed:
        new = set(_answers(change.after)) - set(_answers(change.before))
        if new:
            yield Flag(what=f"Every request gets {some_of(new)}.", paths=(("response_object",),))
    if "snippet" in change.changed:
        ending = set(_ending(change.after)) - set(_ending(change.before))
        if ending:
            yield Flag(
                what=f"Every request ends in {some_of(ending)}.",
                paths=(("snippet",),),
                confidence=Confidence.MEDIUM,
            )


def _answers(values: Mapping[str, Any]) -> Iterator[str]:
    """Names of answers that are given whatever is asked."""
    conditions = {
        one.get("name"): str(one.get("statement") or "").strip()
        for one in blocks(values.get("condition"))
    }
    for one in blocks(values.get("response_object")):
        name = one.get("request_condition") or ""
        kept_for_errors = one.get("cache_condition")
        if not kept_for_errors and (not name or conditions.get(name, name) in _ALWAYS):
            yield str(one.get("name"))


def _ending(values: Mapping[str, Any]) -> Iterator[str]:
    for one in blocks(values.get("snippet")):
        text = str(one.get("content") or "")
        while _BRACES.search(text):
            text = _BRACES.sub("", text)
        if one.get("type") == "recv" and _ERROR.search(text):
            yield str(one.get("name"))


_ROUTES: Final = frozenset({"cloudflare_worker_route", "cloudflare_workers_route"})


@rule(
    id="E52",
    name="script-takes-paths",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.CREATE},
    types=_ROUTES,
    since="0.2",
)
def script_takes_paths(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A new route of a Cloudflare script takes paths from another script.

    What it flags
        A new route whose pattern lies within that of a route that stays, with another script, or
        with none.

    Why it matters
        The more specific pattern wins. The other script, with the logins or redirects that it
        does, no longer sees these requests.

    When it is fine
        The new script does for its paths what the other one did.

    What to do instead
        Try it on a host name of its own.

    References
        https://developers.cloudflare.com/workers/configuration/routing/routes/
    """
    pattern = change.after.get("pattern")
    if not isinstance(pattern, str):
        return
    taken = [
        one.label
        for one in context.changes_of(*sorted(_ROUTES))
        if stays(one) and _script(one.before) != _script(change.after) and _within(pattern, one)
    ]
    if taken:
        yield Flag(
            what=f"{some_of(taken)} no longer gets these requests.",
            paths=(("pattern",),),
            hurts=tuple(taken),
        )


def _script(values: Mapping[str, Any]) -> Any:
    return values.get("script") or values.get("script_name")


def _within(pattern: str, route: ResourceChange) -> bool:
    wide = route.before.get("pattern")
    return isinstance(wide, str) and wide != pattern and fnmatchcase(pattern.rstrip("*"), wide)

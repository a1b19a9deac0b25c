"""Who hands work to whom: by the ARNs, URLs and names in their values, and by references."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from iacrisk.catalog.feeds import Feed, feed_of, feed_types
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange, lookup
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.siblings import stays

_PUBSUB: Final = "//pubsub.googleapis.com/"
"""Before a topic's id in what Google's storage says of its notifications."""

_NAMES: Final = ("arn", "url", "id", "name", "function_name", "uri")


def fed_by(change: ResourceChange, context: Context) -> list[ResourceChange]:
    """The objects that the change hands work to today and that stay."""
    feed = feed_of(change.type)
    return targets_named(fed_names(feed, change.before), context) if feed is not None else []


def fed_names(feed: Feed, values: dict[str, Any]) -> frozenset[Any]:
    return frozenset(value for path in feed.fed for value in _values(values, path.split(".")))


def _values(tree: Any, steps: list[str]) -> Iterator[Any]:
    if tree is UNKNOWN:
        yield UNKNOWN
    elif not steps:
        if isinstance(tree, str) and tree:
            yield tree
    elif steps[0] == "*":
        for item in tree if isinstance(tree, list) else ():
            yield from _values(item, steps[1:])
    else:
        step = int(steps[0]) if steps[0].isdigit() else steps[0]
        yield from _values(lookup(tree, (step,)), steps[1:])


def targets_named(named: Iterable[Any], context: Context) -> list[ResourceChange]:
    """The objects of the plan with these names that stay."""
    known = once(context.plan, "objects that may be fed", lambda: _known(context))
    found = {one.label: one for text in named for one in known.get(_bare(text), ())}
    return [one for one in found.values() if stays(one)]


def _known(context: Context) -> dict[str, list[ResourceChange]]:
    index: dict[str, list[ResourceChange]] = {}
    for one in context.plan.changes:
        if one.mode != "managed" or not one.before or one.type in feed_types():
            continue
        for name in _NAMES:
            text = one.before.get(name)
            if isinstance(text, str) and (name in {"arn", "url", "uri"} or "/" in text):
                index.setdefault(_bare(text), []).append(one)
        if one.type == "aws_lambda_function":
            index.setdefault(str(one.before.get("function_name")), []).append(one)
    return index


def _bare(text: Any) -> str:
    """A function's ARN without the version or alias, a log group's without its star."""
    plain = str(text).removesuffix(":*").removeprefix(_PUBSUB)
    parts = plain.split(":")
    is_function = len(parts) > 7 and parts[2] == "lambda" and parts[5] == "function"
    return ":".join(parts[:7]) if is_function else plain


def feeders_of(target: ResourceChange, context: Context) -> list[ResourceChange]:
    """All that hands work to the target after this plan."""

    def build() -> dict[str, list[ResourceChange]]:
        index: dict[str, list[ResourceChange]] = {}
        for one in context.changes_of(*sorted(feed_types())):
            feed = feed_of(one.type)
            if feed is None or one.kind is ActionKind.DELETE:
                continue
            for text in fed_names(feed, one.after):
                if text is not UNKNOWN:
                    index.setdefault(_bare(text), []).append(one)
            for use in context.graph.dependencies(one.label):
                if use.argument.partition(".")[0] in {path.partition(".")[0] for path in feed.fed}:
                    index.setdefault(use.node.label, []).append(one)
        return index

    index = once(context.plan, "who feeds whom", build)
    names = [target.label, *(_bare(target.before.get(name)) for name in _NAMES)]
    found = {one.label: one for name in names for one in index.get(name, ())}
    return list(found.values())

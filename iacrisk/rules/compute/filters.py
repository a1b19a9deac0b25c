"""C17: who listens to events hears fewer of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange, lookup, parse_path, unset
from iacrisk.rules.context import Context
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

_FILTERS: Final[dict[str, str]] = {
    "aws_cloudwatch_event_rule": "event_pattern",
    "aws_lambda_event_source_mapping": "filter_criteria.0.filter",
    "aws_pipes_pipe": "source_parameters.0.filter_criteria.0.filter",
    "aws_sns_topic_subscription": "filter_policy",
}


@rule(
    id="C17",
    name="filter-narrowed",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.UPDATE},
    types=_FILTERS,
)
def filter_narrowed(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A filter lets through fewer events than before.

    What it flags
        A filter policy, event pattern or filter criterion that loses a value, gains a condition,
        or is set where there was none.

    Why it matters
        The events that no longer match are dropped without an error. Who relied on them notices
        when something was not done.

    When it is fine
        Another subscription or rule takes those events, or nobody handles them.

    What to do instead
        Add the new way for these events first; watch how many match before and after.

    References
        https://docs.aws.amazon.com/sns/latest/dg/sns-message-filtering.html
        https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
    """
    del context
    path = parse_path(_FILTERS[change.type])
    before, after = lookup(change.before, path), change.planned(path)
    if before == after:
        return
    if after is UNKNOWN:
        yield Undecided(why="The new filter is not known.", paths=(path,))
        return
    lost = [text for text in _lost(_alternatives(before), _alternatives(after)) if text]
    if lost:
        yield Flag(what=f"It no longer hears {some_of(lost)}.", paths=(path,))


def _alternatives(value: Any) -> list[Any]:
    """The patterns of which one has to match; an empty list lets everything through."""
    if unset(value):
        return []
    if isinstance(value, list):
        texts = [item.get("pattern") for item in value if isinstance(item, dict)]
        return [_parsed(text) for text in texts]
    return [_parsed(value)]


def _parsed(text: Any) -> Any:
    try:
        return msgspec.json.decode(text) if isinstance(text, str) else text
    except msgspec.DecodeError:
        return text


def _lost(before: list[Any], after: list[Any]) -> Iterator[str]:
    """What some pattern of `before` let through and no pattern of `after` does, in words."""
    if not after:
        return
    if not before:
        yield "what does not match its new filter"
        return
    for old in before:
        narrowed = [list(_narrowed(old, new)) for new in after]
        if all(narrowed):
            yield from min(narrowed, key=len)


def _narrowed(old: Any, new: Any, name: str = "") -> Iterator[str]:
    """The words for what `old` matches and `new` does not; nothing where `new` is as wide."""
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for key in new:
            inner = f"{name}.{key}" if name else str(key)
            if key in old:
                yield from _narrowed(old[key], new[key], inner)
            else:
                yield f"events without the right {inner}"
    elif isinstance(old, list) and isinstance(new, list):
        yield from (f"{name} {_word(item)}" for item in old if item not in new)
    else:
        yield f"what its old filter let through{f' by {name}' if name else ''}"


def _word(item: Any) -> str:
    return item if isinstance(item, str) else msgspec.json.encode(item).decode()

"""Which requests a listener rule takes, and from which other rule it takes them."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any, Final

import msgspec

from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.entries.entry_users import answering, bare_groups, records_named
from iacrisk.rules.readers.entries.forwarding import ways_after, ways_before
from iacrisk.rules.readers.shapes import blocks, texts
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import Confidence, Flag, Outcome, Severity, Undecided

RULE_TYPES: Final = frozenset({"aws_alb_listener_rule", "aws_lb_listener_rule"})
_LISTENER_TYPES: Final = ("aws_alb_listener", "aws_lb_listener")
_LAST: Final = 50_000
_HOST: Final = "host_header"
_EVERY_PATH: Final = frozenset({"*", "/*"})

Conditions = dict[str, frozenset[str]]


class Matching(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule matches: of every field one of the patterns. `order`: the lowest decides."""

    order: int
    fields: Conditions
    targets: frozenset[str]

    @property
    def is_catch_all(self) -> bool:
        """Whether it matches whatever comes."""
        return not self.fields

    def holds(self, other: Matching) -> bool:
        """Whether it matches all that the other one matches."""
        return all(
            all(
                any(fnmatchcase(text, pattern) for pattern in patterns)
                for text in other.fields[name]
            )
            if name in other.fields
            else False
            for name, patterns in self.fields.items()
        )

    def parts(self) -> Iterator[Matching]:
        """All that it matches, and what it matches by each one of its patterns."""
        yield self
        for name, patterns in self.fields.items():
            for text in sorted(patterns) if len(patterns) > 1 else ():
                only = {**self.fields, name: frozenset({text})}
                yield msgspec.structs.replace(self, fields=only)

    def within(self, hosts: frozenset[str]) -> Matching:
        """What it matches of the requests for these names."""
        fields = {name: texts for name, texts in self.fields.items() if name != _HOST}
        return msgspec.structs.replace(self, fields={**fields, _HOST: hosts})

    def __str__(self) -> str:
        """`/api/* or shop.example`."""
        return some_of(sorted(text for patterns in self.fields.values() for text in patterns))


def judge_matching(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """What the rule no longer matches, and what it newly takes from others."""
    if change.kind is ActionKind.UPDATE and not change.changed & {"condition", "priority"}:
        return
    after = _matching(change.after, ways_after(change))
    if after is None:
        if change.kind is ActionKind.UPDATE:
            yield Undecided(why="What the rule matches is not known yet.", paths=(("condition",),))
        return
    before = _matching(change.before, ways_before(change)) if change.before else None
    if before is not None and (missed := _missed(before, after, change, context)):
        yield Flag(what=f"The rule no longer matches {some_of(missed)}.", paths=(("condition",),))
    robbed = list(_robbed(before, after, change, context))
    taken = [f"what {label} matches" for label, _ in robbed]
    served = _hosts_served(after, context)
    for label, other in _robbed_of(served, before, after, change, context):
        robbed.append((label, other))
        taken.append(f"what {label} matches for {some_of(sorted(served))}")
    taken += _taken_from_default(before, after, change, context)
    if taken:
        yield Flag(
            what=f"The rule comes first and takes {some_of(taken)}.",
            hurts=_losing(robbed, after, change, context),
            paths=(("priority",), ("condition",)),
            severity=Severity.HIGH,
            confidence=Confidence.MEDIUM,
        )
    if before is not None and (hiding := _hidden_by(before, after, change, context)):
        what = f"The rule gets nothing any more: one that matches {hiding} comes first."
        yield Flag(what=what, paths=(("priority",),))


def _missed(
    before: Matching, after: Matching, change: ResourceChange, context: Context
) -> list[str]:
    """Patterns that neither this rule nor another one with the same target matches any more."""
    if after.is_catch_all:
        return []
    missed: list[str] = []
    for name, patterns in before.fields.items():
        for text in sorted(patterns):
            lone = msgspec.structs.replace(
                before, fields={**before.fields, name: frozenset({text})}
            )
            serving = [after, *(other for _, other in _others(change, context, planned=True))]
            if not any(one.targets == before.targets and one.holds(lone) for one in serving):
                missed.append(text)
    narrower = [name for name in after.fields if name not in before.fields]
    if not missed and narrower:
        missed.append("everything it did")
    return [] if _default_targets(change, context) == before.targets else missed


def hosts_of(change: ResourceChange) -> frozenset[str]:
    """The host names of which the rule takes requests today."""
    matching = _matching(change.before, ways_before(change)) if change.before else None
    return frozenset() if matching is None else matching.fields.get(_HOST, frozenset())


def _losing(
    robbed: list[tuple[str, Matching]], after: Matching, change: ResourceChange, context: Context
) -> tuple[str, ...]:
    """The rules that lose requests with who answered there, their names, who gets them."""
    hosts = {host for _, other in robbed for host in other.fields.get(_HOST, ())}
    listener = [str(_listener_of(change, context))] if after.is_catch_all else []
    return (
        *(label for label, _ in robbed),
        *listener,
        *(label for _, other in robbed for label in bare_groups(other.targets, context)),
        *answering(after.targets, context),
        *(label for _, other in robbed for label in answering(other.targets, context)),
        *(() if after.is_catch_all else records_named(hosts, context)),
    )


def _robbed(
    before: Matching | None, after: Matching, change: ResourceChange, context: Context
) -> Iterator[tuple[str, Matching]]:
    """Rules with a pattern of which this one newly takes all."""
    for label, other in _others(change, context, planned=False):
        if other.order <= after.order or other.targets == after.targets:
            continue
        came_first = before is not None and before.order < other.order
        if any(
            after.holds(part) and not (came_first and before is not None and before.holds(part))
            for part in other.parts()
        ):
            yield label, other


def _robbed_of(
    hosts: frozenset[str],
    before: Matching | None,
    after: Matching,
    change: ResourceChange,
    context: Context,
) -> Iterator[tuple[str, Matching]]:
    """Rules for any name of which this one newly takes all requests for `hosts`."""
    if not hosts:
        return
    for label, other in _others(change, context, planned=False):
        if other.order <= after.order or other.targets == after.targets or _HOST in other.fields:
            continue
        part = other.within(hosts)
        had = before is not None and before.order < other.order and before.holds(part)
        if after.holds(part) and not had and not other.is_catch_all:
            yield label, part


def _hosts_served(after: Matching, context: Context) -> frozenset[str]:
    """The rule's names that clients use today: a record or a certificate is made for them."""

    def build() -> frozenset[str]:
        named = (
            str(one.before.get(argument)).rstrip(".").lower()
            for type_name, arguments in _NAMED_IN.items()
            for one in context.changes_of(type_name)
            for argument in arguments
            if one.kind is not ActionKind.CREATE and not one.destroys
        )
        return frozenset(name for name in named if "*" not in name)

    names = once(context.plan, "names that clients use", build)
    patterns = [host.lower() for host in after.fields.get(_HOST, ())]
    return frozenset(name for name in names for one in patterns if fnmatchcase(name, one))


_NAMED_IN: Final = {
    "aws_acm_certificate": ("domain_name",),
    "aws_route53_record": ("fqdn", "name"),
}


def _taken_from_default(
    before: Matching | None, after: Matching, change: ResourceChange, context: Context
) -> Iterator[str]:
    was_all = before is not None and before.is_catch_all
    default = _default_targets(change, context)
    if after.is_catch_all and not was_all and default and default != after.targets:
        yield "all that no rule before it matches"


def _hidden_by(before: Matching, after: Matching, change: ResourceChange, context: Context) -> str:
    if after.order <= before.order:
        return ""
    for _, other in _others(change, context, planned=True):
        passed = before.order < other.order < after.order
        if passed and other.targets != after.targets and other.holds(after):
            return str(other) or "everything"
    return ""


def _others(
    change: ResourceChange, context: Context, *, planned: bool
) -> Iterator[tuple[str, Matching]]:
    """The other rules of the listener: as they are today, or will be."""
    listener = _listener_of(change, context)
    for other in context.changes_of(*sorted(RULE_TYPES)):
        if other is change or _listener_of(other, context) != listener:
            continue
        kinds = {ActionKind.DELETE} if planned else {ActionKind.CREATE, ActionKind.DELETE}
        if other.kind in kinds:
            continue
        values = other.after if planned else other.before
        ways = ways_after(other) if planned else ways_before(other)
        matching = _matching(values, ways)
        if matching is not None:
            yield other.label, matching


def _listener_of(change: ResourceChange, context: Context) -> object:
    """The listener's label, or its ARN where it is not in the plan."""
    for use in context.graph.dependencies(change.label):
        if use.argument == "listener_arn" and use.node.type in _LISTENER_TYPES:
            return use.node.label
    name = change.was("listener_arn") or change.becomes("listener_arn")
    for listener in context.changes_of(*_LISTENER_TYPES):
        if isinstance(name, str) and name in {listener.was("arn"), listener.was("id")}:
            return listener.label
    return name


def _default_targets(change: ResourceChange, context: Context) -> frozenset[str]:
    listener = context.change_at(str(_listener_of(change, context)))
    ways = ways_before(listener) if listener is not None and listener.before else []
    return frozenset(name for way in ways if not way.is_refusal for name in way.shares)


def _matching(values: dict[str, Any], ways: list[Any]) -> Matching | None:
    """None where a condition is not known yet."""
    fields: dict[str, set[str]] = {}
    for block in blocks(values.get("condition")):
        for name, value in block.items():
            found = list(_patterns(name, value))
            if UNKNOWN in found or value is UNKNOWN:
                return None
            if found:
                fields.setdefault(name, set()).update(found)
    if values.get("condition") is UNKNOWN:
        return None
    order = values.get("priority")
    return Matching(
        order=order if isinstance(order, int) else _LAST,
        fields={
            name: frozenset(found) for name, found in fields.items() if not found & _EVERY_PATH
        },
        targets=frozenset(name for way in ways for name in way.shares),
    )


def _patterns(name: str, value: Any) -> Iterator[Any]:
    for block in blocks(value):
        values = block.get("values")
        if values is UNKNOWN or (isinstance(values, list) and UNKNOWN in values):
            yield UNKNOWN
        head = f"{block.get('http_header_name')}: " if name == "http_header" else ""
        yield from (head + text for text in texts(values))
        if name == "query_string":
            yield f"{block.get('key')}={block.get('value')}"

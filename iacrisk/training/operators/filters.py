"""Filters and switches: which events, messages, requests and objects are let through, and when."""

from __future__ import annotations

from collections.abc import Iterator

from iacrisk.training.operators.literals import change, quoted, settings, short
from iacrisk.training.operators.numbers import fixed, mapped, turned
from iacrisk.training.operators.stack import (
    Operator,
    Site,
    Splice,
    Stack,
    add_line,
    cut,
    drop_item,
    place,
    replace,
)
from iacrisk.training.operators.syntax import Expression

_FAMILY = "filters"
_PATTERNS = frozenset({"event_pattern", "filter_policy"})


def _patterns(stack: Stack) -> Iterator[tuple[str, Expression]]:
    """The object inside `jsonencode` of each pattern."""
    for setting in settings(stack):
        if setting.name in _PATTERNS and setting.value.name == "jsonencode":
            for argument in setting.value.items:
                if argument.kind == "object" and argument.entries:
                    yield setting.where, argument


def _narrow_pattern(stack: Stack) -> Iterator[Site]:
    """A field more that has to match, or one value less that does."""
    for where, value in _patterns(stack):
        last = value.entries[-1]
        splice = Splice(
            path=last.path, start=last.end, end=last.end, text=', region = ["us-east-1"]'
        )
        if "\n" not in value.text:
            yield Site(where=where, parameter="region", splices=(splice,))
        for entry in value.entries:
            if len(entry.value.items) > 1:
                for index, item in enumerate(entry.value.items):
                    yield Site(
                        where=f"{where}.{entry.name}",
                        parameter=f"without {short(item.literal)}",
                        splices=(drop_item(entry.value.items, index),),
                    )


def _other_pattern(stack: Stack) -> Iterator[Site]:
    """Another value than the one that matches."""
    for where, value in _patterns(stack):
        for entry in value.entries:
            for index, item in enumerate(entry.value.items):
                if item.kind == "text":
                    yield Site(
                        where=f"{where}.{entry.name}[{index}]",
                        parameter=f"{item.literal}.v2",
                        splices=(replace(item, quoted(f"{item.literal}.v2")),),
                    )


def _widen_pattern(stack: Stack) -> Iterator[Site]:
    """A value more that matches, or a field less that has to."""
    for where, value in _patterns(stack):
        for index, entry in enumerate(value.entries):
            items = entry.value.items
            if items and items[-1].kind == "text":
                more = quoted(f"{items[-1].literal}.v2")
                splice = Splice(
                    path=entry.path, start=items[-1].end, end=items[-1].end, text=f", {more}"
                )
                yield Site(where=f"{where}.{entry.name}", parameter=more, splices=(splice,))
            if len(value.entries) > 1:
                yield Site(
                    where=f"{where}.{entry.name}",
                    parameter="without",
                    splices=(drop_item(value.entries, index),),
                )


def _disable_rule(stack: Stack) -> Iterator[Site]:
    for block in stack.resources("aws_cloudwatch_event_rule", "aws_scheduler_schedule"):
        if block.attribute("state") is None:
            splice = add_line(stack, block, 'state = "DISABLED"')
            yield Site(where=place(block), parameter="DISABLED", splices=(splice,))


def _filter_subscription(stack: Stack) -> Iterator[Site]:
    """A subscription gets a filter."""
    for block in stack.resources("aws_sns_topic_subscription"):
        if block.attribute("filter_policy") is None:
            for kind in ("order", "probe"):
                text = f'filter_policy = jsonencode({{ kind = ["{kind}"] }})'
                yield Site(
                    where=place(block), parameter=kind, splices=(add_line(stack, block, text),)
                )


def _drop_filter(stack: Stack) -> Iterator[Site]:
    for block in stack.resources():
        for attribute in block.attributes:
            if attribute.name in {"filter_policy", "filter_suffix", "filter_prefix", "pattern"}:
                if attribute.name == "pattern":
                    splice = replace(attribute.value, '""')
                else:
                    splice = cut(stack, attribute)
                yield Site(where=place(block, attribute.name), parameter="", splices=(splice,))


_SCHEDULES = {
    "cron(0 3 * * ? *)": ("cron(30 3 * * ? *)", "cron(0 3 1 1 ? 2020)"),
    "cron(15 4 * * ? *)": ("cron(45 4 * * ? *)", "cron(15 4 1 1 ? 2020)"),
    "rate(5 minutes)": ("rate(10 minutes)", "rate(1 day)"),
    "rate(1 hour)": ("rate(2 hours)", "rate(30 minutes)"),
    "rate(1 day)": ("rate(12 hours)", "rate(7 days)"),
}


def _suffixed(value: Expression) -> Iterator[str]:
    yield quoted(f"new/{value.literal}")


def _values_of_conditions(stack: Stack) -> Iterator[Site]:
    """Other paths and hosts in the conditions of listener rules, one less or one more."""
    for block in stack.resources("aws_lb_listener_rule"):
        for inner in block.walk():
            values = inner.value("values")
            if values is None or inner.kind not in {"path_pattern", "host_header"}:
                continue
            texts = [item.text for item in values.items]
            if inner.kind == "path_pattern":
                for parameter, words in (
                    ("all", ['"/*"']),
                    ("v2", [text.replace('"/', '"/v2/', 1) for text in texts]),
                    ("more", [*texts, '"/preview/*"']),
                ):
                    yield Site(
                        where=place(block, inner.kind),
                        parameter=parameter,
                        splices=(replace(values, f"[{', '.join(words)}]"),),
                    )
            elif len(texts) > 1:
                splice = drop_item(values.items, 0)
                yield Site(where=place(block, inner.kind), parameter="less", splices=(splice,))


def _priority(value: Expression) -> Iterator[str]:
    yield from ("1", str(int(value.text) + 1))


_SWITCHES = frozenset({"enabled", "is_enabled", "auto_deploy", "raw_message_delivery"})

OPERATORS: tuple[Operator, ...] = (
    Operator(name="narrow-pattern", family=_FAMILY, find=_narrow_pattern),
    Operator(name="other-pattern", family=_FAMILY, find=_other_pattern),
    Operator(name="widen-pattern", family=_FAMILY, find=_widen_pattern, calm=True),
    Operator(name="disable-rule", family=_FAMILY, find=_disable_rule),
    Operator(name="filter-subscription", family=_FAMILY, find=_filter_subscription),
    Operator(name="drop-filter", family=_FAMILY, find=_drop_filter),
    change("switch-setting-off", _FAMILY, _SWITCHES, ("truth",), turned(False)),
    change("switch-setting-on", _FAMILY, _SWITCHES, ("truth",), turned(True), calm=True),
    change(
        "state",
        _FAMILY,
        {"state"},
        ("text",),
        mapped({"ENABLED": ("DISABLED",), "DISABLED": ("ENABLED",)}),
    ),
    change(
        "lifecycle-status",
        _FAMILY,
        {"status"},
        ("text",),
        mapped({"Enabled": ("Disabled",), "Disabled": ("Enabled",)}),
        types=("aws_s3_bucket_lifecycle_configuration",),
        calm=True,
    ),
    change(
        "schedule",
        _FAMILY,
        {"schedule_expression", "schedule"},
        ("text",),
        mapped(_SCHEDULES),
        calm=True,
    ),
    change("object-prefix", _FAMILY, {"filter_prefix"}, ("text",), _suffixed),
    change("object-suffix", _FAMILY, {"filter_suffix"}, ("text",), fixed('".parquet"')),
    Operator(name="listener-values", family=_FAMILY, find=_values_of_conditions),
    change("listener-priority", _FAMILY, {"priority"}, ("number",), _priority, calm=True),
    change(
        "log-pattern",
        _FAMILY,
        {"pattern", "filter_pattern"},
        ("text",),
        fixed('"CRITICAL"', '"ERROR"'),
    ),
)

"""Which alarms a silence is for, in the words of `event_conditions`, whatever service it is of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice, product
from typing import Any, Final

from iacrisk.catalog.environments import environment_named
from iacrisk.rules.readers.messages.event_conditions import Alternative
from iacrisk.rules.readers.shapes import blocks, first_block, texts

Values = Mapping[str, Any]
_EVERYTHING: Final = frozenset({Alternative()})
_MOST: Final = 256
_GRAVE: Final = {
    "critical": "critical", "error": "error", "high": "error", "p1": "critical", "p2": "error",
    "sev0": "critical", "sev1": "error",
}  # fmt: skip
_LEVELS: Final = frozenset({"priority", "severity"})


def silenced(type_name: str, values: Values) -> frozenset[Alternative] | None:
    """The alarms that are silenced; None where the silence is off."""
    return _READERS[type_name](values)


def _term(field: str, value: str, *, denied: bool = False) -> str:
    """One condition; levels and environments get the names that all services share."""
    name = field.rpartition(".")[2].lower()
    if name in _LEVELS:
        name, value = "severity", _GRAVE.get(value.lower(), value.lower())
    elif name in {"tag", "tags"} and environment_named(value.replace(":", "/")) is not None:
        name = "env"
    return f"{'not ' if denied else ''}{name} matches '{value}'"


def _combined(listed: Iterable[list[str]], how: str) -> frozenset[Alternative]:
    """Lists of terms, of each of which one has to hold, all together or any of them."""
    terms = [one for one in listed if one]
    if how == "any":
        return frozenset(Alternative({term}) for one in terms for term in one) or _EVERYTHING
    return frozenset(map(Alternative, islice(product(*terms), _MOST)))


def _azure(values: Values) -> frozenset[Alternative] | None:
    scopes = [environment_named(scope) for scope in texts(values.get("scopes"))]
    if values.get("enabled") is False or (scopes and None not in scopes and _is_below(scopes)):
        return None
    condition = first_block(values.get("condition"))
    return _combined(
        (
            [
                _term(name, value, denied=str(block.get("operator")).startswith("Not"))
                for value in texts(block.get("values"))
            ]
            for name in sorted(condition)
            for block in blocks(condition[name])
        ),
        "all",
    )


def _is_below(environments: list[str | None]) -> bool:
    return "production" not in environments


def _newrelic(values: Values) -> frozenset[Alternative] | None:
    if values.get("enabled") is False:
        return None
    condition = first_block(values.get("condition"))
    how = "any" if condition.get("operator") == "OR" else "all"
    return _combined(map(_newrelic_terms, blocks(condition.get("conditions"))), how)


def _newrelic_terms(one: Values) -> list[str]:
    operator, field = str(one.get("operator")), str(one.get("attribute"))
    if operator in {"ANY", "IS_NOT_BLANK"}:
        return [f"{field} exists"]
    denied = operator.startswith(("NOT_", "IS_BLANK"))
    return [_term(field, value, denied=denied) for value in texts(one.get("values"))]


def _opsgenie(values: Values) -> frozenset[Alternative] | None:
    if values.get("enabled") is False or values.get("suppress") is not True:
        return None
    chosen = first_block(values.get("filter"))
    kind = str(chosen.get("type") or "match-all")
    if kind == "match-all":
        return _EVERYTHING
    how = "any" if kind == "match-any-condition" else "all"
    return _combined(
        (
            [
                _term(
                    str(one.get("field")),
                    str(one.get("expected_value")),
                    denied=one.get("not") is True,
                )
            ]
            for one in blocks(chosen.get("conditions"))
        ),
        how,
    )


def _pagerduty(values: Values) -> frozenset[Alternative] | None:
    suppress = first_block(first_block(values.get("actions")).get("suppress"))
    if values.get("disabled") is True or suppress.get("value") is not True:
        return None
    conditions = first_block(values.get("conditions"))
    how = "any" if conditions.get("operator") == "or" else "all"
    return _combined(map(list, map(_pagerduty_terms, blocks(conditions.get("subconditions")))), how)


def _pagerduty_terms(one: Values) -> Iterator[str]:
    operator = str(one.get("operator"))
    for told in blocks(one.get("parameter")):
        field = str(told.get("path"))
        if operator == "exists":
            yield f"{field} exists"
        else:
            yield _term(field, str(told.get("value")), denied=operator.startswith("n"))


_READERS: Final[dict[str, Callable[[Values], frozenset[Alternative] | None]]] = {
    "azurerm_monitor_alert_processing_rule_suppression": _azure,
    "newrelic_alert_muting_rule": _newrelic,
    "opsgenie_notification_policy": _opsgenie,
    "pagerduty_ruleset_rule": _pagerduty,
    "pagerduty_service_event_rule": _pagerduty,
}
SILENCES_WITH_CONDITIONS: Final = frozenset(_READERS)
ARGUMENTS: Final = ("condition", "conditions", "filter", "scopes")
"""The arguments that say which alarms."""

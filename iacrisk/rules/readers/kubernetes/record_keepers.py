"""What external-dns does with records that nothing in the cluster asks for, by its chart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from iacrisk.catalog.charts import chart_name
from iacrisk.rules.readers.kubernetes.chart_values import values_of
from iacrisk.rules.readers.shapes import texts

Values = Mapping[str, Any]
KEEPER: Final = "external-dns"
_NOTING: Final = frozenset({"aws-sd", "dynamodb", "txt"})


def keeper_values(attributes: dict[str, Any]) -> dict[str, Any] | None:
    """The chart's values; None for another chart, or where they are not known."""
    if chart_name(attributes.get("chart")) != KEEPER:
        return None
    return values_of(attributes)


def deletes(values: Values) -> bool:
    """Whether it deletes records, not only makes and changes them."""
    return values.get("policy") == "sync"


def keeps_notes(values: Values) -> bool:
    """Whether it notes which records are its own, as it does unless told otherwise."""
    return (values.get("registry") or "txt") in _NOTING


def owner_of(values: Values) -> str:
    """The name under which it notes them, "" for the one that all share."""
    name = values.get("txtOwnerId")
    return name if isinstance(name, str) else ""


def domains_of(values: Values) -> list[str]:
    """The domains that it works on; none means all."""
    return texts(values.get("domainFilters"))

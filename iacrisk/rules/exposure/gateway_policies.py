"""X12: what an API gateway checks before it lets a call through."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from iacrisk.patterns import regex
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

_TYPES: Final = frozenset(
    {
        "azurerm_api_management_api_operation_policy",
        "azurerm_api_management_api_policy",
        "azurerm_api_management_policy",
        "azurerm_api_management_product_policy",
    }
)
_DEMANDS: Final = (
    "check-header",
    "ip-filter",
    "validate-azure-ad-token",
    "validate-client-certificate",
    "validate-jwt",
)
_LIMITS: Final = ("quota", "quota-by-key", "rate-limit", "rate-limit-by-key")
_COMMENT: Final = regex(r"<!--.*?-->", re.DOTALL)
_ELEMENT: Final = regex(r"<([a-z][a-z-]*)[\s/>]")
_PATH: Final = (("xml_content",),)


@rule(
    id="X12",
    name="gateway-checks-less",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.EXPOSURE,
    kinds={ActionKind.UPDATE, ActionKind.DELETE},
    types=_TYPES,
)
def gateway_checks_less(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A policy of an API gateway no longer checks who calls, or how often.

    What it flags
        In a policy of Azure API Management: the check of a token, certificate, header or address
        that goes; as a lesser matter a limit of calls that goes.

    Why it matters
        Calls that were refused are let through to the backend, which relies on the gateway.

    When it is fine
        The same check stands in a policy of wider scope, or the API goes as well.

    What to do instead
        Add the check at its new place first, then remove the old one.

    References
        https://learn.microsoft.com/azure/api-management/api-management-policies
    """
    if change.kind is ActionKind.DELETE and _api_goes(change, context):
        return
    if change.becomes("xml_content") is UNKNOWN and change.kind is ActionKind.UPDATE:
        yield Undecided(why="The new policy is not known.", paths=_PATH)
        return
    before, after = (_elements(side.get("xml_content")) for side in (change.before, change.after))
    lost = before - after
    demands = [name for name in _DEMANDS if lost[name]]
    limits = [name for name in _LIMITS if lost[name]]
    if demands:
        yield Flag(what=f"It no longer demands {some_of(demands)} of callers.", paths=_PATH)
    elif limits:
        yield Flag(
            what=f"It no longer limits calls ({some_of(limits)}).",
            paths=_PATH,
            severity=Severity.MEDIUM,
            confidence=Confidence.MEDIUM,
        )


def _api_goes(change: ResourceChange, context: Context) -> bool:
    return any(
        use.node.change is not None and use.node.change.kind is ActionKind.DELETE
        for use in context.graph.dependencies(change.label)
    )


def _elements(text: object) -> Counter[str]:
    if not isinstance(text, str):
        return Counter()
    return Counter(_ELEMENT.findall(_COMMENT.sub("", text)))

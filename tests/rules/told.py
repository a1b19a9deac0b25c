"""What single rules say of small plans, for tests that look at a few rules of several families."""

from __future__ import annotations

from typing import Any

from iacrisk.graph import build_graph
from iacrisk.rules import RULES, Context, Review, review
from iacrisk.rules.rule import Confidence, Severity
from tests.plans import Json, plan

Weight = tuple[str, Severity, Confidence]


def judged(*changes: Json, only: tuple[str, ...], **fields: Any) -> Review:
    """All that the rules `only` say; none of them may raise."""
    made = plan(*changes, **fields)
    tells = tuple(item for item in RULES if item.id in only)
    assert {item.id for item in tells} == set(only)
    result = review(Context(made, build_graph(made)), rules=tells, suppressors=())
    assert result.failures == ()
    return result


def weights(*changes: Json, only: tuple[str, ...], **fields: Any) -> list[Weight]:
    """The findings as address, severity and confidence; nothing may be undecided."""
    result = judged(*changes, only=only, **fields)
    assert result.undecided == ()
    return [(item.address, item.severity, item.confidence) for item in result.findings]


def undecided(*changes: Json, only: tuple[str, ...], **fields: Any) -> list[str]:
    """Addresses of which the rules could not tell; nothing may be found."""
    result = judged(*changes, only=only, **fields)
    assert result.findings == ()
    return [item.address for item in result.undecided]

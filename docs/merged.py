"""One plan of thirty changes, put together from fixtures: what real plans look like."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

_PLANS: Final = Path(__file__).resolve().parent.parent / "fixtures" / "plans"
PARTS: Final = (
    "rds-replaced",
    "group-description-danger",
    "policy-wildcard",
    "key-deleted-danger",
    "generated-names-fine",
    "tags-only",
)
_LISTED: Final = frozenset({"resource_changes", "resources", "child_modules"})


def merged_plan(names: Sequence[str] = PARTS) -> bytes:
    """The plan JSON of these fixtures as one; of an address the first one counts."""
    merged: dict[str, Any] = {}
    for name in names:
        _merge(merged, json.loads((_PLANS / name / "plan.json").read_text("utf-8")))
    return json.dumps(merged).encode()


def _merge(into: dict[str, Any], other: dict[str, Any]) -> None:
    for name, value in other.items():
        held = into.setdefault(name, value)
        if isinstance(held, dict) and held is not value:
            _merge(held, value)
        elif name in _LISTED and held is not value:
            known = {item["address"] for item in held}
            held += [item for item in value if item["address"] not in known]

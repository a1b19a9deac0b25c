"""No rule fails where a plan does not know a value, whichever value that is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from iacrisk.graph import build_graph
from iacrisk.plan import decode_plan
from iacrisk.rules import Context, review

PLANS = Path(__file__).parents[2] / "fixtures" / "plans"
CASES = sorted(path.parent.name for path in PLANS.glob("*/plan.json"))
Json = dict[str, Any]


def hidden(tree: Any) -> tuple[Any, Any]:
    """The tree with every leaf unknown: what Terraform writes into `after` and `after_unknown`."""
    if isinstance(tree, dict) and tree:
        pairs = {name: hidden(value) for name, value in tree.items()}
        known = {name: after for name, (after, _) in pairs.items()}
        return known, {name: unknown for name, (_, unknown) in pairs.items()}
    if isinstance(tree, list) and tree:
        pairs_of = [hidden(value) for value in tree]
        return [after for after, _ in pairs_of], [unknown for _, unknown in pairs_of]
    return None, True


def hide(document: Json, *, leaves: bool) -> bytes:
    """The plan in which no planned value is known, and what stayed as it is changes too."""
    for item in document["resource_changes"]:
        change = item["change"]
        values = change["after"] or change["before"]
        if item["mode"] != "managed" or not values:
            continue
        if "create" not in change["actions"]:
            change["actions"] = ["update"]
        if leaves:
            change["after"], change["after_unknown"] = hidden(values)
        else:
            change["after"], change["after_unknown"] = (
                dict.fromkeys(values),
                dict.fromkeys(values, True),
            )
    return json.dumps(document).encode()


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("leaves", [True, False])
def test_a_plan_that_knows_nothing_makes_no_rule_fail(name: str, leaves: bool) -> None:
    document = json.loads((PLANS / name / "plan.json").read_text("utf-8"))
    plan = decode_plan(hide(document, leaves=leaves))

    assert review(Context(plan, build_graph(plan))).failures == ()

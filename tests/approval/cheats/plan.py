"""Another plan than the one that was approved."""

from __future__ import annotations

import copy
from typing import Any

from tests.approval.cheats.making import Cheat, Cheats, then
from tests.approval.world import World

CHANGE = "resource_changes/4"
VALUES = f"{CHANGE}/change/after"
INGRESS = f"{VALUES}/ingress/0/cidr_blocks"


def one_change_more(world: World) -> None:
    world.approve()
    changes = world.document["resource_changes"]
    changes.append(copy.deepcopy(changes[4]) | {"address": "aws_security_group.more"})


def another_dependent(world: World) -> None:
    """An object that stays as it is is in no fingerprint, but hit by the change."""
    world.approve()
    document = world.document
    document["resource_changes"].append(
        copy.deepcopy(document["resource_changes"][3])
        | {"address": "aws_instance.app[4]", "index": 4}
    )


def a_more_dangerous_value(world: World) -> None:
    """Loosely bound, another value is fine; what it leads to is not."""
    world.setting(fingerprint="loose")
    world.policy_of(thresholds={"block": 101})
    world.edit(f"{VALUES}/description", "Application port")
    world.approve()
    group = world.document["resource_changes"][4]["change"]["after"]["ingress"][0]
    group["cidr_blocks"] = ["0.0.0.0/0"]
    group["from_port"], group["to_port"] = 22, 22


def loosely(*edits: tuple[str, Any]) -> Cheat:
    def cheat(world: World) -> None:
        world.setting(fingerprint="loose")
        then(*edits)(world)

    return cheat


OTHER_PLAN: Cheats = {
    "another object": (then((f"{CHANGE}/address", "aws_security_group.db")), "another plan."),
    "a look-alike address": (
        then((f"{CHANGE}/address", "\u0430ws_security_group.app")),
        "It is for another plan.",
    ),
    "another action": (
        then((f"{CHANGE}/change/actions", ["delete", "create"])),
        "It is for another plan.",
    ),
    "the other order of a replacement": (
        then((f"{CHANGE}/change/actions", ["create", "delete"])),
        "It is for another plan.",
    ),
    "another reason": (
        then((f"{CHANGE}/action_reason", "replace_because_tainted")),
        "It is for another plan.",
    ),
    "another type": (then((f"{CHANGE}/type", "aws_default_security_group")), "another plan."),
    "another provider": (
        then((f"{CHANGE}/provider_name", "registry.example/hashicorp/aws")),
        "It is for another plan.",
    ),
    "a deposed object": (then((f"{CHANGE}/deposed", "ab12cd34")), "It is for another plan."),
    "a moved object": (
        then((f"{CHANGE}/previous_address", "aws_security_group.old")),
        "It is for another plan.",
    ),
    "an import": (
        then((f"{CHANGE}/change/importing", {"id": "sg-1"})),
        "It is for another plan.",
    ),
    "a forced replacement": (
        then((f"{CHANGE}/change/replace_paths", [["name"]])),
        "It is for another plan.",
    ),
    "an unknown value": (
        then((f"{CHANGE}/change/after_unknown", {"description": True})),
        "It is for another plan.",
    ),
    "an output": (
        then(("output_changes", {"url": {"actions": ["create"], "after": "x"}})),
        "It is for another plan.",
    ),
    "a no-op that is one no longer": (
        then(("resource_changes/0/change/actions", ["delete"])),
        "It is for another plan.",
    ),
    "one change more": (one_change_more, "It is for another plan."),
    "a targeted plan": (then(("complete", False)), "It is for another plan."),
    "an errored plan": (then(("errored", True)), "It is for another plan."),
    "one value": (then((INGRESS, ["10.1.0.0/17"])), "It is for a plan with other values."),
    "one value before": (
        then((f"{CHANGE}/change/before/ingress/0/description", "HTTP")),
        "It is for a plan with other values.",
    ),
    "a number as text": (
        then((f"{VALUES}/ingress/0/from_port", "8443")),
        "It is for a plan with other values.",
    ),
    "loosely, another action": (
        loosely((f"{CHANGE}/change/actions", ["delete", "create"])),
        "It is for another plan.",
    ),
    "loosely, another attribute": (
        loosely((f"{VALUES}/name", "other")),
        "It is for another plan.",
    ),
    "loosely, a more dangerous value": (
        a_more_dangerous_value,
        "Other findings or dependents were approved than there are now.",
    ),
    "one dependent more": (
        another_dependent,
        "Other findings or dependents were approved than there are now.",
    ),
}

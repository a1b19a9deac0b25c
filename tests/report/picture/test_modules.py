"""The overview by module: who uses whom, what changes where, and which harm crosses a border."""

from __future__ import annotations

import json
from typing import Any

from iacrisk.report.picture import Scene, modules_scene
from iacrisk.report.picture.scene import State
from tests.plans import Json, delete, document, noop, update
from tests.report.picture.test_layout import assert_well_laid, hidden, judged

GROUP = "module.network.aws_security_group.web"


def overview(plan_json: Json) -> Scene:
    """The overview of a plan."""
    return modules_scene(judged(json.dumps(plan_json).encode()))


def module_call(name: str, **arguments: str) -> Json:
    """A call whose arguments come from the module network."""
    resources = [
        {
            "address": "aws_instance.web",
            "mode": "managed",
            "type": "aws_instance",
            "name": "web",
            "expressions": {"vpc_security_group_ids": {"references": ["var.group"]}},
        }
    ]
    inside: Json = {"variables": {"group": {}}, "resources": resources}
    expressions = {key: {"references": [text]} for key, text in arguments.items()}
    return {name: {"source": "./app", "module": inside, "expressions": expressions}}


def three_modules(*changes: Any) -> Json:
    """Two modules use the network's group."""
    group = {"address": "aws_security_group.web", "mode": "managed"}
    network = {
        "source": "./network",
        "module": {
            "resources": [group | {"type": "aws_security_group", "name": "web"}],
            "outputs": {"group": {"expression": {"references": ["aws_security_group.web.id"]}}},
        },
    }
    calls = {
        "network": network,
        **module_call("shop", group="module.network.group"),
        **module_call("blog", group="module.network.group"),
    }
    return document(*changes, configuration={"root_module": {"module_calls": calls}})


def test_modules_stand_right_of_those_they_use_and_harm_is_told() -> None:
    scene = overview(
        three_modules(
            delete(GROUP, {"id": "sg-0123456789"}),
            noop("module.shop.aws_instance.web", {"id": "i-1"}),
            update("module.blog.aws_instance.web", {"id": "i-2", "a": 1}, {"id": "i-2", "a": 2}),
        )
    )
    assert_well_laid(scene)
    assert [(node.ring, node.name, node.state) for node in scene.nodes] == [
        (0, "network", State.WAITS),
        (1, "blog", State.CHANGES_TOO),
        (1, "shop", State.UNTOUCHED),
    ]
    assert [(edge.words, edge.harms) for edge in scene.edges] == [
        ("module.network to module.shop: 1 reference; 1 hit goes this way", True),
        ("module.network to module.blog: 1 reference; 1 hit goes this way", True),
    ]


def test_instances_of_a_call_share_a_card() -> None:
    users = [noop(f'module.app["{n}"].aws_instance.web', {"id": f"i-{n}"}) for n in range(30)]
    scene = overview(document(*users))
    assert [(node.name, node.count, node.via) for node in scene.nodes] == [
        ("app", 30, "nothing changes")
    ]


def test_modules_without_room_are_counted() -> None:
    users = [noop(f"module.app{n}.aws_instance.web", {"id": f"i-{n}"}) for n in range(30)]
    scene = overview(document(*users))
    assert_well_laid(scene)
    assert len(scene.nodes) == 10
    assert hidden(scene) == 20


def test_modules_that_use_each_other_are_drawn() -> None:
    scene = overview(
        document(
            noop("module.a.aws_instance.x", {"id": "i-0123456789"}),
            noop("module.b.aws_instance.x", {"id": "i-1123456789", "peer": "i-0123456789"}),
            noop("module.b.aws_instance.y", {"id": "i-2123456789"}),
            noop("module.a.aws_instance.y", {"id": "i-3123456789", "peer": "i-2123456789"}),
        )
    )
    assert_well_laid(scene)
    assert [(node.ring, node.name) for node in scene.nodes] == [(0, "a"), (1, "b")]
    assert len(scene.edges) == 2

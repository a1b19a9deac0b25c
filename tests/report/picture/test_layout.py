"""Where everything stands: nothing overlaps, nothing sticks out, nobody is dropped silently."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from iacrisk.assess import AssessedChange, Assessment, Circumstances, assess
from iacrisk.gate import Policy
from iacrisk.plan import decode_plan, read_plan
from iacrisk.report.picture import Scene, nothing_scene, render_svg, scene_of, unchanged_scene
from iacrisk.report.picture.labels import cut_end, cut_middle, natural, text_width
from iacrisk.report.picture.layout import KIND_SIZE, NAME_SIZE
from iacrisk.report.picture.legend import LEGEND_SIZE, SIGN_WIDTH
from iacrisk.report.picture.scene import SceneBox, SceneNode, State
from tests.conftest import ROOT, TODAY
from tests.plans import Json, delete, document, noop, update

GROUP = "aws_security_group.web"
PLANS = sorted((ROOT / "fixtures" / "plans").glob("*/plan.json"))


def judged(plan_json: bytes) -> Assessment:
    """The assessment in production."""
    circumstances = Circumstances(today=TODAY, environment="production")
    return assess(decode_plan(plan_json), Policy(), circumstances)


def group_with_users(number: int) -> Json:
    """A security group that goes, with instances in modules that use it and one that does not."""
    users = [f'module.app["{n % 7}"].aws_instance.web[{n}]' for n in range(number)]
    group = {"id": "sg-0123456789", "name": "web"}
    return document(
        delete("aws_security_group.web", group),
        *(noop(user, {"id": f"i-{n}", "sg": "sg-0123456789"}) for n, user in enumerate(users)),
        update("aws_instance.other", {"id": "i-x", "size": "a"}, {"id": "i-x", "size": "b"}),
    )


def scene_of_group(number: int) -> Scene:
    """The picture of the group that goes."""
    assessment = judged(json.dumps(group_with_users(number)).encode())
    return scene_of(assessment, change_of(assessment, "aws_security_group.web"))


def riskiest(plan_json: Json) -> Scene:
    """The picture of the first change."""
    assessment = judged(json.dumps(plan_json).encode())
    return scene_of(assessment, assessment.changes[0])


def hidden(scene: Scene) -> int:
    """How many found no room."""
    return sum(ring.hidden for ring in scene.rings)


def change_of(assessment: Assessment, address: str) -> AssessedChange:
    """The change of `address`."""
    return next(item for item in assessment.changes if item.address == address)


def overlaps(one: SceneNode | SceneBox, other: SceneNode | SceneBox) -> bool:
    """Whether two rectangles share room."""
    apart = one.x + one.width <= other.x or other.x + other.width <= one.x
    return not (apart or one.y + one.height <= other.y or other.y + other.height <= one.y)


def assert_well_laid(scene: Scene) -> None:
    """Cards and frames are disjoint, inside the drawing, and their texts inside them."""
    for number, node in enumerate(scene.nodes):
        assert not [other for other in scene.nodes[:number] if overlaps(node, other)]
        assert 0 <= node.x <= node.x + node.width <= scene.width
        assert 0 <= node.y <= node.y + node.height <= scene.height
        room = node.width - 32
        assert text_width(node.kind, KIND_SIZE) <= room - (24 if node.action else 0)
        assert text_width(node.name, NAME_SIZE) <= room
        assert text_width(node.via, KIND_SIZE) <= room
        inside = scene.boxes[node.box] if node.box is not None else None
        for box in scene.boxes:
            assert overlaps(node, box) == (box is inside)
    for number, box in enumerate(scene.boxes):
        assert not [other for other in scene.boxes[:number] if overlaps(box, other)]
        assert text_width(box.label, KIND_SIZE) <= box.width - 8
    for ring in scene.rings:
        for line, text in enumerate(ring.note):
            bottom = ring.note_y + 10 + 14 * line
            assert text_width(text, KIND_SIZE) <= ring.width
            lower = [n for n in scene.nodes if n.x > ring.x and n.x < ring.x + ring.width]
            assert all(node.y + node.height <= bottom - 8 for node in lower)
    lowest = max((node.y + node.height for node in scene.nodes), default=0)
    for item in scene.legend:
        assert item.y >= lowest
        assert item.y + 16 <= scene.height
        assert item.x + SIGN_WIDTH + text_width(item.words, LEGEND_SIZE) <= scene.width


def scenes_of_fixtures() -> Iterator[tuple[Path, Scene]]:
    """The pictures of the three riskiest changes of every plan."""
    for path in PLANS:
        assessment = judged(read_plan(str(path)))
        for item in assessment.changes[:3]:
            yield path, scene_of(assessment, item)


def test_nothing_overlaps_in_the_pictures_of_real_plans() -> None:
    for _, scene in scenes_of_fixtures():
        assert_well_laid(scene)
        assert [node.state for node in scene.nodes].count(State.CHANGED) == 1


@pytest.mark.parametrize("number", [0, 1, 9, 10, 11, 60, 700])
def test_who_finds_no_room_stands_with_others_or_is_counted(number: int) -> None:
    scene = scene_of_group(number)
    assert_well_laid(scene)
    drawn = [node for node in scene.nodes if node.state in {State.HIT, State.MAY_NOTICE}]
    assert sum(node.count for node in drawn) + hidden(scene) == number
    assert len(drawn) == number if number <= 10 else 1 <= len(drawn) < number
    assert scene.height < 950


def test_alike_instances_share_a_card_where_room_is_short() -> None:
    scene = scene_of_group(60)
    cards = [node for node in scene.nodes if node.hops == 1]
    assert [(node.kind, node.name, node.count) for node in cards] == [("aws_instance", "web", 60)]
    assert cards[0].module == "7 modules"
    assert len(cards[0].members) == 50
    assert cards[0].change is None
    assert hidden(scene) == 0


def test_those_that_are_not_alike_are_counted_when_the_ring_is_full() -> None:
    types = ("aws_instance", "aws_lb", "aws_eip", "aws_efs_mount_target", "aws_db_instance")
    users = [noop(f"{name}.a{n}", {"id": f"i-{n}"}) for name in types for n in range(9)]
    ids = {user["address"]: {f"argument_{n}": [GROUP]} for n, user in enumerate(users)}
    plan_json = document(delete(GROUP, {"id": "sg-0123456789"}), *users, references=ids)
    scene = riskiest(plan_json)
    assert_well_laid(scene)
    assert [node.count for node in scene.nodes if node.hops == 1] == [1] * 10
    assert [ring.note for ring in scene.rings] == [(), ("35 more", "35 hit")]


def test_the_first_ring_says_that_nobody_else_is_hit() -> None:
    rings = [(ring.title, ring.told) for ring in scene_of_group(0).rings]
    assert rings == [("the change", ""), ("1 hop away", "nobody else is hit")]


def test_a_scene_survives_json_and_is_the_same_each_time() -> None:
    scene = scene_of_group(60)
    assert msgspec.json.decode(msgspec.json.encode(scene), type=Scene) == scene
    assert scene_of_group(60) == scene


def test_cards_of_a_module_stand_together() -> None:
    scene = scene_of_group(9)
    modules = [node.module for node in scene.nodes if node.hops == 1]
    assert modules == sorted(modules)
    assert [box.label for box in scene.boxes] == [f'app["{n}"]' for n in range(7)]


def test_thousands_that_are_hit_make_a_picture_of_bounded_size() -> None:
    drawn = [render_svg(scene_of_group(number)) for number in (70, 5000)]
    assert len(drawn[1]) < len(drawn[0]) + 200


def test_a_resource_that_stays_is_drawn_with_who_refers_to_it() -> None:
    group = noop(GROUP, {"id": "sg-0123456789"})
    user = noop("aws_instance.web", {"id": "i-1", "sg": "sg-0123456789"})
    assessment = judged(json.dumps(document(group, user)).encode())
    node = assessment.graph.node(GROUP)
    assert node is not None
    scene = unchanged_scene(assessment, node)
    assert_well_laid(scene)
    assert [ring.title for ring in scene.rings] == ["the resource", "refer to it"]
    assert [node.words for node in scene.nodes] == [
        f"{GROUP}: nothing happens to it",
        "aws_instance.web: nothing happens to it",
    ]
    assert scene.heading == (GROUP, "unchanged")


def test_a_plan_without_changes_has_a_picture() -> None:
    assert nothing_scene().heading == ("The plan changes nothing.", "")


@pytest.mark.parametrize(
    ("text", "middle", "end"),
    [
        ("short", "short", "short"),
        ("0123456789", "0123456789", "0123456789"),
        ("0123456789a", "01234…789a", "012345678…"),
        ("表表表表表表", "表表…表表", "表表表表…"),
    ],
)
def test_text_that_does_not_fit_is_cut(text: str, middle: str, end: str) -> None:
    assert cut_middle(text, 62, 10) == middle
    assert cut_end(text, 62, 10) == end


def test_numbers_sort_as_numbers() -> None:
    assert sorted(["a[10]", "a[2]", "a"], key=natural) == ["a", "a[2]", "a[10]"]

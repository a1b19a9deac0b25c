"""What the page is told: masked, in words, and the same after a trip through JSON."""

from __future__ import annotations

import json

import msgspec
import pytest

from iacrisk.assess import Assessment, Circumstances, assess
from iacrisk.gate import Policy
from iacrisk.plan import decode_plan
from iacrisk.report.page.values import AttributesView, LineView, PageView
from iacrisk.report.page.view import view_of
from tests.benchmark.generate import make_plan
from tests.conftest import ROOT, TODAY
from tests.plans import Json, create, delete, document, noop, replace, tweak, update

PLANS = ROOT / "fixtures" / "plans"


def judged(plan_json: Json | bytes) -> Assessment:
    """The assessment with the real rules, in production."""
    text = plan_json if isinstance(plan_json, bytes) else json.dumps(plan_json).encode()
    circumstances = Circumstances(today=TODAY, environment="production")
    return assess(decode_plan(text), Policy(), circumstances)


def differing(entry: Json) -> AttributesView:
    """The attributes of the only change of a plan."""
    return view_of(judged(document(entry))).changes[0].attributes


def signs(lines: list[LineView]) -> list[str]:
    """Each line with its sign at its head."""
    return [line.sign + line.text for line in lines]


@pytest.mark.parametrize("name", sorted(path.name for path in PLANS.iterdir())[::5])
def test_a_view_survives_json(name: str) -> None:
    view = view_of(judged((PLANS / name / "plan.json").read_bytes()))
    assert msgspec.json.decode(msgspec.json.encode(view), type=PageView) == view


def test_every_change_is_in_the_view_once_and_what_waits_comes_first() -> None:
    assessment = judged(make_plan(100))
    view = view_of(assessment)
    assert [item.number for item in view.changes] == list(range(1, 101))
    assert {item.subject.address for item in view.changes} == {
        item.address for item in assessment.changes
    }
    waits = [item.waits for item in view.changes]
    assert waits == sorted(waits, reverse=True)
    assert sum(waits) == view.counts.waiting > 0
    folded = [item.folded for item in view.changes]
    assert folded == sorted(folded)
    assert sum(folded) == view.counts.folded > 0


def test_the_three_that_matter_are_stories_and_point_at_their_changes() -> None:
    volumes = [delete(f"aws_ebs_volume.data[{n}]", {"size": 9}) for n in range(4)]
    view = view_of(judged(document(delete("aws_db_instance.main"), *volumes)))
    assert [(item.subject.address, item.alike) for item in view.matters] == [
        ("aws_db_instance.main", 0),
        ("aws_ebs_volume.data[0]", 3),
    ]
    for item in view.matters:
        assert view.changes[item.number - 1].subject == item.subject


def test_a_long_list_shows_what_differs_with_a_little_around_it() -> None:
    entries = [f"10.0.{n}.0/24" for n in range(12)]
    shown = differing(
        tweak("aws_x.x", {"id": "x", "list": entries}, list=[*entries[:6], *entries[7:]])
    )
    assert signs(shown.shown[0].lines) == [
        "@5 lines the same",
        '   "10.0.4.0/24",',
        '   "10.0.5.0/24",',
        '-  "10.0.6.0/24",',
        '   "10.0.7.0/24",',
        '   "10.0.8.0/24",',
        "@4 lines the same",
    ]


def test_a_policy_in_a_text_is_shown_as_the_json_it_is() -> None:
    before, after = ({"Statement": [{"Action": action}]} for action in ("s3:Get*", "s3:*"))
    shown = differing(
        update("aws_x.x", {"policy": json.dumps(before)}, {"policy": json.dumps(after)})
    )
    assert '-      "Action": "s3:Get*"' in signs(shown.shown[0].lines)
    assert '+      "Action": "s3:*"' in signs(shown.shown[0].lines)


def test_a_text_that_writes_a_key_twice_is_shown_as_it_stands() -> None:
    shown = differing(update("aws_x.x", {"policy": "{}"}, {"policy": '{"a": "*", "a": "b"}'}))
    assert signs(shown.shown[0].lines) == ["-{}", r'+"{\"a\": \"*\", \"a\": \"b\"}"']


def test_a_masked_value_is_said_to_be_masked() -> None:
    shown = differing(
        update(
            "aws_x.x",
            {"password": "hunter2"},
            {"password": "hunter3"},
            before_sensitive={"password": True},
            after_sensitive={"password": True},
        )
    )
    assert shown.shown[0].masked
    assert signs(shown.shown[0].lines) == ["-(sensitive value)", "+(sensitive value)"]


def test_what_is_known_after_apply_is_listed_and_what_forces_a_replacement_marked() -> None:
    shown = differing(replace("aws_x.x", {"id": "i", "ami": "a"}, {"ami": "b"}, "ami"))
    assert [(item.path, item.forces) for item in shown.shown] == [("ami", True)]
    assert shown.unknown == ["arn", "id"]


def test_a_value_that_becomes_unknown_in_place_shows_what_it_was() -> None:
    shown = differing(update("aws_x.x", {"a": "1"}, {"a": None}, after_unknown={"a": True}))
    assert signs(shown.shown[0].lines) == ['-"1"', "+(known after apply)"]


def test_what_is_not_shown_is_counted_and_a_folded_change_is_told_in_brief() -> None:
    values = {f"a{n:02}": "\n".join("abc" * 30) for n in range(50)}
    for entry, number in (
        (delete("aws_db_instance.x", values), 40),
        (update("aws_x.x", {}, values), 5),
    ):
        shown = differing(entry)
        assert (len(shown.shown), shown.more) == (number, 50 - number)
        assert signs(shown.shown[0].lines)[-1] == "@50 more lines not shown"


def test_an_address_comes_in_two_pieces() -> None:
    view = view_of(judged(document(create('module.a["x.y"].module.b.aws_x.x[0]'))))
    subject = view.changes[0].subject
    assert (subject.module, subject.name) == ('module.a["x.y"].module.b', "aws_x.x[0]")


def test_who_is_hit_is_told_with_the_path() -> None:
    view = view_of(
        judged(
            document(
                delete("aws_db_instance.main", {"id": "db"}),
                noop("aws_lambda_function.orders", {"id": "f"}),
                references={
                    "aws_lambda_function.orders": {"environment": ["aws_db_instance.main.address"]}
                },
            )
        )
    )
    [hit] = view.changes[0].hits.named
    assert hit.subject.address == "aws_lambda_function.orders"
    assert [step.reference for step in hit.path] == ["environment = aws_db_instance.main.address"]
    assert view.matters[0].hit == "aws_lambda_function.orders"


def test_a_plan_that_changes_nothing_has_a_view() -> None:
    view = view_of(judged(document(noop("aws_x.x"))))
    assert (view.verdict, view.changes, view.matters) == ("allowed", [], [])


def test_those_who_are_hit_beyond_where_the_walk_stopped_are_not_passed_over() -> None:
    hub = {"id": "sg-1"}
    users = [noop(f"aws_instance.app[{n}]", {"id": f"i-{n}"}) for n in range(90)]
    groups = [delete(f"aws_security_group.g[{n}]", hub) for n in range(230)]
    references = {"aws_instance.app": {"vpc_security_group_ids": ["aws_security_group.g"]}}
    view = view_of(judged(document(*groups, *users, references=references)))
    by_completeness = {item.hits.complete: item.hits.total for item in view.changes}
    assert set(by_completeness) == {True, False}
    assert by_completeness[True] >= 90


@pytest.mark.parametrize(
    "value",
    [
        {"key": "hunter2!", "n": 1},
        json.dumps({"deep": [{"key": "hunter2!"}]}),
        json.dumps({"port": 73311337}),
        "first line\nand hunter2! in the second",
        ["hunter2!"],
    ],
)
def test_a_copy_of_a_secret_is_masked_on_every_line(value: object) -> None:
    secret = {"password": "hunter2!", "pin": 73311337}
    entry = update(
        "aws_db_instance.x",
        secret | {"copy": None},
        secret | {"copy": value},
        before_sensitive={"password": True, "pin": True},
        after_sensitive={"password": True, "pin": True},
    )
    shown = differing(entry).shown
    [copy] = [item for item in shown if item.path.startswith("copy")]
    text = "\n".join(line.text for line in copy.lines)
    assert "(sensitive value)" in text
    assert copy.masked
    assert "hunter2!" not in text
    assert "73311337" not in text

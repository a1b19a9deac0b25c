"""S15, S16, S20-S23: judged by what the configuration's text told."""

from __future__ import annotations

from typing import Any

import pytest

from iacrisk.graph import build_graph
from iacrisk.rules.context import Context
from iacrisk.rules.engine import review
from iacrisk.rules.rule import Review, Severity
from iacrisk.rules.state import RULES
from iacrisk.source import Edits, SourceFacts, VersionJump
from tests.plans import Json, create, delete, noop, plan, replace, tweak, update

GROUP = "aws_autoscaling_group.g"
AWS = "registry.terraform.io/hashicorp/aws"
BEFORE: Json = {
    "id": "g",
    "desired_capacity": 7,
    "tags": {"a": "1", "b": "2"},
    "tag": [{"key": "k", "value": "1"}],
}
MAJOR = VersionJump("5.1.0", "6.0.0")
CHECKED = {"S15", "S16", "S20", "S21", "S22", "S23"}


def judged(*changes: Json, edits: Edits, **top_level: Any) -> Review:
    reviewed = plan(*changes, **top_level)
    context = Context(reviewed, build_graph(reviewed), SourceFacts(edits=edits))
    result = review(context, rules=RULES, suppressors=())
    assert result.failures == ()
    return result


def flagged(*changes: Json, edits: Edits, **top_level: Any) -> set[tuple[str, str, Severity]]:
    """Rule, address and severity of what these rules find."""
    found = judged(*changes, edits=edits, **top_level).findings
    return {(f.rule, f.address, f.severity) for f in found if f.rule in CHECKED}


REPLACED = replace(GROUP, BEFORE, {**BEFORE, "name": "x"}, "name")
CREATED_FIRST = replace(GROUP, BEFORE, {**BEFORE, "name": "x"}, "name", create_first=True)


@pytest.mark.parametrize(
    ("changed", "severity"),
    [
        (REPLACED, Severity.HIGH),
        (replace("aws_db_instance.d", {"id": "d"}, {"id": "d"}, "engine"), Severity.HIGH),
        (replace("aws_lambda_layer_version.v", {"id": "d"}, {"id": "d"}, "x"), None),
        (tweak(GROUP, BEFORE, desired_capacity=3), None),
        (delete(GROUP, BEFORE), None),
        ({**REPLACED, "action_reason": "replace_by_request"}, None),
        ({**REPLACED, "provider_name": "registry.terraform.io/other/aws"}, None),
    ],
)
def test_a_replacement_beside_an_upgraded_provider(changed: Json, severity: Severity) -> None:
    found = flagged(changed, edits=Edits(provider_jumps={AWS: MAJOR}))
    expected = {("S15", changed["address"], severity)} if severity else set()
    assert {item for item in found if item[0] == "S15"} == expected


def test_what_an_upgraded_module_destroys_is_flagged_and_what_others_do_is_not() -> None:
    inside = f'module.a["x"].module.b.{GROUP}'
    edits = Edits(module_jumps={"module.a": MAJOR})
    assert flagged(delete(inside, BEFORE), edits=edits) == {("S15", inside, Severity.HIGH)}
    assert flagged(delete(f"module.ab.{GROUP}", BEFORE), edits=edits) == set()
    assert flagged(delete(GROUP, BEFORE), edits=edits) == set()


@pytest.mark.parametrize(
    ("path", "changed", "is_flagged"),
    [
        ("desired_capacity", {"desired_capacity": 3}, True),
        ("desired_capacity", {"tags": {"a": "1"}}, False),
        ('tags["a"]', {"tags": {"a": "9", "b": "2"}}, True),
        ('tags["a"]', {"tags": {"a": "1", "b": "9"}}, False),
        ("tag[0].value", {"tag": [{"key": "k", "value": "9"}]}, True),
        ("tag[4].value", {"tag": [{"key": "k", "value": "9"}]}, True),
        ("all", {"desired_capacity": 3}, True),
    ],
)
def test_what_left_ignore_changes_matters_where_the_plan_changes_it(
    path: str, changed: Json, is_flagged: bool
) -> None:
    edits = Edits(no_longer_ignored={GROUP: (path,)})
    found = flagged(tweak(GROUP, BEFORE, **changed), edits=edits)
    assert found == ({("S16", GROUP, Severity.MEDIUM)} if is_flagged else set())


def test_instances_belong_to_their_block() -> None:
    address = f"module.m[0].{GROUP.replace('.g', '.g[1]')}"
    edits = Edits(no_longer_ignored={f"module.m.{GROUP}": ("desired_capacity",)})
    found = flagged(tweak(address, BEFORE, desired_capacity=3), edits=edits)
    assert found == {("S16", address, Severity.MEDIUM)}


def test_a_value_that_is_not_known_yet_is_undecided() -> None:
    after = {name: value for name, value in BEFORE.items() if name != "desired_capacity"}
    changed = update(GROUP, BEFORE, after, after_unknown={"desired_capacity": True})
    edits = Edits(no_longer_ignored={GROUP: ("desired_capacity",)})
    result = judged(changed, edits=edits)
    assert [(item.rule, item.paths) for item in result.undecided if item.rule in CHECKED] == [
        ("S16", ("desired_capacity",))
    ]
    assert flagged(changed, edits=edits) == set()


def test_create_before_destroy_dropped_matters_where_the_plan_destroys_first() -> None:
    edits = Edits(no_longer_creates_first=frozenset({GROUP}))
    assert flagged(REPLACED, edits=edits) == {("S20", GROUP, Severity.HIGH)}
    assert flagged(CREATED_FIRST, edits=edits) == set()
    assert flagged(tweak(GROUP, BEFORE, desired_capacity=3), edits=edits) == set()
    assert flagged(REPLACED, edits=Edits()) == set()


def test_a_changed_backend_is_grave_where_everything_is_created() -> None:
    edits = Edits(backend_change="s3 -> gcs")
    assert flagged(create(GROUP), edits=edits) == {("S21", "", Severity.HIGH)}
    assert flagged(create(GROUP), noop("aws_vpc.v"), edits=edits) == {("S21", "", Severity.LOW)}
    assert flagged(noop(GROUP), edits=edits) == {("S21", "", Severity.LOW)}
    assert flagged(create(GROUP), edits=Edits()) == set()


def test_a_program_that_runs_on_destroy_is_told() -> None:
    edits = Edits(acts_on_destroy=frozenset({GROUP}))
    tainted = {**REPLACED, "action_reason": "replace_because_tainted"}
    assert flagged(delete(GROUP, BEFORE), edits=edits) == {("S22", GROUP, Severity.MEDIUM)}
    assert flagged(REPLACED, edits=edits) == {("S22", GROUP, Severity.MEDIUM)}
    assert flagged(CREATED_FIRST, edits=edits) == set()
    assert flagged(tainted, edits=edits) == set()
    assert flagged(tweak(GROUP, BEFORE, desired_capacity=3), edits=edits) == set()


def test_a_clean_up_that_no_longer_runs_is_told() -> None:
    edits = Edits(lost_destroy_action=frozenset({GROUP}))
    assert flagged(delete(GROUP, BEFORE), edits=edits) == {("S22", GROUP, Severity.LOW)}
    assert flagged(tweak(GROUP, BEFORE, desired_capacity=3), edits=edits) == set()


def test_a_new_trigger_that_replaces_at_once_is_flagged() -> None:
    edits = Edits(new_triggers={GROUP: ("aws_launch_template.t.id",)})
    triggered = {**REPLACED, "action_reason": "replace_by_triggers"}
    first = {**CREATED_FIRST, "action_reason": "replace_by_triggers"}
    assert flagged(triggered, edits=edits) == {("S23", GROUP, Severity.HIGH)}
    assert flagged(first, edits=edits) == {("S23", GROUP, Severity.MEDIUM)}
    assert flagged(REPLACED, edits=edits) == set()
    assert flagged(triggered, edits=Edits()) == set()


def test_sentences_name_what_changed() -> None:
    edits = Edits(provider_jumps={AWS: MAJOR})
    texts = {f.rule: f.what for f in judged(REPLACED, edits=edits).findings}
    assert texts["S15"] == (
        "The provider's version changed (5.1.0 -> 6.0.0) in the same change, and it is replaced."
    )

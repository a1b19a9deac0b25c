"""S13, S14, S18, G07: the wrong place, reverted drift, opaque commands, mixed environments."""

from __future__ import annotations

from typing import Any

import pytest

from iacrisk.rules.rule import Confidence, Severity
from tests.plans import Json, change, create, delete, noop, replace, tweak, update
from tests.rules.told import undecided, weights

REMARK = (Severity.MEDIUM, Confidence.LOW)

# S13


def queue(name: str, was: str, becomes: str, **more: Any) -> Json:
    before = {"name": name, "delay_seconds": 0, "tags": {"Environment": was}}
    return tweak(f"aws_sqs_queue.{name}", before, tags={"Environment": becomes}, **more)


def test_objects_relabelled_as_another_environment_are_flagged() -> None:
    changes = [queue(name, "production", "staging", delay_seconds=5) for name in ("a", "b")]
    assert weights(*changes, only=("S13",)) == [("", Severity.HIGH, Confidence.MEDIUM)]


def test_tags_alone_are_a_remark() -> None:
    changes = [queue(name, "prod", "staging") for name in ("a", "b", "c")]
    assert weights(*changes, only=("S13",)) == [("", Severity.HIGH, Confidence.LOW)]


def test_one_object_and_another_word_for_the_same_pass() -> None:
    assert weights(queue("a", "prod", "staging", delay_seconds=5), only=("S13",)) == []
    assert weights(*[queue(name, "prod", "production") for name in ("a", "b")], only=("S13",)) == []


def test_a_minority_passes() -> None:
    moved = [queue(name, "dev", "staging") for name in ("a", "b")]
    rest = [queue(name, "prod", "prod", delay_seconds=5) for name in ("c", "d", "e")]
    assert weights(*moved, *rest, only=("S13",)) == []


def test_an_unknown_environment_is_undecided() -> None:
    changes = [
        update(
            f"aws_sqs_queue.{name}",
            {"tags": {"Environment": "prod"}},
            {"tags": {}},
            after_unknown={"tags": {"Environment": True}},
        )
        for name in ("a", "b")
    ]
    assert undecided(*changes, only=("S13",)) == [""]


def cluster(expressions: Json) -> dict[str, Any]:
    block = {"name": "kubernetes", "expressions": expressions}
    return {"root_module": {}, "provider_config": {"kubernetes": block}}


SPACE = "kubernetes_namespace.shop"
PATH = {"config_path": {"constant_value": "~/.kube/config"}}


def test_the_cluster_of_the_shell_is_a_remark() -> None:
    gone = delete(SPACE)
    assert weights(gone, only=("S13",), configuration=cluster(PATH)) == [(SPACE, *REMARK)]


@pytest.mark.parametrize(
    "expressions",
    [
        PATH | {"config_context": {"constant_value": "live"}},
        {"host": {"references": ["data.aws_eks_cluster.main.endpoint"]}},
        {"config_path": {"references": ["var.kubeconfig"]}},
    ],
)
def test_a_cluster_that_is_named_passes(expressions: Json) -> None:
    assert weights(delete(SPACE), only=("S13",), configuration=cluster(expressions)) == []


# S14

GROUP = "aws_autoscaling_group.web"
STATE: Json = {
    "max_size": 4,
    "suspended_processes": [],
    "tags": {"a": "b"},
    "health_check_type": "",
}


def drifted(**by_hand: Any) -> dict[str, Any]:
    return {"resource_drift": [update(GROUP, STATE, STATE | by_hand)]}


def test_a_change_by_hand_that_goes_is_a_remark() -> None:
    back = update(GROUP, STATE | {"max_size": 12}, STATE)
    assert weights(back, only=("S14",), **drifted(max_size=12)) == [(GROUP, *REMARK)]


def test_tags_and_empty_values_pass() -> None:
    by_hand: Json = {"tags": {"a": "c"}, "suspended_processes": None, "force_delete": False}
    back = update(GROUP, STATE | by_hand, STATE)
    assert weights(back, only=("S14",), **drifted(**by_hand)) == []


def test_a_change_by_hand_that_was_written_down_passes() -> None:
    kept = noop(GROUP, STATE | {"max_size": 12})
    further = update(GROUP, STATE | {"max_size": 12}, STATE | {"max_size": 20})
    for planned in (kept, further):
        assert weights(planned, only=("S14",), **drifted(max_size=12)) == []


def test_a_value_not_known_yet_is_undecided() -> None:
    after = {name: value for name, value in STATE.items() if name != "max_size"}
    back = update(GROUP, STATE | {"max_size": 12}, after, after_unknown={"max_size": True})
    assert undecided(back, only=("S14",), **drifted(max_size=12)) == [GROUP]


# S18

MARKER = "null_resource.seed"


def running(kind: str) -> dict[str, Any]:
    block = {
        "address": MARKER,
        "mode": "managed",
        "type": "null_resource",
        "name": "seed",
        "provisioners": [{"type": kind}],
    }
    return {"configuration": {"root_module": {"resources": [block]}}}


def test_a_command_that_runs_again_is_a_remark() -> None:
    again = replace(MARKER, {"triggers": {"a": "1"}}, {"triggers": {"a": "2"}}, "triggers")
    assert weights(again, only=("S18",), **running("local-exec")) == [(MARKER, *REMARK)]
    first = create(MARKER)
    low = (Severity.LOW, Confidence.LOW)
    assert weights(first, only=("S18",), **running("remote-exec")) == [(MARKER, *low)]


def test_a_marker_without_a_command_or_one_that_stays_passes() -> None:
    again = replace(MARKER, {"triggers": {"a": "1"}}, {"triggers": {"a": "2"}}, "triggers")
    assert weights(again, only=("S18",), **running("file")) == []
    assert weights(noop(MARKER), only=("S18",), **running("local-exec")) == []


def test_a_program_asked_during_the_apply_is_a_remark() -> None:
    def read(address: str) -> Json:
        return change(address, "read", after_unknown={"result": True})

    found = weights(read("data.external.version"), read("data.aws_ami.base"), only=("S18",))
    assert found == [("data.external.version", Severity.LOW, Confidence.LOW)]


# G07


def test_production_and_staging_in_one_plan_are_a_remark() -> None:
    both = [
        queue("a", "production", "production", delay_seconds=5),
        queue("b", "staging", "staging", delay_seconds=5),
    ]
    assert weights(*both, only=("G07",)) == [("aws_sqs_queue.a", *REMARK)]


def test_one_environment_and_new_objects_of_another_pass() -> None:
    own = queue("a", "production", "production", delay_seconds=5)
    new = create("aws_sqs_queue.b", {"tags": {"Environment": "staging"}})
    assert weights(own, new, only=("G07",)) == []

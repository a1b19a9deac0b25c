"""What carries over: services left out, rules' verdicts as columns, and names before and after."""

from __future__ import annotations

import pytest

np = pytest.importorskip("numpy")
pytest.importorskip("sklearn")

from iacrisk.classifier import Combination, HitArtifact, HitModel, Term  # noqa: E402
from iacrisk.training import transfer as transferring  # noqa: E402
from iacrisk.training.attribution import to_bags  # noqa: E402
from iacrisk.training.examples import to_example  # noqa: E402
from iacrisk.training.naming_report import who_is_hit  # noqa: E402
from iacrisk.training.splits import Origin  # noqa: E402
from iacrisk.training.told import Party, Told  # noqa: E402
from iacrisk.training.transfer import service_of, transfer  # noqa: E402
from tests.training.made_up import rows  # noqa: E402

STACKS = ("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta")


@pytest.mark.parametrize(
    ("type_", "service"),
    [
        ("aws_route", "networks"),
        ("aws_route53_record", "names"),
        ("aws_cloudwatch_event_rule", "events"),
        ("aws_iam_role", "identity"),
        ("aws_batch_job_queue", ""),
    ],
)
def test_the_longest_beginning_tells_the_service(type_: str, service: str) -> None:
    assert service_of(type_) == service


def test_a_service_is_judged_by_models_that_saw_no_plan_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    examples = list(map(to_example, rows(140, STACKS)))
    monkeypatch.setattr(transferring, "_FEWEST", 3)
    monkeypatch.setattr(transferring, "_SUPPORT", 3)
    bags = to_bags(examples)
    services, tried = transfer(examples, bags, Combination.MAX, 0.5)

    assert [item.columns for item in tried] == [
        "columns",
        "columns and rules' verdicts",
        "rules' verdicts",
    ]
    of_networks = [
        example
        for example in examples
        if any(service_of(change.type) == "networks" for change in example.changes)
    ]
    [found] = [item for item in services if item.service == "networks"]
    assert found.plans == len(of_networks)
    assert found.harmful == sum(example.harmful for example in of_networks)
    assert 0 <= found.missed <= found.harmful


def fresh(name: str) -> Told:
    def party(address: str, **values: float) -> Party:
        return Party(change="c", address=address, values=values, waits=True, by_rule=False)

    return Told(
        source="pairs",
        name=name,
        group="newer",
        origin=Origin(stack="newer", families=frozenset()),
        victims=frozenset({"service"}),
        programs={},
        parties=(
            party("subnet", way=1.0),
            party("alarm", **{"to.CONTROL": 1.0}),
            party("service", **{"to.COMPUTE": 1.0}),
        ),
    )


def test_names_are_told_before_and_after() -> None:
    model = HitModel(
        HitArtifact(
            format=1,
            intercept=-2.0,
            terms=(Term(column="to.COMPUTE", cuts=(0.5,), amounts=(0.0, 4.0)),),
            bar=0.5,
        )
    )
    before, after = who_is_hit([], [], [fresh("one"), fresh("two")], model)

    assert (before.precision, before.recall) == (
        "0.500 (0.500 to 0.500)",
        "1.000 (1.000 to 1.000)",
    )
    assert (after.precision, after.recall) == (
        "1.000 (1.000 to 1.000)",
        "1.000 (1.000 to 1.000)",
    )
    assert (before.rank, after.rank) == ("3.00", "1.00")
    assert list(who_is_hit([], [], [fresh("one")], None)) == []

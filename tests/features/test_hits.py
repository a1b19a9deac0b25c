"""Rows of a change and each resource that may suffer from it."""

from __future__ import annotations

from iacrisk.features import HIT_COLUMNS, HitRow, hit_rows
from iacrisk.graph import Effect, blast_radius, build_graph
from tests.plans import delete, noop, plan

QUEUE, POLICY, ROLE, FUNCTION = (
    "aws_sqs_queue.q",
    "aws_iam_role_policy.p",
    "aws_iam_role.r",
    "aws_lambda_function.f",
)


def rows() -> dict[str, HitRow]:
    """A role loses a policy, and a function runs as the role."""
    made = plan(
        delete(POLICY, {"id": "p", "role": "worker"}),
        noop(ROLE, {"id": "worker", "name": "worker"}),
        noop(FUNCTION, {"id": "f", "role": "worker"}),
        references={POLICY: {"role": [f"{ROLE}.id"]}, FUNCTION: {"role": [f"{ROLE}.arn"]}},
    )
    graph = build_graph(made)
    radius = blast_radius(graph, POLICY, Effect.GONE)
    return {row.address: row for row in hit_rows(made, graph, made.by_label[POLICY], radius)}


def test_the_changed_resource_comes_first_and_as_itself() -> None:
    assert list(rows()) == [POLICY, ROLE, FUNCTION]
    assert {"itself", "itself.destroyed.IDENTITY", "does.delete", "from.attachment"} <= set(
        rows()[POLICY].values
    )


def test_the_object_acted_on_is_told_from_those_behind_it() -> None:
    found = rows()

    assert {"acted", "hops.1", "to.principal", "to.no-op"} <= set(found[ROLE].values)
    assert {"behind.acted", "hops.2", "via.principal", "to.COMPUTE"} <= set(found[FUNCTION].values)
    assert "acted" not in found[FUNCTION].values
    assert found[FUNCTION].values["via.hit"] == 1


def test_only_declared_columns_are_filled() -> None:
    known = {column.name for column in HIT_COLUMNS}

    assert len(known) == len(HIT_COLUMNS)
    assert {name for row in rows().values() for name in row.values} <= known


def test_no_more_are_weighed_than_asked_for() -> None:
    made = plan(
        delete(QUEUE, {"id": "q"}),
        *(noop(f"aws_lambda_function.f{n}", {"id": f"f{n}"}) for n in range(5)),
        references={
            f"aws_lambda_function.f{n}": {"dead_letter_config": [f"{QUEUE}.arn"]} for n in range(5)
        },
    )
    graph = build_graph(made)
    radius = blast_radius(graph, QUEUE, Effect.GONE)

    assert len(radius.reached) == 5
    assert len(list(hit_rows(made, graph, made.by_label[QUEUE], radius, most=2))) == 3

"""Asking a provider what forces a replacement: the messages, the questions, what answers mean."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from iacrisk.training.protobuf import fields, part
from iacrisk.training.replacing.asking import Asked, Outcome, Questions, Step
from iacrisk.training.replacing.facts import Fact, fact_of, row_of
from iacrisk.training.replacing.schema import Argument, Block, Nested, read_schemas
from iacrisk.training.replacing.values import Target, targets
from iacrisk.training.replacing.wire import (
    error_answer,
    errors_in,
    plan_answer,
    plan_request,
)

BLOCK = Block(
    arguments=(
        Argument(name="name", type="string", required=True),
        Argument(name="size", type="number", optional=True),
        Argument(name="zone", type="string", optional=True, computed=True),
        Argument(name="kind", type="string", optional=True),
        Argument(name="colour", type="string", optional=True),
        Argument(name="crash", type="bool", optional=True),
        Argument(name="id", type="string", optional=True, computed=True),
    ),
    blocks=(
        Nested(
            name="disk",
            block=Block(arguments=(Argument(name="device", type="string", required=True),)),
            single=False,
            required=False,
            repeats=True,
        ),
    ),
)


class Fake:
    """A provider whose `name`, `zone`, `kind` and `disk` force a replacement."""

    def ask(self, method: str, request: bytes) -> bytes:
        assert method == "PlanResourceChange"
        sent = dict(fields(request))
        prior, proposed, config = (self._read(sent[number]) for number in (2, 3, 4))
        if config["colour"] not in (None, "red", "blue"):
            return error_answer("Invalid value. Path: colour\nValid Values: [red blue ]")
        if config["crash"] is not None:
            return error_answer("the provider ended")
        planned = proposed | {"kind": proposed["kind"] or "plain"}
        forced = [
            name
            for name in ("name", "zone", "kind", "disk")
            if prior is not None and prior[name] != planned[name]
        ]
        paths = b"".join(part(2, part(1, part(1, name.encode()))) for name in forced)
        return part(1, part(1, msgspec.msgpack.encode(planned))) + paths

    def _read(self, value: int | bytes) -> Any:
        assert isinstance(value, bytes)
        content = dict(fields(value))[1]
        assert isinstance(content, bytes)
        return msgspec.msgpack.decode(content)


def test_the_row_says_what_the_provider_answered() -> None:
    questions = Questions(Fake().ask, "a_b", BLOCK)
    tried, beyond = targets(BLOCK)
    row = row_of("a_b", [questions.about(target) for target in tried], beyond, questions.defaults)
    assert row.cells() == [
        "a_b",
        "disk.* kind name",
        "zone",
        "",
        "",
        "crash",
        "",
        "kind=plain",
    ]


def test_what_a_refusal_teaches_is_tried() -> None:
    questions = Questions(Fake().ask, "a_b", BLOCK)
    colour = next(target for target in targets(BLOCK)[0] if target.path == "colour")
    asked = questions.about(colour)
    assert asked.outcomes[Step.CHANGED] == (Outcome.IN_PLACE, Outcome.REFUSED)


def test_blocks_that_lie_too_deep_are_named() -> None:
    deep = Nested(name="d", block=Block(), single=False, required=False, repeats=False)
    for _ in range(5):
        block = Block(blocks=(deep,))
        deep = Nested(name="d", block=block, single=False, required=False, repeats=False)
    found, beyond = targets(Block(blocks=(deep,)))
    assert [target.path for target in found] == ["d", "d.d", "d.d.d", "d.d.d.d"]
    assert beyond == ("d.d.d.d",)


R, U, N, X = Outcome.REPLACES, Outcome.IN_PLACE, Outcome.NOTHING, Outcome.REFUSED


@pytest.mark.parametrize(
    ("given", "removed", "changed", "expected"),
    [
        ((R,), (R,), (R, R), Fact.ALWAYS),
        ((R,), (N, N), (R, R), Fact.KEPT),
        ((R,), (R,), (U, U), Fact.SWITCHED),
        ((U,), (U,), (R, U), Fact.SOMETIMES),
        ((U,), (R,), (U, U), Fact.SOMETIMES),
        ((X, X), (X, X), (X, X), Fact.UNTOLD),
        ((R,), (X, X), (X, X), Fact.SOMETIMES),
        ((U,), (N, N), (U, U), Fact.HELD),
        ((U,), (U,), (U, X), Fact.IN_PLACE),
        ((R,), (R,), (R, N), Fact.ALWAYS),
    ],
)
def test_outcomes_make_a_fact(
    given: tuple[Outcome, ...],
    removed: tuple[Outcome, ...],
    changed: tuple[Outcome, ...],
    expected: Fact,
) -> None:
    outcomes = {
        Step.CHANGED: changed,
        Step.BACK: changed,
        Step.GIVEN: given,
        Step.REMOVED: removed,
    }
    target = Target(path="a", type="string", computed=True)
    assert fact_of(Asked(target=target, outcomes=outcomes)) is expected


def test_a_schema_is_read() -> None:
    argument = part(1, b"name") + part(2, b'"string"') + bytes([4 << 3, 1])
    nested = part(1, b"disk") + part(2, b"") + bytes([3 << 3, 2, 5 << 3, 1])
    block = part(2, argument) + part(3, nested)
    entry = part(1, b"a_b") + part(2, part(2, block))
    settings, types = read_schemas(part(1, part(2, b"")) + part(2, entry))
    assert settings == Block()
    assert types == {
        "a_b": Block(
            arguments=(Argument(name="name", type="string", required=True),),
            blocks=(
                Nested(name="disk", block=Block(), single=False, required=False, repeats=False),
            ),
        )
    }


def test_messages_survive_the_wire() -> None:
    sent = dict(fields(plan_request("a_b", None, {"a": "x" * 200}, {})))
    assert sent[1] == b"a_b"
    assert errors_in(error_answer("it ended"), 4) == ("it ended",)
    answer = plan_answer(error_answer("it ended"))
    assert (answer.planned, answer.replaces, answer.errors) == (None, (), ("it ended",))
    with pytest.raises(ValueError, match="wire type 5"):
        list(fields(b"\x0d\0\0\0\0"))

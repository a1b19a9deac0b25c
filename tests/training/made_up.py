"""Made-up rows with a known cause: what breaks is decided by the edit, never by the features."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from iacrisk.training.case import Case, Edit
from iacrisk.training.outcome import Breakage, Outcome
from iacrisk.training.rows import Row
from tests.plans import create, delete, document, noop, tweak

Json = dict[str, Any]
Made = tuple[list[Json], dict[str, dict[str, list[str]]], str, str]
"""Changes, references, the harm done, and the victim."""

TABLE = {"id": "orders-table", "name": "orders-table"}


def _ingress(narrow: bool, used: bool) -> Made:
    group = "aws_security_group.app"
    before = {"id": "sg-0123456789", "ingress": [{"cidr_blocks": ["10.0.0.0/16"]}]}
    cidr = "10.0.1.0/24" if narrow else "10.0.0.0/8"
    changes = [tweak(group, before, ingress=[{"cidr_blocks": [cidr]}])]
    references: dict[str, dict[str, list[str]]] = {}
    if used:
        changes.append(noop("aws_instance.app", {"id": "i-0123456789"}))
        references["aws_instance.app"] = {"vpc_security_group_ids": [f"{group}.id"]}
    return changes, references, "outage" if narrow and used else "", "aws_instance.app"


def _literal(broken: bool) -> Made:
    before = {"id": "f", "environment": [{"variables": {"TABLE": "orders-table", "LEVEL": "a"}}]}
    variables = {"TABLE": "orders-tabel"} if broken else {"TABLE": "orders-table", "LEVEL": "b"}
    changes = [
        tweak("aws_lambda_function.f", before, environment=[{"variables": variables}]),
        noop("aws_dynamodb_table.orders", TABLE),
    ]
    return changes, {}, "access_loss" if broken else "", "aws_lambda_function.f"


def _destroyed(precious: bool) -> Made:
    type_ = "aws_s3_bucket" if precious else "aws_db_parameter_group"
    address = f"{type_}.old"
    return [delete(address, {"id": "a-bucket-of-ours"})], {}, "data_loss" * precious, address


def _words() -> Made:
    before = {"id": "i-1", "tags": {"Owner": "a"}}
    return [tweak("aws_instance.words", before, tags={"Owner": "b"})], {}, "", ""


def _created() -> Made:
    return [create("aws_sqs_queue.new", {"name": "new-queue"})], {}, "", ""


def _grown() -> Made:
    return (
        [tweak("aws_lambda_function.big", {"id": "b", "memory_size": 1}, memory_size=2)],
        {},
        "",
        "",
    )


_EDITS: dict[str, tuple[Callable[[], Made], ...]] = {
    "network": (lambda: _ingress(True, True), lambda: _ingress(True, False)),
    "opening": (lambda: _ingress(False, True), lambda: _ingress(False, False)),
    "literals": (lambda: _literal(True), lambda: _literal(False)),
    "removal": (lambda: _destroyed(True), lambda: _destroyed(False)),
    "words": (_words, _grown),
    "growth": (_created, _words),
}


def rows(number: int, stacks: Sequence[str], seed: int = 1) -> list[Row]:
    """So many rows, dealt out to the stacks; a tenth have two edits, some are mislabelled."""
    chance = random.Random(seed)  # noqa: S311 - examples, not secrets
    return [_row(chance, stacks[index % len(stacks)], index) for index in range(number)]


def _row(chance: random.Random, stack: str, seed: int) -> Row:
    families = chance.sample(sorted(_EDITS), 2 if chance.random() < 0.1 else 1)
    changes: list[Json] = []
    references: dict[str, dict[str, list[str]]] = {}
    broken: list[Breakage] = []
    for family in families:
        made, refers, harm, victim = chance.choice(_EDITS[family])()
        there = {item["address"] for item in changes}
        if there & {item["address"] for item in made}:
            continue
        changes += made
        references |= refers
        if harm and chance.random() < 0.95:
            broken.append(_breakage(harm, victim))
    edits = tuple(Edit(operator=f"{name}-x", family=name, site="main.tf") for name in families)
    plan = json.dumps(document(*changes, references=references)).encode()
    return Row(
        case=Case(stack=stack, edits=edits, seed=seed),
        plan=msgspec.Raw(plan),
        outcome=Outcome(broken=tuple(broken), probes=5),
    )


def _breakage(harm: Any, victim: str) -> Breakage:
    return Breakage(probe="p", harm=harm, concern="made up", object="x:y", address=victim)

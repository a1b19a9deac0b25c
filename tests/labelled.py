"""Plans labelled by models that had never seen the tool: fixtures/pairs."""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from iacrisk.classifier import load_hit_model
from iacrisk.gate import Verdict
from iacrisk.plan import decode_plan
from tests.pairs import judge

FOLDER = Path(__file__).parent.parent / "fixtures" / "pairs"
SETS = tuple(sorted(path.name.removesuffix(".jsonl.xz") for path in FOLDER.glob("*.jsonl.xz")))


class Labelled(NamedTuple):
    """One plan with what its labeller said of it."""

    name: str
    is_danger: bool
    victims: frozenset[str]
    plan: Any
    """Plan JSON as Python objects."""


class Judged(NamedTuple):
    """What the tool said of it."""

    label: Labelled
    is_held: bool
    named: frozenset[str]
    """The changes with findings and those whom they are likely to hit."""


class Tally(NamedTuple):
    """How often the tool and the labellers of a set agree."""

    dangers: int
    held: int
    harmless: int
    held_harmless: int
    victims: int
    named_victims: int
    named: int


def labelled(name: str) -> Iterator[Labelled]:
    """The plans of one set."""
    text = lzma.decompress((FOLDER / f"{name}.jsonl.xz").read_bytes()).decode()
    for line in text.splitlines():
        row = json.loads(line)
        yield Labelled(
            row["name"], row["verdict"] == "held", frozenset(row["victims"]), row["plan"]
        )


def judged(name: str) -> Iterator[Judged]:
    """The plans of one set, judged under the default policy."""
    naming = load_hit_model()
    for label in labelled(name):
        assessment = judge(decode_plan(msgspec.json.encode(label.plan)), naming)
        told = [item for item in assessment.changes if item.findings]
        named = {hit.address for item in told for hit in item.radius.named}
        yield Judged(
            label,
            assessment.decision.verdict is not Verdict.ALLOWED,
            frozenset(named | {item.address for item in told}),
        )


def tally(found: Sequence[Judged]) -> Tally:
    """Counts over some judged plans; victims count in dangerous plans alone."""
    dangers = [item for item in found if item.label.is_danger]
    harmless = [item for item in found if not item.label.is_danger]
    return Tally(
        dangers=len(dangers),
        held=sum(item.is_held for item in dangers),
        harmless=len(harmless),
        held_harmless=sum(item.is_held for item in harmless),
        victims=sum(len(item.label.victims) for item in dangers),
        named_victims=sum(len(item.label.victims & item.named) for item in dangers),
        named=sum(len(item.named) for item in dangers),
    )

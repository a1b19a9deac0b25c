"""Every plan and every odd input of public tools' own test data."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from iacrisk.assess import Circumstances, assess
from iacrisk.errors import BinaryPlan, BrokenPlan, InputError, NotAPlan
from iacrisk.gate import Policy
from iacrisk.plan import decode_plan, read_plan
from iacrisk.report import Format, renderer
from tests.conftest import TODAY

CORPUS: Final = Path(__file__).parent.parent.parent / "shared" / "corpus"

pytestmark = pytest.mark.skipif(
    not CORPUS.is_dir(), reason="the corpus is not beside this checkout (../shared/corpus)"
)

PARTS: Final = 8
NESTED: Final = "nested at"


class Refusal(NamedTuple):
    """How an odd input is refused: with which exception, and a phrase of its message."""

    kind: type[InputError]
    phrase: str


REFUSALS: Final = {
    ("state-json", ""): Refusal(NotAPlan, "a state, not a plan"),
    ("plan-json-stream", ""): Refusal(NotAPlan, "log stream"),
    ("no-format-version", ""): Refusal(BrokenPlan, "no format_version"),
    ("wrapped", ""): Refusal(NotAPlan, NESTED),
    ("binary-planfile", "binary plan file"): Refusal(BinaryPlan, "is a binary plan file"),
    ("binary-planfile", "pre-0.12"): Refusal(BinaryPlan, "before Terraform 0.12"),
    ("noise", "leading/between text: '["): Refusal(BrokenPlan, "other text before it"),
    ("noise", "leading/between text: '}"): Refusal(BrokenPlan, "other text after"),
    ("noise", "trailing text"): Refusal(BrokenPlan, "other text after"),
    ("invalid", "no format_version, does not parse: Extra data"): Refusal(
        BrokenPlan, "other text after"
    ),
    ("invalid", "no format_version, does not parse"): Refusal(BrokenPlan, "does not parse"),
    ("invalid", "does not parse: Expecting value: line 1 column 48"): Refusal(
        BrokenPlan, "truncated"
    ),
    ("invalid", "does not parse: Expecting value: line 1 column 1"): Refusal(
        BrokenPlan, "not JSON, or there is other text before it"
    ),
    ("invalid", "does not parse"): Refusal(BrokenPlan, "does not parse"),
}


def refusal(kind: str, note: str) -> Refusal:
    """The entry of REFUSALS for a row: the first whose note begins the row's."""
    return next(
        expected
        for (known, beginning), expected in REFUSALS.items()
        if known == kind and note.startswith(beginning)
    )


def odd() -> Iterator[tuple[Path, str, str]]:
    """The odd inputs with their kind and note."""
    if CORPUS.is_dir():
        with (CORPUS / "odd.csv").open(newline="", encoding="utf-8") as rows:
            for row in csv.DictReader(rows):
                yield CORPUS / row["file"], row["kind"], row["note"]


@pytest.mark.parametrize("part", range(PARTS))
def test_every_plan_is_judged_and_rendered_without_a_failing_rule(part: int) -> None:
    files = sorted((CORPUS / "plans").glob("*.json.gz"))[part::PARTS]
    failures = []
    for file in files:
        plan = decode_plan(gzip.decompress(file.read_bytes()))
        assessment = assess(plan, Policy(), Circumstances(today=TODAY))
        failures += [(file.name, failure) for failure in assessment.failures]
        for format_ in Format:
            assert renderer(format_)(assessment).strip(), file.name
    assert failures == []


def test_the_corpus_is_complete() -> None:
    assert len(list((CORPUS / "plans").glob("*.json.gz"))) == 692
    assert len(list(odd())) == 98


def test_every_odd_input_is_read_or_refused_for_its_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    wrong = []
    for file, kind, note in odd():
        try:
            decode_plan(read_plan(str(file)))
        except InputError as error:
            if kind == "encoding":
                wrong.append((file.name, note, str(error)))
                continue
            expected = refusal(kind, note)
            if type(error) is not expected.kind or expected.phrase not in error.problem:
                wrong.append((file.name, note, str(error)))
        else:
            if kind != "encoding":
                wrong.append((file.name, note, "was read as a plan"))
    assert wrong == [], "\n".join(map(str, wrong))

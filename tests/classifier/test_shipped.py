"""The model in models/: it loads, it was evaluated, and it claims no more than it may."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from iacrisk.classifier import MODEL_FOLDER, Use, load_hit_model, load_model
from iacrisk.features import COLUMNS, HIT_COLUMNS, extract_features
from iacrisk.graph import build_graph
from iacrisk.plan import decode_plan, read_plan
from iacrisk.training.examples import to_example
from iacrisk.training.prior import DATA_KEY, PRIOR_FILE, read_prior
from iacrisk.training.rows import rows_hash, usable_rows
from iacrisk.training.splits import is_final
from iacrisk.training.tables import EVALUATION_FILE, Evaluation
from tests.conftest import ROOT

ROWS = ROOT / "fixtures" / "lab" / "rows"
PLANS = sorted((ROOT / "fixtures" / "plans").glob("*/plan.json"))


def test_it_counts_only_with_a_guarantee() -> None:
    manifest = load_model().manifest

    assert manifest.use is Use.ADVISORY or manifest.guarantee is not None


def test_it_is_the_model_that_was_evaluated() -> None:
    path = MODEL_FOLDER / EVALUATION_FILE
    evaluated = msgspec.json.decode(path.read_bytes(), type=Evaluation)
    manifest = load_model().manifest

    assert evaluated.model == manifest.sha256
    assert evaluated.rows == manifest.data["rows"]


def test_its_examples_are_those_of_its_rows() -> None:
    manifest = load_model().manifest
    prior = read_prior(MODEL_FOLDER, str(manifest.data[DATA_KEY]))

    assert prior.rows == manifest.data["rows"]
    assert (MODEL_FOLDER / PRIOR_FILE).stat().st_size < 1_000_000
    learnt = [
        item for item in prior.examples if not item.is_between and not is_final(item.origin.stack)
    ]
    assert len(learnt) == manifest.data["plans"]


def test_its_examples_hold_the_columns_of_the_rows() -> None:
    """One stack stands for all: the manifest holds the hash of the whole.

    Who was told of is left out of the prior, because who is hit is not learnt from own outcomes.
    """
    manifest = load_model().manifest
    if rows_hash(ROWS) != manifest.data["rows"]:
        pytest.skip("there are other rows than the model was trained on")
    prior = read_prior(MODEL_FOLDER, str(manifest.data[DATA_KEY]))
    kept = [item for item in prior.examples if item.origin.stack == "tenants"]
    rows = [row for row in usable_rows(ROWS) if row.case.stack == "tenants"]

    made = [msgspec.structs.replace(to_example(row), told=None) for row in rows]
    assert kept == made


def test_it_knows_only_declared_columns() -> None:
    artifact = load_model().artifact
    known = {column.name for column in COLUMNS}

    assert {term.column for term in artifact.terms} <= known
    assert {name for pair in artifact.pairs for name in pair.columns} <= known


def test_what_grows_never_lowers_its_answer() -> None:
    grows = {column.name for column in COLUMNS if column.grows}
    terms = [term for term in load_model().artifact.terms if term.column in grows]

    for term in terms:
        assert list(term.amounts) == pytest.approx(sorted(term.amounts), abs=1e-9), term.column


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.parent.name)
def test_its_influences_make_its_answer_on_real_plans(path: Path) -> None:
    plan = decode_plan(read_plan(str(path)))
    rows = extract_features(plan, build_graph(plan))
    model = load_model()

    for row, prediction in zip(rows, model.predict(rows), strict=True):
        parts = sum(item.amount for item in model.influences(row.values))
        assert model.artifact.intercept + parts == pytest.approx(prediction.log_odds, abs=1e-9)
        assert 0 <= prediction.chance <= 1


def test_the_model_of_who_is_hit_knows_only_declared_columns() -> None:
    model = load_hit_model()
    assert model is not None
    known = {column.name for column in HIT_COLUMNS}

    assert {term.column for term in model.artifact.terms} <= known
    assert {name for pair in model.artifact.pairs for name in pair.columns} <= known
    assert 0 < model.bar < 1

"""The shipped evaluation gives what scikit-learn gives, for every kind of model."""

from __future__ import annotations

from functools import cache

import pytest

np = pytest.importorskip("numpy")
pytest.importorskip("sklearn")

from iacrisk.classifier import Artifact, Manifest, Model, Use  # noqa: E402
from iacrisk.features import COLUMNS  # noqa: E402
from iacrisk.training.encoding import GROWS, INDEX, Matrix  # noqa: E402
from iacrisk.training.fitting import KINDS, Fitted, Kind  # noqa: E402

RANDOM = np.random.default_rng(11)
MATRIX = (RANDOM.random((500, len(COLUMNS))) < 0.1) * RANDOM.integers(1, 9, (500, len(COLUMNS)))
MATRIX = MATRIX.astype(float)
MATRIX[:, INDEX["type.lasting"]] = RANDOM.random(500).round(2)
DANGER = 2.0 * (MATRIX[:, INDEX["takes"]] > 0) + 1.5 * (MATRIX[:, INDEX["users"]] > 2)
DANGER += 3.0 * (MATRIX[:, INDEX["takes"]] > 0) * (MATRIX[:, INDEX["users"]] > 0)
HARMFUL = (RANDOM.random(500) < 1 / (1 + np.exp(2.5 - DANGER))).astype(float)
MANIFEST = Manifest(
    model="",
    sha256="",
    feature_schema="",
    use=Use.VERDICT,
    iacrisk="0",
    kind="test",
    libraries={},
    data={},
    metrics={},
)


@cache
def fitted_by(name: str) -> Fitted:
    [kind] = [kind for kind in KINDS if kind.name == name]
    return kind.fit(MATRIX, HARMFUL, RANDOM.random(500) + 0.5)


def shipped(fitted: Fitted) -> Model:
    tables = fitted.tables()
    artifact = Artifact(
        format=1, intercept=tables.intercept, terms=tables.terms, pairs=tables.pairs, hold=0.5
    )
    return Model(artifact, MANIFEST)


def rows(matrix: Matrix) -> list[dict[str, float]]:
    return [
        {column.name: float(value) for column, value in zip(COLUMNS, line, strict=True) if value}
        for line in matrix
    ]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_tables_say_what_scikit_learn_says(kind: Kind) -> None:
    fitted = fitted_by(kind.name)
    unseen = MATRIX[::-1] * (np.random.default_rng(2).random(MATRIX.shape) < 0.9)
    model = shipped(fitted)

    ours = [model.log_odds(values) for values in rows(unseen)]

    assert ours == pytest.approx(fitted.log_odds(unseen), abs=1e-9)
    assert np.ptp(ours) > 1


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_more_of_what_can_only_hurt_never_lowers_the_answer(kind: Kind) -> None:
    model = shipped(fitted_by(kind.name))
    for values in rows(MATRIX[:60]):
        before = model.log_odds(values)
        for number in np.flatnonzero(GROWS):
            name = COLUMNS[number].name
            more = {**values, name: values.get(name, 0.0) + 1}
            assert model.log_odds(more) >= before - 1e-9


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_influences_make_the_answer(kind: Kind) -> None:
    model = shipped(fitted_by(kind.name))
    for values in rows(MATRIX[:60]):
        parts = sum(item.amount for item in model.influences(values))
        assert model.artifact.intercept + parts == pytest.approx(model.log_odds(values), abs=1e-9)

"""A model is verified before it is asked."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest

from iacrisk.classifier import Manifest, load_model
from iacrisk.classifier.sealing import encode_manifest, sealed
from iacrisk.errors import UnusableModel
from iacrisk.features import FEATURE_SCHEMA

ARTIFACT: dict[str, Any] = {
    "format": 1,
    "intercept": -1.0,
    "terms": [{"column": "users", "cuts": [0.5], "amounts": [0.0, 1.0]}],
    "hold": 0.5,
}
MANIFEST: dict[str, Any] = {
    "model": "risk.json",
    "feature_schema": FEATURE_SCHEMA,
    "use": "verdict",
    "iacrisk": "0.1.0",
    "kind": "test",
    "libraries": {},
    "data": {},
    "metrics": {},
}


def write(folder: Path, artifact: dict[str, Any], **manifest: Any) -> Path:
    raw = msgspec.json.encode(artifact)
    (folder / "risk.json").write_bytes(raw)
    said = {**MANIFEST, "sha256": sha256(raw).hexdigest(), **manifest}
    (folder / "manifest.json").write_bytes(_sealed(said))
    return folder


def _sealed(said: dict[str, Any]) -> bytes:
    """What can be sealed is; the rest stays wrong as it is."""
    try:
        return encode_manifest(sealed(msgspec.convert(said, Manifest)))
    except msgspec.ValidationError:
        return msgspec.json.encode(said)


def test_a_model_that_fits_its_manifest_is_loaded(tmp_path: Path) -> None:
    model = load_model(write(tmp_path, ARTIFACT))

    assert model.log_odds({"users": 1.0}) == 0.0
    assert model.moves_verdict


@pytest.mark.parametrize(
    ("artifact", "manifest", "problem"),
    [
        (ARTIFACT, {"sha256": "0" * 64}, "not the file that its manifest describes"),
        (ARTIFACT, {"feature_schema": "other"}, "other columns"),
        (ARTIFACT, {"use": "sometimes"}, "manifest.json"),
        (ARTIFACT, {"surprise": 1}, "unknown field `surprise`"),
        ({**ARTIFACT, "format": 9}, {}, "format 9"),
        ({**ARTIFACT, "intercept": "low"}, {}, "risk.json"),
        (
            {**ARTIFACT, "terms": [{"column": "users", "cuts": [0.5], "amounts": [0.0]}]},
            {},
            "does not fit its cuts",
        ),
        (
            {**ARTIFACT, "terms": [{"column": "users", "cuts": [2, 1], "amounts": [0, 1, 2]}]},
            {},
            "does not fit its cuts",
        ),
    ],
)
def test_what_does_not_fit_is_refused(
    tmp_path: Path, artifact: dict[str, Any], manifest: dict[str, Any], problem: str
) -> None:
    with pytest.raises(UnusableModel, match=problem):
        load_model(write(tmp_path, artifact, **manifest))


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        (b'"use": "verdict"', b'"use": "advisory"'),
        (b'"kind": "test"', b'"kind": "better"'),
        (b'"seal": "', b'"seal": "0'),
        (b'"guarantee": null', b'"guarantee": {"alpha": 0, "confidence": 1, "cases": 9}'),
    ],
)
def test_a_manifest_that_was_changed_after_it_was_sealed_is_refused(
    tmp_path: Path, was: bytes, becomes: bytes
) -> None:
    path = write(tmp_path, ARTIFACT) / "manifest.json"
    before = path.read_bytes()
    assert before.count(was) == 1
    path.write_bytes(before.replace(was, becomes))

    with pytest.raises(UnusableModel, match="not as it was sealed"):
        load_model(tmp_path)


def test_a_missing_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableModel, match=r"Cannot read manifest\.json"):
        load_model(tmp_path)


def test_a_manifest_cannot_name_a_file_elsewhere(tmp_path: Path) -> None:
    inside = tmp_path / "models"
    inside.mkdir()
    write(tmp_path, ARTIFACT)
    write(inside, ARTIFACT, model="../risk.json")

    assert load_model(inside).manifest.model == "../risk.json"
    (inside / "risk.json").unlink()
    with pytest.raises(UnusableModel, match=r"Cannot read risk\.json"):
        load_model(inside)

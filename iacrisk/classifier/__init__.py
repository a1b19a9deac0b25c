"""The trained classifier: verified, loaded and evaluated without scikit-learn or numpy."""

from iacrisk.classifier.artifact import (
    Artifact,
    Calibration,
    Combination,
    Guarantee,
    HitArtifact,
    HitManifest,
    Manifest,
    PairTerm,
    Term,
    Use,
)
from iacrisk.classifier.loading import MODEL_FOLDER, load_hit_model, load_model
from iacrisk.classifier.model import HitModel, Influence, Model, Prediction

__all__ = [
    "MODEL_FOLDER",
    "Artifact",
    "Calibration",
    "Combination",
    "Guarantee",
    "HitArtifact",
    "HitManifest",
    "HitModel",
    "Influence",
    "Manifest",
    "Model",
    "PairTerm",
    "Prediction",
    "Term",
    "Use",
    "load_hit_model",
    "load_model",
]

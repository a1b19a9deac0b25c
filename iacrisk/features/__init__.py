"""The columns the model sees: one row per change, from the plan and its graph alone."""

from iacrisk.features.columns import COLUMNS, FEATURE_SCHEMA, Column
from iacrisk.features.extract import FeatureRow, extract_features

__all__ = ["COLUMNS", "FEATURE_SCHEMA", "Column", "FeatureRow", "extract_features"]

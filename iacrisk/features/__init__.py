"""The columns the model sees: one row per change, or per change and hit, from the plan."""

from iacrisk.features.columns import COLUMNS, FEATURE_SCHEMA, Column
from iacrisk.features.extract import FeatureRow, extract_features
from iacrisk.features.hit_columns import HIT_COLUMNS, HIT_SCHEMA
from iacrisk.features.hits import HitRow, hit_rows

__all__ = [
    "COLUMNS",
    "FEATURE_SCHEMA",
    "HIT_COLUMNS",
    "HIT_SCHEMA",
    "Column",
    "FeatureRow",
    "HitRow",
    "extract_features",
    "hit_rows",
]

"""The pictures of docs/picture.md, drawn from a fixture and from a generated plan."""

from __future__ import annotations

import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec

from iacrisk.assess import Assessment, Circumstances, assess
from iacrisk.classifier import MODEL_FOLDER, load_hit_model
from iacrisk.gate import Policy
from iacrisk.plan import decode_plan
from iacrisk.report.picture import modules_scene, render_svg, scene_of
from tests.benchmark.generate import make_plan

_FIXTURES: Final = Path(__file__).resolve().parent.parent / "fixtures" / "plans"
_KEY: Final = "module.network.aws_kms_key.main"
_CHANGES: Final = 400
_DAY: Final = datetime.date(2026, 3, 1)


@cache
def pictures() -> dict[str, str]:
    """The SVG files by their paths in the repository."""
    database = _judged((_FIXTURES / "rds-replaced" / "plan.json").read_bytes())
    key = _judged(_without_key(make_plan(_CHANGES)))
    return {
        "docs/images/picture-database.svg": render_svg(scene_of(database, database.changes[0])),
        "docs/images/picture-key.svg": render_svg(scene_of(key, key.changes[0])),
        "docs/images/picture-modules.svg": render_svg(modules_scene(key)),
    }


def _judged(plan_json: bytes) -> Assessment:
    circumstances = Circumstances(today=_DAY, environment="production")
    naming = load_hit_model(MODEL_FOLDER, None)
    return assess(decode_plan(plan_json), Policy(), circumstances, None, naming)


def _without_key(plan_json: bytes) -> bytes:
    """The generated plan, and the key that all services share goes."""
    document: dict[str, Any] = msgspec.json.decode(plan_json)
    entry = next(item for item in document["resource_changes"] if item["address"] == _KEY)
    entry["change"] |= {
        "actions": ["delete"],
        "after": None,
        "after_unknown": False,
        "after_sensitive": False,
    }
    return msgspec.json.encode(document)

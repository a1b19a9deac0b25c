"""Two small pictures, element by element.

After a wanted change `python -m tests.report.picture.test_goldens` draws them anew; read the
difference as carefully as code.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from iacrisk.report.picture import modules_scene, render_svg, scene_of
from tests.plans import Json, document, noop, replace, update
from tests.report.picture.test_layout import change_of, judged

GOLDEN = Path(__file__).parent / "golden"
DATABASE = "aws_db_instance.orders"


def shop() -> Json:
    """A database is created anew; one of its users changes, one stays, and a key stays."""
    database = {"id": "orders", "address": "orders.example", "storage_encrypted": False}
    return document(
        replace(DATABASE, database, {"storage_encrypted": True}, "storage_encrypted"),
        noop('module.keys["eu"].aws_kms_key.main', {"id": "key-0123456789"}),
        update("aws_ssm_parameter.url", {"id": "/url", "value": "orders.example"}, {"value": "x"}),
        noop("aws_lambda_function.report[0]", {"id": "report", "key": "key-0123456789"}),
        references={
            DATABASE: {"kms_key_id": ["module.keys"]},
            "aws_ssm_parameter.url": {"value": [f"{DATABASE}.address", DATABASE]},
            "aws_lambda_function.report": {"environment": [f"{DATABASE}.address", DATABASE]},
        },
    )


def drawings() -> dict[str, str]:
    """The pictures by the names of their files."""
    assessment = judged(json.dumps(shop()).encode())
    scenes = {
        "change.svg": scene_of(assessment, change_of(assessment, DATABASE)),
        "modules.svg": modules_scene(assessment),
    }
    return {name: render_svg(scene, with_style=False) for name, scene in scenes.items()}


@pytest.mark.parametrize("name", ["change.svg", "modules.svg"])
def test_a_picture_is_as_it_was(name: str) -> None:
    assert drawings()[name] == (GOLDEN / name).read_text("utf-8")


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for drawn, text in drawings().items():
        (GOLDEN / drawn).write_text(text, "utf-8")

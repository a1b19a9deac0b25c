"""The pictures that there are: of a change, of what stays, of all modules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from iacrisk.assess import AssessedChange, Assessment
from iacrisk.graph import Node
from iacrisk.report.picture.change_sketch import sketch_of_change, sketch_of_unchanged
from iacrisk.report.picture.layout import lay_out
from iacrisk.report.picture.module_sketch import sketch_of_modules
from iacrisk.report.picture.scene import Scene
from iacrisk.report.picture.sketch import Sketch

ROWS: Final = 10


def scene_of(
    assessment: Assessment,
    item: AssessedChange,
    *,
    rows: int = ROWS,
    numbers: Mapping[str, int] | None = None,
) -> Scene:
    """The picture of one change and who is around it, at most `rows` cards in a column.

    `numbers`: what the reader calls the changes, by address; their place in the assessment where
    it is not given.
    """
    numbers = _numbers(assessment) if numbers is None else numbers
    return lay_out(sketch_of_change(assessment, item, rows, numbers))


def unchanged_scene(assessment: Assessment, node: Node, *, rows: int = ROWS) -> Scene:
    """The picture of a resource that stays as it is, and who is around it."""
    return lay_out(sketch_of_unchanged(assessment, node, rows, _numbers(assessment)))


def modules_scene(assessment: Assessment, *, rows: int = ROWS) -> Scene:
    """The picture of all modules: what changes in them, and what harm goes between them."""
    return lay_out(sketch_of_modules(assessment, rows))


def nothing_scene() -> Scene:
    """The picture of a plan without changes."""
    words = "The plan changes nothing."
    return lay_out(Sketch(address="", heading=(words, ""), description=words, columns={}))


def _numbers(assessment: Assessment) -> dict[str, int]:
    return {change.address: number for number, change in enumerate(assessment.changes)}

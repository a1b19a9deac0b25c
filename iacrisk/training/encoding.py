"""Columns as numbers: a matrix of values, and the steps that a linear model sees."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from iacrisk.features import COLUMNS
from iacrisk.features.columns import COUNT, FLAG, SHARE

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

_CUTS: Final = {
    FLAG: (0.5,),
    COUNT: (0.5, 1.5, 3.5, 7.5, 15.5),
    SHARE: (0.15, 0.35, 0.55, 0.75),
}
INDEX: Final = {column.name: number for number, column in enumerate(COLUMNS)}
GROWS: Final = np.array([column.grows for column in COLUMNS])


def to_matrix(rows: Sequence[Mapping[str, float]]) -> Matrix:
    """One line per change, one column per declared column."""
    matrix = np.zeros((len(rows), len(COLUMNS)))
    for number, values in enumerate(rows):
        for name, value in values.items():
            matrix[number, INDEX[name]] = value
    return matrix


Step = tuple[int, float]
"""A column and a cut: one where the value lies above."""


def steps_of(matrix: Matrix, support: int) -> list[Step]:
    """The steps that tell at least `support` changes from at least as many others."""
    found = []
    for number, column in enumerate(COLUMNS):
        for cut in _CUTS[column.unit]:
            above = int((matrix[:, number] > cut).sum())
            if support <= above <= len(matrix) - support:
                found.append((number, cut))
    return found


def encode(
    matrix: Matrix, steps: Iterable[Step], pairs: Iterable[tuple[Step, Step]] = ()
) -> Matrix:
    """The steps, and products of two, as zeros and ones."""
    single = [matrix[:, number] > cut for number, cut in steps]
    double = [(matrix[:, one[0]] > one[1]) & (matrix[:, two[0]] > two[1]) for one, two in pairs]
    return np.column_stack([*single, *double]).astype(np.float64)

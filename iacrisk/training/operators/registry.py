"""All operators. Their names and families are permanent: rows of the data set carry them."""

from __future__ import annotations

from iacrisk.training.operators import (
    grants,
    guards,
    names,
    network,
    permissions,
    retention,
    scale,
    sizes,
    text,
)
from iacrisk.training.operators.stack import Operator

OPERATORS: tuple[Operator, ...] = (
    *names.OPERATORS,
    *sizes.OPERATORS,
    *scale.OPERATORS,
    *retention.OPERATORS,
    *guards.OPERATORS,
    *permissions.OPERATORS,
    *grants.OPERATORS,
    *network.OPERATORS,
    *text.OPERATORS,
)

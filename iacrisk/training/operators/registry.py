"""All operators. Their names and families are permanent: rows of the data set carry them."""

from __future__ import annotations

from iacrisk.training.operators import (
    additions,
    assistant,
    blocks,
    filters,
    grants,
    guards,
    immutable,
    keys,
    labels,
    lists,
    modules,
    names,
    network,
    permissions,
    retention,
    routes,
    scale,
    sizes,
    targets,
    text,
    values,
)
from iacrisk.training.operators.stack import Operator

OPERATORS: tuple[Operator, ...] = (
    *names.OPERATORS,
    *sizes.OPERATORS,
    *immutable.OPERATORS,
    *scale.OPERATORS,
    *retention.OPERATORS,
    *guards.OPERATORS,
    *permissions.OPERATORS,
    *grants.OPERATORS,
    *network.OPERATORS,
    *routes.OPERATORS,
    *lists.OPERATORS,
    *keys.OPERATORS,
    *blocks.OPERATORS,
    *labels.OPERATORS,
    *values.OPERATORS,
    *filters.OPERATORS,
    *targets.OPERATORS,
    *modules.OPERATORS,
    *additions.OPERATORS,
    *assistant.OPERATORS,
    *text.OPERATORS,
)

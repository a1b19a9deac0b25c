"""How grave it is when an object of the state is lost or made anew."""

from __future__ import annotations

from typing import Final

from iacrisk.catalog import ResourceClass, ResourceType
from iacrisk.rules.rule import Severity

_SERIOUS: Final = frozenset(
    {
        ResourceClass.CLUSTER,
        ResourceClass.COMPUTE,
        ResourceClass.ENCRYPTION,
        ResourceClass.ENTRY_POINT,
        ResourceClass.IDENTITY,
        ResourceClass.NETWORK_PATH,
    }
)


def severity_of_loss(known: ResourceType) -> Severity | None:
    """How bad it is to lose the object of a type and get a new one."""
    if known.resource_class is ResourceClass.STATELESS:
        return None
    if known.resource_class in {ResourceClass.STATEFUL, ResourceClass.CONTAINER}:
        return Severity.CRITICAL
    if known.resource_class in _SERIOUS:
        loses_data = known.stateful and known.resource_class is not ResourceClass.COMPUTE
        return Severity.CRITICAL if loses_data else Severity.HIGH
    return Severity.MEDIUM if known.carrier else Severity.LOW

"""D30: objects of Azure that Terraform knows by their type in the resource manager only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.catalog import ResourceClass, resource_type
from iacrisk.catalog.arm_types import azurerm_type
from iacrisk.plan import ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.rule import (
    DESTROYS,
    Confidence,
    Flag,
    Harm,
    Outcome,
    Severity,
    rule,
)

_GRAVE: Final = frozenset(
    {
        ResourceClass.CLUSTER,
        ResourceClass.CONTAINER,
        ResourceClass.ENCRYPTION,
        ResourceClass.STATEFUL,
    }
)
_RELIED_ON: Final = frozenset(
    {ResourceClass.ENTRY_POINT, ResourceClass.IDENTITY, ResourceClass.NETWORK_PATH}
)


@rule(
    id="D30",
    name="arm-object-destroyed",
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    harm=Harm.DATA,
    kinds=DESTROYS,
    types={"azapi_resource"},
)
def arm_object_destroyed(change: ResourceChange, context: Context) -> Iterator[Outcome]:  # noqa: ARG001
    """An object is destroyed whose kind stands in its `type` argument only.

    What it flags
        The delete or replacement of an `azapi_resource`, weighed by what the resource type that
        `azurerm` has for the same thing means: a database as a database, a network as a network.

    Why it matters
        The plan shows one generic resource; what goes may be a whole cluster.

    When it is fine
        Dashboards and the like pass.

    What to do instead
        As with the type of its own: copy the data, move its users, then delete.

    References
        https://learn.microsoft.com/azure/templates/
    """
    arm = str(change.was("type")).partition("@")[0]
    name = azurerm_type(arm)
    known = resource_type(name) if name else None
    if known is not None and known.resource_class is ResourceClass.STATELESS:
        return
    severity, confidence = Severity.MEDIUM, Confidence.MEDIUM
    if known is not None and known.resource_class in _GRAVE:
        severity, confidence = Severity.CRITICAL, Confidence.HIGH
    elif known is not None and known.resource_class in _RELIED_ON:
        severity = Severity.HIGH
    note = f": {known.note}" if known is not None and known.note else ""
    yield Flag(
        what=f"{arm} is destroyed{note}.",
        paths=change.replace_paths or (("type",),),
        severity=severity,
        confidence=confidence,
    )

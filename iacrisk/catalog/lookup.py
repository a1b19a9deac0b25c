"""Looks up what a resource type means."""

from functools import cache

from iacrisk.catalog.classes import Basis, ResourceClass, ResourceType
from iacrisk.catalog.table import names, row

_TABLES = {Basis.CURATED: "curated", Basis.PATTERN: "patterns"}


@cache
def resource_type(name: str) -> ResourceType:
    """What the type means; a type that we do not know is OTHER, with basis UNKNOWN."""
    for basis, table in _TABLES.items():
        cells = row(table, name)
        if cells is not None:
            return _from_row(name, basis, cells)
    return ResourceType(
        name=name,
        provider=_provider(name),
        resource_class=ResourceClass.OTHER,
        stateful=False,
        recoverability=0.5,
        authoritative=False,
        carrier=False,
        basis=Basis.UNKNOWN,
    )


def known_types(basis: Basis) -> tuple[str, ...]:
    """The names of all types known on this basis, sorted; none for UNKNOWN."""
    return names(_TABLES[basis]) if basis in _TABLES else ()


def _from_row(name: str, basis: Basis, cells: str) -> ResourceType:
    resource_class, stateful, recoverability, authoritative, carrier, *note = cells.split(",", 5)
    return ResourceType(
        name=name,
        provider=_provider(name),
        resource_class=ResourceClass(resource_class),
        stateful=stateful == "1",
        recoverability=float(recoverability),
        authoritative=authoritative == "1",
        carrier=carrier == "1",
        basis=basis,
        note=note[0].strip('"') if note else "",
    )


def _provider(name: str) -> str:
    return name.partition("_")[0]

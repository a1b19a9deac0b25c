"""Types that act on another object, and the arguments that name that object."""

from functools import cache
from typing import Final

from iacrisk.catalog.table import names, row

_OPTIONAL: Final = frozenset({"aws_vpc_endpoint"})


@cache
def attachment(type_name: str) -> tuple[str, ...]:
    """The arguments naming what the type acts on, most hurt first; empty when it stands alone.

    The object named is the one that suffers when the attachment is deleted or changed.
    """
    cells = row("attachments", type_name)
    return tuple(cells.split(" ")) if cells else ()


def stands_alone(type_name: str) -> bool:
    """Whether objects of the type may also leave these arguments out and are no attachment then.

    An interface endpoint has no route table; a gateway endpoint is nothing but its route tables.
    """
    return type_name in _OPTIONAL


def attachment_types() -> tuple[str, ...]:
    """The names of all types that act on another object, sorted."""
    return names("attachments")

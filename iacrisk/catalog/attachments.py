"""Types that act on another object, and the arguments that name that object."""

from functools import cache

from iacrisk.catalog.table import names, row


@cache
def attachment(type_name: str) -> tuple[str, ...]:
    """The arguments naming what the type acts on, most hurt first; empty when it stands alone.

    The object named is the one that suffers when the attachment is deleted or changed.
    """
    cells = row("attachments", type_name)
    return tuple(cells.split(" ")) if cells else ()


def attachment_types() -> tuple[str, ...]:
    """The names of all types that act on another object, sorted."""
    return names("attachments")

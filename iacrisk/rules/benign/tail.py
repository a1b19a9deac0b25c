"""Whether a counted machine is the spare last one of several."""

from __future__ import annotations

from typing import Final

from iacrisk.catalog import ResourceClass, harmless
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once

_STAYS: Final = frozenset({ActionKind.NO_OP, ActionKind.UPDATE})
_MACHINES: Final = frozenset({ResourceClass.COMPUTE, ResourceClass.STATELESS})
_FEWEST: Final = 2
_DISKS: Final = ("ebs_block_device", "ephemeral_block_device", "storage_data_disk")
_ROOT_DEVICES: Final = ("/dev/sda1", "/dev/xvda")


def is_spare_tail(change: ResourceChange, context: Context) -> bool:
    """Whether the machine is the last of its block, holds nothing, and enough others stay."""
    if context.type_of(change).resource_class not in _MACHINES or _holds_something(change):
        return False
    if not isinstance(change.key, int):
        return False
    block = (change.module_address, change.type, change.name)
    last = once(context.plan, ("last that stays", *block), lambda: _last_staying(change, context))
    return last is not None and change.key > last and not _missed(change, context)


def _last_staying(change: ResourceChange, context: Context) -> int | None:
    """The highest index that stays, where only a tail goes and enough of the block stays."""
    block = (change, *context.siblings(change))
    staying = [one.key for one in block if one.kind in _STAYS and isinstance(one.key, int)]
    going = [one.key for one in block if one.kind is ActionKind.DELETE and isinstance(one.key, int)]
    if len(staying) + len(going) != len(block) or len(staying) < _FEWEST:
        return None
    is_tail = max(staying) < min(going, default=0)
    return max(staying) if is_tail and len(staying) >= 2 * len(going) else None


def _holds_something(change: ResourceChange) -> bool:
    names = (change.name, change.was("tags.Name"), change.before.get("name"))
    text = " ".join(map(str, names)).lower()
    if any(word in text for word in harmless.QUORUM_WORDS):
        return True
    blocks = (change.before.get(block) for block in _DISKS)
    disks = (disk for block in blocks if isinstance(block, list) for disk in block)
    return any(map(_is_data_disk, disks))


def _is_data_disk(disk: object) -> bool:
    """A root disk may stand among the others when the image names it so."""
    return not isinstance(disk, dict) or disk.get("device_name") not in _ROOT_DEVICES


def _missed(change: ResourceChange, context: Context) -> bool:
    """Whether something that stays as it is refers to this very instance."""
    users = [use.node.change for use in context.consumers(change) if use.reference.precision]
    return any(
        user is not None and user.kind in _STAYS and _mentions(user, change) for user in users
    )


def _mentions(user: ResourceChange, change: ResourceChange) -> bool:
    own_id = change.before.get("id")
    return isinstance(own_id, str) and own_id.encode() in bytes(user.raw.change.before)

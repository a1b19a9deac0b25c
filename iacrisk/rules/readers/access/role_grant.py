"""A role somebody holds on something, and how attributes of any shape are read for it."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from iacrisk.catalog.permissions import (
    Power,
)
from iacrisk.plan import UNKNOWN
from iacrisk.plan.values import members
from iacrisk.rules.readers.access.policy_changes import UNKNOWN_TEXT

Tree = dict[str, Any]


class RoleGrant(msgspec.Struct, frozen=True, kw_only=True):
    """`principal` holds `role` on `scope`; `power` says how much that is."""

    principal: str
    role: str
    scope: str
    power: Power = Power.ORDINARY
    condition: str = ""

    @property
    def is_public(self) -> bool:
        """Whether everybody, or everybody with any account, holds it."""
        return self.principal in PUBLIC_PRINCIPALS

    @property
    def is_known(self) -> bool:
        """Whether role and scope are known at plan time."""
        return UNKNOWN_TEXT not in {self.role, self.scope}

    @property
    def text(self) -> str:
        """As a person would say it."""
        return f"{self.role} on {self.scope or 'all'} for {self.principal}"


PUBLIC_PRINCIPALS: Final = frozenset(
    {
        "Group system:authenticated",
        "Group system:unauthenticated",
        "User system:anonymous",
        "allAuthenticatedUsers",
        "allUsers",
    }
)
HOLDERS: Final = "those who hold it"


def text_of(value: Any) -> str:
    """The value as text, unknown included."""
    return UNKNOWN_TEXT if value is UNKNOWN else "" if value is None else str(value)


def first(value: Any) -> Tree:
    """The one block, whether the provider wraps it in a list or not."""
    if isinstance(value, dict):
        return value
    return next(iter(members(value)), {})


def all_texts(value: Any) -> list[str]:
    if value is None or value == "":
        return []
    return [text_of(item) for item in value] if isinstance(value, list) else [text_of(value)]


def joined(tree: Tree, names: tuple[str, ...]) -> str:
    return " ".join(filter(None, (text for name in names for text in all_texts(tree.get(name)))))


def decoded(value: Any, shape: type = dict) -> Any:
    try:
        decoded = msgspec.json.decode(value) if isinstance(value, str) else value
    except (msgspec.DecodeError, RecursionError):
        decoded = None
    if isinstance(decoded, shape):
        return decoded
    return {} if shape is dict else None

"""The closed words of the catalogue, and the value it answers with."""

from enum import StrEnum

import msgspec


class ResourceClass(StrEnum):
    """What is hurt when a resource of the type is destroyed or changed."""

    STATEFUL = "STATEFUL"
    """Holds data."""
    CONTAINER = "CONTAINER"
    """Deleting it deletes what is inside, seen or not."""
    ENCRYPTION = "ENCRYPTION"
    """Keys, and what decides which key is used."""
    CLUSTER = "CLUSTER"
    """Control planes and pools of nodes."""
    IDENTITY = "IDENTITY"
    """Who may do what: principals, grants, credentials."""
    NETWORK_PATH = "NETWORK_PATH"
    """The way packets go: networks, routes, filters, addresses."""
    ENTRY_POINT = "ENTRY_POINT"
    """Where clients come in: load balancers, DNS, certificates, APIs."""
    CONTROL = "CONTROL"
    """Guards, detection, alarms, backups."""
    COMPUTE = "COMPUTE"
    """What runs, and what makes it run."""
    STATELESS = "STATELESS"
    """Made again by the next apply with nothing lost."""
    OTHER = "OTHER"
    """None of these, or not known."""


class Basis(StrEnum):
    """How we know: a person's reasoning, the shape of the name, or not at all."""

    CURATED = "curated"
    PATTERN = "pattern"
    UNKNOWN = "unknown"


class ResourceType(msgspec.Struct, frozen=True, kw_only=True):
    """What one resource type means."""

    name: str
    provider: str
    """The part of the name before its first underscore."""
    resource_class: ResourceClass
    stateful: bool
    """Deleting it can lose data."""
    recoverability: float
    """From 0, gone for good, to 1, a re-apply brings it back with nothing lost."""
    authoritative: bool
    """Owns a whole list: what others added to it is removed."""
    carrier: bool
    """Harm to it travels on to what uses it; otherwise it is itself the victim."""
    basis: Basis
    note: str = ""
    """What is lost or how long it takes, for a curated type."""

    @property
    def is_made_again(self) -> bool:
        """Whether the next apply brings an object of the type back with nothing lost."""
        return self.resource_class is ResourceClass.STATELESS or self.recoverability >= 0.9

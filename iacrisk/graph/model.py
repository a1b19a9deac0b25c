"""Nodes, references and what a walk over them yields."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from iacrisk.plan import ResourceChange


class NodeKind(StrEnum):
    """What a node stands for. Only the first three are resources; the rest are passed through."""

    RESOURCE = "resource"
    DATA = "data"
    DEPOSED = "deposed"
    OUTPUT = "output"
    INPUT = "input"
    LOCAL = "local"
    INSTANCES = "instances"
    MODULE = "module"
    PROVIDER = "provider"


RESOURCE_KINDS = frozenset({NodeKind.RESOURCE, NodeKind.DATA, NodeKind.DEPOSED})


class Origin(StrEnum):
    """Where an edge comes from, most trusted first."""

    REFERENCE = "reference"
    DEPENDS_ON = "depends_on"
    PROVIDER = "provider"
    PRIOR_STATE = "prior state"
    MATCHING_VALUE = "matching value"
    RULE = "rule"
    """No edge: a rule found out that one hurts the other."""


class Precision(StrEnum):
    """Between which instances an edge runs, and how sure that is."""

    EXACT = "exact"
    BY_KEY = "same key"
    ALL_INSTANCES = "all instances"
    INFERRED = "inferred"
    WEAK = "weak"


class Reference(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Why an edge exists: `argument` of the referrer mentions `text`.

    `attribute` is the attribute of the target that is consumed, "" where that is not known or
    the whole object is meant.
    """

    origin: Origin
    precision: Precision
    argument: str = ""
    text: str = ""
    attribute: str = ""


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """A resource instance, or something that values pass through on their way.

    `block` is a resource's address without any instance key, as the prior state writes it.
    """

    label: str
    kind: NodeKind
    type: str = ""
    module: str = ""
    block: str = ""
    change: ResourceChange | None = None

    @property
    def is_resource(self) -> bool:
        """Whether this is a resource instance, a data source or a deposed object."""
        return self.kind in RESOURCE_KINDS

    @property
    def is_root_output(self) -> bool:
        """Whether this is an output of the root module, read by who knows whom outside."""
        return self.kind is NodeKind.OUTPUT and not self.module


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """One resource instance uses another, directly or through values passed between modules.

    `node` is the other end. `reference` is the edge at the used resource (which attribute is
    consumed), `argument` the user's argument, `through` the values in between.
    """

    node: Node
    reference: Reference
    argument: str
    through: tuple[str, ...] = ()


class Unresolved(msgspec.Struct, frozen=True, kw_only=True):
    """A reference that could not be followed, and why."""

    address: str
    reference: str
    why: str

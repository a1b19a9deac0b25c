"""The shape of plan JSON, as far as iacrisk reads it.

Field meaning: https://developer.hashicorp.com/terraform/internals/json-format. Values stay
`msgspec.Raw` until somebody asks, because nine tenths of a plan's bytes belong to attributes
that nobody has to look at. Keys that Terraform adds later are ignored.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Raw

NULL = Raw(b"null")
PathStep = str | int


class Wire(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Base of the wire values."""


class Change(Wire, frozen=True, kw_only=True):
    """The `change` object of a resource or output."""

    actions: tuple[str, ...]
    before: Raw = NULL
    after: Raw = NULL
    after_unknown: Raw = NULL
    before_sensitive: Raw = NULL
    after_sensitive: Raw = NULL
    replace_paths: tuple[tuple[PathStep, ...], ...] | None = None
    importing: dict[str, Any] | None = None
    generated_config: str | None = None


class ResourceChange(Wire, frozen=True, kw_only=True):
    """One entry of `resource_changes` or `resource_drift`."""

    address: str
    change: Change
    type: str = ""
    name: str = ""
    mode: str = "managed"
    module_address: str | None = None
    previous_address: str | None = None
    index: str | int | float | None = None
    deposed: str | bool | None = None
    provider_name: str | None = None
    action_reason: str | None = None


class DeferredChange(Wire, frozen=True, kw_only=True):
    """One entry of `deferred_changes`: Terraform could not plan it yet."""

    resource_change: ResourceChange
    reason: str = "unknown"


class StateResource(Wire, frozen=True, kw_only=True):
    """A resource instance in `prior_state` or `planned_values`."""

    address: str
    type: str = ""
    name: str = ""
    mode: str = "managed"
    index: str | int | float | None = None
    depends_on: tuple[str, ...] | None = None
    deposed_key: str | None = None
    values: Raw = NULL
    sensitive_values: Raw = NULL


class StateModule(Wire, frozen=True, kw_only=True):
    """A module in a values tree."""

    address: str = ""
    resources: tuple[StateResource, ...] | None = None
    child_modules: tuple[StateModule, ...] | None = None


class Values(Wire, frozen=True, kw_only=True):
    """A values tree."""

    root_module: StateModule | None = None
    outputs: dict[str, Raw] | None = None


class PriorState(Wire, frozen=True, kw_only=True):
    """The refreshed state before the change."""

    values: Values | None = None


class ConfigResource(Wire, frozen=True, kw_only=True):
    """A resource block; its address is relative to the module and has no key."""

    address: str
    type: str = ""
    name: str = ""
    mode: str = "managed"
    provider_config_key: str = ""
    expressions: dict[str, Any] | None = None
    count_expression: dict[str, Any] | None = None
    for_each_expression: dict[str, Any] | None = None
    depends_on: tuple[str, ...] | None = None
    provisioners: tuple[dict[str, Any], ...] | None = None


class ConfigOutput(Wire, frozen=True, kw_only=True):
    """An output block."""

    expression: dict[str, Any] | None = None
    depends_on: tuple[str, ...] | None = None
    sensitive: bool = False


class ConfigVariable(Wire, frozen=True, kw_only=True):
    """A variable block."""

    default: Raw = NULL
    sensitive: bool = False


class ModuleCall(Wire, frozen=True, kw_only=True):
    """A module block with the module it calls."""

    source: str = ""
    module: ConfigModule = msgspec.field(default_factory=lambda: ConfigModule())  # noqa: PLW0108 - defined below
    expressions: dict[str, Any] | None = None
    count_expression: dict[str, Any] | None = None
    for_each_expression: dict[str, Any] | None = None
    depends_on: tuple[str, ...] | None = None
    version_constraint: str | None = None


class ConfigModule(Wire, frozen=True, kw_only=True):
    """A module's configuration."""

    resources: tuple[ConfigResource, ...] | None = None
    module_calls: dict[str, ModuleCall] | None = None
    outputs: dict[str, ConfigOutput] | None = None
    variables: dict[str, ConfigVariable] | None = None


class ProviderConfig(Wire, frozen=True, kw_only=True):
    """A provider block."""

    name: str = ""
    full_name: str = ""
    alias: str = ""
    module_address: str = ""
    version_constraint: str | None = None
    expressions: dict[str, Any] | None = None


class Configuration(Wire, frozen=True, kw_only=True):
    """The configuration the plan was made from."""

    root_module: ConfigModule = msgspec.field(default_factory=ConfigModule)
    provider_config: dict[str, ProviderConfig] | None = None


class Variable(Wire, frozen=True, kw_only=True):
    """The value of a root variable, in clear even when sensitive."""

    value: Any = None


class Plan(Wire, frozen=True, kw_only=True):
    """The whole document."""

    format_version: str = ""
    terraform_version: str = ""
    timestamp: str = ""
    applyable: bool | None = None
    complete: bool | None = None
    errored: bool | None = None
    variables: dict[str, Variable] | None = None
    resource_changes: tuple[ResourceChange, ...] | None = None
    resource_drift: tuple[ResourceChange, ...] | None = None
    output_changes: dict[str, Change] | None = None
    deferred_changes: tuple[DeferredChange, ...] | None = None
    action_invocations: tuple[dict[str, Any], ...] | None = None
    deferred_action_invocations: tuple[dict[str, Any], ...] | None = None
    prior_state: PriorState | None = None
    planned_values: Values | None = None
    values: Any = None
    """Never in a plan; a state has it."""
    configuration: Configuration | None = None

"""The plan as a whole."""

from __future__ import annotations

from collections.abc import Hashable
from enum import StrEnum
from functools import cached_property
from typing import Any

import msgspec

from iacrisk.plan import wire
from iacrisk.plan.change import ActionKind, AttributeCache, ResourceChange
from iacrisk.plan.redaction import Redactor, find_secrets


class Doubt(StrEnum):
    """A reason why the plan cannot be fully judged."""

    ERRORED = "errored"
    INCOMPLETE = "incomplete"
    DEFERRED = "deferred"
    UNKNOWN_ACTION = "unknown-action"
    UNKNOWN_FORMAT = "unknown-format"
    CHANGES_MISSING = "changes-missing"
    ACTION_INVOCATION = "action-invocation"
    RULE_FAILED = "rule-failed"
    MODEL_UNUSABLE = "model-unusable"
    CONFIGURATION_UNREAD = "configuration-unread"


class DoubtFound(msgspec.Struct, frozen=True, kw_only=True):
    """A doubt with what to do about it; the texts hold no plan value."""

    doubt: Doubt
    problem: str
    remedy: str
    addresses: tuple[str, ...] = ()


class Plan:
    """A decoded plan; the changes are sorted by address, whatever order the file had."""

    def __init__(self, document: wire.Plan) -> None:
        """Wrap the decoded document."""
        self.document = document
        self.index: dict[Hashable, Any] = {}
        """Look-ups over the plan that somebody made once, by a key of their own."""
        cache = AttributeCache()
        raw_changes = sorted(document.resource_changes or (), key=_identity)
        self.changes = tuple(ResourceChange(raw, cache) for raw in raw_changes)
        self.drift = tuple(
            ResourceChange(raw, cache)
            for raw in sorted(document.resource_drift or (), key=_identity)
        )

    @cached_property
    def redactor(self) -> Redactor:
        """The only maker of text that may be shown."""
        return Redactor(find_secrets(self.document))

    @cached_property
    def by_label(self) -> dict[str, ResourceChange]:
        """The changes by address and deposed key."""
        return {change.label: change for change in self.changes}

    @cached_property
    def pending(self) -> tuple[ResourceChange, ...]:
        """The changes that do something: not the no-ops, save moves and imports."""
        return tuple(
            change
            for change in self.changes
            if change.kind is not ActionKind.NO_OP or change.is_moved or change.imports
        )

    @property
    def is_destroy(self) -> bool:
        """Whether this looks like `terraform plan -destroy`: every managed object goes."""
        managed = [change for change in self.changes if change.mode == "managed"]
        return bool(managed) and all(
            change.kind is ActionKind.DELETE and change.action_reason is None for change in managed
        )

    @property
    def variables(self) -> dict[str, Any]:
        """The root variables' values."""
        return {name: item.value for name, item in (self.document.variables or {}).items()}

    def doubts(self) -> tuple[DoubtFound, ...]:
        """Why the plan cannot be fully judged, gravest first."""
        return tuple(_doubts(self))


def _identity(raw: wire.ResourceChange) -> tuple[str, str]:
    return raw.address, str(raw.deposed or "")


def _doubts(plan: Plan) -> list[DoubtFound]:
    document = plan.document
    found: list[DoubtFound] = []

    def doubt(kind: Doubt, problem: str, remedy: str, addresses: tuple[str, ...] = ()) -> None:
        found.append(DoubtFound(doubt=kind, problem=problem, remedy=remedy, addresses=addresses))

    if document.errored:
        doubt(
            Doubt.ERRORED,
            "Terraform stopped with an error while planning; the plan is partial.",
            "Fix the error and plan again.",
        )
    major = document.format_version.partition(".")[0]
    if not (major.isascii() and major.isdigit()):
        doubt(
            Doubt.UNKNOWN_FORMAT,
            "The format_version is not a version number.",
            "Use the untouched output of `terraform show -json`.",
        )
    if not document.resource_changes and _plans_resources(document):
        doubt(
            Doubt.CHANGES_MISSING,
            "The plan lists planned values but no resource_changes, so what it does is unknown.",
            "Use the untouched output of `terraform show -json`.",
        )
    unknown = tuple(change.label for change in plan.changes if change.kind is ActionKind.UNKNOWN)
    if unknown:
        doubt(
            Doubt.UNKNOWN_ACTION,
            "Some changes carry actions that this release does not know.",
            "Update iacrisk, or have a person read these changes.",
            unknown,
        )
    if document.complete is False:
        doubt(
            Doubt.INCOMPLETE,
            "The plan is incomplete: -target was used or changes were deferred, "
            "so dependents may be missing.",
            "Plan without -target, or apply in steps and judge each.",
        )
    deferred = tuple(
        sorted(item.resource_change.address for item in document.deferred_changes or ())
    )
    if deferred:
        doubt(
            Doubt.DEFERRED,
            "Terraform deferred some changes; what they will do is not known yet.",
            "Apply what is known, then plan and judge the rest.",
            deferred,
        )
    invocations = (
        *(document.action_invocations or ()),
        *(document.deferred_action_invocations or ()),
    )
    if invocations:
        doubt(
            Doubt.ACTION_INVOCATION,
            "The plan invokes provider actions, whose effect is not in the plan.",
            "Have a person read what these actions do.",
            tuple(sorted(str(item.get("address", "(no address)")) for item in invocations)),
        )
    return found


def _plans_resources(document: wire.Plan) -> bool:
    values = document.planned_values
    modules = [values.root_module] if values and values.root_module else []
    while modules:
        module = modules.pop()
        if module.resources:
            return True
        modules += module.child_modules or ()
    return False

"""S15, S16, S20-S23: what only the text of the configuration tells, given the one before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.patterns import regex
from iacrisk.plan import UNKNOWN, ActionKind, Path, ResourceChange, lookup
from iacrisk.rules.context import Context
from iacrisk.rules.rule import (
    DESTROYS,
    Confidence,
    Flag,
    Harm,
    Outcome,
    Severity,
    Undecided,
    plan_rule,
    rule,
)
from iacrisk.rules.state.severity import severity_of_loss

_STEP: Final = regex(r"\[(?P<index>\d+)\]|\[\"(?P<key>[^\"]*)\"\]|(?P<name>[^.\[\]\"]+)")
_ASKED_FOR: Final = frozenset(
    {"replace_by_request", "replace_because_tainted", "replace_by_triggers"}
)


@rule(
    id="S15",
    name="version-jump-with-destruction",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
    kinds=DESTROYS,
)
def version_jump(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A provider or module is upgraded by more than a patch, and the same plan destroys.

    What it flags
        A replacement by a provider whose locked version changed in its first or second number,
        and a destroy or replacement inside a module whose `version` or Git `ref` did. Needs the
        base configuration (`--base`) and, for providers, `.terraform.lock.hcl` in both.

    Why it matters
        New defaults, renamed arguments and split resources of an upgrade are the commonest cause
        of replacements that nobody meant.

    When it is fine
        The upgrade guide announces the replacement and the object can be made anew; or the
        replacement has a reason of its own.

    What to do instead
        Upgrade in a change of its own, whose plan is empty; add `moved` blocks where the guide
        names them.

    References
        Incidents R033, R034, R035, R043, R044, R046, R080, R081.
    """
    severity = severity_of_loss(context.type_of(change))
    if severity is None or not change.destroys or change.action_reason in _ASKED_FOR:
        return
    cause = _upgrade(change, context)
    if cause:
        fate = "replaced" if change.kind is ActionKind.REPLACE else "destroyed"
        yield Flag(
            what=f"{cause} in the same change, and it is {fate}.",
            severity=min(severity, Severity.HIGH),
        )


@rule(
    id="S16",
    name="ignore-changes-removed",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.UPDATE, ActionKind.REPLACE},
)
def ignore_changes_removed(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """What ignore_changes kept out of Terraform's hands is now overwritten.

    What it flags
        A path that left `ignore_changes` and that the plan changes. Needs the base configuration
        (`--base`). A path that left it and stays as it is passes.

    Why it matters
        Such paths are owned by somebody else: an autoscaler, a deployment, a rotation. The apply
        puts back the value that stood in the configuration all along.

    When it is fine
        Terraform is to own the value from now on, and the configuration holds the current one.

    What to do instead
        First write the live value into the configuration, so that the plan is empty, then remove
        the entry.

    References
        https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle
    """
    dropped = context.source.edits.no_longer_ignored
    paths = dropped.get(change.block_address, ()) if dropped else ()
    if not paths:
        return
    changed = tuple(_changed_paths(change, paths))
    known = tuple(path for path in changed if change.planned(path) is not UNKNOWN)
    if known:
        names = ", ".join(sorted({str(path[0]) for path in known}))
        yield Flag(what=f"ignore_changes no longer covers it: {names} is reset.", paths=known)
    elif changed:
        yield Undecided(why="what ignore_changes covered is known after apply", paths=changed)


@rule(
    id="S20",
    name="create-before-destroy-dropped",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.REPLACE},
)
def create_first_dropped(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """create_before_destroy was taken away, and now the object goes before its successor is there.

    What it flags
        A replacement that destroys first, of a block that had `create_before_destroy = true` in
        the base configuration (`--base`). Where dependents still force the order, it passes.

    Why it matters
        The setting was what kept the service up during a replacement.

    When it is fine
        Two of them cannot exist at the same time, and the gap is planned.

    What to do instead
        Keep the setting; give the new object a name of its own (`name_prefix`).

    References
        https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle
    """
    dropped = context.source.edits.no_longer_creates_first
    if not dropped or change.block_address not in dropped:
        return
    if change.creates_first or not change.destroys:
        return
    severity = severity_of_loss(context.type_of(change))
    if severity is not None:
        yield Flag(
            what="It had create_before_destroy, and is now destroyed first.",
            severity=Severity.HIGH if severity >= Severity.HIGH else Severity.MEDIUM,
        )


@plan_rule(
    id="S21",
    name="backend-changed",
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
)
def backend_changed(context: Context) -> Iterator[Outcome]:
    """The state is kept elsewhere from now on.

    What it flags
        A `backend` or `cloud` block that differs from the base configuration (`--base`). It is
        grave where the plan only creates and nothing exists before it: the new place is empty.
        Arguments given on the command line of `terraform init` are not seen.

    Why it matters
        A state that was not taken along looks like a new root module. The apply builds
        everything a second time, and the old objects are nobody's.

    When it is fine
        The state was migrated (`terraform init -migrate-state`) before this plan was made.

    What to do instead
        Migrate first, and see that the plan is empty.

    References
        Incident R002.
    """
    change = context.source.edits.backend_change
    if not change:
        return
    pending = context.plan.pending
    managed = [item for item in context.plan.changes if item.mode == "managed"]
    if pending and all(item.kind is ActionKind.CREATE for item in managed):
        yield Flag(
            what=f"The backend changed ({change}) and the plan creates everything anew.",
            severity=Severity.HIGH,
        )
    else:
        yield Flag(what=f"The backend changed ({change}).")


@rule(
    id="S22",
    name="destroy-time-provisioner",
    severity=Severity.MEDIUM,
    confidence=Confidence.LOW,
    harm=Harm.AVAILABILITY,
    kinds=DESTROYS,
)
def destroy_time_provisioner(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A program runs when the object is destroyed, or was meant to and does not.

    What it flags
        The destroy of an object whose block has a provisioner with `when = destroy`, which runs
        then; and of one whose block lost it or is gone, so that its clean-up does not run. Needs
        the base configuration (`--base`). With create-before-destroy, and for tainted objects,
        Terraform does not run it.

    Why it matters
        The plan shows neither that a program runs nor what it does. A clean-up that does not run
        leaves registrations, records or nodes behind.

    When it is fine
        The program was read, and what it does is wanted.

    What to do instead
        To have it run, first destroy the object while its block stands (`count = 0`), then remove
        the block.

    References
        https://developer.hashicorp.com/terraform/language/resources/provisioners/syntax
    """
    edits = context.source.edits
    if not change.destroys or not (edits.acts_on_destroy or edits.lost_destroy_action):
        return
    block = change.block_address
    if block in edits.acts_on_destroy:
        if not change.creates_first and change.action_reason != "replace_because_tainted":
            yield Flag(what="A provisioner runs when it is destroyed; no plan shows what it does.")
    elif block in edits.lost_destroy_action:
        yield Flag(
            what="Its clean-up at destroy is gone from the configuration and does not run.",
            severity=Severity.LOW,
            confidence=Confidence.HIGH,
        )


@rule(
    id="S23",
    name="replacement-trigger-added",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.REPLACE},
)
def replacement_trigger_added(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A new entry of replace_triggered_by replaces the object right away.

    What it flags
        A replacement with the reason "triggers" of a block whose `replace_triggered_by` names
        more than in the base configuration (`--base`).

    Why it matters
        From now on each change of the named resource replaces this one, however small.

    When it is fine
        The object holds nothing and its users can wait.

    What to do instead
        Name the one attribute that matters instead of the whole resource.

    References
        https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle
    """
    new = context.source.edits.new_triggers
    triggers = new.get(change.block_address, ()) if new else ()
    severity = severity_of_loss(context.type_of(change))
    if not triggers or severity is None or change.action_reason != "replace_by_triggers":
        return
    yield Flag(
        what=f"It is replaced because replace_triggered_by now names {', '.join(triggers)}.",
        severity=severity if severity is Severity.CRITICAL else _unless_first(severity, change),
    )


def _unless_first(severity: Severity, change: ResourceChange) -> Severity:
    return min(severity, Severity.MEDIUM) if change.creates_first else severity


def _upgrade(change: ResourceChange, context: Context) -> str:
    edits = context.source.edits
    provider = edits.provider_jumps.get(change.raw.provider_name or "")
    if provider and change.kind is ActionKind.REPLACE:
        return f"The provider's version changed ({provider})"
    for module, jump in edits.module_jumps.items():
        if change.block_address.startswith(f"{module}."):
            return f"The version of {module} changed ({jump})"
    return ""


def _changed_paths(change: ResourceChange, ignored: tuple[str, ...]) -> Iterator[Path]:
    """The paths among `ignored` that differ; below a set, where no index leads, the whole of it."""
    if "all" in ignored:
        yield from dict.fromkeys(item.path[:1] for item in change.differences())
        return
    for text in ignored:
        path = _path(text)
        while len(path) > 1 and lookup(change.before, path) is change.planned(path) is None:
            path = path[:-1]
        if path and lookup(change.before, path) != change.planned(path):
            yield path


def _path(text: str) -> Path:
    """`tags["Name"]` or `root_block_device[0].size` as a path."""
    steps: list[str | int] = []
    for match in _STEP.finditer(text):
        index, key, name = match.group("index", "key", "name")
        steps.append(int(index) if index is not None else key if key is not None else name)
    return tuple(steps)

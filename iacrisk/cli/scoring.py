"""`iacrisk score`: one plan or several, in one run with one verdict."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from iacrisk.assess import Assessment
from iacrisk.cli import commands
from iacrisk.cli.answer import Answer, emit_lines, failure_of
from iacrisk.cli.checkout import main_file, repository, seen_from
from iacrisk.cli.output import Outputs
from iacrisk.errors import UnreadableInput
from iacrisk.plan import STDIN
from iacrisk.report.batch import Batch, Fault, JudgedPlan, by_gravity

PLAN_NAMES: Final = ("plan.json", "plan.json.gz")
"""How the name of a plan ends that is looked for in a folder."""
_LEFT_ALONE: Final = frozenset({"node_modules"})


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """How each plan is judged, and where the decision is recorded."""

    inputs: commands.Inputs
    approving: commands.Approving = commands.NO_APPROVALS
    audit: Path | None = None


def score(plans: Sequence[str], task: Task, outputs: Outputs, answer: Answer) -> int:
    """Write the reports; returns the exit code of the worst verdict.

    A plan that cannot be judged is told beside the others.
    """
    several = len(plans) > 1 or any(map(_is_folder, plans))
    inputs = msgspec.structs.replace(task.inputs, one_of_several=several)
    task = msgspec.structs.replace(task, inputs=inputs)
    judged = by_gravity(_judge(name, task) for name in dict.fromkeys(_names(plans)))
    root = repository()
    batch = Batch(
        plans=judged,
        several=several,
        soft=answer.soft,
        folder=seen_from(root, Path.cwd()),
        root=root.as_posix(),
    )
    outputs.write(batch)
    for item in judged:
        if item.fault and not several and not answer.is_atlantis:
            remedy = f"\n{item.fault.remedy}" if item.fault.remedy else ""
            emit_lines(f"iacrisk: {item.fault.problem}{remedy}")
        if item.assessment is not None:
            _record(item.assessment, task.audit)
    return batch.exit_code


def _names(plans: Sequence[str]) -> Iterator[str]:
    """The plans, with folders replaced by those in them; a folder without one stays."""
    for plan in plans:
        found = sorted(_plans_in(Path(plan))) if _is_folder(plan) else [plan]
        yield from found or [plan]


def _is_folder(plan: str) -> bool:
    return plan != STDIN and Path(plan).is_dir()


def _plans_in(folder: Path) -> Iterator[str]:
    for where, folders, files in os.walk(folder):
        folders[:] = [
            name for name in folders if not name.startswith(".") and name not in _LEFT_ALONE
        ]
        for name in files:
            if name.endswith(PLAN_NAMES):
                yield (Path(where) / name).as_posix()


def _judge(name: str, task: Task) -> JudgedPlan:
    inputs = msgspec.structs.replace(task.inputs, plan=name)
    beside = Path() if name == STDIN else Path(name).parent
    main = main_file(inputs.source or beside)
    try:
        if _is_folder(name):
            raise UnreadableInput(
                f"{name} holds no plan.",
                f"Plans in a folder are files whose names end in {' or '.join(PLAN_NAMES)}; "
                "others are named one by one.",
            )
        return JudgedPlan(name=name, main=main, assessment=_assess(inputs, task.approving))
    except Exception as error:  # noqa: BLE001 - one plan's trouble does not hide the others
        failure = failure_of(error)
        fault = Fault(problem=failure.problem, remedy=failure.remedy, exit_code=failure.exit_code)
        return JudgedPlan(name=name, main=main, fault=fault)


def _assess(inputs: commands.Inputs, approving: commands.Approving) -> Assessment:
    assessment = commands.assess_for_gate(inputs)
    if approving.folder is None:
        return assessment
    from iacrisk.cli.approvals import considered  # noqa: PLC0415 - only with approvals

    return considered(assessment, inputs, approving)


def _record(assessment: Assessment, audit: Path | None) -> None:
    if audit is not None:
        from iacrisk.audit import decision_made, record  # noqa: PLC0415 - only with --audit

        record(audit, decision_made(assessment), datetime.datetime.now(tz=datetime.UTC))

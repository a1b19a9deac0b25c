"""The JSON report of a run: one plan's report as it is, or several in one document."""

from __future__ import annotations

import msgspec

from iacrisk.report.batch import Batch, JudgedPlan
from iacrisk.report.json_report import SCHEMA_VERSION, Item, Report, to_report


class FaultItem(Item, frozen=True, kw_only=True):
    """Why a plan could not be judged."""

    problem: str
    remedy: str


class PlanItem(Item, frozen=True, kw_only=True):
    """One plan of a run: its report, or the fault."""

    plan: str
    verdict: str
    report: Report | None
    fault: FaultItem | None


class RunReport(Item, frozen=True, kw_only=True):
    """Several plans judged in one run, the gravest first; the worst verdict decides."""

    schema_version: str
    verdict: str
    exit_code: int
    soft: bool
    plans: list[PlanItem]


def render_json_batch(batch: Batch) -> str:
    """Indented JSON with a final newline; a single plan that was faulty has no report."""
    told: Report | RunReport
    if batch.several or batch.plans[0].assessment is None:
        told = _to_run_report(batch)
    else:
        told = _report(batch.plans[0], batch) or _to_run_report(batch)
    return msgspec.json.format(msgspec.json.encode(told), indent=2).decode() + "\n"


def _to_run_report(batch: Batch) -> RunReport:
    return RunReport(
        schema_version=SCHEMA_VERSION,
        verdict=batch.verdict,
        exit_code=batch.exit_code,
        soft=batch.soft,
        plans=[_item(judged, batch) for judged in batch.plans],
    )


def _item(judged: JudgedPlan, batch: Batch) -> PlanItem:
    fault = judged.fault
    return PlanItem(
        plan=judged.name,
        verdict=judged.verdict,
        report=_report(judged, batch),
        fault=FaultItem(problem=fault.problem, remedy=fault.remedy) if fault else None,
    )


def _report(judged: JudgedPlan, batch: Batch) -> Report | None:
    if judged.assessment is None:
        return None
    return msgspec.structs.replace(to_report(judged.assessment), soft=batch.soft)

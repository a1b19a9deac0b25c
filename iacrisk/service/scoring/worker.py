"""Judges one plan in a process of its own, which ends with it.

The process has a limit on its address space; its parent stops it when its time is over. Whatever
goes wrong here is told as a plan that was not judged.
"""

from __future__ import annotations

import datetime
import os
import resource
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

import msgspec

from iacrisk.approval import Situation, bond_of, draft_of, held_by
from iacrisk.assess import Assessment, Circumstances, assess
from iacrisk.classifier import HitModel, Model, load_hit_model, load_model
from iacrisk.classifier.loading import place_of
from iacrisk.config import Settings, read_settings
from iacrisk.errors import IacriskError, InputError, UnusableModel
from iacrisk.gate import ModelUse, Policy
from iacrisk.plan import decode_plan
from iacrisk.report.json_report import to_report
from iacrisk.report.page.view import view_of
from iacrisk.service.scoring.case import Case, write_case
from iacrisk.service.scoring.job import Job, Result, Scored, Unscored

_MB: Final = 1024 * 1024


def run_job(channel: Connection, job: Job, memory_mb: int, seconds: int) -> None:
    """Judge the plan and send the result."""
    _silence()
    _limit(memory_mb, seconds)
    result = _judge(job)
    channel.send_bytes(msgspec.msgpack.encode(result))
    channel.close()


def read_result(data: bytes) -> Result:
    """The result as it was sent."""
    result: Result = msgspec.msgpack.decode(data, type=Result)
    return result


def _silence() -> None:
    """What rules of packages print may hold values of the plan, and has no place in a log."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nothing, stream)
    os.close(nothing)


def _limit(memory_mb: int, seconds: int) -> None:
    """No more memory than allowed, no core file, and an end of its own should the parent die."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb * _MB, memory_mb * _MB))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds + 5, seconds + 10))


def _judge(job: Job) -> Result:
    try:
        return score_plan(job)
    except InputError as error:
        return Unscored(problem=f"{error.problem} {error.remedy}".strip())
    except IacriskError as error:
        return Unscored(problem=str(error))
    except MemoryError:
        return Unscored(problem="The plan needs more memory than scoring.memory_mb allows.")
    except RecursionError:
        return Unscored(problem="The plan is nested too deeply to be judged.")
    except Exception as error:  # noqa: BLE001 - a front door: never pass, never show a value
        return Unscored(problem=f"iacrisk failed ({type(error).__name__}). This is a bug.")


def score_plan(job: Job) -> Scored:
    """Judge the plan in this process; raises what the pipeline raises."""
    settings = read_settings(Path(job.policy)) if job.policy else Settings()
    plan = decode_plan(Path(job.plan).read_bytes())
    model, problem = _model(settings.policy)
    around = Circumstances(
        today=datetime.datetime.now(tz=datetime.UTC).date(),
        workspace=job.workspace,
        environment=job.environment,
        model_problem=problem,
        own=settings.own,
    )
    assessment = assess(plan, settings.policy, around, model, _naming(settings.policy))
    return _scored(assessment, Situation(workspace=job.workspace, subject=job.subject))


def _scored(assessment: Assessment, situation: Situation) -> Scored:
    bond = bond_of(assessment, situation)
    case = Case(
        verdict=assessment.decision.verdict,
        bond=bond,
        held=held_by(assessment),
        approvals=assessment.policy.approvals,
        draft=draft_of(assessment, situation),
        named=assessment.told.authors,
    )
    return Scored(
        verdict=assessment.decision.verdict,
        score=assessment.score,
        fingerprint=bond.plan.strict,
        loose_fingerprint=bond.plan.loose,
        report=msgspec.json.encode(to_report(assessment)),
        case=write_case(case),
        view=msgspec.json.encode(view_of(assessment)),
    )


def _model(policy: Policy) -> tuple[Model | None, str]:
    """The model to ask, or why there is none."""
    if policy.model.use is ModelUse.OFF:
        return None, ""
    try:
        return load_model(*place_of(policy.model.folder, policy.model.allowed_signers)), ""
    except UnusableModel as error:
        return None, str(error)


def _naming(policy: Policy) -> HitModel | None:
    if policy.model.use is ModelUse.OFF:
        return None
    try:
        return load_hit_model(*place_of(policy.model.folder, policy.model.allowed_signers))
    except UnusableModel:
        return None

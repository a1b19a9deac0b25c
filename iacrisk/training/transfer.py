"""What carries over: services that training did not see, and what rules' verdicts would add."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np

from iacrisk.classifier import Combination
from iacrisk.training.attribution import Bags, chances, plan_chances
from iacrisk.training.calibration import calibrated, fit_beta
from iacrisk.training.encoding import Flags, Matrix, Vector, encode, steps_of
from iacrisk.training.examples import Example
from iacrisk.training.metrics import auc, interval
from iacrisk.training.splits import folds
from iacrisk.training.tables import Ablation, Transfer

SERVICES: Final[Mapping[str, tuple[str, ...]]] = {
    "identity": ("aws_iam_",),
    "networks": (
        "aws_eip",
        "aws_internet_gateway",
        "aws_nat_gateway",
        "aws_network_",
        "aws_route",
        "aws_security_group",
        "aws_subnet",
        "aws_vpc",
    ),
    "balancers": ("aws_alb", "aws_lb"),
    "names": ("aws_route53_",),
    "buckets": ("aws_s3_",),
    "tables": ("aws_dynamodb_",),
    "databases": ("aws_db_", "aws_rds_", "aws_redshift_"),
    "queues": ("aws_sqs_",),
    "topics": ("aws_sns_",),
    "streams": ("aws_kinesis_",),
    "events": ("aws_cloudwatch_event_",),
    "logs and alarms": ("aws_cloudwatch_log_", "aws_cloudwatch_metric_"),
    "functions": ("aws_lambda_",),
    "containers": ("aws_ecr_", "aws_ecs_", "aws_eks_"),
    "machines": ("aws_autoscaling_", "aws_instance", "aws_launch_"),
    "keys": ("aws_kms_",),
}
"""Service families by the beginnings of their types; the longest beginning that fits counts."""

_FEWEST: Final = 10
_SUPPORT: Final = 12
_STRENGTH: Final = 0.3
_GROUPS: Final = 4


def service_of(type_: str) -> str:
    """The family of a type, "" for one of no family."""
    fitting = [
        (len(start), name)
        for name, starts in SERVICES.items()
        for start in starts
        if type_.startswith(start)
    ]
    return max(fitting)[1] if fitting else ""


def transfer(
    examples: Sequence[Example], bags: Bags, combination: Combination, bar: float
) -> tuple[list[Transfer], list[Ablation]]:
    """Services that training did not see, and the columns beside the rules' verdicts.

    All by one quick kind of model that compares with itself: logistic, blame shared out evenly
    among the suspects.
    """
    columns, verdicts = encode(bags.matrix, steps_of(bags.matrix, _SUPPORT)), _verdicts(examples)
    designs = {
        "columns": columns,
        "columns and rules' verdicts": np.column_stack([columns, verdicts]),
        "rules' verdicts": verdicts,
    }
    blame = _shared_blame(bags)
    stacks = [example.origin.stack for example in examples]
    raw: dict[str, Vector] = {}
    for name, design in designs.items():
        odds = _unseen(examples, bags, design, blame)
        raw[name] = plan_chances(chances(odds), bags.starts, combination)
    tried = [
        Ablation(columns=name, auc=str(interval(auc, found, bags.harmful, stacks)))
        for name, found in raw.items()
    ]
    services = _services(examples, bags, columns, blame, combination, bar)
    return list(services), tried


def _shared_blame(bags: Bags) -> Vector:
    suspects = np.bincount(bags.plan_of, bags.suspect, minlength=len(bags.harmful))
    return np.where(bags.suspect, 1 / np.maximum(suspects, 1)[bags.plan_of], 0.0)


def _unseen(examples: Sequence[Example], bags: Bags, design: Matrix, blame: Vector) -> Vector:
    answers = np.zeros(len(design))
    for fold in folds([example.origin for example in examples]):
        lines, seen = np.isin(bags.plan_of, fold.tested), np.isin(bags.plan_of, fold.trained)
        if lines.any() and blame[seen].any():
            answers[lines] = _fit(design[seen], blame[seen]).decision_function(design[lines])
    return answers


def _services(
    examples: Sequence[Example],
    bags: Bags,
    design: Matrix,
    blame: Vector,
    combination: Combination,
    bar: float,
) -> Iterator[Transfer]:
    """Each service that enough harmful plans change, with and without it in training.

    A plan is always judged by models that did not see its stack, so that they differ in the
    service alone.
    """
    touched = [{service_of(change.type) for change in example.changes} for example in examples]
    nothing = np.zeros(len(examples), dtype=np.bool_)
    seen = _without(examples, bags, design, blame, combination, nothing)
    for service in SERVICES:
        own = np.array([service in names for names in touched])
        harmful = bags.harmful[own]
        if harmful.sum() < _FEWEST or harmful.all() or not bags.harmful[~own].any():
            continue
        found = _without(examples, bags, design, blame, combination, own)
        calibration = fit_beta(seen[~own], bags.harmful[~own])
        yield Transfer(
            service=service,
            plans=int(own.sum()),
            harmful=int(harmful.sum()),
            auc=round(auc(found[own], harmful), 3),
            auc_seen=round(auc(seen[own], harmful), 3),
            missed=_missed(calibrated(found[own], calibration), harmful, bar),
            missed_seen=_missed(calibrated(seen[own], calibration), harmful, bar),
        )


def _without(
    examples: Sequence[Example],
    bags: Bags,
    design: Matrix,
    blame: Vector,
    combination: Combination,
    left_out: Flags,
) -> Vector:
    """The raw chance of each plan by models that saw neither its stack nor what is left out."""
    stacks = sorted({example.origin.stack for example in examples})
    groups = np.array([stacks.index(example.origin.stack) % _GROUPS for example in examples])
    odds = np.zeros(len(design))
    for group in range(_GROUPS):
        lines = (groups == group)[bags.plan_of]
        seen = ((groups != group) & ~left_out)[bags.plan_of]
        if lines.any() and blame[seen].any():
            odds[lines] = _fit(design[seen], blame[seen]).decision_function(design[lines])
    return plan_chances(chances(odds), bags.starts, combination)


def _missed(chance: Vector, harmful: Flags, bar: float) -> int:
    return int((harmful & (chance < bar)).sum())


def _verdicts(examples: Sequence[Example]) -> Matrix:
    changes = [change for example in examples for change in example.changes]
    rules = sorted({rule for change in changes for rule in change.fired})
    matrix = np.zeros((len(changes), len(rules)))
    for line, change in enumerate(changes):
        matrix[line, [rules.index(rule) for rule in change.fired]] = 1
    enough = matrix[:, matrix.sum(axis=0) >= _SUPPORT]
    return np.column_stack([enough, matrix.sum(axis=1) > 0])


def _fit(design: Matrix, blame: Vector) -> Any:
    """Each change counts as harmful as far as it is to blame, and as harmless with the rest."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - loads slowly

    blamed = blame > 0
    both = np.concatenate([design[blamed], design])
    labels = np.concatenate([np.ones(int(blamed.sum())), np.zeros(len(blame))])
    weights = np.concatenate([blame[blamed], 1 - blame])
    counted = weights > 0
    regression = LogisticRegression(C=_STRENGTH, solver="liblinear")
    return regression.fit(both[counted], labels[counted], weights[counted])

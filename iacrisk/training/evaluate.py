"""How good the model is: every table of the model card, from the committed rows.

    python -m iacrisk.training.evaluate [--rows fixtures/lab/rows] [--models models] [--check]

Writes `evaluation.json` beside the model; the documentation is generated from it. Development
stacks are judged by models that saw neither their stack nor their operator families; the stacks of
the final test by the shipped model, which saw none of their stacks.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from iacrisk.classifier import HitModel, Model, load_hit_model, load_model
from iacrisk.errors import UnusableRows
from iacrisk.training.attribution import Bags, chances, to_bags
from iacrisk.training.calibration import calibrated, calibration_error
from iacrisk.training.encoding import Flags, Vector
from iacrisk.training.examples import Example, read_examples
from iacrisk.training.fitting import KINDS
from iacrisk.training.judging import (
    Judgement,
    both,
    change_scores,
    raw_plan_chances,
    simple_judges,
    unseen_chances,
    unseen_change_chances,
    unseen_log_odds,
)
from iacrisk.training.metrics import auc, average_precision, interval, recall_at
from iacrisk.training.naming_report import who_is_hit
from iacrisk.training.prior import DATA_KEY, read_prior
from iacrisk.training.rows import rows_hash
from iacrisk.training.splits import is_final
from iacrisk.training.tables import (
    BUDGETS,
    EVALUATION_FILE,
    Evaluation,
    Figures,
    Miss,
    Named,
    SetReport,
)
from iacrisk.training.told import Told, read_pairs
from iacrisk.training.train import MODELS, ROWS, single_threaded
from iacrisk.training.transfer import transfer

_WORST: Final = 10
_HOLD: Final = 40


def main(arguments: Sequence[str] | None = None) -> None:
    """Evaluate and write, or with --check compare and fail."""
    parser = argparse.ArgumentParser(description="Evaluate the model on the lab's rows.")
    parser.add_argument("--rows", type=Path, default=ROWS)
    parser.add_argument("--models", type=Path, default=MODELS)
    parser.add_argument("--check", action="store_true", help="write nothing, fail where different")
    asked = parser.parse_args(arguments)
    if asked.check and load_model(asked.models).manifest.data["rows"] != rows_hash(asked.rows):
        sys.stdout.write("SKIPPED: there are other rows than the model was trained on.\n")
        return
    text = encode(judge_again(asked.models, asked.rows))
    target = asked.models / EVALUATION_FILE
    if not asked.check:
        target.write_bytes(text)
        sys.stdout.write(text.decode())
    elif target.read_bytes() != text:
        sys.exit(f"{target} is stale. Run: python -m iacrisk.training.evaluate")


def judge_again(models: Path, rows: Path | None = None) -> Evaluation:
    """The tables for the model in a folder, from rows, else from the examples beside it.

    Raises UnusableModel, and UnusableRows where there are no rows.
    """
    model = load_model(models)
    if rows is None:
        prior = read_prior(models, str(model.manifest.data.get(DATA_KEY, "")))
        examples, data_hash = list(prior.examples), prior.rows
    elif any(rows.glob("*.jsonl.xz")):
        examples, data_hash = read_examples(rows), rows_hash(rows)
    else:
        raise UnusableRows(f"There are no rows in {rows}.")
    with single_threaded():
        return evaluate(examples, model, data_hash, read_pairs(), load_hit_model(models))


def encode(found: Evaluation) -> bytes:
    """The evaluation as it is written."""
    return msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n"


def evaluate(
    examples: Sequence[Example],
    model: Model,
    data_hash: str,
    pairs: Sequence[Told] = (),
    hits: HitModel | None = None,
) -> Evaluation:
    """The tables for the development stacks and for the final ones.

    `pairs`: labelled plans from elsewhere, for `hits`, the model that says whom a change hurts.
    """
    clear = [example for example in examples if not example.is_between]
    seen = [example for example in clear if not is_final(example.origin.stack)]
    final = [example for example in clear if is_final(example.origin.stack)]
    bags = to_bags(seen)
    [kind] = [kind for kind in KINDS if kind.name == model.manifest.kind]
    log_odds = unseen_log_odds([kind], seen, bags)[kind.name]
    raw = raw_plan_chances(log_odds, bags, model.artifact.combination)
    sets = [_development(seen, bags, log_odds, raw, model)]
    if any(example.harmful for example in final):
        sets.append(_final(final, model))
    services, tried = transfer(seen, bags, model.artifact.combination, model.artifact.hold)
    return Evaluation(
        rows=data_hash,
        model=model.manifest.sha256,
        kind=model.manifest.kind,
        sets=tuple(sets),
        between=len(examples) - len(clear),
        between_held_by_rules=round(_held_by_rules(examples), 3),
        who=tuple(who_is_hit(_told(seen), _told(final), pairs, hits)),
        services=tuple(services),
        ablations=tuple(tried),
    )


def _told(examples: Sequence[Example]) -> list[Told]:
    return [example.told for example in examples if example.told is not None]


def _held_by_rules(examples: Sequence[Example]) -> float:
    between = [example.rules.held for example in examples if example.is_between]
    return sum(between) / max(1, len(between))


def _development(
    examples: Sequence[Example], bags: Bags, log_odds: Vector, raw: Vector, model: Model
) -> SetReport:
    plan_chance = unseen_chances(raw, bags.harmful, examples)
    alone = unseen_change_chances(log_odds, raw, examples, bags)
    return _report("development", examples, bags, log_odds, alone, plan_chance, model)


def _final(examples: Sequence[Example], model: Model) -> SetReport:
    bags = to_bags(examples)
    log_odds = np.array(
        [model.log_odds(change.values) for example in examples for change in example.changes]
    )
    raw = raw_plan_chances(log_odds, bags, model.artifact.combination)
    plan_chance = calibrated(raw, model.artifact.calibration)
    plan_chance[raw == 0] = 0.0
    alone = calibrated(chances(log_odds), model.artifact.calibration)
    return _report("final", examples, bags, log_odds, alone, plan_chance, model)


def _report(
    name: str,
    examples: Sequence[Example],
    bags: Bags,
    log_odds: Vector,
    change_chance: Vector,
    plan_chance: Vector,
    model: Model,
) -> SetReport:
    harmful = bags.harmful
    stacks = [example.origin.stack for example in examples]
    bar = model.artifact.hold
    judges = [
        *simple_judges(examples),
        Judgement(name="model", scores=plan_chance, held=plan_chance >= bar),
        both(examples, change_chance, bags, bar),
    ]
    together = judges[-1]
    return SetReport(
        name=name,
        plans=len(examples),
        harmful=int(harmful.sum()),
        stacks=len(set(stacks)),
        by_harm=dict(sorted(Counter(example.worst for example in examples).items())),
        judges=tuple(_figures(judge, examples, harmful, stacks) for judge in judges),
        calibration_error=str(interval(calibration_error, plan_chance, harmful, stacks)),
        culprit_rank=_culprit_rank(examples, bags, log_odds),
        named=tuple(_named(examples, change_chance, bags, bar)),
        worst_misses=_worst_misses(examples, plan_chance, together),
    )


def _figures(
    judge: Judgement, examples: Sequence[Example], harmful: Flags, stacks: Sequence[str]
) -> Figures:
    passed = held = ""
    missed: dict[str, int] = {}
    if judge.held is not None:
        flags = judge.held.astype(float)
        passed = str(interval(_passed, flags, harmful, stacks))
        held = str(interval(_held, flags, harmful, stacks))
        slipped = np.flatnonzero(harmful & ~judge.held)
        missed = dict(sorted(Counter(examples[int(number)].worst for number in slipped).items()))
    return Figures(
        judge=judge.name,
        auc=str(interval(auc, judge.scores, harmful, stacks)),
        average_precision=str(interval(average_precision, judge.scores, harmful, stacks)),
        recall=tuple(
            str(interval(recall_at(budget), judge.scores, harmful, stacks)) for budget in BUDGETS
        ),
        harmful_passed=passed,
        harmless_held=held,
        missed=missed,
    )


def _passed(held: Vector, harmful: Flags) -> float:
    return 1 - float(held[harmful].mean()) if harmful.any() else float("nan")


def _held(held: Vector, harmful: Flags) -> float:
    return float(held[~harmful].mean()) if not harmful.all() else float("nan")


def _culprit_rank(examples: Sequence[Example], bags: Bags, log_odds: Vector) -> str:
    """Only plans in which some changes are suspects and others are not."""
    places = []
    for number, example in enumerate(examples):
        suspects = np.array(example.suspects)
        if example.harmful and suspects.any() and not suspects.all():
            own = log_odds[bags.starts[number] : bags.starts[number + 1]]
            places.append(1 + int((own > own[suspects].max()).sum()))
    return f"{np.mean(places):.2f} over {len(places)} plans" if places else "no such plan"


def _named(
    examples: Sequence[Example], change_chance: Vector, bags: Bags, bar: float
) -> list[Named]:
    """Whom the reports of waiting changes name."""
    by_rules: list[frozenset[str]] = []
    by_both: list[frozenset[str]] = []
    for number, example in enumerate(examples):
        own = change_chance[bags.starts[number] : bags.starts[number + 1]]
        scores = change_scores(example, own, bar)
        ruled = [label for label, score in example.rules.scores.items() if score >= _HOLD]
        waiting = [label for label, score in scores.items() if score >= _HOLD]
        by_rules.append(_all_named(example, ruled))
        by_both.append(_all_named(example, waiting))
    return [
        _named_against(name, examples, named)
        for name, named in (("rules", by_rules), ("rules and model", by_both))
    ]


def _all_named(example: Example, labels: Sequence[str]) -> frozenset[str]:
    named = (example.rules.named.get(label, frozenset()) for label in labels)
    return frozenset[str]().union(*named)


def _named_against(
    judge: str, examples: Sequence[Example], named: Sequence[frozenset[str]]
) -> Named:
    pairs = [
        (said, example.victims)
        for said, example in zip(named, examples, strict=True)
        if example.victims
    ]
    right = sum(len(said & victims) for said, victims in pairs)
    return Named(
        judge=judge,
        precision=round(right / max(1, sum(len(said) for said, _ in pairs)), 3),
        recall=round(right / max(1, sum(len(victims) for _, victims in pairs)), 3),
    )


def _worst_misses(
    examples: Sequence[Example], plan_chance: Vector, together: Judgement
) -> tuple[Miss, ...]:
    missed = [
        number
        for number, example in enumerate(examples)
        if example.harmful and together.held is not None and not together.held[number]
    ]
    missed.sort(key=lambda number: (float(plan_chance[number]), examples[number].name))
    return tuple(
        Miss(
            case=examples[number].name,
            worst=examples[number].worst,
            chance=round(float(plan_chance[number]), 4),
            rules=max(examples[number].rules.scores.values(), default=0),
            victims=tuple(sorted(examples[number].victims)),
        )
        for number in missed[:_WORST]
    )


if __name__ == "__main__":
    main()

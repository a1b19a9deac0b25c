"""From rows to a model: choose a kind, calibrate, set the bar, write `models/`.

    python -m iacrisk.training.train [--rows fixtures/lab/rows] [--models models]

Every choice looks at answers about stacks and operator families that the answering model had not
seen, and at no stack of the final test. The same rows give the same bytes.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from iacrisk import __version__
from iacrisk.classifier import Artifact, Calibration, Combination, Guarantee, Manifest, Use
from iacrisk.classifier.artifact import FORMAT, MANIFEST_FILE
from iacrisk.features import FEATURE_SCHEMA
from iacrisk.training import attribution
from iacrisk.training.attribution import Bags, chances, to_bags
from iacrisk.training.calibration import (
    calibrated,
    calibration_error,
    fewest_cases,
    fit_beta,
    guaranteed_bar,
)
from iacrisk.training.encoding import Flags, Vector
from iacrisk.training.examples import Example, read_examples
from iacrisk.training.fitting import KINDS, Kind
from iacrisk.training.judging import (
    both,
    raw_plan_chances,
    rule_scores,
    rules_hold,
    unseen_chances,
    unseen_log_odds,
)
from iacrisk.training.metrics import auc
from iacrisk.training.splits import is_final

ROWS: Final = Path("fixtures/lab/rows")
MODELS: Final = Path("models")
MODEL_FILE: Final = "risk.json"
ALPHA: Final = 0.05
CONFIDENCE: Final = 0.95
FEWEST_STACKS: Final = 6
"""With fewer stacks to learn from, the model is only shown."""

_CLOSE_ENOUGH: Final = 0.005
_WITHOUT_CLAIM: Final = 0.5


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """A kind and a combination with what they are worth on unseen stacks and families."""

    kind: Kind
    combination: Combination
    auc: float
    log_odds: Vector


def main(arguments: Sequence[str] | None = None) -> None:
    """Train and write the model."""
    parser = argparse.ArgumentParser(description="Train the classifier from the lab's rows.")
    parser.add_argument("--rows", type=Path, default=ROWS)
    parser.add_argument("--models", type=Path, default=MODELS)
    asked = parser.parse_args(arguments)
    with single_threaded():
        train(read_examples(asked.rows), asked.models, rows_hash(asked.rows))


def single_threaded() -> AbstractContextManager[object]:
    """Small matrices go faster on one thread, and sums come out the same."""
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 - comes with scikit-learn

    limited: AbstractContextManager[object] = threadpool_limits(1)
    return limited


def rows_hash(folder: Path) -> str:
    """One hash for all rows."""
    digest = sha256()
    for path in sorted(folder.glob("*.jsonl.xz")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def train(examples: Sequence[Example], folder: Path, data_hash: str) -> Manifest:
    """Write a model of the stacks that are not in the final test into `folder`."""
    seen = [
        example
        for example in examples
        if not is_final(example.origin.stack) and not example.is_between
    ]
    bags = to_bags(seen)
    answers = unseen_log_odds(KINDS, seen, bags)
    choice = choose([weigh(kind, answers[kind.name], bags) for kind in KINDS])
    raw = raw_plan_chances(choice.log_odds, bags, choice.combination)
    unseen = unseen_chances(raw, bags.harmful, seen)
    calibration = fit_beta(raw, bags.harmful)
    bar, guarantee = set_bar(seen, unseen, bags.harmful)
    tables = attribution.fit(choice.kind, bags).tables()
    artifact = Artifact(
        format=FORMAT,
        intercept=tables.intercept,
        terms=tables.terms,
        pairs=tables.pairs,
        combination=choice.combination,
        calibration=calibration,
        hold=bar,
    )
    stacks = sorted({example.origin.stack for example in seen})
    families = {name for example in seen for name in example.origin.families}
    encoded = msgspec.json.format(msgspec.json.encode(artifact), indent=1) + b"\n"
    manifest = Manifest(
        model=MODEL_FILE,
        sha256=sha256(encoded).hexdigest(),
        feature_schema=FEATURE_SCHEMA,
        use=_use(guarantee, len(stacks)),
        iacrisk=__version__,
        kind=choice.kind.name,
        libraries={name: version(name) for name in ("scikit-learn", "numpy")},
        data={
            "rows": data_hash,
            "plans": len(seen),
            "harmful": int(bags.harmful.sum()),
            "changes": len(bags.matrix),
            "stacks": len(stacks),
            "families": len(families),
        },
        metrics=_metrics(seen, bags, choice, unseen, calibration, bar),
        guarantee=guarantee,
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MODEL_FILE).write_bytes(encoded)
    written = msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"
    (folder / MANIFEST_FILE).write_bytes(written)
    _say(written.decode())
    return manifest


def weigh(kind: Kind, log_odds: Vector, bags: Bags) -> Choice:
    """What a kind is worth on unseen stacks and families, with the better combination."""
    choices = [
        Choice(
            kind=kind,
            combination=combination,
            auc=auc(raw_plan_chances(log_odds, bags, combination), bags.harmful),
            log_odds=log_odds,
        )
        for combination in Combination
    ]
    best = max(choices, key=lambda choice: choice.auc)
    _say(f"{kind.name}: AUC {best.auc:.4f} by {best.combination}")
    return best


def choose(choices: Sequence[Choice]) -> Choice:
    """The simplest that comes within 0.005 AUC of the best."""
    best = max(choice.auc for choice in choices)
    near = [choice for choice in choices if choice.auc >= best - _CLOSE_ENOUGH]
    return min(near, key=lambda choice: (choice.kind.rank, -choice.auc))


def set_bar(
    examples: Sequence[Example], unseen: Vector, harmful: Flags
) -> tuple[float, Guarantee | None]:
    """The bar for the model beside the rules, and what is claimed for both together.

    A plan that the rules hold is not missed whatever the model says, so it counts as certain.
    """
    caught = np.where(rules_hold(examples), 1.0, unseen)[harmful]
    bar = guaranteed_bar(caught, ALPHA, CONFIDENCE)
    if bar is None:
        needed = fewest_cases(ALPHA, CONFIDENCE)
        _say(f"No claim: {len(caught)} harmful plans, at least {needed} are needed.")
        return _WITHOUT_CLAIM, None
    _say(f"Bar {bar:.4f} from {len(caught)} held-out harmful plans.")
    guarantee = Guarantee(alpha=ALPHA, confidence=CONFIDENCE, cases=len(caught))
    return min(bar, 1.0), guarantee


def _use(guarantee: Guarantee | None, stacks: int) -> Use:
    return Use.VERDICT if guarantee and stacks >= FEWEST_STACKS else Use.ADVISORY


def _metrics(
    examples: Sequence[Example],
    bags: Bags,
    choice: Choice,
    unseen: Vector,
    calibration: Calibration,
    bar: float,
) -> dict[str, float]:
    harmless = ~bags.harmful
    alone = calibrated(chances(choice.log_odds), calibration)
    together = both(examples, alone, bags, bar)
    held = together.held
    assert held is not None  # noqa: S101 - `both` always says
    figures = {
        "auc model": choice.auc,
        "auc rules": auc(rule_scores(examples), bags.harmful),
        "auc rules and model": auc(together.scores, bags.harmful),
        "calibration error": calibration_error(unseen, bags.harmful),
        "harmful passed": float((~held)[bags.harmful].mean()),
        "harmless held": float(held[harmless].mean()),
        "harmful passed by rules": float((~rules_hold(examples))[bags.harmful].mean()),
        "harmless held by rules": float(rules_hold(examples)[harmless].mean()),
    }
    return {name: round(value, 4) for name, value in figures.items()}


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    main()

"""From rows to a model: choose a kind, calibrate, claim no more than is known, write `models/`.

    python -m iacrisk.training.train [--rows fixtures/lab/rows] [--models models]

Every choice looks at answers about stacks and operator families that the answering model had not
seen, and at no stack of the final test. The same rows give the same bytes.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from iacrisk import __version__
from iacrisk.classifier import Artifact, Combination, Guarantee, Manifest, Use
from iacrisk.classifier.artifact import FORMAT, MANIFEST_FILE
from iacrisk.classifier.sealing import encode_manifest, sealed
from iacrisk.features import FEATURE_SCHEMA
from iacrisk.training import attribution
from iacrisk.training.attribution import Bags, to_bags
from iacrisk.training.calibration import (
    calibration_error,
    fewest_cases,
    fit_beta,
    guaranteed_bar,
    upper_bound,
)
from iacrisk.training.encoding import Flags, Vector
from iacrisk.training.examples import Example, read_examples
from iacrisk.training.fitting import KINDS, Kind
from iacrisk.training.judging import (
    Judgement,
    both,
    raw_plan_chances,
    rule_scores,
    rules_hold,
    unseen_chances,
    unseen_change_chances,
    unseen_log_odds,
)
from iacrisk.training.metrics import auc
from iacrisk.training.naming import told_of, train_hits
from iacrisk.training.prior import DATA_KEY, content_hash, encode_prior, write_prior
from iacrisk.training.rows import rows_hash
from iacrisk.training.splits import is_final
from iacrisk.training.told import Told, learnt_pairs

ROWS: Final = Path("fixtures/lab/rows")
MODELS: Final = Path("models")
MODEL_FILE: Final = "risk.json"
ALPHA: Final = 0.05
CONFIDENCE: Final = 0.95
FEWEST_STACKS: Final = 6
"""With fewer stacks to learn from, the model is only shown."""

BAR: Final = 0.5
"""The model holds what it finds more likely than not to break something."""

_CLOSE_ENOUGH: Final = 0.005


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
        train(read_examples(asked.rows), asked.models, rows_hash(asked.rows), learnt_pairs())


def single_threaded() -> AbstractContextManager[object]:
    """Small matrices go faster on one thread, and sums come out the same."""
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 - comes with scikit-learn

    limited: AbstractContextManager[object] = threadpool_limits(1)
    return limited


def train(
    examples: Sequence[Example], folder: Path, data_hash: str, pairs: Sequence[Told] = ()
) -> Manifest:
    """Write the models of the stacks that are not in the final test into `folder`.

    `pairs`: labelled plans from elsewhere, for the model that says whom a change hurts.
    """
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
    alone = unseen_change_chances(choice.log_odds, raw, seen, bags)
    together = both(seen, alone, bags, BAR)
    assert together.held is not None  # noqa: S101 - `both` always says
    guarantee = claim(together.held, bags.harmful)
    _say(_claimed(guarantee, int(bags.harmful.sum())))
    tables = attribution.fit(choice.kind, bags).tables()
    artifact = Artifact(
        format=FORMAT,
        intercept=tables.intercept,
        terms=tables.terms,
        pairs=tables.pairs,
        combination=choice.combination,
        calibration=calibration,
        hold=BAR,
    )
    stacks = sorted({example.origin.stack for example in seen})
    families = {name for example in seen for name in example.origin.families}
    prior = encode_prior(examples, data_hash)
    manifest = Manifest(
        model=MODEL_FILE,
        sha256="",
        feature_schema=FEATURE_SCHEMA,
        use=settle_use(guarantee, len(stacks), together.held & ~rules_hold(seen), bags.harmful),
        iacrisk=__version__,
        kind=choice.kind.name,
        libraries=libraries(),
        data={
            "rows": data_hash,
            "plans": len(seen),
            "harmful": int(bags.harmful.sum()),
            "changes": len(bags.matrix),
            "stacks": len(stacks),
            "families": len(families),
            DATA_KEY: content_hash(prior),
        },
        metrics=_metrics(seen, bags.harmful, choice, unseen, together),
        guarantee=guarantee,
        hits=train_hits([*told_of(examples), *pairs], folder),
    )
    written = write_model(artifact, manifest, folder)
    write_prior(prior, folder)
    _say(encode_manifest(written).decode())
    return written


def libraries() -> dict[str, str]:
    """What a manifest says of the libraries."""
    return {name: version(name) for name in ("scikit-learn", "numpy")}


def write_model(
    artifact: Artifact, manifest: Manifest, folder: Path, sign: Callable[[str], str] | None = None
) -> Manifest:
    """Write the model and its manifest, sealed and perhaps signed; returns what was written."""
    encoded = msgspec.json.format(msgspec.json.encode(artifact), indent=1) + b"\n"
    hashed = msgspec.structs.replace(manifest, sha256=sha256(encoded).hexdigest())
    written = sealed(hashed)
    if sign is not None:
        written = msgspec.structs.replace(written, signature=sign(written.seal))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MODEL_FILE).write_bytes(encoded)
    (folder / MANIFEST_FILE).write_bytes(encode_manifest(written))
    return written


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


def claim(together: Flags, harmful: Flags) -> Guarantee | None:
    """What can be said of harmful plans that pass rules and model; None with too few cases."""
    number = int(harmful.sum())
    missed = int((harmful & ~together).sum())
    if number < fewest_cases(ALPHA, CONFIDENCE):
        return None
    alpha = upper_bound(missed, number, CONFIDENCE)
    return Guarantee(alpha=round(alpha, 4), confidence=CONFIDENCE, cases=number)


def _claimed(guarantee: Guarantee | None, number: int) -> str:
    if guarantee is None:
        needed = fewest_cases(ALPHA, CONFIDENCE)
        return f"No claim: {number} harmful plans, at least {needed} are needed."
    return f"Of {number} held-out harmful plans at most {guarantee.alpha:.1%} pass."


def settle_use(guarantee: Guarantee | None, stacks: int, added: Flags, harmful: Flags) -> Use:
    """It counts where enough is known, and where what it adds is harmful more often than not."""
    right = int((added & harmful).sum())
    pays = right > 0 and 2 * right >= int(added.sum())
    return Use.VERDICT if guarantee and stacks >= FEWEST_STACKS and pays else Use.ADVISORY


def _metrics(
    examples: Sequence[Example], harmful: Flags, choice: Choice, unseen: Vector, both_say: Judgement
) -> dict[str, float]:
    held, ruled = both_say.held, rules_hold(examples)
    assert held is not None  # noqa: S101 - `both` always says
    figures = {
        "auc model": choice.auc,
        "auc rules": auc(rule_scores(examples), harmful),
        "auc rules and model": auc(both_say.scores, harmful),
        "calibration error": calibration_error(unseen, harmful),
        "harmful passed": float((~held)[harmful].mean()),
        "harmless held": float(held[~harmful].mean()),
        "harmful passed by rules": float((~ruled)[harmful].mean()),
        "harmless held by rules": float(ruled[~harmful].mean()),
    }
    bar = guaranteed_bar(np.where(ruled, 1.0, unseen)[harmful], ALPHA, CONFIDENCE)
    if bar is not None:
        figures["bar to pass at most 5% of harmful"] = bar
        figures["harmless held at that bar"] = float((ruled | (unseen >= bar))[~harmful].mean())
    return {name: round(value, 4) for name, value in figures.items()}


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    main()

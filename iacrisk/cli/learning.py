"""What the commands that learn from outcomes do; imported when one of them runs."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from iacrisk.classifier import MODEL_FOLDER, load_model
from iacrisk.cli.output import emit
from iacrisk.errors import UnusableModel, UnusableRows
from iacrisk.plan import decode_plan, read_plan
from iacrisk.training.outcome import HardHarm, Said
from iacrisk.training.recording import Feedback, record

if TYPE_CHECKING:
    from iacrisk.training.learning import Learnt

_LIBRARIES: Final = ("numpy", "sklearn", "threadpoolctl")


def feedback(
    plan: str,
    folder: Path,
    *,
    outcome: Said,
    addresses: tuple[str, ...],
    harm: HardHarm,
    group: str,
    note: str,
) -> None:
    """Record what became of a plan, and say where."""
    said = Feedback(
        outcome=outcome,
        addresses=addresses,
        harm=harm,
        group=group,
        note=note,
        on=datetime.datetime.now(tz=datetime.UTC).date(),
    )
    path, known = record(decode_plan(read_plan(plan)), said, folder)
    emit(f"{'Replaced' if known else 'Recorded'}: {outcome} in {path}\n")


def train(data: Path, output: Path, key: Path | None, models: Path | None) -> None:
    """Write an own model if it passes; raises UnusableRows where it does not, or cannot be."""
    _require_libraries()
    from iacrisk.training.learning import learn, write_learnt  # noqa: PLC0415 - of the extra
    from iacrisk.training.printing import render_criteria  # noqa: PLC0415 - the same

    base = models or MODEL_FOLDER
    if output.resolve() == base.resolve():
        raise UnusableModel("--output is the folder of the model that would be replaced.")
    learnt = learn(data, base)
    emit(render_criteria(learnt.evaluation))
    if learnt.failed:
        raise UnusableRows(_why(learnt))
    try:
        write_learnt(learnt, base, output, _signer(key))
    except OSError as error:
        raise UnusableRows(f"Cannot write {output}: {error.strerror}.") from error
    emit(_what_now(learnt, output))


def evaluate(rows: Path | None, models: Path | None, *, check: bool) -> None:
    """Print the tables; with `check`, raise UnusableModel where the recorded ones differ."""
    _require_libraries()
    from iacrisk.training.evaluate import encode, judge_again  # noqa: PLC0415 - of the extra
    from iacrisk.training.printing import render_criteria, render_evaluation  # noqa: PLC0415
    from iacrisk.training.tables import EVALUATION_FILE  # noqa: PLC0415

    folder = models or MODEL_FOLDER
    model = load_model(folder)
    if model.manifest.evaluation is not None and rows is None:
        emit(render_criteria(model.manifest.evaluation))
        return
    found = judge_again(folder, rows)
    emit(render_evaluation(found))
    if check and (folder / EVALUATION_FILE).read_bytes() != encode(found):
        raise UnusableModel(f"{EVALUATION_FILE} beside the model says something else.")


def _require_libraries() -> None:
    if not all(map(find_spec, _LIBRARIES)):
        raise UnusableRows(
            "Training and evaluation need more libraries. Run: pip install 'iacrisk[train]'"
        )


def _signer(key: Path | None) -> Callable[[str], str] | None:
    if key is None:
        return None
    from iacrisk.classifier.signing import sign  # noqa: PLC0415 - few want it

    return lambda seal: sign(seal, key)


def _why(learnt: Learnt) -> str:
    lines = [
        f"- {item.name}: {item.own:.3f}, the model in use has {item.parent:.3f}; "
        f"needed is {'at most' if item.most else 'at least'} {item.bound:.3f}"
        for item in learnt.failed
    ]
    return "\n".join(["The new model is not good enough, so none was written:", *lines])


def _what_now(learnt: Learnt, output: Path) -> str:
    manifest = learnt.manifest
    lines = [f"Written: {output}. To use it, say in iacrisk.toml:", ""]
    lines += ["    [model]", f'    folder = "{output.as_posix()}"', ""]
    if manifest.guarantee is None:
        lines.append(
            f"No claim yet: {learnt.missing} more incidents are needed. Until then "
            "`iacrisk explain`\nshows what the model says, and it moves nothing."
        )
    else:
        known = manifest.guarantee
        lines.append(
            f"Of harmful plans like these, at most {known.alpha:.0%} pass rules and model together "
            f"(confidence {known.confidence:.0%}).\nIts manifest says: {manifest.use}."
        )
    return "\n".join(lines) + "\n"

"""From recorded outcomes to a model of one's own, through the command line."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest

pytest.importorskip("numpy")
pytest.importorskip("sklearn")

from iacrisk.classifier import Use, load_model
from iacrisk.classifier.artifact import Criterion, OwnEvaluation
from iacrisk.cli import learning as commands
from iacrisk.errors import UnusableModel
from iacrisk.training import judging
from iacrisk.training import train as training
from iacrisk.training.examples import to_example
from iacrisk.training.fitting import KINDS
from iacrisk.training.outcomes import group_plans
from iacrisk.training.printing import render_criteria
from iacrisk.training.splits import folds
from iacrisk.training.train import train
from tests.conftest import RunCli
from tests.plans import Json, create, document, noop, tweak
from tests.training.made_up import rows

STACKS = ("alpha", "beta", "gamma", "delta", "search", "portal")
"""The last two are of the final test."""

ROOTS = ("shop", "hub", "lake", "edge")
Truth = Callable[[int, bool], bool]
"""Whether the plan with this number did harm; `shrinks`: it makes a function's time shorter."""


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A small model to start from, with its examples beside it."""
    folder = tmp_path_factory.mktemp("base")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "KINDS", KINDS[:1])
        patch.setattr(judging, "folds", partial(folds, stack_folds=2, family_folds=3))
        train(list(map(to_example, rows(120, STACKS))), folder, "rows")
        yield folder


def own_plan(number: int) -> tuple[Json, str, bool]:
    """A plan of a team's own, its root module, and whether a function's time shrinks.

    The base model has seen no such change.
    """
    root, shrinks = ROOTS[number % len(ROOTS)], number // len(ROOTS) % 3 == 0
    function = {"id": f"f-{root}", "timeout": 60, "memory_size": 512}
    changes = [
        tweak(f"aws_lambda_function.{root}", function, timeout=40)
        if shrinks
        else create(f"aws_cloudwatch_log_group.{root}", {"name": "new"}),
        noop(f"aws_instance.{root}", {"id": f"i-{root}"}),
        noop(f"aws_vpc.{root}", {"id": f"vpc-{root}"}),
    ]
    return document(*changes, timestamp=f"plan {number}"), root, shrinks


def record(cli: RunCli, number: int, truth: Truth, *more: str, secret: str = "") -> None:
    for each in range(number):
        made, root, shrinks = own_plan(each)
        if secret:
            made["variables"] = {"token": {"value": secret}}
            made["configuration"] = {"root_module": {"variables": {"token": {"sensitive": True}}}}
        outcome = "incident" if truth(each, shrinks) else "ok"
        ran = cli("feedback", "-", "--outcome", outcome, *more, stdin=json.dumps(made).encode())
        assert ran.code == 0, ran.err
        del root


def shrinking_hurts(number: int, shrinks: bool) -> bool:
    del number
    return shrinks


def luck(number: int, shrinks: bool) -> bool:
    del shrinks
    return random.Random(number).random() < 0.3  # noqa: S311 - an example, no secret


def test_a_model_that_learnt_what_hurts_here_is_written_and_used(cli: RunCli, base: Path) -> None:
    record(cli, 72, shrinking_hurts)
    ran = cli("train", "--models", base)

    assert ran.code == 0, ran.out + ran.err
    assert "72 own plans of 4 root modules, 24 harmful" in ran.out
    assert "FAILED" not in ran.out
    assert "No claim yet: 35 more incidents are needed." in ran.out
    assert max(map(len, ran.out.splitlines())) <= 80
    own, parent = load_model(Path(".iacrisk/model")), load_model(base)
    [row] = to_rows(own_plan(0)[0])
    [other] = to_rows(own_plan(4)[0])
    assert own.predict([row])[0].chance > 0.5 > own.predict([other])[0].chance
    manifest = own.manifest
    assert manifest.parent == parent.manifest.sha256
    assert manifest.use is Use.ADVISORY
    assert manifest.evaluation is not None
    assert (manifest.evaluation.plans, manifest.evaluation.harmful) == (72, 24)
    assert {item.name for item in manifest.evaluation.criteria} >= {
        "AUC",
        "harmful passed",
        "error of the chances (Brier)",
        "AUC, lab's final stacks",
    }
    assert all(item.passed for item in manifest.evaluation.criteria)


def to_rows(made: Json) -> tuple[Any, ...]:
    from iacrisk.features import extract_features  # noqa: PLC0415
    from iacrisk.graph import build_graph  # noqa: PLC0415
    from iacrisk.plan import decode_plan  # noqa: PLC0415

    plan = decode_plan(json.dumps(made).encode())
    return extract_features(plan, build_graph(plan))


def test_the_own_model_speaks_in_explain_and_in_the_verdict(cli: RunCli, base: Path) -> None:
    record(cli, 72 + 120, shrinking_hurts)
    ran = cli("train", "--models", base, "--output", "own")
    assert ran.code == 0, ran.out + ran.err
    assert "Its manifest says: verdict." in ran.out
    Path("plan.json").write_text(json.dumps(own_plan(0)[0]), "utf-8")
    Path("iacrisk.toml").write_text('[model]\nfolder = "own"\nuse = "as-shipped"\n', "utf-8")

    assert cli("score", "plan.json").code == 3
    Path("iacrisk.toml").unlink()
    assert cli("score", "plan.json").code == 0


def test_outcomes_of_pure_luck_make_no_model(cli: RunCli, base: Path) -> None:
    record(cli, 72, luck)
    ran = cli("train", "--models", base)

    assert ran.code == 2, ran.out
    assert "The new model is not good enough, so none was written:" in ran.err
    assert "- AUC, low end of its interval: 0." in ran.err
    assert "the model in use has 0." in ran.err
    assert not Path(".iacrisk/model").exists()


def test_a_model_in_use_stays_where_the_new_one_fails(cli: RunCli, base: Path) -> None:
    record(cli, 72, luck)
    shutil.copytree(base, ".iacrisk/model")
    before = {path.name: path.read_bytes() for path in Path(".iacrisk/model").iterdir()}
    assert cli("train", "--models", base).code == 2
    assert before == {path.name: path.read_bytes() for path in Path(".iacrisk/model").iterdir()}


def test_too_few_outcomes_say_how_many_are_missing(cli: RunCli, base: Path) -> None:
    record(cli, 9, shrinking_hurts)
    ran = cli("train", "--models", base)

    assert ran.code == 2
    assert ran.err == (
        "iacrisk: Too few outcomes to learn from. Missing:\n"
        "- 6 more incidents (4 of at least 10)\n"
        "- 25 more plans that hurt nobody (5 of at least 30)\n"
    )


def test_without_outcomes_there_is_nothing_to_learn_from(cli: RunCli, base: Path) -> None:
    ran = cli("train", "--models", base)
    assert ran.code == 2
    assert ran.err.startswith("iacrisk: There are no outcomes in .iacrisk/outcomes.")


@pytest.mark.parametrize("damage", [b"", b"no xz at all", None])
def test_a_damaged_file_is_named(cli: RunCli, base: Path, damage: bytes | None) -> None:
    record(cli, 3, shrinking_hurts)
    path = min(Path(".iacrisk/outcomes").iterdir())
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] if damage is None else damage)
    ran = cli("train", "--models", base)
    assert ran.code == 2
    assert ran.err == (f"iacrisk: {path} is damaged. Record that plan again, or remove the file.\n")


def test_missing_libraries_are_named(
    cli: RunCli, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "find_spec", lambda _: None)
    ran = cli("train", "--models", base)
    assert ran.code == 2
    assert "pip install 'iacrisk[train]'" in ran.err


def test_the_same_outcomes_make_the_same_model(cli: RunCli, base: Path) -> None:
    record(cli, 72, shrinking_hurts)
    hashes = []
    for folder in ("one", "two"):
        assert cli("train", "--models", base, "--output", folder).code == 0
        hashes.append(
            [sha256(path.read_bytes()).hexdigest() for path in sorted(Path(folder).iterdir())]
        )
    assert hashes[0] == hashes[1]


def test_no_secret_is_in_a_written_byte(cli: RunCli, base: Path) -> None:
    secret = "hunter2-Tr0ub4dor"  # noqa: S105 - the one to look for
    record(cli, 60, shrinking_hurts, "--note", f"the token was {secret}", secret=secret)
    ran = cli("train", "--models", base)
    assert ran.code == 0, ran.err
    assert secret not in ran.out + ran.err
    for path in Path.cwd().rglob("*"):
        if path.is_file():
            assert secret.encode() not in unpacked(path), path


def unpacked(path: Path) -> bytes:
    import lzma  # noqa: PLC0415 - here alone

    return lzma.decompress(path.read_bytes()) if path.suffix == ".xz" else path.read_bytes()


def test_the_model_is_not_written_over_the_one_it_comes_from(cli: RunCli, base: Path) -> None:
    assert cli("train", "--models", base, "--output", base).code == 2


def test_eval_prints_the_tables_in_80_columns(cli: RunCli, base: Path) -> None:
    ran = cli("eval", "--models", base)
    assert ran.code == 0, ran.err
    assert "Development stacks:" in ran.out
    assert "Final stacks:" in ran.out
    assert "rules and model" in ran.out
    assert max(map(len, ran.out.splitlines())) <= 80


def test_eval_of_an_own_model_shows_how_it_was_judged(cli: RunCli, base: Path) -> None:
    record(cli, 72, shrinking_hurts)
    trained = cli("train", "--models", base)
    ran = cli("eval", "--models", ".iacrisk/model")
    assert ran.code == 0
    assert trained.out.startswith(ran.out)


def test_eval_without_rows_says_so(cli: RunCli, base: Path) -> None:
    ran = cli("eval", "--models", base, "--rows", "nowhere")
    assert (ran.code, ran.err) == (2, "iacrisk: There are no rows in nowhere.\n")


def test_eval_check_finds_a_difference(cli: RunCli, base: Path) -> None:
    folder = Path("copy")
    shutil.copytree(base, folder)
    (folder / "evaluation.json").write_text("{}", "utf-8")
    ran = cli("eval", "--models", folder, "--check")
    assert ran.code == 2
    assert "evaluation.json beside the model says something else" in ran.err


def test_examples_that_were_changed_are_refused(cli: RunCli, base: Path) -> None:
    record(cli, 3, shrinking_hurts)
    folder = Path("copy")
    shutil.copytree(base, folder)
    packed = folder / "prior.jsonl.xz"
    packed.write_bytes(packed.read_bytes()[:-40])
    assert "prior.jsonl.xz is damaged" in cli("train", "--models", folder).err
    packed.unlink()
    assert "Cannot read prior.jsonl.xz" in cli("train", "--models", folder).err


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not on PATH")
def test_a_signed_model_is_used_only_with_a_signature_of_an_allowed_signer(
    cli: RunCli, base: Path
) -> None:
    record(cli, 60, shrinking_hurts)
    for name in ("ours", "theirs"):
        make_key(name)
    ran = cli("train", "--models", base, "--key", "ours")
    assert ran.code == 0, ran.err
    model = Path(".iacrisk/model")
    public = {name: Path(f"{name}.pub").read_text("utf-8") for name in ("ours", "theirs")}
    Path("ours.txt").write_text(f"a@example.com,b@example.com {public['ours']}", "utf-8")
    Path("theirs.txt").write_text(f"c@example.com {public['theirs']}", "utf-8")

    assert load_model(model, Path("ours.txt")).manifest.signature.startswith("-----BEGIN SSH")
    with pytest.raises(UnusableModel, match="not signed by any of the allowed"):
        load_model(model, Path("theirs.txt"))
    with pytest.raises(UnusableModel, match="There is no file"):
        load_model(model, Path("nowhere.txt"))
    with pytest.raises(UnusableModel, match="is not signed, and"):
        load_model(base, Path("ours.txt"))

    Path("plan.json").write_text(json.dumps(own_plan(0)[0]), "utf-8")
    policy = '[model]\nfolder = ".iacrisk/model"\nuse = "as-shipped"\nallowed_signers = "{}"\n'
    Path("iacrisk.toml").write_text(policy.format("ours.txt"), "utf-8")
    assert "allowed signers" not in cli("score", "plan.json").out
    Path("iacrisk.toml").write_text(policy.format("theirs.txt"), "utf-8")
    assert "allowed signers" in cli("score", "plan.json").out


def make_key(name: str) -> None:
    subprocess.run(  # noqa: S603 - a list, no shell
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", name],  # noqa: S607 - on PATH
        check=True,
    )


def test_plans_are_of_one_root_where_they_share_half_of_their_blocks() -> None:
    blocks = [frozenset(text) for text in ("abcd", "abc", "xyz", "xyzw", "q", "")]
    assert group_plans([""] * 6, blocks) == [
        "root 1",
        "root 1",
        "root 3",
        "root 3",
        "root 5",
        "root 6",
    ]


def test_a_name_decides_where_it_stands() -> None:
    blocks = [frozenset("abcd")] * 3 + [frozenset("x")]
    found = group_plans(["shop", "hub", "hub", "hub"], blocks)
    assert found == ["shop", "hub", "hub", "hub"]


def test_a_figure_that_could_not_be_had_is_said_to_be_missing() -> None:
    names = ("AUC", "AUC, lab's final stacks")
    criteria = tuple(Criterion(name=name, parent=0.5, own=0.6, bound=0.5) for name in names)
    judged = OwnEvaluation(
        rows="", plans=40, harmful=10, groups=3, between=0, criteria=criteria[:1]
    )

    assert "Not judged on the lab's final stacks" in render_criteria(judged)
    whole = msgspec.structs.replace(judged, criteria=criteria)
    assert "Not judged" not in render_criteria(whole)

"""What several tests share: judging with rules of the test's own, and running the command line."""

from __future__ import annotations

import datetime
import functools
import io
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))  # the builders are imported as tests.plans, however pytest starts

import iacrisk.__main__ as front_door  # noqa: E402 - after the path above
import iacrisk.assess as pipeline  # noqa: E402
from iacrisk.assess import Assessment, Circumstances, assess  # noqa: E402
from iacrisk.gate import Policy  # noqa: E402
from iacrisk.plan import Plan  # noqa: E402
from iacrisk.provenance.hosts import VARIABLES  # noqa: E402
from iacrisk.rules import Rule, Suppressor, review  # noqa: E402

settings.register_profile(
    "shared machine",
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("shared machine")

TODAY = datetime.date(2026, 3, 1)


class Judge(Protocol):
    """Judges a plan with only these rules."""

    def __call__(
        self,
        plan: Plan,
        *rules: Rule,
        suppressors: Sequence[Suppressor] = (),
        policy: Policy = ...,
        **circumstances: Any,
    ) -> Assessment:
        """The assessment, in production unless `circumstances` say otherwise."""


@pytest.fixture
def judge(monkeypatch: pytest.MonkeyPatch) -> Judge:
    """The pipeline with rules of the test's own, so that new rules do not change the test."""

    def run(
        plan: Plan,
        *rules: Rule,
        suppressors: Sequence[Suppressor] = (),
        policy: Policy | None = None,
        **circumstances: Any,
    ) -> Assessment:
        own = functools.partial(review, rules=rules, suppressors=tuple(suppressors))
        monkeypatch.setattr(pipeline, "review", own)
        around: dict[str, Any] = {"today": TODAY, "environment": "production"} | circumstances
        return assess(plan, policy or Policy(), Circumstances(**around))

    return run


class Ran(NamedTuple):
    """What the command line did."""

    code: int
    out: str
    err: str


RunCli = Callable[..., Ran]


@pytest.fixture
def cli(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes], tmp_path: Path
) -> RunCli:
    """`cli("score", "plan.json", stdin=b"")` in an empty directory, no workspace or CI host."""
    monkeypatch.chdir(tmp_path)
    workspaces = ("TF_WORKSPACE", "ATLANTIS_WORKSPACE", "TFC_WORKSPACE_NAME")
    for name in (*workspaces, *VARIABLES):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: object, stdin: bytes = b"") -> Ran:
        monkeypatch.setattr(sys, "argv", ["iacrisk", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsysbinary.readouterr()
        code: object = 0
        try:
            front_door.main()
        except SystemExit as left:
            code = left.code or 0
        out, err = capsysbinary.readouterr()
        assert isinstance(code, int)
        return Ran(code, out.decode(), err.decode())

    return run

"""What `iacrisk score` may load: a gate that runs on every pull request has to start fast."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from iacrisk.provenance.hosts import VARIABLES
from iacrisk.report import Format
from tests.plans import document, tweak

SLOW = frozenset(
    {
        "asyncio",
        "dbos",
        "hcl2",
        "httpx",
        "jinja2",
        "lark",
        "litestar",
        "networkx",
        "numpy",
        "pydantic",
        "rich",
        "sklearn",
        "sqlalchemy",
        "tomllib",
        "uvicorn",
        "xml.etree.ElementTree",
    }
)
SCORE = """\
import sys
from iacrisk.__main__ import main
try:
    main()
except SystemExit:
    pass
sys.stderr.write("\\n".join(sys.modules))
"""


@pytest.mark.parametrize("format_", [item for item in Format if item is not Format.HTML])
@pytest.mark.parametrize("has_source", [False, True])
def test_score_does_not_load_what_loads_slowly(
    tmp_path: Path, format_: str, has_source: bool
) -> None:
    if has_source:  # file and line come from a scan, not from the parser
        (tmp_path / "main.tf").write_text('resource "aws_instance" "app" {}\n')
    plan = tmp_path / "plan.json"
    changes = [tweak("aws_instance.app", {"id": "i-1", "instance_type": "a"}, instance_type="b")]
    plan.write_text(json.dumps(document(*changes)))
    loaded = _modules("score", str(plan), "--format", format_)
    assert "iacrisk.assess" in loaded
    assert loaded & SLOW == frozenset()
    asked_for = ("iacrisk.approval", "iacrisk.audit", "iacrisk.plan.fingerprint", "iacrisk.cli.app")
    named = ["iacrisk.plan.fingerprint"] if format_ == Format.ATLANTIS else []  # in what it holds
    assert [name for name in asked_for if name in loaded] == [*named, "iacrisk.cli.app"]


def test_a_policy_without_own_rules_loads_nothing_for_them(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text(json.dumps(document()))
    (tmp_path / "iacrisk.toml").write_text("[thresholds]\nhold = 50\n")
    loaded = _modules(
        "score", str(tmp_path / "plan.json"), "--config", str(tmp_path / "iacrisk.toml")
    )
    own = {"iacrisk.rules.own", "iacrisk.config.own_rules", "iacrisk.config.plugins"}

    assert "iacrisk.config.settings" in loaded
    assert loaded & (own | {"importlib.metadata"}) == frozenset()


def test_a_run_outside_ci_loads_nothing_for_provenance(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(document()))
    reading = {
        f"iacrisk.provenance.{name}" for name in ("commits", "gathering", "markers", "sentences")
    }
    unasked = _modules("score", str(plan))
    monkeypatch.setenv("TFC_CONFIGURATION_VERSION_GIT_BRANCH", "topic")

    assert unasked & reading == {"iacrisk.provenance.markers"}
    assert unasked & SLOW == frozenset()
    assert _modules("score", str(plan)) & reading == reading - {"iacrisk.provenance.sentences"}


def test_version_loads_no_command_line() -> None:
    assert "typer" not in _modules("--version")


def _modules(*arguments: str) -> frozenset[str]:
    run = subprocess.run(  # noqa: S603 - this interpreter
        [sys.executable, "-c", SCORE, *arguments], capture_output=True, text=True, check=True
    )
    return frozenset(run.stderr.splitlines())

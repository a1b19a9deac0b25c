"""The recipes for running the service say what its settings, its metrics and its tools know."""

from __future__ import annotations

import datetime
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from iacrisk.cli.app import app
from iacrisk.service.notifying.signing import signed_headers
from iacrisk.service.operations.metrics import REGISTRY
from iacrisk.service.secret import Secret
from iacrisk.service.settings import declared_settings
from tests.conftest import ROOT

RUNNER = CliRunner()
PAGE = (ROOT / "docs" / "service-running.md").read_text("utf-8")


def _block(language: str, number: int = 0) -> str:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)[number]  # type: ignore[no-any-return]


def _variables() -> Iterator[str]:
    for item in declared_settings():
        yield item.variable
        if item.is_secret:
            yield f"{item.variable}_FILE"


def test_every_variable_in_the_recipes_is_a_setting() -> None:
    used = set(re.findall(r"\bIACRISK_[A-Z_]+", PAGE))

    assert used
    assert used - set(_variables()) == set()


def test_the_container_recipe_copies_what_there_is_and_runs_without_rights() -> None:
    lines = _block("dockerfile").splitlines()
    copied = [line.split()[1:-1] for line in lines if re.match(r"COPY (?!--from)", line)]
    words = {line.split()[0] for line in lines if line}

    assert [path for paths in copied for path in paths if not (ROOT / path).exists()] == []
    assert [line for line in lines if line.startswith("USER")] == ["USER 65532:65532"]
    assert lines[-1] == 'ENTRYPOINT ["iacrisk", "serve"]'
    assert RUNNER.invoke(app, ["serve", "--help"]).exit_code == 0
    assert words <= {"ARG", "FROM", "COPY", "RUN", "ENV", "VOLUME", "EXPOSE"} | {
        *("USER", "STOPSIGNAL", "HEALTHCHECK", "ENTRYPOINT")
    }


def test_the_compose_file_refers_to_what_it_declares() -> None:
    compose: Any = yaml.safe_load(_block("yaml"))
    assert set(compose) == {"services", "secrets", "volumes"}
    named = {
        mount.partition(":")[0]
        for each in compose["services"].values()
        for mount in each["volumes"]
    }
    secrets = {name for each in compose["services"].values() for name in each["secrets"]}

    assert named == set(compose["volumes"])
    assert secrets == set(compose["secrets"])
    for service in compose["services"].values():
        assert set(service.get("depends_on", {})) <= set(compose["services"])
        for value in service["environment"].values():
            if value.startswith("/run/secrets/"):
                assert value.rpartition("/")[2] in service["secrets"]


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    checker = shutil.which("systemd-analyze")
    if checker is None:
        pytest.skip("systemd-analyze is not installed")
    unit = tmp_path / "iacrisk.service"
    text = _block("ini").replace("/opt/iacrisk/bin/iacrisk", sys.executable)
    unit.write_text(text)
    ran = subprocess.run(  # noqa: S603 - a fixed command
        [checker, "verify", "--man=no", unit], capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    unit.write_text(text.replace("ProtectSystem=strict", "ProtectSystem=sometimes"))
    broken = subprocess.run(  # noqa: S603 - the same
        [checker, "verify", "--man=no", unit], capture_output=True, text=True, check=False
    )
    assert "ignoring: sometimes" in broken.stderr


def test_the_table_of_metrics_is_what_is_measured() -> None:
    listed = set(re.findall(r"^\| `(iacrisk_\w+)` \|", PAGE, re.MULTILINE))
    ours = (metric for metric in REGISTRY.collect() if metric.name.startswith("iacrisk_"))
    exposed = {f"{one.name}_total" if one.type == "counter" else one.name for one in ours}

    assert listed == exposed


def test_the_alerts_speak_of_metrics_that_exist() -> None:
    rules = yaml.safe_load(_block("yaml", 1))["groups"][0]["rules"]
    used = {name for rule in rules for name in re.findall(r"iacrisk_\w+", rule["expr"])}
    known = {metric.name for metric in REGISTRY.collect()}

    assert {name.removesuffix("_bucket") for name in used} <= known


def test_the_receiver_in_the_page_works(capsys: pytest.CaptureFixture[str]) -> None:
    key = "whsec_" + "QUJD" * 8
    body = b'{"type": "run.waiting", "data": {"workspace": "network", "url": "https://r.example"}}'
    now = int(datetime.datetime.now(datetime.UTC).timestamp())
    headers = signed_headers(Secret(key), "ntf_1", now, body)
    exec(_block("python"), {"key": key, "body": body, "headers": headers})  # noqa: S102 - our page

    assert capsys.readouterr().out == "run.waiting network https://r.example\n"

"""The page on own rules: its rules do what it says of them."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, RunCli
from tests.plans import Json, document, noop, tweak, update

PAGE = (ROOT / "docs" / "own-rules.md").read_text("utf-8")
DECLARED, PROJECT, PLUGINS = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
[PYTHON] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)

DB, ROLE, GROUP, QUEUE = (
    "aws_db_instance.main",
    "aws_iam_role.jobs",
    "aws_security_group.db",
    "aws_sqs_queue.orders",
)


def _backups(days: int) -> Json:
    before = {"identifier": "orders", "backup_retention_period": 14}
    return document(tweak(DB, before, backup_retention_period=days))


def _backups_unknown() -> Json:
    after_unknown = {"backup_retention_period": True}
    return document(update(DB, {"backup_retention_period": 14}, {}, after_unknown=after_unknown))


def _boundary(functions: int) -> Json:
    users = [f"aws_lambda_function.f{number}" for number in range(functions)]
    role = tweak(ROLE, {"name": "jobs", "permissions_boundary": "a"}, permissions_boundary="b")
    uses = {user: {"role": [f"{ROLE}.arn"]} for user in users}
    changes = (role, *(noop(user, {"id": user}) for user in users))
    return document(*changes, references={ROLE: {}, **uses})


def _opened(cidr: str | None) -> Json:
    rule: Json = {"from_port": 5432, "to_port": 5432, "cidr_blocks": [cidr] if cidr else []}
    unknown = {} if cidr else {"ingress": [{"cidr_blocks": True}]}
    before = {"name": "db", "ingress": []}
    after = {"name": "db", "ingress": [rule]}
    return document(update(GROUP, before, after, after_unknown=unknown))


ANSWERS = {
    "`backup_retention_period` from 14 to 3": _backups(3),
    "`backup_retention_period` from 14 to 7": _backups(7),
    "`backup_retention_period` from 14 to a value known after apply": _backups_unknown(),
    "`permissions_boundary` of a role that two functions use": _boundary(2),
    "`permissions_boundary` of a role that one function uses": _boundary(1),
    "port 5432 opened to `10.1.0.0/16`": _opened("10.1.0.0/16"),
    "port 5432 opened to `0.0.0.0/0`": _opened("0.0.0.0/0"),
    "port 5432 opened to a range known after apply": _opened(None),
}


@pytest.fixture
def report(cli: RunCli, tmp_path: Path) -> Any:
    def run(policy: str, plan: Json) -> Any:
        (tmp_path / "iacrisk.toml").write_text(policy, "utf-8")
        (tmp_path / "plan.json").write_text(json.dumps(plan), "utf-8")
        ran = cli("score", "plan.json", "--format", "json")
        assert ran.err == ""
        return json.loads(ran.out)

    return run


def test_the_table_tells_what_the_rules_say(report: Any) -> None:
    table = PAGE.partition("| change | answer |\n| --- | --- |\n")[2].partition("\n\n")[0]
    rows = dict(re.findall(r"^\| (.*?) \| (.*?) ?\|$", table, re.MULTILINE))
    said = {}
    for change, plan in ANSWERS.items():
        judged = report(DECLARED, plan)
        assert judged["rule_failures"] == [], change
        [item] = judged["changes"]
        own = [f["rule"] for f in item["findings"] if f["rule"].startswith("ORG-")]
        open_ = [u["rule"] for u in item["undecided"] if u["rule"].startswith("ORG-")]
        said[change] = ", ".join([*own, *(f"{rule} undecided" for rule in open_)])

    assert said == rows


def test_the_error_shown_is_the_one_that_is_raised(cli: RunCli, tmp_path: Path) -> None:
    broken = DECLARED.replace("environment ==", "enviroment ==", 1)
    (tmp_path / "iacrisk.toml").write_text(broken, "utf-8")
    ran = cli("rules", "--config", "iacrisk.toml")

    assert ran.code == 2
    assert ran.err in PAGE


def test_the_trial_shown_is_the_one_that_is_printed(cli: RunCli, tmp_path: Path) -> None:
    (tmp_path / "iacrisk.toml").write_text(DECLARED, "utf-8")
    (tmp_path / "plan.json").write_text(json.dumps(_backups(3)), "utf-8")

    shown = cli("rules", "--test", "plan.json").out
    assert f"```text\n$ iacrisk rules --test plan.json\n{shown}```" in PAGE


@pytest.mark.parametrize(
    ("seconds", "readers", "flagged"), [(3600, 1, True), (3600, 0, False), (345_600, 1, False)]
)
def test_the_package_is_asked(
    report: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    seconds: int,
    readers: int,
    flagged: bool,
) -> None:
    _install(tmp_path / "site", monkeypatch)
    before = {"name": "orders", "message_retention_seconds": 1_209_600}
    queue = tweak(QUEUE, before, message_retention_seconds=seconds)
    users = [f"aws_lambda_function.reader{number}" for number in range(readers)]
    uses = {user: {"environment": [f"{QUEUE}.url"]} for user in users}
    changes = (queue, *(noop(user, {"id": user}) for user in users))
    judged = report(PLUGINS, document(*changes, references={QUEUE: {}, **uses}))

    found = [item["rule"] for item in judged["changes"][0]["findings"]]
    assert judged["rule_failures"] == []
    assert ("ACME-001" in found) is flagged
    assert judged["policy"]["own_rules"][0]["origin"] == "acme-rules 1.0"


def _install(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What pip makes of the module and the project table of the page."""
    points = re.search(r'\n(acme = )"(.*?)"', PROJECT)
    assert points is not None
    info = site / "acme_rules-1.0.dist-info"
    info.mkdir(parents=True)
    (site / "acme_rules.py").write_text(PYTHON, "utf-8")
    metadata = "Metadata-Version: 2.1\nName: acme-rules\nVersion: 1.0\n"
    (info / "METADATA").write_text(metadata, "utf-8")
    entry = f"[iacrisk.rules]\n{points[1]}{points[2]}\n"
    (info / "entry_points.txt").write_text(entry, "utf-8")
    monkeypatch.syspath_prepend(site)
    monkeypatch.delitem(sys.modules, "acme_rules", raising=False)

"""Rules of an installed package, through the command line: asked only where the policy says so.

The package is laid out as pip would install it, in a directory on the path.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import RunCli
from tests.plans import document, tweak

RULES = '''\
"""Rules of Acme."""

from iacrisk.plan import UNKNOWN
from iacrisk.rules.rule import Confidence, Flag, Harm, Severity, Undecided, rule


@rule(
    id="ACME-001",
    name="disk-slower",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    types={"acme_disk"},
    since="1.2",
)
def slower(change, context):
    """The disk gets slower."""
    if change.becomes("iops") is UNKNOWN:
        yield Undecided(why="It is not known yet.", paths=(("iops",),))
    elif change.becomes("iops") < change.was("iops"):
        yield Flag(what="The disk gets slower.", paths=(("iops",),))


RULES = (slower,)
'''
PLAN = document(tweak("acme_disk.main", {"iops": 3000}, iops=2000))
POLICY = '[plugins]\nrules = ["acme"]\n'

Install = Callable[..., Path]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """`install(source)` puts a distribution with the entry point `acme` on the path."""

    def run(source: str = RULES, name: str = "acme-rules", point: str = "acme:RULES") -> Path:
        site = tmp_path / f"site-{name}"
        package = site / "acme"
        package.mkdir(parents=True)
        (package / "__init__.py").write_text(source, "utf-8")
        info = site / f"{name.replace('-', '_')}-1.2.3.dist-info"
        info.mkdir()
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2.3\n"
        (info / "METADATA").write_text(metadata, "utf-8")
        (info / "entry_points.txt").write_text(f"[iacrisk.rules]\nacme = {point}\n", "utf-8")
        monkeypatch.syspath_prepend(site)
        monkeypatch.delitem(sys.modules, "acme", raising=False)
        return package

    (tmp_path / "plan.json").write_text(json.dumps(PLAN), "utf-8")
    return run


@pytest.fixture
def score(cli: RunCli, tmp_path: Path) -> Any:
    def run(policy: str = POLICY, *arguments: str) -> Any:
        (tmp_path / "iacrisk.toml").write_text(policy, "utf-8")
        return cli("score", "plan.json", *arguments)

    return run


def test_a_package_that_the_policy_does_not_name_changes_nothing(
    install: Install, score: Any
) -> None:
    install('raise SystemExit(0)\nopen("imported", "w")')

    assert score("").code == 0
    assert "acme" not in sys.modules


def test_a_named_package_is_asked(install: Install, score: Any) -> None:
    install()
    ran = score()

    assert ran.code == 3
    assert "ACME-001 disk-slower (high): The disk gets slower." in ran.out


def test_the_json_report_says_which_package_judged(install: Install, score: Any) -> None:
    package = install()
    (package / "data").mkdir()
    (package / "data" / "list.txt").write_text("a\n", "utf-8")
    policy = json.loads(score(POLICY, "--format", "json").out)["policy"]

    digest = hashlib.sha256()
    for name in ("__init__.py", "data/list.txt"):
        content = (package / name).read_bytes()
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    origin = "acme-rules 1.2.3"
    assert policy["own_rules"] == [{"id": "ACME-001", "name": "disk-slower", "origin": origin}]
    assert policy["plugins"] == [
        {
            "name": "acme",
            "distribution": "acme-rules",
            "version": "1.2.3",
            "sha256": digest.hexdigest(),
        }
    ]


def test_what_it_prints_does_not_stand_in_the_report(install: Install, score: Any) -> None:
    install('print("hello")\n' + RULES.replace("    if change", "    print(1)\n    if change"))
    ran = score(POLICY, "--format", "json")

    assert json.loads(ran.out)["policy"]["own_rules"][0]["id"] == "ACME-001"
    assert ran.err == "hello\n1\n"


def test_a_module_of_one_file_has_a_digest_too(install: Install, score: Any) -> None:
    package = install(point="acme_one:RULES")
    (package.parent / "acme_one.py").write_text(RULES, "utf-8")
    [plugin] = json.loads(score(POLICY, "--format", "json").out)["policy"]["plugins"]
    sys.modules.pop("acme_one")

    content = RULES.encode()
    framed = f"acme_one.py\0{len(content)}\0".encode() + content
    assert plugin["sha256"] == hashlib.sha256(framed).hexdigest()


def test_its_rules_are_listed_waived_and_overridden(
    install: Install, score: Any, cli: RunCli
) -> None:
    install()

    assert score(f"{POLICY}[rules.ACME-001]\nenabled = false\n").code == 0
    assert "ACME-001   high      disk-slower" in cli("rules").out
    assert "Declared in: acme-rules 1.2.3" in cli("rules", "ACME-001").out


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("import nothing_like_this", "it cannot be imported: ModuleNotFoundError: No module named"),
        ("raise SystemExit(0)", "it cannot be imported: SystemExit: 0"),
        ("RULES = 1 / 0", "it cannot be imported: ZeroDivisionError"),
        ("", "it cannot be imported: AttributeError"),
        ("RULES = (1,)", "its entry point has to lead to a tuple of rules"),
        ("RULES = 'abc'", "its entry point has to lead to a tuple of rules"),
        (RULES.replace("ACME-001", "D01"), "the id 'D01' is not one of an own rule"),
        (RULES.replace("(slower,)", "(slower, slower)"), "acme-rules 1.2.3 has 'ACME-001' already"),
        (RULES.replace("disk-slower", "recovery-cut"), "a built-in rule has 'recovery-cut'"),
        (RULES.replace("harm=Harm.AVAILABILITY", "harm=Harm.NONE"), "AttributeError"),
    ],
)
def test_a_broken_package_is_a_settings_error(
    install: Install, score: Any, tmp_path: Path, source: str, what: str
) -> None:
    install(source)
    ran = score()

    assert ran.code == 2
    assert f"{tmp_path / 'iacrisk.toml'}:2: " in ran.err
    assert what in ran.err


def test_a_package_that_is_not_installed_is_a_settings_error(install: Install, score: Any) -> None:
    install()
    ran = score('[plugins]\nrules = ["acne"]\n')

    assert ran.code == 2
    assert "plugin 'acne': no installed package has such an entry point" in ran.err
    assert "there are: acme" in ran.err


def test_two_packages_of_one_name_are_a_settings_error(install: Install, score: Any) -> None:
    install()
    install(name="other-rules")

    ran = score()
    assert (ran.code, "acme-rules, other-rules" in ran.err) == (2, True)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("raise SystemExit(0)", "SystemExit"),
        ("raise ValueError(change.was('iops'))", "ValueError"),
        ("yield 'dangerous'", "it yielded something that is neither Flag nor Undecided"),
        ("return 1", "TypeError"),
    ],
)
def test_a_rule_that_fails_holds_the_plan(
    install: Install, score: Any, body: str, error: str
) -> None:
    head, _, tail = RULES.partition("    if change.becomes")
    install(f"{head}    {body}\n\n\n{tail[tail.index('RULES') :]}")
    ran = score(POLICY, "--format", "json")
    report = json.loads(ran.out)

    assert ran.code == 3
    assert [item["error"] for item in report["rule_failures"]] == [error]
    assert report["changes"][0]["findings"] == []


def test_it_works_in_a_process_of_its_own(install: Install, tmp_path: Path) -> None:
    site = install().parent
    (tmp_path / "iacrisk.toml").write_text(POLICY, "utf-8")
    ran = subprocess.run(
        [sys.executable, "-m", "iacrisk", "score", "plan.json"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ran.returncode, "ACME-001" in ran.stdout) == (3, True)

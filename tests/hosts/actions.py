"""Runs a composite action as GitHub's runner does: steps, conditions, outputs, files."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import yaml

from tests.conftest import ROOT
from tests.hosts.conftest import Host

Context = dict[str, Any]
_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
_OPERATORS = {"&&": " and ", "||": " or ", "!=": " != "}


class Ended(msgspec.Struct, frozen=True):
    """How a run of the action ended."""

    code: int
    log: str
    outputs: dict[str, str]
    summary: str
    used: list[Any]


def run_action(host: Host, inputs: Mapping[str, str], github: Context) -> Ended:
    """The action of this checkout, installed already, with these inputs."""
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    unknown = set(inputs) - set(action["inputs"])
    assert not unknown, f"the action has no such inputs: {unknown}"
    required = {name for name, spec in action["inputs"].items() if spec["required"]}
    assert required <= set(inputs)
    given = {
        name: inputs.get(name, str(spec.get("default", "")))
        for name, spec in action["inputs"].items()
    }
    context: Context = {"inputs": given, "github": {"token": "t0ken", **github}, "steps": {}}
    given["token"] = evaluate(given["token"], context)
    run = _Run(host, context)
    for step in action["runs"]["steps"]:
        run.step(step)
    outputs = {name: evaluate(spec["value"], context) for name, spec in action["outputs"].items()}
    return Ended(run.code, "".join(run.log), outputs, run.read("summary"), run.used)


class _Run:
    """One job; after a step that failed only the end is left."""

    def __init__(self, host: Host, context: Context) -> None:
        self._host = host
        self._context = context
        self._files = host.folder.parent / "runner"
        (self._files / "iacrisk" / "venv" / "bin").mkdir(parents=True, exist_ok=True)
        for program in ("iacrisk", "python"):
            link = self._files / "iacrisk" / "venv" / "bin" / program
            link.unlink(missing_ok=True)
            link.symlink_to(host.which(program))
        self.code = 0
        self.log: list[str] = []
        self.used: list[Any] = []

    def step(self, step: Context) -> None:
        if self.code:
            return
        if "if" in step and evaluate(step["if"], self._context) != "true":
            return
        if "uses" in step:
            assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", step["uses"]), "not pinned"
            self.used.append({k: evaluate(v, self._context) for k, v in step["with"].items()})
            return
        assert "${{" not in step["run"], "text of others would become part of the script"
        ran = self._script(step)
        self.code = ran.returncode
        self.log.append(ran.stdout + ran.stderr)
        if "id" in step:
            self._context["steps"][step["id"]] = {"outputs": _outputs(self.read("output"))}

    def read(self, name: str) -> str:
        path = self._files / name
        return path.read_text("utf-8") if path.exists() else ""

    def _script(self, step: Context) -> subprocess.CompletedProcess[str]:
        assert step["shell"] == "bash"
        own = {k: evaluate(v, self._context) for k, v in step.get("env", {}).items()}
        return self._host.process(
            ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]),
            {
                "GITHUB_ACTION_PATH": str(ROOT),
                "GITHUB_OUTPUT": str(self._files / "output"),
                "GITHUB_STEP_SUMMARY": str(self._files / "summary"),
                "GITHUB_REPOSITORY": "acme/infra",
                "GITHUB_SERVER_URL": "https://github.com",
                "RUNNER_TEMP": str(self._files),
                **own,
            },
        )


def evaluate(text: str, context: Context) -> str:
    """The text with its expressions replaced, as far as our files use them."""
    return _EXPRESSION.sub(lambda found: _shown(_value(found[1], context)), str(text))


def _value(expression: str, context: Context) -> Any:
    python = expression.replace("github.event.pull_request.number", "github_pull_request")
    for operator, word in _OPERATORS.items():
        python = python.replace(operator, word)
    python = re.sub(r"\b(?:inputs|steps|github|needs)(?:\.[\w-]+)+", _look_up(context), python)
    number = context["github"].get("pull_request", "")
    names = {"github_pull_request": number, "always": lambda: True, "__builtins__": {}}
    return eval(python, names)  # noqa: S307 - our own expressions


def _look_up(context: Context) -> Any:
    def found(match: re.Match[str]) -> str:
        value: Any = context
        for name in match[0].split("."):
            value = value.get(name, "") if isinstance(value, dict) else ""
        return repr(value)

    return found


def _shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _outputs(text: str) -> dict[str, str]:
    """What the runner reads from GITHUB_OUTPUT."""
    found: dict[str, str] = {}
    lines = iter(text.splitlines())
    for line in lines:
        name, _, delimiter = line.partition("<<")
        assert delimiter, f"no heredoc: {line}"
        value: list[str] = []
        for inner in lines:
            if inner == delimiter:
                break
            value.append(inner)
        found[name] = "\n".join(value)
    return found


def commands(log: str) -> list[str]:
    """The workflow commands that the runner obeys in a log, `stop-commands` considered."""
    obeyed: list[str] = []
    stopped = ""
    for line in log.splitlines():
        if stopped:
            stopped = "" if line == f"::{stopped}::" else stopped
        elif line.startswith("::stop-commands::"):
            stopped = line.removeprefix("::stop-commands::")
        elif line.lstrip().startswith("::"):
            obeyed.append(line)
    assert not stopped, "commands stay stopped"
    return obeyed


GH = """
import json, os, re, sys
from pathlib import Path

words = sys.argv[1:]
store = Path({store!r})
comments = json.loads(store.read_text()) if store.exists() else []
assert words.pop(0) == "api", words
options = {{}}
rest = []
while words:
    word = words.pop(0)
    if word in ("--paginate", "--silent"):
        options[word] = True
    elif word.startswith("--"):
        options[word] = words.pop(0)
    else:
        rest.append(word)
[path] = rest
if {refused!r} and options.get("--method"):
    sys.exit("HTTP 403: Resource not accessible by integration")
assert os.environ["GH_TOKEN"] == "t0ken"
assert os.environ["GH_HOST"] == "github.com"
if "--method" not in options:
    assert path == "repos/acme/infra/issues/7/comments?per_page=100", path
    assert "env.AUTHOR" in options["--jq"] and "env.MARKER" in options["--jq"]
    for comment in comments:
        ours = comment["user"]["login"] == os.environ["AUTHOR"]
        if ours and comment["body"].startswith(os.environ["MARKER"]):
            print(comment["id"])
    sys.exit()
body = Path(options["--field"].removeprefix("body=@")).read_text("utf-8")
assert len(body) <= 65536
if options["--method"] == "POST":
    assert path == "repos/acme/infra/issues/7/comments", path
    login = os.environ["AUTHOR"]
    comments.append({{"id": 100 + len(comments), "user": {{"login": login}}, "body": body}})
else:
    number = int(re.fullmatch(r"repos/acme/infra/issues/comments/(\\d+)", path)[1])
    next(each for each in comments if each["id"] == number)["body"] = body
store.write_text(json.dumps(comments))
"""
"""A stand-in for the `gh` of the runner, with the comments of one pull request in a file."""


def install_gh(host: Host, store: Path, *, refused: bool = False) -> None:
    """Put it on the host's PATH; `refused`: the token may not write."""
    script = host.folder.parent / "gh.py"
    script.write_text(GH.format(store=str(store), refused=refused), "utf-8")
    host.program("gh", f'exec "{host.which("python")}" "{script}" "$@"')

"""The GitLab template: its script run as the runner does, its note against a GitLab of our own."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
import yaml

from tests.conftest import ROOT, Ran
from tests.hosts.conftest import ALLOWED, BLOCKED, Host, blocks
from tests.schemas import GITLAB_CI, published

TEXT = (ROOT / ".ci" / "gitlab.yml").read_text("utf-8")
SPEC: Any = next(yaml.safe_load_all(TEXT))["spec"]["inputs"]
RECIPE: Any = yaml.safe_load(blocks("gitlab.md", "yaml")[0])


def template(**inputs: str) -> Any:
    """The job after GitLab put the inputs in."""
    values = {name: spec.get("default") for name, spec in SPEC.items()} | inputs
    assert set(inputs) <= set(SPEC)
    assert None not in values.values(), "an input without a default is missing"
    body = TEXT.partition("\n---\n")[2]
    filled = re.sub(r"\$\[\[ inputs\.(\w+) \]\]", lambda m: str(values[m[1]]), body)
    assert "$[[" not in filled
    return yaml.safe_load(filled)


JOB: Any = template(**RECIPE["include"][0]["inputs"])["iacrisk"]


def score(host: Host, source: Path) -> Ran:
    """The job's script, as the runner joins it."""
    host.plan("plan.json", source)
    return host.run("set -e\n" + "\n".join(JOB["script"]), **JOB["variables"])


class GitLab(BaseHTTPRequestHandler):
    """The notes of merge request 3 of project 5, two on a page."""

    notes: list[Any]
    refuses: bool

    def do_GET(self) -> None:
        if self.path.endswith("/user"):
            self._answer({"id": 1})
            return
        page = int(re.findall(r"[?&]page=(\d+)", self.path)[0])
        more = str(page + 1) if len(self.notes) > 2 * page else ""
        self._answer(self.notes[2 * page - 2 : 2 * page], more)

    def do_POST(self) -> None:
        note = {"id": 10 + len(self.notes), "author": {"id": 1}, "body": self._body()}
        self._answer(note, status=403 if self.refuses else 201)
        if not self.refuses:
            self.notes.append(note)

    def do_PUT(self) -> None:
        number = int(self.path.rpartition("/")[2])
        note = next(each for each in self.notes if each["id"] == number)
        note["body"] = self._body()
        self._answer(note)

    def _body(self) -> str:
        read = self.rfile.read(int(self.headers["Content-Length"]))
        return str(json.loads(read)["body"])

    def _answer(self, value: Any, page: str = "", status: int = 200) -> None:
        assert self.headers["PRIVATE-TOKEN"] == "t0ken"
        assert re.match(r"/api/v4/(user$|projects/5/merge_requests/3/notes\b)", self.path)
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("X-Next-Page", page)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name above
        """Say nothing."""


@pytest.fixture
def gitlab() -> Iterator[tuple[type[GitLab], str]]:
    """A GitLab on this machine, and the address of its API."""

    class Own(GitLab):
        notes: list[Any] = []  # noqa: RUF012 - of this test
        refuses = False

    server = HTTPServer(("127.0.0.1", 0), Own)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Own, f"http://127.0.0.1:{server.server_port}/api/v4"
    server.shutdown()
    thread.join()
    server.server_close()


def note(host: Host, api: str, name: str = "iacrisk", **variables: str) -> Ran:
    """What stands after the script."""
    around = {"CI_API_V4_URL": api, "CI_PROJECT_ID": "5", "CI_MERGE_REQUEST_IID": "3"}
    around |= {"IACRISK_TOKEN": "t0ken", "no_proxy": "127.0.0.1", **variables, "IACRISK_NAME": name}
    return host.run("\n".join(JOB["after_script"]), **around)


@pytest.mark.parametrize(("source", "code"), [(ALLOWED, 0), (BLOCKED, 4)])
def test_the_job_ends_with_the_verdict_and_leaves_its_reports(
    source: Path, code: int, host: Host
) -> None:
    ran = score(host, source)
    reports = JOB["artifacts"]["reports"]

    assert ran.code == code, ran.err
    counts = json.loads((host.folder / reports["terraform"]).read_text("utf-8"))
    assert set(counts) == {"create", "update", "delete"}
    assert all(isinstance(number, int) for number in counts.values())
    entries = json.loads((host.folder / reports["codequality"]).read_text("utf-8"))
    assert bool(entries) == bool(code)
    ElementTree.parse(host.folder / reports["junit"])  # noqa: S314 - our own output
    assert all((host.folder / path).exists() for path in JOB["artifacts"]["paths"])
    assert "plan.json" not in JOB["artifacts"]["paths"]


def test_the_recipe_and_the_template_follow_the_schema() -> None:
    merged = {**RECIPE["iacrisk"], **JOB}
    pipeline = {name: value for name, value in RECIPE.items() if name != "include"}
    artifacts = dict(RECIPE["plan"]["artifacts"])
    del artifacts["access"]  # the schema at hand is older than this key
    pipeline["plan"] = {**RECIPE["plan"], "artifacts": artifacts}
    jsonschema.validate({**pipeline, "iacrisk": merged}, published(GITLAB_CI))


def test_a_note_is_written_once_and_then_kept_up_to_date(
    host: Host, gitlab: tuple[type[GitLab], str]
) -> None:
    server, api = gitlab
    theirs = {"id": 2, "author": {"id": 9}, "body": "<!-- iacrisk-note iacrisk -->\nALLOWED"}
    server.notes += [theirs, {**theirs, "id": 3}, {**theirs, "id": 4}]
    score(host, BLOCKED)
    first = note(host, api)
    score(host, ALLOWED)
    note(host, api)

    assert (first.code, first.out, first.err) == (0, "", "")
    assert server.notes[:3] == [theirs, {**theirs, "id": 3}, {**theirs, "id": 4}]
    [ours] = server.notes[3:]
    assert ours["body"].startswith("<!-- iacrisk-note iacrisk -->\n<!-- iacrisk -->\n## ALLOWED")


def test_jobs_with_other_names_have_notes_of_their_own(
    host: Host, gitlab: tuple[type[GitLab], str]
) -> None:
    server, api = gitlab
    score(host, ALLOWED)
    for name in ("prod -->", "staging"):
        note(host, api, name)

    heads = [each["body"].partition("\n")[0] for each in server.notes]
    assert heads == ["<!-- iacrisk-note prod---- -->", "<!-- iacrisk-note staging -->"]


def test_a_note_that_is_refused_or_not_wanted_fails_nothing(
    host: Host, gitlab: tuple[type[GitLab], str]
) -> None:
    server, api = gitlab
    server.refuses = True
    score(host, ALLOWED)

    assert "could not be written" in note(host, api).out
    assert "no note" in note(host, api, IACRISK_TOKEN="").out
    assert "no note" in note(host, api, CI_MERGE_REQUEST_IID="").out
    assert server.notes == []


@pytest.mark.parametrize(("source", "code"), [(ALLOWED, 0), (BLOCKED, 4)])
def test_the_job_that_applies_asks_again(source: Path, code: int, host: Host) -> None:
    host.plan("plan.json", source)
    host.program("terraform", "echo applied")
    ran = host.run("set -e\n" + "\n".join(RECIPE["apply"]["script"]))

    assert ran.code == code
    assert ("applied" in ran.out) == (code == 0)


def test_people_do_not_get_the_plan() -> None:
    assert RECIPE["plan"]["artifacts"]["access"] == "none"
    assert RECIPE["iacrisk"]["allow_failure"] == {"exit_codes": 3}

"""The API: a plan is judged, and how it stands can be asked later."""

from __future__ import annotations

import datetime
import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator
from litestar.testing import TestClient

from iacrisk.report.json_report import Report
from iacrisk.service.app import make_app
from iacrisk.service.deciding import Identity, approve
from iacrisk.service.settings import Scoring, Settings
from iacrisk.service.storage.api_tokens import list_tokens, make_token, revoke_token
from tests.conftest import ROOT, RunCli

PLANS = ROOT / "fixtures" / "plans"
HELD = (PLANS / "ingress-narrowed" / "plan.json").read_bytes()
ALLOWED = (PLANS / "tags-only" / "plan.json").read_bytes()
ALICE = Identity(who="alice@example.com", subject="alice", issuer="https://sign-in.example")
Answer = dict[str, Any]


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient[Any]]:
    """The service, with a token in each request."""
    settings = Settings(
        data_folder=str(tmp_path), scoring=Scoring(plan_mb=2), public_url="https://risk.example"
    )
    with TestClient(make_app(settings)) as client:
        with client.app.state["store"].begin() as connection:
            token = make_token(connection, "ci", _now(), _now() + datetime.timedelta(days=1))
        client.headers["Authorization"] = f"Bearer {token.reveal()}"
        yield client


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def _judge(client: TestClient[Any], plan: bytes, **asked: str) -> Answer:
    answer = client.post("/v1/assessments", content=plan, params=asked)
    assert answer.status_code == 201, answer.text
    found: Answer = answer.json()
    return found


def test_a_plan_is_judged_and_its_report_can_be_read(client: TestClient[Any]) -> None:
    told = _judge(client, HELD, workspace="prod", organisation="acme", author="mallory")
    assert (told["state"], told["verdict"], told["passes"]) == (
        "waiting",
        "approval-required",
        False,
    )
    assert told["missing"] == ["0 of 1 approvals by a listed signer (approval rule 1)."]
    assert told["url"] == f"https://risk.example/assessments/{told['id']}"

    report = client.get(f"/v1/assessments/{told['id']}/report")
    assert msgspec.json.decode(report.content, type=Report).score == told["score"]


def test_a_harmless_plan_passes(client: TestClient[Any]) -> None:
    told = _judge(client, ALLOWED)
    assert (told["passes"], told["state"], told["missing"]) == (True, "allowed", [])


def test_what_is_approved_passes_now_and_the_next_time(client: TestClient[Any]) -> None:
    told = _judge(client, HELD, workspace="prod", author="mallory")
    with client.app.state["store"].begin() as connection:
        approve(connection, told["id"], ALICE, "fine", _now())

    later = client.get(f"/v1/assessments/{told['id']}").json()
    assert (later["passes"], later["state"], later["missing"]) == (True, "approved", [])
    assert _judge(client, HELD, workspace="prod", author="mallory")["passes"] is True
    assert _judge(client, HELD, workspace="prod", author="alice")["passes"] is False
    assert _judge(client, HELD, workspace="other", author="mallory")["passes"] is False


def test_gzip_is_taken(client: TestClient[Any]) -> None:
    headers = {"Content-Encoding": "gzip"}
    packed = gzip.compress(ALLOWED)
    assert client.post("/v1/assessments", content=packed, headers=headers).status_code == 201
    for damaged in (packed[:-9], b"plain"):
        answer = client.post("/v1/assessments", content=damaged, headers=headers)
        assert answer.status_code == 400


def test_neither_a_large_plan_nor_a_bomb_is_taken(client: TestClient[Any], tmp_path: Path) -> None:
    large = b" " * (2 * 1024 * 1024 + 1)
    assert client.post("/v1/assessments", content=large).status_code == 413
    bomb, headers = gzip.compress(b" " * (300 * 1024 * 1024), 9), {"Content-Encoding": "gzip"}
    assert client.post("/v1/assessments", content=bomb, headers=headers).status_code == 413
    assert list((tmp_path / "plans").iterdir()) == []


def test_what_is_no_plan_is_told_and_does_not_pass(client: TestClient[Any]) -> None:
    answer = client.post("/v1/assessments", content=b'{"values": {}}')
    told = answer.json()
    assert (answer.status_code, told["state"], told["passes"]) == (422, "failed", False)
    assert told["message"].startswith("The plan was not judged.")


def test_without_a_token_that_counts_nothing_is_answered(client: TestClient[Any]) -> None:
    told = _judge(client, ALLOWED)
    paths = [f"/v1/assessments/{told['id']}", f"/v1/assessments/{told['id']}/report"]
    shown = client.headers.pop("Authorization")
    for header in ("", "Bearer", "Bearer iacrisk_wrong", shown.replace("Bearer", "Basic")):
        headers = {"Authorization": header}
        assert [client.get(path, headers=headers).status_code for path in paths] == [401, 401]
        assert client.post("/v1/assessments", content=ALLOWED, headers=headers).status_code == 401


def test_a_token_that_is_over_or_withdrawn_counts_no_more(client: TestClient[Any]) -> None:
    with client.app.state["store"].begin() as connection:
        old = make_token(connection, "old", _now(), _now() - datetime.timedelta(seconds=1))
        (first, *_) = list_tokens(connection)
        assert revoke_token(connection, first.id, _now())
        assert not revoke_token(connection, first.id, _now())
    for header in (client.headers["Authorization"], f"Bearer {old.reveal()}"):
        answer = client.get("/v1/assessments/x", headers={"Authorization": header})
        assert answer.status_code == 401


def test_what_is_unknown_is_not_found(client: TestClient[Any]) -> None:
    assert client.get("/v1/assessments/unknown").status_code == 404
    assert client.get("/v1/assessments/unknown/report").status_code == 404
    assert client.get("/v1/assessments/%00").status_code in {400, 404}


def test_the_description_tells_all_of_it(client: TestClient[Any]) -> None:
    described = client.get("/schema/openapi.json").json()
    assert set(described["paths"]) == {
        "/v1/assessments",
        "/v1/assessments/{assessment}",
        "/v1/assessments/{assessment}/report",
        "/v1/run-task",
    }
    body = described["paths"]["/v1/assessments"]["post"]["requestBody"]
    assert list(body["content"]) == ["application/json"]
    answer = described["components"]["schemas"]["AssessmentAnswer"]
    told = _judge(client, ALLOWED)
    Draft202012Validator({**answer, "components": described["components"]}).validate(told)


def test_tokens_are_made_and_withdrawn_on_the_command_line(
    cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IACRISK_DATA_FOLDER", str(tmp_path))
    made = cli("token", "create", "gitlab")
    listed = cli("token", "list")
    assert made.out.startswith("iacrisk_")
    assert made.out.strip() not in listed.out
    name = listed.out.split()[0]
    assert listed.out.split()[1] == "gitlab"
    assert cli("token", "revoke", name).code == 0
    assert cli("token", "revoke", name).code == 2
    assert "revoked" in cli("token", "list").out

"""The HCP Terraform of the tests is as strict as the real one, or it proves nothing."""

from __future__ import annotations

import http.client
import json
import ssl
import time
import urllib.parse
from collections.abc import Mapping
from typing import Any

import pytest

from tests.service.callback_schema import faults_of
from tests.service.fake_hcp import FakeHcp, Manners, TaskResult

_OUTCOME = {
    "type": "task-result-outcomes",
    "attributes": {
        "outcome-id": "D02",
        "description": "aws_db_instance.main will be replaced",
        "body": "why",
        "url": "https://risk.example/a/1",
        "tags": {"Status": [{"label": "Denied", "level": "error"}]},
    },
}


def _request(
    hcp: FakeHcp, method: str, url: str, body: object = None, **headers: str
) -> tuple[int, Mapping[str, str], bytes]:
    where = urllib.parse.urlsplit(url)
    trusting = ssl.create_default_context(cafile=str(hcp.authority))
    connection = http.client.HTTPSConnection(
        where.hostname or "", where.port, context=trusting, timeout=10
    )
    try:
        sent = None if body is None else json.dumps(body).encode()
        connection.request(method, where.path, sent, headers)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


def _get(hcp: FakeHcp, url: str, token: str | None) -> tuple[int, Mapping[str, str], bytes]:
    return _request(hcp, "GET", url, **({"Authorization": f"Bearer {token}"} if token else {}))


def _call_back(hcp: FakeHcp, result: TaskResult, body: object, token: str | None = None) -> int:
    return _request(
        hcp,
        "PATCH",
        result.payload["task_result_callback_url"],
        body,
        **{
            "Authorization": f"Bearer {token or result.token}",
            "Content-Type": "application/vnd.api+json",
        },
    )[0]


def _body(status: str, **attributes: Any) -> dict[str, Any]:
    return {"data": {"type": "task-results", "attributes": {"status": status, **attributes}}}


def test_the_plan_is_behind_a_link_on_another_host(hcp: FakeHcp) -> None:
    result = hcp.run(b"{}", Manners(not_ready=1))
    url = result.payload["plan_json_api_url"]
    assert _get(hcp, url, result.token)[0] == 204
    status, headers, _ = _get(hcp, url, result.token)
    assert status == 307
    assert (
        urllib.parse.urlsplit(headers["Location"]).hostname != urllib.parse.urlsplit(url).hostname
    )
    assert _get(hcp, headers["Location"], None)[::2] == (200, b"{}")
    assert hcp.leaks == []
    _get(hcp, headers["Location"], result.token)
    assert len(hcp.leaks) == 1


def test_a_link_is_over_after_its_time(hcp: FakeHcp) -> None:
    result = hcp.run(b"{}", Manners(link_life=0.05))
    link = _get(hcp, result.payload["plan_json_api_url"], result.token)[1]["Location"]
    time.sleep(0.1)
    assert _get(hcp, link, None)[0] == 403


def test_a_wrong_token_gets_nothing(hcp: FakeHcp) -> None:
    result = hcp.run(b"{}")
    assert _get(hcp, result.payload["plan_json_api_url"], "other")[0] == 401
    assert _call_back(hcp, result, _body("passed"), token="other") == 401  # noqa: S106 - a test's
    assert result.callbacks == []
    assert len(hcp.strangers) == 2


def test_only_the_first_final_callback_is_taken(hcp: FakeHcp) -> None:
    result = hcp.run()
    answers = [
        _call_back(hcp, result, _body(status))
        for status in ("running", "passed", "failed", "running")
    ]
    assert answers == [200, 200, 422, 422]
    assert result.final.status == "passed"


def test_an_answer_can_be_cut_after_the_callback_was_taken(hcp: FakeHcp) -> None:
    result = hcp.run(manners=Manners(cut_answers=1))
    with pytest.raises((OSError, http.client.HTTPException)):
        _call_back(hcp, result, _body("passed"))
    assert result.final.status == "passed"
    assert _call_back(hcp, result, _body("passed")) == 422


def test_a_fault_answers_everything(hcp: FakeHcp) -> None:
    result = hcp.run(b"{}")
    hcp.fault = 503
    assert _get(hcp, result.payload["plan_json_api_url"], result.token)[0] == 503
    assert _call_back(hcp, result, _body("passed")) == 503
    hcp.fault = None
    assert result.finals == []


@pytest.mark.parametrize(
    "attributes",
    [
        {"status": "pending"},
        {"status": "passed", "message": ""},
        {"status": "passed", "message": "m" * 1001},
        {"status": "passed", "url": "https://risk.example/" + "u" * 500},
        {"status": "passed", "url": "risk.example"},
        {"status": "passed", "outcomes": []},
    ],
)
def test_a_callback_outside_the_schema_is_refused(hcp: FakeHcp, attributes: dict[str, Any]) -> None:
    result = hcp.run()
    body = {"data": {"type": "task-results", "attributes": attributes}}
    assert _call_back(hcp, result, body) == 422
    assert result.callbacks[0].faults


@pytest.mark.parametrize(
    "change",
    [
        {"outcome-id": "x" * 65},
        {"outcome_id": "x"},
        {"description": "two\nlines"},
        {"body": "b" * 9001},
        {"tags": {"a b": [{"label": "x"}]}},
        {"tags": {"a": [{"label": "x" * 33}]}},
        {"tags": {"a": [{"label": "x", "level": "fatal"}]}},
        {"tags": {f"t{number}": [{"label": "x"}] for number in range(11)}},
    ],
)
def test_an_outcome_outside_the_schema_is_a_fault(change: dict[str, Any]) -> None:
    good = _body("failed")
    good["data"]["relationships"] = {"outcomes": {"data": [_OUTCOME]}}
    assert faults_of(good) == []
    bad = _OUTCOME | {"attributes": _OUTCOME["attributes"] | change}  # type: ignore[operator]
    good["data"]["relationships"] = {"outcomes": {"data": [bad]}}
    assert faults_of(good)


@pytest.mark.parametrize("count", [0, 11])
def test_one_to_ten_outcomes_are_taken(count: int) -> None:
    body = _body("failed")
    body["data"]["relationships"] = {"outcomes": {"data": [_OUTCOME] * count}}
    assert faults_of(body)

"""A run of HCP Terraform from webhook to final callback, against the one of the tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from iacrisk.report.page.values import PageView
from iacrisk.service.deciding import approve, reject
from iacrisk.service.secret import Secret
from iacrisk.service.settings import Hcp, Holding, Mode, WorkspaceRule
from iacrisk.service.storage.assessments import State, read_view
from iacrisk.service.storage.deliveries import find_delivery
from tests.conftest import ROOT
from tests.service.fake_hcp import FakeHcp, Manners, TaskResult
from tests.service.in_process import Serve, Service, hcp_settings

PLANS = ROOT / "fixtures" / "plans"
ALLOWED, HELD, OTHER, BLOCKED = (
    (PLANS / name / "plan.json").read_bytes()
    for name in ("tags-only", "ingress-narrowed", "ssh-open-danger", "rds-replaced")
)


def test_a_harmless_plan_passes(serve: Serve, hcp: FakeHcp) -> None:
    service, result = serve(), hcp.run(ALLOWED)

    assert service.finish(result)[0] == "passed"
    found = service.assessed(result)
    assert (found.state, found.verdict, found.author) == (State.ALLOWED, "allowed", "mallory")
    assert (hcp.leaks, hcp.strangers) == ([], [])


def test_a_held_plan_fails_and_passes_once_it_is_approved(serve: Serve, hcp: FakeHcp) -> None:
    service, first = serve(), hcp.run(HELD)
    status, message = service.finish(first)
    assert status == "failed"
    assert "approval needed. Once it is approved, start the run again." in message
    assert service.assessed(first).state is State.WAITING
    outcomes = first.final.body["data"]["relationships"]["outcomes"]["data"]
    assert outcomes[0]["attributes"]["description"].startswith("aws_security_group.app (update)")
    url = f"https://risk.example/assessments/{service.assessed(first).id}"
    assert first.final.body["data"]["attributes"]["url"] == url

    service.decide(first, approve)
    again = hcp.run(HELD)
    score = service.assessed(first).score
    passed = f"Score {score}/100, approved by alice@example.com."
    assert service.finish(again) == ("passed", passed)
    assert service.finish(hcp.run(HELD, run_created_by="alice"))[0] == "failed"
    assert service.finish(hcp.run(OTHER, stage="pre_apply"))[0] == "failed"
    assert service.finish(hcp.run(HELD, stage="pre_apply"))[0] == "passed"


@pytest.mark.parametrize("stage", ["pre_apply", "post_apply"])
def test_an_approval_is_used_once(serve: Serve, hcp: FakeHcp, stage: str) -> None:
    service, first = serve(), hcp.run(HELD, run_id="run-1")
    service.finish(first)
    service.decide(first, approve)
    assert service.finish(hcp.run(HELD, run_id="run-2"))[0] == "passed"  # discarded, say
    for stage_of_one in ("post_plan", stage, stage):
        assert service.finish(hcp.run(HELD, run_id="run-3", stage=stage_of_one))[0] == "passed"

    late = hcp.run(HELD, run_id="run-2", stage="pre_apply")
    again = hcp.run(HELD, run_id="run-4")
    assert (service.finish(late)[0], service.finish(again)[0]) == ("failed", "failed")
    service.decide(again, approve)
    assert service.finish(hcp.run(HELD, run_id="run-5"))[0] == "passed"


def test_a_run_that_failed_before_its_apply_uses_no_approval(serve: Serve, hcp: FakeHcp) -> None:
    service, first = serve(), hcp.run(HELD, run_id="run-1", stage="pre_apply")
    assert service.finish(first)[0] == "failed"
    service.decide(first, approve)
    again = hcp.run(HELD, run_id="run-2", stage="pre_apply")
    assert service.finish(again)[0] == "passed"


def test_a_rejected_plan_fails_again(serve: Serve, hcp: FakeHcp) -> None:
    service, first = serve(), hcp.run(HELD)
    service.finish(first)
    service.decide(first, reject)

    status, message = service.finish(hcp.run(HELD))
    assert status == "failed"
    assert "rejected by alice@example.com: looked at it" in message


def test_a_run_is_held_until_somebody_approves(serve: Serve, hcp: FakeHcp) -> None:
    service = serve(mode=Mode.HOLD, holding=Holding(heartbeat_seconds=1))
    result = hcp.run(HELD)
    assert service.deliver(result) == 200
    hcp.wait_running(result, 2, timeout=60)
    assert service.assessed(result).state is State.WAITING
    assert result.finals == []

    service.decide(result, approve)
    assert service.end(result)[0] == "passed"
    assert service.assessed(result).state is State.APPROVED


def test_a_held_run_that_is_rejected_fails(serve: Serve, hcp: FakeHcp) -> None:
    service = serve(mode=Mode.HOLD, holding=Holding(heartbeat_seconds=1))
    result = hcp.run(HELD)
    service.deliver(result)
    hcp.wait_running(result, timeout=60)
    service.decide(result, reject)

    assert service.end(result)[0] == "failed"
    assert service.assessed(result).state is State.REJECTED


def test_a_restart_in_between_loses_nothing(serve: Serve, hcp: FakeHcp) -> None:
    holding = Holding(heartbeat_seconds=1)
    service, result = serve(mode=Mode.HOLD, holding=holding), hcp.run(HELD)
    service.deliver(result)
    hcp.wait_running(result, timeout=60)

    service = serve(mode=Mode.HOLD, holding=holding)
    assert result.finals == []
    service.decide(result, approve)
    assert service.end(result)[0] == "passed"


def test_advice_passes_whatever_it_says(serve: Serve, hcp: FakeHcp) -> None:
    service = serve(mode=Mode.ADVISORY)
    status, message = service.finish(hcp.run(BLOCKED))
    assert status == "passed"
    assert message.endswith("blocked. Advice only.")


def test_what_nobody_may_approve_is_not_held(serve: Serve, hcp: FakeHcp) -> None:
    service = serve(mode=Mode.HOLD)
    result = hcp.run(BLOCKED)
    status, message = service.finish(result)
    assert status == "failed"
    assert "names nobody who may approve" in message
    assert service.assessed(result).state is State.BLOCKED


def test_a_speculative_run_is_not_held(serve: Serve, hcp: FakeHcp) -> None:
    service = serve(mode=Mode.HOLD)
    assert service.finish(hcp.run(HELD, is_speculative=True))[0] == "failed"


def test_policy_and_mode_are_those_of_the_workspace(
    serve: Serve, hcp: FakeHcp, tmp_path: Path
) -> None:
    mild = tmp_path / "mild.toml"
    mild.write_text("[thresholds]\nhold = 101\n")
    service = serve(
        workspaces=(
            WorkspaceRule(workspace="sandbox-*", policy=str(mild)),
            WorkspaceRule(organisation="acme", workspace="lab", mode=Mode.ADVISORY),
        )
    )
    assert service.finish(hcp.run(HELD, workspace_name="sandbox-1"))[0] == "passed"
    assert service.finish(hcp.run(HELD, workspace_name="lab"))[0] == "passed"
    assert service.finish(hcp.run(HELD, workspace_name="prod"))[0] == "failed"


@pytest.mark.parametrize("stage", ["pre_plan", "post_apply", "pre-plan", "some_day"])
def test_stages_without_a_plan_to_judge_pass(serve: Serve, hcp: FakeHcp, stage: str) -> None:
    service, result = serve(), hcp.run(HELD, stage=stage)
    assert service.finish(result)[0] == "passed"
    assert result.plan_requests == 0
    assert service.assessed(result).state is State.NOTED


def test_the_apply_is_noted_on_what_was_judged(serve: Serve, hcp: FakeHcp) -> None:
    service, result = serve(), hcp.run(ALLOWED)
    service.finish(result)
    service.finish(hcp.run(stage="post_apply", run_id=result.payload["run_id"]))
    assert service.assessed(result).applied_at is not None


@pytest.mark.parametrize(
    ("plan", "fields", "manners", "told"),
    [
        (b"{}", {}, Manners(), "not judged"),
        (ALLOWED, {}, Manners(plan_answers=(404,)), "does not give out this plan"),
        (ALLOWED, {}, Manners(plan_answers=(422,)), "older than 0.12"),
        (ALLOWED, {}, Manners(redirect_to="https://evil.example/plan"), "not in the settings"),
        (ALLOWED, {}, Manners(redirect_to="http://127.0.0.1/plan"), "not one of HTTPS"),
        (ALLOWED, {"plan_json_api_url": "https://evil.example/"}, Manners(), "not in the settings"),
        (ALLOWED, {"plan_json_api_url": ...}, Manners(), "no address of the plan"),
        (ALLOWED, {"payload_version": 2}, Manners(), "Payload version 2"),
    ],
)
def test_what_cannot_be_judged_fails(
    serve: Serve, hcp: FakeHcp, plan: bytes, fields: dict[str, Any], manners: Manners, told: str
) -> None:
    service = serve(mode=Mode.ADVISORY)
    result = hcp.run(plan, manners, **fields)
    status, message = service.finish(result)
    assert status == "failed"
    assert told in message
    assert service.assessed(result).state is State.FAILED


def test_a_plan_that_is_not_ready_is_waited_for(serve: Serve, hcp: FakeHcp) -> None:
    result = hcp.run(ALLOWED, Manners(not_ready=1, plan_answers=(500,)))
    assert serve().finish(result)[0] == "passed"


def test_the_final_answer_is_sent_until_it_is_taken(serve: Serve, hcp: FakeHcp) -> None:
    service, result = serve(), hcp.run(ALLOWED, Manners(callback_answers=(500, 503)))
    assert service.finish(result)[0] == "passed"


def test_an_answer_that_was_cut_off_is_given_once(serve: Serve, hcp: FakeHcp) -> None:
    service, result = serve(), hcp.run(ALLOWED, Manners(cut_answers=1))
    service.finish(result)
    _wait_closed(service, result)
    assert len(result.finals) == 1


def test_the_token_is_sealed_and_erased_with_the_final_answer(
    serve: Serve, hcp: FakeHcp, tmp_path: Path
) -> None:
    service = serve(mode=Mode.HOLD)
    result = hcp.run(HELD)
    service.deliver(result)
    hcp.wait_running(result, timeout=60)
    assert service.delivery(result).token is not None
    for path in (tmp_path / "data").rglob("*"):
        assert not path.is_file() or result.token.encode() not in path.read_bytes(), path
    service.decide(result, approve)
    service.end(result)
    _wait_closed(service, result)
    assert service.delivery(result).token is None


def test_no_plan_is_kept_and_its_page_is(serve: Serve, hcp: FakeHcp, tmp_path: Path) -> None:
    service, result = serve(), hcp.run(HELD)
    service.finish(result)
    with service.store.begin() as connection:
        view = read_view(connection, service.assessed(result).id)
    assert msgspec.json.decode(view or b"", type=PageView).verdict == "approval-required"
    assert list((tmp_path / "data" / "plans").iterdir()) == []


def test_a_webhook_counts_once_however_often_it_comes(serve: Serve, hcp: FakeHcp) -> None:
    service, result = serve(), hcp.run(HELD)
    assert [service.deliver(result) for _ in range(4)] == [200] * 4
    service.end(result)
    assert service.deliver(result) == 200
    _wait_closed(service, result)

    assert (len(result.finals), service.delivery(result).received) == (1, 5)


def test_a_ping_is_answered_and_starts_nothing(serve: Serve, hcp: FakeHcp) -> None:
    service = serve()
    body = b'{"payload_version": 1, "stage": "test", "access_token": "test-token"}'
    assert service.post(body, hcp.sign(body)) == 200
    assert service.post(body, "") == 401


def test_whatever_is_not_signed_starts_nothing(serve: Serve, hcp: FakeHcp) -> None:
    service, result = serve(), hcp.run(HELD)
    body = msgspec.json.encode(result.payload)
    assert [service.post(body, each) for each in ("", "00", hcp.sign(body + b" "))] == [401] * 3
    with service.store.begin() as connection:
        assert find_delivery(connection, result.id) is None


def test_without_a_key_nothing_is_taken(serve: Serve, hcp: FakeHcp) -> None:
    service, body = serve(hcp=Hcp()), b"{}"
    assert service.post(body, hcp.sign(body)) == 400
    assert service.post(body, "") == 401


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("task_result_callback_url", "https://evil.example/callback"),
        ("task_result_callback_url", "http://localhost/callback"),
        ("task_result_id", "../etc"),
        ("task_result_id", ...),
        ("access_token", ...),
    ],
)
def test_a_signed_webhook_that_cannot_be_answered_is_refused(
    serve: Serve, hcp: FakeHcp, field: str, value: Any
) -> None:
    service, result = serve(), hcp.run(HELD)
    payload = {**result.payload, field: value}
    body = msgspec.json.encode({name: each for name, each in payload.items() if each is not ...})
    assert service.post(body, hcp.sign(body)) == 400


def test_the_previous_key_still_counts(serve: Serve, hcp: FakeHcp) -> None:
    settings = msgspec.structs.replace(
        hcp_settings(hcp), hmac_key=Secret("new key"), previous_hmac_key=Secret(hcp.key)
    )
    assert serve(hcp=settings).finish(hcp.run(ALLOWED))[0] == "passed"


def _wait_closed(service: Service, result: TaskResult) -> None:
    """Until the service, too, knows that it is over."""
    import time  # noqa: PLC0415

    until = time.monotonic() + 30
    while service.delivery(result).final_at is None and time.monotonic() < until:
        time.sleep(0.05)
    assert service.delivery(result).final_at is not None

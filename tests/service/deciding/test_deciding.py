"""What people decide on a held plan, and what comes of it."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from iacrisk.errors import DecisionRefused
from iacrisk.gate import Verdict
from iacrisk.service.deciding import Identity, Standing, approve, reject, review, withdraw
from iacrisk.service.scoring.job import Job
from iacrisk.service.scoring.worker import score_plan
from iacrisk.service.settings import Settings
from iacrisk.service.storage import Store, open_store
from iacrisk.service.storage.assessments import (
    Judgment,
    NewAssessment,
    Source,
    State,
    add_assessment,
    find_assessment,
    keep_judgment,
    let_wait,
    list_waiting,
    settle,
)
from iacrisk.service.storage.decisions import decisions_on
from tests.conftest import ROOT

NOW = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)
PLANS = ROOT / "fixtures" / "plans"
QUORUM = """
[approvals]
agents = ["*-robot@*"]
rules = [{ quorum = 2 }]
[approvals.people]
alice = ["alice@example.com", "alice@other.example"]
"""


def _person(name: str, *aliases: str) -> Identity:
    return Identity(
        who=f"{name}@example.com", subject=name, issuer="https://sign-in.example", aliases=aliases
    )


ALICE, BOB, CAROL = _person("alice"), _person("bob"), _person("carol")


class Desk:
    """A store with held plans to decide on."""

    def __init__(self, folder: Path) -> None:
        self.store: Store = open_store(Settings(data_folder=str(folder)))
        self.store.migrate()
        self._folder = folder

    def held(
        self,
        plan: str = "ingress-narrowed",
        policy: str = "",
        author: str = "mallory",
        workspace: str = "prod",
    ) -> str:
        """A plan that waits; its id."""
        file = self._folder / "iacrisk.toml"
        file.write_text(policy)
        job = Job(
            plan=str(PLANS / plan / "plan.json"),
            policy=str(file),
            workspace=workspace,
            subject=f"acme/{workspace}",
        )
        scored = score_plan(job)
        new = NewAssessment(
            source=Source.RUN_TASK, organisation="acme", workspace=workspace, author=author
        )
        judgment = Judgment(
            verdict=scored.verdict,
            score=scored.score,
            fingerprint=scored.fingerprint,
            loose_fingerprint=scored.loose_fingerprint,
            report=scored.report,
            bond=scored.case,
        )
        with self.store.begin() as connection:
            made = add_assessment(connection, new, NOW)
            keep_judgment(connection, made, judgment, NOW)
            found = find_assessment(connection, made)
            assert found is not None
            let_wait(connection, found, NOW)
        return made

    def approve(
        self, made: str, who: Identity, now: datetime.datetime = NOW, reason: str = "seen"
    ) -> Standing:
        with self.store.begin() as connection:
            return approve(connection, made, who, reason, now)

    def reject(self, made: str, who: Identity, now: datetime.datetime = NOW) -> Standing:
        with self.store.begin() as connection:
            return reject(connection, made, who, "too risky", now)

    def state(self, made: str) -> State:
        with self.store.begin() as connection:
            found = find_assessment(connection, made)
        assert found is not None
        return found.state

    def review(self, made: str, now: datetime.datetime = NOW) -> Standing:
        with self.store.begin() as connection:
            standing = review(connection, made, now)
        assert standing is not None
        return standing


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_an_approval_lets_the_plan_go(desk: Desk) -> None:
    made = desk.held()
    standing = desk.approve(made, ALICE)

    assert standing.is_approved
    assert [grant.signer for grant in standing.outcome.granted] == ["alice@example.com"]
    assert desk.state(made) is State.APPROVED


def test_a_run_of_the_same_plan_is_approved_already(desk: Desk) -> None:
    desk.approve(desk.held(), ALICE)
    again = desk.held()

    assert desk.review(again).is_approved


def test_the_same_plan_elsewhere_or_another_plan_here_is_not(desk: Desk) -> None:
    desk.approve(desk.held(), ALICE)

    assert not desk.review(desk.held(workspace="other")).is_approved
    assert not desk.review(desk.held("ssh-open-danger")).is_approved


def test_an_approval_ends_when_the_policy_says_so(desk: Desk) -> None:
    made = desk.held(policy='[approvals]\nlongest = "1h"\n')
    desk.approve(made, ALICE)

    assert desk.review(made, NOW + datetime.timedelta(minutes=59)).is_approved
    assert not desk.review(made, NOW + datetime.timedelta(minutes=61)).is_approved


def test_another_policy_voids_the_approval(desk: Desk) -> None:
    desk.approve(desk.held(), ALICE)
    standing = desk.review(desk.held(policy="[thresholds]\nhold = 41\n"))

    assert not standing.is_approved
    assert standing.outcome.refused[0].why.startswith("Another policy held")


def test_two_people_are_needed_where_the_policy_wants_two(desk: Desk) -> None:
    made = desk.held(policy=QUORUM)
    first = desk.approve(made, ALICE)
    assert (first.is_approved, desk.state(made)) == (False, State.WAITING)
    assert first.outcome.missing[0].startswith("1 of 2 approvals")

    same = Identity(who="alice@other.example", subject="alice-2", issuer="https://sign-in.example")
    assert not desk.approve(made, same).is_approved
    assert not desk.approve(made, ALICE).is_approved
    assert desk.approve(made, BOB).is_approved
    assert desk.state(made) is State.APPROVED


@pytest.mark.parametrize(
    ("author", "who", "told"),
    [
        ("alice@example.com", ALICE, "wrote the change"),
        ("Alice <ALICE@example.com>", ALICE, "wrote the change"),
        ("bob", BOB, "may have written the change"),
        ("carol-hcp", _person("carol", "carol-hcp"), "may have written the change"),
        ("alice@other.example", ALICE, "wrote the change"),
        ("mallory", _person("deploy-robot"), "is no person"),
        ("mallory", _person("carol", "carol-robot@ci"), "is no person"),
    ],
)
def test_neither_authors_nor_agents_approve(
    desk: Desk, author: str, who: Identity, told: str
) -> None:
    made = desk.held(policy=QUORUM, author=author)
    with pytest.raises(DecisionRefused, match=told):
        desk.approve(made, who)
    with desk.store.begin() as connection:
        assert decisions_on(connection, made) == []


def test_who_approved_a_plan_cannot_run_it_again_and_pass(desk: Desk) -> None:
    desk.approve(desk.held(author="mallory"), ALICE)
    assert not desk.review(desk.held(author="alice")).is_approved


def test_a_rejection_stands_until_its_person_changes_their_mind(desk: Desk) -> None:
    made = desk.held()
    desk.approve(made, ALICE)
    standing = desk.reject(made, BOB, NOW + datetime.timedelta(minutes=1))
    assert standing.rejected is not None
    assert (standing.is_approved, desk.state(made)) == (False, State.REJECTED)

    assert desk.approve(made, CAROL, NOW + datetime.timedelta(minutes=2)).rejected is not None
    assert desk.approve(made, BOB, NOW + datetime.timedelta(minutes=3)).is_approved


def test_an_approval_can_be_withdrawn_by_its_person_alone(desk: Desk) -> None:
    made = desk.held()
    desk.approve(made, ALICE)
    with desk.store.begin() as connection:
        (decision,) = decisions_on(connection, made)
        with pytest.raises(DecisionRefused, match="no such decision of yours"):
            withdraw(connection, made, decision.id, BOB, NOW)
        assert not withdraw(connection, made, decision.id, ALICE, NOW).is_approved
    assert desk.state(made) is State.WAITING


def test_a_reason_has_to_be_given(desk: Desk) -> None:
    made = desk.held()
    for reason in ("", " \n", "x" * 2001):
        with pytest.raises(DecisionRefused, match="A reason is a text"):
            desk.approve(made, ALICE, reason=reason)


def test_what_was_allowed_or_could_not_be_judged_is_not_decided_on(desk: Desk) -> None:
    made = desk.held()
    with desk.store.begin() as connection:
        settle(connection, made, State.FAILED, NOW)
    with pytest.raises(DecisionRefused, match="nothing to decide"):
        desk.approve(made, ALICE)
    with pytest.raises(DecisionRefused, match="nothing to decide"):
        desk.approve("unknown", ALICE)


def test_a_blocked_plan_is_approved_by_those_whom_the_policy_names_for_it(desk: Desk) -> None:
    made = desk.held("rds-replaced")
    assert desk.review(made).outcome.verdict is Verdict.BLOCKED
    with pytest.raises(DecisionRefused, match="names nobody"):
        desk.approve(made, ALICE)

    may = '[approvals]\nrules = [{ may_unblock = true, by = ["dba"] }]\n'
    may += '[approvals.groups]\ndba = ["alice@example.com"]\n'
    made = desk.held("rds-replaced", policy=may)
    with pytest.raises(DecisionRefused, match="in no group"):
        desk.approve(made, BOB)
    assert desk.approve(made, ALICE).is_approved


def test_of_runs_of_one_plan_only_the_last_waits(desk: Desk) -> None:
    first, second = desk.held(), desk.held()
    with desk.store.begin() as connection:
        assert [each.id for each in list_waiting(connection)] == [second]
    assert desk.state(first) is State.SUPERSEDED

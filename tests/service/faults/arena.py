"""Where faults happen: an HCP Terraform, a service as a process, and a look into its store."""

from __future__ import annotations

import contextlib
import datetime
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Select, func, select

from iacrisk.service import deciding
from iacrisk.service.deciding import Identity
from iacrisk.service.secret import Secret
from iacrisk.service.settings import Settings
from iacrisk.service.storage import Store, open_store
from iacrisk.service.storage.assessments import State
from iacrisk.service.storage.tables import assessments, deliveries
from tests.conftest import ROOT
from tests.service.fake_hcp import FINAL, FakeHcp, TaskResult
from tests.service.process import Service

PATIENCE = 120.0
HOLDING = {"IACRISK_MODE": "hold", "IACRISK_HOLDING_HEARTBEAT_SECONDS": "1"}
_PLANS = ROOT / "fixtures" / "plans"


def plan(name: str = "ingress-narrowed") -> bytes:
    """A fixture's plan. This one has to be approved."""
    return (_PLANS / name / "plan.json").read_bytes()


def person(name: str) -> Identity:
    """Somebody who signed in."""
    who = f"{name}@example.com"
    return Identity(who=who, subject=name, issuer="https://sign-in.example")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What became of the runs of one scenario. Each has exactly one final callback, or it fails."""

    scenario: str
    runs: int
    again: int
    """Final callbacks that came once more, the same, after HCP had taken one."""
    seconds: float
    remark: str = ""

    def row(self) -> str:
        """As a row of a table in Markdown."""
        cells = (self.scenario, f"{self.runs:,}", f"{self.again:,}", f"{self.seconds:.0f}")
        return f"| {' | '.join(cells)} | {self.remark} |"


class Arena:
    """One HCP, one store, one or more replicas of the service."""

    def __init__(
        self,
        hcp: FakeHcp,
        folder: Path,
        *,
        database_url: str = "",
        settings: Mapping[str, str] | None = None,
        program: Sequence[str] = ("-m", "iacrisk"),
    ) -> None:
        self.hcp = hcp
        self.folder = folder
        self._database_url = database_url
        self._settings = dict(settings or {})
        self._program = program
        self._began = time.monotonic()
        self._services: list[Service] = []
        self.service = self.replica("local")

    def replica(self, name: str) -> Service:
        """One more replica of the service; not started."""
        made = Service(
            self.hcp,
            self.folder,
            database_url=self._database_url,
            replica=name,
            settings=self._settings,
            program=self._program,
        )
        self._services.append(made)
        return made

    def __enter__(self) -> Arena:
        return self

    def __exit__(self, *_: object) -> None:
        for each in self._services:
            each.kill()

    @contextlib.contextmanager
    def store(self) -> Iterator[Store]:
        """The service's own store."""
        folder = self.service.environment["IACRISK_DATA_FOLDER"]
        opened = open_store(Settings(data_folder=folder, database_url=Secret(self._database_url)))
        try:
            yield opened
        finally:
            opened.close()

    def run(
        self, number: int, name: str = "ingress-narrowed", stage: str = "post_plan"
    ) -> TaskResult:
        """A run in the workspace of this number; no approval of another one counts for it."""
        return self.hcp.run(plan(name), stage=stage, workspace_name=f"network-{number}")

    def wait_waiting(self, *results: TaskResult) -> None:
        """Until all of them wait for a person.

        Raises:
            AssertionError: if one does not after the time.

        """
        asked = (
            select(func.count())
            .select_from(deliveries.join(assessments))
            .where(
                deliveries.c.task_result.in_([result.id for result in results]),
                assessments.c.state == State.WAITING,
            )
        )
        self._wait_count(asked, len(results), PATIENCE)

    def approve(self, result: TaskResult, who: str = "alice") -> None:
        """Approve a run that waits, as the page does."""
        with self.store() as store, store.begin() as connection:
            found = connection.execute(
                select(deliveries.c.assessment).where(deliveries.c.task_result == result.id)
            ).scalar_one()
            now = datetime.datetime.now(datetime.UTC)
            deciding.approve(connection, found, person(who), "looked at", now)

    def wait_settled(self, seconds: float = PATIENCE) -> None:
        """Until the store knows of no task result without a final callback.

        Raises:
            AssertionError: if there is one after the time.

        """
        asked = select(func.count()).select_from(deliveries).where(deliveries.c.final_at.is_(None))
        self._wait_count(asked, 0, seconds)

    def _wait_count(self, asked: Select[Any], wanted: int, seconds: float) -> None:
        until = time.monotonic() + seconds
        found = -1
        with self.store() as store:
            while time.monotonic() < until:
                with store.begin() as connection:
                    found = connection.execute(asked).scalar_one()
                if found == wanted:
                    return
                time.sleep(0.1)
        raise AssertionError(f"{found}, not {wanted}: {asked}\n{self.service.output()[-3000:]}")

    def finish(
        self,
        scenario: str,
        results: Sequence[TaskResult],
        *statuses: str,
        remark: str = "",
        seconds: float = PATIENCE,
    ) -> Tally:
        """Wait for the end, then: one final callback for each run, one row, no token left.

        `statuses`: what the final callbacks may say.

        Raises:
            AssertionError: if it is not so.

        """
        self.hcp.wait_final(*results, timeout=seconds)
        self.wait_settled(seconds)
        for result in results:
            _check_callbacks(result, statuses or ("failed",))
        assert self.hcp.leaks == []
        assert self.hcp.strangers == []
        self._check_rows(results)
        return Tally(
            scenario=scenario,
            runs=len(results),
            again=sum(_again(result) for result in results),
            seconds=time.monotonic() - self._began,
            remark=remark,
        )

    def _check_rows(self, results: Sequence[TaskResult]) -> None:
        wanted = {result.id for result in results}
        columns = (deliveries.c.task_result, deliveries.c.token, deliveries.c.final_at)
        with self.store() as store, store.begin() as connection:
            rows = connection.execute(select(*columns)).all()
            judged = connection.execute(select(func.count()).select_from(assessments)).scalar_one()
        assert {row.task_result for row in rows} == wanted
        assert judged == len(rows) == len(results)
        assert [row.task_result for row in rows if row.token is not None] == []


def _check_callbacks(result: TaskResult, statuses: Sequence[str]) -> None:
    """Whatever was sent is well-formed, says the same, and one of it was taken."""
    assert result.final.status in statuses, result.final.body
    sent = {one.status for one in result.callbacks if one.status in FINAL}
    assert sent == {result.final.status}
    faults = {fault for one in result.callbacks for fault in one.faults}
    wrong = {fault for fault in faults if "final already" not in fault}
    assert wrong == set(), wrong


def _again(result: TaskResult) -> int:
    return sum(one.status in FINAL and one.at > result.final.at for one in result.callbacks)

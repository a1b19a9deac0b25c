"""One bench: an emulated AWS, a warm provider, and a folder. Here a case is run and judged.

`Bench.prepare` applies a base stack once, seeds its stores and asks all probes. `Bench.run` then
takes one case after the other from that point: plan, apply, ask again, plan again, roll back.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

import msgspec

from iacrisk.training.artefacts import artefact_in
from iacrisk.training.calls import absences
from iacrisk.training.case import Case
from iacrisk.training.emulation.client import Call, Emulator
from iacrisk.training.intents import Intents, read_intents
from iacrisk.training.inventory import Cloud, Inventory, take_inventory
from iacrisk.training.operators.mutation import apply_edits
from iacrisk.training.outcome import Breakage, Outcome, Probe, Replan, Transient, compare
from iacrisk.training.probes import Scene, ask_all
from iacrisk.training.probes.scene import Seeds
from iacrisk.training.provider import Provider
from iacrisk.training.rows import Row, compact_plan
from iacrisk.training.seeding import seed
from iacrisk.training.terraform import (
    PLAN,
    Answer,
    TerraformFailed,
    Workspace,
    terraform_environment,
)
from iacrisk.training.victims import Addresses

_NEEDS_INIT = ("Module not installed", "Module source has changed", "terraform init")


class Base(msgspec.Struct, frozen=True, kw_only=True):
    """A stack as it stands before every edit."""

    stack: Path
    intents: Intents
    state: bytes
    addresses: Addresses
    inventory: Inventory
    seeds: Seeds
    services: frozenset[str]
    answers: dict[str, Probe]
    noise: frozenset[str]
    """Addresses that a second plan of the unedited stack would change: the emulator's doing."""


class CaseRejected(Exception):
    """The case says nothing: it does not apply or does not plan."""


class Bench:
    """A place to run cases at, one at a time."""

    def __init__(
        self, folder: Path, binary: Path, busy: AbstractContextManager[object] | None = None
    ) -> None:
        """`busy` is held while the machine works and given back while it only waits."""
        self.folder = folder
        self._binary = binary
        self._busy: AbstractContextManager[object] = busy or nullcontext()
        work = folder / "work"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        self.emulator = Emulator(folder / "emulator.log")
        self._start_provider()

    def _start_provider(self) -> None:
        work = self.folder / "work"
        self.provider = Provider(self._binary, self.folder, work, self.emulator.url)
        environment = terraform_environment(self.provider.reattach, self.folder)
        self.workspace = Workspace(work, environment)

    def stop(self) -> None:
        """End everything that was started."""
        self.provider.stop()
        self.emulator.stop()

    @contextmanager
    def prepare(self, stack: Path) -> Iterator[Base]:
        """The stack, applied and seeded; everything is gone afterwards."""
        with self.emulator.checkpoint():
            base = self._build(stack)
            yield base

    def _build(self, stack: Path) -> Base:
        intents = read_intents(stack / "intents.toml")
        with self._busy:
            shutil.rmtree(self.workspace.folder / ".terraform", ignore_errors=True)
            self.workspace.load(stack)
            self.provider.allow_types(self.workspace.types())
            _must(self.workspace.init())
            _must(self.workspace.plan(refresh=False), allowed=(0, 2))
        _must(self.workspace.apply())
        with self._busy:
            _must(self.workspace.plan(refresh=True, only_refresh=True), allowed=(0, 2))
            _must(self.workspace.apply())  # as in real life, the state has seen a refresh
            noise = self._replan()[1]
            services = services_of(self.emulator.calls())
            cloud = Cloud(self.emulator, services)
            seeds = seed(cloud, take_inventory(cloud), intents)
            inventory = take_inventory(cloud)
            state = self.workspace.state()
            addresses = Addresses(msgspec.json.decode(self.workspace.show()))
        with self.emulator.checkpoint(), self._busy:
            answers = ask_all(Scene(cloud, inventory, inventory, intents, seeds))
        return Base(
            stack=stack,
            intents=intents,
            state=state,
            addresses=addresses,
            inventory=inventory,
            seeds=seeds,
            services=services,
            answers=answers,
            noise=frozenset(address for address, _ in noise),
        )

    def run(self, base: Base, case: Case, versions: dict[str, str]) -> Row:
        """Run and judge one case. Raises CaseRejected when it cannot even be planned."""
        if not self.provider.alive:
            self.provider.stop()
            self._start_provider()
        with self.emulator.checkpoint():
            plan = self._plan(base, case)
            outcome = self._apply(base)
        return Row(case=case, plan=compact_plan(plan), outcome=outcome, versions=versions)

    def _plan(self, base: Base, case: Case) -> bytes:
        with self._busy:
            self._load(base, case)
            self.provider.allow_types(self.workspace.types())
            # The cloud has not changed since the state was refreshed, so there is no drift to see.
            answer = self.workspace.plan(refresh=False)
            if answer.code == 1 and any(sign in answer.output for sign in _NEEDS_INIT):
                self.workspace.init()
                answer = self.workspace.plan(refresh=False)
            if answer.code == 1:
                raise CaseRejected(f"plan: {' | '.join(answer.errors)}"[:1000])
            return self.workspace.show(PLAN)

    def _load(self, base: Base, case: Case) -> None:
        if not case.edits:
            self.workspace.load(base.stack, base.state)
            return
        self.workspace.load(base.stack, base.state, without="*.tf")
        try:
            apply_edits(case, base.stack, self.workspace.folder)
        except Exception as error:  # whatever an operator raises, the case is void
            raise CaseRejected(f"edit: {error}") from error

    def _apply(self, base: Base) -> Outcome:
        self.emulator.clear_log()
        answer = self.workspace.apply()
        calls = self.emulator.calls()
        with self._busy:
            if answer.code == 0 and not any(call.writes for call in calls):
                return Outcome(probes=_working(base.answers))  # nothing was asked of AWS
            broken, unknown = self._judge(base, calls)
            replan, changes = self._replan()
        changes = tuple(change for change in changes if change[0] not in base.noise)
        if replan == "changes" and not changes:
            replan = "clean"
        dead = "" if self.provider.alive else "the provider died"
        return Outcome(
            broken=broken,
            transient=_transients(base, calls),
            apply_errors=answer.errors if answer.code else (),
            replan=replan,
            replan_changes=changes,
            unknown=unknown,
            probes=_working(base.answers),
            artefact=dead or artefact_in(answer.errors if answer.code else (), calls),
        )

    def _judge(
        self, base: Base, calls: tuple[Call, ...]
    ) -> tuple[tuple[Breakage, ...], tuple[str, ...]]:
        cloud = Cloud(self.emulator, base.services | services_of(calls))
        now = take_inventory(cloud)
        answers = ask_all(Scene(cloud, base.inventory, now, base.intents, base.seeds))
        broken, unknown = compare(base.answers, answers)
        return tuple(_breakage(base, name, answer) for name, answer in broken), unknown

    def _replan(self) -> tuple[Replan, tuple[tuple[str, str], ...]]:
        """What the next plan would do; the plan file is overwritten."""
        answer = self.workspace.plan(refresh=True)
        if answer.code == 1:
            return "error", ()
        if answer.code == 0:
            return "clean", ()
        try:
            plan = msgspec.json.decode(self.workspace.show(PLAN))
        except TerraformFailed:
            return "error", ()
        return "changes", tuple(
            (change["address"], "/".join(change["change"]["actions"]))
            for change in plan.get("resource_changes", ())
            if change["change"]["actions"] not in (["no-op"], ["read"])
        )


def services_of(calls: tuple[Call, ...]) -> frozenset[str]:
    """The services that anything was asked of."""
    return frozenset(call.service for call in calls if call.service)


def _working(answers: dict[str, Probe]) -> int:
    return sum(answer.state == "works" for answer in answers.values())


def _breakage(base: Base, name: str, answer: Probe) -> Breakage:
    also = base.addresses.anything(answer.also)
    return Breakage(
        probe=name,
        harm=answer.harm,
        concern=answer.concern,
        object=answer.object,
        address=base.addresses.of(answer.object, answer.handles),
        also=(also,) if also else (),
        detail=answer.detail,
    )


def _transients(base: Base, calls: tuple[Call, ...]) -> tuple[Transient, ...]:
    """Absences of what was there before; what the apply itself made and unmade does not count."""
    found = []
    for absence in absences(calls):
        label = f"{absence.kind}:{absence.name}"
        if address := base.addresses.of(label, (absence.name,)):
            found.append(Transient(object=label, address=address))
    return tuple(found)


def _must(answer: Answer, allowed: tuple[int, ...] = (0,)) -> None:
    if answer.code not in allowed:
        raise TerraformFailed(" | ".join(answer.errors) or answer.output[-2000:])

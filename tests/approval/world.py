"""A plan that is held, people with real SSH keys, and what a cheat may turn in it."""

from __future__ import annotations

import copy
import datetime
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from iacrisk.approval import (
    NAMESPACE,
    Bench,
    Situation,
    Statement,
    approve_by_folder,
    digest_of,
    pack,
    write_statement,
)
from iacrisk.approval.envelope import Signed
from iacrisk.approval.making import state
from iacrisk.assess import Assessment, Circumstances, assess
from iacrisk.classifier import Model
from iacrisk.gate import Policy
from iacrisk.gate.approving import duration
from iacrisk.plan import decode_plan
from tests.conftest import ROOT

NOW: Final = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)
PEOPLE: Final = ("alice", "bob", "carol", "mallory")
Json = dict[str, Any]
Edit = Callable[[Json], object]

needs_ssh_keygen = pytest.mark.skipif(
    shutil.which("ssh-keygen") is None, reason="there is no ssh-keygen on PATH"
)


class Keys:
    """A folder with a key pair for each name that is asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __getitem__(self, name: str) -> Path:
        path = self._folder / name
        if not path.exists():
            keygen("-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(path))
        return path

    def public(self, name: str) -> str:
        """Type and key, as allowed_signers wants them."""
        return " ".join(self[name].with_suffix(".pub").read_text().split()[:2])

    def digest(self, name: str) -> str:
        """The key's own fingerprint, `SHA256:...`."""
        return keygen("-l", "-f", str(self[name].with_suffix(".pub"))).decode().split()[1]


class World:
    """Alice may approve; what is set here before `outcome` is what the gate finds."""

    def __init__(self, keys: Keys, folder: Path) -> None:
        self.keys = keys
        self.folder = folder / "approvals"
        self.folder.mkdir()
        self.signers = folder / "allowed_signers"
        self.listed: dict[str, str] = {f"{name}@example.com": name for name in PEOPLE[:3]}
        self.lines: list[str] = []
        self.document: Json = msgspec.json.decode(PLAN.read_bytes())
        self.policy = Policy(always_hold=("*",))  # whatever a cheat makes of it, it waits
        self.model: Model | None = None
        self.workspace = "main"
        self.subject = "shop/infra"
        self.environment = ""
        self.authors: tuple[str, ...] = ("dora@example.com",)
        self.named: tuple[str, ...] = ()
        self.now = NOW

    def edit(self, path: str, value: Any) -> None:
        """Set the value at a path such as `resource_changes/0/address` of the plan."""
        put(self.document, path, value)

    def setting(self, **changed: Any) -> None:
        """Other settings under [approvals]."""
        approvals = msgspec.convert(changed, type(self.policy.approvals))
        names = set(changed)
        kept = {name: getattr(approvals, name) for name in names}
        approvals = msgspec.structs.replace(self.policy.approvals, **kept)
        self.policy = msgspec.structs.replace(self.policy, approvals=approvals)

    def policy_of(self, **changed: Any) -> None:
        """Other settings of the policy as a whole."""
        made = msgspec.convert(changed, Policy)
        kept = {name: getattr(made, name) for name in changed}
        self.policy = msgspec.structs.replace(self.policy, **kept)

    def assessed(self) -> Assessment:
        """The plan as it is judged before any approval."""
        around = Circumstances(
            today=self.now.date(), workspace=self.workspace, environment=self.environment
        )
        plan = decode_plan(msgspec.json.encode(self.document))
        return assess(plan, self.policy, around, self.model)

    def situation(self) -> Situation:
        """What is known beside the assessment."""
        return Situation(workspace=self.workspace, subject=self.subject)

    def statement(self, signer: str = "alice@example.com", expires: str = "24h") -> Statement:
        """What `signer` would sign now."""
        until = self.now + duration(expires)
        return state(self.assessed(), self.situation(), signer, "looked at it", self.now, until)

    def approve(self, name: str = "alice", signer: str = "", expires: str = "24h") -> Path:
        """An honest approval with the key of `name`."""
        statement = self.statement(signer or f"{name}@example.com", expires)
        return self.put(write_statement(statement), name)

    def forge(self, edit: Edit, name: str = "alice") -> Path:
        """A statement altered before `name` signs it."""
        content = msgspec.json.decode(write_statement(self.statement()))
        edit(content)
        return self.put(msgspec.json.encode(content, order="sorted"), name)

    def put(self, payload: bytes, name: str, namespace: str = NAMESPACE) -> Path:
        """The file of `payload` signed with the key of `name`."""
        signature = keygen(
            "-q", "-Y", "sign", "-f", str(self.keys[name]), "-n", namespace, stdin=payload
        )
        path = self.folder / f"{digest_of(payload)[7:]}.json"
        path.write_bytes(pack(Signed(payload=payload, signature=signature.decode())))
        return path

    def outcome(self) -> Assessment:
        """The plan as the gate judges it with the approvals."""
        lines = [f"{who} {self.keys.public(name)}" for who, name in self.listed.items()]
        self.signers.write_text("\n".join([*lines, *self.lines]) + "\n", "utf-8")
        bench = Bench(
            allowed_signers=self.signers, now=self.now, authors=self.authors, named=self.named
        )
        return approve_by_folder(self.assessed(), self.situation(), self.folder, bench)


PLAN: Final = ROOT / "fixtures" / "plans" / "ingress-narrowed" / "plan.json"


def keygen(*arguments: str, stdin: bytes = b"") -> bytes:
    """What ssh-keygen prints."""
    program = shutil.which("ssh-keygen") or ""
    ran = subprocess.run(  # noqa: S603 - the tests' own keys
        [program, *arguments], input=stdin, capture_output=True, check=True
    )
    return ran.stdout


def put(content: Any, path: str, value: Any) -> None:
    """Set the value at a path such as `predicate/tool/model`."""
    *steps, last = [int(step) if step.isdigit() else step for step in path.split("/")]
    for step in steps:
        content = content[step]
    content[last] = copy.deepcopy(value)

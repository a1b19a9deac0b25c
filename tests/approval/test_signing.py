"""What SSH's own means do: agents, certificates, security keys."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from iacrisk.approval import sign
from iacrisk.approval.ssh import Signer, verify
from iacrisk.errors import ApprovalRefused
from tests.approval.world import NOW, Keys, keygen, needs_ssh_keygen

pytestmark = needs_ssh_keygen

TEXT = b"a statement"


@pytest.fixture
def signers(tmp_path: Path) -> Path:
    return tmp_path / "signers"


@pytest.fixture
def agent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A running ssh-agent, which this test alone uses."""
    program = shutil.which("ssh-agent")
    if program is None:
        pytest.skip("there is no ssh-agent on PATH")
    command = [program, "-s", "-a", str(tmp_path / "agent")]
    started = subprocess.run(command, capture_output=True, check=True)  # noqa: S603 - as above
    told = dict(re.findall(r"(SSH_\w+)=([^;]+);", started.stdout.decode()))
    monkeypatch.setenv("SSH_AUTH_SOCK", told["SSH_AUTH_SOCK"])
    yield
    os.kill(int(told["SSH_AGENT_PID"]), signal.SIGTERM)


@pytest.mark.usefixtures("agent")
def test_an_agent_signs_for_the_public_half_of_a_key(signers: Path, tmp_path: Path) -> None:
    private = tmp_path / "id"
    keygen("-q", "-t", "ed25519", "-N", "", "-f", str(private))
    public = private.with_suffix(".pub")
    signers.write_text(f"alice@example.com {public.read_text()}")
    subprocess.run(  # noqa: S603 - the test's own agent
        [shutil.which("ssh-add") or "", "-q", str(private)], capture_output=True, check=True
    )
    private.unlink()
    found = verify(sign(TEXT, public), signers, NOW)
    assert (found.names, found.kind) == (("alice@example.com",), "ED25519")


@pytest.mark.parametrize("kind", ["ecdsa", "rsa"])
def test_other_kinds_of_keys_sign_as_well(kind: str, signers: Path, tmp_path: Path) -> None:
    key = tmp_path / "id"
    keygen("-q", "-t", kind, "-N", "", "-f", str(key))
    signers.write_text(f"alice@example.com {key.with_suffix('.pub').read_text()}")
    assert verify(sign(TEXT, key), signers, NOW).names == ("alice@example.com",)


def certified(keys: Keys, tmp_path: Path, name: str, validity: str) -> Path:
    """A key with a certificate of the authority carol."""
    key = tmp_path / "certified"
    keygen("-q", "-t", "ed25519", "-N", "", "-f", str(key))
    keygen(
        *("-q", "-s", str(keys["carol"]), "-I", "id", "-n", name, "-V", validity),
        str(key.with_suffix(".pub")),
    )
    return tmp_path / "certified-cert.pub"


def test_a_certificate_speaks_for_the_name_in_it(keys: Keys, signers: Path, tmp_path: Path) -> None:
    signers.write_text(f"*@example.com cert-authority {keys.public('carol')}\n")
    signed = sign(TEXT, certified(keys, tmp_path, "zoe@example.com", "20260101:20270101"))
    assert verify(signed, signers, NOW).names == ("zoe@example.com",)


@pytest.mark.parametrize(
    ("name", "validity"),
    [("zoe@example.com", "20250101:20250201"), ("zoe@elsewhere.example", "20260101:20270101")],
)
def test_a_certificate_that_does_not_fit_speaks_for_nobody(
    keys: Keys, signers: Path, tmp_path: Path, name: str, validity: str
) -> None:
    signers.write_text(f"*@example.com cert-authority {keys.public('carol')}\n")
    signed = sign(TEXT, certified(keys, tmp_path, name, validity))
    with pytest.raises(ApprovalRefused, match="do not list the key"):
        verify(signed, signers, NOW)


def test_the_certificate_of_somebody_elses_authority_speaks_for_nobody(
    keys: Keys, signers: Path, tmp_path: Path
) -> None:
    signers.write_text(f"*@example.com cert-authority {keys.public('bob')}\n")
    signed = sign(TEXT, certified(keys, tmp_path, "zoe@example.com", "20260101:20270101"))
    with pytest.raises(ApprovalRefused, match="do not list the key"):
        verify(signed, signers, NOW)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("ED25519-SK", True),
        ("ECDSA-SK", True),
        ("ED25519-SK-CERT", True),
        ("ED25519", False),
        ("RSA-CERT", False),
    ],
)
def test_a_security_key_is_told_by_its_kind(kind: str, expected: bool) -> None:
    assert Signer(names=("a",), key="SHA256:x", kind=kind).is_hardware is expected

"""Signatures by ssh-keygen, as Git makes and checks them for commits.

The private key stays where it is: in a file, an agent or a security key. The namespace keeps a
signature that was made for something else, such as a commit, from being an approval.
"""

from __future__ import annotations

import datetime
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

import msgspec

from iacrisk.approval.envelope import Signed
from iacrisk.errors import ApprovalRefused, SigningFailed
from iacrisk.patterns import regex

NAMESPACE: Final = "iacrisk-approval"
_TIMEOUT_SECONDS: Final = 60
_PATIENCE_SECONDS: Final = 300
"""For a person to type a passphrase or to touch a key."""
_GOOD: Final = regex(r" with (\S+) key (SHA256:\S+)\s*\Z")
_PATTERN: Final = frozenset("*?!")


class Signer(msgspec.Struct, frozen=True, kw_only=True):
    """Who signed: the names that the allowed signers give the key, and the key itself."""

    names: tuple[str, ...]
    key: str
    kind: str

    @property
    def is_hardware(self) -> bool:
        """Whether the private key cannot leave a security key."""
        return self.kind.removesuffix("-CERT").endswith("-SK")


def sign(payload: bytes, key: Path) -> Signed:
    """`payload` signed with a private key, or by the agent that holds it; raises SigningFailed."""
    command = [_program(), "-Y", "sign", "-q", "-f", str(key), "-n", NAMESPACE]
    try:
        ran = subprocess.run(  # noqa: S603 - no shell; its questions go to the terminal
            command, input=payload, stdout=subprocess.PIPE, check=False, timeout=_PATIENCE_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SigningFailed(f"ssh-keygen did not sign: {type(error).__name__}.") from error
    if ran.returncode or not ran.stdout:
        raise SigningFailed(f"ssh-keygen could not sign with {key}.")
    return Signed(payload=payload, signature=ran.stdout.decode("ascii"))


def name_in_git() -> str:
    """The address that Git signs commits under, "" where it knows none."""
    git = shutil.which("git")
    if git is None:
        return ""
    try:
        ran = subprocess.run(  # noqa: S603 - no shell, reads only
            [git, "config", "--get", "user.email"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=_TIMEOUT_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return ran.stdout.decode("utf-8", "replace").strip()


def verify(signed: Signed, allowed_signers: Path, now: datetime.datetime) -> Signer:
    """Who signed, by the keys that are allowed at `now`; raises ApprovalRefused."""
    with tempfile.TemporaryDirectory(prefix="iacrisk-") as folder:
        signature = Path(folder, "signature")
        signature.write_text(signed.signature, "utf-8")
        return _Check(signed.payload, signature, allowed_signers, now).signer()


class _Check:
    """The questions to ssh-keygen about one signature."""

    def __init__(
        self, payload: bytes, signature: Path, allowed_signers: Path, now: datetime.datetime
    ) -> None:
        self._payload = payload
        self._signature = str(signature)
        self._allowed = str(allowed_signers)
        local = now.astimezone().strftime("%Y%m%d%H%M%S")  # as Git says it: without a zone
        self._time = f"-Overify-time={local}"

    def signer(self) -> Signer:
        key, kind = self._intact()
        names = self._names(key)
        plain = tuple(name for name in names if _is_a_name(name))
        if not plain:
            raise ApprovalRefused(
                f"The allowed signers list the key {key} under a pattern, which names no person."
            )
        verified = tuple(name for name in plain if self._verifies(name))
        if not verified:
            raise ApprovalRefused(f"The key {key} is not allowed to sign approvals.")
        return Signer(names=verified, key=key, kind=kind)

    def _intact(self) -> tuple[str, str]:
        """The key that made the signature over just these bytes in our namespace."""
        ran = self._ask("check-novalidate", "-n", NAMESPACE)
        said = _GOOD.search(ran.stdout.decode("utf-8", "replace"))
        if ran.returncode == 0 and said:
            return said[2], said[1]
        if b"namespace does not match" in ran.stderr:
            raise ApprovalRefused(f"It was signed for something else than {NAMESPACE}.")
        if b"incorrect signature" in ran.stderr:
            raise ApprovalRefused("The signature is not one of this statement.")
        raise ApprovalRefused("The signature is damaged, or of a kind that ssh-keygen refuses.")

    def _names(self, key: str) -> tuple[str, ...]:
        ran = self._ask("find-principals", self._time, "-f", self._allowed)
        names = tuple(ran.stdout.decode("utf-8", "replace").splitlines())
        if ran.returncode == 0 and names:
            return names
        if b"key has expired" in ran.stderr or b"key is not yet valid" in ran.stderr:
            raise ApprovalRefused(f"The allowed signers do not list the key {key} for this date.")
        raise ApprovalRefused(f"The allowed signers do not list the key {key}.")

    def _verifies(self, name: str) -> bool:
        ran = self._ask("verify", self._time, "-n", NAMESPACE, "-I", name, "-f", self._allowed)
        return ran.returncode == 0

    def _ask(self, question: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        command = [_program(), "-Y", question, *arguments, "-s", self._signature]
        try:
            return subprocess.run(  # noqa: S603 - no shell, reads only
                command,
                input=self._payload,
                capture_output=True,
                check=False,
                timeout=_TIMEOUT_SECONDS,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ApprovalRefused(f"ssh-keygen failed: {type(error).__name__}.") from error


def _is_a_name(name: str) -> bool:
    """Whether a signer stands for one person: neither a pattern nor a look-alike of another."""
    return name.isascii() and name.isprintable() and not _PATTERN & set(name)


def _program() -> str:
    found = shutil.which("ssh-keygen")
    if found is None:
        raise SigningFailed(
            "There is no ssh-keygen on PATH, so nothing can be signed or verified. "
            "It comes with OpenSSH."
        )
    return found

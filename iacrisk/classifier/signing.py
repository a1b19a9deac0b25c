"""SSH signatures of a seal: made and verified by ssh-keygen, in a namespace of their own.

Format: https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.sshsig
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from iacrisk.errors import UnusableModel

NAMESPACE: Final = "iacrisk-model"
"""A signature made for anything else is none."""

_PATIENCE: Final = 60


def sign(seal: str, key: Path) -> str:
    """The signature by the private key, or by the agent where `key` is the public one.

    Raises UnusableModel.
    """
    with TemporaryDirectory() as folder:
        message = Path(folder) / "seal"
        message.write_text(seal, "utf-8")
        made = _run(["-Y", "sign", "-q", "-n", NAMESPACE, "-f", str(key), str(message)])
        if made.returncode:
            raise UnusableModel(f"ssh-keygen could not sign with {key}: {_why(made)}")
        return message.with_suffix(".sig").read_text("utf-8")


def verify(seal: str, signature: str, allowed_signers: Path) -> None:
    """Raise UnusableModel unless one of the allowed signers signed the seal."""
    if not allowed_signers.is_file():
        raise UnusableModel(f"There is no file {allowed_signers} of allowed signers.")
    if not signature:
        raise UnusableModel("The model is not signed, and the policy names allowed signers.")
    with TemporaryDirectory() as folder:
        written = Path(folder) / "seal.sig"
        written.write_text(signature, "utf-8")
        signers = ["-f", str(allowed_signers), "-s", str(written)]
        found = _run(["-Y", "find-principals", *signers])
        for principal in found.stdout.replace(",", "\n").split("\n"):
            wanted = ["-Y", "verify", "-n", NAMESPACE, "-I", principal, *signers]
            if principal and not found.returncode and not _run(wanted, seal).returncode:
                return
    raise UnusableModel("The model is not signed by any of the allowed signers.")


def _run(arguments: list[str], message: str = "") -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(  # noqa: S603 - a list, no shell
            ["ssh-keygen", *arguments],  # noqa: S607 - the one on PATH, as ssh itself
            input=message,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )
    except OSError as error:
        raise UnusableModel("ssh-keygen is needed for signatures and cannot be run.") from error
    except subprocess.TimeoutExpired:
        raise UnusableModel("ssh-keygen waited for a passphrase; use the agent.") from None


def _why(made: subprocess.CompletedProcess[str]) -> str:
    lines = made.stderr.strip().splitlines()
    return lines[-1] if lines else f"exit code {made.returncode}"

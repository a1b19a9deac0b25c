"""Every exception iacrisk raises on purpose.

IacriskError
├── InputError            the plan cannot be read or judged
│   ├── UnreadableInput   no such file, no permission, too large
│   ├── NotAPlan          something else: a state, a log stream, an error page
│   ├── BrokenPlan        a plan, but truncated, malformed or mis-shaped
│   ├── BinaryPlan        a plan file that has to go through `terraform show -json`
│   └── UnsupportedFormat a format_version this release does not know
├── SettingsError         iacrisk.toml is wrong
│   └── ExpiredWaiver     a waiver has passed its expiry date
├── UnusableModel         the classifier's files are missing, damaged or for another release
├── UnusableRows         recorded outcomes that cannot be read, written or learnt from
├── RuleNotCarriedOut     a rule says itself why it failed on a plan
├── ApprovalRefused       an approval does not count; the text says why in one line
├── SigningFailed         ssh-keygen is missing or did not sign
├── SignInRefused         somebody could not sign in to the service; the text is for them
├── BrokenLog             an audit log that cannot be continued or does not hold together
├── HcpFailed             HCP Terraform refused, or could not be asked
├── ScoringFailed         a plan was not judged: too slow, too large, or the process died
├── DecisionRefused       what a person decided cannot be taken
├── UnknownAddress        no such resource instance in the plan
└── UnknownRule           no such rule id

Only the front doors (`cli`, `service`) turn them into exit codes and answers.
"""

from __future__ import annotations


class IacriskError(Exception):
    """Root of the tree; its text is for the user and never holds a plan value."""


class InputError(IacriskError):
    """The input cannot be judged. `remedy` says what to do next."""

    def __init__(self, problem: str, remedy: str = "") -> None:
        """Keep the problem and the remedy apart, so that a report can set them apart."""
        super().__init__(f"{problem}\n{remedy}" if remedy else problem)
        self.problem = problem
        self.remedy = remedy


class UnreadableInput(InputError):
    """The bytes could not be had."""


class NotAPlan(InputError):
    """The bytes are something else than plan JSON."""


class BrokenPlan(InputError):
    """Plan JSON that does not parse or has the wrong shape."""


class BinaryPlan(InputError):
    """A binary plan file and no tool at hand to show it as JSON."""


class UnsupportedFormat(InputError):
    """A major format version that may mean something else than we think."""


class SettingsError(IacriskError):
    """A setting is unknown, mis-shaped or contradicts another."""


class ExpiredWaiver(SettingsError):
    """A waiver is past its date; it has to be renewed or removed."""


class UnusableModel(IacriskError):
    """The classifier cannot be used; what follows is the policy's decision."""


class UnusableRows(IacriskError):
    """Rows are missing, damaged or too few, or the libraries to learn from them are."""


class RuleNotCarriedOut(IacriskError):
    """A rule could not decide for a reason of its own; recorded as its failure, with this text."""


class ApprovalRefused(IacriskError):
    """An approval does not count; judging turns it into a refusal in the report."""


class SigningFailed(IacriskError):
    """No signature could be made."""


class SignInRefused(IacriskError):
    """Nobody was signed in."""


class BrokenLog(IacriskError):
    """An audit log was altered or cannot be written."""


class UnknownAddress(IacriskError):
    """The plan holds no such address."""


class UnknownRule(IacriskError):
    """There is no such rule."""


class HcpFailed(IacriskError):
    """HCP Terraform did not give what was asked of it; what follows is a failed task result."""


class ScoringFailed(IacriskError):
    """A plan was not judged; it never passes."""


class DecisionRefused(IacriskError):
    """A person's decision cannot be taken; the text says why."""

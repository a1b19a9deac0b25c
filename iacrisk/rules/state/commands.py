"""S18: a command runs during the apply, and the plan does not show what it does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.settings.configured import block_of
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, rule

_OUTSIDE: Final = frozenset({"external", "http"})
_RUNS: Final = frozenset({"local-exec", "remote-exec"})


@rule(
    id="S18",
    name="opaque-command",
    severity=Severity.MEDIUM,
    confidence=Confidence.LOW,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.CREATE, ActionKind.REPLACE, ActionKind.READ},
)
def opaque_command(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """The apply runs a command whose effect no plan shows.

    What it flags
        A resource with a `local-exec` or `remote-exec` provisioner that is created or replaced,
        and an `external` or `http` data source that is read only during the apply. A create
        weighs less: nothing was there before. All of it is a remark. A plan does not tell which
        provisioners run on destroy only.

    Why it matters
        The command takes its context from the shell: the current cluster, account and
        directory of whoever applies. A replaced marker runs it again.

    When it is fine
        The command only reads, or is safe to run twice and names where it acts.

    What to do instead
        Use a provider's resource. Where there is none, give the command its account or cluster
        as an argument and let it refuse any other.

    References
        Incident R010. https://developer.hashicorp.com/terraform/language/resources/provisioners/syntax
    """
    if change.kind is ActionKind.READ:
        if change.type in _OUTSIDE:
            what = "What it reads is decided outside of Terraform, during the apply."
            yield Flag(what=what, severity=Severity.LOW)
        return
    block = block_of(context.plan, change) if change.mode == "managed" else None
    kinds = [item.get("type") for item in (block and block.provisioners) or ()]
    runs = sorted(_RUNS.intersection(kind for kind in kinds if isinstance(kind, str)))
    if runs:
        yield Flag(
            what=f"It runs a command ({runs[0]}) whose effect is not in the plan.",
            severity=Severity.LOW if change.kind is ActionKind.CREATE else None,
        )

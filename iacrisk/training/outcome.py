"""What a case did to the cloud: the label, as values.

A probe answers `works`, `broken` or `unknown`. What worked before the edit and is broken after it
is a `Breakage`. Comparing is done here; asking is done in `probes`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

import msgspec

Harm = Literal["data_loss", "outage", "access_loss", "exposure", "degraded", "latent"]
"""What it means that a probe broke.

data_loss    content that was there is gone, or its key is
outage       traffic, messages, names or running work no longer get through
access_loss  a principal may no longer do what it has to do
exposure     strangers can now reach or read something
degraded     it works, with less than is needed
latent       nothing is lost yet: a guard, a backup or an alarm is gone
"""

HardHarm = Literal["data_loss", "outage", "access_loss", "exposure"]

HARD: tuple[HardHarm, ...] = ("data_loss", "outage", "access_loss", "exposure")
"""The harms that make a case harmful, worst first."""

BETWEEN = frozenset({"degraded", "latent", "apply_error"})
"""Worst outcomes that are neither harmful nor harmless."""

Replan = Literal["clean", "changes", "error", "skipped"]

State = Literal["works", "broken", "unknown"]


class Said(StrEnum):
    """What users say became of a plan."""

    OK = "ok"
    """Applied, and nobody was hurt."""
    INCIDENT = "incident"
    """Data, traffic, access or secrecy was lost."""
    REVERTED = "reverted"
    """Taken back without such harm: neither harmful nor harmless."""


class _Value(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Immutable; fields at their default are not written."""


class Probe(_Value, frozen=True):
    """One answer about one thing."""

    state: State
    harm: Harm
    """What it would mean if this broke."""
    concern: str
    """Which file of `probes` asked: network, identity, delivery, ..."""
    object: str
    """The victim, `kind:name`: who suffers, which need not be what was changed."""
    handles: tuple[str, ...] = ()
    """Ids, ARNs and names by which the victim can be found in the state, best first."""
    also: tuple[str, ...] = ()
    """Handles of the other party: a flow's target, an access's resource."""
    detail: str = ""


class Breakage(_Value, frozen=True):
    """A probe that worked before and is broken now."""

    probe: str
    """The probe's name, the same for every case of a stack: `flow internet>alb:shop:443`."""
    harm: Harm
    concern: str
    object: str
    address: str = ""
    """The victim's resource address before the edit; empty when Terraform does not know it."""
    also: tuple[str, ...] = ()
    """Resource addresses of the other party."""
    detail: str = ""


class Transient(_Value, frozen=True):
    """Something in use that was away for a while: destroyed first, created again later."""

    object: str
    """`service:what`, as the call log names it: `rds:DBInstance shop-db`."""
    address: str = ""


class Outcome(_Value, frozen=True):
    """Everything that is known about what one case did."""

    broken: tuple[Breakage, ...] = ()
    transient: tuple[Transient, ...] = ()
    apply_errors: tuple[str, ...] = ()
    """Terraform's messages; not empty means that the apply stopped half way."""
    replan: Replan = "clean"
    """What a plan right after the apply says; changes mean that the end is not reached."""
    replan_changes: tuple[tuple[str, str], ...] = ()
    """Address and action, joined by a slash, of what the second plan would still do."""
    unknown: tuple[str, ...] = ()
    """Probes that worked before and could not be judged after."""
    probes: int = 0
    """How many probes worked before the edit, so that they could break."""
    artefact: str = ""
    """Why the emulator, not AWS, made this outcome; such rows are not trained on."""

    @property
    def harms(self) -> frozenset[Harm]:
        """Every kind of harm that was done."""
        return frozenset(breakage.harm for breakage in self.broken)

    @property
    def harmful(self) -> bool:
        """Whether something really broke: data, traffic, access, or secrecy."""
        return any(harm in self.harms for harm in HARD)

    @property
    def worst(self) -> str:
        """The one word for tables: the worst harm, else apply_error, transient, or clean."""
        for harm in (*HARD, "degraded", "latent"):
            if harm in self.harms and harm in HARD:
                return harm
        if self.apply_errors:
            return "apply_error"
        soft = [harm for harm in ("degraded", "latent") if harm in self.harms]
        if soft:
            return soft[0]
        return "transient" if self.transient else "clean"

    @property
    def victims(self) -> frozenset[str]:
        """Addresses of what suffered hard harm."""
        return frozenset(breakage.address for breakage in self.broken if breakage.harm in HARD) - {
            ""
        }


def compare(
    before: Mapping[str, Probe], after: Mapping[str, Probe]
) -> tuple[tuple[tuple[str, Probe], ...], tuple[str, ...]]:
    """What broke (name and the answer after), and what can no longer be judged; both sorted.

    A probe of something new counts when it says exposure: strangers are let in where nothing was
    before. A probe that is no longer asked says nothing; probes whose subject can vanish are asked
    from the pins taken before and answer `broken` themselves.
    """
    broken, unknown = [], []
    for name, answer in sorted(after.items()):
        earlier = before.get(name)
        if earlier is None:
            if answer.state == "broken" and answer.harm == "exposure":
                broken.append((name, answer))
        elif earlier.state == "works" and answer.state == "broken":
            broken.append((name, _with_handles(answer, earlier)))
        elif earlier.state == "works" and answer.state == "unknown":
            unknown.append(name)
    return tuple(broken), tuple(unknown)


def _with_handles(answer: Probe, earlier: Probe) -> Probe:
    """The answer about the thing as it was before: in the state before it is looked up, too."""
    return msgspec.structs.replace(
        answer,
        object=earlier.object,
        handles=earlier.handles or answer.handles,
        also=earlier.also or answer.also,
    )

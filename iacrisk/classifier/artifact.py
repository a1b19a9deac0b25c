"""The model as plain data, and the manifest that travels with it."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

FORMAT: Final = 1
"""Of the artifact; a model of another format is refused."""

MANIFEST_FILE: Final = "manifest.json"


class Use(StrEnum):
    """What the model's answer may do."""

    VERDICT = "verdict"
    """It moves scores, and so the verdict."""
    ADVISORY = "advisory"
    """It is shown, and moves nothing."""


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of everything in the two files: unknown keys are refused."""


class Term(Part, frozen=True, kw_only=True):
    """What one column adds to the log odds: `amounts[i]` between the cuts `i - 1` and `i`.

    A value equal to a cut lies below it. The amount at zero is zero.
    """

    column: str
    cuts: tuple[float, ...]
    amounts: tuple[float, ...]


class PairTerm(Part, frozen=True, kw_only=True):
    """What two columns add together beyond what each adds alone: zero where one of them is."""

    columns: tuple[str, str]
    cuts: tuple[tuple[float, ...], tuple[float, ...]]
    amounts: tuple[tuple[float, ...], ...]


class Calibration(Part, frozen=True, kw_only=True):
    """Beta calibration of a raw probability p: log odds `a ln p - b ln (1 - p) + c`."""

    a: float = 1.0
    b: float = 1.0
    c: float = 0.0


class Combination(StrEnum):
    """How the chances of a plan's changes make the plan's chance."""

    MAX = "max"
    NOISY_OR = "noisy-or"


class Guarantee(Part, frozen=True, kw_only=True):
    """Of harmful changes like the held-out ones at most `alpha` pass, with `confidence`."""

    alpha: float
    confidence: float
    cases: int
    """Held-out harmful cases behind the claim."""


class Artifact(Part, frozen=True, kw_only=True):
    """The model."""

    format: int
    intercept: float
    terms: tuple[Term, ...]
    pairs: tuple[PairTerm, ...] = ()
    combination: Combination = Combination.MAX
    calibration: Calibration = Calibration()
    hold: float
    """From this calibrated chance on a change should wait."""


class HitArtifact(Part, frozen=True, kw_only=True):
    """The model that says whom a change hurts; the chance is the logistic of the sum."""

    format: int
    intercept: float
    terms: tuple[Term, ...]
    pairs: tuple[PairTerm, ...] = ()
    bar: float
    """From this chance on a resource is named as hit; below it is folded."""


class HitManifest(Part, frozen=True, kw_only=True):
    """The same as `Manifest`, for the model that says whom a change hurts."""

    model: str
    sha256: str
    feature_schema: str
    """`iacrisk.features.HIT_SCHEMA` of the columns it was trained on."""
    kind: str
    data: dict[str, int | str]


class Criterion(Part, frozen=True, kw_only=True):
    """One figure of an own model beside the same of the model that it replaces."""

    name: str
    parent: float
    own: float
    bound: float
    """What `own` is held against: at least it, or at most it where `most`."""
    most: bool = False

    @property
    def passed(self) -> bool:
        """Whether the own model is good enough in this."""
        return self.own <= self.bound if self.most else self.own >= self.bound


class OwnEvaluation(Part, frozen=True, kw_only=True):
    """How a model that learnt from its users' outcomes was judged before it was written."""

    rows: str
    """Hash of the recorded outcomes."""
    plans: int
    harmful: int
    groups: int
    """Root modules; each was judged by models that had not seen it."""
    between: int
    """Recorded plans that are neither harmful nor harmless, which count nowhere."""
    criteria: tuple[Criterion, ...]


class Manifest(Part, frozen=True, kw_only=True):
    """What has to be true for a model to be used, and how it came about."""

    model: str
    """Name of the artifact's file beside the manifest."""
    sha256: str
    """Of the artifact's bytes."""
    feature_schema: str
    """`iacrisk.features.FEATURE_SCHEMA` of the columns it was trained on."""
    use: Use
    iacrisk: str
    """Version it was trained with."""
    kind: str
    """What was fitted."""
    libraries: dict[str, str]
    data: dict[str, int | str]
    """How many cases, stacks and operator families, and the hash of the rows."""
    metrics: dict[str, float]
    """On stacks and operator families that the model had not seen."""
    guarantee: Guarantee | None = None
    hits: HitManifest | None = None
    """Of the model that says whom a change hurts, where there is one."""
    evaluation: OwnEvaluation | None = None
    """Of a model that learnt from its users' outcomes."""
    parent: str = ""
    """`sha256` of the model whose place it takes."""
    seal: str = ""
    """Hash of all the rest, and so of the model as well; see `sealing`."""
    signature: str = ""
    """SSH signature of the seal, where somebody signed."""

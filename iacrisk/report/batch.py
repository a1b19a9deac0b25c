"""What one run of iacrisk judged: one plan or several, each with its assessment or fault."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

import msgspec

from iacrisk.assess import Assessment
from iacrisk.gate import Verdict, gravest


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """Why a plan could not be judged, and the exit code that says so."""

    problem: str
    remedy: str = ""
    exit_code: int = Verdict.COULD_NOT_REVIEW.exit_code


class JudgedPlan(msgspec.Struct, frozen=True, kw_only=True):
    """One plan by the name it was given, with its assessment or the reason why there is none.

    `main`: the file, seen from the repository, where what has no place of its own is shown.
    """

    name: str = ""
    main: str = "main.tf"
    assessment: Assessment | None = None
    fault: Fault | None = None

    @property
    def verdict(self) -> Verdict:
        """The assessment's, or that there is none."""
        if self.assessment is None:
            return Verdict.COULD_NOT_REVIEW
        return self.assessment.decision.verdict

    @property
    def exit_code(self) -> int:
        """The code that says so where the plan stands alone."""
        return self.fault.exit_code if self.fault else self.verdict.exit_code


def by_gravity(plans: Iterable[JudgedPlan]) -> tuple[JudgedPlan, ...]:
    """The worst verdict first, then the highest score, then by name."""
    order = list(Verdict)

    def rank(item: JudgedPlan) -> tuple[int, int, str]:
        score = item.assessment.score if item.assessment else 0
        return -order.index(item.verdict), -score, item.name

    return tuple(sorted(plans, key=rank))


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """The plans of one run, the gravest first (`by_gravity`); the worst verdict decides.

    `several`: several plans or a folder were asked for, however many were found. `folder`: the
    working directory seen from the repository, "" for its top. `root`: the repository itself.
    """

    plans: tuple[JudgedPlan, ...]
    several: bool = False
    soft: bool = False
    folder: str = ""
    root: str = ""

    @property
    def verdict(self) -> Verdict:
        """The worst one."""
        return gravest(item.verdict for item in self.plans)

    @property
    def exit_code(self) -> int:
        """The verdict's, or 1 where iacrisk itself failed on a plan."""
        faulty = [item.fault.exit_code for item in self.plans if item.fault]
        return min(faulty, default=self.verdict.exit_code)

    def in_repository(self, file: str) -> str:
        """A file of the working directory as the repository names it; "" outside of it."""
        if file.startswith("/"):
            inside = posixpath.relpath(file, self.root or "/")
        else:
            inside = posixpath.normpath(posixpath.join(self.folder, file))
        return "" if inside == ".." or inside.startswith("../") else inside

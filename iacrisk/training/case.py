"""One case of the lab: a base stack, the edits made to it, and the seed that fixes the rest."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import msgspec


class Edit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One application of a mutation operator."""

    operator: str
    """The operator's name, permanent: `rename-bucket`, `narrow-ingress`."""
    family: str
    """The group that is held out together in evaluation: `rename`, `network`, `identity`."""
    site: str
    """Where in the configuration: a file and a block, `modules/db/main.tf:aws_db_instance.main`."""
    parameter: str = ""
    """What with; empty where the operator has none."""


class Case(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is applied to what. Equal cases give equal configurations, byte for byte."""

    stack: str
    """Name of the folder under fixtures/lab/stacks."""
    edits: tuple[Edit, ...] = ()
    """In order; none for the control, which must break nothing."""
    seed: int = 0

    @property
    def name(self) -> str:
        """A readable, unique name: stack, then operator, site and parameter of each edit."""
        steps = (
            "@".join(filter(None, (edit.operator, edit.site, edit.parameter)))
            for edit in self.edits
        )
        return f"{self.stack}: {' + '.join(steps) or 'control'} #{self.seed}"


class Mutator(Protocol):
    """What `iacrisk.training.operators` offers the lab."""

    def cases(self, stack: str, source: Path, seed: int) -> Sequence[Case]:
        """Every case to run for a stack, single and combined, in a fixed order for the seed."""
        ...

    def apply_edits(self, case: Case, source: Path, target: Path) -> None:
        """Write the edited copy of `source` into the existing, empty folder `target`.

        Raises when an edit does not apply: its site is gone, or it would change nothing.
        """
        ...

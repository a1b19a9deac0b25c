"""From a CI host and Git to what is told of a change; imported where one of them is asked."""

from __future__ import annotations

from pathlib import Path

import msgspec

from iacrisk.provenance.claim import Claim
from iacrisk.provenance.commits import stated_commits, told_commits
from iacrisk.provenance.hosts import Variables, read_host
from iacrisk.provenance.markers import find_markers
from iacrisk.provenance.provenance import Author, Provenance
from iacrisk.provenance.record import ChangeRecord, author_identities, texts_of
from iacrisk.provenance.told import Told


def gather(variables: Variables, folder: Path, commits: str = "") -> ChangeRecord | None:
    """What the host says, with the commits that it or `commits` names; None where nobody speaks.

    Raises SettingsError where `commits` is no range.
    """
    record = read_host(variables)
    if commits:
        found, problems = stated_commits(commits, folder)
    elif record is not None and record.base and record.head:
        found, problems = told_commits(record.base, record.head, folder)
    else:
        return record
    record = record or ChangeRecord()
    return msgspec.structs.replace(
        record, commits=found or record.commits, problems=(*record.problems, *problems)
    )


def told_of(
    record: ChangeRecord | None,
    stated: Author | None,
    sure_from: float,
    claims: tuple[Claim, ...] = (),
) -> Told:
    """What the record tells, what is stated, and what is claimed."""
    if record is None:
        provenance = Provenance(stated=stated, sure_from=sure_from)
        return Told(provenance=provenance, claims=claims)
    return Told(
        provenance=Provenance(
            stated=stated,
            looked=True,
            markers=find_markers(record),
            problems=record.problems,
            sure_from=sure_from,
        ),
        texts=texts_of(record),
        authors=author_identities(record),
        claims=claims,
    )

"""Plans of which it is known who suffered, with everybody whom a report could name.

Two sources, with habits of their own. The lab names the party that a probe found broken: for a
lost right the role, though a program acts as it. Labellers of the pairs name what a post-mortem
would list. A program that acts as a principal that suffers, suffers with it; so it counts as
rightly named, and as naming the principal.
"""

from __future__ import annotations

import datetime
import lzma
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

import msgspec

from iacrisk.assess import AssessedChange, Assessment, Circumstances, assess
from iacrisk.catalog import ResourceClass, attachment, resource_type
from iacrisk.catalog.permissions import PRINCIPAL_TYPES
from iacrisk.features import hit_rows
from iacrisk.gate import Policy
from iacrisk.graph import Graph, Origin, impaired, is_endpoint
from iacrisk.plan import decode_plan
from iacrisk.training import splits

PAIRS: Final = Path("fixtures/pairs")
LEARNT_FROM: Final = frozenset(
    {"aws-last", "aws-paths", "aws-stores", "others-first", "others-last"}
)
"""Sets that the model of who is hit learns from; any newer one only judges it."""

WAITS_FROM: Final = 40
_PROGRAMS: Final = frozenset({ResourceClass.COMPUTE, ResourceClass.CLUSTER})
_TODAY: Final = datetime.date(2026, 1, 1)

Source = Literal["lab", "pairs"]


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """One change and one resource that may suffer from it."""

    change: str
    address: str
    values: dict[str, float]
    waits: bool
    """Whether the change waits, or for the pairs: a rule found something in it."""
    by_rule: bool
    """A rule named it; the report does so too."""

    @property
    def is_itself(self) -> bool:
        """Whether it is the changed resource itself."""
        return "itself" in self.values


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One harmful plan."""

    source: Source
    name: str
    group: str
    """The stack, or the set of pairs: what is drawn anew for an interval."""
    origin: splits.Origin
    victims: frozenset[str]
    programs: dict[str, frozenset[str]]
    """Programs that act as a victim, by the victim."""
    parties: tuple[Party, ...]

    @property
    def sufferers(self) -> frozenset[str]:
        """The victims, and the programs that act as one."""
        return self.victims.union(*self.programs.values())


def parties_of(assessment: Assessment, source: Source) -> tuple[Party, ...]:
    """Everybody whom the report of a plan could name, change by change."""
    return tuple(
        party
        for item in assessment.changes
        if not item.benign and item.change.mode == "managed"
        for party in _parties(assessment, item, source)
    )


def _parties(assessment: Assessment, item: AssessedChange, source: Source) -> Iterator[Party]:
    waits = bool(item.findings) if source == "pairs" else item.score.score >= WAITS_FROM
    ruled = {hit.address for hit in item.radius.reached if hit.path[-1].origin is Origin.RULE}
    for row in hit_rows(assessment.plan, assessment.graph, item.change, item.radius):
        yield Party(
            change=item.address,
            address=row.address,
            values=row.values,
            waits=waits,
            by_rule=row.address in ruled,
        )


def programs_of(graph: Graph, victims: frozenset[str]) -> dict[str, frozenset[str]]:
    """For each victim that is a principal, the programs that act as it."""
    found = {}
    for victim in sorted(victims):
        node = graph.node(victim)
        if node is not None and node.type in PRINCIPAL_TYPES:
            found[victim] = frozenset(
                user.label
                for user in impaired(graph, victim)
                if is_endpoint(user)
                and resource_type(user.type).resource_class in _PROGRAMS
                and not attachment(user.type)
            )
    return found


class _Labelled(msgspec.Struct):
    name: str
    verdict: str
    victims: list[str]
    plan: msgspec.Raw


def learnt_pairs(folder: Path = PAIRS) -> list[Told]:
    """The dangerous plans of the sets that are learnt from; none where there is no folder."""
    return [told for told in read_pairs(folder) if told.group in LEARNT_FROM]


def read_pairs(folder: Path = PAIRS) -> list[Told]:
    """The dangerous plans of all sets of labelled pairs; none where there is no folder."""
    found = []
    decoder = msgspec.json.Decoder(_Labelled)
    for path in sorted(folder.glob("*.jsonl.xz")):
        name = path.name.partition(".")[0]
        with lzma.open(path) as lines:
            labelled = map(decoder.decode, lines)
            found += [_told(name, item) for item in labelled if item.verdict == "held"]
    return found


def _told(group: str, labelled: _Labelled) -> Told:
    plan = decode_plan(bytes(labelled.plan))
    assessment = assess(plan, Policy(), Circumstances(today=_TODAY))
    return Told(
        source="pairs",
        name=labelled.name,
        group=group,
        origin=splits.Origin(stack=group, families=frozenset()),
        victims=frozenset(labelled.victims),
        programs={},
        parties=parties_of(assessment, "pairs"),
    )

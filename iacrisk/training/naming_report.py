"""How well those who suffer are named: before, by what is reached; now, by the likely ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

import numpy as np

from iacrisk.classifier import HitModel
from iacrisk.features import HitRow
from iacrisk.training.encoding import Vector
from iacrisk.training.metrics import ratio
from iacrisk.training.naming import Naming, judged, named_at, tally, unseen_log_odds
from iacrisk.training.tables import WhoIsHit
from iacrisk.training.told import LEARNT_FROM, Party, Told

Judged = tuple[Told, Vector]
Names = Callable[[Told, Vector], frozenset[str]]

_WAY: Final = "way"


def who_is_hit(
    seen: Sequence[Told], final: Sequence[Told], pairs: Sequence[Told], model: HitModel | None
) -> Iterator[WhoIsHit]:
    """Every source of plans with known victims, by models that had not seen it.

    `seen`: plans of development stacks, `final`: of those that no choice looked at.
    """
    if model is None:
        return
    learnt = [told for told in pairs if told.group in LEARNT_FROM]
    newer = [told for told in pairs if told.group not in LEARNT_FROM]
    unseen: list[Judged] = []
    if seen or learnt:
        naming = Naming([*seen, *learnt])
        unseen = list(judged(naming, unseen_log_odds(naming)))
    lab = [item for item in unseen if item[0].source == "lab"]
    yield from _figures("lab: unseen stacks and families", lab, model.bar)
    yield from _figures("lab: final stacks", _asked(final, model), model.bar)
    labelled = [item for item in unseen if item[0].source == "pairs"]
    yield from _figures("pairs: sets left out in turn", labelled, model.bar)
    yield from _figures("pairs: newer than the model", _asked(newer, model), model.bar)


def _asked(plans: Sequence[Told], model: HitModel) -> list[Judged]:
    return [
        (
            told,
            np.array([model.chance(HitRow(address="", values=p.values)) for p in told.parties]),
        )
        for told in plans
    ]


def _figures(plans: str, found: Sequence[Judged], bar: float) -> Iterator[WhoIsHit]:
    if not found:
        return

    def reached(told: Told, chance: Vector) -> frozenset[str]:
        del chance
        return frozenset(p.address for p in told.parties if p.waits and _WAY not in p.values)

    def waiting(told: Told, chance: Vector) -> frozenset[str]:
        kept = [p.waits for p in told.parties]
        return named_at(_only(told, kept), chance[kept], bar)

    yield _row(plans, "before: all that waiting changes reach", found, reached, _nearest)
    yield _row(plans, "likely, by waiting changes", found, waiting, _likeliest)
    if found[0][0].source == "lab":
        likely: Names = lambda told, chance: named_at(told, chance, bar)  # noqa: E731 - one of three
        yield _row(plans, "likely, by any change", found, likely, _likeliest)


def _only(told: Told, kept: Sequence[bool]) -> Told:
    parties = tuple(p for p, is_kept in zip(told.parties, kept, strict=True) if is_kept)
    return Told(
        source=told.source,
        name=told.name,
        group=told.group,
        origin=told.origin,
        victims=told.victims,
        programs=told.programs,
        parties=parties,
    )


def _row(
    plans: str,
    names: str,
    found: Sequence[Judged],
    named: Names,
    order: Callable[[Told, Vector], list[Party]],
) -> WhoIsHit:
    said = [(told, named(told, chance)) for told, chance in found]
    counts = [tally(told, names) for told, names in said]
    groups = [told.group if told.source == "lab" else told.name for told, _ in found]
    exact = [len(names & told.victims) for told, names in said]
    total = np.array([item.named for item in counts], dtype=float)
    places = [place for told, chance in found if (place := _place(told, order(told, chance)))]
    return WhoIsHit(
        plans=plans,
        number=len(found),
        names=names,
        precision=str(ratio(np.array([item.right for item in counts], dtype=float), total, groups)),
        recall=str(
            ratio(
                np.array([item.found for item in counts], dtype=float),
                np.array([item.victims for item in counts], dtype=float),
                groups,
            )
        ),
        exact=f"{sum(exact) / max(1.0, total.sum()):.3f}",
        rank=f"{np.mean(places):.2f}" if places else "",
    )


def _nearest(told: Told, chance: Vector) -> list[Party]:
    """As reports stood before: by the change's score, then nearest first."""
    del chance
    return list(told.parties)


def _likeliest(told: Told, chance: Vector) -> list[Party]:
    return [told.parties[number] for number in np.argsort(-chance, kind="stable")]


def _place(told: Told, ordered: Sequence[Party]) -> int | None:
    """The place of the first that suffers, each address counted once; None where none is there."""
    addresses = list(dict.fromkeys(party.address for party in ordered))
    places = [place for place, name in enumerate(addresses, 1) if name in told.sufferers]
    return places[0] if places else None
